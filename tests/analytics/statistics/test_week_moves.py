"""Test that moves by whole weeks find a common cause, and no tie in shared working hours."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.statistics.overlaps import Array, as_spans, merged, overlap
from analytics.statistics.week_moves import (
    WEEK_S,
    Circle,
    chance_as_high,
    chance_of_any,
    holm,
    overlaps_by_week,
    rates_by_week,
)
from analytics.statistics.week_pairs import near_of_all, overlaps_of_all
from tests.support.soaking import SOAK

HOUR_S = 3600
WEEKS = 60
SIXTY = Circle(WEEKS * WEEK_S, WEEKS)
#: Pairs that have nothing to do with each other: many by ``make soak``.
INDEPENDENT = 2000 if SOAK else 200
#: Of these, how many may seem tied at the level of 5 %: 6 in a hundred, or what 200 allow.
MOST_WRONG = 0.06 * INDEPENDENT if SOAK else 20
FOUR = Circle(5 * WEEK_S, 4)
INSTANT = st.integers(0, 6 * WEEK_S)
SPANS = st.lists(st.tuples(INSTANT, st.integers(1, 3 * WEEK_S // 2)), max_size=6).map(
    lambda found: as_spans((start, start + long) for start, long in found)
)


def around(spans: Array, move: int, circle: Circle) -> Array:
    """Move spans by whole weeks around the circle, the slow way."""
    moved = circle.cut(spans) + move * WEEK_S
    back = moved - circle.length
    inside = [(0, circle.length)]
    return as_spans(
        (max(a, 0), min(b, circle.length))
        for part in (moved, back)
        for a, b in part.tolist()
        if a < inside[0][1] and b > 0
    )


@given(SPANS, SPANS)
def test_what_is_moved_beyond_the_last_week_comes_back_in_the_first(
    one: Array, other: Array
) -> None:
    slow = [overlap(FOUR.cut(one), around(other, move, FOUR)) for move in range(FOUR.weeks)]
    assert overlaps_by_week(one, other, FOUR).tolist() == slow


@given(st.lists(INSTANT, max_size=6), st.lists(INSTANT, max_size=6))
def test_starts_are_near_each_other_across_the_end_of_the_circle_too(
    one: list[int], other: list[int]
) -> None:
    mine, its = (FOUR.inside(np.array(found, dtype=np.int64)) for found in (one, other))
    slow = []
    for move in range(FOUR.weeks):
        apart = np.abs(mine[:, None] - (its + move * WEEK_S) % FOUR.length)
        slow.append(int((np.minimum(apart, FOUR.length - apart) <= HOUR_S).sum()))
    both = [np.array(found, dtype=np.int64) for found in (one, other)]
    assert next(near_of_all(both, HOUR_S, FOUR))[1].tolist() == slow


@given(st.lists(SPANS, min_size=2, max_size=5))
def test_every_two_of_several_meet_as_by_themselves(several: list[Array]) -> None:
    for one, found in enumerate(overlaps_of_all(several, FOUR)):
        told = [overlaps_by_week(several[one], other, FOUR) for other in several[one + 1 :]]
        assert not found[: one + 1].any()
        assert found[one + 1 :].tolist() == [by_week.tolist() for by_week in told]


def test_a_move_under_which_little_can_be_compared_is_left_out() -> None:
    rates = rates_by_week(np.array([2, 1, 1]), np.array([10, 4, 5]))
    assert rates.tolist()[::2] == [0.2, 0.2]
    assert np.isnan(rates[1])
    assert chance_as_high(rates) == 1.0


def test_moves_by_few_weeks_count_to_either_side() -> None:
    rates = np.array([1.0, 2.0, 0.0, 0.0, 0.0, 0.0])
    assert chance_as_high(rates) == 2 / 6
    assert chance_as_high(rates, 1) == 2 / 3


def test_a_chance_is_never_zero_and_never_over_one() -> None:
    rates = np.array([5.0, *np.zeros(59)])
    assert chance_as_high(rates) == 1 / 60
    assert chance_as_high(np.zeros(60)) == 1.0


def test_adjusted_chances_are_those_of_holm() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]


def test_the_most_unusual_of_several_pairs_is_weighed_with_all_of_them() -> None:
    chance = np.random.default_rng(1)
    noise = {(0, 1): chance.random(60), (0, 2): chance.random(60), (1, 2): chance.random(60)}
    tied = {**noise, (0, 1): np.array([9.0, *chance.random(59)])}
    assert chance_of_any(noise, 60) > 0.05
    assert chance_of_any(tied, 60) == 1 / 60


def outages(chance: np.random.Generator, weeks: int = WEEKS) -> Array:
    """Draw outages: four times as many in working hours, some in runs, long ones rare."""
    hours = np.arange(7 * 24)
    working = (hours // 24 < 5) & (hours % 24 >= 9) & (hours % 24 < 17)
    weight = np.where(working, 4.0, 1.0)
    n = chance.poisson(1.2 * weeks)
    at = chance.integers(0, weeks, n) * WEEK_S
    at += chance.choice(hours, n, p=weight / weight.sum()) * HOUR_S
    at += chance.integers(0, HOUR_S, n)
    again = at[chance.random(n) < 0.3]
    starts = np.concatenate([at, again + chance.integers(HOUR_S, 48 * HOUR_S, len(again))])
    lasting = np.maximum(chance.lognormal(np.log(45 * 60), 1.2, len(starts)), 60).astype(np.int64)
    return merged(np.column_stack([starts, starts + lasting]))


def chances(one: Array, other: Array) -> tuple[float, float]:
    """Return p by overlap and by starts."""
    whole = np.full(WEEKS, SIXTY.length)
    by_overlap = rates_by_week(overlaps_by_week(one, other, SIXTY), whole)
    near = next(near_of_all([one[:, 0], other[:, 0]], HOUR_S, SIXTY))[1]
    by_starts = rates_by_week(near, whole)
    return chance_as_high(by_overlap), chance_as_high(by_starts)


def test_shared_working_hours_alone_are_no_tie() -> None:
    chance = np.random.default_rng(20260302)
    found = np.array([chances(outages(chance), outages(chance)) for _ in range(INDEPENDENT)])
    wrong = (found <= 0.05).sum(axis=0)
    print(
        f"{INDEPENDENT} independent pairs of {WEEKS} weeks seem tied: "
        f"{100 * wrong[0] / INDEPENDENT:.1f} % by overlap, "
        f"{100 * wrong[1] / INDEPENDENT:.1f} % by starts"
    )
    assert (wrong <= MOST_WRONG).all()


def test_a_common_cause_is_found() -> None:
    """Every third outage of one begins minutes after one of the other's."""
    chance = np.random.default_rng(8)
    cause = outages(chance)[::3]
    late = chance.integers(60, 20 * 60, len(cause))
    one, other = outages(chance), outages(chance)
    tied = (
        merged(np.concatenate([one, cause])),
        merged(np.concatenate([other, cause + late[:, None]])),
    )
    assert max(chances(*tied)) <= 0.05
    assert min(chances(one, other)) > 0.05
