"""Collecting: a thread for each page, one writer, no page in another's way."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import Empty, SimpleQueue

from ingest.archive.history_memo import source_histories
from ingest.archive.page_history import Memory
from ingest.archive.store import Archive, Batch, SharedBodies
from ingest.fetching import rests
from ingest.fetching.fetcher import Clock, Fetcher
from ingest.fetching.page_visit import LIMIT, PageRun, collect_page, rest_page
from ingest.fetching.rests import Rest
from ingest.fetching.run_clock import RunClock
from ingest.fetching.shared_requests import get_until_stopped, share_answers
from ingest.models import Capture, Page
from ingest.platforms.contract import Platform

log = logging.getLogger(__name__)

THREADS = 100
#: Folders of memos.
HISTORY, RESTS = "history", "rests"


def collect(
    pages: Sequence[Page],
    platforms: Mapping[str, Platform],
    archive: Archive,
    fetcher: Fetcher,
    now: Clock,
    on_page: Callable[[PageRun], object] = lambda _: None,
    limit: int = LIMIT,
    *,
    fill: bool = False,
    on_capture: Callable[[Capture], object] = lambda _: None,
    derived: Path | None = None,
) -> list[PageRun]:
    """Collect ``pages`` side by side; one run for each, in their order.

    When this returns, or is interrupted, everything captured is in the archive.

    Args:
        pages: The pages to ask.
        platforms: How to read them, by name.
        archive: Where captures go.
        fetcher: How to ask; closed when the archive cannot be written, so that nobody waits
            for what would be lost.
        now: The clock.
        on_page: Told of each page as it ends, in this thread.
        limit: Most requests to one page.
        fill: Also ask for what the pages still hold of their past.
        on_capture: Told of each capture, in this thread.
        derived: The folder of memos of what came of past runs; None: without.

    Raises:
        OSError: The archive cannot be written.
    """
    started = now()
    histories = source_histories(archive, derived and derived / HISTORY, started)
    known = {} if derived is None else dict(rests.load(derived / RESTS))
    stop, clock = threading.Event(), RunClock()
    get = share_answers(pages, get_until_stopped(stop, fetcher.get))
    inbox: SimpleQueue[Capture | Future[PageRun]] = SimpleQueue()
    bodies = SharedBodies(archive)

    def visit(page: Page) -> PageRun:
        memory = Memory(started, histories.get(page.page_key, {}), bodies.body)
        platform, rest = platforms[page.platform], known.get(page.page_key)
        if rest is not None and not fill and rests.holds(rest, page, platform, memory):
            return rest_page(page, platform, memory, rest)
        return collect_page(
            page, platform, memory, get[page.base_url], inbox.put, now, limit, fill=fill
        )

    with (
        ThreadPoolExecutor(max(1, min(len(pages), THREADS)), "collect") as pool,
        archive.batch() as batch,
    ):
        visits = [pool.submit(visit, page) for page in pages]
        for one in visits:
            one.add_done_callback(inbox.put)
        ended = False
        try:
            _gather(inbox, len(pages), clock, batch, on_page, on_capture)
            ended = True
        finally:
            if not ended:
                stop.set()
                fetcher.close()
                pool.shutdown(cancel_futures=True)
            while not inbox.empty():
                if isinstance(item := inbox.get(), Capture):
                    batch.add(clock.mark(item))
    if line := clock.line():
        log.warning("%s", line)
    runs = [one.result() for one in visits]
    if derived is not None:
        _save_rests(derived / RESTS, known, runs)
    return runs


def _gather(
    inbox: SimpleQueue[Capture | Future[PageRun]],
    running: int,
    clock: RunClock,
    batch: Batch,
    on_page: Callable[[PageRun], object],
    on_capture: Callable[[Capture], object],
) -> None:
    """Store what the visits send until all of them have ended."""
    while running:
        try:
            item = inbox.get(timeout=1.0)
        except Empty:
            batch.flush_if_due()
            continue
        if isinstance(item, Capture):
            batch.add(clock.mark(item))
            on_capture(item)
        else:
            running -= 1
            on_page(item.result())


def _save_rests(folder: Path, known: Mapping[str, Rest], runs: Sequence[PageRun]) -> None:
    """Keep the rests of pages not asked for, and the new ones of those that were."""
    asked = {run.page_key for run in runs}
    others = {key: rest for key, rest in known.items() if key not in asked}
    new = others | {run.page_key: run.rest for run in runs if run.rest is not None}
    if new != known:
        rests.save(folder, new)
