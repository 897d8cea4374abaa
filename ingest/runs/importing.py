"""Import captured payloads into the archive of a data folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ingest.archive.store import Archive
from ingest.models import Page
from ingest.platforms import PLATFORMS
from ingest.runs import data_folder, payload_import
from ingest.runs.data_folder import Progress, silent
from ingest.runs.payload_import import Refused


@dataclass(slots=True)
class Imported:
    """The result of an import.

    ``taken``: where each payload was found, by address and time of capture. ``lines`` names each
    payload not taken, and why.
    """

    taken: dict[tuple[str, datetime], str] = field(default_factory=dict[tuple[str, datetime], str])
    known_already: int = 0
    refused: int = 0
    lines: list[str] = field(default_factory=list[str])


def import_payloads(
    data: Path,
    paths: Iterable[Path],
    page: Page,
    captured_at: datetime | None,
    complete_since: datetime | None,
    progress: Progress = silent,
) -> Imported:
    """Archive the payloads at ``paths`` as captures of ``page``.

    Args:
        data: The data folder.
        paths: Files, folders or series.
        page: The page they were captured from.
        captured_at: When; None: by the stamp in each name.
        complete_since: From when on the lists are stated to be whole.
        progress: Told of each payload's time.

    Raises:
        NotImportableError: A path is missing, unreadable or undated.
        OSError: The archive cannot be written; what was taken before stays taken.
    """
    result = Imported()
    archive = Archive(data / "archive")
    known: dict[str, set[Identity]] = {}
    found = payload_import.payloads(paths, captured_at, data_folder.now())
    with archive.batch() as batch:
        captures = payload_import.captures(found, page, PLATFORMS[page.platform], complete_since)
        for where, item in captures:
            if isinstance(item, Refused):
                result.refused += 1
                result.lines.append(f"{where}: {item.kind}: {item.message}")
                continue
            progress(f"{item.captured_at:%Y-%m-%d %H:%M}")
            month = f"{item.captured_at:%Y-%m}"
            if month not in known:
                known[month] = _identities(archive, page, month)
            if (item.url, item.captured_at, item.sha256, item.complete_since) in known[month]:
                result.known_already += 1
                continue
            batch.add(item)
            result.taken[item.url, item.captured_at] = where
    return result


Identity = tuple[str, datetime, str, datetime | None]


def _identities(archive: Archive, page: Page, month: str) -> set[Identity]:
    """List the captures of ``page`` in a month of the archive.

    A capture that states completeness also stands for one that does not.
    """
    seen = archive.metadata(page.page_key, month)
    stated = set(seen.select("url", "captured_at", "sha256", "complete_since").rows())
    return stated | {(url, at, sha, None) for url, at, sha, _ in stated}
