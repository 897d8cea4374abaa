"""One Parquet file of captures: whole or absent, never rewritten.

Rows are sorted by page, URL and time, so that look-alike bodies lie side by side and
compress to almost nothing. A row group ends after 256 rows or 8 MiB of bodies, which is
also the most a reader holds in memory.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

from ingest.files import disk_errors
from ingest.files.atomic_write import TEMPORARY, sync
from ingest.models import Capture, FetchFailure, require_utc

ROWS_A_GROUP = 256
BYTES_A_GROUP = 8 * 2**20
#: Rows without bodies that are read at a time: some 20 MiB of headers.
BATCH_ROWS = 2**16
#: Columns of a file in their order, with their types in Arrow's words and whether they may be null.
COLUMNS: Mapping[str, tuple[str, bool]] = MappingProxyType(
    {
        "page_key": ("string", False),
        "url": ("string", False),
        "shape": ("string", False),
        "captured_at": ("instant", False),
        "elapsed_ms": ("int64", False),
        "http_status": ("int16", True),
        "failure": ("string", True),
        "headers": ("string", False),
        "sha256": ("string", True),
        "complete_since": ("instant", True),
        "bytes": ("int64", True),
        "body": ("large_binary", True),
    }
)
#: Everything but the body, which is all most questions need.
LIGHT_COLUMNS = tuple(name for name in COLUMNS if name != "body")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@cache
def arrow_schema() -> Any:
    """Return ``COLUMNS`` as a pyarrow schema."""
    import pyarrow as pa

    types = {"instant": pa.timestamp("us", tz="UTC")}
    return pa.schema(
        pa.field(name, types.get(kind) or pa.type_for_alias(kind), nullable=nullable)
        for name, (kind, nullable) in COLUMNS.items()
    )


@cache
def polars_schema() -> dict[str, Any]:
    """Return ``COLUMNS`` as a Polars schema."""
    import polars as pl

    types = {
        "instant": pl.Datetime("us", "UTC"),
        "int16": pl.Int16,
        "int64": pl.Int64,
        "large_binary": pl.Binary,
        "string": pl.String,
    }
    return {name: types[kind] for name, (kind, _) in COLUMNS.items()}


class UnreadableFileError(Exception):
    """An archive file that cannot be read; the message is one line and names it."""

    def __init__(self, path: Path, error: Exception) -> None:
        """Word ``error``, which reading ``path`` met with, in one line."""
        reason = " ".join(str(error).split())[:160] or type(error).__name__
        super().__init__(f"{path}: unreadable, skipped ({reason})")
        self.path = path


def identity(capture: Capture) -> tuple[str, str, datetime, str, str]:
    """Return what makes two captures the same one; never a file path."""
    return (
        capture.page_key,
        capture.url,
        capture.captured_at,
        capture.sha256 or "",
        capture.failure or "",
    )


def order(capture: Capture) -> tuple[Any, ...]:
    """Return the sort key of a capture.

    A total order; of captures with one identity the one that says most comes first.
    """
    return (
        *identity(capture),
        capture.body is None,
        capture.complete_since is None,
        capture.complete_since or capture.captured_at,
        capture.shape,
        capture.http_status or 0,
        capture.elapsed_ms,
    )


def collapse(ordered: Iterable[Capture]) -> Iterator[Capture]:
    """Drop duplicates from captures that come in ``order``."""
    last = None
    for capture in ordered:
        if (mine := identity(capture)) != last:
            yield capture
        last = mine


def write(root: Path, ordered: Iterable[Capture]) -> Path:
    """Write captures of one UTC month, sorted by ``order``, and return the new file.

    The name is the first capture's time and a digest of all of them, so equal content has
    equal names. Until the rename nothing but a temporary file exists. Raises ``OSError``.
    """
    root.mkdir(parents=True, exist_ok=True)
    temporary = root / f".{secrets.token_hex(8)}{TEMPORARY}"
    try:
        with disk_errors.writing(root):
            first, digest = _write_rows(temporary, ordered)
        folder = root / f"{first:%Y-%m}"
        if not folder.exists():
            folder.mkdir(exist_ok=True)
            sync(root)
        path = folder / f"{first:%Y%m%dT%H%M%SZ}-{digest[:16]}.parquet"
        os.replace(temporary, path)
        sync(folder)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def _write_rows(path: Path, ordered: Iterable[Capture]) -> tuple[datetime, str]:
    import pyarrow.parquet as pq

    digest = hashlib.sha256()
    first = datetime.max.replace(tzinfo=UTC)
    with path.open("wb") as file:
        with pq.ParquetWriter(
            file,
            arrow_schema(),
            compression="zstd",
            compression_level=3,
            use_dictionary=[name for name, (kind, _) in COLUMNS.items() if kind == "string"],
            write_statistics=["captured_at"],
            write_page_checksum=True,
        ) as writer:
            for group in _row_groups(ordered):
                for capture in group:
                    first = min(first, capture.captured_at)
                    digest.update(repr(order(capture)).encode())
                writer.write_table(_table(group))
        file.flush()
        os.fsync(file.fileno())
    return first, digest.hexdigest()


def _row_groups(ordered: Iterable[Capture]) -> Iterator[list[Capture]]:
    group: list[Capture] = []
    size = 0
    for capture in ordered:
        weight = len(capture.body or b"")
        if group and (len(group) >= ROWS_A_GROUP or size + weight > BYTES_A_GROUP):
            yield group
            group, size = [], 0
        group.append(capture)
        size += weight
    if group:
        yield group


def _table(group: list[Capture]) -> Any:
    import polars as pl

    # By way of polars: the first Python value pyarrow converts itself imports pandas, which
    # costs a short-lived command half a second.
    return (
        pl.DataFrame(list(map(_row, group)), schema=polars_schema()).to_arrow().cast(arrow_schema())
    )


def _row(capture: Capture) -> dict[str, object]:
    if capture.body is not None and capture.sha256 is None:
        raise ValueError(f"the body of {capture.url} comes without its sha256")
    since = capture.complete_since
    return {
        "page_key": capture.page_key,
        "url": capture.url,
        "shape": capture.shape,
        "captured_at": require_utc(capture.captured_at, "captured_at"),
        "elapsed_ms": capture.elapsed_ms,
        "http_status": capture.http_status,
        "failure": capture.failure,
        "headers": json.dumps(dict(capture.headers), sort_keys=True),
        "sha256": capture.sha256,
        "complete_since": None if since is None else require_utc(since, "complete_since"),
        "bytes": None if capture.body is None else len(capture.body),
        "body": capture.body,
    }


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open a file for reading.

    Raises ``UnreadableFileError``, and ``FileNotFoundError`` when a merge has taken the file
    away: its captures are in another file then.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            found = file.schema_arrow  # made anew each time it is asked for
            for column in arrow_schema():
                if found.field(column.name).type != column.type:
                    raise ValueError(f"column {column.name} is not {column.type}")
            yield file
    except FileNotFoundError:
        raise
    except PermissionError as error:  # no damage: to go on without it would be to forget
        error.filename = str(path)
        raise
    except (  # what pyarrow, and rows of another make, say of a file that is not ours or not whole
        OSError,
        pa.ArrowException,
        AttributeError,
        KeyError,
        TypeError,
        ValueError,
    ) as error:
        raise UnreadableFileError(path, error) from error


def read(path: Path) -> Iterator[Capture]:
    """Yield every capture of a file by row group. Raises ``UnreadableFileError``."""
    import pyarrow as pa

    with _opened(path) as file:
        for number in range(file.num_row_groups):
            yield from _captures(file.read_row_group(number))
    # Nothing else takes what row groups took: Arrow would keep it to itself.
    pa.default_memory_pool().release_unused()


def _captures(table: Any) -> Iterator[Capture]:
    import polars as pl

    bodies = table.column("body")
    light_rows = pl.DataFrame(pl.from_arrow(table.select(LIGHT_COLUMNS))).to_dicts()
    for row, values in enumerate(light_rows):
        yield capture_from(values, bodies[row].as_py())


def capture_from(row: Mapping[str, Any], body: bytes | None = None) -> Capture:
    """Build a capture from a row of the light columns, with its body if that was read."""
    since = row["complete_since"]
    return Capture(
        page_key=row["page_key"],
        url=row["url"],
        shape=row["shape"],
        captured_at=row["captured_at"].astimezone(UTC),
        elapsed_ms=row["elapsed_ms"],
        http_status=row["http_status"],
        failure=None if row["failure"] is None else FetchFailure(row["failure"]),
        headers=json.loads(row["headers"]),
        sha256=row["sha256"],
        body=body,
        complete_since=None if since is None else since.astimezone(UTC),
    )


def light_batches(path: Path) -> Iterator[pl.DataFrame]:
    """Yield all columns but the body, some rows at a time. Raises ``UnreadableFileError``.

    By Polars, which reads small row groups four times as fast as pyarrow, and checks less.
    """
    import polars as pl

    path.open("rb").close()  # in Python's words: no such file, or not allowed
    try:
        rows = pl.scan_parquet(path)
        if rows.collect_schema() != pl.Schema(polars_schema()):
            raise UnreadableFileError(path, ValueError("columns of another kind"))
        height: int = rows.select(pl.len()).collect().item()
        for start in range(0, height, BATCH_ROWS):
            yield rows.select(LIGHT_COLUMNS).slice(start, BATCH_ROWS).collect()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise UnreadableFileError(path, error) from error


def page_keys(path: Path) -> list[str]:
    """List the pages a file holds captures of, sorted. Raises ``UnreadableFileError``."""
    with _opened(path) as file:
        # No ``unique``: it would import pyarrow's functions, which takes longer than this.
        return sorted({*file.read(["page_key"], use_threads=False).column(0).to_pylist()})


def bodies_beside(path: Path, sha256: str) -> dict[str, bytes]:
    """Read the bodies, by their hash, of the row group that holds one; none without it.

    They are unpacked together, whichever of them is wanted. In this thread alone: a run asks
    in a hundred threads, and more would only wait. Raises ``UnreadableFileError``.
    """
    with _opened(path) as file:
        for number in range(file.num_row_groups):
            hashes = file.read_row_group(number, ["sha256", "bytes"], use_threads=False).to_pylist()
            if any(row["sha256"] == sha256 and row["bytes"] is not None for row in hashes):
                group = file.read_row_group(number, ["body"], use_threads=False)
                bodies = zip(hashes, group.column("body").to_pylist(), strict=True)
                return {row["sha256"]: body for row, body in bodies if body is not None}
    return {}


def span(path: Path) -> tuple[datetime, datetime]:
    """Read the first and last time from the footer. Raises ``UnreadableFileError``."""
    column = list(COLUMNS).index("captured_at")
    with _opened(path) as file:
        groups = [file.metadata.row_group(n) for n in range(file.num_row_groups)]
        known = [group.column(column).statistics for group in groups]
        return instant(min(s.min_raw for s in known)), instant(max(s.max_raw for s in known))


def instant(microseconds: int) -> datetime:
    """Convert epoch microseconds, as Parquet stores them, to UTC."""
    return EPOCH + timedelta(microseconds=microseconds)


def largest_group(path: Path) -> int:
    """Return the bytes of the largest row group. Raises ``UnreadableFileError``."""
    with _opened(path) as file:
        groups = range(file.num_row_groups)
        sizes: list[int] = [file.metadata.row_group(n).total_byte_size for n in groups]
        return max(sizes)
