"""Collecting: what leads to what, when it is asked again, and no page in another's way."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import polars as pl
import pytest

from ingest.archive.page_history import Memory, Validators
from ingest.archive.store import Archive
from ingest.fetching.collector import collect
from ingest.fetching.fetcher import Clock, Fetcher, Refuses
from ingest.fetching.page_visit import PageRun, collect_page
from ingest.models import Capture, Page, Parsed
from ingest.platforms import PLATFORMS
from ingest.sources import Source
from tests.support.loopback import Site, drip, in_turn, reply, serve
from tests.support.payloads.statuspage import incident, incidents_json, update
from tests.support.payloads.toy_pages import MINUTES, NOON, kept, page_on, run, source, toy


def test_what_was_captured_is_in_the_archive(
    site: Site, archive: Archive, fetcher: Fetcher
) -> None:
    site["/list"] = reply(body=b"{}")
    [done] = run(toy(lambda page: [source(page, "/list")]), archive, fetcher, page_on(site))
    assert (done.page_key, done.failures, done.message) == ("acme", {}, None)
    rows = archive.metadata()
    assert done.captures == rows.height == 2
    assert rows["url"].to_list() == [f"{site.url}/list", f"{site.url}/robots.txt"]
    assert archive.body(rows["file"][0], rows["sha256"][0]) == b"{}"


def test_what_a_body_leads_to_is_read_once(site: Site, archive: Archive, fetcher: Fetcher) -> None:
    site["/list"] = reply(body=b"list")
    site["/one"] = reply(body=b"one")
    links = {b"list": ["/one", "/two", "/one"], b"one": ["/list", "/one"]}
    [done] = run(toy(lambda page: [source(page, "/list")], links), archive, fetcher, page_on(site))
    assert sorted(site.asked) == ["/list", "/one", "/robots.txt", "/two"]
    assert done.failures == {"http_404_410": 1}


def test_a_run_asks_a_page_no_more_than_its_limit(
    site: Site, archive: Archive, fetcher: Fetcher
) -> None:
    site["/list"] = reply(body=b"list")
    links = {b"list": [f"/{n}" for n in range(9)]}
    platform = toy(lambda page: [source(page, "/list")], links)
    run(platform, archive, fetcher, page_on(site), limit=4)
    assert kept(archive).height == 4


def test_a_source_is_not_asked_again_before_its_time(
    site: Site, archive: Archive, fetcher: Fetcher
) -> None:
    site["/list"] = reply(body=b"{}")
    platform = toy(lambda page: [source(page, "/list")])
    for minutes in (0, 2, 5, 6):
        run(platform, archive, fetcher, page_on(site), at=NOON + minutes * MINUTES)
    assert site.count("/list") == 2


def test_an_unchanged_list_is_not_sent_again_but_still_leads_on(
    site: Site, archive: Archive, fetcher: Fetcher
) -> None:
    site["/list"] = in_turn(reply(body=b"list", etag='"1"'), reply(304))
    site["/one"] = in_turn(reply(503), reply(503), reply(body=b"one"))
    platform = toy(lambda page: [source(page, "/list")], {b"list": ["/one"]})
    run(platform, archive, fetcher, page_on(site))
    run(platform, archive, fetcher, page_on(site), at=NOON + 5 * MINUTES)
    first, second = kept(archive).filter(pl.col("url") == f"{site.url}/list").rows(named=True)
    assert (first["http_status"], second["http_status"]) == (200, 304)
    assert (second["sha256"], second["bytes"]) == (first["sha256"], None)
    last = kept(archive).filter(pl.col("url") == f"{site.url}/one").row(-1, named=True)
    assert last["bytes"] == 3


def test_an_unchanged_list_is_read_once_in_a_run(
    site: Site, archive: Archive, fetcher: Fetcher
) -> None:
    """What it leads to and whether anything is open are two questions to one reading."""
    site["/list"] = in_turn(reply(body=b"list", etag='"1"'), reply(304))
    read: list[str] = []

    def parse(page: Page) -> Parsed:
        read.append(page.page_key)
        return Parsed("list")

    platform = toy(lambda page: [replace(source(page, "/list"), brisk=MINUTES)], parse=parse)
    run(platform, archive, fetcher, page_on(site))
    read.clear()
    run(platform, archive, fetcher, page_on(site), at=NOON + 5 * MINUTES)
    assert read == ["acme"]


def test_a_body_that_cannot_be_read_is_counted_and_kept(
    site: Site, archive: Archive, fetcher: Fetcher
) -> None:
    site["/a"] = reply(body=b"broken")
    platform = toy(lambda page: [source(page, "/a"), source(page, "/b")])
    [done] = run(platform, archive, fetcher, page_on(site))
    assert done.failures == {"not_json": 1, "http_404_410": 1}
    assert kept(archive)["bytes"].to_list() == [6, None]


def test_a_bug_in_one_pages_parser_is_only_that_pages(
    site: Site, archive: Archive, fetcher: Fetcher
) -> None:
    site["/list"] = reply(body=b"{}")

    def parse(page: Page) -> Parsed:
        if page.page_key == "acme":
            raise ZeroDivisionError("a bug")
        return Parsed("list")

    with serve() as other:
        other["/list"] = reply(body=b"{}")
        platform = toy(lambda page: [source(page, "/list")], parse=parse)
        pages = page_on(site), page_on(other, "beta")
        buggy, fine = run(platform, archive, fetcher, *pages)
    assert buggy.message == "ZeroDivisionError: a bug"
    assert (fine.message, fine.failures) == (None, {})
    assert kept(archive)["bytes"].to_list() == [2, 2]


def test_a_dead_host_delays_no_other(site: Site, archive: Archive, fetcher: Fetcher) -> None:
    platform = toy(lambda page: [source(page, "/list")])
    site["/list"] = reply(body=b"{}")
    finished: list[str] = []
    with serve() as dead:
        dead["/robots.txt"] = drip(dead, b"HTTP/1.1 200 OK\r\n", b"X-Wait: a\r\n")

        def on_page(done: PageRun) -> None:
            finished.append(done.page_key)
            dead.over.set()

        pages = page_on(dead, "dead"), *(page_on(site, f"p{n}") for n in range(20))
        collect(pages, {"toy": platform}, archive, fetcher, lambda: NOON, on_page)
    assert finished[0] != "dead"
    assert len(finished) == 21


def test_a_url_of_several_pages_is_fetched_once_a_run_and_serves_all(
    site: Site, archive: Archive, fetcher: Fetcher
) -> None:
    site["/list"] = reply(body=b"{}")
    platform = toy(lambda page: [source(page, "/list")])
    run(platform, archive, fetcher, page_on(site, "cloud"), page_on(site, "vertex"))
    assert sorted(site.asked) == ["/list", "/robots.txt"]
    assert kept(archive)["page_key"].to_list() == ["cloud", "vertex"]
    assert kept(archive)["bytes"].to_list() == [2, 2]


def test_a_page_that_joins_later_gets_the_body_that_others_already_have(
    site: Site, archive: Archive, fetcher: Fetcher
) -> None:
    def list_or_304(handler: BaseHTTPRequestHandler) -> None:
        known = handler.headers["If-None-Match"] == '"1"'
        (reply(304) if known else reply(body=b"{}", etag='"1"'))(handler)

    site["/list"] = list_or_304
    platform = toy(lambda page: [source(page, "/list")])
    cloud, vertex = page_on(site, "cloud"), page_on(site, "vertex")
    run(platform, archive, fetcher, cloud)
    run(platform, archive, fetcher, cloud, vertex, at=NOON + 5 * MINUTES)
    vertexes = kept(archive).filter(page_key="vertex")
    assert vertexes["sha256"].to_list() == [hashlib.sha256(b"{}").hexdigest()]


def test_an_interrupted_run_keeps_what_was_captured(
    site: Site, archive: Archive, fetcher: Fetcher
) -> None:
    site["/list"] = reply(body=b"{}")
    platform = toy(lambda page: [source(page, "/list")])

    def interrupted(_: PageRun) -> None:
        raise KeyboardInterrupt

    with serve() as slow:
        slow["/robots.txt"] = drip(slow, b"HTTP/1.1 200 OK\r\n", b"X-Wait: a\r\n")
        pages = page_on(site), page_on(slow, "slow")
        with pytest.raises(KeyboardInterrupt):
            collect(pages, {"toy": platform}, archive, fetcher, lambda: NOON, interrupted)
    assert set(archive.metadata()["page_key"]) == {"acme"}
    assert kept(archive).height == 1


def test_a_disk_that_is_full_ends_the_run(site: Site, archive: Archive, fetcher: Fetcher) -> None:
    site["/list"] = reply(body=b"{}")
    archive.root.parent.mkdir(exist_ok=True)
    archive.root.write_text("a file where a folder should be")
    with pytest.raises(OSError, match=r"exists|directory"):
        run(toy(lambda page: [source(page, "/list")]), archive, fetcher, page_on(site))


def test_a_capture_is_kept_before_it_is_read() -> None:
    order: list[str] = []

    def parse(page: Page) -> Parsed:
        order.append("parse")
        return Parsed("list")

    def get(
        source: Source, page: Page, validators: Validators, now: Clock, refuses: Refuses
    ) -> Capture:
        assert refuses(source.url) is None
        return Capture(source.page_key, source.url, source.shape, NOON, sha256="0", body=b"{}")

    page = Page("acme", "acme", "toy", "https://status.acme.example")
    memory = Memory(NOON, {}, lambda *_: None)
    platform = toy(lambda page: [source(page, "/list")], parse=parse)
    collect_page(page, platform, memory, get, lambda c: order.append(c.shape), lambda: NOON)
    assert order == ["robots", "list", "parse"]


def test_while_something_is_open_the_page_is_asked_more_often(
    site: Site, archive: Archive, fetcher: Fetcher
) -> None:
    open_one = incident("one", [update("u1", "investigating", "2026-07-09T11:50:00.000Z")])
    page = replace(page_on(site), platform="statuspage", page_id=None)
    platforms = {"statuspage": PLATFORMS["statuspage"]}
    asked = []
    for body in (incidents_json(open_one), incidents_json(incident())):
        site["/api/v2/incidents.json"] = reply(body=body)
        start = NOON + timedelta(days=len(asked))
        for minutes in (0, 2, 4):
            at = start + minutes * MINUTES
            collect([page], platforms, archive, fetcher, lambda at=at: at)
        asked.append(site.count("/api/v2/incidents.json"))
    assert asked == [3, 4]


def test_a_run_says_when_it_wants_to_come_back(
    site: Site, archive: Archive, fetcher: Fetcher
) -> None:
    site["/five"] = site["/hourly"] = reply(body=b"{}")
    platform = toy(
        lambda page: [source(page, "/five"), source(page, "/hourly", every=60 * MINUTES)]
    )
    [done] = run(platform, archive, fetcher, page_on(site))
    assert done.back_at is not None
    assert NOON + 5 * MINUTES <= done.back_at <= NOON + 5.5 * MINUTES
