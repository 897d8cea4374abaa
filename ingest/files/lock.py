"""One run at a time: locks in the data folder, released when a run is killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

#: For manners (one collector asks a page) and for merging the archive.
COLLECTING = "collect.lock"
#: For CURRENT, which only a newer snapshot replaces; an import need not wait for a collector.
PUBLISHING = "publish.lock"
#: Seconds a run waits for another.
WAIT = 10.0


class LockHeldError(Exception):
    """Another run holds the lock (exit 4); one line that says what to do."""


@contextmanager
def hold_lock(data: Path, name: str = COLLECTING, timeout: float = WAIT) -> Iterator[None]:
    """Hold the lock ``name`` of ``data`` for the block; ``timeout`` in seconds.

    Raises ``LockHeldError`` when another run does not let go in time, and ``OSError``.
    """
    data.mkdir(parents=True, exist_ok=True)
    lock = FileLock(data / name)
    try:
        lock.acquire(timeout=timeout)
    except Timeout as error:
        raise LockHeldError(f"another run holds {data / name}: wait until it has ended") from error
    try:
        yield
    finally:
        lock.release()
