"""What is left of things that have lasted for a while: conditional Kaplan-Meier, all at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from analytics.statistics.survival import Followed, Remaining, kaplan_meier, remaining_time

Array = npt.NDArray[Any]
#: Durations 10, 20, 20, 40, 60 (still open) and 90, begun together long ago.
EXAMPLE = [(10, True), (20, True), (20, True), (40, True), (60, False), (90, True)]
lengths = st.integers(1, 60)
#: When each began, how long it lasts, and whether that end was ever seen.
lives = st.lists(st.tuples(st.integers(0, 80), lengths, st.booleans()), min_size=1, max_size=25)
shares = st.floats(0.01, 0.99)


def followed(rows: list[tuple[int, int, bool]]) -> Followed:
    """Begun, length, ended: sorted as the estimate wants them."""
    known = sorted(
        (float(length) if ended else np.inf, begun, length) for begun, length, ended in rows
    )
    until = [np.inf if np.isfinite(s) else begun + float(length) for s, begun, length in known]
    seconds, begun = [s for s, _, _ in known], [float(b) for _, b, _ in known]
    return Followed(np.array(seconds), np.array(begun), np.array(until))


def left(rows: list[tuple[int, int, bool]], at: float, elapsed: float) -> Remaining:
    known = followed(rows)
    taken = np.ones((1, len(rows)), dtype=bool)
    return remaining_time(known, taken, np.array([at]), np.array([elapsed]))


def example(elapsed: float) -> Remaining:
    return left([(0, length, ended) for length, ended in EXAMPLE], 1000, elapsed)


def test_an_incident_open_for_20_of_what_took_20_in_the_median_has_70_left() -> None:
    found = example(20)
    assert found.at_risk.tolist() == [3]
    assert [round(1 - s, 3) for s in found.shares(20.0)] == [0.667]
    assert found.shares(70.0).tolist() == [1.0]
    assert found.quantiles(0.5).tolist() == [70.0]


def test_at_the_beginning_it_is_the_plain_curve() -> None:
    whole = kaplan_meier([length for length, _ in EXAMPLE], [ended for _, ended in EXAMPLE])
    for p in (0.1, 0.25, 0.5, 0.75, 0.9):
        assert example(0).quantiles(p).tolist() == [whole.quantile(p)]


def test_one_half_is_reached_although_fractions_land_above_it() -> None:
    """A product of fractions misses 0.5 by the last bit; a library then answers 40."""
    assert example(0).quantiles(0.5).tolist() == [20.0]


def test_what_nothing_reached_is_infinite() -> None:
    assert example(90).quantiles(0.5).tolist() == [np.inf]
    assert left([(0, 5, False)], 100, 0).quantiles(0.01).tolist() == [np.inf]


def test_of_no_share_nothing_is_left() -> None:
    assert example(20).quantiles(0.0).tolist() == [0.0]


def test_what_ended_later_than_the_forecast_is_still_open_there() -> None:
    """At 30 the one begun at 0 has lasted 30, though it is known today to have lasted 40."""
    then = left([(0, 40, True), (0, 10, True), (5, 12, True)], 30, 0)
    whole = kaplan_meier([30, 10, 12], [False, True, True])
    assert then.quantiles(0.5).tolist() == [whole.quantile(0.5)]
    assert then.quantiles(0.9).tolist() == [np.inf]


@given(lives, st.integers(0, 150), st.integers(0, 40))
def test_it_is_lifelines_fitted_on_those_that_lasted_longer(
    rows: list[tuple[int, int, bool]], at: int, elapsed: int
) -> None:
    then = [
        (min(length, at - begun), ended and begun + length <= at) for begun, length, ended in rows
    ]
    kept = [(seen, ended) for seen, ended in then if seen > elapsed]
    found = left(rows, at, elapsed)
    assert found.at_risk.tolist() == [len(kept)]
    if not kept:
        return
    theirs = KaplanMeierFitter().fit([t for t, _ in kept], [e for _, e in kept])
    for seconds in (1, 7, 20, 45):
        survival = float(theirs.predict(elapsed + seconds))
        assert 1 - found.shares(float(seconds))[0] == pytest.approx(survival, abs=1e-9)


@given(lives, st.integers(0, 150), st.integers(0, 40))
def test_survival_never_rises_and_stays_between_0_and_1(
    rows: list[tuple[int, int, bool]], at: int, elapsed: int
) -> None:
    [survival] = left(rows, at, elapsed).survival
    assert (np.diff(survival) <= 0).all()
    assert survival.max() <= 1
    assert survival.min() >= 0


@given(lives, shares, shares, st.integers(0, 40))
def test_a_larger_share_never_ends_sooner(
    rows: list[tuple[int, int, bool]], p: float, q: float, elapsed: int
) -> None:
    found = left(rows, 1000, elapsed)
    assert found.quantiles(min(p, q)) <= found.quantiles(max(p, q))


@given(st.lists(lengths, min_size=1, max_size=25), st.integers(0, 60))
def test_without_censoring_it_is_the_share_that_lasted_longer(
    whole: list[int], seconds: int
) -> None:
    found = left([(0, length, True) for length in whole], 1000, 0)
    ended = sum(length <= seconds for length in whole) / len(whole)
    assert found.shares(float(seconds))[0] == pytest.approx(ended)


@given(lives, st.integers(1, 60))
def test_an_end_unseen_beyond_all_others_leaves_earlier_survival(
    rows: list[tuple[int, int, bool]], seconds: int
) -> None:
    longest = 1 + max(length for _, length, _ in rows)
    seen, unseen = (left([*rows, (0, longest, ended)], 1000, 0) for ended in (True, False))
    within = float(min(seconds, longest - 1))
    assert seen.shares(within) == pytest.approx(unseen.shares(within))


@given(lives, st.randoms(use_true_random=False), st.integers(0, 150), st.integers(0, 40), shares)
def test_the_order_of_the_past_means_nothing(
    rows: list[tuple[int, int, bool]], chance: Any, at: int, elapsed: int, p: float
) -> None:
    other = rows.copy()
    chance.shuffle(other)
    one, two = left(rows, at, elapsed), left(other, at, elapsed)
    assert one.quantiles(p).tolist() == two.quantiles(p).tolist()


@given(lives, st.lists(st.tuples(st.integers(0, 150), st.integers(0, 40)), min_size=1, max_size=6))
def test_many_at_once_are_each_alone(
    rows: list[tuple[int, int, bool]], asked: list[tuple[int, int]]
) -> None:
    at, elapsed = (np.array(column, dtype=float) for column in zip(*asked, strict=True))
    taken = np.ones((len(asked), len(rows)), dtype=bool)
    together = remaining_time(followed(rows), taken, at, elapsed)
    for place, (moment, lasted) in enumerate(asked):
        alone = left(rows, moment, lasted)
        assert together.quantiles(0.5)[place] == alone.quantiles(0.5)[0]
        assert together.shares(9.0)[place] == alone.shares(9.0)[0]
        assert together.at_risk[place] == alone.at_risk[0]


def test_each_row_may_ask_for_a_share_of_its_own() -> None:
    known = followed([(0, length, True) for length in (10, 20, 30, 40)])
    two = remaining_time(known, np.ones((2, 4), dtype=bool), np.full(2, 100.0), np.zeros(2))
    assert two.quantiles(np.array([0.25, 0.75])).tolist() == [10.0, 30.0]
