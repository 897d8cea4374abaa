"""A run whose clock the servers disagree with says so and marks what it captured."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from ingest.archive.store import Archive
from ingest.fetching.collector import collect
from ingest.fetching.fetcher import Fetcher
from ingest.fetching.run_clock import RunClock
from ingest.models import CLOCK_SKEW, Capture, FetchFailure
from tests.support.loopback import Site, reply
from tests.support.payloads.toy_pages import NOON, page_on, source, toy

MINUTE = timedelta(minutes=1)


def answered(ahead: timedelta, **headers: str) -> Capture:
    """Make a capture made when our clock was ``ahead`` of the server's."""
    date = format_datetime(NOON - ahead, usegmt=True)
    return Capture("acme", "https://acme.example", "list", NOON, headers={"date": date, **headers})


@pytest.mark.parametrize("ahead", [11 * MINUTE, -11 * MINUTE, timedelta(days=365)])
def test_a_clock_more_than_ten_minutes_off_marks_its_captures(ahead: timedelta) -> None:
    clock = RunClock()
    assert clock.mark(answered(ahead)).headers[CLOCK_SKEW] == str(round(ahead.total_seconds()))
    mute = Capture("acme", "https://b.example", "list", NOON, failure=FetchFailure.TIMEOUT)
    assert CLOCK_SKEW in clock.mark(mute).headers
    line = clock.line()
    assert line is not None
    assert ("ahead of" if ahead > timedelta(0) else "behind") in line


@pytest.mark.parametrize("ahead", [timedelta(0), 9 * MINUTE, -10 * MINUTE])
def test_a_clock_within_ten_minutes_marks_nothing(ahead: timedelta) -> None:
    clock = RunClock()
    capture = answered(ahead)
    assert clock.mark(capture) == capture
    assert clock.line() is None


def test_one_server_with_a_wrong_clock_is_outvoted() -> None:
    clock = RunClock()
    for ahead in (timedelta(0), timedelta(days=3), timedelta(0)):
        clock.mark(answered(ahead))
    assert clock.line() is None


def test_an_answer_from_a_cache_is_as_old_as_it_says() -> None:
    clock = RunClock()
    capture = answered(60 * MINUTE, age="3600")
    assert clock.mark(capture) == capture


@pytest.mark.parametrize("headers", [{}, {"date": "soon"}, {"date": "Thu, 09 Jul 2026 12:00:00"}])
def test_what_cannot_be_read_says_nothing(headers: dict[str, str]) -> None:
    clock = RunClock()
    capture = Capture("acme", "https://acme.example", "list", NOON, headers=headers)
    assert clock.mark(capture) == capture


def test_a_run_with_a_wrong_clock_says_so(
    site: Site, tmp_path: Path, fetcher: Fetcher, caplog: pytest.LogCaptureFixture
) -> None:
    archive = Archive(tmp_path)
    site["/list"] = reply(body=b"{}", date=format_datetime(NOON - 60 * MINUTE, usegmt=True))
    platform = toy(lambda page: [source(page, "/list")])
    collect([page_on(site)], {"toy": platform}, archive, fetcher, lambda: NOON)
    [line] = caplog.messages
    assert line.startswith("this machine's clock is ")
    [kept] = [c for path in archive.files() for c in archive.read(path) if c.shape == "list"]
    assert CLOCK_SKEW in kept.headers
