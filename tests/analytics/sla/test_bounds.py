"""An instant on the full minute may be anywhere in it, and unknown time may be either."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analytics.downtime.combine import Weighted
from analytics.scope import Interval, Key
from analytics.sla.bounds import Bounds, bound_downtime

API: Key = ("page", "api")
CHAT: Key = ("page", "chat")
HOUR: Interval = (0, 3600)


def bounds(
    *down: Weighted,
    unknown: list[Interval] | None = None,
    coverage: list[Interval] | None = None,
    cuts: tuple[int, ...] = (),
) -> Bounds:
    covered = {API: [HOUR] if coverage is None else coverage}
    return bound_downtime({API: [*down]}, covered, {API: unknown or []}, HOUR, "any", cuts)


def down_s(found: Bounds) -> tuple[float, float, float]:
    least, likely, most = (one.total().down_s for one in (found.least, found.likely, found.most))
    return least, likely, most


def test_times_to_the_second_are_exact() -> None:
    assert down_s(bounds((61, 662, 1.0))) == (601, 601, 601)


def test_times_to_the_minute_are_up_to_a_minute_late() -> None:
    assert down_s(bounds((60, 660, 1.0))) == (540, 600, 660)
    assert down_s(bounds((60, 661, 1.0))) == (541, 601, 601)


def test_a_change_of_state_on_the_way_is_no_start_and_no_end() -> None:
    assert down_s(bounds((61, 120, 0.5), (120, 361, 1.0))) == (270.5, 270.5, 270.5)


def test_what_runs_across_the_ends_of_the_window_neither_starts_nor_ends_there() -> None:
    assert down_s(bounds((0, 121, 1.0), (3001, 3600, 1.0))) == (720, 720, 720)


def test_an_outage_as_short_as_its_precision_may_have_been_none() -> None:
    assert down_s(bounds((60, 120, 1.0))) == (0, 60, 120)


def test_unknown_and_uncovered_time_may_have_been_up_or_down() -> None:
    found = bounds((61, 121, 1.0), unknown=[(121, 421)], coverage=[(0, 3000)])
    assert down_s(found) == (60, 60, 60 + 300 + 600)
    assert [one.total().observed_s for one in (found.least, found.likely, found.most)] == [
        3600,
        2700,
        3600,
    ]


def test_a_component_that_came_later_leaves_no_hole_while_others_are_covered() -> None:
    covered = {API: [HOUR], CHAT: [(1800, 3600)]}
    found = bound_downtime({}, covered, {}, HOUR, "any", ())
    assert down_s(found) == (0, 0, 0)


def test_the_least_length_of_an_outage_is_judged_at_each_bound() -> None:
    found = bounds((60, 360, 1.0)).without_short(300)
    assert down_s(found) == (0, 300, 360)


SPANS = st.lists(
    st.tuples(st.integers(0, 59), st.integers(1, 20), st.sampled_from([0.3, 1.0])), max_size=6
).map(lambda rows: [(60 * a, min(60 * (a + n), 3600), w) for a, n, w in rows])
HOLES = st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 600)), max_size=3).map(
    lambda rows: [(a, a + n) for a, n in rows]
)


@given(down=SPANS, unknown=HOLES, short=st.sampled_from([0, 300]))
def test_what_is_told_lies_between_the_bounds(
    down: list[Weighted], unknown: list[Interval], short: int
) -> None:
    found = bounds(*down, unknown=unknown, cuts=(1800,)).without_short(short)
    least, likely, most = down_s(found)
    assert 0 <= least <= most <= 3600
    observed = found.likely.total().observed_s
    assert likely <= most + 1e-9
    assert least <= likely + (3600 - observed) + 1e-9
