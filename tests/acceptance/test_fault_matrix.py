"""Every way a page can fail, a row each: what it is called, what it costs, what is kept."""

from __future__ import annotations

import gzip
import hashlib
import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analytics import Snapshot, open_snapshot
from ingest.archive.store import Archive
from ingest.fetching import connections
from ingest.fetching import fetcher as fetcher_module
from ingest.fetching.fetcher import MAX_BYTES, Fetcher
from ingest.models import Capture, FetchFailure, Page
from ingest.runs import page_selection
from tests.support.command_line import ACME, Result, cli
from tests.support.loopback import Reply, Site, drip, raw, reply, serve
from tests.support.payloads.statuspage import (
    about_page,
    change,
    component,
    incident,
    incidents_json,
    update,
)

LIST, ROSTER = "/api/v2/incidents.json", "/api/v2/summary.json"
SHAPES = {LIST: "incident", ROSTER: "roster", "/api/v2/scheduled-maintenances.json": "incident"}
#: Where a page is asked: its lists, and the feeds where a list is not to be had.
ASKED = (*SHAPES, "/history.atom", "/history.rss")
#: When both pages were last well; every source of theirs has been due again since.
BEFORE = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
PART = "aaaa1111bbbb"
#: What a page says of the past; and, where nothing new came, of the present.
KNOWN = ("incidents", "updates", "transitions", "component_states", "components")
SEEN = ("observations", "coverage")


def outage() -> bytes:
    """Make a list of one outage, over within the hour."""
    down = [change(PART, "operational", "major_outage")]
    up = [change(PART, "major_outage", "operational")]
    said = [
        update("u1", "investigating", "2026-01-05T10:00:00Z", changes=down),
        update("u2", "resolved", "2026-01-05T11:00:00Z", changes=up),
    ]
    return incidents_json(incident(updates=said, components=[component(PART)]))


GOOD = outage()
EMPTY = incidents_json()
NOTHING = json.dumps({"page": about_page(), "components": []}).encode()
BODIES = {path: GOOD if path == LIST else NOTHING for path in SHAPES}
OK = b"HTTP/1.1 200 OK\r\n"
PARTS = OK + b"Transfer-Encoding: chunked\r\n\r\n"
PACKED = OK + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n"
LONG = OK + b"Content-Length: 100000\r\n\r\n"
BOMB = gzip.compress(bytes(MAX_BYTES + 1))
CHALLENGE = b"<html><title>Just a moment...</title>"
FORBID = b"User-agent: *\nDisallow: /\n"


@dataclass(frozen=True)
class Fault:
    """``does``: how the page answers, wherever it is asked. ``failure``: what that is called.

    ``http``: the status its capture has. ``tries``: requests for one list. ``alone``,
    ``beside``: exit codes where it is the only page, and beside one that is well.
    """

    does: Callable[[Site], Reply] | None
    failure: str
    http: int | None = None
    tries: int = 1
    alone: int = 1
    beside: int = 3
    seconds: float = 10.0
    address: str = "http://127.0.0.1:{port}"
    robots: Reply | None = None
    public: bool = False
    where: tuple[str, ...] = ASKED


def says(status: int, body: bytes = b"", **headers: str) -> Callable[[Site], Reply]:
    return lambda _: reply(status, body, **headers)


def sends(data: bytes) -> Callable[[Site], Reply]:
    return lambda _: raw(data)


def leads(location: str) -> Callable[[Site], Reply]:
    return lambda site: reply(302, location=location.format(port=site.port))


def circles(_: Site) -> Reply:
    return lambda handler: reply(302, location=handler.path)(handler)


def hangs(site: Site) -> Reply:
    def answer(_: object) -> None:
        site.over.wait()

    return answer


def drips(head: bytes, drop: bytes) -> Callable[[Site], Reply]:
    return lambda site: drip(site, head, drop)


