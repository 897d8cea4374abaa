"""An incident of which not all is known leaves states unknown, and what is down down."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ingest.models import State
from tests.support.ledgers.sightings import NOON, seen, tables
from tests.support.payloads.statuspage import (
    atom,
    atom_entry,
    change,
    component,
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


@pytest.mark.parametrize("lost", [{"created_at": None, "display_at": None}, {"id": None}])
def test_what_a_lost_update_of_an_ended_incident_did_is_unknown_until_it_ended(
    lost: dict[str, None],
) -> None:
    down = [change("aaaa1111bbbb", "operational", "major_outage")]
    up = [change("aaaa1111bbbb", "major_outage", "operational")]
    first = update("n1", "investigating", "2026-01-10T10:00:00Z", changes=down)
    last = update("n2", "resolved", "2026-01-10T11:00:00Z", changes=up)
    ended = incident("endedendedee", [first, last])
    ended["incident_updates"][-1] |= lost
    rows = tables(seen(incidents_json(ended, incident())), seen(incidents_json(ended), 60))
    found = [
        (row["state"], row["start_at"], row["end_at"])
        for row in rows["component_states"]
        if row["component_id"] == "aaaa1111bbbb"
    ]
    assert found == [(State.UNKNOWN, NOON - 2 * HOUR, NOON - HOUR)]
    assert {row["end_at"] for row in rows["coverage"]} == {NOON + HOUR}


@pytest.mark.parametrize("updates", [None, "missing"])
def test_an_open_incident_without_its_updates_leaves_the_present_unknown(updates: object) -> None:
    still = incident("openopenopen", [update("n1", "investigating", "2026-01-10T12:30:00Z")])
    still["incident_updates"] = None
    if updates == "missing":
        del still["incident_updates"]
    named = incident(components=[component("aaaa1111bbbb")])
    rows = tables(seen(incidents_json(named)), seen(incidents_json(still, named), 60))
    found = [(row["state"], row["start_at"], row["end_at"]) for row in rows["component_states"]]
    assert (State.UNKNOWN, NOON, None) in found


def test_an_incident_deleted_while_open_holds_its_state_until_it_was_last_listed() -> None:
    down = [change("aaaa1111bbbb", "operational", "major_outage")]
    still = incident(
        "openopenopen", [update("n1", "investigating", NOON.isoformat(), changes=down)]
    )
    old = incident()
    shown = [seen(incidents_json(still, old), 60)]
    gone = [seen(incidents_json(old), 60 * hour) for hour in (2, 3, 4, 5)]
    rows = tables(seen(incidents_json(old), -60), *shown, *gone)["component_states"]
    found = [(row["state"], row["start_at"], row["end_at"]) for row in rows]
    assert found == [(State.MAJOR, NOON, NOON + HOUR), (State.UNKNOWN, NOON + HOUR, None)]


@pytest.mark.parametrize(
    ("second", "unknown"),
    [("resolved", [(1, 2)]), ("investigating", [(1, 4)])],
    ids=["stays over", "goes on again"],
)
def test_an_ended_incident_without_any_time_is_unknown_until_it_was_first_shown(
    second: str, unknown: list[tuple[int, int]]
) -> None:
    bare = dict.fromkeys(("started_at", "resolved_at", "created_at", "updated_at"))
    odd = incident("ended", incident_updates=[], **bare)
    well = [change("aaaa1111bbbb", "operational", "operational")]
    good = incident(updates=[update("n1", "resolved", "2026-01-10T10:00:00Z", changes=well)])
    rows = tables(
        seen(incidents_json(good), 0),
        seen(incidents_json(good), 60),
        seen(incidents_json(odd, good), 120),
        seen(incidents_json(odd | {"status": second}, good | {"name": "Renamed"}), 180),
        seen(incidents_json(odd, good | {"name": "Renamed"}), 240),
    )
    found = [
        (row["state"], row["start_at"], row["end_at"])
        for row in rows["component_states"]
        if row["component_id"] == "aaaa1111bbbb"
    ]
    assert found == [(State.UNKNOWN, NOON + a * HOUR, NOON + b * HOUR) for a, b in unknown]


@pytest.mark.parametrize("order", [1, -1])
def test_of_a_component_that_an_update_names_twice_the_worse_state_counts(order: int) -> None:
    twice = [
        change("aaaa1111bbbb", "operational", "major_outage"),
        change("aaaa1111bbbb", "operational", "operational"),
    ][::order]
    first = update("u3", "investigating", "2026-01-10T10:30:00Z", changes=twice)
    rows = tables(seen(incidents_json(incident("openopenopen", [first]), incident())))
    (span,) = [r for r in rows["component_states"] if r["component_id"] == "aaaa1111bbbb"]
    assert (span["state"], span["start_at"]) == (State.MAJOR, NOON - 1.5 * HOUR)
