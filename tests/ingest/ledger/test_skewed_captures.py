"""A capture of a clock that the servers disagreed with says nothing of its moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from ingest.models import CLOCK_SKEW, Capture, State
from tests.support.ledgers.sightings import NOON, seen, tables
from tests.support.payloads.statuspage import about_page, component, incident, incidents_json

HOUR = timedelta(hours=1)
OLD = incidents_json(incident())


def roster(hour: float, status: str, since: str, skew: timedelta | None = None) -> Capture:
    row = component("aaaa1111bbbb", status, updated_at=since)
    captured = seen({"page": about_page(), "components": [row]}, 60 * hour)
    return replace(captured, headers=marked(skew))


def listed(hour: float, skew: timedelta | None = None) -> Capture:
    return replace(seen(OLD, 60 * hour), headers=marked(skew))


def marked(skew: timedelta | None) -> dict[str, str]:
    return {} if skew is None else {CLOCK_SKEW: str(int(skew.total_seconds()))}


def states(*captures: Capture) -> Sequence[tuple[State, datetime, datetime | None]]:
    found = tables(*captures)["component_states"]
    return [(row["state"], row["start_at"], row["end_at"]) for row in found]


CALM = roster(0, "operational", "2026-01-01T00:00:00Z")
RED = roster(1, "major_outage", "2026-01-10T12:30:00Z")
MAJOR = (State.MAJOR, NOON + HOUR / 2, None)


@pytest.mark.parametrize("skew", [3 * HOUR, -3 * HOUR])
def test_a_green_that_was_shown_at_another_time_ends_no_outage(skew: timedelta) -> None:
    green = roster(2, "operational", "2026-01-01T00:00:00Z", skew)
    assert states(listed(0), CALM, RED, green, listed(3)) == [MAJOR]


def test_an_unchanged_answer_of_such_a_clock_repeats_nothing() -> None:
    again = replace(CALM, captured_at=NOON + 2 * HOUR, headers=marked(3 * HOUR))
    unchanged = replace(again, http_status=304, body=None)
    assert states(listed(0), CALM, RED, again, listed(3)) == [MAJOR]
    assert states(listed(0), CALM, RED, unchanged, listed(3)) == [MAJOR]


@pytest.mark.parametrize(("skew", "until"), [(None, 5), (3 * HOUR, 2), (-3 * HOUR, 5)])
def test_a_list_of_such_a_clock_covers_until_the_earlier_time(
    skew: timedelta | None, until: int
) -> None:
    found = tables(listed(0), CALM, listed(5, skew))["coverage"]
    assert {row["end_at"] for row in found} == {NOON + until * HOUR}


def test_what_its_incidents_say_has_times_of_its_own() -> None:
    found = tables(listed(0, 3 * HOUR))["incidents"]
    assert [row["resolved_at"] for row in found] == [
        row["resolved_at"] for row in tables(listed(0))["incidents"]
    ]
