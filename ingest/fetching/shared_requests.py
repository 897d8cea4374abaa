"""Requests that pages share: asked once a run, answered to each page as its own."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ingest.archive.page_history import Validators
from ingest.fetching.fetcher import Clock, Get, Refuses
from ingest.models import Capture, Page
from ingest.sources import Source


def get_until_stopped(stop: threading.Event, get: Get) -> Get:
    """Wrap ``get`` so that it raises once ``stop`` is set: a cut one is no capture."""

    def get_unless_stopped(
        source: Source, page: Page, validators: Validators, now: Clock, refuses: Refuses
    ) -> Capture:
        capture = None if stop.is_set() else get(source, page, validators, now, refuses)
        if capture is None or stop.is_set():
            raise KeyboardInterrupt
        return capture

    return get_unless_stopped


def share_answers(pages: Sequence[Page], get: Get) -> Mapping[str, Get]:
    """Return how to ask for each base URL: what pages share is fetched once a run."""
    sharing = Counter(page.base_url for page in pages)
    return {url: SharedRequests(get) if n > 1 else get for url, n in sharing.items()}


class SharedRequests:
    """Asks for each URL once and gives every page the answer as its own."""

    def __init__(self, get: Get) -> None:
        """Ask by ``get``."""
        self._get = get
        self._answers: dict[str, Capture] = {}
        self._turns: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def __call__(
        self, source: Source, page: Page, validators: Validators, now: Clock, refuses: Refuses
    ) -> Capture:
        """Return the answer to ``source``, asked for by the first page that wants it."""
        with self._lock:
            turn = self._turns.setdefault(source.url, threading.Lock())
        with turn:
            answer = self._answers.get(source.url)
            if answer is None:
                answer = self._get(source, page, validators, now, refuses)
                self._answers[source.url] = answer
        if answer.http_status == 304 and answer.sha256 != validators.sha256:
            return self._get(source, page, validators, now, refuses)
        return replace(answer, page_key=source.page_key, shape=source.shape)
