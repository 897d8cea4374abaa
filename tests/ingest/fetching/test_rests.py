"""A page of which nothing is due is left alone, unread, and never longer than that."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ingest.archive.store import Archive
from ingest.fetching.collector import RESTS, collect
from ingest.fetching.fetcher import Fetcher
from ingest.fetching.page_visit import PageRun
from ingest.models import Capture, Impact, Incident, Kind, Page, Parsed, Stage
from tests.support.loopback import Site, reply
from tests.support.payloads.toy_pages import MINUTES, NOON, page_on, source, toy

LIST = "/list"


class Visits:
    """Runs of one toy page, and how many payloads were parsed in them."""

    def __init__(self, site: Site, folder: Path, fetcher: Fetcher) -> None:
        self.page, self.archive, self.fetcher = page_on(site), Archive(folder / "archive"), fetcher
        self.derived, self.parsed, self.open = folder / "derived", 0, False
        site[LIST] = reply(body=b"{}")
        self.platform = replace(
            toy(lambda page: [replace(source(page, LIST), brisk=2 * MINUTES)], parse=self.parse),
            indexes=frozenset({"list"}),
        )

    def parse(self, page: Page) -> Parsed:
        self.parsed += 1
        stage = Stage.INVESTIGATING if self.open else Stage.RESOLVED
        incident = Incident("one", Kind.INCIDENT, "One", "x", stage, Impact.UNKNOWN, NOON)
        return Parsed("list", incidents=(incident,))

    def run(self, at: datetime, limit: int = 100, fill: bool = False) -> PageRun:
        platforms = {"toy": self.platform}
        [run] = collect(
            [self.page],
            platforms,
            self.archive,
            self.fetcher,
            lambda: at,
            limit=limit,
            fill=fill,
            derived=self.derived,
        )
        return run


@pytest.fixture
def visits(site: Site, tmp_path: Path, fetcher: Fetcher) -> Visits:
    return Visits(site, tmp_path, fetcher)


def test_a_page_of_which_nothing_is_due_is_not_read(visits: Visits, site: Site) -> None:
    assert visits.run(NOON).captures == 2
    visits.parsed = 0
    run = visits.run(NOON + MINUTES)
    assert (run.captures, run.message, visits.parsed) == (0, None, 0)
    assert run.back_at is not None
    assert run.back_at <= NOON + 5 * MINUTES
    assert site.count(LIST) == 1


def test_it_is_asked_again_to_the_second(visits: Visits, site: Site) -> None:
    visits.run(NOON)
    visits.run(NOON + 2 * MINUTES)
    due = NOON + 4.5 * MINUTES
    assert visits.run(due - timedelta(seconds=1)).captures == 0
    assert visits.run(due).captures == 1
    assert site.count(LIST) == 2


def test_what_a_visit_may_have_found_open_is_looked_at_at_the_brisk_pace(
    visits: Visits, site: Site
) -> None:
    visits.open = True
    visits.run(NOON)
    assert visits.run(NOON + 1.8 * MINUTES).captures == 1
    assert site.count(LIST) == 2


def test_no_rest_is_longer_than_five_minutes(visits: Visits) -> None:
    visits.platform = replace(
        visits.platform, sources=lambda page: [source(page, LIST, every=timedelta(days=1))]
    )
    visits.run(NOON)
    visits.parsed = 0
    visits.run(NOON + 4 * MINUTES)
    assert visits.parsed == 0
    visits.run(NOON + 5 * MINUTES)
    assert visits.parsed


@pytest.mark.parametrize("why", ["the page", "the engine"])
def test_other_rules_end_a_rest(visits: Visits, why: str) -> None:
    visits.run(NOON)
    visits.parsed = 0
    if why == "the page":
        visits.page = replace(visits.page, alternates=("https://status.example",))
    else:
        visits.platform = replace(visits.platform, version=2)
    visits.run(NOON + MINUTES)
    assert visits.parsed


def test_a_capture_that_came_another_way_ends_a_rest(visits: Visits) -> None:
    visits.run(NOON)
    visits.parsed = 0
    url = visits.page.base_url + "/other"
    visits.archive.append([Capture(visits.page.page_key, url, "list", NOON + MINUTES)])
    visits.run(NOON + 2 * MINUTES)
    assert visits.parsed


def test_a_clock_set_back_ends_a_rest(visits: Visits) -> None:
    visits.run(NOON)
    visits.parsed = 0
    visits.run(NOON - MINUTES)
    assert visits.parsed


def test_a_visit_that_was_cut_short_is_taken_up_again_at_once(visits: Visits, site: Site) -> None:
    visits.platform = replace(
        visits.platform, sources=lambda page: [source(page, LIST), source(page, "/more")]
    )
    site["/more"] = reply(body=b"{}")
    assert visits.run(NOON, limit=1).rest is None
    assert visits.run(NOON + MINUTES).captures == 1
    assert site.count("/more") == 1


def test_the_past_is_read_whether_the_page_rests_or_not(visits: Visits) -> None:
    visits.run(NOON)
    visits.parsed = 0
    visits.run(NOON + MINUTES, fill=True)
    assert visits.parsed


def test_a_damaged_memo_of_rests_costs_a_visit(visits: Visits) -> None:
    visits.run(NOON)
    [memo] = (visits.derived / RESTS).iterdir()
    memo.write_bytes(memo.read_bytes().replace(b"2026", b"2126"))
    visits.parsed = 0
    assert visits.run(NOON + MINUTES).captures == 0
    assert visits.parsed


def test_a_page_that_failed_is_asked_again_when_it_is_due(visits: Visits, site: Site) -> None:
    site[LIST] = reply(500)
    visits.run(NOON)
    run = visits.run(NOON + MINUTES)
    assert (run.captures, run.failing) == (0, {"http_5xx"})
    site[LIST] = reply(body=b"{}")
    assert visits.run(NOON + 4.5 * MINUTES).answered == 1
