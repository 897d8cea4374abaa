"""Collecting asks robots.txt first, and only for what it allows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from ingest.archive.store import Archive
from ingest.fetching.fetcher import Fetcher
from tests.support.loopback import Site, in_turn, raw, reply
from tests.support.payloads.toy_pages import (
    DISALLOW_API,
    MINUTES,
    NOON,
    kept,
    page_on,
    run,
    source,
    toy,
)

cut_off = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nUser-agent: *")
hung_up = raw(b"")


def test_a_source_that_robots_forbid_is_replaced_without_asking_for_it(
    site: Site, archive: Archive, fetcher: Fetcher
) -> None:
    site["/robots.txt"] = reply(body=DISALLOW_API)
    site["/api/list"] = site["/feed"] = reply(body=b"{}")
    platform = toy(lambda page: [source(page, "/api/list", source(page, "/feed"))])
    [done] = run(platform, archive, fetcher, page_on(site))
    assert site.asked == ["/robots.txt", "/feed"]
    assert done.failures == {"robots": 1}
    assert dict(kept(archive).select("url", "failure").iter_rows()) == {
        f"{site.url}/api/list": "robots",
        f"{site.url}/feed": None,
    }


def test_wildcards_in_robots_are_obeyed(site: Site, archive: Archive, fetcher: Fetcher) -> None:
    site["/robots.txt"] = reply(body=DISALLOW_API)
    run(toy(lambda page: [source(page, "/all.csv")]), archive, fetcher, page_on(site))
    assert site.asked == ["/robots.txt"]


def test_a_redirect_into_what_robots_forbid_is_not_followed(
    site: Site, archive: Archive, fetcher: Fetcher
) -> None:
    site["/robots.txt"] = reply(body=DISALLOW_API)
    site["/list"] = reply(302, location="/api/list")
    [done] = run(toy(lambda page: [source(page, "/list")]), archive, fetcher, page_on(site))
    assert done.failures == {"robots": 1}
    assert site.count("/api/list") == 0


@pytest.mark.parametrize("status", [401, 403, 404, 410, 429])
def test_no_robots_file_allows_everything(
    site: Site, archive: Archive, fetcher: Fetcher, status: int
) -> None:
    site["/robots.txt"] = reply(status)
    site["/list"] = reply(body=b"{}")
    [done] = run(toy(lambda page: [source(page, "/list")]), archive, fetcher, page_on(site))
    assert done.failures == {}
    assert site.count("/list") == 1


def test_robots_are_asked_once_a_day(site: Site, archive: Archive, fetcher: Fetcher) -> None:
    site["/robots.txt"] = reply(body=DISALLOW_API)
    platform = toy(lambda page: [source(page, "/a"), source(page, "/api/b")])
    page = page_on(site)
    for hours in (0, 5, 11, 12, 20):
        run(platform, archive, fetcher, page, at=NOON + timedelta(hours=hours))
    assert site.count("/robots.txt") == 2
    assert site.count("/api/b") == 0


def test_a_host_that_cannot_tell_its_robots_is_not_asked_for_more(
    site: Site, archive: Archive, fetcher: Fetcher
) -> None:
    site["/robots.txt"] = reply(500)
    [done] = run(toy(lambda page: [source(page, "/list")]), archive, fetcher, page_on(site))
    assert set(site.asked) == {"/robots.txt"}
    assert done.failures == {"robots": 1, "http_5xx": 1}


@pytest.mark.parametrize(
    ("robots", "failure"),
    [(hung_up, "reset"), (cut_off, "truncated")],
    ids=["hangs up", "cuts it off"],
)
def test_a_host_that_cannot_be_reached_for_its_robots_is_in_trouble_and_asked_again_when_due(
    site: Site, archive: Archive, fetcher: Fetcher, robots: Callable[..., None], failure: str
) -> None:
    site["/robots.txt"] = robots
    site["/list"] = site["/feed"] = reply(body=b"{}")
    platform = toy(lambda page: [source(page, "/list", source(page, "/feed"), every=5 * MINUTES)])
    [done] = run(platform, archive, fetcher, page_on(site))
    assert set(site.asked) == {"/robots.txt"}
    assert done.failures == {failure: 1}
    assert kept(archive)["failure"].to_list() == [failure]

    [soon] = run(platform, archive, fetcher, page_on(site), at=NOON + MINUTES)
    assert (soon.captures, soon.failures, soon.failing) == (0, {}, {failure})
    site["/robots.txt"] = reply(404)
    [later] = run(platform, archive, fetcher, page_on(site), at=NOON + 5 * MINUTES)
    assert (later.answered, later.failures, later.failing) == (1, {}, set())


@pytest.mark.parametrize("first", [reply(body=DISALLOW_API), reply(404)])
def test_the_last_good_robots_count_for_24_hours(
    site: Site, archive: Archive, fetcher: Fetcher, first: Callable[..., None]
) -> None:
    site["/robots.txt"] = in_turn(first, reply(500))
    site["/list"] = reply(body=b"{}")
    platform = toy(lambda page: [source(page, "/list")])
    for hours in (0, 23, 25):
        run(platform, archive, fetcher, page_on(site), at=NOON + timedelta(hours=hours))
    assert kept(archive)["failure"].to_list() == [None, None, "robots"]
