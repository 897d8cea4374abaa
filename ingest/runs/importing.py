"""Import captured payloads into the archive of a data folder."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from ingest.archive.store import Archive
from ingest.platforms import PLATFORMS
from ingest.runs import data_folder, payload_import
from ingest.runs.data_folder import Progress, silent
from ingest.runs.payload_import import Listed, Refused


class Taken(NamedTuple):
    """Name where a payload was found, and from when on it is stated to be whole."""

    where: str
    complete_since: datetime | None


@dataclass(slots=True)
class Imported:
    """The result of an import.

    ``taken``: each payload by address and time of capture. ``lines`` names each payload not taken,
    and why.
    """

    taken: dict[tuple[str, datetime], Taken] = field(
        default_factory=dict[tuple[str, datetime], Taken]
    )
    known_already: int = 0
    refused: int = 0
    lines: list[str] = field(default_factory=list[str])


def import_payloads(
    data: Path,
    listed: Iterable[Listed],
    progress: Progress = silent,
    into: Path | None = None,
) -> Imported:
    """Archive payloads as captures of the pages they are of.

    Args:
        data: The data folder.
        listed: Paths, with the pages they may be of.
        progress: Told of each payload's time.
        into: Another data folder to archive into, for a look at what would come of it.

    Raises:
        NotImportableError: A path is missing, unreadable or undated.
        OSError: The archive cannot be written; what was taken before stays taken.
    """
    result = Imported()
    archive = Archive(data / "archive")
    listed = list(listed)
    pages = {page.page_key for one in listed for page in one.pages}
    known: dict[str, dict[str, set[Identity]]] = {}
    with Archive((into or data) / "archive").batch() as batch:
        for one in listed:
            found = payload_import.payloads(one.paths, one.captured_at, data_folder.now())
            captures = payload_import.captures(found, one.pages, PLATFORMS, one.complete_since)
            for where, item in captures:
                if isinstance(item, Refused):
                    result.refused += 1
                    result.lines.append(f"{where}: {item.kind}: {item.message}")
                    continue
                progress(f"{item.captured_at:%Y-%m-%d %H:%M}")
                month = f"{item.captured_at:%Y-%m}"
                if month not in known:
                    known[month] = _identities(archive, pages, month)
                identity = item.url, item.captured_at, item.sha256, item.complete_since
                if identity in known[month][item.page_key]:
                    result.known_already += 1
                    continue
                batch.add(item)
                told = f"{where} ({item.page_key})" if len(one.pages) > 1 else where
                result.taken[item.url, item.captured_at] = Taken(told, item.complete_since)
    return result


Identity = tuple[str, datetime, str, datetime | None]


def _identities(archive: Archive, pages: Collection[str], month: str) -> dict[str, set[Identity]]:
    """List the captures of each page in a month of the archive, which is read once for all.

    A capture that states completeness also stands for one that does not.
    """
    found: dict[str, set[Identity]] = {page: set() for page in pages}
    columns = ("page_key", "url", "captured_at", "sha256", "complete_since")
    for page, url, at, sha256, stated in archive.metadata(pages, month).select(columns).iter_rows():
        found[page] |= {(url, at, sha256, stated), (url, at, sha256, None)}
    return found
