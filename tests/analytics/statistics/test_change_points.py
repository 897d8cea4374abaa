"""Test that changes of level are those of the best partition, and that chance alone has none."""

from __future__ import annotations

from itertools import combinations, pairwise
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.statistics.change_points import LEAST, lasting_changes, partition, steadied
from analytics.statistics.overlaps import Array

VALUES = st.lists(st.integers(0, 12), min_size=2, max_size=14).map(
    lambda found: np.array(found, dtype=float)
)


def cost(values: Array, at: tuple[int, ...], penalty: float) -> float:
    edges = [0, *at, len(values)]
    parts = [values[a:b] for a, b in pairwise(edges)]
    return float(sum(((part - part.mean()) ** 2).sum() for part in parts)) + penalty * len(at)


@settings(max_examples=40)
@given(VALUES, st.floats(0.5, 10))
def test_no_partition_is_better(values: Array, penalty: float) -> None:
    least = 2
    found = partition(values, penalty, least)
    every = [
        at
        for k in range(len(values) // least)
        for at in combinations(range(1, len(values)), k)
        if all(b - a >= least for a, b in zip((0, *at), (*at, len(values)), strict=True))
    ]
    assert cost(values, found, penalty) == pytest.approx(
        min(cost(values, at, penalty) for at in every)
    )


def test_a_change_of_level_is_found_in_its_week() -> None:
    chance = np.random.default_rng(3)
    counts = np.concatenate([chance.poisson(2, 60), chance.poisson(9, 60)])
    assert lasting_changes(counts) == (60,)


def test_a_constant_rate_has_no_change() -> None:
    chance = np.random.default_rng(5)
    found = [lasting_changes(chance.poisson(3, 104)) for _ in range(60)]
    assert sum(map(bool, found)) <= 3
    assert lasting_changes(np.full(104, 4)) == ()


def test_a_week_alone_is_no_level() -> None:
    counts = np.full(80, 2)
    counts[40] = 30
    found = lasting_changes(counts)
    edges = (0, *found, 80)
    assert min(b - a for a, b in pairwise(edges)) >= LEAST


def test_a_change_that_is_not_worth_the_higher_price_is_left_out() -> None:
    counts = np.concatenate([np.full(40, 3), np.full(9, 7), np.full(40, 3)])
    values, price = steadied(counts), log(89)
    assert partition(values, 2 * price) != ()
    assert partition(values, 3 * price) == () == lasting_changes(counts)


def test_too_short_a_series_has_no_change() -> None:
    assert lasting_changes([1] * (2 * LEAST - 1)) == ()
