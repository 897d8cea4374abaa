"""Servers that mean harm: what they send costs us neither memory nor manners nor a wrong name."""

from __future__ import annotations

import gzip
import itertools
import logging
import socket
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from ingest.archive.page_history import Memory, Validators
from ingest.fetching import connections, robots
from ingest.fetching.fetcher import Fetcher
from ingest.models import Capture, FetchFailure
from ingest.sources import Source
from statusledger.terminal import log_plainly
from tests.support.ledgers.fetching import BODY, NOON, get, page_on
from tests.support.loopback import Reply, Site, raw, reply

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
GZIP = OK + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n"
MIB = 2**20
CAP = MIB


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    fetcher = Fetcher(spacing=0, max_bytes=CAP, seconds=5)
    yield fetcher
    fetcher.close()


def flood(head: bytes, drop: bytes) -> Reply:
    """``head``, then 64 MiB of ``drop``, for as long as anybody listens."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        handler.wfile.write(head)
        for _ in range(64 * MIB // len(drop)):
            handler.wfile.write(drop)

    return answer


BOMB = gzip.compress(bytes(64 * MIB))
PIECE = gzip.compress(bytes(64 * 2**10))
FLOODS: dict[str, tuple[Reply, FetchFailure | None]] = {
    "a bomb": (raw(GZIP + BOMB), FetchFailure.TOO_LARGE),
    "a bomb of many members": (raw(GZIP + PIECE * 1024), FetchFailure.TOO_LARGE),
    "a bomb in a bomb": (raw(GZIP + gzip.compress(BOMB)), None),
    "a chunk of negative length": (flood(CHUNKED + b"-1\r\n", bytes(MIB)), FetchFailure.TRUNCATED),
    "a chunk without an end": (
        flood(CHUNKED + b"f" * 15 + b"\r\n", bytes(MIB)),
        FetchFailure.TOO_LARGE,
    ),
    "a chunk's length without an end": (flood(CHUNKED, b"1" * MIB), FetchFailure.TRUNCATED),
    "a trailer without an end": (flood(CHUNKED + b"0\r\n", b"x" * MIB), FetchFailure.TRUNCATED),
    "a header without an end": (flood(OK + b"X: ", b"x" * MIB), FetchFailure.RESET),
    "a status line without an end": (flood(b"HTTP/1.1 ", b"2" * MIB), FetchFailure.RESET),
    "a body of unknown length": (flood(OK + b"\r\n", bytes(MIB)), FetchFailure.TOO_LARGE),
}


@pytest.mark.parametrize("case", FLOODS)
def test_a_flood_is_given_up_within_the_memory_of_a_few_captures(
    site: Site, fetcher: Fetcher, case: str
) -> None:
    site["/feed.json"], failure = FLOODS[case]
    get(fetcher, page_on(site), "/warm")
    tracemalloc.start()
    try:
        found = get(fetcher, page_on(site))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.failure is failure
    assert peak < 6 * CAP


def test_what_is_packed_twice_is_kept_packed_once(site: Site, fetcher: Fetcher) -> None:
    packed = gzip.compress(BODY)
    site["/feed.json"] = reply(body=packed, content_encoding="gzip, gzip")
    assert get(fetcher, page_on(site)).body == packed


UNFIT: dict[str, bytes] = {
    "a line break": b'"a\r\n b"',
    "a lone return": b'"a\rX-Injected: b"',
    "NUL": b'"a\0b"',
    "an escape": b'"a\x1b[31mb"',
    "Latin-1": b'"\xe9\x85"',
    "60 KB": b'"' + b"a" * 60_000 + b'"',
}


@pytest.mark.parametrize("name", ["ETag", "Last-Modified"])
@pytest.mark.parametrize("case", UNFIT)
def test_only_a_header_fit_to_be_sent_back_is(
    site: Site, fetcher: Fetcher, name: str, case: str
) -> None:
    head = OK + name.encode() + b": " + UNFIT[case] + b"\r\nContent-Length: 2\r\n\r\n{}"
    site["/feed.json"] = raw(head)
    first = get(fetcher, page_on(site))
    assert (first.failure, first.body) == (None, b"{}")
    kept = first.headers.get("etag"), first.headers.get("last-modified")
    again = get(fetcher, page_on(site), validators=Validators(*kept, first.sha256))
    assert (again.failure, again.body) == (None, b"{}")
    sent = dict(site.headers[-1])
    assert "X-Injected" not in sent
    for value in (sent.get("If-None-Match", ""), sent.get("If-Modified-Since", "")):
        assert value.isascii()
        assert value.isprintable()
        assert len(value) <= 1_000


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    "text",
    [
        b"soon",
        b"-5",
        b"9" * 5_000,
        b"1\r\n 2",
        b"Fri, 31 Dec 99999 23:59:59 GMT",
        b"Fri, 31 Dec 9999 23:59:59 -9999",
        "²".encode("latin-1"),
        b"\x1b[2J",
    ],
)
def test_a_retry_after_that_says_nothing_is_no_second_try(
    site: Site, fetcher: Fetcher, status: int, text: bytes
) -> None:
    head = b"HTTP/1.1 %d No\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n" % (status, text)
    site["/feed.json"] = raw(head)
    found = get(fetcher, page_on(site))
    assert (found.http_status, site.count("/feed.json")) == (status, 1)
    assert found.failure is (FetchFailure.HTTP_429 if status == 429 else FetchFailure.HTTP_5XX)


@pytest.mark.parametrize("stated", [b"9" * 5_000, "²".encode("latin-1"), b"-5", b"two"])
def test_a_length_that_is_no_number_is_not_believed(
    site: Site, fetcher: Fetcher, stated: bytes
) -> None:
    site["/feed.json"] = raw(OK + b"Content-Length: " + stated + b"\r\n\r\n{}")
    assert get(fetcher, page_on(site)).body == b"{}"


def test_an_answer_with_two_lengths_is_none(site: Site, fetcher: Fetcher) -> None:
    site["/feed.json"] = raw(OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}")
    assert get(fetcher, page_on(site)).failure is FetchFailure.RESET


def test_a_line_that_is_no_header_is_nobodys_news(
    site: Site, fetcher: Fetcher, caplog: pytest.LogCaptureFixture
) -> None:
    log_plainly()
    site["/feed.json"] = raw(OK + b"\x1b[31mno header\r\nContent-Length: 2\r\n\r\n{}")
    with caplog.at_level(logging.WARNING):
        assert get(fetcher, page_on(site)).failure is None
    assert caplog.records == []


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names that were looked up; only ours are ever found."""
    names: list[str] = []
    real = socket.getaddrinfo

    def look_up(host: str, *args: Any, **kwargs: Any) -> Any:
        names.append(host)
        if "evil" in host:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return names


