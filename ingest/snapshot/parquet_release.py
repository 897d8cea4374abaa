"""The release: a snapshot's tables as Parquet with a manifest, to hand over.

A folder for each table, in it plain files for each provider and month. All columns are in the
files: of a folder called ``provider=302`` readers make a number. The providers' wording stays
at home unless asked for: facts may be passed on, texts are theirs.
"""

from __future__ import annotations

import hashlib
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
from ingest.models import UsageError
from ingest.snapshot.file import ORDER

MANIFEST = "manifest.json"
FORMAT_VERSION = 2
#: Columns that hold the providers' wording.
TEXT = {"updates": ("body_text",), "versions": ("body",), "incidents": ("stated_text",)}
PROVIDER = "provider"
#: The file of a table that names no provider, or has no rows.
WHOLE = "part.parquet"


class NotAReleaseError(UsageError):
    """The folder holds something other than an earlier release; one line."""


def require_room(folder: Path) -> None:
    """Raise ``NotAReleaseError`` unless ``folder`` is new, empty or a release."""
    if folder.is_dir() and (not any(folder.iterdir()) or (folder / MANIFEST).is_file()):
        return
    if folder.exists():
        raise NotAReleaseError(f"{folder} is not an earlier release: choose another folder")


def write(snapshot: Path, folder: Path, now: datetime, *, with_text: bool) -> dict[str, Any]:
    """Write the release of ``snapshot`` to ``folder`` and return its manifest.

    An earlier release there is replaced, whole.

    Args:
        snapshot: The file to release.
        folder: Where to; new, empty or an earlier release.
        now: Drafts of killed runs that are a day older than this go.
        with_text: Whether the providers' wording goes with it.

    Raises:
        NotAReleaseError: The folder holds something else.
        OSError: The disk cannot be written.
    """
    require_room(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    clear(folder.parent, now, of=folder.name)
    draft = draft_of(folder)
    try:
        manifest = _written(snapshot, draft, with_text=with_text)
        text = json.dumps(manifest, indent=1, sort_keys=True) + "\n"
        (draft / MANIFEST).write_text(text, encoding="utf-8")
        sync(draft / MANIFEST)
        _swap(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return manifest


def _swap(draft: Path, folder: Path) -> None:
    """Put ``draft`` in the place of ``folder``; a reader finds the old or the new."""
    if not folder.exists():
        draft.rename(folder)
        return
    old = draft_of(folder)
    folder.rename(old)
    draft.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _written(snapshot: Path, draft: Path, *, with_text: bool) -> dict[str, Any]:
    with duckdb.connect(str(snapshot), read_only=True) as con:
        con.execute("SET TimeZone = 'UTC'")
        meta: pl.DataFrame = con.sql("SELECT key, value FROM meta").pl()
        tables = {}
        for table, key in ORDER.items():
            if table == "meta":
                continue
            order = ", ".join(f'"{column}"' for column in key)
            frame: pl.DataFrame = con.sql(f"SELECT * FROM {table} ORDER BY {order}").pl()
            left_out = () if with_text else TEXT.get(table, ())
            frame = frame.drop(left_out)
            tables[table] = {
                "rows": frame.height,
                "columns": {name: str(dtype) for name, dtype in frame.schema.items()},
                "left_out": list(left_out),
                "files": [_file(draft, path, part) for path, part in _parts(table, frame)],
            }
    about = dict(meta.iter_rows())
    return {"format_version": FORMAT_VERSION, "with_text": with_text, **about, "tables": tables}


def _parts(table: str, frame: pl.DataFrame) -> Iterator[tuple[Path, pl.DataFrame]]:
    """Split a table by provider and by the UTC month of its first time, if it has one."""
    if PROVIDER not in frame.columns or table == "providers" or frame.is_empty():
        yield Path(table) / WHOLE, frame
        return
    times = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.Datetime)]
    month = pl.col(times[0]).dt.strftime("%Y-%m") if times else pl.lit(None, pl.String)
    keys = frame.select(pl.col(PROVIDER), month.alias("month"))
    for slug, of_month in keys.unique().sort(PROVIDER, "month").iter_rows():
        mine = (keys["month"].eq_missing(of_month)) & (keys[PROVIDER] == slug)
        name = slug if of_month is None else f"{slug}.{of_month}"
        yield Path(table) / f"{name}.parquet", frame.filter(mine)


def _file(draft: Path, name: Path, part: pl.DataFrame) -> dict[str, Any]:
    path = draft / name
    path.parent.mkdir(parents=True, exist_ok=True)
    disk_errors.write_parquet(part, path)
    sync(path)
    body = path.read_bytes()
    digest = hashlib.sha256(body).hexdigest()
    return {"path": name.as_posix(), "rows": part.height, "bytes": len(body), "sha256": digest}
