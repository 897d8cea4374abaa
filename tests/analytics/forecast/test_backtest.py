"""The back-test: forecasts of the past that know only what was known then."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from analytics import Snapshot, ask
from analytics.forecast.backtest import (
    EDGES,
    GIVEN,
    LANDMARKS_S,
    LONGEST_S,
    MEMORYLESS,
    PLAIN,
    QUANTILES,
    SHIFTED,
    held_by,
    pinball,
    replay,
    score_forecasts,
)
from analytics.forecast.calibration import (
    BANDS,
    HOLDS,
    LEAST_TOLD,
    NARROW,
    TOO_FEW,
    WIDE,
    calibration,
    half_width,
    ranks_of,
)
from analytics.forecast.history import History
from analytics.statistics.survival import Followed
from tests.support.snapshots import covered, made, post, source

DAY = 86_400.0
LATE = 1000 * DAY


def history(seconds: list[float], begun: list[float], until: list[float] | None = None) -> History:
    order = np.argsort(seconds, kind="stable")
    end = np.full(len(seconds), np.inf) if until is None else np.array(until)
    followed = Followed(np.array(seconds)[order], np.array(begun)[order], end[order])
    return History(followed, np.full(len(seconds), "acme"))


def random_history(n: int, seed: int = 7) -> History:
    chance = np.random.default_rng(seed)
    seconds = np.round(np.exp(chance.normal(8.2, 1.3, n)))
    return history(seconds.tolist(), (np.arange(n) * DAY).tolist())


def test_three_quantiles_lose_8_20_and_9() -> None:
    losses = pinball(np.array([100.0]), np.array([[0, 20, 0, 60, 0, 90, 0]]))[0, [1, 3, 5]]
    assert losses.tolist() == [8, 20, 9]
    assert round(float(losses.mean()), 2) == 12.33


@given(st.floats(0, 1e6), st.lists(st.floats(0, 1e6), min_size=7, max_size=7))
def test_a_loss_is_never_negative_and_none_where_the_quantile_is_right(
    left: float, quantiles: list[float]
) -> None:
    assert (pinball(np.array([left]), np.array([quantiles])) >= 0).all()
    assert pinball(np.array([left]), np.full((1, 7), left)).sum() == 0


def test_a_forecast_is_that_of_a_curve_fitted_on_what_was_known() -> None:
    """Against another library, incident by incident, at a landmark of an hour."""
    known, elapsed = random_history(160), 3600.0
    found = replay(known, "acme", 3600, LATE)
    all_of = known.followed
    for place, at in enumerate(found.at[:40]):
        began = at - elapsed
        lasted = np.minimum(all_of.seconds, at - all_of.begun)
        kept = (all_of.begun < began) & (lasted > elapsed) & (all_of.begun >= at - 365 * DAY)
        ended = all_of.seconds <= at - all_of.begun
        theirs = KaplanMeierFitter().fit(lasted[kept], ended[kept])
        for column, p in enumerate(QUANTILES):
            steps = theirs.survival_function_["KM_estimate"]
            reached = steps.index[steps <= 1 - p + 1e-9]
            left = reached[0] - elapsed if len(reached) else np.inf
            assert found.quantiles[PLAIN][place, column] == min(left, LONGEST_S)


def test_what_comes_later_changes_no_forecast() -> None:
    """Prequential: incidents that begin later, and ends after the forecast, are not known."""
    seconds = np.round(np.exp(np.random.default_rng(3).normal(8.2, 1.3, 120))).tolist()
    begun = (np.arange(120) * DAY).tolist()
    before = replay(history(seconds, begun), "acme", 900, 100 * DAY)
    changed = [*seconds[:110], *[5.0] * 10]
    after = replay(history(changed, begun), "acme", 900, 100 * DAY)
    assert before.at.tolist() == after.at.tolist()
    for method in (GIVEN, PLAIN, SHIFTED, MEMORYLESS):
        assert before.quantiles[method].tolist() == after.quantiles[method].tolist()


def test_an_end_after_the_forecast_was_not_known_then() -> None:
    """One that runs over the forecasts of all others lasts for them, however it ends."""
    begun = [0.0, *(np.arange(1, 100) * DAY)]
    rest = np.round(np.exp(np.random.default_rng(4).normal(8.2, 1.0, 99))).tolist()
    short, long = (
        replay(history([length, *rest], begun), "acme", 0, 99 * DAY)
        for length in (200 * DAY, 900 * DAY)
    )
    assert short.quantiles[PLAIN].tolist() == long.quantiles[PLAIN].tolist()


def test_what_began_in_the_last_week_is_not_scored() -> None:
    known = random_history(100)
    assert replay(known, "acme", 0, 80 * DAY).at.max() <= 80 * DAY


def test_one_that_still_runs_after_a_week_is_scored_as_a_week() -> None:
    seconds, begun = [3600.0] * 80, (np.arange(80) * DAY).tolist()
    open_one = history([*seconds, np.inf], [*begun, 80 * DAY], [*[np.inf] * 80, 95 * DAY])
    assert replay(open_one, "acme", 0, 90 * DAY).left[-1] == LONGEST_S


def test_one_that_was_lost_sight_of_is_not_scored() -> None:
    seconds, begun = [3600.0] * 80, (np.arange(80) * DAY).tolist()
    lost = history([*seconds, np.inf], [*begun, 80 * DAY], [*[np.inf] * 80, 81 * DAY])
    assert replay(lost, "acme", 0, 90 * DAY).left.max() == 3600


def test_the_baselines_are_the_whole_duration_less_what_passed_and_as_it_is() -> None:
    found = replay(random_history(120), "acme", 3600, LATE)
    whole = found.quantiles[MEMORYLESS]
    assert found.quantiles[SHIFTED].tolist() == np.maximum(whole - 3600, 0).tolist()


def test_at_the_beginning_all_methods_say_the_same() -> None:
    found = replay(random_history(120), "acme", 0, LATE)
    assert found.quantiles[SHIFTED].tolist() == found.quantiles[PLAIN].tolist()


def test_bands_of_durations_that_do_not_change_hold_what_they_promise() -> None:
    found = replay(random_history(600), "acme", 1800, LATE)
    for band in BANDS:
        share = held_by(found.left, found.quantiles[GIVEN], band) / len(found.left)
        assert share == pytest.approx(band, abs=0.05)


def test_knowing_the_past_loses_less_than_the_baselines_after_four_hours() -> None:
    found = replay(random_history(600), "acme", 14_400, LATE)
    lost = {name: pinball(found.left, of).mean() for name, of in found.quantiles.items()}
    assert lost[GIVEN] < min(lost[SHIFTED], lost[MEMORYLESS])


# --- calibration


@pytest.mark.parametrize(
    ("held", "n", "said"),
    [
        (160, 200, HOLDS),
        (151, 200, NARROW),
        (173, 200, WIDE),
        (55, 80, NARROW),
        (58, 80, HOLDS),
        (79, 80, WIDE),
        (0, LEAST_TOLD - 1, TOO_FEW),
    ],
)
def test_a_band_is_judged_by_what_it_held(held: int, n: int, said: str) -> None:
    assert calibration(held, n, 0.8) == said


def test_a_band_that_holds_is_as_forecast() -> None:
    assert half_width(np.linspace(0, 0.5, 100), 0.8) == 0.4


def test_a_band_that_held_too_little_is_widened_until_it_would_have_held_enough() -> None:
    far = np.sort(0.5 - np.linspace(0, 0.5, 99) ** 2)
    reach = half_width(far, 0.8)
    assert reach > 0.4
    assert (far <= reach).sum() == 80


def test_nothing_is_widened_on_few_outcomes() -> None:
    assert half_width(np.full(LEAST_TOLD - 1, 0.5), 0.8) == 0.4


def test_where_hardly_any_outcome_was_inside_the_band_is_everything() -> None:
    assert half_width(np.full(60, 0.5), 0.9) == 0.5


@given(st.lists(st.floats(0, 0.5), min_size=0, max_size=300), st.sampled_from(BANDS))
def test_a_band_is_never_narrower_than_the_curve_says(far: list[float], band: float) -> None:
    reach = half_width(np.array(far), band)
    assert band / 2 <= reach <= 0.5


def test_how_far_an_outcome_lay_is_counted_from_the_median() -> None:
    assert ranks_of(np.array([0.5, 0.1, 1.0])).tolist() == [0.0, 0.4, 0.5]


def test_the_edges_of_a_band_are_the_quantiles_that_hold_it() -> None:
    for band, (low, high) in EDGES.items():
        assert QUANTILES[high] - QUANTILES[low] == pytest.approx(band)


def test_bands_widen_after_incidents_have_become_longer() -> None:
    """For a hundred days an hour or so, then ten times that: the curve is too short."""
    chance = np.random.default_rng(5)
    short = np.exp(chance.normal(8.0, 0.5, 100))
    long = np.exp(chance.normal(10.5, 0.5, 150))
    seconds = np.round(np.concatenate([short, long])).tolist()
    found = replay(history(seconds, (np.arange(250) * DAY).tolist()), "acme", 0, LATE)
    plain, given = (held_by(found.left, found.quantiles[m], 0.8) for m in (PLAIN, GIVEN))
    assert given > plain


# --- rows


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    now = "2026-06-30"
    chance = np.random.default_rng(11)
    posts = []
    for n, minutes in enumerate(np.exp(chance.normal(4.8, 1.3, 320))):
        begun = f"2026-06-30T{n % 24:02d}:00:00+00:00"
        start = np.datetime64(begun[:19]) - np.timedelta64(320 - n, "D")
        first = start.astype("datetime64[s]").item()
        posts.append(post(f"p{n}", first, first + timedelta(minutes=float(minutes))))
    return made(
        tmp_path_factory.mktemp("year"),
        as_of=now,
        coverage=[covered("2025-01-01", now)],
        posts=posts,
        captures=source("https://acme.test", now),
    )


def test_there_is_a_row_for_each_landmark_and_method(year: Snapshot) -> None:
    found = score_forecasts(year, ask())
    assert found.select("landmark_s", "method").rows() == [
        (landmark, method)
        for landmark in LANDMARKS_S
        for method in (GIVEN, PLAIN, SHIFTED, MEMORYLESS)
    ]
    assert set(found["provider"]) == {"acme"}


def test_fewer_incidents_reach_each_later_landmark(year: Snapshot) -> None:
    n = score_forecasts(year, ask()).filter(method=GIVEN)["n"].to_list()
    assert n == sorted(n, reverse=True)
    # The first 50 teach only; the last week is not scored.
    assert n[0] == 320 - 50 - 7


def test_shares_lie_inside_their_interval(year: Snapshot) -> None:
    for row in score_forecasts(year, ask()).to_dicts():
        assert row["coverage_80_low"] <= row["coverage_80"] <= row["coverage_80_high"]
        assert row["coverage_50"] <= row["coverage_80"] <= row["coverage_90"]


def test_a_provider_that_is_not_asked_about_has_no_rows(year: Snapshot) -> None:
    assert score_forecasts(year, ask(providers=["globex"])).is_empty()


def test_with_too_few_incidents_there_is_nothing_to_score(tmp_path: Path) -> None:
    posts = [post("p1", "2026-01-01 10:00", "2026-01-01 11:00")]
    assert score_forecasts(made(tmp_path, as_of="2026-06-30", posts=posts), ask()).is_empty()
