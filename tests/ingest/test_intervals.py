"""Interval arithmetic, checked against the library ``portion`` and against its own algebra."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import portion
from hypothesis import given
from hypothesis import strategies as st

from ingest.intervals import clip, difference, intersection, total, union

Interval = tuple[int, int]
NOON = datetime(2026, 3, 8, 12, tzinfo=UTC)

# A narrow line, so that ends often meet; some intervals are empty or run backwards.
POINTS = st.integers(-30, 30)
INTERVALS = st.lists(st.tuples(POINTS, POINTS), max_size=12)
#: Intervals that hold something.
FULL = st.tuples(POINTS, POINTS).filter(lambda i: i[0] < i[1])


def oracle(intervals: Iterable[Interval]) -> portion.Interval:
    found = portion.empty()
    for start, end in intervals:
        found |= portion.closedopen(start, end)
    return found


def listed(interval: portion.Interval) -> list[Interval]:
    return [(atom.lower, atom.upper) for atom in interval if not atom.empty]


def points(intervals: Iterable[Interval]) -> set[int]:
    return {point for start, end in intervals for point in range(start, end)}


@given(INTERVALS)
def test_union_agrees_with_the_oracle(intervals: list[Interval]) -> None:
    assert union(intervals) == listed(oracle(intervals))


@given(INTERVALS, INTERVALS)
def test_intersection_agrees_with_the_oracle(left: list[Interval], right: list[Interval]) -> None:
    assert intersection(left, right) == listed(oracle(left) & oracle(right))


@given(INTERVALS, INTERVALS)
def test_difference_agrees_with_the_oracle(left: list[Interval], right: list[Interval]) -> None:
    assert difference(left, right) == listed(oracle(left) - oracle(right))


@given(INTERVALS, POINTS, POINTS)
def test_clip_agrees_with_the_oracle(intervals: list[Interval], start: int, end: int) -> None:
    assert clip(intervals, start, end) == listed(oracle(intervals) & oracle([(start, end)]))


@given(INTERVALS)
def test_total_counts_each_second_once(intervals: list[Interval]) -> None:
    assert total(intervals) == len(points(intervals))


@given(INTERVALS, INTERVALS)
def test_results_are_sorted_disjoint_never_empty_and_never_touch(
    left: list[Interval], right: list[Interval]
) -> None:
    for found in (union(left), intersection(left, right), difference(left, right)):
        assert all(start < end for start, end in found)
        assert all(before[1] < after[0] for before, after in itertools.pairwise(found))


@given(INTERVALS)
def test_union_is_idempotent(intervals: list[Interval]) -> None:
    once = union(intervals)
    assert union(once) == once
    assert union([*intervals, *intervals]) == once
    assert intersection(intervals, intervals) == once


@given(INTERVALS, INTERVALS)
def test_union_and_intersection_are_commutative(
    left: list[Interval], right: list[Interval]
) -> None:
    assert union([*left, *right]) == union([*right, *left])
    assert intersection(left, right) == intersection(right, left)


@given(INTERVALS, INTERVALS, INTERVALS)
def test_union_and_intersection_are_associative(
    one: list[Interval], two: list[Interval], three: list[Interval]
) -> None:
    assert union([*union([*one, *two]), *three]) == union([*one, *union([*two, *three])])
    assert intersection(intersection(one, two), three) == intersection(
        one, intersection(two, three)
    )


@given(INTERVALS, INTERVALS, INTERVALS)
def test_intersection_distributes_over_union(
    one: list[Interval], two: list[Interval], three: list[Interval]
) -> None:
    together = intersection(one, [*two, *three])
    assert together == union([*intersection(one, two), *intersection(one, three)])


@given(INTERVALS, INTERVALS)
def test_what_both_cover_and_what_only_the_left_covers_make_up_the_left(
    left: list[Interval], right: list[Interval]
) -> None:
    common, rest = intersection(left, right), difference(left, right)
    assert intersection(common, rest) == []
    assert union([*common, *rest]) == union(left)
    assert total(common) + total(rest) == total(left)


@given(INTERVALS, INTERVALS)
def test_a_union_counts_both_sides_less_what_they_share(
    left: list[Interval], right: list[Interval]
) -> None:
    shared = total(intersection(left, right))
    assert total([*left, *right]) == total(left) + total(right) - shared


@given(INTERVALS, POINTS, POINTS, POINTS)
def test_clips_to_windows_that_touch_add_up(
    intervals: list[Interval], one: int, two: int, three: int
) -> None:
    start, middle, end = sorted((one, two, three))
    parts = [*clip(intervals, start, middle), *clip(intervals, middle, end)]
    assert union(parts) == clip(intervals, start, end)
    assert total(clip(intervals, start, middle)) + total(clip(intervals, middle, end)) == total(
        clip(intervals, start, end)
    )


@given(FULL, st.integers(1, 30))
def test_intervals_that_touch_are_one(interval: Interval, more: int) -> None:
    start, end = interval
    assert union([interval, (end, end + more)]) == [(start, end + more)]
    assert intersection([interval], [(end, end + more)]) == []
    assert difference([interval], [(end, end + more)]) == [interval]


@given(INTERVALS, POINTS, st.integers(0, 30))
def test_an_interval_that_ends_before_it_begins_is_nothing(
    intervals: list[Interval], point: int, back: int
) -> None:
    nothing = (point, point - back)
    assert union([nothing]) == []
    assert total([nothing]) == 0
    assert union([*intervals, nothing]) == union(intervals)
    assert intersection(intervals, [nothing]) == []
    assert difference(intervals, [nothing]) == union(intervals)
    assert clip(intervals, *nothing) == []


def test_nothing_stays_nothing() -> None:
    assert union([]) == []
    assert intersection([], [(0, 1)]) == intersection([(0, 1)], []) == []
    assert difference([], [(0, 1)]) == []
    assert difference([(0, 1)], []) == [(0, 1)]
    assert total([]) == 0


@given(INTERVALS, INTERVALS)
def test_results_do_not_depend_on_order_and_arguments_are_left_alone(
    left: list[Interval], right: list[Interval]
) -> None:
    kept = list(left), list(right)
    assert union(left[::-1]) == union(left)
    assert difference(left[::-1], right[::-1]) == difference(left, right)
    assert intersection(iter(left), iter(right)) == intersection(left, right)
    assert (left, right) == kept


@given(INTERVALS, INTERVALS, POINTS, POINTS)
def test_aware_datetimes_are_treated_as_their_seconds_are(
    left: list[Interval], right: list[Interval], start: int, end: int
) -> None:
    def moment(second: int) -> datetime:
        return NOON + timedelta(seconds=second)

    def dated(intervals: list[Interval]) -> list[tuple[datetime, datetime]]:
        return [(moment(a), moment(b)) for a, b in intervals]

    assert union(dated(left)) == dated(union(left))
    assert intersection(dated(left), dated(right)) == dated(intersection(left, right))
    assert difference(dated(left), dated(right)) == dated(difference(left, right))
    assert clip(dated(left), moment(start), moment(end)) == dated(clip(left, start, end))
