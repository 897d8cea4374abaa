"""Downtime: the weight of a surface at each instant, cut wherever a question needs it."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import portion
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.downtime.combine import Downtime, Weighted, downtime, pieces
from ingest.intervals import union

Key = tuple[str, str]
Span = tuple[int, int]
A: Key = ("page", "a")
B: Key = ("page", "b")
LATEST = 100
moments = st.integers(0, LATEST)
spans = st.tuples(moments, moments).map(lambda ends: (min(ends), max(ends) + 1))
weights = st.sampled_from([0.1, 0.3, 0.5, 1.0])
downs = st.lists(st.tuples(spans, weights).map(lambda one: (*one[0], one[1])), max_size=5)
worlds = st.fixed_dictionaries({A: downs, B: downs})
views = st.fixed_dictionaries({k: st.lists(spans, max_size=3).map(union) for k in (A, B)})
combines = st.sampled_from(["any", "all", "mean"])
World = dict[Key, list[Weighted]]
View = dict[Key, list[Span]]


def as_portion(told: list[Span]) -> portion.Interval:
    return portion.Interval(*(portion.closedopen(a, b) for a, b in told))


def length(told: portion.Interval) -> int:
    return sum(one.upper - one.lower for one in told if not one.empty)


@given(worlds, views)
def test_any_and_all_are_the_union_and_the_intersection_of_what_is_down(
    world: World, view: View
) -> None:
    whole = {k: [(a, b, 1.0) for a, b, _ in told] for k, told in world.items()}
    seen = {k: as_portion(v) for k, v in view.items()}
    down = {k: as_portion([(a, b) for a, b, _ in world[k]]) & seen[k] for k in view}
    up = {k: seen[k] - down[k] for k in view}
    observed = seen[A] | seen[B]
    any_down = downtime(whole, view, "any")
    all_down = downtime(whole, view, "all")
    assert any_down == Downtime(length(down[A] | down[B]), length(observed))
    assert all_down == Downtime(length(observed - up[A] - up[B]), length(observed))


@given(worlds, views, combines, st.lists(moments, max_size=6))
def test_buckets_add_up_to_the_whole_wherever_they_are_cut(
    world: World, view: View, combine: str, cuts: list[int]
) -> None:
    edges = sorted({0, LATEST + 1, *cuts})
    found = pieces(world, view, combine, cuts=edges)
    whole = downtime(world, view, combine)
    assert found.total().observed_s == whole.observed_s
    assert found.total().down_s == pytest.approx(whole.down_s)
    assert found.summed(edges).sum() == pytest.approx(whole.down_s)
    parts = [found.between(a, b) for a, b in itertools.pairwise(edges)]
    assert sum(part.observed_s for part in parts) == whole.observed_s
    assert [part.down_s for part in parts] == pytest.approx(found.summed(edges).tolist())


@given(worlds, views, combines, st.lists(moments, max_size=6), st.integers(-1000, 1000))
def test_shifting_everything_changes_nothing(
    world: World, view: View, combine: str, cuts: list[int], by: int
) -> None:
    moved = {k: [(a + by, b + by, w) for a, b, w in told] for k, told in world.items()}
    later = {k: [(a + by, b + by) for a, b in told] for k, told in view.items()}
    before = pieces(world, view, combine, cuts)
    after = pieces(moved, later, combine, [c + by for c in cuts])
    assert (after.start - by).tolist() == before.start.tolist()
    assert after.weight.tolist() == before.weight.tolist()


@given(worlds, views, combines, st.integers(1, 60))
def test_longer_observation_without_trouble_never_lowers_availability(
    world: World, view: View, combine: str, more: int
) -> None:
    longer = {k: [*told, (LATEST + 1, LATEST + 1 + more)] for k, told in view.items()}
    before, after = downtime(world, view, combine), downtime(world, longer, combine)
    assert after.availability is not None
    assert before.availability is None or after.availability >= before.availability - 1e-12


@given(worlds, views, combines, moments, moments)
def test_an_outage_that_goes_on_only_adds(
    world: World, view: View, combine: str, start: int, end: int
) -> None:
    down = []
    for until in sorted((start, end)):
        ongoing = {**world, A: [*world[A], (0, until + 1, 1.0)]}
        down.append(downtime(ongoing, view, combine).down_s)
    assert down[0] <= down[1] + 1e-9


@given(worlds, views, combines, st.integers(0, 40))
def test_a_run_of_downtime_counts_whole_or_not_at_all(
    world: World, view: View, combine: str, least: int
) -> None:
    found = pieces(world, view, combine)
    kept = found.without_short(least)
    runs: list[list[int]] = []
    for n, weight in enumerate(found.weight):
        joins = runs and runs[-1][-1] == n - 1 and found.end[n - 1] == found.start[n]
        if weight > 0 and joins:
            runs[-1].append(n)
        elif weight > 0:
            runs.append([n])
    expected = np.zeros(len(found.weight))
    for run in runs:
        if found.end[run[-1]] - found.start[run[0]] >= least:
            expected[run] = found.weight[run]
    assert kept.weight.tolist() == expected.tolist()


def test_nothing_observed_is_no_availability() -> None:
    found = pieces({A: [(0, 10, 1.0)]}, {A: []}, "any", cuts=[5])
    assert found.total() == Downtime(0, 0)
    assert found.total().availability is None
    assert found.without_short(5).total() == Downtime(0, 0)
    assert found.summed([0, 5, 10]).tolist() == [0, 0]


def test_downtime_reaches_into_every_day_it_touches() -> None:
    day = 86_400
    outage: Any = {A: [(day // 2, 3 * day, 1.0)]}
    edges = [0, day, 2 * day, 3 * day, 4 * day]
    found = pieces(outage, {A: [(0, 4 * day)]}, "any", cuts=edges)
    assert found.summed(edges).tolist() == [day / 2, day, day, 0]


def test_in_several_regions_the_weight_is_the_mean_over_those_seen() -> None:
    east, west, everywhere = (("p", name) for name in ("east", "west", "everywhere"))
    down = {east: [(0, 10, 1.0)], everywhere: [(8, 12, 0.5)]}
    observed = {east: [(0, 20)], west: [(0, 10)], everywhere: [(5, 20)]}
    found = pieces(down, observed, "any", regions={east: "e", west: "w"})
    weights = dict(zip(found.start.tolist(), found.weight.tolist(), strict=True))
    # West is told by what lies everywhere from 10 on.
    assert weights == {0: 0.5, 5: 0.5, 8: 0.75, 10: 0.5, 12: 0.0}
    assert (
        downtime(down, observed, "any", {east: "e"}).down_s
        == downtime(down, observed, "any").down_s
    )
