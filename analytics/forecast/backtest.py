"""Forecast the past again, knowing only what was known then (METHODOLOGY, "Forecast")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from analytics.answer import ASKED, framed
from analytics.forecast.calibration import BANDS, calibration, half_width, ranks_of
from analytics.forecast.history import History, known_history
from analytics.forecast.model import Forecasts, forecast_left
from analytics.memo import once
from analytics.metrics.frequency import DAY_S
from analytics.question import Question, selection
from analytics.scope import epoch
from analytics.snapshot import Snapshot
from analytics.statistics.proportions import wilson
from analytics.statistics.survival import Array

#: Seconds after its beginning at which an incident is forecast.
LANDMARKS_S = (0, 900, 1800, 3600, 7200, 14_400)
#: Quantiles that are scored, and the two of them that bound each band.
QUANTILES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
EDGES = {0.5: (2, 4), 0.8: (1, 5), 0.9: (0, 6)}
MEDIAN = 3
#: What is left, and every forecast of it, is cut here; what began later than so many days before
#: the data end is not scored.
LONGEST_DAYS = 7
LONGEST_S = LONGEST_DAYS * DAY_S
#: Methods: as given on pages; the same never widened; the quantiles of all durations less what
#: has passed; those quantiles whatever has passed.
GIVEN, PLAIN, SHIFTED, MEMORYLESS = "forecast", "plain", "shifted", "memoryless"
BACKTEST: Mapping[str, Any] = {
    "provider": pl.String,
    "landmark_s": pl.Int64,
    "method": pl.String,
    "n": pl.Int64,
    **{f"coverage_{100 * band:.0f}": pl.Float64 for band in BANDS},
    # Wilson interval of the coverage of the 80 % band.
    "coverage_80_low": pl.Float64,
    "coverage_80_high": pl.Float64,
    # Mean over quantiles and incidents.
    "pinball_s": pl.Float64,
    # Median distance of the median from what came.
    "error_s": pl.Float64,
    # Share forecast from the incidents of all providers.
    "pooled": pl.Float64,
    # Whether the 80 % band holds what it promises.
    "calibration": pl.String,
    **ASKED,
}


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """Hold forecasts of the past at one landmark, and what came.

    ``at``: when each was made. ``left``: seconds that really were left, cut at a week.
    ``pooled``: made from the incidents of all providers. ``far``: how far from the median what
    came lay. ``quantiles``: by method, with the columns of ``QUANTILES``.
    """

    landmark_s: int
    at: Array
    left: Array
    pooled: Array
    far: Array
    quantiles: Mapping[str, Array]


def pinball(left: Array, quantiles: Array) -> Array:
    """Return the loss of each quantile of ``QUANTILES`` for each outcome.

    Of outcome 100 the quantiles 0.1, 0.5 and 0.9 said to be 20, 60 and 90 lose 8, 20 and 9:

    >>> pinball(np.array([100.0]), np.array([[0, 20, 0, 60, 0, 90, 0]]))[0, [1, 3, 5]].tolist()
    [8.0, 20.0, 9.0]
    """
    p = np.array(QUANTILES)
    short = left[:, None] - quantiles
    loss: Array = np.maximum(p * short, (p - 1) * short)
    return loss


@once(lambda provider, classes, landmark_s: (provider, classes, landmark_s))
def known_replay(
    snapshot: Snapshot, provider: str, classes: tuple[str, ...], landmark_s: int
) -> Replay:
    """Forecast a provider's past incidents again at a landmark that they outlasted.

    Args:
        snapshot: Where they come from.
        provider: Whose incidents.
        classes: Classes that count.
        landmark_s: How long each has lasted at its forecast.
    """
    last = epoch(snapshot.as_of) - LONGEST_S
    return replay(known_history(snapshot, classes), provider, landmark_s, last)


def replay(history: History, provider: str, landmark_s: int, last_s: float) -> Replay:
    """Forecast again what began until ``last_s`` and lasted longer than ``landmark_s``.

    Args:
        history: Durations to learn from, and to forecast.
        provider: Whose incidents are forecast.
        landmark_s: How long each has lasted at its forecast.
        last_s: Nothing that began later is scored.
    """
    own = history.of(provider)
    known_s = np.minimum(own.seconds, own.until - own.begun)
    told = np.isfinite(own.seconds) | (known_s - landmark_s >= LONGEST_S)
    shut = np.isin(np.flatnonzero(history.providers == provider), history.closed_at(landmark_s))
    rows = np.flatnonzero((own.begun <= last_s) & (known_s > landmark_s) & told & ~shut)
    rows = rows[np.argsort(own.begun[rows], kind="stable")]
    begun, elapsed = own.begun[rows], np.full(len(rows), float(landmark_s))
    left = np.minimum(own.seconds[rows] - elapsed, LONGEST_S)
    made = forecast_left(history, provider, begun, elapsed)
    whole = _quantiles(forecast_left(history, provider, begun, elapsed, from_start=True))
    far, plain, at = ranks_of(made.shares(left)), _quantiles(made), begun + elapsed
    given = made.given
    ranks = widened_levels(at[given], far[given])
    shown = np.array(QUANTILES)[None, :].repeat(len(rows), axis=0)
    shown[given] = ranks
    quantiles = {
        GIVEN: _quantiles(made, shown),
        PLAIN: plain,
        SHIFTED: np.maximum(whole - elapsed[:, None], 0),
        MEMORYLESS: whole,
    }
    cut = {name: np.minimum(one, LONGEST_S)[given] for name, one in quantiles.items()}
    return Replay(landmark_s, at[given], left[given], made.pooled[given], far[given], cut)


def _quantiles(made: Forecasts, levels: Array | None = None) -> Array:
    """Return quantiles by the columns of ``QUANTILES``, or at levels of each forecast's own."""
    if levels is None:
        return np.column_stack([made.quantiles(p) for p in QUANTILES])
    return np.column_stack([made.quantiles(p) for p in levels.T])


