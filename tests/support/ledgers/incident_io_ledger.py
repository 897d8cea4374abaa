"""The tables that captures of one incident.io page add up to."""

from __future__ import annotations

from ingest.ledger import versions
from ingest.ledger.sightings import sightings
from ingest.models import Capture
from ingest.platforms import PLATFORMS
from ingest.snapshot.tables import Rows
from tests.support.captured.feeds import readings
from tests.support.ledgers.page_tables import page_tables
from tests.support.payloads.incident_io import PAGE


def tables(*captures: Capture) -> Rows:
    ordered = sorted(captures, key=lambda c: (c.url, c.captured_at))
    folded = versions.fold([sightings(readings(ordered, PAGE))])
    found = versions.merge(folded, {PAGE.page_key: PLATFORMS["incident_io"].shapes})
    return page_tables(found, [PAGE], max(c.captured_at for c in captures))
