"""Collecting: a thread for each page, one writer, no page in another's way."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue

from ingest.archive.history_memo import source_histories
from ingest.archive.page_history import Memory
from ingest.archive.store import Archive
from ingest.fetching import schedule
from ingest.fetching.fetcher import Clock, Fetcher, Get, Refuses, no_rules
from ingest.fetching.robots import UNREACHABLE, Gate, settles
from ingest.fetching.schedule import NOT_OFFERED
from ingest.fetching.shared_requests import get_until_stopped, share_answers
from ingest.models import (
    CLOSED_STAGES,
    Capture,
    FetchFailure,
    Kind,
    Page,
    Parsed,
    ReadError,
    Source,
)
from ingest.platforms.contract import Platform
from ingest.validation import captures as checks

#: Requests to one page in one run; what is left is due again in the next.
LIMIT = 100
THREADS = 100
#: Failures that tell us to go away, and not from one URL only.
ENDS_THE_PAGE = frozenset({FetchFailure.BLOCKED, FetchFailure.HTTP_429})


@dataclass(frozen=True, slots=True)
class PageRun:
    """What a run did for one page.

    ``answered``: sources that brought what can be read, robots aside, or whose stand-in did
    so lately and is not due. ``failures``: kind -> how often. ``message``: a bug's.
    ``back_at``: when a source wants to be asked again. ``failing``: how sources that were not
    due had failed when they last were.
    """

    page_key: str
    captures: int = 0
    answered: int = 0
    failures: Counter[str] = field(default_factory=Counter[str])
    message: str | None = None
    back_at: datetime | None = None
    failing: frozenset[FetchFailure] = frozenset()


def collect_page(
    page: Page,
    platform: Platform,
    memory: Memory,
    get: Get,
    keep: Callable[[Capture], object],
    now: Clock,
    limit: int = LIMIT,
    *,
    fill: bool = False,
) -> PageRun:
    """Ask for what is due on a page, and for what that leads to; never raises.

    Every capture goes to ``keep`` before anyone reads it. A bug in the page's parser ends the
    page's run and is its ``message``.

    Args:
        page: The page to ask.
        platform: How to read it.
        memory: What the archive remembers of it.
        get: How to ask.
        keep: Takes each capture.
        now: The clock.
        limit: Most requests.
        fill: Also ask for the past, after the present.
    """
    visit = _Visit(page, platform, memory, get, keep, now, fill)
    try:
        visit.work(limit)
        return visit.result(None)
    except Exception as error:  # a bug in one page is that page's
        return visit.result(f"{type(error).__name__}: {error}")


@dataclass(slots=True)
class _Visit:
    """One run of one page: what was asked, and what came of it."""

    page: Page
    platform: Platform
    memory: Memory
    get: Get
    keep: Callable[[Capture], object]
    now: Clock
    fill: bool
    kept: int = 0
    answered: int = 0
    failures: Counter[str] = field(default_factory=Counter[str])
    attempts: dict[str, Capture] = field(default_factory=dict[str, Capture])
    open_: bool | None = None

    def work(self, limit: int) -> None:
        gate = Gate(self.page, self.memory, self._ask_robots)
        present, past = deque(self.platform.sources(self.page)), deque[Source]()
        seen: set[str] = set()
        while (present or past) and len(self.attempts) < limit:
            source = present.popleft() if present else past.popleft()
            if source.url in seen or (source.history and not self.fill):
                continue
            seen.add(source.url)
            if self._is_due(source):
                capture = self.attempts[source.url] = self._ask(source, gate.refuses)
                found = self._after(capture, source)
                if _ends_the_page(capture.failure, source):
                    break
            else:
                found = self._instead(source)
            for one in found:
                (past if one.history else present).append(one)

    def result(self, bug: str | None) -> PageRun:
        done = PageRun(self.page.page_key, self.kept, self.answered, self.failures, bug)
        if bug is not None:
            return done
        return replace(done, back_at=self._next_attempt(), failing=self._failing())

    def _failing(self) -> frozenset[FetchFailure]:
        own = {source.url for source in self.platform.sources(self.page)} - self.attempts.keys()
        lasts = filter(None, map(self.memory.last_attempt, own))
        return frozenset(one.failure for one in lasts if one.failure) - NOT_OFFERED

    def _ask(self, source: Source, refuses: Refuses) -> Capture:
        validators = self.memory.validators(source.url)
        capture = self.get(source, self.page, validators, self.now, refuses)
        self.keep(capture)
        self.kept += 1
        return capture

    def _ask_robots(self, robots: Source) -> Capture:
        answer = self._ask(robots, no_rules)
        if answer.failure in UNREACHABLE:
            return answer  # which everything else will say too
        if answer.failure is not None and not settles(answer):
            self.failures[answer.failure] += 1  # why everything else is `robots`
        return answer

    def _is_due(self, source: Source) -> bool:
        last, failures = self.memory.last_attempt(source.url), self.memory.failures(source.url)
        now, rest = self.now(), self.memory.rests_until()
        if rest is not None and now < rest:
            return False
        if schedule.due(source, last, failures, now):
            return True
        return source.brisk is not None and (
            schedule.due(source, last, failures, now, open_=True) and self._is_open()
        )

    def _is_open(self) -> bool:
        """Say whether anything was open when the page was last read; read at most once."""
        if self.open_ is None:
            briskly = [s for s in self.platform.sources(self.page) if s.brisk is not None]
            self.open_ = any(
                incident.kind is Kind.INCIDENT and incident.stage not in CLOSED_STAGES
                for source in briskly
                if (parsed := self._remembered(source)) is not None
                for incident in parsed.incidents
            )
        return self.open_

    def _remembered(self, source: Source) -> Parsed | None:
        """Parse the newest body of a source again, if there is one to be read."""
        last = self.memory.last_success(source.url)
        body = None if last is None else self.memory.body(source.url, last.sha256)
        if last is None or body is None:
            return None
        try:
            return checks.read(replace(last, body=body), self.page, self.platform)
        except ReadError:
            return None

    def _after(self, capture: Capture, source: Source) -> Sequence[Source]:
        """Find what an answer leads to; a 304 too, for the last run may have been cut."""
        if capture.failure is not None:
            self.failures[capture.failure] += 1
            if capture.failure not in NOT_OFFERED:
                return ()
            self.answered += any(map(self._answered_lately, source.otherwise))
            return source.otherwise
        body = (
            capture.body
            if capture.body is not None
            else self.memory.body(source.url, capture.sha256)
        )
        if body is None:
            self.answered += 1
            return ()
        try:
            parsed = checks.read(replace(capture, body=body), self.page, self.platform)
        except ReadError as error:
            self.failures[error.kind] += 1
            return ()
        self.answered += 1
        return self.platform.follow(parsed, source, self.page, self.memory)

    def _answered_lately(self, source: Source) -> bool:
        """Say whether a source, or its stand-in, has an answer that still holds."""
        last = self.memory.last_attempt(source.url)
        if last is None or self._is_due(source):
            return False
        if last.failure in NOT_OFFERED:
            return any(map(self._answered_lately, source.otherwise))
        return last.failure is None

    def _instead(self, source: Source) -> Sequence[Source]:
        """Find what a source that is not due leaves to do: stand-ins, or what it led to."""
        last = self.memory.last_attempt(source.url)
        if last is not None and last.failure in NOT_OFFERED:
            return source.otherwise
        known = self._remembered(source) if source.shape in self.platform.indexes else None
        if known is None:
            return ()
        return self.platform.follow(known, source, self.page, self.memory)

    def _next_attempt(self) -> datetime | None:
        """Return when the first of the page's own sources is due again."""
        times = []
        for source in self.platform.sources(self.page):
            last = self.attempts.get(source.url) or self.memory.last_attempt(source.url)
            if last is not None:
                failed = 0 if last.failure is None else self.memory.failures(source.url) + 1
                open_ = source.brisk is not None and self._is_open()
                times.append(schedule.next_attempt(source, last, failed, open_=open_))
        rest = self.memory.rests_until()
        soonest = min(times, default=None)
        return max(filter(None, (soonest, rest)), default=None)


