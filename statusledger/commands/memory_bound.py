"""A bound on the memory a stranger's query may take, whatever library takes it.

DuckDB counts its own working memory, not that of the rows it hands over: 2,048 rows of a
megabyte each come at once. Where the system lets a process bound itself, an allocation beyond
the bound fails, and the query with it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Bytes that may be taken on top of what the process has when the block begins.
MORE = 1_150 * 10**6


@contextmanager
def bounded_memory(more: int = MORE) -> Iterator[None]:
    """Let the process take at most ``more`` bytes for the block; Linux only."""
    if sys.platform != "linux":
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = _taken(resource.getpagesize()) + more
    for limit in (soft, hard):
        if limit != resource.RLIM_INFINITY:
            wanted = min(wanted, limit)
    resource.setrlimit(resource.RLIMIT_DATA, (wanted, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _taken(page: int) -> int:
    """Return the bytes of memory of its own that the process has."""
    return int(Path("/proc/self/statm").read_text().split()[5]) * page
