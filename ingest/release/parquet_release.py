"""Write a snapshot's tables as Parquet with a manifest, to hand over.

A folder for each table, in it plain files for each provider and month, and nothing else: readers
take the folder. All columns are in the files: of a folder called ``provider=302`` readers make a
number. The providers' wording stays at home unless asked for: facts may be passed on, texts are
theirs. The manifest and what else tells of the release lie beside the folders.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from ingest.files import disk_errors
from ingest.files.atomic_write import clear, draft_of, sync
from ingest.models import RELEASE_MANIFEST, RELEASE_VERSION
from ingest.release.croissant import CROISSANT, croissant
from ingest.release.manifest import (
    EarlierRelease,
    described,
    hashed,
    page_coverage,
    require_room,
)
from ingest.release.restatements import LOG, Comparison
from ingest.snapshot.data_dictionary import table_meanings
from ingest.snapshot.file import ORDER

#: Columns that hold the providers' wording.
TEXT = {"updates": ("body_text",), "versions": ("body",), "incidents": ("stated_text",)}
PROVIDER, MONTH = "provider", "month"
#: The file of a table that names no provider, or has no rows.
WHOLE = "part.parquet"


def write(snapshot: Path, folder: Path, now: datetime, *, with_text: bool) -> dict[str, Any]:
    """Write the release of ``snapshot`` to ``folder`` and return its manifest.

    An earlier release there is replaced, whole; what of it was restated goes into the log, which
    stays.

    Args:
        snapshot: The file to release.
        folder: Where to; new, empty or an earlier release.
        now: Drafts of killed runs that are a day older than this go.
        with_text: Whether the providers' wording goes with it.

    Raises:
        NotAReleaseError: The folder holds something else, or an earlier release that is damaged.
        OSError: The disk cannot be written.
    """
    _recover(folder)
    require_room(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    clear(folder.parent, now, of=folder.name)
    draft = draft_of(folder)
    try:
        manifest = _written(snapshot, folder, draft, with_text=with_text)
        _put(draft, RELEASE_MANIFEST, _json(manifest))
        _swap(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return manifest


def _swap(draft: Path, folder: Path) -> None:
    """Put ``draft`` in the place of ``folder``; for a moment there is neither."""
    if not folder.exists():
        draft.rename(folder)
        return
    old = _aside(folder)
    folder.rename(old)
    try:
        draft.rename(folder)
    except OSError:
        _recover(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _recover(folder: Path) -> None:
    """Put the earlier release back where a run was killed before the new one took its place.

    It has the log of what was restated, which nothing else has.
    """
    old = _aside(folder)
    if not old.exists():
        return
    if folder.exists():
        shutil.rmtree(old, ignore_errors=True)
    else:
        old.rename(folder)


def _aside(folder: Path) -> Path:
    """Return where a release lies while the next one takes its place."""
    return folder.with_name(f".{folder.name}.earlier")


def _written(snapshot: Path, folder: Path, draft: Path, *, with_text: bool) -> dict[str, Any]:
    earlier = EarlierRelease.found(folder)
    with duckdb.connect(str(snapshot), read_only=True) as con:
        con.execute("SET TimeZone = 'UTC'")
        meanings = table_meanings(con)
        meta: pl.DataFrame = con.sql("SELECT key, value FROM meta").pl()
        about = dict(meta.iter_rows())
        comparison = Comparison(earlier.manifest, about) if earlier else None
        tables = {}
        for table, key in ORDER.items():
            if table == "meta":
                continue
            order = ", ".join(f'"{column}"' for column in key)
            frame: pl.DataFrame = con.sql(f"SELECT * FROM {table} ORDER BY {order}").pl()
            wording = TEXT.get(table, ())
            left_out = () if with_text else wording
            frame = frame.drop(left_out)
            parts = [(_part(draft, path, part), part) for path, part in _parts(table, frame)]
            files = [file for file, _ in parts]
            tables[table] = {
                **described(meanings[table], frame.columns),
                "rows": frame.height,
                "left_out": list(left_out),
                "files": files,
            }
            if earlier and comparison:
                # Files that stayed as they are hold nothing that was restated.
                same = earlier.same_files(table, files)
                before = [*earlier.parts(table, same)]
                after = [part for file, part in parts if file["path"] not in same]
                if before or after:
                    none = [frame.clear()]
                    comparison.add(
                        table, pl.concat(before or none), pl.concat(after or none), wording
                    )
        coverage = page_coverage(con)
    log = (earlier.log if earlier else b"") + (comparison.line() if comparison else b"")
    manifest = {"format_version": RELEASE_VERSION, "with_text": with_text, **about}
    manifest |= {"coverage": coverage, "tables": tables}
    beside = {LOG: log, CROISSANT: _json(croissant(manifest))}
    manifest["beside"] = [_put(draft, name, body) for name, body in beside.items()]
    return manifest


def _parts(table: str, frame: pl.DataFrame) -> Iterator[tuple[Path, pl.DataFrame]]:
    """Split a table by provider and by the UTC month of its first time, if it has one."""
    if PROVIDER not in frame.columns or table == "providers" or frame.is_empty():
        yield Path(table) / WHOLE, frame
        return
    times = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.Datetime)]
    month = pl.col(times[0]).dt.strftime("%Y-%m") if times else pl.lit(None, pl.String)
    keyed = frame.with_columns(month.alias(MONTH))
    parts = keyed.partition_by(PROVIDER, MONTH, as_dict=True)
    for (slug, of_month), part in sorted(parts.items(), key=lambda one: [str(w) for w in one[0]]):
        name = slug if of_month is None else f"{slug}.{of_month}"
        yield Path(table) / f"{name}.parquet", part.drop(MONTH)


def _part(draft: Path, name: Path, part: pl.DataFrame) -> dict[str, Any]:
    path = draft / name
    path.parent.mkdir(parents=True, exist_ok=True)
    disk_errors.write_parquet(part, path)
    sync(path)
    return {"path": name.as_posix(), "rows": part.height, **hashed(path.read_bytes())}


def _put(draft: Path, name: str, body: bytes) -> dict[str, Any]:
    path = draft / name
    with disk_errors.writing(path):
        path.write_bytes(body)
    sync(path)
    return {"path": name, **hashed(body)}


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1) + "\n").encode()
