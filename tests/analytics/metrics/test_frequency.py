"""Frequency: how often trouble begins, per 30 covered days, with an exact interval."""

from __future__ import annotations

import itertools
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.rates import confint_poisson

from analytics import Snapshot, ask
from analytics.metrics.frequency import (
    episodes,
    frequency,
    garwood,
    interval,
    overdispersion,
    weekly_counts,
    within,
)
from ingest.intervals import union
from tests.support.snapshots import Row, at, covered, made, post

HOUR = 3600
WEEK = 7 * 24 * HOUR
AS_OF = "2026-07-01"


@pytest.mark.parametrize(
    ("n", "phi", "rate", "low", "high"),
    [
        (3, 1.0, 1.0, 0.206, 2.922),
        (0, 1.0, 0.0, 0.0, 1.230),
        (7, 1.0, 2.333, 0.938, 4.808),
        (12, 1.0, 4.0, 2.067, 6.987),
        (12, 2.0, 4.0, 1.468, 8.706),
    ],
)
def test_ninety_days_give_the_exact_poisson_interval(
    n: int, phi: float, rate: float, low: float, high: float
) -> None:
    found = interval(n, 90, phi)
    assert [round(bound, 3) for bound in found] == [low, high]
    assert found[0] <= round(rate, 3) <= found[1]


def test_spread_below_poisson_never_narrows_the_interval() -> None:
    assert interval(12, 90, 0.5) == interval(12, 90)


@given(st.integers(0, 400))
def test_the_bounds_are_the_rates_at_which_the_count_becomes_unlikely(n: int) -> None:
    low, high = garwood(n)
    assert stats.poisson.cdf(n, high) == pytest.approx(0.025)
    if n:
        assert stats.poisson.sf(n - 1, low) == pytest.approx(0.025)
    assert low <= n <= high


@given(st.integers(1, 200), st.integers(30, 400), st.integers(2, 9))
def test_more_of_the_same_narrows_the_interval(n: int, days: int, times: int) -> None:
    low, high = interval(n, days)
    closer_low, closer_high = interval(n * times, days * times)
    assert low < closer_low < n / days * 30 < closer_high < high


def test_spread_is_variance_over_mean_of_half_a_year_of_weeks() -> None:
    counts, nothing = [0, 4] * 13, [0] * 26
    phi, none = overdispersion(np.array([counts, nothing]))
    assert phi == pytest.approx(stats.tvar(counts) / 2)
    assert np.isnan([none, *overdispersion(np.array([counts[:25]]))]).all()


def test_runs_of_posts_within_an_hour_are_one_episode() -> None:
    first = (0, 600)
    assert episodes([first, (600 + HOUR, 9000)]) == [(0, 9000)]
    assert episodes([first, (300, 400)]) == [first]
    assert episodes([first, (600 + HOUR + 60, 9000)]) == [first, (600 + HOUR + 60, 9000)]


def test_one_second_more_than_an_hour_apart_are_two_episodes() -> None:
    assert episodes([(0, 600), (600 + HOUR + 1, 9000)]) == [(0, 600), (600 + HOUR + 1, 9000)]


def test_a_post_without_length_is_an_episode() -> None:
    assert episodes([(500, 500)]) == [(500, 500)]
    assert episodes([(500, 100)]) == [(500, 500)]


spans = st.lists(
    st.tuples(st.integers(0, 10**6), st.integers(0, 10**5)).map(lambda s: (s[0], sum(s))),
    max_size=12,
)


@given(spans, st.integers(1, 10**5), st.integers(1, 10**5), st.randoms(use_true_random=False))
def test_a_wider_gap_merges_more_and_order_and_repetition_do_not_matter(
    told: list[tuple[int, int]], gap: int, wider: int, dice: Any
) -> None:
    found, merged = episodes(told, gap), episodes(told, gap + wider)
    assert len(merged) <= len(found) <= len(set(told))
    assert sum(b - a for a, b in merged) >= sum(b - a for a, b in found)
    again = told * 2
    dice.shuffle(again)
    assert episodes(again, gap) == found


@given(spans)
def test_every_post_lies_in_an_episode_and_episodes_lie_apart(told: list[tuple[int, int]]) -> None:
    assume(told)
    found = episodes(told, HOUR)
    assert all(any(a <= start and end <= b for a, b in found) for start, end in told)
    assert all(after[0] - before[1] > HOUR for before, after in itertools.pairwise(found))


def test_only_weeks_covered_whole_are_counted_back_from_the_end_of_coverage() -> None:
    covered = [(0, 10 * WEEK + 5), (11 * WEEK, 13 * WEEK)]
    end = 13 * WEEK
    starts = [[], [end - 1, end - WEEK, 10 * WEEK, 10 * WEEK - 1]]
    none, some = weekly_counts(starts, covered).tolist()
    assert none == [0] * 12
    assert some[:3] == [2, 0, 1]
    assert weekly_counts(starts, []).shape == weekly_counts(starts, [(0, WEEK - 1)]).shape == (2, 0)


