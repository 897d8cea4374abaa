"""Captures that show a component worse than the impacts of the same document do count."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ingest.ledger import versions as ledger
from ingest.ledger.sightings import sightings
from ingest.models import State
from ingest.platforms import PLATFORMS
from ingest.snapshot.tables import Rows
from tests.ingest.platforms.test_datadog_status import CHAT, PAGE, TIMELINE, config, entry, incident
from tests.support.captured.feeds import capture, readings
from tests.support.ledgers.page_tables import page_tables
from tests.support.ledgers.sightings import NOON

HOUR = timedelta(hours=1)
ENDED = incident(*TIMELINE)


def shown(state: str, *incidents: dict[str, Any]) -> bytes:
    """Make the document of a page while its component is in a state."""
    group = {"id": "g1", "name": "API", "components": [{**CHAT, "status": state}]}
    return config(*incidents, ENDED, components=[group])


def tables(*bodies: bytes) -> Rows:
    """Return the rows that captures make, one an hour."""
    captures = [capture(PAGE, body, NOON + i * HOUR) for i, body in enumerate(bodies)]
    shapes = {PAGE.page_key: PLATFORMS[PAGE.platform].shapes}
    merged = ledger.merge(ledger.fold([ledger.fold([sightings(readings(captures, PAGE))])]), shapes)
    return page_tables(merged, [PAGE], captures[-1].captured_at)


def lasting(*bodies: bytes) -> list[tuple[str, float, float | None]]:
    """Return states and hours, counted from the first capture, of what came after it."""
    rows = tables(*bodies)["component_states"]
    return [
        (
            row["state"],
            (row["start_at"] - NOON) / HOUR,
            None if row["end_at"] is None else (row["end_at"] - NOON) / HOUR,
        )
        for row in rows
        if row["start_at"] >= NOON
    ]


def test_a_colour_that_no_post_tells_of_counts_from_the_capture_that_showed_it() -> None:
    red = shown("major_outage")
    assert lasting(shown("operational"), red, red) == [
        (State.UNKNOWN, 0, 1),
        (State.MAJOR, 1, None),
    ]


def test_a_colour_that_a_post_tells_of_changes_nothing() -> None:
    first = entry("z1", "investigating", "10:00", "major_outage")
    told = incident(
        {**first, "startedAt": "2026-01-10T12:30:00Z", "createdAt": "2026-01-10T12:30:00Z"},
        id="i2",
        currentStatus="investigating",
        resolved=False,
        resolvedDate=None,
        publishedDate="2026-01-10T12:30:00Z",
    )
    red = shown("major_outage", told)
    assert lasting(shown("operational"), red, red) == [(State.MAJOR, 0.5, None)]


def test_a_post_deleted_while_open_says_nothing_after_that_until_a_capture_shows_all_well() -> None:
    first = entry("z1", "investigating", "10:00", "major_outage")
    running = {
        **incident({**first, "startedAt": "2026-01-10T12:15:00Z"}),
        "id": "i2",
        "currentStatus": "investigating",
        "resolved": False,
        "resolvedDate": None,
        "publishedDate": "2026-01-10T12:15:00Z",
    }
    red, gone = shown("major_outage", running), {**running, "deletedAt": "2026-01-10T13:30:00Z"}
    bodies = shown("operational"), red, shown("operational", gone), shown("operational", gone)
    assert lasting(*bodies) == [(State.MAJOR, 0.25, 1.5), (State.UNKNOWN, 1.5, 2)]
    (deleted,) = [row for row in tables(*bodies)["incidents"] if row["incident_id"] == "i2"]
    assert (deleted["removed_at"], deleted["flags"]) == (NOON + 1.5 * HOUR, ["removed"])
