"""Rounds of ``up``: soon at first, the past in slices behind, then as often as sources want."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.archive.store import Archive
from ingest.fetching.fetcher import Fetcher
from ingest.models import Page
from ingest.registry import load
from ingest.runs import continuous
from ingest.runs.continuous import SHORTEST_PAUSE, keep_going, pause
from ingest.simulation.demo import Hands, registry_toml
from ingest.simulation.server import serving
from tests.support.ledgers.backfill import NOW, known, posted, site

SECOND = timedelta(seconds=1)


@pytest.fixture
def page() -> Iterator[tuple[Page, Hands]]:
    hands = Hands(NOW)
    with serving([site()], hands) as [served]:
        yield served, hands


class Sleeper:
    """Sleeps by moving the clock, and gives up after some rounds."""

    def __init__(self, hands: Hands, rounds: int) -> None:
        self.hands, self.left, self.slept = hands, rounds, list[float]()

    def alive(self) -> bool:
        return self.left > 0

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.hands.at += seconds * SECOND
        self.left -= 1


def test_up_fills_in_the_past_and_then_keeps_the_pace_of_its_sources(
    page: tuple[Page, Hands], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served, hands = page
    made = site()
    (tmp_path / "providers.toml").write_text(registry_toml([made], [served]))
    registry = load(path=tmp_path / "providers.toml")
    monkeypatch.setattr(continuous, "Fetcher", lambda: Fetcher(spacing=0))
    sleeper = Sleeper(hands, 3)
    keep_going(tmp_path, registry, registry.pages, 300.0, sleeper.alive, sleeper.sleep, hands)
    assert known(tmp_path, registry.pages[0]) >= posted(made)
    assert all(SHORTEST_PAUSE <= seconds <= 300.0 for seconds in sleeper.slept)
    lists = Archive(tmp_path / "archive").metadata()
    polled = lists.filter(url=f"{served.base_url}/api/v2/incidents.json")
    assert polled.height == len(sleeper.slept)


def test_a_pause_ends_when_a_source_wants_it_within_bounds() -> None:
    now = datetime(2026, 7, 9, tzinfo=UTC)
    assert pause(now + 120 * SECOND, now, 300.0) == 120.0
    assert pause(now - 5 * SECOND, now, 300.0) == SHORTEST_PAUSE
    assert pause(now + timedelta(days=1), now, 300.0) == 300.0
    assert pause(None, now, 300.0) == 300.0
