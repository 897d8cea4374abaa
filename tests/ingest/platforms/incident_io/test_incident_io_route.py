"""Requests to an incident.io page: which, when, and the past only once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.archive.page_history import Memory
from ingest.archive.source_history import SourceHistory
from ingest.fetching.fetcher import Fetcher
from ingest.models import Capture
from ingest.platforms import PLATFORMS
from ingest.runs import collecting
from ingest.simulation.demo import Hands
from ingest.sources import Source
from tests.support.loopback import Site, reply, serve
from tests.support.payloads.incident_io import (
    PAGE,
    atom,
    component,
    impacts_json,
    incident,
    incidents_json,
    parse,
    summary_json,
    update,
)

PLATFORM = PLATFORMS["incident_io"]
PROXY = "/proxy/status.acme.test"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
#: Windows of 30 days lie end to end from 1970 on.
WINDOWS = [
    "?start_at=2026-02-06T00:00:00Z&end_at=2026-03-08T00:00:00Z",
    "?start_at=2026-01-07T00:00:00Z&end_at=2026-02-06T00:00:00Z",
    "?start_at=2025-12-08T00:00:00Z&end_at=2026-01-07T00:00:00Z",
    "?start_at=2025-11-08T00:00:00Z&end_at=2025-12-08T00:00:00Z",
]
NOW = datetime(2026, 2, 20, tzinfo=UTC)


def path_of(source: Source) -> str:
    return source.url.removeprefix(PAGE.base_url)


def test_documented_sources_come_first_and_own_data_only_where_the_registry_says_so() -> None:
    assert [path_of(source) for source in PLATFORM.sources(PAGE)] == [
        "/api/v2/incidents.json",
        "/api/v2/components.json",
        "/feed.atom",
        PROXY,
    ]
    without = PLATFORM.sources(replace(PAGE, page_data=False))
    assert list(without) == list(PLATFORM.sources(PAGE)[:3])
    assert without[0].brisk == 2 * MINUTE


def test_what_a_source_falls_back_on_is_named() -> None:
    _, components, feed, own = PLATFORM.sources(PAGE)
    assert [path_of(one) for one in components.otherwise] == ["/api/v2/summary.json"]
    assert [path_of(one) for one in feed.otherwise] == ["/feed.rss"]
    (longer,) = own.otherwise
    assert path_of(longer) == f"{PROXY}/summary"
    assert [path_of(one) for one in longer.otherwise] == ["/"]


def windows(
    *read: Capture, shape: str = "native", path: str = PROXY, now: datetime = NOW
) -> list[Source]:
    """Return the windows a summary leads to, given what was read before."""
    source = Source(PAGE.page_key, PAGE.base_url + path, "roster", 60 * MINUTE)
    captures = {one.url: one for one in read}
    known = {url: SourceHistory(one, one) for url, one in captures.items()}
    memory = Memory(now, known, lambda *_: None)
    found = PLATFORM.follow(parse(summary_json()), source, PAGE, memory)
    return [one for one in found if one.shape == shape]


def read_at(source: Source, at: datetime) -> Capture:
    return Capture(PAGE.page_key, source.url, source.shape, at)


def test_windows_lie_on_a_fixed_grid_from_now_back_to_the_first_data() -> None:
    assert [path_of(one) for one in windows()] == [f"{PROXY}/incidents{one}" for one in WINDOWS]
    assert [path_of(one) for one in windows(shape="impacts")] == [
        f"{PROXY}/component_impacts{one}" for one in WINDOWS
    ]
    assert windows(now=NOW + 5 * DAY) == windows()


def test_the_current_window_is_read_often_the_last_daily_and_older_ones_are_history() -> None:
    often, daily, *older = windows()
    assert (often.every, often.brisk, often.history) == (15 * MINUTE, 5 * MINUTE, False)
    assert (daily.every, daily.history) == (DAY, False)
    assert [one.history for one in older] == [True, True]


def test_a_window_read_after_its_end_is_never_asked_for_again() -> None:
    *_, older, oldest = windows()
    over = read_at(oldest, datetime(2025, 12, 8, tzinfo=UTC))
    assert oldest.url not in [one.url for one in windows(over)]
    running = read_at(oldest, datetime(2025, 12, 7, tzinfo=UTC))
    again = windows(running)[-1]
    assert (again.url, again.history) == (oldest.url, False)
    assert older.url in [one.url for one in windows(over)]


def test_a_window_missed_after_the_first_that_was_read_is_a_hole_and_not_history() -> None:
    *_, older, oldest = windows()
    hole = windows(read_at(oldest, datetime(2025, 12, 8, tzinfo=UTC)))[-1]
    assert (hole.url, hole.history) == (older.url, False)


def test_only_the_pages_own_summary_leads_to_windows() -> None:
    assert windows(path=f"{PROXY}/summary") == windows()
    assert windows(path="/api/v2/components.json") == []
    assert windows(path="/") == []


@pytest.fixture
def site() -> Iterator[Site]:
    """Serve a page with nothing open and everything but a robots.txt."""
    with serve() as served:
        proxy = "/proxy/127.0.0.1"
        bodies = {
            "/api/v2/incidents.json": incidents_json(incident()),
            "/api/v2/components.json": json.dumps({"components": [component()]}),
            "/feed.atom": atom(),
            proxy: summary_json(),
            **{f"{proxy}/incidents{one}": '{"incidents": []}' for one in WINDOWS},
            **{f"{proxy}/component_impacts{one}": impacts_json(links=[]) for one in WINDOWS},
        }
        for path, body in bodies.items():
            served[path] = reply(body=body.encode(), content_type="application/json")
        yield served


def visit(data: Path, site: Site, at: datetime, *, fill: bool = False) -> Counter[str]:
    """Return what one run asks for, the page's own data by their last word."""
    page = replace(PAGE, base_url=site.url, allow_private=True)
    site.asked.clear()
    with closing(Fetcher(spacing=0)) as fetcher:
        [done] = collecting.collect_now(data, [page], fetcher, Hands(at), fill=fill)
    assert (done.message, done.failures) == (None, Counter())
    names = (path.partition("?")[0].rpartition("/")[2] for path in site.asked)
    return Counter(name for name in names if name != "robots.txt")


