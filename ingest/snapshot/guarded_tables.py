"""Derive each page on its own, so that one that cannot be derived stops no other.

Whatever a page's captures hold, the other pages are published. The rows of the page at fault
are those of its last good derivation, or none.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from ingest.ledger.ledger import Ledger, split_by_page
from ingest.models import MISREADINGS, Page
from ingest.safe_text import excerpt
from ingest.snapshot.file import TableRows, framed, mandatory_columns, stored_columns
from ingest.snapshot.incident_labels import LabelReader, read_labels
from ingest.snapshot.tables import PAGE_TABLES, page_rows

log = logging.getLogger(__name__)

Tables = dict[str, pl.DataFrame]
"""Rows of tables, with the columns that each stores."""
LastGood = Callable[[str], Tables]
"""The rows of a page, by its key, as they were last derived."""


def guarded_tables(
    ledger: Ledger,
    pages: Iterable[Page],
    as_of: datetime,
    last_good: LastGood = lambda page_key: {},
    labels: LabelReader = read_labels,
) -> tuple[Tables, dict[str, str]]:
    """Return the rows of every table that captures feed, and the pages at fault.

    Args:
        ledger: what the captures add up to.
        pages: the pages to derive.
        as_of: the time of the newest capture used.
        last_good: the rows of a page as they were last derived.
        labels: how the words of an incident are read.

    Returns:
        The rows; and for each page at fault its key and the reason.
    """
    captured = split_by_page(ledger)
    mandatory_columns()  # a fault of our own contract is no page's
    rows: dict[str, list[pl.DataFrame]] = {}
    failed: dict[str, str] = {}
    for page in pages:
        if page.page_key not in captured:
            continue
        try:
            found = checked(page_rows(page, captured[page.page_key], as_of, labels))
        except (*MISREADINGS, pl.exceptions.PolarsError) as error:
            reason = excerpt(f"{type(error).__name__}: {error}")
            log.warning("%s: cannot be derived: %s", page.page_key, reason)
            failed[page.page_key] = reason
            found = last_good(page.page_key)
        for table, some in found.items():
            rows.setdefault(table, []).append(some)
    return {table: pl.concat(frames) for table, frames in rows.items()}, failed


def checked(rows: Mapping[str, TableRows]) -> Tables:
    """Return rows as frames, checked by what DuckDB would refuse with all the others.

    Raises where a row does not fit its table.
    """
    tables: Tables = {}
    for table, found in rows.items():
        tables[table] = frame = framed(found, stored_columns()[table])
        for column in mandatory_columns()[table]:
            if frame[column].null_count():
                raise ValueError(f"{table}.{column} is missing")
    return tables


def rows_of_snapshot(path: Path | None) -> LastGood:
    """Return a reader of what a snapshot holds of a page; nothing where it cannot be read."""

    def read(page_key: str) -> Tables:
        if path is None:
            return {}
        try:
            with duckdb.connect(str(path), read_only=True) as con:
                rows: dict[str, pl.DataFrame] = {}
                for table in PAGE_TABLES:
                    schema = stored_columns()[table]
                    names = ", ".join(map(_quoted, schema))
                    sql = f"SELECT {names} FROM {table} WHERE page_key = ?"
                    # Instants come in the machine's zone.
                    rows[table] = con.sql(sql, params=[page_key]).pl().cast(dict(schema))
            return checked(rows)
        except (duckdb.Error, *MISREADINGS, pl.exceptions.PolarsError) as error:
            log.warning("%s: nothing is left of %s (%s)", path, page_key, excerpt(str(error)))
            return {}

    return read


def _quoted(column: str) -> str:
    return f'"{column}"'
