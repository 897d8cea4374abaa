"""Answer a statement in SQL for an agent, in a process of its own.

What bounds the memory of a stranger's statement bounds the whole process, and other calls run in
this one meanwhile.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from ingest.models import UnansweredError
from ingest.safe_text import excerpt
from statusledger.options import Format

#: Letters of a text in any answer.
LONGEST_TEXT = 600
#: Rows and columns of a result, and bytes of its JSON.
MOST_RESULT_ROWS, MOST_COLUMNS, MOST_BYTES = 200, 100, 200_000


class QueryEndedError(UnansweredError):
    """The process of a query ended before its answer; one line."""


@dataclass(frozen=True, slots=True)
class SqlRows:
    """Hold the rows of a statement, as far as they fit.

    ``counted``: how many rows there were. ``shortened``: whether a text was cut.
    """

    columns: list[str]
    rows: list[list[Any]]
    counted: int
    columns_left_out: int
    shortened: bool


class QueryProcess:
    """Run statements one after the other in a process that is started with the first."""

    def __init__(self, bounded: Callable[[], AbstractContextManager[object]]) -> None:
        """Start nothing yet; ``bounded`` is entered there while a statement runs."""
        self._bounded = bounded
        self._lock = Lock()
        self._pool: ProcessPoolExecutor | None = None

    def ask(self, path: Path, sql: str) -> SqlRows:
        """Return the rows of a statement over a snapshot file.

        Raises:
            UsageError: The statement may not run, or cannot.
            UnansweredError: It takes more time or memory than allowed.
        """
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    1, mp_context=get_context("spawn"), initializer=end_with_parent
                )
            try:
                return self._pool.submit(fetch_rows, path, sql, self._bounded).result()
            except BrokenProcessPool:
                self.close()
                raise QueryEndedError("the query ended its process: ask for less") from None

    def close(self) -> None:
        """End the process."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


def end_with_parent() -> None:
    """End this process as soon as the one that started it is gone, however it went."""
    parent = parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
            os._exit(0)

    Thread(target=wait, daemon=True).start()


def fetch_rows(
    path: Path, sql: str, bounded: Callable[[], AbstractContextManager[object]]
) -> SqlRows:
    """Fetch the rows of a statement, as far as they fit.

    Args:
        path: The snapshot file.
        sql: The statement.
        bounded: Entered while it runs.
    """
    from analytics.sql_query import as_frame, fetch
    from statusledger.output import printed

    frame = as_frame(fetch(path, sql, bounded=bounded))
    shown = frame.select(frame.columns[:MOST_COLUMNS]).head(MOST_RESULT_ROWS)
    rows: list[list[Any]] = []
    size, shortened = 0, False
    for record in json.loads("".join(printed(shown, Format.JSON))):
        row = [_short(value) for value in record.values()]
        size += len(json.dumps(row).encode())
        if size > MOST_BYTES:
            break
        shortened = shortened or any(map(_is_long, record.values()))
        rows.append(row)
    return SqlRows(shown.columns, rows, frame.height, frame.width - shown.width, shortened)


def _short(value: Any) -> Any:
    """Clean a text, and cut it where it is long; what is nested becomes text."""
    return excerpt(_text(value), LONGEST_TEXT) if isinstance(value, str | list | dict) else value


def _is_long(value: Any) -> bool:
    return isinstance(value, str | list | dict) and len(_text(value)) > LONGEST_TEXT


def _text(value: str | list[Any] | dict[str, Any]) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