def test_each_part_is_asked_for_at_its_own_pace(site: Site, tmp_path: Path) -> None:
    documented = {"incidents.json": 1, "components.json": 1, "feed.atom": 1}
    own = {"127.0.0.1": 1, "incidents": 2, "component_impacts": 2}
    assert visit(tmp_path, site, NOW) == {**documented, **own}
    assert visit(tmp_path, site, NOW + 5 * MINUTE) == {"incidents.json": 1}
    current = {"incidents": 1, "component_impacts": 1}
    assert visit(tmp_path, site, NOW + 15 * MINUTE) == {"incidents.json": 1, **current}
    assert visit(tmp_path, site, NOW + DAY) == {**documented, **own}


def test_while_anything_is_open_the_newest_are_asked_for_more_often(
    site: Site, tmp_path: Path
) -> None:
    now = update("investigating", "2026-02-19T23:00:00Z")
    body = incidents_json(incident("2026-02-19T23:00:00Z", now)).encode()
    site["/api/v2/incidents.json"] = reply(body=body, content_type="application/json")
    visit(tmp_path, site, NOW)
    assert visit(tmp_path, site, NOW + 2 * MINUTE) == {"incidents.json": 1}
    assert visit(tmp_path, site, NOW + 5 * MINUTE) == {
        "incidents.json": 1,
        "incidents": 1,
        "component_impacts": 1,
    }


def test_the_past_is_read_once(site: Site, tmp_path: Path) -> None:
    first = visit(tmp_path, site, NOW, fill=True)
    assert (first["incidents"], first["component_impacts"]) == (4, 4)
    later = visit(tmp_path, site, NOW + DAY, fill=True)
    assert (later["incidents"], later["component_impacts"]) == (2, 2)
