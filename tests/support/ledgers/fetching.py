"""Ask an invented page on the loopback interface for one address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from ingest.archive.page_history import NOTHING_KNOWN, Validators
from ingest.fetching.fetcher import Fetcher
from ingest.models import Capture, Page
from ingest.sources import Source
from tests.support.loopback import Site

NOON = datetime(2026, 7, 9, 12, tzinfo=UTC)


BODY = b'{"page": {"id": "acme"}, "incidents": []}'


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    fetcher = Fetcher(spacing=0)
    yield fetcher
    fetcher.close()


def page_on(site: Site, allow_private: bool = True, *alternates: str) -> Page:
    return Page(
        page_key="acme.statuspage.acme",
        provider="acme",
        platform="statuspage",
        base_url=site.url,
        alternates=alternates,
        allow_private=allow_private,
    )


def get(
    fetcher: Fetcher,
    page: Page,
    path: str = "/feed.json",
    validators: Validators = NOTHING_KNOWN,
) -> Capture:
    source = Source(page.page_key, page.base_url + path, "incident", timedelta(minutes=5))
    return fetcher.get(source, page, validators, lambda: NOON)
