"""Invented captures of one page, and what an archive holds of them."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from ingest.archive.store import Archive
from ingest.models import Capture, FetchFailure

NOON = datetime(2026, 7, 9, 12, tzinfo=UTC)
PAGE = "acme.statuspage.status.acme.example"


def capture(
    at: datetime = NOON,
    body: bytes | None = b'{"incidents": []}',
    url: str = "https://status.acme.example/api/v2/incidents.json",
    page_key: str = PAGE,
    failure: FetchFailure | None = None,
) -> Capture:
    return Capture(
        page_key=page_key,
        url=url,
        shape="incident",
        captured_at=at,
        elapsed_ms=12,
        http_status=200 if failure is None else None,
        failure=failure,
        headers={"etag": 'W/"1"'},
        sha256=None if body is None else hashlib.sha256(body).hexdigest(),
        body=body,
    )


def everything(archive: Archive) -> list[Capture]:
    return [found for path in archive.files() for found in archive.read(path)]


def flip_byte_in_body(path: Path) -> None:
    """Damage the last data page, which holds bodies, and leave the footer alone."""
    data = bytearray(path.read_bytes())
    place = data.rindex(b"\x28\xb5\x2f\xfd") + 12  # a zstd frame, past its header
    data[place] ^= 0xFF
    path.write_bytes(data)
