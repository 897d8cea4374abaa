"""Find out which engine serves a page: by the bodies it answers with, never by a status code.

Some engines answer every path with 200 and a page for browsers, so only a body that a reader
takes for its own says anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from ingest.archive.page_history import NOTHING_KNOWN, Memory
from ingest.fetching.fetcher import Clock, Get, no_rules
from ingest.fetching.robots import Gate
from ingest.models import Capture, Page, Parsed, ReadError
from ingest.platforms.contract import Platform
from ingest.sources import Source
from ingest.validation import captures

#: Engines whose bodies tell most surely, in the order in which they are tried; then the rest.
FIRST = ("statuspage", "incident_io", "better_stack", "instatus", "datadog_status", "rootly")
#: What reads anything of its kind is tried last.
LAST = ("feed",)
#: Documents of one engine that are asked for before the next engine is tried.
DOCUMENTS = 2


@dataclass(frozen=True, slots=True)
class Probed:
    """A page whose engine answered as itself.

    ``page``: as the registry would hold it. ``capture``: the body that told it, ``parsed``:
    what that says.
    """

    page: Page
    capture: Capture
    parsed: Parsed


@dataclass(frozen=True, slots=True)
class Probing:
    """Record of a probe. ``found`` None: no engine answered as itself. ``asked``: by address."""

    found: Probed | None
    asked: Mapping[str, Capture]


def probe(page: Page, platforms: Mapping[str, Platform], get: Get, now: Clock) -> Probing:
    """Ask a page for the documents of each engine until one is its own.

    Args:
        page: The page; its platform is not known yet.
        platforms: The engines, by name.
        get: How to ask.
        now: The clock.

    Returns:
        What was found; every address was asked once, and none that robots.txt closes.
    """
    asked: dict[str, Capture] = {}

    def ask_robots(source: Source) -> Capture:
        return get(source, page, NOTHING_KNOWN, now, no_rules)

    gate = Gate(page, Memory(now(), {}, lambda *_: None), ask_robots)
    for platform in in_order(platforms):
        candidate = as_page_of(page, platform)
        for source in own_documents(candidate, platform):
            if source.url not in asked:
                asked[source.url] = get(source, page, NOTHING_KNOWN, now, gate.refuses)
            capture = replace(asked[source.url], shape=source.shape)
            if (parsed := read(capture, candidate, platform)) is not None:
                known = replace(candidate, page_id=parsed.page_id)
                return Probing(Probed(known, capture, parsed), asked)
    return Probing(None, asked)


def in_order(platforms: Mapping[str, Platform]) -> Iterator[Platform]:
    """Yield the engines in the order in which they are tried."""
    rest = [name for name in platforms if name not in {*FIRST, *LAST}]
    for name in (*FIRST, *rest, *LAST):
        if name in platforms:
            yield platforms[name]


def as_page_of(page: Page, platform: Platform) -> Page:
    """Return a page as one of an engine, whatever of its data a program may read."""
    key = f"{page.provider}.{platform.name}.{urlsplit(page.base_url).hostname}"
    return replace(page, page_key=key, platform=platform.name, page_data=True)


def own_documents(page: Page, platform: Platform) -> list[Source]:
    """Return the first documents of an engine that lie on the page's own host."""
    host = urlsplit(page.base_url).netloc
    mine = [one for one in platform.sources(page) if urlsplit(one.url).netloc == host]
    return mine[:DOCUMENTS]


def read(capture: Capture, page: Page, platform: Platform) -> Parsed | None:
    """Read a capture as an engine's own; None where it is not, or says nothing."""
    if capture.body is None or capture.failure is not None:
        return None
    try:
        parsed = captures.read(capture, page, platform)
    except ReadError:
        return None
    says = parsed.page_id or parsed.components or parsed.incidents
    return parsed if says else None
