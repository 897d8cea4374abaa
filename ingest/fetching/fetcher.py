"""Polite requests, each answered by a ``Capture``: trouble is a value here.

The meaning of each failure is told in ``ingest.fetching.responses``. An address that is not public
counts as ``refused``, or as ``redirect`` where a redirect led to it.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable, Collection
from datetime import datetime
from importlib.metadata import PackageNotFoundError, metadata
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from ingest.archive.page_history import Validators
from ingest.fetching.request_budget import PrivateAddressError, RequestBudget

if TYPE_CHECKING:
    import requests

    from ingest.fetching.responses import HttpResult
from ingest.models import Capture, FetchFailure, Page
from ingest.sources import Source

#: The environment variable with an address where whoever runs this can be reached.
CONTACT = "STATUSLEDGER_CONTACT"
MAX_BYTES = 20 * 2**20
SECONDS = 30.0
MAX_REDIRECTS = 5
#: The past is in no hurry: reading it takes two turns of the platform's at a time.
HISTORY_TURNS = 2

Clock = Callable[[], datetime]
#: What keeps us from a URL; None where it may be asked for.
Refuses = Callable[[str], FetchFailure | None]


class Get(Protocol):
    """Record of how a source is asked for; ``Fetcher.get`` is the real one."""

    def __call__(
        self,
        source: Source,
        page: Page,
        validators: Validators,
        now: Clock,
        refuses: Refuses,
    ) -> Capture:
        """Ask for ``source``; trouble is the capture's ``failure``."""
        ...


def no_rules(_: str) -> None:
    """Keep nobody from a URL: for robots.txt itself."""


def user_agent() -> str:
    """Say who we are: ``statusledger/<version> (+<project URL>; <contact, if set>)``."""
    try:
        about = metadata("statusledger")
    except PackageNotFoundError:
        name, urls = "statusledger/uninstalled", []
    else:
        name = f"statusledger/{about['Version']}"
        urls = [url.split(", ", 1)[-1] for url in about.get_all("Project-URL") or []]
    contact = os.environ.get(CONTACT)
    where = [f"+{url}" for url in urls[:1]] + ([contact] if contact else [])
    return f"{name} ({'; '.join(where)})" if where else name


class RateLimiter:
    """At most one request every ``spacing`` seconds for each key, in order of arrival."""

    def __init__(
        self,
        spacing: float,
        sleep: Callable[[float], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Wait by ``sleep``, by the time of ``clock``."""
        self._spacing = spacing
        self._sleep = sleep
        self._clock = clock
        self._free: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait(self, key: str, turns: int = 1) -> None:
        """Block until a request to ``key`` is allowed; reserve ``turns`` slots."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._free.get(key, now))
            self._free[key] = turn + self._spacing * turns
        if turn > now:
            self._sleep(turn - now)


class Fetcher:
    """Requests under one set of manners; safe to share between threads.

    ``spacing``: seconds between requests to one platform's hosts, which mostly are one
    CDN (where they are not, this only makes us slower). ``max_bytes``: of a body,
    decompressed. ``seconds``: for a request in all, with its redirects and its retry, but
    without waiting for its turn.
    """

    def __init__(
        self,
        spacing: float = 1.0,
        max_bytes: int = MAX_BYTES,
        seconds: float = SECONDS,
    ) -> None:
        """Set the limits; nothing is asked yet."""
        self._max_bytes = max_bytes
        self._seconds = seconds
        self._closed = threading.Event()
        self._turns = RateLimiter(spacing, self._closed.wait)
        self._budgets: set[RequestBudget] = set()
        self._session: requests.Session | None = None
        self._opening = threading.Lock()

    def close(self) -> None:
        """Cut whatever is under way, so that an interrupted run ends at once."""
        self._closed.set()
        for budget in list(self._budgets):
            budget.expire()
        if self._session is not None:
            self._session.close()

    def get(
        self,
        source: Source,
        page: Page,
        validators: Validators,
        now: Clock,
        refuses: Refuses = no_rules,
    ) -> Capture:
        """Ask for ``source``; every trouble is the capture's ``failure``.

        Args:
            source: What to ask for.
            page: Its page, which says whose hosts may answer.
            validators: Those of the body last seen.
            now: The clock; ``captured_at`` is when the answering request left.
            refuses: Asked before each hop.

        Returns:
            The capture. A 304 has no body, and the hash of the body that ``validators``
            stand for.
        """

        def turn() -> None:
            self._turns.wait(page.platform, HISTORY_TURNS if source.history else 1)

        budget = RequestBudget(page.allow_private, self._seconds, turn)
        self._budgets.add(budget)
        try:
            return self._follow(source, page, validators, now, refuses, budget, turn)
        finally:
            self._budgets.discard(budget)

    def _opened(self) -> requests.Session:
        """Open the HTTP client when it is first needed: a run with nothing due needs none."""
        from ingest.fetching.http_hop import open_session

        with self._opening:
            if self._session is None:
                self._session = open_session(user_agent())
            return self._session

    def _follow(
        self,
        source: Source,
        page: Page,
        validators: Validators,
        now: Clock,
        refuses: Refuses,
        budget: RequestBudget,
        turn: Callable[[], None],
    ) -> Capture:
        from ingest.fetching import http_hop
        from ingest.fetching.responses import HttpResult

        session = self._opened()
        url, hosts = source.url, _hosts(page, source)
        for hop in range(MAX_REDIRECTS + 1):
            if (refusal := refuses(url)) is not None:
                return _capture(source, now(), 0.0, HttpResult(refusal), validators)
            turn()
            at, began = now(), time.monotonic()
            try:
                answer = http_hop.ask(
                    session, url, validators, budget, self._seconds, self._max_bytes
                )
            except PrivateAddressError:
                answer = HttpResult(FetchFailure.REDIRECT if hop else FetchFailure.REFUSED)
            target = http_hop.redirect_target(url, answer.location)
            if target is None or host_of(target) not in hosts:
                break
            url = target
        return _capture(source, at, time.monotonic() - began, answer, validators)


def _capture(
    source: Source, at: datetime, elapsed_s: float, answer: HttpResult, validators: Validators
) -> Capture:
    sha256 = None
    if answer.body is not None:
        sha256 = hashlib.sha256(answer.body).hexdigest()
    elif answer.failure is None:
        sha256 = validators.sha256
    return Capture(
        page_key=source.page_key,
        url=source.url,
        shape=source.shape,
        captured_at=at,
        elapsed_ms=round(elapsed_s * 1000),
        http_status=answer.status,
        failure=answer.failure,
        headers=answer.headers,
        sha256=sha256,
        body=answer.body,
    )


def _hosts(page: Page, source: Source) -> Collection[str | None]:
    """Return the hosts a request may be led to."""
    return {host_of(url) for url in (source.url, page.base_url, *page.alternates)} - {None}


def host_of(url: str) -> str | None:
    """Return the host of an address, if it has one."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
