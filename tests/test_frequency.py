"""Frequency: how often trouble begins, per 30 covered days, with an exact interval."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from analytics.frequency import episodes, garwood, interval, overdispersion
from tests.snapshots import Row, at, post

HOUR = 3600
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
    counts = [0, 4] * 13
    assert overdispersion(counts) == pytest.approx(stats.tvar(counts) / 2)
    assert overdispersion(counts[:25]) is None
    assert overdispersion([0] * 26) is None


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


def at_noon(provider: str, *days: str, **more: Any) -> list[Row]:
    """A post of an hour at noon of each day."""
    return [
        post(f"{day}", start := at(f"{day} 12:00"), start + timedelta(hours=1), **more)
        | {"provider": provider, "page_key": f"{provider}.statuspage.test"}
        for day in days
    ]
