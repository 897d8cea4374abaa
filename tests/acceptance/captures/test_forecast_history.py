"""Forecasts on Claude's history: one incident as it stood, and the whole past again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analytics import Snapshot, ask, open_snapshot
from analytics.forecast.backtest import GIVEN, MEMORYLESS, SHIFTED, score_forecasts
from analytics.forecast.calibration import HOLDS
from analytics.forecast.history import known_history
from analytics.question import CLASSES, RELIABILITY
from analytics.statistics.proportions import wilson
from analytics.statistics.survival import remaining_time
from tests.support.captured.feeds import needs_feeds
from tests.support.command_line import cli

pytestmark = [needs_feeds, pytest.mark.captures, pytest.mark.slow]

PROVIDER = "anthropic"
#: Open for 17 minutes when asked about; it ended after 221 more.
SECOND_OF_MARCH = "0ghc53zpsfmt"
ELAPSED_S = 1020.0
YEAR_S = 365 * 86_400.0
EVERY_CLASS = tuple(one for one in CLASSES if one != "maintenance")


@pytest.fixture(scope="module")
def history(claude: Path) -> Iterator[Snapshot]:
    with open_snapshot(claude) as snapshot:
        yield snapshot


@pytest.mark.parametrize(
    ("classes", "days", "earlier", "at_risk", "minutes"),
    [
        # Every class, all of the past; the last year; the classes that count unless told otherwise.
        (EVERY_CLASS, 10_000, 579, 502, [66.5, 25.0, 164.3, 9.8, 327.4]),
        (EVERY_CLASS, 365, 364, 326, [62.4, 25.2, 135.5, 10.0, 308.7]),
        (RELIABILITY, 365, 357, 319, [61.8, 24.9, 128.7, 10.0, 288.2]),
    ],
)
def test_the_second_of_march_at_17_minutes(
    history: Snapshot,
    classes: tuple[str, ...],
    days: int,
    earlier: int,
    at_risk: int,
    minutes: list[float],
) -> None:
    [begun] = history.table("incidents").filter(incident_id=SECOND_OF_MARCH)["published_s"]
    known, at = known_history(history, classes).of(PROVIDER), begun + ELAPSED_S
    taken = (known.begun < begun) & (known.begun >= at - days * 86_400)
    left = remaining_time(known, taken[None, :], np.array([at]), np.array([ELAPSED_S]))
    assert (int(taken.sum()), int(left.at_risk[0])) == (earlier, at_risk)
    told = [float(left.quantiles(p)[0]) / 60 for p in (0.5, 0.25, 0.75, 0.1, 0.9)]
    assert [round(one, 1) for one in told] == minutes


def test_the_command_asks_as_of_that_time(claude: Path) -> None:
    asked = ("--incident", SECOND_OF_MARCH, "--at", "2026-03-02T12:06:20Z", "--format", "json")
    result = cli(claude, "metrics", "forecast", *asked)
    assert result.exit_code == 0
    [row] = json.loads(result.stdout)
    assert (row["n"], row["history"], row["elapsed_s"]) == (319, "own", 1020)
    assert row["median_at"].replace(" ", "T").startswith("2026-03-02T13:08:10")
    assert row["value"] < 221 * 60 < row["high"]


@pytest.mark.parametrize("classes", [RELIABILITY, EVERY_CLASS], ids=["default", "every"])
def test_the_bands_hold_what_they_promise(history: Snapshot, classes: tuple[str, ...]) -> None:
    rows = score_forecasts(history, ask(classes=classes)).filter(method=GIVEN)
    assert set(rows["calibration"]) == {HOLDS}
    for row in rows.to_dicts():
        n = row["n"]
        if n >= 200:
            assert 0.76 <= row["coverage_80"] <= 0.86
            assert 0.86 <= row["coverage_90"] <= 0.95
        else:
            for band in (0.8, 0.9):
                held = round(row[f"coverage_{100 * band:.0f}"] * n)
                assert wilson(held, n)[0] <= band <= wilson(held, n)[1]


def test_from_an_hour_on_they_lose_less_than_both_baselines(history: Snapshot) -> None:
    lost = score_forecasts(history, ask()).pivot("method", index="landmark_s", values="pinball_s")
    for row in lost.filter(pl.col("landmark_s") >= 3600).to_dicts():
        assert row[GIVEN] < min(row[SHIFTED], row[MEMORYLESS])


def test_it_says_how_many_of_each_landmark(history: Snapshot) -> None:
    rows = score_forecasts(history, ask()).filter(method=GIVEN)
    told = [round(100 * share, 1) for share in rows["coverage_80"]]
    assert rows["n"].to_list() == [699, 621, 522, 367, 179, 55]
    assert told == [80.5, 79.9, 80.7, 80.7, 77.7, 72.7]
