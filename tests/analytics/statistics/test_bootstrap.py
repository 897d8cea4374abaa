"""Resampling: the same days for everyone, in blocks that wrap around."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analytics.statistics import bootstrap
from analytics.statistics.bootstrap import (
    BLOCK_DAYS,
    DRAWS,
    SEED,
    block_sums,
    chance_less,
    percentiles,
    rank_intervals,
    ranks,
    two_sided_p,
)

seconds = st.integers(0, 5)
rows = st.integers(1, 20).map(lambda days: st.lists(seconds, min_size=days, max_size=days))
matrices = rows.flatmap(lambda row: st.lists(row, min_size=2, max_size=5)).map(np.array)


@pytest.mark.parametrize("days", [3, 7, 20, 90])
def test_a_draw_is_made_of_blocks_of_days_in_a_row(days: int) -> None:
    daily = np.random.default_rng(1).random((3, days))
    blocks, rest = divmod(days, BLOCK_DAYS)
    lengths = [BLOCK_DAYS] * blocks + [rest] * (rest > 0)
    starts = np.random.default_rng(SEED).integers(0, days, (DRAWS, len(lengths)))
    drawn = block_sums(daily)
    assert drawn.shape == (3, DRAWS)
    for n in range(0, DRAWS, 500):
        blocks_drawn = zip(starts[n], lengths, strict=True)
        picked = [(start + k) % days for start, length in blocks_drawn for k in range(length)]
        assert len(picked) == days
        assert drawn[:, n] == pytest.approx(daily[:, picked].sum(axis=1))


def test_draws_are_the_same_every_time_and_for_every_measure() -> None:
    daily = np.random.default_rng(1).random((2, 100))
    assert block_sums(daily).tolist() == block_sums(daily).tolist()
    assert block_sums(np.vstack([daily, daily]))[2:].tolist() == block_sums(daily).tolist()


def test_draws_vary_about_the_sum_as_independent_days_do() -> None:
    daily = np.random.default_rng(1).random((1, 700))
    [drawn] = block_sums(daily)
    assert drawn.mean() == pytest.approx(daily.sum(), rel=0.005)
    assert drawn.std() == pytest.approx(daily.std() * 700**0.5, rel=0.1)


def test_trouble_that_lasts_a_week_makes_draws_vary_more() -> None:
    alone = (np.random.default_rng(1).random((1, 700)) < 1 / 7).astype(float)
    weeks = np.repeat(alone[:, :100], 7, axis=1)
    [apart], [together] = block_sums(alone), block_sums(weeks)
    assert together.std() / weeks.sum() > 1.5 * apart.std() / alone.sum()


@given(matrices)
def test_chances_of_a_pair_add_up_to_one_and_equal_data_is_even(daily: Any) -> None:
    chances = chance_less(block_sums(daily, draws=50))
    assert chances + chances.T == pytest.approx(np.ones(chances.shape))
    assert np.diag(chances).tolist() == [0.5] * len(daily)
    same = chance_less(block_sums(np.vstack([daily[:1]] * 2), draws=50))
    assert same[0, 1] == 0.5


@given(matrices)
def test_less_on_every_day_is_less_in_every_draw(daily: Any) -> None:
    drawn = block_sums(np.vstack([daily[:1], daily[:1] + 1]), draws=50)
    assert chance_less(drawn)[0, 1] == 1


@given(matrices)
def test_a_rank_lies_in_its_interval_and_within_the_field(daily: Any) -> None:
    found = rank_intervals(daily.sum(axis=1), block_sums(daily, draws=50))
    for rank, best, worst in found:
        assert 1 <= best <= rank <= worst <= len(daily)
    assert min(rank for rank, _, _ in found) == 1


@given(st.lists(st.integers(0, 9), min_size=1, max_size=8))
def test_ranks_are_those_of_scipy(values: list[int]) -> None:
    assert ranks(np.array(values)).tolist() == stats.rankdata(values, method="min").tolist()


def test_those_with_nothing_to_tell_apart_may_have_any_rank() -> None:
    nothing = np.zeros((3, 100))
    assert rank_intervals(nothing.sum(axis=1), block_sums(nothing)) == [(1, 1, 3)] * 3


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=50).map(np.array))
def test_a_p_value_is_never_zero_and_does_not_know_left_from_right(drawn: Any) -> None:
    p = two_sided_p(drawn)
    assert 0 < p <= 1
    assert p == two_sided_p(-drawn)


def test_p_values_fall_as_draws_leave_zero() -> None:
    assert two_sided_p(np.ones(3999)) == 2 / 4000
    assert two_sided_p(np.array([-1, 1] * 500)) == 1
    assert two_sided_p(np.array([0] * 10)) == 1


def test_the_middle_of_the_draws() -> None:
    assert percentiles(np.arange(1, 1001)) == (25, 975)


@pytest.mark.parametrize("providers", [1, 2, 30])
def test_many_are_ranked_in_order_as_few_are_pair_by_pair(
    providers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = np.random.default_rng(providers).integers(0, 9, (providers, 40))
    told = []
    for few in (0, providers):
        monkeypatch.setattr(bootstrap, "FEW", few)
        told.append((ranks(drawn).tolist(), rank_intervals(drawn[:, 0], drawn)))
    assert told[0] == told[1]
