"""Collecting where it is refused: the next best source, or leaving the page alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from ingest.archive.store import Archive
from ingest.fetching.fetcher import Fetcher
from ingest.models import Page
from ingest.sources import Source
from tests.support.loopback import Site, in_turn, reply
from tests.support.payloads.toy_pages import DISALLOW_API, MINUTES, NOON, page_on, run, source, toy


def test_a_source_that_is_not_to_be_had_is_tried_daily_and_its_stand_in_meanwhile(
    site: Site, archive: Archive, fetcher: Fetcher
) -> None:
    site["/list"] = reply(404)
    site["/feed"] = reply(body=b"{}")
    platform = toy(lambda page: [source(page, "/list", source(page, "/feed"))])
    for hours in (0, 1, 2, 24):
        run(platform, archive, fetcher, page_on(site), at=NOON + timedelta(hours=hours))
    assert (site.count("/list"), site.count("/feed")) == (2, 4)


def test_a_stand_in_that_is_not_due_yet_has_answered(
    site: Site, archive: Archive, fetcher: Fetcher
) -> None:
    site["/robots.txt"] = reply(body=DISALLOW_API)
    site["/feed"] = in_turn(reply(body=b"{}"), reply(500))
    quarter = timedelta(minutes=15)

    def sources(page: Page) -> list[Source]:
        feed = source(page, "/feed", every=quarter)
        return [source(page, "/api/list", source(page, "/gone", feed, every=quarter))]

    platform = toy(sources)
    came = []
    for minutes in (0, 5, 10, 15, 20):
        at = NOON + timedelta(minutes=minutes)
        [done] = run(platform, archive, fetcher, page_on(site), at=at)
        came.append((done.captures, done.answered))
    # First robots.txt and what is gone for a day; in the end the stand-in is down.
    assert came == [(4, 1), (1, 1), (1, 1), (2, 0), (1, 0)]


@pytest.mark.parametrize("status", [401, 404, 410, 406])
def test_a_source_that_is_not_offered_is_replaced(
    site: Site, archive: Archive, fetcher: Fetcher, status: int
) -> None:
    site["/list"] = reply(status)
    site["/feed"] = reply(body=b"{}")
    platform = toy(lambda page: [source(page, "/list", source(page, "/feed"))])
    run(platform, archive, fetcher, page_on(site))
    assert site.count("/feed") == 1


@pytest.mark.parametrize("status", [500, 503])
def test_a_source_that_is_down_is_not_replaced(
    site: Site, archive: Archive, fetcher: Fetcher, status: int
) -> None:
    site["/list"] = reply(status)
    platform = toy(lambda page: [source(page, "/list", source(page, "/feed")), source(page, "/b")])
    run(platform, archive, fetcher, page_on(site))
    assert site.count("/feed") == 0
    assert site.count("/b") == 1


@pytest.mark.parametrize("answer", [reply(429), reply(403, cf_mitigated="challenge"), reply(403)])
def test_a_page_that_tells_us_to_go_is_left(
    site: Site, archive: Archive, fetcher: Fetcher, answer: Callable[..., None]
) -> None:
    site["/a"] = answer
    platform = toy(lambda page: [source(page, "/a"), source(page, "/b")])
    [done] = run(platform, archive, fetcher, page_on(site))
    assert site.count("/b") == 0
    assert done.failures.total() == 1


def test_a_page_that_blocked_us_is_left_alone_for_a_day(
    site: Site, archive: Archive, fetcher: Fetcher
) -> None:
    site["/a"] = reply(403, cf_mitigated="challenge")
    platform = toy(lambda page: [source(page, "/a"), source(page, "/b")])
    for hours in (0, 12, 23):
        run(platform, archive, fetcher, page_on(site), at=NOON + timedelta(hours=hours))
    assert (site.count("/a"), site.count("/b")) == (1, 0)
    run(platform, archive, fetcher, page_on(site), at=NOON + timedelta(hours=24))
    assert site.count("/a") == 2


def test_a_retry_after_holds_for_the_whole_page_across_runs(
    site: Site, archive: Archive, fetcher: Fetcher
) -> None:
    site["/a"] = reply(429, retry_after="3600")
    platform = toy(lambda page: [source(page, "/a"), source(page, "/b")])
    for minutes in (0, 5, 59):
        run(platform, archive, fetcher, page_on(site), at=NOON + minutes * MINUTES)
    assert (site.count("/a"), site.count("/b")) == (1, 0)
    run(platform, archive, fetcher, page_on(site), at=NOON + 60 * MINUTES)
    assert site.count("/a") == 2
