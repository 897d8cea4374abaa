"""Routes of Statuspage: sources to poll, sources that follow, and the past.

A list shows the newest 50 posts and a feed 25 to 30. What lies before them is named, three
months a page, by ``/history.json?page=N`` and told by ``/incidents/<code>.json``. Reading
that is optional, except where a long silence of ours may have let posts scroll out of the
list: then it goes on until the silence began.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from ingest.models import ALWAYS, CLOSED_STAGES, LONG_SILENCE, Incident, Page, Parsed
from ingest.sources import Source

if TYPE_CHECKING:
    from ingest.archive.page_history import Memory

MINUTES = timedelta(minutes=1)
DAYS = timedelta(days=1)
REREAD_AFTER = 1 * DAYS
REREAD_UNTIL = 30 * DAYS
COMPONENTS_A_CALL = 60
#: Index pages in a row without a post after which the history has ended: quarters can be quiet.
IDLE_PAGES = 3
#: A hole longer ago than this is left to those who ask for the whole history.
HOLES_FOR = 90 * DAYS


def sources(page: Page) -> Sequence[Source]:
    """List the sources to poll; the feed only where the lists are not to be had."""

    def source(path: str, shape: str, every: timedelta, *otherwise: Source) -> Source:
        return Source(page.page_key, page.base_url + path, shape, every, otherwise)

    rss = source("/history.rss", "feed", 15 * MINUTES)
    atom = replace(source("/history.atom", "feed", 15 * MINUTES, rss), brisk=5 * MINUTES)
    lists = source("/api/v2/incidents.json", "incident", 5 * MINUTES, atom)
    return (
        replace(lists, brisk=2 * MINUTES),
        source("/api/v2/summary.json", "roster", 5 * MINUTES),
        source("/api/v2/scheduled-maintenances.json", "incident", 60 * MINUTES),
    )


def follow(parsed: Parsed, source: Source, page: Page, memory: Memory) -> Sequence[Source]:
    """List details of entries, what lies before a list, the bars of a roster.

    Args:
        parsed: A payload of the page.
        source: Where it came from.
        page: The page.
        memory: Past captures of the page.

    Returns:
        The sources to read next, those of the past among them.
    """
    if parsed.shape == "feed":
        return [*_details(parsed, page, memory), *_before(parsed, source, page, memory)]
    if parsed.shape == "incident":
        return _before(parsed, source, page, memory)
    if parsed.shape == "index":
        older = _older(parsed, source, page, memory)
        return [*_history_details(parsed, source, page, memory), *older]
    if parsed.shape == "roster" and parsed.components:
        return _bars(parsed, page)
    return ()


def _bars(parsed: Parsed, page: Page) -> list[Source]:
    ids = [c.component_id for c in parsed.components]
    chunks = [ids[n : n + COMPONENTS_A_CALL] for n in range(0, len(ids), COMPONENTS_A_CALL)]
    path = f"{page.base_url}/uptime_showcase?components="
    return [Source(page.page_key, path + ",".join(c), "uptime", 1 * DAYS) for c in chunks]


def _detail_url(page: Page, incident: Incident) -> str:
    return f"{page.base_url}/incidents/{incident.incident_id}.json"


def _details(parsed: Parsed, page: Page, memory: Memory) -> list[Source]:
    return [
        Source(page.page_key, url, "incident", timedelta(0))
        for incident in parsed.incidents
        if _wanted(incident, memory, url := _detail_url(page, incident))
    ]


def _wanted(incident: Incident, memory: Memory, url: str) -> bool:
    """Tell a detail never read, changed since, or lately enough ended to change."""
    read = memory.last_success(url)
    if read is None or incident.listed_at is None or incident.listed_at > read.captured_at:
        return True
    age = memory.now - read.captured_at
    if incident.stage not in CLOSED_STAGES:
        return age >= 5 * MINUTES
    return age >= REREAD_AFTER and memory.now - incident.listed_at <= REREAD_UNTIL


def _before(parsed: Parsed, source: Source, page: Page, memory: Memory) -> list[Source]:
    """Return the first index page, where a list was cut and may not show all."""
    if parsed.horizon is None or parsed.horizon == ALWAYS:
        return []
    url = f"{page.base_url}/history.json?page=1"
    hole = _hole(source.url, memory)
    index = Source(page.page_key, url, "index", 1 * DAYS, known_from=parsed.horizon)
    return [replace(index, history=hole is None or hole >= parsed.horizon)]


def _hole(list_url: str, memory: Memory) -> datetime | None:
    """Return the start of a silence in which incidents may have left a list unseen."""
    last = memory.last_success(list_url)
    if last is not None and memory.now - last.captured_at > LONG_SILENCE:
        return last.captured_at
    silence = memory.silence(list_url)
    if silence is None or memory.now - silence[1] > HOLES_FOR:
        return None
    return silence[0]


def _holes_began(page: Page, memory: Memory) -> datetime | None:
    """Return the start of the newest silence of any of the page's lists."""
    paths = ("/api/v2/incidents.json", "/history.atom", "/history.rss")
    known = [_hole(page.base_url + path, memory) for path in paths]
    return max(filter(None, known), default=None)


def _history_details(parsed: Parsed, source: Source, page: Page, memory: Memory) -> list[Source]:
    """List details of incidents in no list any more: never read, or lately ended."""
    found = []
    for incident in parsed.incidents:
        listed = incident.listed_at
        if listed is None or (source.known_from is not None and listed >= source.known_from):
            continue
        url = _detail_url(page, incident)
        read = memory.last_success(url)
        lately = memory.now - listed <= REREAD_UNTIL or incident.resolved_at is None
        if read is None or (lately and memory.now - read.captured_at >= REREAD_AFTER):
            detail = Source(page.page_key, url, "incident", timedelta(0))
            found.append(replace(detail, history=source.history))
    return found


def _older(parsed: Parsed, source: Source, page: Page, memory: Memory) -> list[Source]:
    """Return the next index page; none where this one leads far enough back."""
    horizon = parsed.horizon
    if horizon is None or (source.reached is not None and horizon >= source.reached):
        return []
    idle = 0 if parsed.incidents else source.idle + 1
    if idle >= IDLE_PAGES:
        return []
    address = urlsplit(source.url)
    number = int(parse_qs(address.query)["page"][0])
    url = f"{address.scheme}://{address.netloc}{address.path}?page={number + 1}"
    hole = _holes_began(page, memory)
    needed = not source.history and hole is not None and hole < horizon
    return [replace(source, url=url, reached=horizon, idle=idle, history=not needed)]
