"""Tell when a source is asked again: pure, from its own past and nothing else.

An interval is never shorter than a minute. It is longer where the answer may be cached that
long, and a day where a source was not to be had, or failed too often in a row: such a source
is parked, not forgotten.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta

from ingest.models import Capture, FetchFailure
from ingest.sources import Source

#: No source on a schedule is asked more often, whatever it says of itself.
FLOOR = timedelta(minutes=1)
#: A poll this much of its interval early is on time: schedulers do not keep to the second.
EARLY = 0.1
#: Who decides when to come back comes up to this much of an interval late, each time anew.
JITTER = 0.1
#: Failures in a row after which a source is parked; a name that cannot be looked up asks nothing
#: of anybody, and most often it is our own line that is down.
PARK_AFTER = 10
PARKED = timedelta(days=1)
#: No Cache-Control keeps us away longer.
LONGEST_CACHED = timedelta(hours=1)
#: Failures that say an address is not to be had, for which another may stand in.
NOT_OFFERED = frozenset(
    {
        FetchFailure.ROBOTS,
        FetchFailure.HTTP_401_403,
        FetchFailure.HTTP_404_410,
        FetchFailure.HTTP_4XX,
    }
)
#: Of these, those that cost a request to find out again; robots are asked once a day anyway.
GONE = NOT_OFFERED - {FetchFailure.ROBOTS}
MAX_AGE = re.compile(r"max-age=(\d{1,9})")


def interval(source: Source, last: Capture | None, failures: int, *, open_: bool) -> timedelta:
    """Return how long to wait after the newest attempt.

    A source without an interval of its own is asked whenever something leads to it.

    Args:
        source: What is asked for.
        last: The newest attempt.
        failures: Attempts in a row that failed.
        open_: Whether anything on the page is open now.
    """
    if not source.every and (last is None or last.failure is None):
        return source.every
    own = source.brisk if open_ and source.brisk is not None else source.every
    waits = [own, FLOOR]
    if last is not None:
        waits.append(_cached(last))
        tiresome = failures >= PARK_AFTER and last.failure is not FetchFailure.DNS
        if tiresome or last.failure in GONE:
            waits.append(PARKED)
    return max(waits)


def due(
    source: Source, last: Capture | None, failures: int, now: datetime, *, open_: bool = False
) -> bool:
    """Say whether ``source`` may be asked at ``now``; arguments as of ``interval``."""
    return last is None or now >= due_at(source, last, failures, open_=open_)


def due_at(source: Source, last: Capture, failures: int, *, open_: bool = False) -> datetime:
    """Return from when on ``source`` may be asked; arguments as of ``interval``."""
    return last.captured_at + interval(source, last, failures, open_=open_) * (1 - EARLY)


def next_attempt(source: Source, last: Capture, failures: int, *, open_: bool = False) -> datetime:
    """Return when to come back for ``source``; arguments as of ``interval``.

    A little late, so that not everybody comes at once.
    """
    seed = f"{source.url} {last.captured_at.isoformat()}".encode()
    share = int.from_bytes(hashlib.sha256(seed).digest()[:4]) / 2**32
    return last.captured_at + interval(source, last, failures, open_=open_) * (1 + JITTER * share)


def _cached(last: Capture) -> timedelta:
    found = MAX_AGE.search(last.headers.get("cache-control", ""))
    return min(timedelta(seconds=int(found[1])), LONGEST_CACHED) if found else timedelta(0)
