"""Cases of other platforms, played by the command to the right value.

Each line is one statement of a case's EXPECT.md.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.captured.case_ledger import (
    AWS,
    AZURE,
    TIMES,
    WINDOWS,
    XAI,
    Asked,
    Case,
    Play,
    PlayedCase,
    Statement,
    availability,
    named,
    query,
    the_import,
)
from tests.support.captured.cases import needs_cases
from tests.support.command_line import cli, put
from tests.support.paths import CASES

pytestmark = needs_cases
BETTER_STACK = Case("betterstack-planned-by-type", "better_stack", "*.json", "2026-09-10T18:00:00Z")
CACHET = Case(
    "cachet-scheduled-among-incidents",
    "cachet",
    "*.json",
    "2026-09-24T22:00:00Z",
    more='zone = "Europe/Berlin"\n',
)
ZONELESS = Case("cachet-scheduled-among-incidents", "cachet", "*.json", "2026-09-24T22:00:00Z")
DATADOG = Case("datadog-maintenance-major", "datadog_status", "*.json", "2026-09-12T00:00:00Z")
NO_ZONE = Case("eng-cstate-end-without-zone", "cstate", "*.json")
PLANNED = Case("eng-cstate-planned-is-not-now", "cstate", "*.json")
KENER = Case("eng-kener-over-but-investigating", "kener", "*-*.*")
KENER_FEED = Case("eng-kener-over-but-investigating", "kener", "rss-*")
STATUS_IO = Case("statusio-security-code", "status_io", "*.json", "2026-09-09T19:00:00Z")


RIGHT: list[Statement] = [
    (
        "one item tells of a whole event, another of one that is not over",
        AWS,
        query(TIMES + "started_at desc"),
        [
            (
                "bedrock-us-east-1_1788559020",
                "2026-09-04 21:57",
                "2026-09-04 21:57",
                "single_update",
            ),
            ("bedrock-us-east-1_1788336600", "2026-09-02 08:10", "", "open"),
        ],
    ),
    (
        "its window is stated in Pacific time",
        AWS,
        query(WINDOWS + "started_at desc limit 1"),
        [("2026-09-04 21:03", "2026-09-04 21:33", "stated")],
    ),
    (
        "two categories of an Azure item are one service in one region",
        AZURE,
        query(
            "select name, region, impact_start_at, resolved_at, impact from components, incidents"
        ),
        [("Azure OpenAI Service", "East US", "2026-09-14 22:07", "", "unknown")],
    ),
    (
        "planned is what the report's type says, not its title",
        BETTER_STACK,
        query("select incident_id, kind, class, started_at from incidents order by 1"),
        [
            ("30", "maintenance", "maintenance", "2026-09-09 08:00"),
            ("31", "incident", "outage", "2026-09-09 12:00"),
            ("32", "incident", "degradation", "2026-09-10 12:00"),
        ],
    ),
    (
        "chat model A was down for an hour",
        BETTER_STACK,
        query("select sum(end_s - start_s) from component_states where state = 'major'"),
        [("3600",)],
    ),
    (
        "planned work stands among the incidents, in the zone of the page",
        CACHET,
        query(TIMES + "1"),
        [
            ("91", "2026-09-25 15:53", "", "open"),
            ("92", "2026-09-24 19:00", "", "open"),
            ("93", "2026-09-24 15:53:34", "2026-09-24 17:10", "inferred_end"),
        ],
    ),
    ("times without a zone are refused", ZONELESS, query("select * from incidents"), []),
    (
        "an incident filed a week late is backdated and retrospective",
        DATADOG,
        query("select impact_seconds, flags from incidents where kind = 'incident'"),
        [("9900", "backdated retrospective")],
    ),
    (
        "planned work that takes a component down is no downtime by default",
        DATADOG,
        availability("2026-09-02", "2026-09-12", "api_inference"),
        (0.988542, 9900, 864_000, 0, 1, "ok"),
    ),
    (
        "it is downtime of class maintenance",
        DATADOG,
        availability("2026-09-02", "2026-09-12", "api_inference", "--classes", "maintenance"),
        (0.991667, 7200, 864_000, 0, 1, "ok"),
    ),
    (
        "an end without a zone has the zone of its beginning",
        NO_ZONE,
        query(
            "select started_at, resolved_at, duration_quality, impact_seconds from incidents"
            " where title = 'Console sign-in fails'"
        ),
        [("2026-11-29 03:00", "2026-11-29 03:45", "exact", "2700")],
    ),
    (
        "work that is to come opens nothing",
        PLANNED,
        query("select incident_id from incidents where kind = 'incident' and resolved_at is null"),
        [("2026-11-29-batch-slow",)],
    ),
    (
        "work that was cancelled has no duration",
        PLANNED,
        query(
            "select duration_quality, open_seconds, impact_seconds from incidents"
            " where title like 'Cancelled%'"
        ),
        [("contradictory", "", "0")],
    ),
    (
        "a kind that only the title tells is named as a guess",
        PLANNED,
        query("select record, kind from warnings order by 1"),
        [("m-finished", "guessed_kind"), ("m-running", "guessed_kind")],
    ),
    (
        "an end in the record counts, whatever the state sounds like",
        KENER,
        query(
            "select incident_id, resolved_at, impact_seconds, flags from incidents"
            " where kind = 'incident' order by 1"
        ),
        [
            ("incident-1", "2026-11-29 02:31", "3300", ""),
            ("incident-2", "", "0", ""),
            ("incident-3", "2026-11-28 19:06", "3000", "retrospective"),
        ],
    ),
    (
        "an end that the last comment contradicts is named",
        KENER,
        query("select record, kind from warnings"),
        [("incident-1", "contradictory")],
    ),
    (
        "by its feed alone a post is open, and nobody knows since when",
        KENER_FEED,
        query("select distinct started_at, resolved_at from incidents where kind = 'incident'"),
        [("", "")],
    ),
    (
        "a security event is neither up nor down",
        STATUS_IO,
        query(
            "select c.region, s.state, i.class, i.update_count from component_states s"
            " join components c using (component_id), incidents i"
        ),
        [("US East", "unknown", "data_security", "2")],
    ),
    (
        "an outage told as many items is down where each of them says",
        XAI,
        query(
            "select sum(end_s - start_s), count(*) from component_states"
            " where component_id = 'api-us-east-1'"
        ),
        [("2880", "2")],
    ),
]


@pytest.mark.parametrize(("case", "asked", "right"), named(RIGHT))
def test_the_value_is_right(played: Play, case: Case, asked: Asked, right: Any) -> None:
    assert asked(played(case)) == right


def test_times_without_a_zone_are_refused_by_that_name(played: Play) -> None:
    code, said = the_import(played(ZONELESS))
    assert code == 1
    assert "has no time zone" in said


def test_an_ended_incident_with_an_unreadable_entry_is_unknown_while_it_was_open(
    tmp_path: Path,
) -> None:
    document = json.loads((CASES / DATADOG.folder / "config.json").read_text())
    document["incidents"][0]["timeline"][1]["startedAt"] = None
    played = DATADOG.play(tmp_path / "data")
    body = put(tmp_path, "config.json", json.dumps(document).encode())
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    (fresh / "providers.toml").write_text((played.data / "providers.toml").read_text())
    words = ["--provider", "acme", "--platform", "datadog_status", "--captured-at", DATADOG.at]
    assert cli(fresh, "import", body, *words).exit_code == 0
    asked = availability("2026-09-02", "2026-09-12", "api_inference")
    assert asked(PlayedCase(fresh, played.imported)) == (1.0, 0, 864_000, 9900, 1, "ok")
