"""Grades: what they take, what they never do, and how often they are right.

METHODOLOGY, "Grades".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.comparison.standings import side
from analytics.verdict.grade import (
    BY_BASIS,
    BY_CHANCE,
    BY_COUNTING,
    BY_DAYS,
    BY_UNKNOWN,
    CLEAR,
    GRADES,
    LIKELY,
    NOT_COMPARABLE,
    NOTHING,
    PROVISIONAL,
    TOO_CLOSE,
    Compared,
    chances,
    grade_of,
    judge,
    weakest,
)
from tests.support.soaking import SOAK

DAY_S = 86_400
#: One was down for an hour, the other for two days, in a year; nothing is unknown.
SURE = Compared(0.999, (1,) * 6, 169_200.0, (0.0, 0.0), 365.0)


def changed(**more: Any) -> tuple[str, str]:
    return judge(replace(SURE, **more))


@pytest.mark.parametrize(
    ("more", "grade", "catch"),
    [
        ({}, CLEAR, NOTHING),
        ({"unknown": (310_000.0, 0.0)}, CLEAR, BY_UNKNOWN),
        ({"unknown": (400_000.0, 0.0)}, LIKELY, BY_UNKNOWN),
        ({"unknown": (1_800_000.0, 0.0)}, TOO_CLOSE, BY_UNKNOWN),
        ({"unknown": (0.0, 1e9)}, CLEAR, NOTHING),
        ({"chance": 0.989}, LIKELY, BY_CHANCE),
        ({"chance": 0.949}, TOO_CLOSE, BY_CHANCE),
        ({"chance": 0.5, "ahead": 0.0}, TOO_CLOSE, BY_CHANCE),
        ({"signs": (1, 1, 1, 1, 1, 0)}, CLEAR, NOTHING),
        ({"signs": (1, 1, 1, 1, 1, -1)}, LIKELY, BY_COUNTING),
        ({"signs": (1, 1, 1, 1, -1, -1)}, TOO_CLOSE, BY_COUNTING),
        ({"days": 89.4}, PROVISIONAL, BY_DAYS),
        ({"days": 89.5}, CLEAR, NOTHING),
        ({"days": 60.0, "chance": 0.94}, TOO_CLOSE, BY_CHANCE),
        ({"days": 29.5}, PROVISIONAL, BY_DAYS),
        ({"days": 29.4}, NOT_COMPARABLE, BY_DAYS),
        ({"coarse": (False, True)}, LIKELY, BY_BASIS),
        ({"coarse": (True, False)}, CLEAR, NOTHING),
        ({"coarse": (True, True)}, CLEAR, NOTHING),
    ],
)
def test_a_grade_takes_chance_every_way_of_counting_days_and_little_unknown(
    more: dict[str, Any], grade: str, catch: str
) -> None:
    assert changed(**more) == (grade, catch)


def test_of_several_grades_the_weakest_counts() -> None:
    assert weakest([CLEAR, PROVISIONAL, LIKELY]) == PROVISIONAL


def weighed(states: Sequence[Sequence[int]]) -> list[np.ndarray[Any, Any]]:
    """Weigh hours of states (0 up, 1 partial, 2 major, -1 unknown) by three rules, day by day."""
    hours = np.array(states).reshape(2, -1, 24)
    return [
        3600.0 * ((hours == 1) * partial + (hours == 2) * 1.0).sum(axis=2)
        for partial in (1.0, 0.3, 0.0)
    ]


def compared(states: Sequence[Sequence[int]]) -> Compared:
    cells = weighed(states)
    matrix = chances(cells)
    unknown = tuple(3600.0 * (np.array(one) == -1).sum() for one in states)
    ahead = float(cells[0][1].sum() - cells[0][0].sum())
    signs = tuple(side(float(one[0, 1])) for one in matrix)
    days = len(states[0]) / 24
    return Compared(float(matrix[0][0, 1]), signs, ahead, (unknown[0], unknown[1]), days)


@st.composite
def worlds(draw: st.DrawFn) -> list[list[int]]:
    """Draw two hundred days of two providers, one worse than the other."""
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    often = draw(st.sampled_from([0.002, 0.01])), draw(st.sampled_from([0.002, 0.01, 0.03]))
    unknown = draw(st.sampled_from([0.0, 0.002, 0.01]))
    share = [[1 - 2 * p - unknown, p, p, unknown] for p in often]
    return [rng.choice([0, 1, 2, -1], 200 * 24, p=p).tolist() for p in share]


@settings(max_examples=25, deadline=None)
@given(worlds())
def test_swapping_the_two_mirrors_the_grade(world: list[list[int]]) -> None:
    one, other = compared(world), compared(world[::-1])
    assert judge(one) == judge(other)
    assert one.favoured == -other.favoured
    assert one.tipping == other.tipping


@settings(max_examples=25, deadline=None)
@given(worlds(), st.integers(0, 2**32 - 1), st.sampled_from([0, 1]))
def test_up_time_of_the_favoured_made_unknown_of_either_never_raises_the_grade(
    world: list[list[int]], seed: int, whose: int
) -> None:
    before = compared(world)
    favoured = 0 if before.favoured >= 0 else 1
    up = [n for n, state in enumerate(world[favoured]) if state == 0]
    lost = np.random.default_rng(seed).choice(up, 300, replace=False)
    darker = [list(one) for one in world]
    for hour in lost.tolist():
        darker[whose][hour] = -1
    after = compared(darker)
    if after.favoured == before.favoured:
        assert GRADES.index(grade_of(after)) >= GRADES.index(grade_of(before))
    else:
        assert grade_of(after) == TOO_CLOSE


@given(
    st.floats(0, 1),
    st.lists(st.sampled_from([1, 0, -1]), max_size=8),
    st.sampled_from([1, 0, -1]),
    st.floats(-1e6, 1e6),
    st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)),
    st.floats(0, 400),
)
def test_a_rule_more_never_raises_the_grade(
    chance: float,
    signs: list[int],
    more: int,
    ahead: float,
    unknown: tuple[float, float],
    days: float,
) -> None:
    before = Compared(chance, tuple(signs), ahead, unknown, days)
    after = replace(before, signs=(*signs, more))
    assert GRADES.index(grade_of(after)) >= GRADES.index(grade_of(before))


RATIOS = (1.25, 1.5, 2.0, 3.0)
#: Seeds of each half: all of them by ``make soak``.
SEEDS = 400 if SOAK else 60


def told(seed: int, ratio: float) -> tuple[str, int]:
    """Draw a pair whose true downtime differs by ``ratio``, the first better; grade it."""
    rng = np.random.default_rng(seed)
    days = int(rng.integers(120, 366))
    rate = rng.uniform(2, 6) / 30
    down = np.zeros((3, 2, days))
    for who, much in ((0, 1.0), (1, ratio)):
        for day in rng.integers(0, days, rng.poisson(rate * much * days)):
            # A log-normal length around an hour, partial or major.
            seconds = min(3600 * rng.lognormal(0, 1.4), DAY_S)
            partial = rng.random() < 0.5
            down[:, who, day] += seconds * np.array([1.0, 0.3 if partial else 1.0, not partial])
    matrix = chances(list(down))
    sums = down[0].sum(axis=1)
    favoured = 0 if side(float(matrix[0][0, 1])) >= 0 else 1
    unknown = [0.0, 0.0]
    if seed % 2:
        unknown[favoured] = rng.uniform(0, 2) * float(sums.min())
    signs = tuple(side(float(one[0, 1])) for one in matrix)
    found = Compared(
        float(matrix[0][0, 1]), signs, float(sums[1] - sums[0]), (unknown[0], unknown[1]), days
    )
    return grade_of(found), found.favoured


def counted(seeds: range, ratio: Callable[[int], float]) -> Counter[tuple[float, str, bool]]:
    """Count grades by ratio, and whether the better one was favoured."""
    found: Counter[tuple[float, str, bool]] = Counter()
    for seed in seeds:
        grade, favoured = told(seed, ratio(seed))
        found[ratio(seed), grade, favoured > 0] += 1
    return found


def test_grades_are_as_often_right_as_they_say() -> None:
    """Also says by ratio how often each grade was given, and how often it was right."""
    apart = counted(range(SEEDS), lambda seed: RATIOS[seed // 2 % len(RATIOS)])
    equal = counted(range(10_000, 10_000 + SEEDS), lambda _: 1.0)
    for ratio in (*RATIOS, 1.0):
        for grade in (CLEAR, LIKELY, TOO_CLOSE):
            right, wrong = ((apart + equal)[ratio, grade, best] for best in (True, False))
            print(f"ratio {ratio}: {grade} {right + wrong}, right {right}")

    def n(found: Counter[tuple[float, str, bool]], grade: str, best: bool) -> int:
        return sum(k for (_, its, right), k in found.items() if (its, right) == (grade, best))

    assert n(apart, CLEAR, True) >= SEEDS / 8
    alike = [n(equal, grade, True) + n(equal, grade, False) for grade in (CLEAR, LIKELY)]
    if SEEDS < 400:
        assert n(apart, CLEAR, False) <= 2
        assert alike[0] <= 8
        return
    for grade, least in ((CLEAR, 0.97), (LIKELY, 0.85)):
        right, wrong = n(apart, grade, True), n(apart, grade, False)
        assert right >= least * (right + wrong)
    assert alike[0] <= 0.08 * SEEDS
    assert alike[1] <= 0.14 * SEEDS
