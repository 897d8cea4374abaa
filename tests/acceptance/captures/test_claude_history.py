"""The complete Claude history and the hourly series beside it, figure by figure."""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import polars as pl
import pytest

from analytics.question import RELIABILITY
from ingest.incidents.timing import whole_seconds
from ingest.ledger.ledger import Ledger
from ingest.ledger.sightings import Frames
from ingest.models import Impact, State
from ingest.platforms.notices import Notices
from ingest.platforms.statuspage import uptime
from ingest.snapshot.tables import Rows
from ingest.states.spans import Span
from tests.support.captured.feeds import (
    ANTHROPIC,
    CLAUDE,
    FULL,
    FULL_AT,
    HOURLY,
    folded,
    full_history,
    merged,
    needs_feeds,
    posted_history,
    series,
)
from tests.support.ledgers.page_tables import page_tables

pytestmark = [needs_feeds, pytest.mark.captures]

HOURLY_UNTIL = datetime(2026, 7, 10, 23, 55, 34, tzinfo=UTC)
CHAT_WEB, CONSOLE, API, CODE, GOV = (
    "rwppv331jlwc",
    "0qbwn08sd68x",
    "k8w3r06qmzrp",
    "yyzkbfz2thpt",
    "0scnb50nvy53",
)
ComponentDay = tuple[str, date]


@cache
def full_part() -> Frames:
    return folded(full_history(), CLAUDE)


@cache
def hourly_part() -> Frames:
    return folded(series(CLAUDE, HOURLY), CLAUDE)


@cache
def full() -> Ledger:
    return merged(full_part())


@cache
def hourly() -> Ledger:
    return merged(hourly_part())


@cache
def together() -> Ledger:
    return merged(full_part(), hourly_part())


@cache
def full_tables() -> Rows:
    return page_tables(full(), [CLAUDE], FULL_AT)


@cache
def together_tables() -> Rows:
    return page_tables(together(), [CLAUDE], HOURLY_UNTIL)


def incidents() -> Sequence[Mapping[str, Any]]:
    return full_tables()["incidents"]


def raw() -> list[dict[str, Any]]:
    return [json.loads(line) for line in FULL.read_text().splitlines()]


def test_every_incident_and_update_of_the_full_file_is_kept() -> None:
    assert len(incidents()) == 842
    assert len(full_tables()["updates"]) == 2663
    assert full().notices.is_empty()


def test_an_impact_of_maintenance_alone_does_not_make_a_maintenance() -> None:
    other = [i for i in incidents() if i["impact"] == Impact.MAINTENANCE]
    assert len(incidents()) - len(other) == 838
    assert len(other) == 4
    assert [i["kind"] for i in other].count("maintenance") == 2
    assert {i["class"] for i in other} == {"maintenance"}


def test_a_start_after_the_end_is_replaced_by_the_earliest_claim() -> None:
    moved = {i["id"]: i for i in raw() if i["started_at"] > (i["resolved_at"] or "9")}
    assert len(moved) == 19
    ours = {i["incident_id"]: i for i in incidents()}
    for incident_id, posted in moved.items():
        claims = [posted["started_at"], posted["created_at"]]
        claims += [u["display_at"] or u["created_at"] for u in posted["incident_updates"]]
        earliest = min(datetime.fromisoformat(claim) for claim in claims)
        assert ours[incident_id]["started_at"] == earliest
        assert ours[incident_id]["resolved_at"] >= earliest


def test_no_duration_is_negative() -> None:
    for incident in incidents():
        assert (incident["open_seconds"] or 0) >= 0
        assert (incident["impact_seconds"] or 0) >= 0
        if incident["resolved_at"] is not None:
            assert incident["resolved_at"] >= incident["started_at"]


def test_posts_that_declare_no_component_are_unattributed() -> None:
    unnamed = {
        row["incident_id"]
        for row in full_tables()["incident_components"]
        if row["component_id"] == "unattributed"
    }
    assert len(unnamed) == 83
    assert unnamed == {i["id"] for i in raw() if not i["components"]}


def test_thirty_six_posts_are_backdated_and_sixty_six_retrospective() -> None:
    flags = [flag for incident in incidents() for flag in incident["flags"]]
    assert flags.count("backdated") == 36
    assert flags.count("retrospective") == 66