def _ends_the_page(failure: FetchFailure | None, source: Source) -> bool:
    return failure in ENDS_THE_PAGE or (
        failure is FetchFailure.HTTP_401_403 and not source.otherwise
    )


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
    memos: Path | None = None,
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
        memos: The folder of memos of past captures; None: without.

    Raises:
        OSError: The archive cannot be written.
    """
    started = now()
    histories = source_histories(archive, memos, started)
    inbox: SimpleQueue[Capture | Future[PageRun]] = SimpleQueue()
    stop = threading.Event()
    get = share_answers(pages, get_until_stopped(stop, fetcher.get))

    def visit(page: Page) -> PageRun:
        memory = Memory(started, histories.get(page.page_key, {}), archive.body)
        platform = platforms[page.platform]
        return collect_page(
            page, platform, memory, get[page.base_url], inbox.put, now, limit, fill=fill
        )

    running = len(pages)
    with (
        ThreadPoolExecutor(max(1, min(running, THREADS)), "collect") as pool,
        archive.batch() as batch,
    ):
        visits = [pool.submit(visit, page) for page in pages]
        for one in visits:
            one.add_done_callback(inbox.put)
        try:
            while running:
                try:
                    item = inbox.get(timeout=1.0)
                except Empty:
                    batch.flush_if_due()
                    continue
                if isinstance(item, Capture):
                    batch.add(item)
                    on_capture(item)
                else:
                    running -= 1
                    on_page(item.result())
        finally:
            if running:
                stop.set()
                fetcher.close()
                pool.shutdown(cancel_futures=True)
            while not inbox.empty():
                if isinstance(item := inbox.get(), Capture):
                    batch.add(item)
    return [one.result() for one in visits]
