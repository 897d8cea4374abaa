"""Cases of pages that list what is open, and of monitors, played to the right value.

Each line is one statement of a case's EXPECT.md.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.captured.case_ledger import (
    AWS,
    AZURE,
    XAI,
    Asked,
    Case,
    Play,
    Statement,
    availability,
    named,
    query,
)
from tests.support.captured.cases import needs_cases

pytestmark = needs_cases
ROOTLY = Case("rootly-vanishes-open", "rootly", "*.json")
INSTATUS = Case("instatus-reopened", "instatus", "*.json")
KUMA = Case("eng-kuma-page", "uptime_kuma", "*.json")
DOWN_SINCE = Case("eng-kuma-down-since", "uptime_kuma", "*.xml")
LOCAL_TIME = Case("eng-kuma-feed-in-local-time", "uptime_kuma", "*.xml")

ENDS = "select incident_id, last_listed_at, unlisted_at, duration_quality from incidents order by 1"
STATES = "select state, start_at, end_at from component_states order by 2"
FAILED = "select count(*) from captures where failure is not null"
MEASURED = (
    "select incident_id, class, started_at, resolved_at from incidents"
    " where class = 'monitor' order by 1"
)

RIGHT: list[Statement] = [
    (
        "absence is an end between two captures",
        ROOTLY,
        query(ENDS),
        [("r1", "2026-09-14 09:00", "2026-09-14 10:00", "inferred_end")],
    ),
    (
        "absence is no removal, and no open duration",
        ROOTLY,
        query("select started_at, published_at, open_seconds, removed_at from incidents"),
        [("2026-09-10 08:00", "2026-09-10 08:10", "", "")],
    ),
    (
        "between the bounds the state is unknown",
        ROOTLY,
        query(STATES),
        [
            ("partial", "2026-09-10 08:00", "2026-09-14 09:00"),
            ("unknown", "2026-09-14 09:00", "2026-09-14 10:00"),
        ],
    ),
    ("an empty list of what is open is read", ROOTLY, query(FAILED), [("0",)]),
    (
        "the hour between the bounds is unknown time of the number",
        ROOTLY,
        availability("2026-09-14", "2026-09-15", None, "--combine", "any"),
        (1.0, 0, 10_800, 3600, 1, "ok"),
    ),
    (
        "one post came back and was over again",
        INSTATUS,
        query("select started_at, last_listed_at, unlisted_at, flags from incidents"),
        [("2026-06-10 08:08", "2026-06-12 12:00", "2026-06-12 16:00", "reopened")],
    ),
    (
        "it was bad until it was last shown, and never for two days",
        INSTATUS,
        query(STATES),
        [
            ("major", "2026-06-10 08:08", "2026-06-10 09:00"),
            ("unknown", "2026-06-10 09:00", "2026-06-12 16:00"),
        ],
    ),
    ("without active incidents the page is up", INSTATUS, query(FAILED), [("0",)]),
    (
        "the onset that its text states is stated, and acknowledged four hours later",
        AZURE,
        query("select impact_start_basis, published_s - impact_start_s from incidents"),
        [("stated", str(4 * 3600 + 4 * 60))],
    ),
    (
        "an event told once is retrospective and has no open duration",
        AWS,
        query("select flags, open_seconds from incidents where resolved_at is not null"),
        [("retrospective", "")],
    ),
    (
        "informational items are degraded at most",
        AWS,
        query("select distinct worst_state from incident_components order by 1"),
        [("degraded",), ("operational",)],
    ),
    (
        "seven posts tell of three outages",
        XAI,
        query(
            "select count(*), min(started_at), max(resolved_at) from incidents"
            " group by outage_id order by 2, 1"
        ),
        [
            ("1", "2026-05-03 13:30", "2026-05-03 14:00"),
            ("5", "2026-09-03 13:30", "2026-09-03 15:00"),
            ("1", "2026-09-03 14:10", "2026-09-03 14:30"),
        ],
    ),
    (
        "gone from the page is over for what ran, not for the run of tomorrow",
        KUMA,
        query(ENDS),
        [
            ("i1", "", "", "inferred_end"),
            ("i2", "", "", "open"),
            ("m2", "2026-11-29 02:15:36", "2026-11-29 02:15:37", "inferred_end"),
            (
                "m5-20261129T021500Z",
                "2026-11-29 02:15:36",
                "2026-11-29 02:15:37",
                "inferred_end",
            ),
            ("m5-20261130T021500Z", "", "", "open"),
            ("m6", "2026-11-29 02:15:36", "2026-11-29 02:15:37", "inferred_end"),
        ],
    ),
    (
        "an outage that a monitor saw begins with the earliest time given",
        DOWN_SINCE,
        query(MEASURED),
        [
            ("down-label:API", "monitor", "2026-11-29 02:16:41.404000+0000", ""),
            ("down-label:Batch", "monitor", "2026-11-29 02:15:36.941000+0000", ""),
        ],
    ),
    (
        "and takes no part in what is posted",
        DOWN_SINCE,
        query("select incident_id, class from incidents where class != 'monitor'"),
        [("i4", "notice")],
    ),
    (
        "a publication date in another zone is no start",
        LOCAL_TIME,
        query(MEASURED),
        [
            ("down-label:API", "monitor", "2026-11-29 02:46:18.450000+0000", ""),
            ("down-label:Batch", "monitor", "2026-11-29 02:46:18.467000+0000", ""),
        ],
    ),
]


@pytest.mark.parametrize(("case", "asked", "right"), named(RIGHT))
def test_the_value_is_right(played: Play, case: Case, asked: Asked, right: Any) -> None:
    assert asked(played(case)) == right
