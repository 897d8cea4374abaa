"""Which groups of a robots.txt are meant for us, as RFC 9309 says."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ingest.archive.page_history import Memory
from ingest.fetching.robots import Gate
from ingest.models import Capture, FetchFailure, Page
from ingest.sources import Source
from tests.support.captured.cases import CASES, needs_cases

NOW = datetime(2026, 11, 28, tzinfo=UTC)
PAGE = Page("acme", "acme", "statuspage", "https://status.acme.example")
FORBIDDEN = FetchFailure.ROBOTS
MARK = b"\xef\xbb\xbf"


def refuses(robots: bytes, path: str = "/api/v2/incidents.json") -> FetchFailure | None:
    def ask(source: Source) -> Capture:
        return Capture(PAGE.page_key, source.url, source.shape, NOW, http_status=200, body=robots)

    return Gate(PAGE, Memory(NOW, {}, lambda *_: None), ask).refuses(PAGE.base_url + path)


@needs_cases
@pytest.mark.parametrize("name", ["plain.txt", "marked.txt"])
def test_a_byte_order_mark_costs_no_group(name: str) -> None:
    assert refuses((CASES / "disc-robots-bom" / name).read_bytes()) is FORBIDDEN


@pytest.mark.parametrize(
    "robots",
    [
        b"User-agent: *\nDisallow: /api/",
        b"User-agent: statusledger\nDisallow: /",
        b"\r\nUser-agent: *\r\nDisallow: /api/\r\n",
        b"# who\nUser-agent: *\nDisallow: /",
    ],
)
def test_a_mark_before_any_first_line_changes_nothing(robots: bytes) -> None:
    assert refuses(robots) is FORBIDDEN
    assert refuses(MARK + robots) is FORBIDDEN


@pytest.mark.parametrize(
    "name",
    [
        "statusledger",
        "StatusLedger",
        "statusledger/0.1.0",
        "statusledger/*",
        "statusledger (+https://statusledger.example)",
        "statusledger # that is us",
        " statusledger\t",
    ],
)
@pytest.mark.parametrize("field", ["User-agent", "user-agent", "useragent", "User-Agent "])
def test_our_product_token_with_or_without_a_version_is_ours(name: str, field: str) -> None:
    robots = f"{field}: {name}\nDisallow: /\n\nUser-agent: *\nAllow: /\n"
    assert refuses(robots.encode()) is FORBIDDEN


@pytest.mark.parametrize(
    "name",
    ["status", "ledger", "s", "statusledgerbot", "status-ledger", "my statusledger", "*bot", "/"],
)
def test_another_product_token_is_not_ours(name: str) -> None:
    assert refuses(f"User-agent: {name}\nDisallow: /\n".encode()) is None
    everybody = f"User-agent: {name}\nAllow: /\n\nUser-agent: *\nDisallow: /api/\n"
    assert refuses(everybody.encode()) is FORBIDDEN


def test_our_own_group_takes_the_place_of_everybodys() -> None:
    robots = b"User-agent: *\nDisallow: /\n\nUser-agent: statusledger/9\nDisallow: /private\n"
    assert refuses(robots) is None
    assert refuses(robots, "/private/x") is FORBIDDEN


def test_groups_of_ours_are_read_together() -> None:
    robots = b"User-agent: statusledger\nDisallow: /a\n\nUser-agent: StatusLedger/2\nDisallow: /b\n"
    assert [refuses(robots, path) for path in ("/a", "/b", "/c")] == [FORBIDDEN, FORBIDDEN, None]


def test_two_names_share_one_group() -> None:
    robots = b"User-agent: status\nUser-agent: statusledger/1.0\nDisallow: /api/\n"
    assert refuses(robots) is FORBIDDEN
