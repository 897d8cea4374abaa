"""The picture of who is ahead: best first and marked, on an axis that fits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl

from analytics.comparison.ranking import COUNT
from analytics.verdict.verdict import verdict
from dashboard.charts.standings import describe_standings, standings_chart
from dashboard.charts.standings_svg import standings_svg
from dashboard.tables.league import ranked_league
from dashboard.tables.standings import standings_rows
from tests.support.outages import HALF_YEAR, day, outages, world
from tests.support.snapshots import state

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


def test_a_time_down_that_nobody_knows_has_words_and_no_dot(tmp_path: Path) -> None:
    posts, _ = outages("few", [10])
    unknown = state("unknown", day(0, 0), day(182, 0), provider="few")
    snapshot = world(tmp_path, (posts, [unknown]), outages("many", range(10, 110)))
    rows, unit = standings_rows(verdict(snapshot, API), NAMES)
    assert rows.select("slug", "value", "shown").rows() == [
        ("few", None, "not known"),
        ("many", 100.0, "4 d"),
    ]
    drawn = standings_svg(rows.iter_rows(named=True), unit, "")
    assert drawn.text.count("<circle") == 1
    known = standings_chart(rows).frames["known"]
    assert known["slug"].to_list() == ["many"]


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