INSIDE = "a redirect to a private address"
A_MOMENT = 0.4
FAULTS = {
    # before the headers
    "a name that is unknown": Fault(None, "dns", tries=0, address="http://acme.invalid"),
    "a port nobody listens on": Fault(None, "refused", tries=0, address="http://127.0.0.1:1"),
    "a private address": Fault(says(200), "refused", tries=0, public=True),
    "no TLS where it was promised": Fault(None, "tls", tries=0, address="https://127.0.0.1:{port}"),
    "a hang-up without a word": Fault(sends(b""), "reset", tries=2),
    "no HTTP at all": Fault(sends(b"SSH-2.0-OpenSSH_9.9\r\n"), "reset", tries=2),
    "silence": Fault(hangs, "timeout", seconds=A_MOMENT),
    "headers in drips": Fault(drips(OK, b"X-Wait: a\r\n"), "timeout", 200, seconds=A_MOMENT),
    # after the headers
    "a body in drips": Fault(drips(LONG, b"x"), "timeout", 200, seconds=A_MOMENT),
    "fewer bytes than stated": Fault(sends(LONG + GOOD), "truncated", 200),
    "a chunk half way": Fault(sends(PARTS + b"fff\r\n" + GOOD), "truncated", 200),
    "half of a gzip": Fault(sends(PACKED + gzip.compress(GOOD)[:-9]), "truncated", 200),
    "no gzip where it was stated": Fault(sends(PACKED + GOOD), "truncated", 200),
    "a part nobody asked for": Fault(says(206, GOOD), "truncated", 206),
    "a bomb": Fault(sends(PACKED + BOMB), "too_large", 200),
    "60 MiB stated": Fault(sends(OK + b"Content-Length: 62914560\r\n\r\n"), "too_large", 200),
    # redirects
    "a redirect in a circle": Fault(circles, "redirect", 302, tries=6),
    "a redirect to another host": Fault(leads("http://evil.invalid/"), "redirect", 302),
    "a redirect to a file": Fault(leads("file:///etc/passwd"), "redirect", 302),
    INSIDE: Fault(leads("http://localhost:{port}/inside"), "redirect", public=True),
    "a 304 nobody asked for": Fault(says(304), "redirect", 304),
    # refusals
    "401": Fault(says(401), "http_401_403", 401),
    "403": Fault(says(403), "http_401_403", 403),
    "404": Fault(says(404), "http_404_410", 404),
    "410": Fault(says(410), "http_404_410", 410),
    "418": Fault(says(418), "http_4xx", 418),
    "429": Fault(says(429, retry_after="3600"), "http_429", 429),
    "500": Fault(says(500), "http_5xx", 500, tries=2),
    "503": Fault(says(503), "http_5xx", 503, tries=2),
    "503 until tomorrow": Fault(says(503, retry_after="86400"), "http_5xx", 503),
    "a bot challenge": Fault(says(403, CHALLENGE, content_type="text/html"), "blocked", 403),
    "robots that forbid": Fault(None, "robots", tries=0, robots=reply(body=FORBID)),
    "robots that cannot be told": Fault(None, "robots", tries=0, robots=reply(500)),
    # whole bodies that say nothing
    "HTML for JSON": Fault(says(200, b"<!doctype html><html>"), "not_json", 200),
    "half a document": Fault(says(200, GOOD[:-20]), "not_json", 200),
    "no bytes": Fault(says(200), "not_json", 200),
    "no content": Fault(says(204), "not_json", 204),
    "Latin-1": Fault(says(200, GOOD.replace(b"Elevated", b"\xe9")), "bad_encoding", 200),
    "no page": Fault(says(200, b'{"page": null}'), "shape_changed", 200),
    "a list": Fault(says(200, b"[]"), "shape_changed", 200),
    "another page": Fault(says(200, GOOD.replace(b"pppp1111", b"oooo1111")), "wrong_page", 200),
    "no record to believe": Fault(
        says(200, incidents_json(incident(created_at="soon"))), "parse", 200
    ),
    "records no more": Fault(says(200, EMPTY), "empty", 200, alone=3, where=(LIST,)),
}


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names under .invalid are unknown, whatever the resolver here makes of them."""
    real = socket.getaddrinfo

    def look_up(host: str, *args: Any, **kwargs: Any) -> Any:
        if host.endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@dataclass(frozen=True)
class World:
    """A page that is broken (acme), one that is well (globex), and what was known before."""

    data: Path
    broken: Site

    def collect(self, *words: str) -> Result:
        return cli(self.data, "collect", *words, "--json")

    def captures(self, slug: str) -> pl.DataFrame:
        """Return what a page has brought since it was last well, robots aside."""
        rows = Archive(self.data / "archive").metadata()
        mine = (pl.col("page_key") == key(slug)) & (pl.col("shape") != "robots")
        return rows.filter(mine, pl.col("captured_at") > BEFORE)

    @cached_property
    def snapshot(self) -> Snapshot:
        """Open what the one run of a test has published."""
        return open_snapshot(self.data)

    def known(self, slug: str, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
        return {
            t: self.snapshot.table(t).filter(provider=slug).drop("provider", "page_key").rows()
            for t in tables
        }

    def covered_until(self, slug: str) -> datetime:
        spans = self.snapshot.table("coverage").filter(provider=slug, component_id=PART)
        last = spans["end_at"].max()
        assert isinstance(last, datetime)
        return last

    def source(self) -> dict[str, Any]:
        """Return the state of the broken page's list."""
        mine = pl.col("url").str.ends_with(LIST) & (pl.col("provider") == "acme")
        return self.snapshot.table("sources").row(by_predicate=mine, named=True)


def key(slug: str) -> str:
    return f"{slug}.statuspage.pppp1111qqqq"


def page_toml(slug: str, address: str, *alternates: str) -> str:
    table = ACME.replace("acme", slug, 2).replace("https://status.acme.test", address)
    return f"{table}allow_private = true\nalternates = {json.dumps(alternates)}\n"


