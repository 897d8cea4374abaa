"""Read a manifest: a table that says of each file to import whose it is and when it was captured.

CSV with a head, or a JSON list of objects. Files are named from the manifest's own folder.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from ingest.models import UsageError
from ingest.platforms.timestamps import in_zone
from ingest.registry import Registry
from ingest.runs.page_selection import NoSuchPageError, pages_of
from ingest.runs.payload_import import Listed

NEEDED = ("file", "provider")
COLUMNS = (*NEEDED, "captured_at", "platform", "page", "complete_since")


class ManifestError(UsageError):
    """A manifest that cannot be followed; one line that names the row."""


def read_manifest(path: Path, registry: Registry) -> list[Listed]:
    """Return what a manifest lists, in its order.

    A row without ``captured_at`` needs the stamp in the file's name; one without ``platform`` and
    ``page`` has its page found from the payload.

    Raises:
        ManifestError: It cannot be read, or a row is not as it should be.
    """
    listed = [_listed(f"{path}: row {n}", row, path, registry) for n, row in _rows(path)]
    if not listed:
        raise ManifestError(f"{path}: lists no file")
    return listed


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield number and cells of each row, empty cells left out."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise ManifestError(f"{path}: cannot be read: {why}") from None
    rows = _json_rows(path, text) if text.lstrip().startswith(("[", "{")) else _csv_rows(path, text)
    for number, row in enumerate(rows, 1):
        strange = [name for name in row if name not in COLUMNS]
        if strange:
            known = ", ".join(COLUMNS)
            raise ManifestError(f"{path}: row {number}: {strange[0]!r} is not one of {known}")
        yield number, {name: cell for name, cell in row.items() if cell}


def _json_rows(path: Path, text: str) -> Iterator[Mapping[str, str]]:
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ManifestError(f"{path}: not JSON: {error}") from None
    if not isinstance(rows, list):
        raise ManifestError(f"{path}: must be a list of objects, one a file")
    for number, row in enumerate(rows, 1):
        cells = row.values() if isinstance(row, dict) else [None, row]
        if not all(one is None or isinstance(one, str) for one in cells) or not isinstance(
            row, dict
        ):
            raise ManifestError(f"{path}: row {number}: must be an object of texts")
        yield {name: cell or "" for name, cell in row.items()}


def _csv_rows(path: Path, text: str) -> Iterator[Mapping[str, str]]:
    reader = csv.DictReader(io.StringIO(text))
    try:
        for number, row in enumerate(reader, 1):
            if None in row:
                raise ManifestError(f"{path}: row {number}: has more cells than the head")
            yield {name.strip(): (cell or "").strip() for name, cell in row.items()}
    except csv.Error as error:
        raise ManifestError(f"{path}: line {reader.line_num} is no CSV: {error}") from None


def _listed(where: str, row: Mapping[str, str], path: Path, registry: Registry) -> Listed:
    for name in NEEDED:
        if name not in row:
            raise ManifestError(f"{where}: {name} is missing")
    try:
        pages = pages_of(registry, row["provider"], row.get("platform"), row.get("page"))
    except NoSuchPageError as error:
        raise ManifestError(f"{where}: {error}") from None
    return Listed(
        (path.parent / row["file"],),
        tuple(pages),
        _instant(where, row, "captured_at"),
        _instant(where, row, "complete_since"),
    )


def _instant(where: str, row: Mapping[str, str], name: str) -> datetime | None:
    """Read a time; a date is its first moment, no zone is UTC."""
    if name not in row:
        return None
    try:
        return in_zone(datetime.fromisoformat(row[name]), "Etc/UTC")
    except (ValueError, OverflowError):
        example = "2026-03-02T12:06:00Z"
        raise ManifestError(f"{where}: {name} {row[name]!r} is not like {example}") from None
