"""Captures of one Statuspage in a row, and the ledger and the tables they add up to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.ledger import versions as ledger
from ingest.ledger.ledger import Ledger
from ingest.ledger.sightings import Frames, sightings
from ingest.models import Capture
from ingest.platforms import PLATFORMS
from ingest.snapshot.tables import Rows
from tests.support.captured.feeds import capture, readings
from tests.support.ledgers.page_tables import page_tables
from tests.support.payloads.statuspage import (
    PAGE,
    change,
    component,
    incident,
    incidents_json,
    update,
)

NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)


SHAPES = {PAGE.page_key: PLATFORMS["statuspage"].shapes}


def seen(body: bytes | str | dict[str, Any], minute: float = 0) -> Capture:
    if isinstance(body, dict):
        body = json.dumps(body)
    raw = body.encode() if isinstance(body, str) else body
    return capture(PAGE, raw, NOON + timedelta(minutes=minute))


def parts(captures: Sequence[Capture]) -> Frames:
    ordered = sorted(captures, key=lambda c: (c.url, c.captured_at))
    return ledger.fold([sightings(readings(ordered, PAGE))])


def merged(*captures: Capture) -> Ledger:
    return ledger.merge(ledger.fold([parts(captures)]), SHAPES)


def tables(*captures: Capture) -> Rows:
    return page_tables(merged(*captures), [PAGE], max(c.captured_at for c in captures))


def bodies() -> list[Capture]:
    """Make an outage followed over five captures of two addresses."""
    down = [change("aaaa1111bbbb", "operational", "major_outage")]
    up = [change("aaaa1111bbbb", "major_outage", "operational")]
    first = update("u1", "investigating", "2026-01-10T11:00:00Z", changes=down)
    last = update("u2", "resolved", "2026-01-10T12:20:00Z", changes=up)
    broken = component("aaaa1111bbbb", "major_outage", updated_at="2026-01-10T10:59:59Z")
    fixed = component("aaaa1111bbbb", updated_at="2026-01-10T12:19:59Z")
    opened = incident(updates=[dict(first)], components=[broken])
    closed = incident(updates=[dict(first), dict(last)], components=[fixed])
    return [
        seen(incidents_json(opened), 0),
        seen(incidents_json(opened), 10),
        seen(opened, 11),
        seen(incidents_json(closed), 30),
        seen(closed, 31),
    ]
