"""The archive: immutable files of captures, which nothing can make again.

Nothing depends on how captures are spread over files: two archives merge by putting
their files into one folder, and duplicates collapse wherever captures are listed. A file
that cannot be read is reported in one line and costs nobody else.
"""

from __future__ import annotations

import hashlib
import heapq
import logging
import os
import re
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

if TYPE_CHECKING:
    import polars as pl

from ingest.archive import capture_file, file_list
from ingest.archive.capture_file import UnreadableFileError, collapse, order
from ingest.files import atomic_write
from ingest.models import Capture

log = logging.getLogger(__name__)

T = TypeVar("T")

#: Rows of files being merged that may be in memory at once.
MERGE_MEMORY = 48 * 2**20
#: How a file's name begins: with the time of its first capture.
STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)T\d{6}Z-")
IDENTITY = ("page_key", "url", "captured_at", "sha256", "failure")


@dataclass(frozen=True, slots=True)
class Archive:
    """The captures of a folder, usually ``<data>/archive``; it need not exist."""

    root: Path
    _reported: set[Path] = field(default_factory=set, repr=False, compare=False)

    def append(self, captures: Iterable[Capture]) -> list[Path]:
        """Make ``captures`` durable: one new file a UTC month. Raises ``OSError``."""
        months: defaultdict[str, list[Capture]] = defaultdict(list)
        for capture in captures:
            months[f"{capture.captured_at.astimezone(UTC):%Y-%m}"].append(capture)
        written = []
        for month in sorted(months):
            path = capture_file.write(self.root, collapse(sorted(months[month], key=order)))
            file_list.update(self.root, month, [path])
            written.append(path)
        return written

    def batch(self, clock: Callable[[], float] = time.monotonic) -> Batch:
        """Return a context manager that appends captures in batches."""
        return Batch(self, clock)

    def files(self) -> list[Path]:
        """List every file of captures, in order of name, without temporary files."""
        return sorted(map(Path, _files_below(self.root)))

    def read(self, path: Path) -> Iterator[Capture]:
        """Yield the captures of one file, a row group at a time.

        Raises ``UnreadableFileError``, and ``FileNotFoundError`` when a merge took the file away.
        """
        return capture_file.read(path)

    def metadata(
        self, page_keys: Collection[str] | None = None, month: str | None = None
    ) -> pl.DataFrame:
        """List captures once, without their bodies, sorted by page, URL and time.

        Args:
            page_keys: Only these pages; None: all.
            month: Only this UTC month, such as ``2026-07``; None: all.

        Returns:
            page_key, url, shape, captured_at, elapsed_ms, http_status, failure, headers
            (JSON), sha256, complete_since, bytes (of the body; null where there is none) and
            file (where a body may be read, relative to the root).
        """
        import polars as pl

        schema = {name: capture_file.polars_schema()[name] for name in capture_file.LIGHT_COLUMNS}

        def look(path: Path) -> list[pl.DataFrame]:
            file = pl.lit(self.relative(path)).alias("file")
            wanted = True if page_keys is None else pl.col("page_key").is_in([*page_keys])
            batches = capture_file.light_batches(path)
            return [rows.filter(wanted).with_columns(file) for rows in batches]

        found = [rows for _, batches in self._each(look, month) for rows in batches]
        frame = pl.concat([pl.DataFrame(schema={**schema, "file": pl.String}), *found])
        fullest_first = [pl.col("bytes").is_null(), pl.col("complete_since").is_null()]
        rest = ["complete_since", "shape", "http_status", "elapsed_ms", "headers", "file"]
        return frame.sort(*IDENTITY, *fullest_first, *rest).unique(
            IDENTITY, keep="first", maintain_order=True
        )

    def body(self, file: str, sha256: str) -> bytes | None:
        """Read the body with that hash from a file of ``metadata``, if it is there."""
        return self.bodies_beside(file, sha256).get(sha256)

    def bodies_beside(self, file: str, sha256: str) -> Mapping[str, bytes]:
        """Read the bodies, by their hash, that one of ``file`` was written with."""
        try:
            return capture_file.bodies_beside(self.root / file, sha256)
        except FileNotFoundError:
            return {}
        except UnreadableFileError as error:
            self.report(error)
            return {}

    def newest(self) -> datetime | None:
        """Return when the newest capture was made, if there is one."""
        while True:
            try:
                for paths in reversed(self.months_by_name().values()):
                    found = list(self._each_once(capture_file.span, paths))
                    if found:
                        return max(last for _, (_, last) in found)
                return None
            except FileNotFoundError:  # another run has merged it into a new one
                continue

    def months(self) -> dict[str, list[Path]]:
        """List the files of each UTC month, named ``2026-07``, oldest first."""
        found: defaultdict[str, list[Path]] = defaultdict(list)
        for path, (first, _) in self._each(capture_file.span):
            found[f"{first:%Y-%m}"].append(path)
        return dict(sorted(found.items()))

    def months_by_name(self) -> dict[str, list[Path]]:
        """List the files of each UTC month like ``months``, by their names where those tell."""
        found: defaultdict[str, list[Path]] = defaultdict(list)
        for path in self.files():
            stamp = STAMP.match(path.name)
            if stamp:
                found["-".join(stamp.groups()[:2])].append(path)
                continue
            try:
                first, _ = capture_file.span(path)
            except UnreadableFileError as error:
                self.report(error)
                continue
            found[f"{first:%Y-%m}"].append(path)
        return dict(sorted(found.items()))

    def merge(self, now: datetime) -> list[Path]:
        """Put each ended month, and each ended day of this one, into one file each.

        Also removes the drafts that killed runs left behind.
        Returns the files written. Raises ``OSError``.
        """
        atomic_write.clear(self.root, now)
        file_list.list_unlisted(self.root, self.months_by_name())
        if not self._may_merge(now.astimezone(UTC)):
            return []
        today, this_month = f"{now.astimezone(UTC):%Y-%m-%d}", f"{now.astimezone(UTC):%Y-%m}"
        groups: defaultdict[str, list[Path]] = defaultdict(list)
        for path, (first, last) in self._each(capture_file.span):
            if (month := f"{first:%Y-%m}") < this_month:
                groups[month].append(path)
            elif (day := f"{first:%Y-%m-%d}") == f"{last:%Y-%m-%d}" and day < today:
                groups[day].append(path)
        return self._merged(groups.values())

    def _may_merge(self, now: datetime) -> bool:
        """Say by names alone whether an ended month or day may have several files."""
        this_month, today = f"{now:%Y-%m}", f"{now:%Y%m%d}"
        for month, paths in self.months_by_name().items():
            if month < this_month and len(paths) > 1:
                return True
            days = Counter(path.name[:8] for path in paths if STAMP.match(path.name))
            ended = any(n > 1 for day, n in days.items() if day < today)
            if month == this_month and (ended or days.total() < len(paths)):
                return True
        return False

    def compact(self) -> list[Path]:
        """Put every month, the present one too, into one file each.

        Files that are gone are missed no longer. Returns the files written. Raises ``OSError``.
        """
        file_list.list_unlisted(self.root, self.months_by_name())
        file_list.forget_lost(self.root)
        return self._merged(self.months().values())

    def verify(self) -> list[str]:
        """Return a line for each file lost, altered or unreadable, and each wrong body."""
        found = self._each(_problems)
        damaged = [problem for _, problems in found for problem in problems]
        sound = [path for path, problems in found if not problems]
        return [*self.lost(), *file_list.altered(self.root, sound), *damaged]

    def lost(self) -> list[str]:
        """Return a line for each month of which files are gone."""
        return file_list.lost(self.root)

    def _each(self, look: Callable[[Path], T], month: str | None = None) -> list[tuple[Path, T]]:
        """Return what ``look`` finds in every readable file (of a month).

        A merge by another run moves captures from file to file: if one does meanwhile, all
        files are read again, so that no capture is missed.
        """
        while True:
            try:
                paths = self.files() if month is None else self.months_by_name().get(month, [])
                return list(self._each_once(look, paths))
            except FileNotFoundError:
                continue

    def _each_once(
        self, look: Callable[[Path], T], paths: Iterable[Path]
    ) -> Iterator[tuple[Path, T]]:
        for path in paths:
            try:
                yield path, look(path)
            except UnreadableFileError as error:
                self.report(error)

    def _merged(self, groups: Iterable[Sequence[Path]]) -> list[Path]:
        results = [self._into_one(paths) for paths in groups]
        return [path for path in results if path is not None]

    def _into_one(self, paths: Sequence[Path]) -> Path | None:
        """Merge files step by step into one; None when there was nothing to merge.

        What cannot be read stays. Each step is written before its inputs go, so at any moment
        nothing is missing and what is there twice collapses.
        """
        left, written = list(paths), None
        while len(left) > 1:
            try:
                some = self._affordable(left)
                sorted_rows = heapq.merge(*(capture_file.read(path) for path in some), key=order)
                written = capture_file.write(self.root, collapse(sorted_rows))
            except UnreadableFileError as error:
                self.report(error)
                left.remove(error.path)
                continue
            removed = [path for path in some if path != written]
            file_list.update(self.root, written.parent.name, [written], removed)
            for path in removed:
                _discard(path)
            left = [*(path for path in left if path not in some), written]
        return written

    def _affordable(self, paths: Sequence[Path]) -> list[Path]:
        """Choose as many files, two at least, as can be merged within ``MERGE_MEMORY``."""
        some: list[Path] = []
        memory = 0
        for path in paths:
            memory += capture_file.largest_group(path)
            if len(some) >= 2 and memory > MERGE_MEMORY:
                break
            some.append(path)
        return some

    def report(self, error: UnreadableFileError) -> None:
        """Log an unreadable file, once."""
        if error.path not in self._reported:
            self._reported.add(error.path)
            log.warning("%s", error)

    def relative(self, path: Path) -> str:
        """Return a file's name within the archive, as ``body`` takes it."""
        return path.relative_to(self.root).as_posix()