def test_a_fifth_of_the_posts_of_a_year_name_every_component_there_was() -> None:
    """66 of 353; in all 135 of 827."""
    posts = [i for i in together_tables()["incidents"] if i["class"] in RELIABILITY]
    year = [i for i in posts if i["impact_start_at"] >= datetime(2025, 9, 30, tzinfo=UTC)]
    assert [(len(some), bulk_linked(some)) for some in (year, posts)] == [(353, 66), (827, 135)]


def bulk_linked(posts: Sequence[Mapping[str, Any]]) -> int:
    return sum("bulk_linked" in post["flags"] for post in posts)


def spans_of(rows: Rows) -> dict[str, list[Span]]:
    spans: dict[str, list[Span]] = defaultdict(list)
    for row in rows["component_states"]:
        span = Span(State(row["state"]), row["start_at"], row["end_at"], row["incident_id"])
        spans[row["component_id"]].append(span)
    return spans


def seconds_by_day(rows: Rows, until: datetime) -> dict[ComponentDay, dict[State, int]]:
    """Whole seconds of each state on each UTC day, ends floored first."""
    days: dict[ComponentDay, dict[State, int]] = defaultdict(lambda: defaultdict(int))
    for component, spans in spans_of(rows).items():
        for span in spans:
            at, end = whole_seconds(span.start), whole_seconds(span.end or until)
            while at < end:
                midnight = (at // 86400 + 1) * 86400
                day = datetime.fromtimestamp(at, UTC).date()
                days[component, day][span.state] += min(end, midnight) - at
                at = midnight
    return days


def posted_seconds() -> dict[ComponentDay, tuple[int, int]]:
    posted: dict[ComponentDay, tuple[int, int]] = {}
    for component, months in posted_history().items():
        days, _ = uptime.months(component, months, Notices())
        for day in days:
            if day.partial_seconds or day.major_seconds:
                posted[component, day.day] = day.partial_seconds, day.major_seconds
    return posted


def agreeing(
    rows: Rows, until: datetime, posted: Mapping[ComponentDay, tuple[int, int]]
) -> set[ComponentDay]:
    ours = seconds_by_day(rows, until)
    return {
        key
        for key, (partial, major) in posted.items()
        if abs(ours[key][State.PARTIAL] - partial) <= 60
        and abs(ours[key][State.MAJOR] - major) <= 60
    }


def listing(
    rows: Rows, until: datetime, posted: Mapping[ComponentDay, tuple[int, int]]
) -> list[str]:
    """Every component-day whose replay differs from the posted seconds, both numbers shown."""
    ours = seconds_by_day(rows, until)
    agree = agreeing(rows, until, posted)
    return [
        f"{component} {day}: posted {posted[component, day]}, replayed "
        f"({ours[component, day][State.PARTIAL]}, {ours[component, day][State.MAJOR]}), "
        f"unknown {ours[component, day][State.UNKNOWN]}"
        for component, day in sorted(posted, key=lambda key: (key[1], key[0]))
        if (component, day) not in agree
    ]


def test_replay_of_the_full_file_meets_the_posted_seconds(
    record_property: Any,
) -> None:
    posted = posted_seconds()
    assert len(posted) == 640
    agree = agreeing(full_tables(), FULL_AT, posted)
    differing = listing(full_tables(), FULL_AT, posted)
    record_property("differing_component_days", "\n".join(differing))
    print("\n".join(differing))
    assert len(agree) == 582
    assert len(agree) + len(differing) == 640


WINDOW = date(2026, 4, 15), date(2026, 7, 8)


def in_window() -> dict[ComponentDay, tuple[int, int]]:
    return {k: v for k, v in posted_seconds().items() if WINDOW[0] <= k[1] <= WINDOW[1]}


def unknown_seconds(rows: Rows, until: datetime) -> int:
    return sum(
        seconds[State.UNKNOWN]
        for (_, day), seconds in seconds_by_day(rows, until).items()
        if WINDOW[0] <= day <= WINDOW[1]
    )


def test_without_captures_in_between_more_days_differ_and_more_is_unknown() -> None:
    posted = in_window()
    assert len(posted) == 120
    assert len(agreeing(full_tables(), FULL_AT, posted)) == 108
    assert unknown_seconds(full_tables(), FULL_AT) == 110_492


def test_with_the_hourly_series_beside_it_replay_agrees_on_112_days(
    record_property: Any,
) -> None:
    posted = in_window()
    rows = together_tables()
    differing = listing(rows, HOURLY_UNTIL, posted)
    record_property("differing_component_days", "\n".join(differing))
    print("\n".join(differing))
    assert len(agreeing(rows, HOURLY_UNTIL, posted)) == 112
    assert len(differing) == 8
    assert unknown_seconds(rows, HOURLY_UNTIL) <= 18_000


def test_component_totals_of_the_second_of_march() -> None:
    day = date(2026, 3, 2)
    ours = seconds_by_day(full_tables(), FULL_AT)
    partial = [ours[c, day][State.PARTIAL] for c in (CHAT_WEB, CONSOLE, CODE, API, GOV)]
    assert partial == [9959, 8948, 8948, 4411, 913]
    assert [posted_seconds()[c, day] for c in (CHAT_WEB, CONSOLE, CODE, API, GOV)] == [
        (9959, 0),
        (8948, 0),
        (8948, 0),
        (4411, 0),
        (913, 0),
    ]


def test_the_outage_was_open_for_14269_seconds_with_a_gap_of_1011() -> None:
    outage = next(i for i in incidents() if i["incident_id"] == "0ghc53zpsfmt")
    assert outage["open_seconds"] == 14_269
    assert outage["impact_seconds"] == 9_959
    posted = sorted(
        whole_seconds(u["created_at"])
        for u in full_tables()["updates"]
        if u["incident_id"] == "0ghc53zpsfmt"
    )
    gaps = [b - a for a, b in itertools.pairwise(posted)]
    assert gaps[0] == 1_011
    assert max(gaps) == 4_784
    assert datetime.fromtimestamp(posted[0], UTC).strftime("%H:%M:%S") == "11:49:20"
    assert datetime.fromtimestamp(posted[1], UTC).strftime("%H:%M:%S") == "12:06:11"


def test_posted_months_follow_the_posted_seconds() -> None:
    roster = json.loads((ANTHROPIC / "components-20260710.json").read_text())["components"]
    starts = {c["id"]: date.fromisoformat(c["start_date"]) for c in roster}
    today = date(2026, 7, 10)
    checked = 0
    for component, months in posted_history().items():
        days, ratios = uptime.months(component, months, Notices())
        for ratio in ratios:
            first = max(ratio.window_start, starts[component])
            last = min(ratio.window_end, today)
            length = (last - first).days + 1
            inside = [d for d in days if first <= d.day <= last]
            down = sum(d.major_seconds + 0.3 * d.partial_seconds for d in inside)
            assert abs(ratio.ratio - (1 - down / (86_400 * length))) <= 1e-9
            checked += 1
    assert checked == 139


def test_the_hourly_series_counts_versions_and_edits() -> None:
    versions = hourly().incident_versions.sort("incident_id", "known_from")

    def changed(field: str) -> pl.DataFrame:
        before = pl.col(field).shift(1).over("incident_id")
        return versions.filter(before.is_not_null() & (pl.col(field) != before))

    assert hourly().incidents.height == 183
    assert versions.height == 251
    assert changed("title").height == 4
    assert changed("title")["incident_id"].n_unique() == 3
    impact = changed("impact")
    assert impact.height == 2
    assert impact["incident_id"].n_unique() == 1
    upgraded = versions.filter(pl.col("incident_id") == impact["incident_id"][0])["impact"]
    assert list(dict.fromkeys(upgraded)) == ["minor", "major", "critical"]
    bodies = hourly().update_versions.sort("incident_id", "update_id", "known_from")
    before = pl.col("body").shift(1).over("incident_id", "update_id")
    assert bodies.filter(before.is_not_null() & (pl.col("body") != before)).height == 1


def test_nothing_in_the_hourly_series_was_reopened_or_removed() -> None:
    versions = hourly().incident_versions.sort("incident_id", "known_from")
    closed = pl.col("status").is_in(["resolved", "completed", "postmortem"])
    reopened = versions.filter(closed.shift(1).over("incident_id") & ~closed)
    assert reopened.is_empty()
    rows = page_tables(hourly(), [CLAUDE], HOURLY_UNTIL)
    assert not [i for i in rows["incidents"] if i["removed_at"] is not None]


def test_full_file_and_series_together_hold_844_incidents_in_either_order() -> None:
    one, other = together(), merged(hourly_part(), full_part())
    assert one.incidents.height == 844
    for name in Ledger.__slots__:
        assert getattr(one, name).equals(getattr(other, name)), name


def test_availability_window_of_the_day_is_covered() -> None:
    covered = [c for c in full_tables()["coverage"] if c["component_id"] == CHAT_WEB]
    start = datetime(2026, 3, 2, tzinfo=UTC)
    assert any(c["start_at"] <= start and c["end_at"] >= start + timedelta(days=1) for c in covered)
