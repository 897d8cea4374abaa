"""Availability: what each rule weighs, measured against the time that was observed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import Question, Snapshot, ask
from analytics.downtime.combine import Downtime, downtime, weighted
from analytics.metrics.availability import (
    ObservedStates,
    SurfacePart,
    availability,
    combined,
    extremes,
)
from analytics.metrics.coverage import coverage
from analytics.question import MAINTENANCE, RELIABILITY
from analytics.read_models.monthly import monthly
from analytics.rules import HEADLINE, STATE_RULES, Weights, weights_of
from analytics.scope import Scope
from ingest.intervals import clip, difference
from ingest.models import State
from tests.support.snapshots import at, component, covered, made, post, state

Key = tuple[str, str]
Told = tuple[int, int, State, str | None]
Span = tuple[int, int]
A: Key = ("page", "a")
B: Key = ("page", "b")
DAY, NEXT = "2026-01-05", "2026-01-06"


def told(*spans: tuple[str, int, int]) -> list[Told]:
    return [(start, end, State(name), None) for name, start, end in spans]


def measured(
    spans: Mapping[Key, Sequence[Told]],
    observed: Mapping[Key, Sequence[Span]],
    weights: Weights = STATE_RULES[HEADLINE],
    combine: str = "any",
) -> Downtime:
    return downtime(weighted(spans, weights), observed, combine)


def minute(n: int) -> datetime:
    return at(DAY) + timedelta(minutes=n)


def answered(snapshot: Snapshot, question: Question) -> dict[str, Any]:
    (row,) = availability(snapshot, question).to_dicts()
    return row


@pytest.mark.parametrize(("combine", "fraction"), [("any", 0.75), ("mean", 0.85), ("all", 0.95)])
def test_components_are_combined_as_asked(combine: str, fraction: float) -> None:
    spans = {A: told(("major", 0, 10)), B: told(("major", 5, 25))}
    result = measured(spans, {A: [(0, 100)], B: [(0, 100)]}, combine=combine)
    assert result.availability == pytest.approx(fraction)


@pytest.mark.parametrize("combine", ["any", "mean", "all"])
def test_a_component_nobody_observes_has_no_say(combine: str) -> None:
    spans = {A: told(("major", 0, 10)), B: told(("major", 50, 60))}
    assert measured(spans, {A: [(0, 100)], B: []}, combine=combine) == Downtime(10, 100)
    assert measured(spans, {A: []}, combine=combine).availability is None


@pytest.fixture(scope="module")
def one_hour(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Observe an hour; its post was open for the first fifty minutes."""
    told = (("partial", 0, 30), ("major", 20, 40), ("degraded", 35, 60))
    return made(
        tmp_path_factory.mktemp("hour"),
        as_of=NEXT,
        coverage=[covered(minute(0), minute(60))],
        posts=[post("p", minute(0), minute(50))],
        states=[state(name, minute(a), minute(b), post="p") for name, a, b in told],
    )


@pytest.mark.parametrize(
    ("rule", "down", "percent"),
    [
        ("statuspage", 26, 56.666),
        ("incident_io", 40, 33.333),
        ("instatus", 26, 56.666),
        ("major_only", 20, 66.666),
        ("strict", 60, 0.0),
        ("incident_open", 50, 16.666),
        ("custom", 32, 46.666),
    ],
)
def test_the_worst_of_concurrent_states_counts_as_the_rule_weighs_it(
    one_hour: Snapshot, rule: str, down: int, percent: float
) -> None:
    weights = "0.1,0.5,1" if rule == "custom" else None
    asked = ask(since=DAY, until=NEXT, rule=rule, weights=weights)
    row = answered(one_hour, asked)
    assert row["down_s"] == pytest.approx(60 * down)
    assert math.floor(row["value"] * 100_000) / 1000 == percent
    assert (row["rule"], row["combine"], row["status"]) == (asked.named_rule, "any", "ok")
    assert (row["n"], row["covered_s"], row["coverage"]) == (1, 3600, 1 / 24)


