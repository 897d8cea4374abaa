"""What the time of open incidents says of components beside the captures that show them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from ingest.models import Capture, State
from tests.support.captured.feeds import capture
from tests.support.ledgers.incident_io_ledger import tables
from tests.support.payloads.incident_io import (
    API,
    CHAT,
    PAGE,
    about_page,
    atom,
    component,
    entry,
    said,
)

MADE, OVER, STILL = "2026-01-06T10:00:00Z", "2026-01-06T11:00:00Z", "2026-01-06T10:30:00Z"
RED = datetime(2026, 1, 20, tzinfo=UTC)


def day(number: int) -> datetime:
    return datetime(2026, 1, number, tzinfo=UTC)


def roster(number: int, status: str = "operational") -> Capture:
    rows = [component(status=status), component(CHAT, "Chat")]
    body = json.dumps({"page": about_page(), "components": rows})
    return capture(PAGE, body.encode(), day(number))


def feed(*entries: str) -> Capture:
    return capture(PAGE, atom(*entries).encode(), day(20))


@pytest.mark.parametrize(
    ("entries", "known_until"),
    [
        ([entry(MADE, OVER, said("Resolved", "API"))], datetime.fromisoformat(OVER)),
        ([entry(MADE, OVER, said("Resolved", "Chat"))], day(2)),
        (
            [
                entry(MADE, OVER, said("Resolved", "API")),
                entry(STILL, STILL, said("Investigating", "API")),
            ],
            day(2),
        ),
    ],
    ids=["names it", "names another one", "another one goes on"],
)
def test_with_the_last_incident_that_names_a_component_it_was_well_again(
    entries: list[str], known_until: datetime
) -> None:
    rows = tables(roster(2), feed(*entries), roster(20, "degraded_performance"))
    unknown = [
        row["start_at"]
        for row in rows["component_states"]
        if row["component_id"] == API
        and row["state"] is State.UNKNOWN
        and row["incident_id"] is None
    ]
    assert unknown[-1:] == [known_until]
