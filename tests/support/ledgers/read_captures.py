"""Read captures one by one, as a fold of the ledger reads them."""

from __future__ import annotations

from collections.abc import Mapping

from ingest.ledger.eras import Reader
from ingest.ledger.sightings import Reading
from ingest.models import Capture, Page
from ingest.platforms.contract import Platform
from ingest.validation.records import SoundIncidents


def read_capture(
    capture: Capture,
    pages: Mapping[str, Page],
    platforms: Mapping[str, Platform],
    sound: SoundIncidents | None = None,
) -> Reading:
    """Read a capture, or say why it cannot be read; None when it brought no body.

    Args:
        capture: the capture.
        pages: the pages, by page key.
        platforms: the engines, by name.
        sound: incidents found sound before, where captures are read in a row.
    """
    return Reader(pages, platforms, sound=sound).read(capture)[1]