@pytest.mark.parametrize(
    "location",
    [
        "http://evil.example\\@{ours}/moved",
        "http://{ours}\\@evil.example/moved",
        "http://{ours}@evil.example/moved",
        "http://evil.example#@{ours}/moved",
        "http://evil.example?@{ours}/moved",
        "http:////evil.example/moved",
        "\\\\evil.example/moved",
        "//evil.example\t@{ours}/moved",
        "http://evil.example\r\n @{ours}/moved",
        "http://evil\0.example/moved",
    ],
)
def test_no_spelling_of_a_redirect_leads_to_another_host(
    site: Site, fetcher: Fetcher, looked_up: list[str], location: str
) -> None:
    ours = site.url.removeprefix("http://")
    target = location.format(ours=ours).encode("latin-1")
    head = b"HTTP/1.1 302 Found\r\nLocation: " + target + b"\r\nContent-Length: 0\r\n\r\n"
    site["/feed.json"] = raw(head)
    assert get(fetcher, page_on(site)).failure is not None
    assert set(looked_up) == {"127.0.0.1"}


#: Ways to write the loopback address; the first few reach it wherever this is run.
SPELLINGS = (
    "127.0.0.1",
    "localhost",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "0",
    "0.0.0.0",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::1]",
    "[::]",
)


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_of_a_private_address_is_public(
    site: Site, fetcher: Fetcher, host: str
) -> None:
    site["/feed.json"] = reply(body=BODY)
    inside = replace(page_on(site), base_url=f"http://{host}:{site.port}")
    if host in SPELLINGS[:2]:
        assert get(fetcher, inside).body == BODY
    reached = len(site.asked)
    found = get(fetcher, replace(inside, allow_private=False))
    assert (found.failure, len(site.asked)) == (FetchFailure.REFUSED, reached)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("64:ff9b::5db8:d822", True),
        ("2002:7f00:1::", False),
        ("2002:c0a8:1::1", False),
        ("::7f00:1", False),
        ("::", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("2001:db8::1", False),
        ("2606:2800:220:1::1", True),
    ],
)
def test_an_address_inside_an_address_is_what_counts(address: str, public: bool) -> None:
    assert connections.is_public(address) is public


def test_a_line_kept_for_one_page_is_no_way_in_for_another(site: Site, fetcher: Fetcher) -> None:
    site["/feed.json"] = reply(body=BODY)
    assert get(fetcher, page_on(site, allow_private=True)).body == BODY
    assert get(fetcher, page_on(site, allow_private=False)).failure is FetchFailure.REFUSED
    assert site.count("/feed.json") == 1


def test_a_name_that_changes_its_mind_is_checked_on_each_new_line(
    site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    public_once = itertools.chain([True], itertools.repeat(False))
    monkeypatch.setattr(connections, "is_public", lambda _: next(public_once))
    site["/feed.json"] = raw(OK + b"Content-Length: 2\r\nConnection: close\r\n\r\n{}")
    page = page_on(site, allow_private=False)
    assert get(fetcher, page).body == b"{}"
    assert get(fetcher, page).failure is FetchFailure.REFUSED
    assert site.count("/feed.json") == 1


def test_rules_beyond_half_a_mebibyte_are_left_unread_and_none_is_cut_in_two() -> None:
    head, half = b"User-agent: *\nDisallow: /secret\n#", b"Disallow: /"
    filling = b"x" * (robots.LONGEST - len(head) - len(half) - 1) + b"\n"
    body = head + filling + half + b"much\n"
    page = page_on(Site(80))

    def ask(source: Source) -> Capture:
        return Capture(page.page_key, source.url, source.shape, NOON, body=body)

    memory = Memory(NOON, {}, lambda *_: None)
    gate = robots.Gate(page, memory, ask)
    refused = {path: gate.refuses(page.base_url + path) for path in ("/secret", "/feed", "/much")}
    assert refused == {"/secret": "robots", "/feed": None, "/much": None}
