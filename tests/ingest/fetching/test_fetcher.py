"""Fetching over real HTTP on the loopback interface: manners, limits, named failures."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import socket
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest

from ingest.archive.page_history import NOTHING_KNOWN, Validators
from ingest.fetching import connections
from ingest.fetching.fetcher import MAX_BYTES, Fetcher, RateLimiter, user_agent
from ingest.models import FetchFailure
from ingest.sources import Source
from tests.support.ledgers.fetching import BODY, NOON, get, page_on
from tests.support.loopback import Reply, Site, drip, in_turn, raw, reply


def test_a_capture_holds_the_bytes_their_hash_and_the_time_of_asking(
    site: Site, fetcher: Fetcher
) -> None:
    site["/feed.json"] = reply(
        body=BODY,
        ETag='W/"7"',
        Set_Cookie="a=b",
        X_Request_Id="1",
        Date="Thu, 09 Jul 2026 12:00:00 GMT",
    )
    found = get(fetcher, page_on(site))
    assert (found.failure, found.http_status, found.body) == (None, 200, BODY)
    assert found.sha256 == hashlib.sha256(BODY).hexdigest()
    assert (found.captured_at, found.shape) == (NOON, "incident")
    assert found.headers["etag"] == 'W/"7"'
    assert set(found.headers) == {"etag", "date", "content-length"}


def test_an_unchanged_body_is_not_sent_again(site: Site, fetcher: Fetcher) -> None:
    site["/feed.json"] = reply(304)
    known = Validators('W/"7"', "Thu, 09 Jul 2026 11:00:00 GMT", hashlib.sha256(BODY).hexdigest())
    found = get(fetcher, page_on(site), validators=known)
    assert site.headers[0]["If-None-Match"] == known.etag
    assert site.headers[0]["If-Modified-Since"] == known.last_modified
    assert (found.failure, found.http_status, found.body) == (None, 304, None)
    assert found.sha256 == known.sha256


def test_a_304_nobody_asked_for_is_no_success(site: Site, fetcher: Fetcher) -> None:
    site["/feed.json"] = reply(304)
    found = get(fetcher, page_on(site))
    assert (found.failure, found.sha256) == (FetchFailure.REDIRECT, None)


def test_html_with_200_is_captured_as_it_is(site: Site, fetcher: Fetcher) -> None:
    html = b"<!doctype html><title>Status</title>"
    site["/feed.json"] = reply(body=html, content_type="text/html")
    found = get(fetcher, page_on(site))
    assert (found.failure, found.body) == (None, html)


def test_gzip_is_undone_even_in_several_members(site: Site, fetcher: Fetcher) -> None:
    both = gzip.compress(BODY[:10]) + gzip.compress(BODY[10:])
    site["/feed.json"] = reply(body=both, content_encoding="gzip")
    assert get(fetcher, page_on(site)).body == BODY


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (401, FetchFailure.HTTP_401_403),
        (403, FetchFailure.HTTP_401_403),
        (404, FetchFailure.HTTP_404_410),
        (410, FetchFailure.HTTP_404_410),
        (429, FetchFailure.HTTP_429),
        (418, FetchFailure.HTTP_4XX),
        (500, FetchFailure.HTTP_5XX),
        (503, FetchFailure.HTTP_5XX),
        (304, FetchFailure.REDIRECT),
        (206, FetchFailure.TRUNCATED),
    ],
)
def test_a_status_is_a_named_failure_without_a_body(
    site: Site, fetcher: Fetcher, status: int, failure: FetchFailure
) -> None:
    site["/feed.json"] = reply(status, b"no")
    found = get(fetcher, page_on(site))
    assert (found.failure, found.http_status) == (failure, status)
    assert found.body is None
    assert found.sha256 is None


CHALLENGES: list[Reply] = [
    reply(403, b"<html><title>Just a moment...</title>", content_type="text/html; charset=UTF-8"),
    reply(503, gzip.compress(b"<html>captcha"), content_type="text/html", content_encoding="gzip"),
    reply(403, b"{}", cf_mitigated="challenge"),
]


@pytest.mark.parametrize("challenge", CHALLENGES)
def test_a_bot_challenge_is_blocked(site: Site, fetcher: Fetcher, challenge: Reply) -> None:
    site["/feed.json"] = challenge
    assert get(fetcher, page_on(site)).failure is FetchFailure.BLOCKED


def test_a_plain_403_page_is_no_challenge(site: Site, fetcher: Fetcher) -> None:
    site["/feed.json"] = reply(403, b"<html>Forbidden</html>", content_type="text/html")
    assert get(fetcher, page_on(site)).failure is FetchFailure.HTTP_401_403


def test_a_server_error_is_tried_once_more(site: Site, fetcher: Fetcher) -> None:
    site["/feed.json"] = in_turn(reply(503), reply(body=BODY))
    assert get(fetcher, page_on(site)).body == BODY
    assert site.count("/feed.json") == 2


def test_a_server_that_stays_down_is_not_pressed(site: Site, fetcher: Fetcher) -> None:
    site["/feed.json"] = reply(500)
    assert get(fetcher, page_on(site)).failure is FetchFailure.HTTP_5XX
    assert site.count("/feed.json") == 2


def test_a_long_retry_after_is_recorded_and_not_sat_out(site: Site, fetcher: Fetcher) -> None:
    for path, status in (("/busy", 429), ("/down", 503)):
        site[path] = reply(status, retry_after="3600")
        found = get(fetcher, page_on(site), path)
        assert (found.http_status, found.headers["retry-after"]) == (status, "3600")
        assert site.count(path) == 1


def test_a_short_retry_after_is_honoured(site: Site, fetcher: Fetcher) -> None:
    site["/feed.json"] = in_turn(reply(429, retry_after="0"), reply(body=BODY))
    assert get(fetcher, page_on(site)).body == BODY


def test_a_body_beyond_the_cap_is_too_large_before_it_is_read(site: Site, fetcher: Fetcher) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {60 * 2**20}\r\n\r\n".encode()
    site["/feed.json"] = raw(head)
    assert get(fetcher, page_on(site)).failure is FetchFailure.TOO_LARGE


def test_a_60_mib_body_of_unknown_length_is_given_up_at_the_cap(
    site: Site, fetcher: Fetcher
) -> None:
    sent = []

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(60):
            handler.wfile.write(b"100000\r\n" + bytes(2**20) + b"\r\n")
            sent.append(2**20)

    site["/feed.json"] = endless
    found = get(fetcher, page_on(site))
    assert (found.failure, found.body) == (FetchFailure.TOO_LARGE, None)
    assert sum(sent) < 60 * 2**20


def test_a_gzip_bomb_is_too_large(site: Site, fetcher: Fetcher) -> None:
    bomb = gzip.compress(bytes(MAX_BYTES + 1))
    assert len(bomb) < 100_000
    site["/feed.json"] = reply(body=bomb, content_encoding="gzip")
    assert get(fetcher, page_on(site)).failure is FetchFailure.TOO_LARGE


def test_a_body_of_exactly_the_cap_is_taken(site: Site) -> None:
    site["/feed.json"] = reply(body=BODY)
    assert get(Fetcher(0, max_bytes=len(BODY)), page_on(site)).body == BODY
    assert get(Fetcher(0, max_bytes=len(BODY) - 1), page_on(site)).failure == "too_large"


SHORT: dict[str, bytes] = {
    "fewer bytes than stated": b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + BODY,
    "a chunk half way": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\n" + BODY,
    "no last chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    "a gzip stream cut short": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    + gzip.compress(BODY)[:-9],
    "damaged gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + BODY,
}


@pytest.mark.parametrize("case", SHORT)
def test_bytes_that_did_not_all_arrive_are_truncated(
    site: Site, fetcher: Fetcher, case: str
) -> None:
    site["/feed.json"] = raw(SHORT[case])
    found = get(fetcher, page_on(site))
    assert (found.failure, found.http_status, found.body) == (FetchFailure.TRUNCATED, 200, None)


def test_a_connection_broken_half_way_is_truncated(site: Site, fetcher: Fetcher) -> None:
    def half(handler: BaseHTTPRequestHandler) -> None:
        raw(SHORT["fewer bytes than stated"])(handler)
        handler.connection.shutdown(socket.SHUT_RDWR)

    site["/feed.json"] = half
    assert get(fetcher, page_on(site)).failure is FetchFailure.TRUNCATED


def test_a_server_that_hangs_up_without_a_word_is_reset(site: Site, fetcher: Fetcher) -> None:
    site["/feed.json"] = raw(b"")
    found = get(fetcher, page_on(site))
    assert (found.failure, found.http_status) == (FetchFailure.RESET, None)


def test_a_port_nobody_listens_on_is_refused(fetcher: Fetcher) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        page = page_on(Site(taken.getsockname()[1]))
        assert get(fetcher, page).failure is FetchFailure.REFUSED


def test_a_name_that_is_unknown_is_dns(
    site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    page = replace(page_on(site), base_url="http://status.acme.example")
    assert get(fetcher, page).failure is FetchFailure.DNS


def test_a_server_without_tls_where_tls_was_promised_is_tls(site: Site, fetcher: Fetcher) -> None:
    page = replace(page_on(site), base_url=site.url.replace("http:", "https:"))
    assert get(fetcher, page).failure is FetchFailure.TLS


def test_an_address_that_is_none_is_a_value_too(site: Site, fetcher: Fetcher) -> None:
    page = replace(page_on(site), base_url="http://[half-an-address")
    assert get(fetcher, page).failure is FetchFailure.DNS


DRIPS = {
    "body": (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x"),
    "body of unknown length": (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b"x"),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"X-Wait: a\r\n"),
    "status line": (b"HTTP/1.1 200 ", b"O"),
}


@pytest.mark.parametrize("where", DRIPS)
def test_a_slow_drip_ends_when_the_whole_time_is_up(site: Site, where: str) -> None:
    fetcher = Fetcher(spacing=0, seconds=0.3)
    site["/feed.json"] = drip(site, *DRIPS[where])
    assert get(fetcher, page_on(site)).failure is FetchFailure.TIMEOUT
    assert site.count("/feed.json") == 1


def test_a_kept_connection_is_under_the_time_limit_too(site: Site) -> None:
    fetcher = Fetcher(spacing=0, seconds=0.3)
    site["/quick"] = reply(body=BODY)
    site["/feed.json"] = drip(site, *DRIPS["body"])
    assert get(fetcher, page_on(site), "/quick").body == BODY
    assert get(fetcher, page_on(site)).failure is FetchFailure.TIMEOUT


def test_closing_cuts_what_is_under_way(site: Site, fetcher: Fetcher) -> None:
    def close_then_drip(handler: BaseHTTPRequestHandler) -> None:
        fetcher.close()
        drip(site, *DRIPS["body"])(handler)

    site["/feed.json"] = close_then_drip
    assert get(fetcher, page_on(site)).failure is not None


def test_a_redirect_within_the_page_is_followed(site: Site, fetcher: Fetcher) -> None:
    site["/feed.json"] = reply(301, location="/moved.json")
    site["/moved.json"] = reply(body=BODY)
    found = get(fetcher, page_on(site))
    assert found.body == BODY
    assert found.url == f"{site.url}/feed.json"


def test_a_redirect_to_an_alternate_host_is_followed(site: Site, fetcher: Fetcher) -> None:
    other = f"http://localhost:{site.port}"
    site["/feed.json"] = reply(302, location=f"{other}/moved.json")
    site["/moved.json"] = reply(body=BODY)
    assert get(fetcher, page_on(site)).failure is FetchFailure.REDIRECT
    assert site.asked == ["/feed.json"]
    assert get(fetcher, page_on(site, True, other)).body == BODY


def test_the_body_of_a_redirect_is_not_read(site: Site) -> None:
    fetcher = Fetcher(spacing=0, seconds=5)
    head = b"HTTP/1.1 302 Found\r\nLocation: /moved.json\r\nConnection: close\r\n\r\n"
    site["/feed.json"] = drip(site, head, b"x")
    site["/moved.json"] = reply(body=BODY)
    assert get(fetcher, page_on(site)).body == BODY


@pytest.mark.parametrize(
    "location",
    ["https://login.acme.example/", "file:///etc/passwd", "//[broken", "", "ftp://127.0.0.1/"],
)
def test_a_redirect_anywhere_else_is_not_followed(
    site: Site, fetcher: Fetcher, location: str
) -> None:
    site["/feed.json"] = reply(302, location=location)
    found = get(fetcher, page_on(site))
    assert (found.failure, found.http_status) == (FetchFailure.REDIRECT, 302)


def test_a_redirect_in_a_circle_ends(site: Site, fetcher: Fetcher) -> None:
    site["/feed.json"] = reply(302, location="/feed.json")
    assert get(fetcher, page_on(site)).failure is FetchFailure.REDIRECT
    assert site.count("/feed.json") < 10


def test_robots_are_asked_before_each_hop(site: Site, fetcher: Fetcher) -> None:
    site["/feed.json"] = reply(302, location="/api/feed.json")
    page = page_on(site)
    source = Source(page.page_key, f"{site.url}/feed.json", "incident", timedelta(0))

    def refuses(url: str) -> FetchFailure | None:
        return FetchFailure.ROBOTS if "/api/" in url else None

    found = fetcher.get(source, page, NOTHING_KNOWN, lambda: NOON, refuses)
    assert found.failure is FetchFailure.ROBOTS
    assert site.asked == ["/feed.json"]


def test_a_private_address_is_refused_before_a_byte_is_sent(site: Site, fetcher: Fetcher) -> None:
    site["/feed.json"] = reply(body=BODY)
    assert get(fetcher, page_on(site, allow_private=False)).failure is FetchFailure.REFUSED
    assert site.asked == []


def test_a_public_name_that_leads_to_a_private_address_is_refused(
    site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", site.port))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [address])
    page = replace(page_on(site, False), base_url=f"http://status.acme.example:{site.port}")
    assert get(fetcher, page).failure is FetchFailure.REFUSED
    assert site.asked == []


def test_a_redirect_to_a_private_address_is_refused(
    site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    public_then_private = itertools.chain([True], itertools.repeat(False))
    monkeypatch.setattr(connections, "is_public", lambda _: next(public_then_private))
    inside = f"http://localhost:{site.port}"
    site["/feed.json"] = reply(302, location=f"{inside}/admin")
    found = get(fetcher, page_on(site, False, inside))
    assert found.failure is FetchFailure.REDIRECT
    assert site.asked == ["/feed.json"]


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("192.168.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("240.0.0.1", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.216.34", True),
    ],
)
def test_only_addresses_on_the_public_internet_are_public(address: str, public: bool) -> None:
    assert connections.is_public(address) is public


def test_we_say_who_we_are(site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    get(fetcher, page_on(site))
    assert site.headers[0]["User-Agent"].startswith("statusledger/")
    assert "Mozilla" not in site.headers[0]["User-Agent"]
    monkeypatch.setenv("STATUSLEDGER_CONTACT", "mailto:ops@acme.example")
    assert user_agent().endswith("mailto:ops@acme.example)")


def test_cookies_and_stored_passwords_are_left_at_home(
    site: Site,
    fetcher: Fetcher,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password something\n")
    monkeypatch.setenv("NETRC", str(netrc))
    site["/feed.json"] = reply(body=BODY, set_cookie="a=b; Path=/")
    for _ in range(2):
        get(fetcher, page_on(site))
    assert len(site.headers) == 2
    assert not {"Cookie", "Authorization"} & set(site.headers[1])


def test_requests_to_one_platform_are_spaced_and_others_do_not_wait() -> None:
    clock, slept = [100.0], list[float]()
    turns = RateLimiter(1.0, sleep=slept.append, clock=lambda: clock[0])
    for key in ("statuspage", "statuspage", "aws", "statuspage"):
        turns.wait(key)
    assert slept == [1.0, 2.0]
    clock[0] = 110.0
    turns.wait("statuspage")
    assert slept == [1.0, 2.0]
