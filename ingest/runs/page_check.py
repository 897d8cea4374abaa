"""Check pages of the registry: ask each once, and say which moved, died, fell silent or changed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from ingest.archive.page_history import Memory
from ingest.fetching.collector import THREADS
from ingest.fetching.fetcher import Clock, Get
from ingest.fetching.page_visit import collect_page
from ingest.fetching.schedule import NOT_OFFERED
from ingest.files import atomic_write
from ingest.models import Capture, FetchFailure, Page, Parsed, ReadError, ReadFailure
from ingest.platforms.contract import Platform
from ingest.validation import captures

GOOD, SILENT = "good", "silent"
#: What became of a page, by the failure that says so; any other failure is a failure.
VERDICTS: Mapping[FetchFailure | ReadFailure, str] = {
    FetchFailure.REDIRECT: "moved",
    ReadFailure.CHANGED_PLATFORM: "moved",
    ReadFailure.WRONG_PAGE: "moved",
    FetchFailure.DNS: "dead",
    FetchFailure.REFUSED: "dead",
    FetchFailure.HTTP_404_410: "dead",
    ReadFailure.BAD_ENCODING: "changed",
    ReadFailure.NOT_JSON: "changed",
    ReadFailure.PARSE: "changed",
    ReadFailure.SHAPE_CHANGED: "changed",
    FetchFailure.BLOCKED: "blocked",
    FetchFailure.ROBOTS: "blocked",
    FetchFailure.HTTP_401_403: "blocked",
}
FAILED = "failed"
#: Verdicts, the gravest first: a page is as bad as its worst source.
WORST = ("moved", "dead", "changed", "blocked", FAILED, SILENT, GOOD)
ROBOTS = "/robots.txt"


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """Record of what one document of a page said. ``reading``: None where nothing came."""

    capture: Capture
    reading: Parsed | ReadError | None

    @property
    def failure(self) -> FetchFailure | ReadFailure | None:
        """Return why it says nothing, if it does not."""
        if isinstance(self.reading, ReadError):
            return self.reading.kind
        return self.capture.failure

    @property
    def listed(self) -> list[datetime]:
        """Return when the posts it lists last moved."""
        if not isinstance(self.reading, Parsed):
            return []
        return [one.listed_at for one in self.reading.incidents if one.listed_at is not None]

    @property
    def message(self) -> str:
        """Return what is wrong with it, in one line; empty where nothing is."""
        if isinstance(self.reading, ReadError):
            return str(self.reading)
        return str(self.capture.failure or "")

    def numbers(self) -> dict[str, int]:
        """Count what it holds, what was refused, and the warnings."""
        parsed = self.reading if isinstance(self.reading, Parsed) else Parsed("")
        return {
            "components": len(parsed.components),
            "incidents": len(parsed.incidents),
            "rejects": len(parsed.rejects),
            "warnings": len(parsed.warnings),
        }


@dataclass(frozen=True, slots=True)
class PageCheck:
    """Record of what became of a page: its verdict, why, and its documents."""

    page: Page
    verdict: str
    reason: str
    sources: Sequence[SourceCheck]


def check_pages(
    pages: Sequence[Page], platforms: Mapping[str, Platform], get: Get, now: Clock
) -> list[PageCheck]:
    """Ask pages side by side, each source of each of them once.

    Args:
        pages: The pages.
        platforms: The engines, by name.
        get: How to ask, with all manners.
        now: The clock.
    """
    with ThreadPoolExecutor(max(1, min(len(pages), THREADS)), "check") as pool:
        return [*pool.map(lambda one: check_page(one, platforms[one.platform], get, now), pages)]


def check_page(page: Page, platform: Platform, get: Get, now: Clock) -> PageCheck:
    """Ask each source of a page once; never raises."""
    taken: list[Capture] = []
    memory = Memory(now(), {}, lambda *_: None)
    limit = sum(1 + len(one.otherwise) for one in platform.sources(page))
    run = collect_page(page, platform, memory, get, taken.append, now, limit)
    if run.message is not None:
        return PageCheck(page, FAILED, run.message, ())
    answers = [one for one in taken if not one.url.endswith(ROBOTS)]
    checks = [SourceCheck(one, _read(one, page, platform)) for one in answers or taken]
    verdict, reason = _judge(checks, now())
    return PageCheck(page, verdict, reason, checks)


def _read(capture: Capture, page: Page, platform: Platform) -> Parsed | ReadError | None:
    if capture.body is None or capture.failure is not None:
        return None
    try:
        return captures.read(capture, page, platform)
    except ReadError as error:
        return error


def _judge(checks: Sequence[SourceCheck], now: datetime) -> tuple[str, str]:
    """Return the gravest verdict on the documents of a page, with its reason."""
    good = [one for one in checks if one.failure is None]
    # Where one of two documents is not offered, the other stands in for it.
    counted = [one for one in checks if not (good and one.failure in NOT_OFFERED)]
    found = [
        (VERDICTS.get(one.failure, FAILED), f"{one.capture.url}: {one.message}")
        for one in counted
        if one.failure is not None
    ]
    if quiet := captures.frozen([at for one in good for at in one.listed], now):
        found.append((SILENT, quiet))
    if not checks:
        found.append((FAILED, "nothing was asked"))
    return min(found, key=lambda one: WORST.index(one[0]), default=(GOOD, ""))


def record(check: PageCheck, folder: Path) -> list[Path]:
    """Save each body of a page that was read, and what it was read as, beside each other.

    Args:
        check: What was asked.
        folder: Where to; it need not exist.

    Returns:
        The files written: of each body one, and one of its expectation.

    Raises:
        OSError: The disk cannot be written.
    """
    written: list[Path] = []
    for one in check.sources:
        if one.capture.body is None or not isinstance(one.reading, Parsed):
            continue
        where = re.sub(r"[^a-z0-9]+", "-", urlsplit(one.capture.url).path.lower()).strip("-")
        stem = f"{one.capture.captured_at:%Y-%m-%dT%H-%M-%SZ}-{where or 'front'}"
        payload = folder / check.page.provider / f"{stem}.payload"
        payload.parent.mkdir(parents=True, exist_ok=True)
        said = {"url": one.capture.url, "page_id": one.reading.page_id, **one.numbers()}
        expectation = payload.with_suffix(".expect.json")
        for path, body in ((payload, one.capture.body), (expectation, _json(said))):
            with atomic_write.whole(path) as draft:
                draft.write_bytes(body)
            written.append(path)
    return written


def _json(said: Mapping[str, object]) -> bytes:
    return (json.dumps(said, indent=2) + "\n").encode()
