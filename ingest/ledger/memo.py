"""Derive the ledger from the archive, through memos that are safe to delete.

``derived/parsed`` holds what one archive file says, ``derived/versions`` the fold of one
month. A memo's name carries a hash of everything it depends on, so a stale one is never
read: it is removed.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import polars as pl

from ingest.archive.capture_file import UnreadableFileError, page_keys
from ingest.archive.store import Archive
from ingest.files import atomic_write, disk_errors
from ingest.ledger import ledger, versions
from ingest.ledger.sightings import SCHEMAS, Frames, Reading, sightings
from ingest.models import Capture, Page, ReadError
from ingest.platforms.contract import Platform
from ingest.validation import captures
from ingest.validation.records import SoundIncidents

log = logging.getLogger(__name__)

#: Bumped when a memo's own layout changes, or what is believed.
MEMO_VERSION = 4
#: Another run may merge archive files or drop memos while we read: then we begin again.
ATTEMPTS = 5


def derive_ledger(
    archive: Archive,
    derived: Path,
    pages: Mapping[str, Page],
    platforms: Mapping[str, Platform],
    as_of: datetime | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> ledger.Ledger:
    """Derive the ledger of the pages given.

    Args:
        archive: the captures.
        derived: the folder of the memos.
        pages: the pages, by page key.
        platforms: the engines, by name.
        as_of: only captures made by then; None: all of them.
        progress: called with the name of each archive file that is parsed.

    Raises:
        OSError: the disk is full or cannot be read.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return _merged(archive, derived, pages, platforms, as_of, progress)
        except FileNotFoundError as error:
            log.info("beginning again: %s", error)
    return _merged(archive, derived, pages, platforms, as_of, progress)


def _merged(
    archive: Archive,
    derived: Path,
    pages: Mapping[str, Page],
    platforms: Mapping[str, Platform],
    as_of: datetime | None,
    progress: Callable[[str], None],
) -> ledger.Ledger:
    used: set[Path] = set()
    folded: list[Frames] = []
    for month, paths in archive.months().items():
        if as_of is not None and month > f"{as_of:%Y-%m}":
            continue
        memos = list(_parsed_memos(archive, derived, paths, pages, platforms, progress))
        used.update(memos)
        if as_of is not None and month == f"{as_of:%Y-%m}":
            folded.append(versions.fold(versions.up_to(_load(memo), as_of) for memo in memos))
            continue
        version = derived / "versions" / f"{month}.{_hash(memo.name for memo in memos)}.parquet"
        if not version.exists():
            _store(version, versions.fold(_load(memo) for memo in memos))
        used.add(version)
        folded.append(_load(version, folded=True))
    if as_of is None:
        _forget(derived, used)
    shapes = {key: platforms[page.platform].shapes for key, page in pages.items()}
    return versions.merge(versions.fold(folded), shapes)


def _parsed_memos(
    archive: Archive,
    derived: Path,
    paths: Iterable[Path],
    pages: Mapping[str, Page],
    platforms: Mapping[str, Platform],
    progress: Callable[[str], None],
) -> Iterator[Path]:
    """Yield the memo of each archive file that can be read, made where it is missing."""
    for path in paths:
        try:
            key = _parsed_key(path, pages, platforms)
            memo = derived / "parsed" / f"{path.stem}.{key}.parquet"
            if not memo.exists():
                progress(path.name)
                _store(memo, sightings(_readings(archive, path, pages, platforms)))
        except UnreadableFileError as error:
            log.warning("%s", error)
            continue
        yield memo


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
    if capture.body is None or capture.failure is not None or capture.shape == "robots":
        return None
    page = pages[capture.page_key]
    try:
        return captures.read(capture, page, platforms[page.platform], sound)
    except ReadError as error:
        return error


def _readings(
    archive: Archive, path: Path, pages: Mapping[str, Page], platforms: Mapping[str, Platform]
) -> Iterator[tuple[Capture, Reading]]:
    sound = SoundIncidents()
    for capture in archive.read(path):
        if capture.page_key in pages:
            yield capture, read_capture(capture, pages, platforms, sound)


def _parsed_key(path: Path, pages: Mapping[str, Page], platforms: Mapping[str, Platform]) -> str:
    parts = [str(MEMO_VERSION), path.parent.name]
    for key in page_keys(path):
        page = pages.get(key)
        version = platforms[page.platform].version if page else 0
        parts.append(f"{key}:{version}:{page!r}")
    return _hash(parts)


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _store(path: Path, frames: Frames) -> None:
    """Store all frames in one Parquet file, apart by column ``frame``; whole or absent."""
    path.parent.mkdir(parents=True, exist_ok=True)
    together = pl.concat(
        [frame.with_columns(pl.lit(name).alias("frame")) for name, frame in frames.items()],
        how="diagonal",
    )
    with atomic_write.whole(path) as draft:
        disk_errors.write_parquet(together, draft)


def _load(path: Path, *, folded: bool = False) -> Frames:
    try:
        together = pl.read_parquet(path)
    except pl.exceptions.ComputeError as error:
        shutil.rmtree(path.parents[1], ignore_errors=True)  # where one is damaged, more may be
        raise FileNotFoundError(f"{path} was damaged") from error
    columns: dict[str, Sequence[str]] = {name: list(schema) for name, schema in SCHEMAS.items()}
    if folded:
        columns["polls"] = list(versions.RUN_SCHEMA)
    return {
        name: together.filter(pl.col("frame") == name).select(wanted)
        for name, wanted in columns.items()
    }


def _forget(derived: Path, used: set[Path]) -> None:
    for folder in ("parsed", "versions"):
        for path in (derived / folder).glob("*.parquet"):
            if path not in used:
                path.unlink(missing_ok=True)
