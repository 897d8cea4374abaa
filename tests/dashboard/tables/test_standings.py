"""The picture of who is ahead: best first and marked, on an axis that fits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl

from analytics.comparison.ranking import COUNT
from analytics.verdict.verdict import verdict
from dashboard.charts.standings import describe_standings
from dashboard.tables.league import ranked_league
from dashboard.tables.standings import standings_rows
from tests.support.outages import HALF_YEAR, outages, world

NAMES = {"few": "Few (invented)", "many": "Many"}
API = replace(HALF_YEAR, surface="api_inference")


def test_the_best_comes_first_and_carries_a_mark(tmp_path: Path) -> None:
    snapshot = world(tmp_path, outages("many", range(10, 110)), outages("few", range(10, 90, 10)))
    rows, unit = standings_rows(verdict(snapshot, API), NAMES)
    assert unit == "hours down"
    assert rows.select("label", "slug", "value", "shown").rows() == [
        ("Few ✓", "few", 8.0, "8 h"),
        ("Many", "many", 100.0, "4 d"),
    ]
    assert describe_standings(rows, unit) == "hours down, best first: Few ✓ 8 h; Many 4 d."
    counts, unit = standings_rows(verdict(snapshot, API, COUNT), NAMES)
    assert (unit, counts["shown"].to_list()) == ("incidents", ["8", "100"])


def test_without_a_favourite_nobody_is_marked(tmp_path: Path) -> None:
    snapshot = world(tmp_path, outages("many", [10], 30), outages("few", [20], 30))
    rows, unit = standings_rows(verdict(snapshot, API), NAMES)
    assert unit == "minutes down"
    assert rows["label"].to_list() == ["Few", "Many"]


def test_the_table_follows_the_verdict_and_then_the_availability(tmp_path: Path) -> None:
    snapshot = world(tmp_path, outages("many", range(10, 110)), outages("few", range(10, 90, 10)))
    rows = pl.DataFrame(
        {"provider": ["dark", "many", "low", "few"], "availability": [None, 0.9, 0.5, 0.99]}
    )
    ordered = ranked_league(rows, verdict(snapshot, API))
    assert ordered["provider"].to_list() == ["few", "many", "low", "dark"]
