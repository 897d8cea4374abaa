"""While an incident is open of which no update says what it did, milder states are doubted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ingest.models import State
from tests.support.ledgers.sightings import NOON, seen, tables
from tests.support.payloads.statuspage import (
    atom,
    atom_entry,
    change,
    incident,
    incidents_json,
    paragraph,
    update,
)

HOUR = timedelta(hours=1)
SILENT = atom(
    atom_entry(
        "silentsilent",
        "2026-01-10T12:30:00Z",
        paragraph("Jan", "10", "12:30", "Investigating", "Errors."),
    )
)


def listed(state: str) -> bytes:
    """Make a list with an incident that is open since half past ten, in a state."""
    changes = [change("aaaa1111bbbb", "operational", state)]
    old = incident()
    first = update("u3", "investigating", "2026-01-10T10:30:00Z", changes=changes)
    return incidents_json(incident("openopenopen", [first]), old)


@pytest.mark.parametrize(
    ("word", "states"),
    [
        ("degraded_performance", [(State.DEGRADED, -1.5, 0.5), (State.UNKNOWN, 0.5, None)]),
        ("under_maintenance", [(State.MAINTENANCE, -1.5, 0.5), (State.UNKNOWN, 0.5, None)]),
        ("partial_outage", [(State.PARTIAL, -1.5, None)]),
        ("operational", [(State.UNKNOWN, 0.5, None)]),
    ],
)
def test_only_what_is_down_stays_known(
    word: str, states: list[tuple[State, float, float | None]]
) -> None:
    rows = tables(seen(listed(word)), seen(SILENT, 60))["component_states"]
    found = [
        (row["state"], row["start_at"], row["end_at"])
        for row in rows
        if row["component_id"] == "aaaa1111bbbb"
    ]
    assert found == [
        (state, NOON + start * HOUR, None if end is None else NOON + end * HOUR)
        for state, start, end in states
    ]
