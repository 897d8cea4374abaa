"""One snapshot file: its schema, its hash, and writing it whole or not at all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from ingest.files import disk_errors
from ingest.files.atomic_write import whole
from ingest.models import DERIVATION_VERSION
from ingest.time_zones import zone_rules

STORAGE_VERSION = "v1.5.0"
#: What is committed goes into the file at once, not into a log beside it first.
CONFIG: Mapping[str, str] = {
    "storage_compatibility_version": STORAGE_VERSION,
    "checkpoint_threshold": "1KB",
}
#: Tables that tell of the work rather than of the providers: they stay out of the hash.
UNHASHED = frozenset({"meta", "sources", "captures", "runs", "warnings"})
#: Key order of each table, for the hash and for the files.
ORDER: Mapping[str, tuple[str, ...]] = {
    "providers": ("provider",),
    "pages": ("page_key",),
    "components": ("page_key", "component_id"),
    "incidents": ("page_key", "incident_id"),
    "updates": ("page_key", "incident_id", "display_at", "update_id"),
    "transitions": ("page_key", "incident_id", "at", "update_id", "component_id"),
    "observations": (
        "page_key",
        "component_id",
        "seen_from_at",
        "seen_until_at",
        "since_at",
        "state",
    ),
    "incident_components": ("page_key", "incident_id", "component_id"),
    "component_states": ("page_key", "component_id", "start_at", "state"),
    "coverage": ("page_key", "component_id", "start_at"),
    "posted_uptime": ("page_key", "component_id", "day"),
    "posted_ratios": ("page_key", "component_id", "window_start", "window_end", "rule"),
    "versions": ("page_key", "incident_id", "update_id", "known_from"),
    "breaks": ("page_key", "at", "kind"),
    "captures": ("page_key", "url", "first_at", "sha256"),
    "runs": ("started_at", "run_id"),
    "warnings": ("page_key", "at", "kind", "record", "reason"),
    "meta": ("key",),
}
POLARS: Mapping[str, Any] = {
    "VARCHAR": pl.String,
    "VARCHAR[]": pl.List(pl.String),
    "BIGINT": pl.Int64,
    "INTEGER": pl.Int32,
    "DOUBLE": pl.Float64,
    "BOOLEAN": pl.Boolean,
    "DATE": pl.Date,
    "TIMESTAMPTZ": pl.Datetime("us", "UTC"),
}
#: How the contract writes a table, and a column that is stored: each in a line of its own.
TABLE = re.compile(r"CREATE TABLE (\w+) \(")
COLUMN = re.compile(r' +"?(\w+)"? ([A-Z]+(?:\[\])?)( NOT NULL)?(?:,| *--| *$)')

Row = dict[str, Any]
TableRows = pl.DataFrame | Iterable[Mapping[str, Any]]
"""The rows of one table: a frame with its stored columns, or rows to make one of."""


def schema_sql() -> str:
    """Read the contract, as shipped."""
    return files("ingest").joinpath("schema.sql").read_text(encoding="utf-8")


@cache
def _statements() -> str:
    """Return the contract without its comments: an engine reads them at every file anew."""
    return re.sub("--.*", "", schema_sql())


def create(path: Path) -> duckdb.DuckDBPyConnection:
    """Create a snapshot file with empty tables, readable by DuckDB 1.5 and later."""
    con = connected(path)
    con.execute(_statements())
    return con


def connected(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a new file as snapshots are stored, in UTC and without tables."""
    con = duckdb.connect(str(path), config={**CONFIG})
    con.execute("SET TimeZone = 'UTC'")
    return con


@cache
def stored_columns() -> Mapping[str, Mapping[str, Any]]:
    """Return the Polars schema of each table, without the columns DuckDB generates."""
    schema: dict[str, dict[str, Any]] = {}
    for table, column, dtype, _ in _columns():
        schema.setdefault(table, {})[column] = POLARS[dtype]
    return schema


@cache
def mandatory_columns() -> Mapping[str, Sequence[str]]:
    """Return the stored columns of each table that must not be null."""
    found: dict[str, list[str]] = {table: [] for table in stored_columns()}
    for table, column, _, nullable in _columns():
        if not nullable:
            found[table].append(column)
    return found


@cache
def _columns() -> Sequence[tuple[str, str, str, bool]]:
    """List table, name, type and whether it may be null of every column stored.

    As the contract writes them: to ask a database would be to make one first.
    """
    found, table = [], ""
    for line in schema_sql().splitlines():
        if begins := TABLE.match(line):
            table = begins[1]
        elif column := COLUMN.match(line):
            found.append((table, column[1], column[2], not column[3]))
    return found


def framed(rows: TableRows, columns: Mapping[str, Any]) -> pl.DataFrame:
    """Return the rows of one table as a frame, empty without rows.

    Returns:
        The columns given, by name with their types.
    """
    if isinstance(rows, pl.DataFrame):
        return rows
    return pl.DataFrame(list(rows), schema=dict(columns), orient="row")


def frames_of(
    rows: Mapping[str, TableRows], schema: Mapping[str, Mapping[str, Any]]
) -> dict[str, pl.DataFrame]:
    """Return a frame in key order for each table of ``schema``, empty without rows."""
    return {
        table: framed(rows.get(table, ()), columns).sort(ORDER[table], nulls_last=False)
        for table, columns in schema.items()
    }


def snapshot_hash(frames: Mapping[str, pl.DataFrame]) -> str:
    """Hash the rows of each table but ``UNHASHED``, in key order, with SHA-256."""
    digest = hashlib.sha256()
    for table in sorted(frames.keys() - UNHASHED):
        digest.update(f"{table}\n".encode())
        rows = BytesIO()  # as bytes: a text would be made, and turned into bytes again
        frames[table].write_ndjson(rows)
        digest.update(rows.getbuffer())
    return digest.hexdigest()


def write(path: Path, rows: Mapping[str, TableRows], meta: Mapping[str, str]) -> str:
    """Write a snapshot to ``path``, which must not exist, and return its hash.

    The file appears under its name only when it is whole and on disk. Raises ``OSError``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with disk_errors.writing(path), whole(path) as draft:
        try:
            return _filled(draft, rows, meta)
        except duckdb.Error as error:
            disk_errors.raise_as_disk_error(error, path)
            raise
        finally:
            draft.with_name(f"{draft.name}.wal").unlink(missing_ok=True)


def _filled(draft: Path, rows: Mapping[str, TableRows], meta: Mapping[str, str]) -> str:
    frames = frames_of(rows, stored_columns())
    digest = snapshot_hash(frames)
    about = {**meta, "snapshot_hash": digest, "method_version": METHOD_VERSION}
    about["derivation_version"] = DERIVATION_VERSION
    about["zone_rules"] = zone_rules()
    frames["meta"] = pl.DataFrame(
        {"key": sorted(about), "value": [about[k] for k in sorted(about)]}
    )
    con = connected(draft)
    try:
        con.begin()
        con.execute(_statements())
        for table, frame in frames.items():
            if frame.height:
                con.register("incoming", frame.to_arrow())
                con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")
                con.unregister("incoming")
        con.commit()
    finally:
        con.close()
    return digest


METHOD_VERSION = "3"
