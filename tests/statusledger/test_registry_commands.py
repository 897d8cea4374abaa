"""Commands about the registry, on pages of the loopback interface."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.fetching import fetcher
from ingest.registry import load
from tests.support.command_line import ACME, GOOD, LISTS, Result, bring, cli, put
from tests.support.loopback import Site, reply, serve


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Serve a page; requests need not wait for each other."""
    monkeypatch.setattr(fetcher.RateLimiter, "wait", lambda *_: None)
    with serve() as found:
        yield found


def statuspage(site: Site) -> Site:
    for path, body in LISTS.items():
        site[path] = reply(200, body)
    return site


def kuma_like_shell(site: Site) -> Site:
    """Answer 200 with a page for browsers, whatever is asked for."""
    for path in ("/api/v2/incidents.json", "/api/v2/summary.json", "/index.json", "/summary.json"):
        site[path] = reply(200, b"<!doctype html><title>Status</title>")
    return site


def probe(site: Site, data: Path) -> Result:
    return cli(data, "providers", "probe", site.url, "--allow-private")


def own(site: Site, data: Path) -> None:
    text = ACME.replace("https://status.acme.test", site.url) + "allow_private = true\n"
    data.mkdir(exist_ok=True)
    (data / "providers.toml").write_text(text)


def rows(result: Result) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_the_engine_of_a_page_is_told_by_its_bodies(site: Site, tmp_path: Path) -> None:
    result = probe(statuspage(site), tmp_path / "d")
    assert (result.exit_code, result.stderr) == (0, "")
    [table] = tomllib.loads(result.stdout).values()
    assert table["pages"]["statuspage"]["base_url"] == site.url
    assert table["pages"]["statuspage"]["page_id"] == "pppp1111qqqq"


def test_what_is_printed_can_be_pasted_into_the_registry(site: Site, tmp_path: Path) -> None:
    pasted = tmp_path / "providers.toml"
    pasted.write_text(probe(statuspage(site), tmp_path / "d").stdout)
    [page] = load(path=pasted).pages
    assert (page.platform, str(page.status)) == ("statuspage", "live")


def test_a_page_that_answers_anything_with_200_is_no_engine(site: Site, tmp_path: Path) -> None:
    result = probe(kuma_like_shell(site), tmp_path / "d")
    assert result.exit_code == 1
    assert "none of our engines answers as itself" in result.stderr


def test_robots_are_obeyed_and_no_address_is_asked_for_twice(site: Site, tmp_path: Path) -> None:
    statuspage(site)["/robots.txt"] = reply(200, b"User-agent: *\nDisallow: /\n")
    assert probe(site, tmp_path / "d").exit_code == 1
    assert set(site.asked) == {"/robots.txt"}
    assert site.count("/robots.txt") == 1


def test_a_private_address_is_asked_only_where_that_is_said(site: Site, tmp_path: Path) -> None:
    result = cli(tmp_path / "d", "providers", "probe", site.url)
    assert result.exit_code == 2
    assert site.asked == []


def test_a_good_page_is_told_with_its_counts(site: Site, tmp_path: Path) -> None:
    own(statuspage(site), tmp_path / "d")
    result = cli(tmp_path / "d", "providers", "check", "acme", "--format", "json")
    assert result.exit_code == 0
    [incidents] = [row for row in rows(result) if row["url"].endswith("/incidents.json")]
    assert (incidents["verdict"], incidents["incidents"], incidents["rejects"]) == ("good", 1, 0)
    assert incidents["newest_at"]


@pytest.mark.parametrize(
    ("body", "status", "verdict"),
    [
        (b'{"page": null}', 200, "changed"),
        (b"<html>", 200, "changed"),
        (GOOD.replace(b"pppp1111qqqq", b"other1111aaa"), 200, "moved"),
        (GOOD.replace(b"pppp1111qqqq", b"01JMDK9XYNY6RXSED6SDWW50WY"), 200, "moved"),
        (b"gone", 410, "dead"),
    ],
)
def test_what_became_of_a_page_is_said_and_is_the_exit_code(
    site: Site, tmp_path: Path, body: bytes, status: int, verdict: str
) -> None:
    own(site, tmp_path / "d")
    for path in LISTS:
        site[path] = reply(status, body)
    result = cli(tmp_path / "d", "providers", "check", "acme", "--format", "json")
    assert result.exit_code == 1
    assert {row["verdict"] for row in rows(result)} == {verdict}


def test_one_page_of_several_in_trouble_is_some_failed(site: Site, tmp_path: Path) -> None:
    data = tmp_path / "d"
    own(statuspage(site), data)
    text = (data / "providers.toml").read_text()
    dead = text.replace("acme", "globex").replace(site.url, "http://127.0.0.1:1")
    (data / "providers.toml").write_text(text + dead)
    result = cli(data, "providers", "check", "acme", "globex", "--format", "json")
    assert result.exit_code == 3
    found = {row["provider"]: row["verdict"] for row in rows(result)}
    assert found == {"acme": "good", "globex": "dead"}


def test_nothing_that_is_checked_is_archived(site: Site, tmp_path: Path) -> None:
    own(statuspage(site), tmp_path / "d")
    cli(tmp_path / "d", "providers", "check", "acme")
    assert not (tmp_path / "d" / "archive").exists()


def test_payloads_are_recorded_with_what_they_were_read_as(site: Site, tmp_path: Path) -> None:
    own(statuspage(site), tmp_path / "d")
    cli(tmp_path / "d", "providers", "check", "acme", "--record")
    folder = tmp_path / "d" / "recorded" / "acme"
    bodies = {path.read_bytes() for path in folder.glob("*.payload")}
    assert GOOD in bodies
    counts = [json.loads(path.read_text()) for path in folder.glob("*.expect.json")]
    assert {"incidents": 1, "page_id": "pppp1111qqqq"}.items() <= max(
        counts, key=lambda one: one["incidents"]
    ).items()


def test_a_check_says_whom_to_check(tmp_path: Path) -> None:
    assert cli(tmp_path, "providers", "check").exit_code == 2


def test_coverage_is_told_of_each_page(tmp_path: Path) -> None:
    (tmp_path / "providers.toml").write_text(ACME)
    asked = ("providers", "list", "--coverage", "--format", "json")
    before = {row["provider"]: row for row in rows(cli(tmp_path, *asked))}
    assert not before["acme"]["read"]
    bring(tmp_path, put(tmp_path / "in", "2026-01-10T12-00-00Z.json"))
    after = {row["provider"]: row for row in rows(cli(tmp_path, *asked))}
    assert after["acme"]["read"]
    assert after["acme"]["covered_since"]
    assert after["acme"]["surfaces"] <= after["acme"]["components"]
    assert after["poe"]["why_not"]


def test_of_each_page_that_is_not_collected_the_reason_is_told(tmp_path: Path) -> None:
    asked = ("providers", "list", "--coverage", "--format", "json")
    told = rows(cli(tmp_path, *asked))
    shut = [row for row in told if row["status"] not in {"live", "unverified"}]
    assert [row["provider"] for row in shut if not (row["why_not"] or "").strip()] == []
    assert {row["status"] for row in shut if row["platform"] == "unknown"} <= {
        "planned",
        "no_feed",
        "blocked",
        "retired",
    }
    assert [row["provider"] for row in told if row["platform"] == "unknown"] == [
        row["provider"] for row in shut if row["platform"] == "unknown"
    ]
    printed = cli(tmp_path, *asked[:-2]).stdout
    assert all(row["why_not"][:40] in printed for row in shut)
