"""The past: what a page still holds is read once, in slices, and a long silence is made up for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.archive.store import Archive
from ingest.fetching.fetcher import Fetcher
from ingest.fetching.page_visit import LIMIT
from ingest.models import Page
from ingest.runs import collecting
from ingest.simulation.demo import Hands
from ingest.simulation.ground_truth import ScriptedPage, truth
from ingest.simulation.server import serving
from tests.support.ledgers.backfill import DAY, NOW, PARTS, known, posted, site, tables
from tests.support.ledgers.worlds import ours, spans


@pytest.fixture(params=[False, True], ids=["lists", "feed"])
def world(request: pytest.FixtureRequest) -> Iterator[tuple[ScriptedPage, Page, Hands]]:
    made, hands = site(forbids_api=request.param), Hands(NOW)
    with serving([made], hands) as [page]:
        yield made, page, hands


def visit(
    data: Path, page: Page, hands: Hands, *, fill: bool = True, limit: int = 10_000
) -> Counter[str]:
    """Collect, and count what was asked."""
    before = asked(data)
    with closing(Fetcher(spacing=0)) as fetcher:
        [done] = collecting.collect_now(data, [page], fetcher, hands, fill=fill, limit=limit)
    assert done.message is None
    return asked(data) - before


def asked(data: Path) -> Counter[str]:
    return Counter(Archive(data / "archive").metadata()["url"].to_list())


def details(counts: Counter[str]) -> Counter[str]:
    return Counter({url: n for url, n in counts.items() if "/incidents/" in url})


def test_the_history_is_read_to_the_first_post(
    world: tuple[ScriptedPage, Page, Hands], tmp_path: Path
) -> None:
    made, page, hands = world
    visit(tmp_path, page, hands)
    assert known(tmp_path, page) >= posted(made)
    rows = tables(tmp_path, page, NOW)
    assert ours(rows) == spans([b.component_id, b.state, b.start, b.end] for b in truth(made, NOW))
    for part in PARTS:
        covered = [c for c in rows["coverage"] if c["component_id"] == part.component_id]
        assert [(c["start_at"].date(), c["end_at"]) for c in covered] == [(part.start, NOW)]


def test_without_being_asked_to_the_past_is_left_alone(
    world: tuple[ScriptedPage, Page, Hands], tmp_path: Path
) -> None:
    made, page, hands = world
    urls = visit(tmp_path, page, hands, fill=False)
    assert not any("history.json" in url for url in urls)
    assert known(tmp_path, page) < posted(made)


def test_an_old_resolved_post_costs_one_request_ever(
    world: tuple[ScriptedPage, Page, Hands], tmp_path: Path
) -> None:
    made, page, hands = world
    total: Counter[str] = Counter()
    for days in (0, 2, 45):
        hands.at = NOW + days * DAY
        total += details(visit(tmp_path, page, hands))
    old = {p.post_id for p in made.posts if p.messages[-1].created_at < NOW - 31 * DAY}
    costs = [n for url, n in total.items() if url.rsplit("/", 1)[1].removesuffix(".json") in old]
    assert set(costs) == {1}


def test_what_a_slice_leaves_the_next_one_reads(
    world: tuple[ScriptedPage, Page, Hands], tmp_path: Path
) -> None:
    made, page, hands = world
    total: Counter[str] = Counter()
    for slices in range(100):
        hands.at = NOW + slices * timedelta(minutes=1)
        got = visit(tmp_path, page, hands, limit=25)
        total += details(got)
        if not got:
            break
    assert slices > 2
    assert known(tmp_path, page) >= posted(made)
    assert set(total.values()) == {1}


def test_after_months_off_what_left_the_list_meanwhile_is_read_without_being_asked_for(
    world: tuple[ScriptedPage, Page, Hands], tmp_path: Path
) -> None:
    made, page, hands = world
    hands.at = NOW - 250 * DAY
    visit(tmp_path, page, hands)
    for minutes in (0, 6, 12):
        hands.at = NOW + timedelta(minutes=minutes)
        visit(tmp_path, page, hands, fill=False, limit=LIMIT)
    assert known(tmp_path, page) >= posted(made)
    rows = tables(tmp_path, page, hands.at)
    assert ours(rows) == spans(
        [b.component_id, b.state, b.start, b.end] for b in truth(made, hands.at)
    )


def test_a_history_that_is_not_offered_leaves_a_hole(tmp_path: Path) -> None:
    made, hands = site(), Hands(NOW - 250 * DAY)
    made.without = ("/history.json",)
    with serving([made], hands) as [page]:
        visit(tmp_path, page, hands, fill=False)
        hands.at = NOW
        visit(tmp_path, page, hands)
    covered = [
        (c["start_at"], c["end_at"])
        for c in tables(tmp_path, page, NOW)["coverage"]
        if c["component_id"] == PARTS[0].component_id
    ]
    assert len(covered) == 2
    (_, silent_from), (silent_until, _) = sorted(covered)
    assert silent_from == NOW - 250 * DAY
    assert silent_until > silent_from + 30 * DAY