@given(st.lists(st.integers(0, 40 * WEEK - 1), max_size=40), st.integers(0, WEEK - 1))
def test_every_start_in_a_whole_week_is_counted_once(starts: list[int], more: int) -> None:
    end = 40 * WEEK + more
    inside = [start for start in starts if start >= more]
    assert weekly_counts([inside], [(0, end)]).sum() == len(inside)


@given(st.lists(st.integers(0, 100), max_size=20), spans)
def test_a_start_counts_where_it_is_covered(starts: list[int], told: list[tuple[int, int]]) -> None:
    covered = union((a % 100, a % 100 + b % 30) for a, b in told)
    expected = [s for s in starts if any(a <= s < b for a, b in covered)]
    assert within(starts, covered) == expected


@given(st.integers(0, 100), st.integers(1, 400))
def test_the_interval_is_that_of_statsmodels(n: int, days: int) -> None:
    low, high = confint_poisson(n, days, method="exact-c")
    assert interval(n, days) == pytest.approx((30 * low, 30 * high))


def at_noon(*days: str, **more: Any) -> list[Row]:
    """Make a post of an hour at noon of each day."""
    hour = timedelta(hours=1)
    return [post(day, at(f"{day} 12:00"), at(f"{day} 12:00") + hour, **more) for day in days]


def asked(snapshot: Snapshot, **more: Any) -> dict[str, Any]:
    [row] = frequency(snapshot, ask(**more)).to_dicts()
    return row


def test_a_rate_is_over_the_days_vouched_for(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=AS_OF,
        coverage=[covered("2026-04-02", "2026-05-12"), covered("2026-06-01", "2026-06-06")],
        posts=at_noon("2026-04-01", "2026-04-02", "2026-05-11", "2026-05-12", "2026-06-05"),
    )
    row = asked(snapshot, since="2026-04-02")
    assert (row["n"], row["covered_s"]) == (3, 45 * 86_400)
    assert (row["value"], row["coverage"]) == (3 / 45 * 30, 0.5)
    assert (row["low"], row["high"]) == pytest.approx(interval(3, 45))


def test_below_thirty_covered_days_there_is_no_rate(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=AS_OF,
        coverage=[covered("2026-06-02", AS_OF)],
        posts=at_noon("2026-06-05", "2026-06-09"),
    )
    row = asked(snapshot)
    assert (row["value"], row["low"], row["n"], row["status"]) == (None, None, 2, "insufficient")


def test_posts_of_one_outage_are_one_episode_and_a_forgotten_one_swallows_nothing(
    tmp_path: Path,
) -> None:
    told = at_noon("2026-05-01", "2026-05-20", "2026-06-20")
    told += [post("again", "2026-05-20 14:00", "2026-05-20 15:00")]
    told += [post("forgotten", "2026-04-20", None, flags=["zombie"])]
    told += [post("old", "2026-03-31 20:00", "2026-04-02")]
    told += [post("split", "2026-04-02 00:30", "2026-04-02 01:00")]
    snapshot = made(tmp_path, as_of=AS_OF, coverage=[covered("2026-01-01", AS_OF)], posts=told)
    assert asked(snapshot, since="2026-04-01")["n"] == 6
    row = asked(snapshot, since="2026-04-01", unit="episodes")
    assert (row["n"], row["unit"]) == (4, "episodes per 30 days")


def test_clusters_widen_the_interval_once_there_are_weeks_enough_to_see_them(
    tmp_path: Path,
) -> None:
    day = at("2026-06-30 12:00")
    hour = timedelta(hours=1)
    times = [day - timedelta(days=14 * week) + n * hour * 2 for week in range(13) for n in range(4)]
    told = [post(f"p{n}", time, time + hour) for n, time in enumerate(times)]
    snapshot = made(tmp_path, as_of=AS_OF, coverage=[covered("2025-01-01", AS_OF)], posts=told)
    half_year = asked(snapshot, since="2025-12-31")
    [phi] = overdispersion(np.array([[4, 0] * 13]))
    assert phi > 2
    assert (half_year["low"], half_year["high"]) == pytest.approx(interval(52, 182, phi))
    shorter = asked(snapshot, since="2026-01-07")
    assert (shorter["low"], shorter["high"]) == pytest.approx(interval(shorter["n"], 175))


def test_counts_of_adjoining_windows_add_up(tmp_path: Path) -> None:
    told = at_noon("2026-02-03", "2026-03-31", "2026-04-01", "2026-05-05", "2026-06-29")
    snapshot = made(tmp_path, as_of=AS_OF, coverage=[covered("2026-01-01", AS_OF)], posts=told)
    for unit in ("posts", "episodes"):
        whole, *halves = (
            asked(snapshot, unit=unit, since=since, until=until)["n"]
            for since, until in (
                ("2026-02-01", "2026-06-30"),
                ("2026-02-01", "2026-04-01"),
                ("2026-04-01", "2026-06-30"),
            )
        )
        assert sum(halves) == whole == 5
