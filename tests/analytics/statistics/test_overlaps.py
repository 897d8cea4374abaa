"""Test that spans as arrays add up as intervals do, and that failover costs what it must."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.statistics.overlaps import (
    Array,
    as_spans,
    before,
    both,
    common,
    either,
    failed_over,
    length,
    merged,
    outside,
    overlap,
    within_each,
)
from ingest.intervals import difference, intersection, total, union

MINUTE = 60
FOREVER = 10**9
INSTANT = st.integers(0, 400)
INTERVALS = st.lists(st.tuples(INSTANT, st.integers(0, 40)), max_size=12).map(
    lambda found: [(start, start + long) for start, long in found]
)
SPANS = INTERVALS.map(as_spans)


def pairs(spans: Array) -> list[tuple[int, int]]:
    return [(start, end) for start, end in spans.tolist()]


@given(INTERVALS, INTERVALS)
def test_spans_are_joined_cut_and_summed_as_intervals_are(
    one: list[tuple[int, int]], other: list[tuple[int, int]]
) -> None:
    first, second = as_spans(one), as_spans(other)
    assert pairs(both(first, second)) == intersection(one, other)
    assert pairs(either(first, second)) == union([*one, *other])
    assert pairs(both(first, outside(second))) == difference(one, other)
    assert overlap(first, second) == total(intersection(one, other))
    assert length(first) == total(one)


@given(INTERVALS, st.integers(0, 30))
def test_spans_that_are_near_are_merged(one: list[tuple[int, int]], gap: int) -> None:
    widened = union((start, end + gap) for start, end in one if start < end)
    assert pairs(merged(as_spans(one), gap)) == [(start, end - gap) for start, end in widened]


@given(SPANS, st.lists(INSTANT, min_size=2, unique=True).map(sorted))
def test_the_seconds_between_edges_add_up(spans: Array, edges: list[int]) -> None:
    cut = both(spans, as_spans([(edges[0], edges[-1])]))
    assert within_each(spans, np.array(edges)).sum() == length(cut)
    assert before(spans, np.array([FOREVER])).tolist() == [length(spans)]


@given(SPANS, SPANS, SPANS)
def test_joint_downtime_is_at_most_that_of_each_and_never_grows_with_one_more(
    one: Array, other: Array, third: Array
) -> None:
    joint = length(common([one, other]))
    assert joint == length(common([other, one]))
    assert joint <= min(length(one), length(other))
    assert length(common([one, other, third])) <= joint


@given(st.lists(SPANS, min_size=2, max_size=4), st.lists(INSTANT, min_size=2).map(sorted))
def test_failover_is_down_no_less_the_longer_it_waits(
    downs: list[Array], delays: list[int]
) -> None:
    lengths = [length(failed_over(downs, delay)) for delay in delays]
    assert lengths == sorted(lengths)


@given(st.lists(SPANS, min_size=2, max_size=4))
def test_failover_at_once_is_joint_and_never_is_the_primary(downs: list[Array]) -> None:
    assert pairs(failed_over(downs, 0)) == pairs(common(downs))
    assert pairs(failed_over(downs, FOREVER)) == pairs(downs[0])


def test_the_example_of_the_definition_is_right_to_the_minute() -> None:
    """A is down 0-10 and 50-60, B 5-20, of 100 minutes."""
    one = MINUTE * as_spans([(0, 10), (50, 60)])
    other = MINUTE * as_spans([(5, 20)])
    assert overlap(one, other) == 5 * MINUTE
    independent = length(one) * length(other) / (100 * MINUTE)
    assert (independent, round(5 * MINUTE / independent, 2)) == (3 * MINUTE, 1.67)
    assert length(failed_over([one, other], 2 * MINUTE)) == 9 * MINUTE


def test_the_order_of_fallbacks_decides_what_waiting_costs() -> None:
    """The second fallback is up while the first is down for the whole outage and a day before."""
    primary = MINUTE * as_spans([(100, 130)])
    down_too, up = MINUTE * as_spans([(90, 140)]), MINUTE * as_spans([])
    assert length(failed_over([primary, up, down_too], 5 * MINUTE)) == 5 * MINUTE
    assert length(failed_over([primary, down_too, up], 5 * MINUTE)) == 5 * MINUTE
    late = MINUTE * as_spans([(104, 140)])
    assert length(failed_over([primary, late, up], 5 * MINUTE)) == 9 * MINUTE