def widened_levels(at: Array, far: Array, *, gated: bool = True) -> Array:
    """Return the levels of each forecast's quantiles, widened by what earlier ones had shown.

    What came of a forecast is known a week later at the latest.

    Args:
        at: When each was made, ascending.
        far: As from ``ranks_of``, of what came of each.
        gated: Widen only the bands that had been too narrow.
    """
    levels = np.array(QUANTILES)[None, :].repeat(len(at), axis=0)
    for row, known in enumerate(np.searchsorted(at, at - LONGEST_S, "right")):
        for band, (low, high) in EDGES.items():
            reach = half_width(far[:known], band, gated=gated)
            levels[row, [low, high]] = 0.5 - reach, 0.5 + reach
    return levels


@once(selection)
def score_forecasts(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Score forecasts of each provider's past against what came, and baselines beside them.

    Providers without a forecast have no rows. Forecasts at one landmark and at the next are of
    the same incidents: never add up their n.

    Returns:
        Columns of ``BACKTEST``.
    """
    slugs = snapshot.table("providers")["provider"].sort().to_list()
    asked = [slug for slug in slugs if not question.providers or slug in question.providers]
    about = {"classes": ",".join(question.classes), "method_version": snapshot.method_version}
    return framed(
        (
            {"provider": slug, **row, **about}
            for slug in asked
            for landmark in LANDMARKS_S
            for row in _scores(known_replay(snapshot, slug, question.classes, landmark))
        ),
        BACKTEST,
    )


def _scores(one: Replay) -> Iterator[dict[str, Any]]:
    n = len(one.left)
    if not n:
        return
    for method, quantiles in one.quantiles.items():
        held = {band: held_by(one.left, quantiles, band) for band in BANDS}
        low, high = wilson(held[0.8], n)
        yield {
            "landmark_s": one.landmark_s,
            "method": method,
            "n": n,
            **{f"coverage_{100 * band:.0f}": k / n for band, k in held.items()},
            "coverage_80_low": low,
            "coverage_80_high": high,
            "pinball_s": float(pinball(one.left, quantiles).mean()),
            "error_s": float(np.median(np.abs(one.left - quantiles[:, MEDIAN]))),
            "pooled": float(one.pooled.mean()),
            "calibration": calibration(held[0.8], n, 0.8),
        }


def held_by(left: Array, quantiles: Array, band: float) -> int:
    """Count the outcomes inside a band."""
    low, high = EDGES[band]
    return int(((left >= quantiles[:, low]) & (left <= quantiles[:, high])).sum())
