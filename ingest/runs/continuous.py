"""Continuous collection: rounds that never give up, and a line for each page."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ingest.fetching.fetcher import Clock, Fetcher
from ingest.fetching.page_visit import LIMIT, PageRun
from ingest.files.lock import LockHeldError
from ingest.models import Capture, NothingCapturedError, Page
from ingest.registry import Registry
from ingest.runs import collecting, data_folder, publishing
from ingest.safe_text import amount, strip_control

#: Requests to one page for its whole history; the largest seen needs fewer than two thousand.
WHOLE_HISTORY = 20_000
#: Requests to one page of a round that also fills in the past: about a minute of them.
A_SLICE = 30
#: When the past has been read as far as it goes, how long until that is tried again.
FILL_AGAIN = timedelta(hours=1)
#: A round is never sooner than this after another.
SHORTEST_PAUSE = 60.0
#: For rounds that nobody else takes part in.
NOTHING_MORE = nullcontext()


def line_of(one: PageRun, as_json: bool) -> str:
    """Word what a round did for one page, for people or as JSON."""
    if as_json:
        said = {"page_key": one.page_key, "captures": one.captures}
        return json.dumps({**said, "failures": dict(one.failures), "message": one.message})
    failures = ", ".join(f"{n} {kind}" for kind, n in sorted(one.failures.items()))
    good = "good" if one.captures else "nothing due"
    before = f", failed when last due: {', '.join(sorted(one.failing))}" if one.failing else ""
    told = strip_control((one.message or failures or good) + before)
    return f"{one.page_key}: {amount(one.captures, 'capture')}, {told}"


def counted(tell: Callable[[str], None]) -> Callable[[Capture], None]:
    """Return a callback that reports progress per page."""
    n: Counter[str] = Counter()

    def hear(capture: Capture) -> None:
        n[capture.page_key] += 1
        tell(f"{capture.page_key} {n[capture.page_key]}, {n.total()} in all")

    return hear


@dataclass(frozen=True, slots=True)
class Round:
    """Hold a round of ``up``: captures taken, and when the first source is due again."""

    taken: int = 0
    back_at: datetime | None = None


def keep_going(
    data: Path,
    registry: Registry,
    pages: Sequence[Page],
    longest: float,
    alive: Callable[[], bool],
    sleep: Callable[[float], object],
    clock: Clock = data_folder.now,
    around: AbstractContextManager[object, None] = NOTHING_MORE,
) -> None:
    """Collect in rounds for as long as ``alive``, at most ``longest`` seconds apart.

    The first round takes a page at a time, so that something is there to see within seconds.
    Later rounds also read a slice of the past until there is no more of it.

    Args:
        data: The data folder.
        registry: Providers and pages.
        pages: Whom to ask.
        longest: Most seconds between two rounds.
        alive: Whether to go on.
        sleep: Waits so many seconds, or less.
        clock: The time of each capture.
        around: Entered for each round, however many pages it takes.
    """
    with around:
        for number, page in enumerate(pages, 1):
            print(f"reading page {number} of {len(pages)}, {page.page_key}", flush=True)
            keep_up(data, registry, [page], clock)
    filled_at: datetime | None = None
    while alive():
        fill = filled_at is None or clock() - filled_at >= FILL_AGAIN
        with around:
            done = keep_up(data, registry, pages, clock, fill=fill)
        if fill and done.taken:
            continue
        filled_at = clock() if fill else filled_at
        sleep(pause(done.back_at, clock(), longest))


def keep_up(
    data: Path,
    registry: Registry,
    pages: Sequence[Page],
    clock: Clock = data_folder.now,
    *,
    fill: bool = False,
) -> Round:
    """Collect and publish once; trouble is a line in the log, never the end.

    Args:
        data: The data folder.
        registry: Providers and pages.
        pages: Whom to ask.
        clock: The time of each capture.
        fill: Also read a slice of the past.

    Raises:
        OSError: The disk cannot be written.
    """
    started = clock()
    limit = A_SLICE if fill else LIMIT
    try:
        runs = collecting.collect_now(data, pages, Fetcher(), clock, fill=fill, limit=limit)
        for one in runs:
            print(line_of(one, as_json=False))
        taken = sum(one.captures for one in runs)
        if taken or publishing.behind(data):
            published = publishing.publish_after(
                data, registry, started, taken, sum(map(collecting.in_trouble, runs))
            )
            print(f"published as of {published.as_of:%Y-%m-%d %H:%M} UTC", flush=True)
    except (LockHeldError, NothingCapturedError) as error:
        print(f"statusledger: {strip_control(str(error))}", file=sys.stderr)
        return Round()
    return Round(taken, min(filter(None, (one.back_at for one in runs)), default=None))


def pause(back_at: datetime | None, now: datetime, longest: float) -> float:
    """Return the seconds until the next round: when a source is due, within bounds."""
    wanted = longest if back_at is None else (back_at - now).total_seconds()
    return min(max(wanted, SHORTEST_PAUSE), longest)
