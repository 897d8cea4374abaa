"""Routes of incident.io: sources to poll, sources that follow, and the past.

The compatible list shows 25 posts. The page's own data reach back to where a component's
begin, and come for a time asked for, three months at most: in windows of 30 days, which lie
end to end from 1970 on, so that their addresses never change and each is one source.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from ingest.models import ALWAYS, Page, Parsed
from ingest.platforms.timestamps import parse_instant
from ingest.sources import Source

if TYPE_CHECKING:
    from ingest.archive.page_history import Memory

MINUTES = timedelta(minutes=1)
DAYS = timedelta(days=1)
WINDOW = 30 * DAYS
#: The page's own lists: path, and shape of what they bring.
LISTS = (("/incidents", "native"), ("/component_impacts", "impacts"))
STAMP = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Window:
    """Time a request asks for, half-open."""

    start: datetime
    end: datetime


def sources(page: Page) -> Sequence[Source]:
    """List the sources to poll; the page's own data only where the registry says so."""

    def source(path: str, shape: str, every: timedelta, *otherwise: Source) -> Source:
        return Source(page.page_key, page.base_url + path, shape, every, otherwise)

    lists = source("/api/v2/incidents.json", "incident", 5 * MINUTES)
    summary = source("/api/v2/summary.json", "summary", 60 * MINUTES)
    rss = source("/feed.rss", "feed", 60 * MINUTES)
    documented = (
        replace(lists, brisk=2 * MINUTES),
        source("/api/v2/components.json", "roster", 60 * MINUTES, summary),
        source("/feed.atom", "feed", 60 * MINUTES, rss),
    )
    if not page.page_data:
        return documented
    html = source("/", "native", 15 * MINUTES)
    longer = source(_own(page, "/summary"), "roster", 60 * MINUTES, html)
    return (*documented, source(_own(page), "roster", 60 * MINUTES, longer))


def _own(page: Page, path: str = "") -> str:
    """Return the path of a part of the page's own data."""
    return f"/proxy/{urlsplit(page.base_url).hostname}{path}"


def asked(url: str) -> Window | None:
    """Return the window a request asked for; None where it asked for none."""
    query = parse_qs(urlsplit(url).query)
    if not {"start_at", "end_at"} <= query.keys():
        return None
    return Window(parse_instant(query["start_at"][0]), parse_instant(query["end_at"][0]))


def follow(parsed: Parsed, source: Source, page: Page, memory: Memory) -> Sequence[Source]:
    """List the windows of the page's own data, newest first, back to the first.

    The current one often; the one before it daily, which is until 30 days after its end; an
    older one once after it was over.

    Args:
        parsed: A payload of the page.
        source: Where it came from.
        page: The page.
        memory: Past captures of the page.

    Returns:
        The sources to read next, those of the past among them.
    """
    if source.url not in {page.base_url + _own(page, path) for path in ("", "/summary")}:
        return ()
    current = _number(memory.now.date())
    begun = [_number(c.start_date) for c in parsed.components if c.start_date is not None]
    numbers = range(current, min([*begun, current - 1]) - 1, -1)
    return [one for path, shape in LISTS for one in _windows(path, shape, numbers, page, memory)]


def _windows(path: str, shape: str, numbers: range, page: Page, memory: Memory) -> Iterator[Source]:
    """List the windows of one list; those before the first ever read are history."""
    windows = {n: Window(ALWAYS + n * WINDOW, ALWAYS + (n + 1) * WINDOW) for n in numbers}
    urls = {
        n: f"{page.base_url}{_own(page, path)}?start_at={w.start:{STAMP}}&end_at={w.end:{STAMP}}"
        for n, w in windows.items()
    }
    read = {n: success for n in numbers if (success := memory.last_success(urls[n])) is not None}
    current, first = numbers[0], min(read, default=numbers[0])
    for n in numbers:
        daily = Source(page.page_key, urls[n], shape, 1 * DAYS)
        if n == current:
            yield replace(daily, every=15 * MINUTES, brisk=5 * MINUTES)
        elif n == current - 1:
            yield daily
        elif n not in read or read[n].captured_at < windows[n].end:
            yield replace(daily, history=n < first)


def _number(day: date) -> int:
    """Return the number of the window a day lies in."""
    return (day - ALWAYS.date()) // WINDOW