def _files_below(folder: Path | str) -> Iterator[str]:
    """Yield the paths of files of captures in a folder and the folders in it.

    By the folder's own listing, which knows a file from a folder without asking of each.
    """
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files_below(entry.path)
            elif entry.name.endswith(".parquet") and entry.is_file():
                yield entry.path


def _problems(path: Path) -> list[str]:
    try:
        return [
            f"{path}: body of {c.url} captured at {c.captured_at.isoformat()} "
            "does not match its sha256"
            for c in capture_file.read(path)
            if c.body is not None and hashlib.sha256(c.body).hexdigest() != c.sha256
        ]
    except UnreadableFileError as error:
        return [str(error)]


def _discard(path: Path) -> None:
    """Remove a merged file; on Windows a reader may still hold it."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("%s: merged, but not removed (%s)", path, error.strerror)


class SharedBodies:
    """Read bodies of an archive for many threads that want one here and one there.

    What a run asks for anew mostly lies side by side, and is unpacked side by side: what was
    read last is kept.
    """

    #: Bytes kept, of whole row groups.
    MOST = 32 * 2**20

    def __init__(self, archive: Archive) -> None:
        """Begin with none."""
        self._archive = archive
        self._kept: deque[tuple[str, Mapping[str, bytes]]] = deque()
        self._reading = threading.Lock()

    def body(self, file: str, sha256: str) -> bytes | None:
        """Read a body as ``Archive.body`` does."""
        with self._reading:
            for name, bodies in self._kept:
                if name == file and sha256 in bodies:
                    return bodies[sha256]
            found = self._archive.bodies_beside(file, sha256)
            self._kept.append((file, found))
            while sum(len(one) for _, some in self._kept for one in some.values()) > self.MOST:
                self._kept.popleft()
            return found.get(sha256)


class Batch:
    """Gather captures and append them every 50, every 10 s or every 16 MiB.

    Whatever is left is appended when the ``with`` block ends, however it ends.
    """

    CAPTURES = 50
    SECONDS = 10.0
    BYTES = 16 * 2**20

    def __init__(self, archive: Archive, clock: Callable[[], float]) -> None:
        """Gather for ``archive``; ``clock`` counts seconds."""
        self._archive = archive
        self._clock = clock
        self._waiting: list[Capture] = []
        self._since = clock()

    def __enter__(self) -> Self:
        """Begin gathering."""
        return self

    def __exit__(self, *how: object) -> None:
        """Append whatever is left, however the block ended."""
        self.flush()

    def add(self, capture: Capture) -> None:
        """Take a capture. Raises ``OSError`` when a due batch cannot be written."""
        if not self._waiting:
            self._since = self._clock()
        self._waiting.append(capture)
        self.flush_if_due()

    def flush_if_due(self) -> None:
        """Append when the batch is full or old enough. Raises ``OSError``."""
        if (
            len(self._waiting) >= self.CAPTURES
            or self._clock() - self._since >= self.SECONDS
            or sum(len(c.body or b"") for c in self._waiting) >= self.BYTES
        ):
            self.flush()

    def flush(self) -> None:
        """Make everything taken so far durable. Raises ``OSError``."""
        self._archive.append(self._waiting)
        self._waiting = []
        self._since = self._clock()
