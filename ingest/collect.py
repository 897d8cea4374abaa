"""Collecting: each page in a thread of its own, one writer, no page in another's way."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import Empty, SimpleQueue

from filelock import FileLock, Timeout

from ingest.archive import Archive
from ingest.fetch import Allowed, Clock, Fetcher, Get, anything
from ingest.memory import Memory, Validators, due, remember
from ingest.models import Capture, FetchFailure, Page, Platform, ReadError, Source
from ingest.robots import Gate, settles

#: Requests to one page in one run; what is left is due again in the next.
LIMIT = 100
THREADS = 100
LOCK = "collect.lock"
#: Failures after which the source's ``otherwise`` is asked instead.
NOT_OFFERED = frozenset(
    {
        FetchFailure.ROBOTS,
        FetchFailure.HTTP_401_403,
        FetchFailure.HTTP_404_410,
        FetchFailure.HTTP_4XX,
    }
)
#: Failures that tell us to go away, and not from one URL only.
ENDS_THE_PAGE = frozenset({FetchFailure.BLOCKED, FetchFailure.HTTP_429})


@dataclass(frozen=True, slots=True)
class PageRun:
    """What a run did for one page.

    ``answered``: sources that brought what was asked for, robots aside. ``failures``: kind ->
    how often. ``message``: a bug's.
    """

    page_key: str
    captures: int = 0
    answered: int = 0
    failures: Counter[str] = field(default_factory=Counter[str])
    message: str | None = None


class LockHeld(Exception):
    """Another run is collecting into the same data folder (exit 4)."""


@contextmanager
def hold_lock(data: Path, timeout: float = 10.0) -> Iterator[None]:
    """Be the only one collecting into ``data``; ``timeout`` in seconds.

    Raises ``LockHeld`` when another run does not let go in time, and ``OSError``.
    """
    data.mkdir(parents=True, exist_ok=True)
    lock = FileLock(data / LOCK)
    try:
        lock.acquire(timeout=timeout)
    except Timeout as error:
        raise LockHeld(f"another run holds {data / LOCK}: wait until it has ended") from error
    try:
        yield
    finally:
        lock.release()


def collect_page(
    page: Page,
    platform: Platform,
    memory: Memory,
    get: Get,
    keep: Callable[[Capture], object],
    now: Clock,
    limit: int = LIMIT,
) -> PageRun:
    """Ask for what is due on a page, and for what that leads to; never raises.

    Every capture goes to ``keep`` before anyone reads it. A bug in the page's parser ends
    the page's run and is its ``message``.
    """
    failures: Counter[str] = Counter()
    kept = asked = answered = 0
    seen: set[str] = set()

    def ask(source: Source, allowed: Allowed) -> Capture:
        nonlocal kept
        capture = get(source, page, memory.validators(source.url), now, allowed)
        keep(capture)
        kept += 1
        return capture

    def ask_robots(robots: Source) -> Capture:
        answer = ask(robots, anything)
        if answer.failure is not None and not settles(answer):
            failures[answer.failure] += 1  # why everything else is `robots`
        return answer

    gate = Gate(page, memory, ask_robots)
    try:
        todo = deque(platform.sources(page))
        while todo and asked < limit:
            source = todo.popleft()
            if source.url in seen or not due(source, memory, now()):
                continue
            seen.add(source.url)
            asked += 1
            capture = ask(source, gate.allows)
            if capture.failure is None:
                answered += 1
                try:
                    todo.extend(_leads_to(capture, source, page, platform, memory))
                except ReadError as error:
                    failures[error.kind] += 1
                continue
            failures[capture.failure] += 1
            if _ends_the_page(capture.failure, source):
                break
            if capture.failure in NOT_OFFERED:
                todo.extend(source.otherwise)
    except Exception as error:  # a bug in one page is that page's
        bug = f"{type(error).__name__}: {error}"
        return PageRun(page.page_key, kept, answered, failures, bug)
    return PageRun(page.page_key, kept, answered, failures)


def _ends_the_page(failure: FetchFailure, source: Source) -> bool:
    return failure in ENDS_THE_PAGE or (
        failure is FetchFailure.HTTP_401_403 and not source.otherwise
    )


def _leads_to(
    capture: Capture, source: Source, page: Page, platform: Platform, memory: Memory
) -> Sequence[Source]:
    """What to read next. A 304 is read again: what it led to may have been cut short."""
    body = capture.body if capture.body is not None else memory.body(capture.sha256)
    if body is None:
        return ()
    parsed = platform.parse(replace(capture, body=body), page)
    return platform.follow(parsed, source, page, memory)


def collect(
    pages: Sequence[Page],
    platforms: Mapping[str, Platform],
    archive: Archive,
    fetcher: Fetcher,
    now: Clock,
    on_page: Callable[[PageRun], object] = lambda _: None,
    limit: int = LIMIT,
) -> list[PageRun]:
    """Collect ``pages`` side by side; one run for each, in their order.

    ``on_page`` hears of each as it ends, in this thread. When this returns, or is
    interrupted, everything captured is in the archive. Raises ``OSError`` when it cannot
    be written; ``fetcher`` is closed then, so that nobody waits for what would be lost.
    """
    started = now()
    history = archive.metadata()
    pasts = history.partition_by("page_key", as_dict=True)
    inbox: SimpleQueue[Capture | Future[PageRun]] = SimpleQueue()
    stop = threading.Event()
    get = _once_for_all(pages, _until(stop, fetcher.get))

    def visit(page: Page) -> PageRun:
        memory = remember(pasts.get((page.page_key,), history.clear()), started, archive.body)
        platform = platforms[page.platform]
        return collect_page(page, platform, memory, get[page.base_url], inbox.put, now, limit)

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


def _until(stop: threading.Event, get: Get) -> Get:
    """``get``, which once ``stop`` is set ends its thread: what was cut is no capture."""

    def get_unless_stopped(
        source: Source, page: Page, validators: Validators, now: Clock, allowed: Allowed
    ) -> Capture:
        capture = None if stop.is_set() else get(source, page, validators, now, allowed)
        if capture is None or stop.is_set():
            raise KeyboardInterrupt
        return capture

    return get_unless_stopped


def _once_for_all(pages: Sequence[Page], get: Get) -> Mapping[str, Get]:
    """For each base URL how to ask: what several pages share is fetched once a run."""
    sharing = Counter(page.base_url for page in pages)
    return {url: _Shared(get) if n > 1 else get for url, n in sharing.items()}


class _Shared:
    """Asks for each URL once and gives every page the answer as its own."""

    def __init__(self, get: Get) -> None:
        self._get = get
        self._answers: dict[str, Capture] = {}
        self._turns: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def __call__(
        self, source: Source, page: Page, validators: Validators, now: Clock, allowed: Allowed
    ) -> Capture:
        with self._lock:
            turn = self._turns.setdefault(source.url, threading.Lock())
        with turn:
            answer = self._answers.get(source.url)
            if answer is None:
                answer = self._get(source, page, validators, now, allowed)
                self._answers[source.url] = answer
        if answer.http_status == 304 and answer.sha256 != validators.sha256:
            return self._get(source, page, validators, now, allowed)
        return replace(answer, page_key=source.page_key, shape=source.shape)
