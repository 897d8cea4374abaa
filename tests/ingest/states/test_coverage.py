"""A document of the present covers the components that it shows, and no others."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.ledger import versions
from ingest.ledger.sightings import sightings
from ingest.models import Capture, State
from ingest.platforms import PLATFORMS
from ingest.snapshot.tables import Rows
from tests.support.captured.feeds import capture, readings
from tests.support.ledgers.page_tables import page_tables
from tests.support.payloads.acme import acme

PAGE = acme("uptime_kuma", base_url="https://status.acme.test/status/acme")
NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
UP, ODD = "up", "odd"


def page(hour: int) -> Capture:
    monitors = [{"id": 1, "name": "API"}, {"id": 2, "name": "Chat"}]
    group = {"id": 1, "name": "Inference", "monitorList": monitors}
    empty: dict[str, Any] = {"incidents": [], "maintenanceList": []}
    body = {"config": {"slug": "acme"}, "publicGroupList": [group], **empty}
    return capture(PAGE, json.dumps(body).encode(), NOON + hour * HOUR)


def beats(hour: int, **monitors: str) -> Capture:
    """Make the beats of monitors ten minutes before a capture."""
    at = NOON + hour * HOUR - timedelta(minutes=10)
    rows = {
        name[1:]: [
            {"status": 1, "time": f"{at + timedelta(minutes=n):%Y-%m-%d %H:%M:%S}", "msg": ""}
            for n in range(10)
        ]
        for name in monitors
    }
    for name, how in monitors.items():
        if how == ODD:
            rows[name[1:]][3]["time"] = "soon"
    body = {"heartbeatList": rows, "uptimeList": {}}
    return capture(PAGE, json.dumps(body).encode(), NOON + hour * HOUR + timedelta(seconds=7))


def tables(*beats_of: dict[str, str]) -> Rows:
    captures = [
        one for hour, said in enumerate(beats_of) for one in (page(hour), beats(hour, **said))
    ]
    ordered = sorted(captures, key=lambda c: (c.url, c.captured_at))
    folded = versions.fold([sightings(readings(ordered, PAGE))])
    merged = versions.merge(folded, {PAGE.page_key: PLATFORMS[PAGE.platform].shapes})
    return page_tables(merged, [PAGE], captures[-1].captured_at)


def covered(rows: Rows, component_id: str) -> list[tuple[float, float]]:
    """Return the hours from the first capture of beats on in which a component is covered."""
    first = NOON + timedelta(seconds=7)
    return [
        ((row["start_at"] - first) / HOUR, (row["end_at"] - first) / HOUR)
        for row in rows["coverage"]
        if row["component_id"] == component_id
    ]


BOTH, ONE = {"m1": UP, "m2": UP}, {"m1": UP}


def test_a_monitor_that_is_not_shown_is_not_covered() -> None:
    rows = tables(BOTH, BOTH, ONE, ONE, BOTH, BOTH)
    assert covered(rows, "1") == [(0, 5)]
    assert covered(rows, "2") == [(0, 1), (4, 5)]


def test_a_monitor_whose_beats_cannot_be_read_is_unknown() -> None:
    rows = tables(BOTH, BOTH, {"m1": UP, "m2": ODD})
    assert [
        (row["component_id"], row["state"], row["end_at"]) for row in rows["component_states"]
    ] == [("2", State.UNKNOWN, None)]
