"""One page end to end: what is due is asked for, and what that leads to."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ingest.archive.page_history import Memory
from ingest.fetching import schedule
from ingest.fetching.fetcher import Clock, Get, Refuses, no_rules
from ingest.fetching.rests import LONGEST, Rest, rules_of
from ingest.fetching.robots import UNREACHABLE, Gate, settles
from ingest.fetching.schedule import NOT_OFFERED
from ingest.models import CLOSED_STAGES, Capture, FetchFailure, Kind, Page, Parsed, ReadError
from ingest.platforms.contract import Platform
from ingest.sources import Source
from ingest.validation import captures as checks

#: Requests to one page in one run; what is left is due again in the next.
LIMIT = 100
#: Failures that tell us to go away, and not from one URL only.
ENDS_THE_PAGE = frozenset({FetchFailure.BLOCKED, FetchFailure.HTTP_429})


@dataclass(frozen=True, slots=True)
class PageRun:
    """Record of what a run did for one page.

    ``answered``: sources that brought what can be read, robots aside, or whose stand-in did
    so lately and is not due. ``failures``: kind -> how often. ``message``: a bug's.
    ``back_at``: when a source wants to be asked again. ``failing``: how sources that were not
    due had failed when they last were. ``rest``: until when a visit would find nothing due.
    """

    page_key: str
    captures: int = 0
    answered: int = 0
    failures: Counter[str] = field(default_factory=Counter[str])
    message: str | None = None
    back_at: datetime | None = None
    failing: frozenset[FetchFailure] = frozenset()
    rest: Rest | None = None


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


def rest_page(page: Page, platform: Platform, memory: Memory, rest: Rest) -> PageRun:
    """Leave a page alone of which nothing is due.

    Args:
        page: The page.
        platform: How to read it.
        memory: What the archive remembers of it.
        rest: Until when.
    """
    urls = {source.url for source in platform.sources(page)}
    failing = _failing(memory, urls)
    return PageRun(page.page_key, back_at=rest.until, failing=failing, rest=rest)


@dataclass(slots=True)
class _Visit:
    """Hold a run of a page: what was asked, and what came of it."""

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
    newest: datetime | None = None
    dues: list[datetime] = field(default_factory=list[datetime])
    reads: dict[tuple[str, str | None], Parsed] = field(
        default_factory=dict[tuple[str, str | None], Parsed]
    )
    ended: bool = False

    def work(self, limit: int) -> None:
        """Ask for what is due, and for what that leads to, up to ``limit`` requests."""
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
                    return
            else:
                found = self._instead(source)
            self._note_due(source)
            for one in found:
                (past if one.history else present).append(one)
        self.ended = not present and not past

    def result(self, bug: str | None) -> PageRun:
        """Sum up the visit; ``bug``: what ended it."""
        done = PageRun(self.page.page_key, self.kept, self.answered, self.failures, bug)
        if bug is not None:
            return done
        own = {source.url for source in self.platform.sources(self.page)}
        return replace(
            done,
            back_at=self._next_attempt(),
            failing=_failing(self.memory, own - self.attempts.keys()),
            rest=self._rest(),
        )

    def _note_due(self, source: Source) -> None:
        """Note when ``source`` is due; one that was asked may show that something is open."""
        asked = self.attempts.get(source.url)
        last = asked or self.memory.last_attempt(source.url)
        if last is None or (not source.every and last.failure is None):
            return
        failed = self.memory.failures(source.url) + (asked is not None)
        open_ = source.brisk is not None and (asked is not None or self._is_open())
        self.dues.append(schedule.due_at(source, last, failed if last.failure else 0, open_=open_))

    def _rest(self) -> Rest | None:
        """Return until when another visit would find nothing due, if this one came to its end."""
        if not self.ended:
            return None
        since = self.memory.now
        until = min([*self.dues, since + LONGEST])
        newest = max(filter(None, (self.newest, self.memory.newest_attempt())), default=None)
        return Rest(since, until, newest, rules_of(self.page, self.platform))

    def _ask(self, source: Source, refuses: Refuses) -> Capture:
        validators = self.memory.validators(source.url)
        capture = self.get(source, self.page, validators, self.now, refuses)
        self.keep(capture)
        self.kept += 1
        self.newest = max(capture.captured_at, self.newest or capture.captured_at)
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
        """Parse the newest body of a source again, if there is one to be read.

        One that still is the answer was read when it was asked for.
        """
        last = self.memory.last_success(source.url)
        if last is not None and (source.url, last.sha256) in self.reads:
            return self.reads[source.url, last.sha256]
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
        self.reads[source.url, capture.sha256] = parsed
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


def _failing(memory: Memory, urls: Collection[str]) -> frozenset[FetchFailure]:
    """Collect how sources that were not asked had failed when they last were."""
    lasts = filter(None, map(memory.last_attempt, urls))
    return frozenset(one.failure for one in lasts if one.failure) - NOT_OFFERED


def _ends_the_page(failure: FetchFailure | None, source: Source) -> bool:
    return failure in ENDS_THE_PAGE or (
        failure is FetchFailure.HTTP_401_403 and not source.otherwise
    )
