"""Read-only SQL over one snapshot, locked down: the query is a stranger's."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa

from analytics.exact_values import arrives, is_exact
from analytics.snapshot import PINNED, attached, open_current
from ingest.models import UnansweredError, UsageError

SECONDS = 30.0
#: For DuckDB's working memory; the result comes on top.
MEMORY = "800MB"
#: A result larger than this is refused, before it fills the memory.
MOST_BYTES = 128 * 10**6
MOST_ROWS = 10_000_000
#: More would each take memory of their own.
THREADS = 4
#: Rows fetched at a time: the fewest DuckDB works on.
BATCH = 2048
COMBINED = 64
#: No extensions, no Python variables, no spilling to disk; then no other files, no network
#: and no further settings.
LOCKED = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "max_temp_directory_size": "0B",
    "memory_limit": MEMORY,
    "threads": str(min(THREADS, os.cpu_count() or 1)),
}


#: What to do about a column that would arrive as something else.
CAST = "column {!r} holds what cannot be shown as it is: cast it to text"
TWICE = "two columns are called {!r}: name them apart with AS"
#: The word before a statement that asks for its plan, with its options.
EXPLAIN = re.compile(r"explain(\s+analyze\b|\s*\([^)]*\))?", re.IGNORECASE)
#: What DuckDB says of a table or column that is not there.
NOT_THERE = re.compile(r"Table with name|Referenced (table|column)|not have a column named")
WHERE_TO_LOOK = (
    "`statusledger query 'SHOW ALL TABLES'` lists tables and columns, data/README.md explains them"
)


class QueryRefusedError(UsageError):
    """The query may not run, or cannot; the message is one line."""


class QueryTooLargeError(UnansweredError):
    """The query takes more time or memory than allowed; the message is one line."""


def query(place: Path, sql: str, seconds: float = SECONDS) -> pl.DataFrame:
    """Run one SELECT over a snapshot: a file, or the current one of a data folder.

    Returns:
        The columns that the statement names.

    Raises:
        UnansweredError, UsageError: As ``fetch``.
    """
    return as_frame(fetch(place, sql, seconds))


def as_frame(rows: Any) -> pl.DataFrame:
    """Turn what ``fetch`` gives into a frame.

    Returns:
        The columns that the statement names.
    """
    return pl.DataFrame(pl.from_arrow(rows))


def fetch(
    place: Path,
    sql: str,
    seconds: float = SECONDS,
    bounded: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> Any:
    """Fetch the rows of one SELECT as an Arrow table.

    Args:
        place: A snapshot file, or a data folder.
        sql: The statement.
        seconds: How long it may take.
        bounded: Entered while the statement runs.

    Raises:
        NoSnapshotError: There is no snapshot.
        QueryRefusedError: Anything but a single reading statement that makes sense, or one that
            needs files, network or settings.
        QueryTooLargeError: One that outlives ``seconds`` or the memory allowed.
    """
    with open_current(place, _locked_down) as con:
        _one_reading_statement(con, sql)
        # So that what DuckDB and Arrow take for themselves is taken before it is bounded.
        con.execute("SELECT 1").fetchall()
        pa.allocate_buffer(1)
        watch = threading.Timer(seconds, con.interrupt)
        watch.start()
        try:
            with bounded():
                return _rows_then_close(con, sql)
        except (duckdb.Error, pa.ArrowException, OSError, MemoryError) as error:
            raise _refusal(error, seconds) from error
        finally:
            watch.cancel()


def _rows_then_close(con: duckdb.DuckDBPyConnection, sql: str) -> Any:
    try:
        return _rows(con, sql)
    finally:
        con.interrupt()  # a result that is not wanted any more would be worked out to its end
        con.close()


def _rows(con: duckdb.DuckDBPyConnection, sql: str) -> Any:
    asked = con.sql(sql)
    twice = next((name for name in asked.columns if asked.columns.count(name) > 1), None)
    if twice is not None:
        raise QueryRefusedError(TWICE.format(twice))
    for name, dtype in zip(asked.columns, asked.types, strict=True):
        if not arrives(dtype):
            raise QueryRefusedError(CAST.format(name))
    return _fetched(asked.to_arrow_reader(BATCH))


def _fetched(reader: Any) -> Any:
    """Fetch batch by batch, and no more than is allowed."""
    tables, batches, rows, size = [], [], 0, 0
    for batch in reader:
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            if not is_exact(column):
                raise QueryRefusedError(CAST.format(name))
        batches.append(batch)
        if len(batches) == COMBINED:  # each has room for more, which adds up
            tables.append(pa.Table.from_batches(batches).combine_chunks())
            batches = []
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if size > MOST_BYTES:
            limit = f"{MOST_BYTES // 10**6} MB"
            raise QueryTooLargeError(f"the result is larger than {limit}: ask for less of it")
        if rows > MOST_ROWS:
            limit = f"{MOST_ROWS:,} rows"
            raise QueryTooLargeError(f"the result is larger than {limit}: ask for less of it")
    return pa.concat_tables([*tables, pa.Table.from_batches(batches, reader.schema)])


def _refusal(error: Exception, seconds: float) -> QueryRefusedError | QueryTooLargeError:
    """Word what ended a query; errors of fetching come as Arrow's, in DuckDB's words."""
    said = str(error)
    if isinstance(error, duckdb.InterruptException) or said.startswith("INTERRUPT"):
        return QueryTooLargeError(f"the query took longer than {seconds:g} s")
    if isinstance(error, (duckdb.OutOfMemoryException, MemoryError)) or "Out of Memory" in said:
        return QueryTooLargeError(f"the query needs more than {MEMORY} of memory")
    if "maximum total string size" in said:
        return QueryTooLargeError(f"the result is larger than {MOST_BYTES // 10**6} MB")
    return QueryRefusedError(_in_one_line(said))


def _locked_down(path: Path) -> duckdb.DuckDBPyConnection:
    con = attached(path, LOCKED)
    con.execute(f"USE {PINNED}")
    con.execute("SET enable_progress_bar = false")  # drawn where no script is run as a file
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
    return con


def _one_reading_statement(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    try:
        statements = con.extract_statements(sql)
    except duckdb.Error as error:
        raise QueryRefusedError(_in_one_line(str(error))) from error
    if len(statements) != 1 or not _reads(con, statements[0]):
        raise QueryRefusedError("only one SELECT at a time: the snapshot is read-only")


def _reads(con: duckdb.DuckDBPyConnection, statement: duckdb.Statement) -> bool:
    """Say whether a statement reads, or asks for the plan of one that does."""
    if statement.type == duckdb.StatementType.SELECT:
        return True
    if statement.type != duckdb.StatementType.EXPLAIN:
        return False
    begins = duckdb.tokenize(statement.query)[0][0]
    said = EXPLAIN.match(statement.query, begins)
    if said is None:
        return False
    try:
        planned = con.extract_statements(statement.query[said.end() :])
    except duckdb.Error:
        return False
    return [one.type for one in planned] == [duckdb.StatementType.SELECT]


def _in_one_line(said: str) -> str:
    """Word DuckDB's error with the name it suggests, and where to find names."""
    first, *more = said.splitlines() or ["no reason given"]
    told = [first, *(line for line in more if line.startswith("Did you mean"))]
    return "; ".join([" ".join(told), *([WHERE_TO_LOOK] if NOT_THERE.search(first) else [])])
