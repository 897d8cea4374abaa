"""Derive the ledger from the archive, through memos that are safe to delete.

``derived/parsed`` holds what one archive file says, ``derived/versions`` the fold of one
month, and that of all months but the newest, which rarely change. A memo's name carries a hash
of everything it depends on, so a stale one is never read: it is removed. It also carries a
digest of the memo's own bytes, so a damaged one is noticed, thrown away and made again.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path

import polars as pl

from ingest.archive.capture_file import UnreadableFileError, page_keys
from ingest.archive.store import Archive
from ingest.files import checked_file
from ingest.ledger import ledger, versions
from ingest.ledger.capture_runs import RUN_SCHEMA
from ingest.ledger.eras import Reader, eras_of
from ingest.ledger.sightings import SCHEMAS, Frames, Reading, sightings
from ingest.models import Capture, Page
from ingest.platforms.contract import Platform
from ingest.safe_text import amount
from ingest.time_zones import zone_rules
from ingest.validation.records import SoundIncidents

log = logging.getLogger(__name__)

#: Bumped when a memo's own layout changes, or what is believed.
MEMO_VERSION = 15
#: Another run may merge archive files or drop memos while we read: then we begin again, as we
#: do when memos turn out to be damaged.
ATTEMPTS = 5
SUFFIX = ".parquet"
FOLDERS = ("parsed", "versions")


def derive_ledger(
    archive: Archive,
    derived: Path,
    pages: Mapping[str, Page],
    platforms: Mapping[str, Platform],
    as_of: datetime | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> ledger.Ledger:
    """Read everything captured by ``as_of`` (all of it when None) into one ledger.

    Args:
        archive: The captures.
        derived: The folder of memos.
        pages: The pages to read, by key.
        platforms: How to read them, by name.
        as_of: The time of the newest capture used.
        progress: Told which archive file is being read.

    Raises:
        OSError: A memo cannot be written.
    """
    memos = _Memos(archive, derived, pages, platforms, progress)
    try:
        for _ in range(ATTEMPTS - 1):
            try:
                return _merged(memos, as_of)
            except FileNotFoundError as error:
                log.info("beginning again: %s", error)
        return _merged(memos, as_of)
    finally:
        if memos.again:
            files = amount(memos.again, "archive file")
            log.warning("%s read again: their pages or parsers changed", files)


def _merged(memos: _Memos, as_of: datetime | None) -> ledger.Ledger:
    memos.look()
    parsed = {
        month: [memo for path in paths if (memo := memos.parsed(path)) is not None]
        for month, paths in memos.archive.months_by_name().items()
        if as_of is None or month <= f"{as_of:%Y-%m}"
    }
    folded: list[Frames] = []
    if as_of is None:
        months = [memos.version(month, mine) for month, mine in parsed.items()]
        folded = [_load(path, folded=True) for path in (*memos.ended(months[:-1]), *months[-1:])]
    else:
        for month, mine in parsed.items():
            if month == f"{as_of:%Y-%m}":
                folded.append(versions.fold(versions.up_to(_load(memo), as_of) for memo in mine))
            else:
                folded.append(_load(memos.version(month, mine), folded=True))
    if as_of is None:
        memos.forget_unused()
    pages = memos.pages.items()
    shapes = {key: memos.platforms[page.platform].shapes for key, page in pages}
    return versions.merge(versions.fold(folded), shapes)


@dataclass(slots=True)
class _Memos:
    """The memos of one archive: those there are, those made, those used.

    ``again``: archive files parsed anew whose memos said something older.
    """

    archive: Archive
    derived: Path
    pages: Mapping[str, Page]
    platforms: Mapping[str, Platform]
    progress: Callable[[str], None]
    page_texts: Mapping[str, Sequence[str]] = field(init=False)
    again: int = 0
    used: set[Path] = field(default_factory=set[Path])
    found: dict[str, dict[str, Path]] = field(default_factory=dict[str, dict[str, Path]])

    def __post_init__(self) -> None:
        self.page_texts = _page_texts(self.pages, self.platforms)

    def look(self) -> None:
        """List the memos there are; damaged ones are thrown away when they are read."""
        self.used = set()
        for folder in FOLDERS:
            self.found[folder] = checked_file.by_stem(self.derived / folder, SUFFIX)

    def parsed(self, path: Path) -> Path | None:
        """Return the memo of what an archive file says; None where the file is unreadable."""
        try:
            stem = f"{path.stem}.{_parsed_key(path, self.page_texts)}"
            memo = self.found["parsed"].get(stem)
            if memo is None:
                self.progress(path.name)
                said = sightings(_readings(self.archive, path, self.pages, self.platforms))
                memo = _store(self.derived / "parsed", stem, said)
                self.again += any(old.split(".")[0] == path.stem for old in self.found["parsed"])
        except UnreadableFileError as error:
            self.archive.report(error)
            return None
        self.used.add(memo)
        return memo

    def version(self, month: str, parsed: Sequence[Path]) -> Path:
        """Return the memo of the fold of a month."""
        return self._fold(month, parsed, folded=False)

    def ended(self, months: Sequence[Path]) -> list[Path]:
        """Return the memo of the fold of the months that ended, if there are any."""
        return [self._fold("ended", months, folded=True)] if months else []

    def _fold(self, name: str, parts: Sequence[Path], *, folded: bool) -> Path:
        stem = f"{name}.{_hash(memo.name for memo in parts)}"
        memo = self.found["versions"].get(stem)
        if memo is None:
            fold = versions.fold(_load(one, folded=folded) for one in parts)
            memo = _store(self.derived / "versions", stem, fold)
        self.used.add(memo)
        return memo

    def forget_unused(self) -> None:
        """Remove every memo that was not used: what it was made from has changed."""
        for folder in FOLDERS:
            for path in (self.derived / folder).glob(f"*{SUFFIX}"):
                if path not in self.used:
                    path.unlink(missing_ok=True)


def _readings(
    archive: Archive, path: Path, pages: Mapping[str, Page], platforms: Mapping[str, Platform]
) -> Iterator[tuple[Capture, Reading]]:
    reader = Reader(pages, platforms, eras_of(pages), SoundIncidents())
    for capture in archive.read(path):
        if capture.page_key in pages:
            yield reader.read(capture)


def _page_texts(
    pages: Mapping[str, Page], platforms: Mapping[str, Platform]
) -> dict[str, list[str]]:
    """Print all that a capture of each page is read by: the page, its eras, their parsers."""
    eras = eras_of(pages)

    def text(page: Page) -> str:
        return f"{platforms[page.platform].version}:{page!r}"

    return {
        key: [f"{key}:{text(page)}", *map(text, eras.get(key, ()))] for key, page in pages.items()
    }


def _parsed_key(path: Path, page_texts: Mapping[str, Sequence[str]]) -> str:
    parts = [str(MEMO_VERSION), zone_rules(), path.parent.name]
    for key in page_keys(path):
        parts += page_texts.get(key, (f"{key}:0:None",))
    return _hash(parts)


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _store(folder: Path, stem: str, frames: Frames) -> Path:
    """Write all frames into one Parquet file, told apart by column ``frame``."""
    together = pl.concat(
        [frame.with_columns(pl.lit(name).alias("frame")) for name, frame in frames.items()],
        how="diagonal",
    )
    body = BytesIO()
    together.write_parquet(body, compression="zstd")
    return checked_file.write(folder, stem, SUFFIX, body.getvalue())


def _load(path: Path, *, folded: bool = False) -> Frames:
    try:
        together = pl.read_parquet(BytesIO(checked_file.read(path)))
    except checked_file.DamagedFileError as error:
        _discard_damaged(path.parents[1])  # where one is damaged, more may be
        raise FileNotFoundError(str(error)) from error
    columns: dict[str, Sequence[str]] = {name: list(schema) for name, schema in SCHEMAS.items()}
    if folded:
        columns["polls"] = list(RUN_SCHEMA)
    return {
        name: together.filter(pl.col("frame") == name).select(wanted)
        for name, wanted in columns.items()
    }


def _discard_damaged(derived: Path) -> None:
    for path in (path for folder in FOLDERS for path in (derived / folder).glob(f"*{SUFFIX}")):
        try:
            checked_file.read(path)
        except checked_file.DamagedFileError as error:
            log.warning("%s: thrown away and made again", error)
            path.unlink(missing_ok=True)
        except FileNotFoundError:  # another run was faster
            continue