CORNERS = "2026-01-31"
WHOLE = ("unsure", "lost", "planned", "noticed", "ongoing")
PARTS = (("2026-01-01", "2026-01-11"), ("2026-01-21", CORNERS))


@pytest.fixture(scope="module")
def corners(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """One provider per awkward case, all in January 2026."""
    noon = ("2026-01-05 12:00", "2026-01-05 13:00")
    seen = [covered("2026-01-01", CORNERS, provider=name) for name in WHOLE]
    seen += [covered(*part, provider="gapped") for part in PARTS]
    posts = [
        post("m", *noon, provider="planned", kind="maintenance"),
        post("n", *noon, provider="noticed", **{"class": "notice"}),
        post("o", "2026-01-30 22:00", None, provider="ongoing"),
    ]
    states = [
        state("major", "2026-01-10 12:00", "2026-01-11 12:00", provider="gapped"),
        state("partial", *noon, provider="unsure"),
        state("unknown", "2026-01-05 13:00", "2026-01-05 17:00", provider="unsure"),
        state("major", *noon, provider="blind"),
        state("unknown", "2025-12-01", None, provider="lost"),
        state("maintenance", *noon, provider="planned", post="m"),
        state("major", *noon, provider="noticed", post="n"),
        state("major", "2026-01-06 12:00", "2026-01-06 13:00", provider="noticed"),
        state("partial", "2026-01-30 23:00", None, provider="ongoing", post="o"),
    ]
    web = component("web", provider="gapped", surface="chat_web")
    folder = tmp_path_factory.mktemp("corners")
    return made(folder, as_of=CORNERS, components=[web], coverage=seen, states=states, posts=posts)


def of(provider: str, **more: Any) -> Question:
    asked = {"since": "2026-01-01", "until": CORNERS, "surface": "api_inference", **more}
    return ask(providers=[provider], **asked)


def test_unknown_time_is_neither_up_nor_down(corners: Snapshot) -> None:
    row = answered(corners, of("unsure", since=DAY, until=NEXT))
    assert (row["unknown_s"], row["covered_s"]) == (4 * 3600, 86_400)
    assert row["value"] == pytest.approx(1 - 3600 / (20 * 3600))


@pytest.fixture(scope="module")
def doubtful(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Four hours: API down in the first, Chat unknown in the first two; known all month before."""
    return made(
        tmp_path_factory.mktemp("doubtful"),
        as_of=NEXT,
        components=[component("api"), component("chat")],
        coverage=[covered("2025-12-01", minute(240), of=name) for name in ("api", "chat")],
        posts=[post("p", minute(0), minute(60), of=["api"])],
        states=[
            state("partial", minute(0), minute(60), of="api", post="p"),
            state("unknown", minute(0), minute(120), of="chat"),
        ],
    )


@pytest.mark.parametrize(
    ("combine", "rule", "low", "value", "high"),
    [
        ("any", "incident_io", 1 / 2, 3 / 4, 3 / 4),
        ("any", "statuspage", 1 / 2, 1 - 0.3 / 4, 1 - 0.3 / 4),
        ("any", "incident_open", 1 / 2, 3 / 4, 3 / 4),
        ("mean", "incident_io", 1 - 1.5 / 4, 3 / 4, 1 - 0.5 / 4),
        ("all", "incident_io", 3 / 4, 3 / 4, 1.0),
        ("all", "incident_open", 3 / 4, 3 / 4, 1.0),
    ],
)
def test_unknown_components_are_all_down_at_worst_and_all_up_at_best(
    doubtful: Snapshot, combine: str, rule: str, low: float, value: float, high: float
) -> None:
    asked = ask(since=DAY, until=NEXT, combine=combine, rule=rule)
    row = answered(doubtful, asked)
    assert [row[name] for name in ("low", "value", "high")] == pytest.approx([low, value, high])


@pytest.mark.parametrize("combine", ["any", "mean", "all"])
def test_only_where_a_state_is_unknown_are_there_bounds(doubtful: Snapshot, combine: str) -> None:
    row = answered(doubtful, ask(since="2025-12-01", until=DAY, combine=combine))
    assert (row["value"], row["low"], row["high"]) == (1.0, None, None)
    asked = ask(since="2025-12-01", until=NEXT, combine=combine)
    december, january = monthly(doubtful, asked).to_dicts()
    assert (december["low"], december["high"]) == (None, None)
    assert january["low"] < january["high"]


def test_custom_weights_do_not_soften_what_the_unknown_could_be(doubtful: Snapshot) -> None:
    asked = ask(since=DAY, until=NEXT, combine="any", rule="custom", weights="0.1,0.2,0.5")
    row = answered(doubtful, asked)
    assert (row["low"], row["high"]) == pytest.approx((1 / 2, 1 - 0.2 / 4))


def test_only_time_vouched_for_is_measured(corners: Snapshot) -> None:
    row = answered(corners, of("gapped"))
    assert row["covered_s"] == 20 * 86_400
    assert row["coverage"] == pytest.approx(2 / 3)
    assert row["down_s"] == 12 * 3600
    assert row["value"] == pytest.approx(1 - 0.5 / 20)
    assert coverage(corners, of("gapped"))["value"].to_list() == [row["coverage"]]


@pytest.mark.parametrize(
    ("provider", "more"),
    [
        ("blind", {}),
        ("gapped", {"surface": "chat_web"}),
        ("gapped", {"since": "2026-01-12", "until": "2026-01-20"}),
    ],
)
def test_without_coverage_there_is_no_value(
    corners: Snapshot, provider: str, more: dict[str, str]
) -> None:
    for metric in (availability, coverage):
        (row,) = metric(corners, of(provider, **more)).to_dicts()
        assert (row["value"], row["status"]) == (None, "no_coverage")
        assert (row["covered_s"], row["coverage"]) == (0, 0.0)


def test_coverage_that_is_all_unknown_is_too_little_to_say_anything(corners: Snapshot) -> None:
    row = answered(corners, of("lost"))
    assert (row["value"], row["status"]) == (None, "insufficient")
    assert row["unknown_s"] == row["covered_s"] == 30 * 86_400


def test_maintenance_is_not_downtime_even_under_the_strictest_rules(corners: Snapshot) -> None:
    for rule in ("strict", "incident_open"):
        row = answered(corners, of("planned", rule=rule))
        assert (row["value"], row["down_s"], row["n"]) == (1.0, 0.0, 0)


def test_classes_decide_which_posts_count_and_states_without_a_post_always_do(
    corners: Snapshot,
) -> None:
    assert answered(corners, of("noticed"))["down_s"] == 3600
    assert answered(corners, of("noticed", classes="outage,notice"))["down_s"] == 7200
    assert answered(corners, of("noticed", rule="incident_open"))["down_s"] == 0


def test_an_ongoing_outage_lasts_until_the_newest_capture(corners: Snapshot) -> None:
    assert answered(corners, of("ongoing"))["down_s"] == 3600
    row = answered(corners, of("ongoing", rule="incident_open"))
    assert (row["down_s"], row["n"]) == (7200, 1)


def test_a_day_is_as_long_as_its_zone_makes_it(tmp_path: Path) -> None:
    snapshot = made(tmp_path, as_of="2026-12-01", coverage=[covered("2026-01-01", "2026-12-01")])
    pacific = "America/Los_Angeles"
    for day, length in (("2026-03-08", 1380), ("2026-03-09", 1440), ("2026-11-01", 1500)):
        after = date.fromisoformat(day) + timedelta(days=1)
        row = answered(snapshot, ask(since=day, until=after, zone=pacific))
        assert row["covered_s"] == length * 60
        assert row["coverage"] == 1.0
        assert row["window_end"] - row["window_start"] == timedelta(minutes=length)


def test_coverage_counts_the_posts_of_its_window(corners: Snapshot) -> None:
    early = of("ongoing", since="2026-01-05", until="2026-01-12")
    assert coverage(corners, early)["n"].to_list() == [0]


LATEST = 200
moments = st.integers(0, LATEST)
spans = st.tuples(moments, moments).map(lambda ends: (min(ends), max(ends) + 1))
bad = st.sampled_from([State.MAINTENANCE, State.DEGRADED, State.PARTIAL, State.MAJOR])
stated = st.lists(st.tuples(spans, bad).map(lambda one: (*one[0], one[1], None)), max_size=6)
worlds = st.fixed_dictionaries({A: stated, B: stated})
views = st.fixed_dictionaries(
    {k: st.lists(spans, max_size=3).map(lambda s: clip(s, 0, LATEST)) for k in (A, B)}
)
combines = st.sampled_from(["any", "mean", "all"])
rising = st.lists(st.floats(0, 1), min_size=3, max_size=3).map(sorted)
World = dict[Key, list[Told]]
View = dict[Key, list[Span]]


@given(worlds, views, combines, rising, rising)
def test_raising_a_weight_never_raises_availability(
    world: World, view: View, combine: str, one: Any, other: Any
) -> None:
    low, high = (weights_of("custom", tuple(map(pick, one, other))) for pick in (min, max))
    down = [measured(world, view, weights, combine).down_s for weights in (low, high)]
    assert down[0] <= down[1] + 1e-9


@given(worlds, views, combines, st.sampled_from([None, (MAINTENANCE,)]))
def test_rules_are_ordered_and_values_stay_between_none_and_all(
    world: World, view: View, combine: str, classes: tuple[str, ...] | None
) -> None:
    order = ("strict", "incident_io", "statuspage", "major_only")
    down = [weighted(world, STATE_RULES[rule], classes) for rule in order]
    found = [downtime(spans, view, combine).availability for spans in down]
    values = [0.0, *(value for value in found if value is not None), 1.0]
    assert all(a <= b + 1e-9 for a, b in pairwise(values))


@given(worlds, views, combines, st.sampled_from(sorted(STATE_RULES)))
def test_asking_for_maintenance_never_raises_availability(
    world: World, view: View, combine: str, rule: str
) -> None:
    every = [
        weighted(world, STATE_RULES[rule], c) for c in (RELIABILITY, (*RELIABILITY, MAINTENANCE))
    ]
    less, more = (downtime(spans, view, combine).down_s for spans in every)
    assert less <= more + 1e-9


@given(worlds, st.lists(spans, max_size=3))
def test_all_is_never_worse_than_mean_nor_mean_than_any(world: World, seen: list[Span]) -> None:
    down = [measured(world, {A: seen, B: seen}, combine=c).down_s for c in ("all", "mean", "any")]
    assert all(a <= b + 1e-9 for a, b in pairwise(down))


@given(worlds, views, combines, moments)
def test_two_halves_add_up_to_the_whole(
    world: World, view: View, combine: str, middle: int
) -> None:
    whole = measured(world, view, combine=combine)
    early = {key: clip(seen, 0, middle) for key, seen in view.items()}
    late = {key: clip(seen, middle, LATEST) for key, seen in view.items()}
    one, two = (measured(world, half, combine=combine) for half in (early, late))
    assert one.observed_s + two.observed_s == whole.observed_s
    assert one.down_s + two.down_s == pytest.approx(whole.down_s)


@given(worlds, views, combines, st.randoms(use_true_random=False))
def test_repeating_or_reordering_rows_changes_nothing(
    world: World, view: View, combine: str, dice: Any
) -> None:
    again = {key: told * 2 for key, told in world.items()}
    for told in again.values():
        dice.shuffle(told)
    twice = {key: [*seen, *seen][::-1] for key, seen in view.items()}
    assert measured(again, twice, combine=combine) == measured(world, view, combine=combine)


@given(worlds, views, moments)
def test_seconds_agree_with_a_count_second_by_second(world: World, view: View, shift: int) -> None:
    def worst(key: Key, second: int) -> float:
        weights = STATE_RULES["statuspage"]
        return max((weights[s] for a, b, s, _ in world[key] if a <= second < b), default=0.0)

    seen = {n: [k for k in view if any(a <= n < b for a, b in view[k])] for n in range(LATEST)}
    down = sum(max(worst(k, n) for k in keys) for n, keys in seen.items() if keys)
    moved = {k: [(a + shift, b + shift, s, i) for a, b, s, i in v] for k, v in world.items()}
    later = {k: [(a + shift, b + shift) for a, b in v] for k, v in view.items()}
    result = measured(moved, later, STATE_RULES["statuspage"])
    assert result.down_s == pytest.approx(down)
    assert result.observed_s == sum(1 for keys in seen.values() if keys)


holes = st.fixed_dictionaries({k: st.lists(spans, max_size=3) for k in (A, B)})


@given(worlds, views, holes, combines, st.sampled_from(["statuspage", "incident_io", "strict"]))
def test_bounds_agree_with_a_count_second_by_second(
    corners: Snapshot, world: World, view: View, unknown: View, combine: str, rule: str
) -> None:
    def level(key: Key, second: int, assumed: float) -> float:
        if any(a <= second < b for a, b in unknown[key]):
            return assumed
        return max(
            (STATE_RULES[rule][s] for a, b, s, _ in world[key] if a <= second < b), default=0
        )

    def counted(assumed: float) -> float:
        found = (
            [level(k, n, assumed) for k in view if any(a <= n < b for a, b in view[k])]
            for n in range(LATEST)
        )
        return fmean(over(levels) for levels in found if levels)

    over = {"any": max, "all": min, "mean": fmean}[combine]
    asked = ask(combine=combine, rule=rule)
    scope = Scope("acme", "api_inference", minute(0), minute(10), view)
    observed = {key: difference(view[key], unknown[key]) for key in view}
    seen = ObservedStates(scope, world, observed)
    measured = combined(corners, asked, seen).total()
    best, worst = (one.total().down_s for one in extremes(corners, asked, seen))
    row = SurfacePart(scope.totals, measured, 0, (best, worst)).numbers(asked)
    if measured.observed_s:
        assert row["low"] == pytest.approx(1 - counted(1.0), abs=1e-12)
        assert row["high"] == pytest.approx(1 - counted(0.0), abs=1e-12)
        assert 0 <= row["low"] <= measured.availability <= row["high"] <= 1
    else:
        assert (row["low"], row["high"]) == (None, None)


days = st.integers(1, 30)


@pytest.fixture(scope="module")
def between(corners: Snapshot) -> Callable[[str, str], pl.DataFrame]:
    """Availability in a window of a provider with a hole, of one with the unknown, of one down."""

    @cache
    def asked(since: str, until: str) -> pl.DataFrame:
        names, surface = ["gapped", "unsure", "ongoing"], "api_inference"
        found = availability(
            corners, ask(providers=names, since=since, until=until, surface=surface)
        )
        assert sorted(found["provider"]) == sorted(names)
        return found.sort("provider")

    return asked


@given(st.sets(days, min_size=3, max_size=3))
def test_windows_side_by_side_add_up(
    between: Callable[[str, str], pl.DataFrame], cuts: set[int]
) -> None:
    first, middle, last = (f"2026-01-{day:02}" for day in sorted(cuts))
    whole, one, two = between(first, last), between(first, middle), between(middle, last)
    for column in ("down_s", "covered_s", "unknown_s"):
        assert (one[column] + two[column]).to_list() == whole[column].to_list()
