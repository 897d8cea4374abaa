"""Pages of an invented engine on the loopback interface."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import polars as pl

from ingest.archive.page_history import Memory
from ingest.archive.store import Archive
from ingest.fetching.collector import collect
from ingest.fetching.fetcher import Fetcher
from ingest.fetching.page_visit import PageRun
from ingest.models import Page, Parsed, ReadError, ReadFailure
from ingest.platforms.contract import Platform
from ingest.platforms.forms import Form, Origin
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Media
from ingest.sources import Shape, Source
from tests.support.loopback import Site

NOON = datetime(2026, 7, 9, 12, tzinfo=UTC)
MINUTES = timedelta(minutes=1)
DISALLOW_API = b"User-agent: *\nDisallow: /api/\nDisallow: /*.csv$\n"


def page_on(site: Site, key: str = "acme") -> Page:
    return Page(key, key, "toy", site.url, allow_private=True)


def source(page: Page, path: str, *otherwise: Source, every: timedelta = 5 * MINUTES) -> Source:
    return Source(page.page_key, page.base_url + path, "list", every, otherwise)


def toy(
    sources: Callable[[Page], Sequence[Source]],
    links: Mapping[bytes, Sequence[str]] | None = None,
    parse: Callable[[Page], Parsed] | None = None,
) -> Platform:
    """Make a platform whose bodies lead to the paths that ``links`` names."""

    def read(text: str, origin: Origin, notices: Notices) -> Parsed:
        if parse is not None:
            return parse(origin.page)
        if text == "broken":
            raise ReadError(ReadFailure.NOT_JSON, "broken")
        return Parsed("list", page_id=text)

    def follow(parsed: Parsed, came_from: Source, page: Page, memory: Memory) -> Sequence[Source]:
        paths = (links or {}).get((parsed.page_id or "").encode(), ())
        return [source(page, path, every=timedelta(0)) for path in paths]

    return Platform(
        name="toy",
        version=1,
        shapes=(Shape("list", frozenset()),),
        forms=(Form("list", "/", read, media=Media.HTML),),
        sources=sources,
        follow=follow,
        opened=lambda body: (Media.HTML, body.decode()),
    )


def run(
    platform: Platform,
    archive: Archive,
    fetcher: Fetcher,
    *pages: Page,
    at: datetime = NOON,
    limit: int = 100,
) -> list[PageRun]:
    return collect(pages, {"toy": platform}, archive, fetcher, lambda: at, limit=limit)


def kept(archive: Archive) -> pl.DataFrame:
    return archive.metadata().filter(pl.col("shape") != "robots")
