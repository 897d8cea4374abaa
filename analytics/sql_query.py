"""Read-only SQL over one snapshot, locked down: the query is a stranger's."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import duckdb
import polars as pl

from analytics.snapshot import PINNED, attached, open_current
from ingest.models import UnansweredError, UsageError

#: Statement kinds that only read.
READING = frozenset({duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN})
SECONDS = 30.0
MEMORY = "1GB"
#: No extensions, no Python variables, no spilling to disk; then no other files, no network
#: and no further settings.
LOCKED = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "max_temp_directory_size": "0B",
    "memory_limit": MEMORY,
}


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

    Raises ``NoSnapshotError``; ``QueryRefusedError`` for anything but a single reading statement
    that makes sense, and for a query that needs files, network or settings; ``QueryTooLargeError``
    for one that outlives ``seconds`` or the memory allowed.
    """
    with open_current(place, _locked_down) as con:
        _one_reading_statement(con, sql)
        watch = threading.Timer(seconds, con.interrupt)
        watch.start()
        try:
            frame: pl.DataFrame = con.sql(sql).pl()
            return frame
        except duckdb.InterruptException as error:
            raise QueryTooLargeError(f"the query took longer than {seconds:g} s") from error
        except duckdb.OutOfMemoryException as error:
            raise QueryTooLargeError(f"the query needs more than {MEMORY} of memory") from error
        except duckdb.Error as error:
            raise QueryRefusedError(_in_one_line(error)) from error
        except pl.exceptions.PolarsError as error:
            raise QueryRefusedError("a column has a type that cannot be shown: cast it") from error
        finally:
            watch.cancel()


def _locked_down(path: Path) -> duckdb.DuckDBPyConnection:
    con = attached(path, LOCKED)
    con.execute(f"USE {PINNED}")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
    return con


def _one_reading_statement(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    try:
        statements = con.extract_statements(sql)
    except duckdb.Error as error:
        raise QueryRefusedError(_in_one_line(error)) from error
    if len(statements) != 1 or statements[0].type not in READING:
        raise QueryRefusedError("only one SELECT at a time: the snapshot is read-only")


def _in_one_line(error: duckdb.Error) -> str:
    """Word DuckDB's error with the name it suggests, and where to find names."""
    first, *more = str(error).splitlines()
    told = [first, *(line for line in more if line.startswith("Did you mean"))]
    return "; ".join([" ".join(told), *([WHERE_TO_LOOK] if NOT_THERE.search(first) else [])])
