"""Collecting: robots, memory, fallbacks, and no page in another's way."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ingest.archive import Archive
from ingest.collect import PageRun, collect, collect_page
from ingest.fetch import Clock, Fetcher, Refuses
from ingest.memory import Memory, Validators, remember, retry_after
from ingest.models import (
    Capture,
    FetchFailure,
    Page,
    Parsed,
    Platform,
    ReadError,
    ReadFailure,
    Shape,
    Source,
)
from ingest.platforms import PLATFORMS
from tests.loopback import Site, drip, in_turn, raw, reply, serve
from tests.statuspage_payloads import incident, incidents_json, update

NOON = datetime(2026, 7, 9, 12, tzinfo=UTC)
MINUTES = timedelta(minutes=1)


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as site:
        yield site


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    fetcher = Fetcher(spacing=0, seconds=5)
    yield fetcher
    fetcher.close()


def page_on(site: Site, key: str = "acme") -> Page:
    return Page(key, key, "toy", site.url, allow_private=True)


def source(page: Page, path: str, *otherwise: Source, every: timedelta = 5 * MINUTES) -> Source:
    return Source(page.page_key, page.base_url + path, "list", every, otherwise)


def toy(
    sources: Callable[[Page], Sequence[Source]],
    links: Mapping[bytes, Sequence[str]] | None = None,
    parse: Callable[[Capture, Page], Parsed] | None = None,
) -> Platform:
    """A platform whose bodies lead to the paths that ``links`` names."""

    def read(capture: Capture, page: Page) -> Parsed:
        if capture.body == b"broken":
            raise ReadError(ReadFailure.NOT_JSON, "broken")
        return Parsed("list", page_id=(capture.body or b"").decode())

    def follow(parsed: Parsed, came_from: Source, page: Page, memory: Memory) -> Sequence[Source]:
        paths = (links or {}).get((parsed.page_id or "").encode(), ())
        return [source(page, path, every=timedelta(0)) for path in paths]

    return Platform(
        name="toy",
        version=1,
        shapes=(Shape("list", frozenset()),),
        sources=sources,
        parse=parse or read,
        follow=follow,
        recognise=lambda _: ("list", "/"),
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


cut_off = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nUser-agent: *")
hung_up = raw(b"")
DISALLOW_API = b"User-agent: *\nDisallow: /api/\nDisallow: /*.csv$\n"


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

    def parse(capture: Capture, page: Page) -> Parsed:
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

    def parse(capture: Capture, page: Page) -> Parsed:
        order.append("parse")
        return Parsed("list")

    def get(
        source: Source, page: Page, validators: Validators, now: Clock, refuses: Refuses
    ) -> Capture:
        assert refuses(source.url) is None
        return Capture(source.page_key, source.url, source.shape, NOON, sha256="0", body=b"")

    page = Page("acme", "acme", "toy", "https://status.acme.example")
    memory = remember(Archive(Path("none")).metadata(), NOON, lambda *_: None)
    platform = toy(lambda page: [source(page, "/list")], parse=parse)
    collect_page(page, platform, memory, get, lambda c: order.append(c.shape), lambda: NOON)
    assert order == ["robots", "list", "parse"]


@dataclass
class Past:
    """Captures of one page, told in the words of a test, and the memory of them."""

    archive: Archive
    captures: list[Capture] = field(default_factory=list)

    def add(self, minutes: int, **told: Any) -> Past:
        at = NOON + minutes * MINUTES
        base = Capture("acme", "https://status.acme.example/list", "list", at)
        self.captures.append(replace(base, **told))
        return self

    def memory(self, minutes: int) -> Memory:
        self.archive.append(self.captures)
        return remember(self.archive.metadata(), NOON + minutes * MINUTES, self.archive.body)


URL = "https://status.acme.example/list"
SHA = hashlib.sha256(b"{}").hexdigest()


def good(body: bytes | None = b"{}", **headers: str) -> dict[str, Any]:
    status = 304 if body is None else 200
    return {"http_status": status, "sha256": SHA, "body": body, "headers": headers}


def test_a_page_never_seen_has_no_memory(archive: Archive) -> None:
    memory = Past(archive).memory(0)
    assert memory.last_attempt(URL) is None
    assert memory.last_success(URL) is None
    assert memory.validators(URL) == Validators()
    assert memory.failures(URL) == 0
    assert memory.rests_until() is None
    assert memory.body(SHA) is None


def test_validators_outlive_a_304_that_does_not_repeat_them(archive: Archive) -> None:
    past = Past(archive).add(0, **good(etag='"1"')).add(5, **good(None))
    assert past.memory(6).validators(URL) == Validators('"1"', None, SHA)
    assert past.memory(6).body(SHA) == b"{}"


def test_validators_of_an_older_body_are_not_sent(archive: Archive) -> None:
    newer: dict[str, Any] = {
        "http_status": 200,
        "body": b"[]",
        "sha256": hashlib.sha256(b"[]").hexdigest(),
    }
    past = Past(archive).add(0, **good(etag='"1"')).add(5, **newer)
    assert past.memory(6).validators(URL) == Validators()


def test_validators_are_not_sent_for_a_body_that_is_not_at_hand(archive: Archive) -> None:
    past = Past(archive).add(0, **good(None, etag='"1"'))
    assert past.memory(1).validators(URL) == Validators()


def test_failures_in_a_row_end_with_a_success(archive: Archive) -> None:
    down: dict[str, Any] = {"failure": FetchFailure.HTTP_5XX, "http_status": 503}
    past = Past(archive).add(0, **down).add(5, **good()).add(10, **down).add(15, **down)
    memory = past.memory(16)
    assert memory.failures(URL) == 2
    attempt, success = memory.last_attempt(URL), memory.last_success(URL)
    assert attempt is not None
    assert attempt.failure is FetchFailure.HTTP_5XX
    assert success is not None
    assert success.captured_at == NOON + 5 * MINUTES
    assert past.memory(3).failures(URL) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("120", timedelta(minutes=2)),
        ("Thu, 09 Jul 2026 12:30:00 GMT", timedelta(minutes=30)),
        ("Thu, 09 Jul 2026 11:30:00 GMT", timedelta(0)),
        ("99999999999999999999", timedelta(days=1)),
        ("Fri, 09 Jul 2027 12:30:00 GMT", timedelta(days=1)),
        ("soon", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_trusted_for_a_day(
    text: str | None, expected: timedelta | None
) -> None:
    assert retry_after(text, NOON) == expected


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