def as_public(page: Page) -> Page:
    return replace(page, allow_private=page.provider != "acme")


def last_well(slug: str, address: str) -> list[Capture]:
    """Return what a page answered when it last did."""
    return [
        Capture(
            key(slug),
            address + path,
            shape,
            BEFORE,
            http_status=200,
            sha256=hashlib.sha256(BODIES[path]).hexdigest(),
            body=BODIES[path],
        )
        for path, shape in SHAPES.items()
    ]


def no_robots(slug: str, address: str) -> Capture:
    gone = FetchFailure.HTTP_404_410
    url = f"{address}/robots.txt"
    return Capture(key(slug), url, "robots", BEFORE, http_status=404, failure=gone)


@pytest.fixture
def world(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    fault = FAULTS[name]
    monkeypatch.setattr(
        fetcher_module, "Fetcher", partial(Fetcher, spacing=0, seconds=fault.seconds)
    )
    with serve() as broken, serve() as well:
        address, inside = fault.address.format(port=broken.port), f"http://localhost:{broken.port}"
        if fault.does is not None:
            answers = {path: reply(body=body) for path, body in BODIES.items()}
            broken.replies |= answers | dict.fromkeys(fault.where, fault.does(broken))
        well.replies |= {path: reply(body=body) for path, body in BODIES.items()}
        if fault.public:  # which the registry believes of a page with TLS only
            chosen = page_selection.chosen_pages
            monkeypatch.setattr(
                page_selection, "chosen_pages", lambda *a: list(map(as_public, chosen(*a)))
            )
        if name == INSIDE:  # the page's own address passes for a public one
            monkeypatch.setattr(connections, "is_public", lambda _: broken.count(LIST) == 0)
        captures = [*last_well("acme", address), *last_well("globex", well.url)]
        if fault.robots is None:
            captures += [no_robots("acme", address), no_robots("acme", inside)]
        else:
            broken["/robots.txt"] = fault.robots
        toml = page_toml("acme", address, inside)
        (tmp_path / "providers.toml").write_text(toml + page_toml("globex", well.url))
        Archive(tmp_path / "archive").append(captures)
        yield World(tmp_path, broken)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Any, ...]]]:
    """Return what was known of either page when both were last well."""
    data = tmp_path_factory.mktemp("before")
    address = "https://status.acme.test"
    (data / "providers.toml").write_text(page_toml("acme", address))
    Archive(data / "archive").append(last_well("acme", address))
    assert cli(data, "publish").exit_code == 0
    world = World(data, Site(1))
    assert world.covered_until("acme") == BEFORE
    return world.known("acme", *KNOWN, *SEEN)


@pytest.mark.parametrize("name", FAULTS)
def test_a_page_in_trouble_costs_itself_and_nobody_else(
    name: str, world: World, before: dict[str, list[tuple[Any, ...]]]
) -> None:
    fault = FAULTS[name]
    result = world.collect("acme", "globex")
    assert result.exit_code == fault.beside, result.stderr

    # Each answer is a capture, under its own name and with the status that came.
    tried = world.captures("acme")
    [capture] = tried.filter(pl.col("url").str.ends_with(LIST)).rows(named=True)
    archived = capture["failure"]
    assert (archived or world.source()["failure"]) == fault.failure
    assert capture["http_status"] == fault.http
    assert (capture["sha256"] is None) == (archived is not None)
    assert world.broken.count(LIST) == fault.tries
    pages = {page["page_key"]: page for page in map(json.loads, result.stdout.splitlines())}
    assert pages[key("acme")]["captures"] >= tried.height > 0
    asked = {path for path in world.broken.asked if path in ASKED}
    assert {url[url.index("/", 8) :] for url in tried["url"]} >= asked
    assert Archive(world.data / "archive").verify() == []

    # What was known of the page stays as it was; that nothing came is a gap, not an outage.
    assert world.known("acme", *KNOWN, *SEEN) == before
    assert world.covered_until("acme") == BEFORE
    source = world.source()
    assert (source["last_success_at"], source["consecutive_failures"]) == (BEFORE, 1)

    # The page beside it is whole.
    assert pages[key("globex")]["failures"] == {}
    assert world.known("globex", *KNOWN) == {table: before[table] for table in KNOWN}
    assert world.covered_until("globex") > BEFORE
    assert world.captures("globex")["failure"].to_list() == [None] * len(SHAPES)


@pytest.mark.parametrize("name", FAULTS)
def test_a_page_in_trouble_alone_is_told_by_the_exit_code(name: str, world: World) -> None:
    # Whether a list was emptied is told by its past, which publishing looks at.
    words = [] if FAULTS[name].failure == "empty" else ["--no-publish"]
    result = world.collect("acme", *words)
    assert result.exit_code == FAULTS[name].alone
    assert len(result.stderr.splitlines()) == 1
