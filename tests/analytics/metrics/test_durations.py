"""Durations: quantiles of what ended and what still runs, with intervals and minimum n."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time
from scipy import stats

from analytics import ask
from analytics.metrics.durations import Sample, durations, mean_and_top, means
from analytics.statistics.bootstrap import percentiles
from analytics.statistics.estimates import (
    DRAWS,
    MEDIAN,
    MIN_MEDIAN,
    MIN_P90,
    P90,
    RMST,
    SEED,
    at_least,
    estimated,
    median_ranks,
    multiplicities,
    redrawn,
)
from analytics.statistics.survival import Curve, Curves, kaplan_meier, reweighted
from tests.support.snapshots import at, covered, made, post

EXAMPLE = ([10, 20, 20, 40, 60, 90], [True, True, True, True, False, True])
lengths = st.integers(1, 60).map(float)
followed = st.lists(st.tuples(lengths, st.booleans()), min_size=1, max_size=25)
probabilities = st.floats(0.01, 0.99)


def curve_of(followed: list[tuple[float, bool]]) -> Curve:
    return kaplan_meier([t for t, _ in followed], [ended for _, ended in followed])


def sample_of(followed: list[tuple[float, bool]]) -> Sample:
    return Sample([t for t, _ in followed], [ended for _, ended in followed])


def complete(*seconds: float) -> Sample:
    return Sample(seconds, [True] * len(seconds))


def estimate(sample: Sample, statistic: str) -> dict[str, Any]:
    return estimated(sample.in_order, (statistic,))[statistic].row(0, named=True)


def told(sample: Sample, statistic: str) -> dict[str, Any]:
    """Return the estimate as an answer tells it."""
    return at_least(estimated(sample.in_order, (statistic,))[statistic]).row(0, named=True)


def median(sample: Sample) -> dict[str, Any]:
    return estimate(sample, MEDIAN)


def p90(sample: Sample) -> dict[str, Any]:
    return estimate(sample, P90)


def restricted_mean(sample: Sample) -> dict[str, Any]:
    return estimate(sample, RMST)


def drawn_again(sample: Sample) -> Curves:
    return redrawn(sample.in_order.seconds, sample.in_order.ended)


def insufficient(n: int, low: float | None = None) -> dict[str, Any]:
    return {"value": None, "low": low, "high": None, "n": n, "status": "insufficient"}


def test_six_durations_of_which_one_still_runs() -> None:
    curve = kaplan_meier(*EXAMPLE)
    assert curve.times == (10, 20, 40, 90)
    assert [round(s, 4) for s in curve.survival] == [0.8333, 0.5, 0.3333, 0.0]
    assert curve.quantile(0.5) == 20
    assert curve.restricted_mean(60) == pytest.approx(10 + 25 / 3 + 10 + 20 / 3)
    assert round(curve.restricted_mean(60), 3) == 35.0


def test_what_nothing_reached_is_infinite() -> None:
    assert kaplan_meier([5, 5], [False, False]).quantile(0.5) == float("inf")
    assert kaplan_meier([1, 9, 9], [True, False, False]).quantile(0.5) == float("inf")
    assert kaplan_meier([5, 5], [False, False]).restricted_mean(3) == 3


@given(followed)
def test_the_curve_is_that_of_lifelines(followed: list[tuple[float, bool]]) -> None:
    curve = curve_of(followed)
    theirs = KaplanMeierFitter().fit([t for t, _ in followed], [e for _, e in followed])
    for time, survival in zip(curve.times, curve.survival, strict=True):
        assert survival == pytest.approx(float(theirs.predict(time)), abs=1e-12)
    mean = restricted_mean_survival_time(theirs, t=30)
    assert curve.restricted_mean(30) == pytest.approx(mean, abs=1e-9)


@given(followed, probabilities, probabilities)
def test_survival_falls_from_one_and_quantiles_rise(
    followed: list[tuple[float, bool]], one: float, other: float
) -> None:
    curve = curve_of(followed)
    assert all(a >= b for a, b in pairwise((1.0, *curve.survival, 0.0)))
    low, high = sorted((one, other))
    assert curve.quantile(low) <= curve.quantile(high)


@given(st.lists(lengths, min_size=1, max_size=25), probabilities)
def test_where_all_ended_survival_is_the_share_that_lasted_longer(
    seconds: list[float], p: float
) -> None:
    curve = curve_of([(t, True) for t in seconds])
    for time, survival in zip(curve.times, curve.survival, strict=True):
        assert survival == pytest.approx(sum(t > time for t in seconds) / len(seconds))
    mean = np.minimum(seconds, 40).mean()
    assert curve.restricted_mean(40) == pytest.approx(mean)
    if abs(p * len(seconds) % 1 - 0.5) < 0.49:
        assert curve.quantile(p) == np.quantile(seconds, p, method="inverted_cdf")


@given(st.lists(lengths, min_size=1, max_size=25), probabilities)
def test_where_all_ended_ranks_give_the_quantiles_of_the_curve(
    seconds: list[float], p: float
) -> None:
    found = [complete(*seconds).in_order.quantiles(share)[0] for share in (p, 0.5, 1.0)]
    curve = kaplan_meier(seconds, [True] * len(seconds))
    assert found == [curve.quantile(p), curve.quantile(0.5), curve.quantile(1.0)]


@pytest.mark.parametrize("n", [MIN_P90, 300])
def test_where_all_ended_draws_of_ranks_are_draws_of_durations(n: int) -> None:
    seconds = np.random.default_rng(n).integers(1, 40, n).astype(float).tolist()
    sample = complete(*seconds)
    drawn = reweighted(seconds, [True] * n, multiplicities(n))
    low, high = percentiles(drawn.quantiles(0.9))
    assert (p90(sample)["low"], p90(sample)["high"]) == (low, high)
    means = drawn_again(sample).restricted_means(20)
    assert means == pytest.approx(drawn.restricted_means(20), rel=1e-12)


@given(followed)
def test_what_is_still_running_longest_leaves_the_earlier_curve_alone(
    followed: list[tuple[float, bool]],
) -> None:
    latest = (100.0, True)
    ended, running = curve_of([*followed, latest]), curve_of([*followed, (100.0, False)])
    assert ended.survival[:-1] == pytest.approx(running.survival, abs=1e-12)


@given(followed, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(
    followed: list[tuple[float, bool]], dice: Any
) -> None:
    shuffled = list(followed)
    dice.shuffle(shuffled)
    assert curve_of(shuffled) == curve_of(followed)
    if len(followed) >= MIN_MEDIAN:
        assert restricted_mean(sample_of(shuffled)) == restricted_mean(sample_of(followed))


def test_dropping_what_still_runs_or_closing_it_now_biases_low() -> None:
    dice = np.random.default_rng(1)
    length = dice.lognormal(np.log(64), 1.2, 4000)
    seen = dice.exponential(400, 4000)
    ended = length <= seen
    told = np.minimum(length, seen)
    dropped = float(np.median(told[ended]))
    closed = float(np.median(told))
    estimated = kaplan_meier(told.tolist(), ended.tolist()).quantile(0.5)
    assert dropped < closed < 0.95 * np.median(length)
    assert estimated == pytest.approx(np.median(length), rel=0.05)


def test_the_median_of_twenty_lies_between_the_sixth_and_the_fifteenth() -> None:
    assert median_ranks(20) == (6, 15)
    found = median(complete(*range(1, 21)))
    assert (found["value"], found["low"], found["high"], found["n"]) == (10, 6, 15, 20)


@pytest.mark.parametrize("n", [6, 7, 20, 51, 300])
def test_the_ranks_hold_the_median_with_95_percent_and_no_narrower_pair_does(n: int) -> None:
    def held(low: int, high: int) -> float:
        return float(stats.binom.cdf(high - 1, n, 0.5) - stats.binom.cdf(low - 1, n, 0.5))

    low, high = median_ranks(n)
    assert low + high == n + 1
    assert held(low, high) >= 0.95
    assert held(low + 1, high - 1) < 0.95


@given(st.lists(lengths, min_size=6, max_size=60))
def test_an_interval_contains_its_estimate(seconds: list[float]) -> None:
    for found in (median(complete(*seconds)), restricted_mean(complete(*seconds))):
        assert found["low"] <= found["value"] <= found["high"]


def test_below_the_minimum_there_is_no_number() -> None:
    few, some = complete(*range(5)), complete(*range(49))
    assert median(few) == restricted_mean(few) == insufficient(5)
    assert p90(some) == insufficient(49)
    assert mean_and_top(few)[0] == {"n": 5, "status": "insufficient"}
    assert (MIN_MEDIAN, MIN_P90) == (6, 50)


def test_a_quantile_that_too_few_have_reached_is_longer_than_the_longest_so_far() -> None:
    sample = Sample([1, 2, 3, 9, 8, 8, 8, 8], [True, True, True, *[False] * 5])
    assert median(sample) == insufficient(8, low=9.0)
    assert told(sample, MEDIAN) == {**insufficient(8, low=9.0), "status": "ok"}
    assert told(complete(*range(5)), MEDIAN) == insufficient(5)
    tail = p90(Sample([*range(1, 45), *range(60, 66)], [*[True] * 44, *[False] * 6]))
    assert (tail["value"], tail["low"], tail["high"]) == (None, 65.0, None)


def test_draws_are_those_of_a_plain_bootstrap_with_the_same_seed() -> None:
    seconds = np.random.default_rng(3).lognormal(8, 1, 60)
    dice = np.random.default_rng(SEED)
    ordered = np.sort(seconds)
    plain = [ordered[dice.integers(0, 60, 60)] for _ in range(DRAWS)]
    drawn = drawn_again(complete(*seconds))
    expected = [np.quantile(one, 0.9, method="inverted_cdf") for one in plain]
    assert drawn.quantiles(0.9).tolist() == pytest.approx(expected)
    means_of = [np.minimum(one, 3600).mean() for one in plain]
    assert drawn.restricted_means(3600) == pytest.approx(np.array(means_of))
    assert multiplicities(60).sum(axis=1).tolist() == [60] * DRAWS


def test_the_interval_of_the_restricted_mean_is_near_that_of_the_normal() -> None:
    seconds = np.random.default_rng(5).exponential(3600, 400)
    found = restricted_mean(complete(*seconds))
    error = 1.96 * np.minimum(seconds, 86_400).std() / 20
    assert found["low"] == pytest.approx(found["value"] - error, rel=0.05)
    assert found["high"] == pytest.approx(found["value"] + error, rel=0.05)


def test_a_mean_up_to_a_day_has_no_number_while_the_longest_runs_for_less() -> None:
    """Six posts, open for 60 s so far, may last a minute or a day."""
    running = told(Sample([60] * 6, [False] * 6), RMST)
    assert running == {**insufficient(6, low=60), "status": "ok"}
    half = restricted_mean(Sample([60] * 3 + [120] * 3, [True] * 3 + [False] * 3))
    assert (half["value"], half["low"]) == (None, 90)
    a_day = restricted_mean(Sample([60] * 3 + [2 * 86_400] * 3, [True] * 3 + [False] * 3))
    assert a_day["value"] == 30 + 43_200
    ended = restricted_mean(Sample([60, 60, 60, 60, 90, 120], [True] * 4 + [False, True]))
    assert ended["value"] == 80


def test_the_mean_says_how_much_of_it_one_giant_makes() -> None:
    found, share = mean_and_top(Sample([60, 60, 60, 60, 60, 5700, 99], [*[True] * 6, False]))
    assert (found["value"], found["n"]) == (1000, 6)
    assert share["value"] == pytest.approx(0.95)
    assert mean_and_top(complete(*[0] * 6))[1] == {"n": 6, "status": "insufficient"}


def test_what_was_not_followed_while_it_lasted_has_no_duration(tmp_path: Path) -> None:
    start = at("2026-01-02")
    good = [
        post(f"p{n}", start, start + timedelta(minutes=10 * n), impact_s=60 * n)
        for n in range(1, 8)
    ]
    left_out = [
        post("late", start, "2026-01-03", flags=["retrospective"]),
        post("once", start, "2026-01-03", duration_quality="single_update"),
        post("lost", start, None, flags=["zombie"]),
        post("odd", start, "2026-01-03", duration_quality="contradictory"),
        post("before", "2025-12-30", "2026-01-03"),
        post("unwatched", "2026-01-01 10:00", "2026-01-03"),
    ]
    snapshot = made(
        tmp_path,
        as_of="2026-01-31",
        coverage=[covered("2026-01-02", "2026-01-31")],
        posts=[*good, *left_out, post("open", "2026-01-30 23:00", None)],
    )
    january = ask(since="2026-01-01")
    found = {row["metric"]: row for row in durations(snapshot, january).to_dicts()}
    assert (found["open_median"]["value"], found["open_median"]["n"]) == (2400, 8)
    assert (found["impact_median"]["value"], found["impact_median"]["n"]) == (240, 7)
    assert found["open_p90"]["status"] == "insufficient"
    assert found["open_rmst_24h"]["low"] < found["open_rmst_24h"]["value"]
    plain = {row["metric"]: row for row in means(snapshot, january).to_dicts()}
    assert (plain["open_mean"]["value"], plain["open_mean"]["n"]) == (2400, 7)
    assert plain["open_top_1_share"]["value"] == pytest.approx(70 / 280)
