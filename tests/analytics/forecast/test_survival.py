"""The curve of what is still open: its interval and n at risk, and no curve of few."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from analytics import METRICS, Snapshot, ask
from analytics.forecast.survival import LEAST_CURVE, survival
from analytics.statistics.survival import greenwood
from dashboard.charts.durations import at_risk_at, curve_steps, describe_survival
from tests.support.snapshots import covered, made, post

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
ASKED = ask(providers=["acme"], surface="api_inference", since="2026-01-01")
followed = st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=2, max_size=40)


def world(folder: Path, n: int, *running: timedelta) -> Snapshot:
    """So many incidents of 10, 20 ... 100 minutes, over and over, and some that still run."""
    begun = [NOW - timedelta(days=2 * number + 1) for number in range(n)]
    ended = [
        post(f"p{k}", at, at + timedelta(minutes=10 * (1 + k % 10))) for k, at in enumerate(begun)
    ]
    still = [post(f"r{k}", NOW - length) for k, length in enumerate(running)]
    return made(folder, as_of=NOW, coverage=[covered("2025-01-01", NOW)], posts=[*ended, *still])


def test_the_share_still_open_falls_from_one_to_none(tmp_path: Path) -> None:
    curve = survival(world(tmp_path, 40), ASKED)
    assert curve["seconds"].to_list() == [600.0 * n for n in range(1, 11)]
    assert curve["still_open"].round(9).to_list() == [round(1 - n / 10, 9) for n in range(1, 11)]
    assert curve["at_risk"].to_list() == [40 - 4 * n for n in range(10)]


def test_it_is_of_the_posts_that_the_median_is_of(tmp_path: Path) -> None:
    snapshot = world(tmp_path, 40, timedelta(minutes=45), timedelta(hours=30))
    curve = survival(snapshot, ASKED)
    [row] = METRICS["durations"](snapshot, ASKED).filter(metric="open_median").to_dicts()
    assert row["n"] == curve["at_risk"][0] == 42
    assert row["value"] == curve.filter(curve["still_open"] <= 0.5)["seconds"][0]


def test_what_still_runs_is_at_risk_until_now_and_never_ends(tmp_path: Path) -> None:
    curve = survival(world(tmp_path, 40, timedelta(minutes=45)), ASKED)
    assert curve["at_risk"].to_list()[:5] == [41, 37, 33, 29, 24]
    assert curve["still_open"][-1] == pytest.approx(0)


@pytest.mark.parametrize(("n", "rows"), [(LEAST_CURVE - 1, 0), (LEAST_CURVE, 10)])
def test_of_few_there_is_no_curve(tmp_path: Path, n: int, rows: int) -> None:
    assert survival(world(tmp_path, n), ASKED).height == rows


@given(followed)
def test_its_interval_is_that_of_lifelines(followed: list[tuple[int, bool]]) -> None:
    times, ended = [float(t) for t, _ in followed], [e for _, e in followed]
    low, high, at_risk = greenwood(times, ended, 1.959963984540054)
    theirs = KaplanMeierFitter().fit(times, ended)
    bounds = theirs.confidence_interval_
    for place, time in enumerate(np.unique(np.array(times)[np.array(ended)])):
        survival = float(theirs.survival_function_.loc[time].iloc[0])
        assert at_risk[place] == sum(t >= time for t in times)
        assert low[place] <= survival + 1e-12
        assert high[place] >= survival - 1e-12
        if survival > 1e-9:
            assert low[place] == pytest.approx(float(bounds.loc[time].iloc[0]), abs=1e-9)
            assert high[place] == pytest.approx(float(bounds.loc[time].iloc[1]), abs=1e-9)


def test_the_line_begins_at_one_and_the_axis_says_how_many_are_left(tmp_path: Path) -> None:
    curve = survival(world(tmp_path, 40), ASKED)
    first = curve_steps(curve).row(0, named=True)
    assert (first["seconds"], first["still_open"], first["at_risk"]) == (60.0, 1.0, 40)
    assert at_risk_at(curve).rows() == [(300.0, "n 40"), (900.0, "n 36"), (3600.0, "n 20")]


def test_it_is_told_in_words(tmp_path: Path) -> None:
    told = describe_survival(survival(world(tmp_path, 40), ASKED))
    assert told.startswith("Of 40 posts there were still open: 100 % after 5 min, 90.0 % after 15")
    assert "40.0 % after 1 h" in told
    assert told.endswith("0 % after 7 d.")


def test_what_comes_after_the_last_end_seen_is_not_told(tmp_path: Path) -> None:
    told = describe_survival(survival(world(tmp_path, 40, timedelta(minutes=150)), ASKED))
    assert "after 1 h" in told
    assert "4 h" not in told
    assert "7 d" not in told
