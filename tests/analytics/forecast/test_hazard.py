"""The chance of a new incident within a day: only from days before, and only with skill."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from analytics import Snapshot, ask
from analytics.forecast.hazard import (
    LEAST_SCORED,
    Days,
    brier_skill,
    chances_of,
    days_of,
    hazards,
    next_chance,
    weekend,
)
from tests.support.snapshots import Row, covered, made, post

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
DAY = 86_400
#: A Monday.
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
FIRST = int(MONDAY.timestamp()) // DAY


def days(begun: list[int], covered: list[bool] | None = None) -> Days:
    seen = np.ones(len(begun), dtype=bool) if covered is None else np.array(covered)
    return Days(FIRST, seen, np.where(seen, np.array(begun), 0))


def test_saturdays_and_sundays_are_weekend() -> None:
    assert weekend(FIRST + np.arange(7)).tolist() == [False] * 5 + [True] * 2


def test_days_are_whole_days_that_captures_cover() -> None:
    start = FIRST * DAY
    spans = [(start + 100, start + 3 * DAY), (start + 4 * DAY, start + 6 * DAY + 50)]
    begun = np.array(
        [start + 200, start + DAY, start + DAY + 5, start + 3 * DAY + 1, start + 5 * DAY]
    )
    found = days_of(spans, begun)
    assert found.covered.tolist() == [False, True, True, False, True, True]
    assert found.begun.tolist() == [0, 2, 0, 0, 0, 1]


def test_with_one_incident_a_day_the_chance_is_one_less_one_in_e() -> None:
    chances, usual, scored = chances_of(days([1] * 100))
    assert chances[99] == pytest.approx(1 - np.exp(-1))
    assert usual[99] == 1
    assert scored.tolist() == [False] * 56 + [True] * 44


def test_days_without_coverage_count_for_nothing() -> None:
    seen = [True] * 60 + [False] * 20 + [True] * 20
    chances, _, scored = chances_of(days([1] * 100, seen))
    assert chances[99] == pytest.approx(1 - np.exp(-1))
    assert not scored[60:80].any()


def test_where_nothing_begins_on_weekends_their_chance_is_none() -> None:
    week = [1, 1, 1, 1, 1, 0, 0] * 20
    chances, _, _ = chances_of(days(week))
    assert chances[-2:].tolist() == [0, 0]
    assert chances[-3] == pytest.approx(1 - np.exp(-1), abs=0.01)


def test_a_day_is_forecast_from_those_before_it_alone() -> None:
    chance = np.random.default_rng(3)
    begun = chance.poisson(0.7, 200).tolist()
    before, _, _ = chances_of(days(begun))
    after, _, _ = chances_of(days([*begun[:150], *[9] * 50]))
    assert before[:151].tolist() == after[:151].tolist()


def test_skill_is_how_much_smaller_the_error_is() -> None:
    happened = np.array([True, False, True, False])
    usual = np.full(4, 0.5)
    assert brier_skill(usual, usual, happened) == 0
    assert brier_skill(1 - happened.astype(float), usual, happened) == -3
    assert brier_skill(happened.astype(float), happened.astype(float), happened) == 0


def test_the_next_day_is_cut_where_its_hours_lie() -> None:
    """From Friday noon on: half a working day, half a weekend."""
    week = [1, 1, 1, 1, 1, 0, 0] * 20
    friday_noon = (FIRST + 7 * 20 + 4) * DAY + DAY // 2
    found = days([*week, 1, 1, 1, 1])
    assert next_chance(found, friday_noon) == pytest.approx(1 - np.exp(-0.5), abs=0.02)


def world(folder: Path, posts: list[Row], n: int) -> Snapshot:
    start = NOW - timedelta(days=n)
    return made(folder, as_of=NOW, coverage=[covered(start, NOW)], posts=posts)


def weekdays(n: int) -> list[Row]:
    """One incident at noon on each working day."""
    noons = [NOW - timedelta(days=k) for k in range(1, n)]
    ends = timedelta(minutes=30)
    return [post(f"p{k}", at, at + ends) for k, at in enumerate(noons) if at.weekday() < 5]


def test_a_provider_with_a_rhythm_has_a_chance_and_skill(tmp_path: Path) -> None:
    [row] = hazards(world(tmp_path, weekdays(400), 400), ask()).to_dicts()
    assert (row["provider"], row["at"]) == ("acme", NOW)
    # It is a Tuesday.
    assert row["chance"] == pytest.approx(1 - np.exp(-1), abs=0.05)
    assert row["skill"] > 0.2
    assert row["n"] == 399 - 56


def test_without_skill_there_is_no_row(tmp_path: Path) -> None:
    """Every day has one: the usual share is never wrong, the rate always is."""
    noons = [NOW - timedelta(days=k) for k in range(1, 400)]
    posts = [post(f"p{k}", at, at + timedelta(minutes=9)) for k, at in enumerate(noons)]
    assert hazards(world(tmp_path, posts, 400), ask()).is_empty()


@pytest.mark.parametrize(("n", "rows"), [(LEAST_SCORED + 50, 0), (LEAST_SCORED + 60, 1)])
def test_few_days_tell_nothing_of_skill(tmp_path: Path, n: int, rows: int) -> None:
    assert hazards(world(tmp_path, weekdays(n), n), ask()).height == rows


def test_a_provider_without_coverage_has_no_row(tmp_path: Path) -> None:
    assert hazards(made(tmp_path, as_of=NOW, posts=weekdays(400)), ask()).is_empty()
