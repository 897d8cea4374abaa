"""Answer tasks without a file: baselines, ours, and what was tried to beat it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import numpy as np
import polars as pl
from scipy import optimize, special

from analytics.forecast.backtest import LONGEST_S, QUANTILES, widened_levels
from analytics.forecast.calibration import ranks_of
from analytics.forecast.model import LEAST_AT_RISK, Forecasts, forecast_left, known_durations
from benchmarks.forecast.tasks import Array, World, answers
from ingest.models import time_zone

#: Answers tasks that share a provider and a landmark: world, provider, beginnings, seconds that
#: have passed at each; gives quantiles in seconds.
Group = Callable[[World, str, Array, Array], Array]
Entrant = Callable[[World, pl.DataFrame], Array]
#: Where most of the people who post are at work.
OFFICE = time_zone("America/Los_Angeles")
WORKING_HOURS = range(6, 18)


def by_group(answer: Group) -> Entrant:
    """Make an entrant of one who answers the tasks of a provider and a landmark at once."""

    def entrant(world: World, tasks: pl.DataFrame) -> Array:
        found = np.zeros((tasks.height, len(QUANTILES)))
        places = tasks.with_row_index("place")
        for (provider, landmark), rows in places.group_by("provider", "landmark_min"):
            elapsed = np.full(rows.height, float(str(landmark)) * 60)
            begun = rows["at_s"].to_numpy() - elapsed
            seconds = answer(world, str(provider), begun, elapsed)
            found[rows["place"].to_numpy()] = np.clip(seconds, 0, LONGEST_S) / 60
        return found

    return entrant


def quantiles_of(made: Forecasts) -> Array:
    """Return the quantiles that are scored."""
    return np.column_stack([made.quantiles(p) for p in QUANTILES])


def plain(world: World, provider: str, begun: Array, elapsed: Array) -> Array:
    """Answer by conditional Kaplan-Meier."""
    return quantiles_of(forecast_left(world.history, provider, begun, elapsed))


def memoryless(world: World, provider: str, begun: Array, elapsed: Array) -> Array:
    """Answer by all durations, whatever has passed."""
    made = forecast_left(world.history, provider, begun, elapsed, from_start=True)
    return quantiles_of(made)


def shifted(world: World, provider: str, begun: Array, elapsed: Array) -> Array:
    """Answer by all durations less what has passed."""
    return np.maximum(memoryless(world, provider, begun, elapsed) - elapsed[:, None], 0)


def median(world: World, provider: str, begun: Array, elapsed: Array) -> Array:
    """Answer every quantile with the provider's median duration less what has passed."""
    believed = world.history.believed(provider)
    own = believed.followed
    found = np.zeros((len(begun), len(QUANTILES)))
    at = begun + elapsed
    for row, passed in enumerate(elapsed):
        over = (own.begun + own.seconds <= at[row]) & believed.held(at[row : row + 1])[0]
        ended = own.seconds[over]
        typical = float(np.median(ended)) if len(ended) else 3600.0
        found[row] = max(typical - passed, 0.0)
    return found


def always_one_hour(world: World, tasks: pl.DataFrame) -> Array:
    """Answer every quantile of every task with an hour."""
    return np.full((tasks.height, len(QUANTILES)), 60.0)


def adjusted(gated: bool) -> Entrant:
    """Make ours: plain, with bands widened by what had come of earlier tasks of the landmark.

    ``gated``: only where these show that a band is too narrow; else always.
    """

    def entrant(world: World, tasks: pl.DataFrame) -> Array:
        left = answers(world, tasks) * 60
        found = np.zeros((tasks.height, len(QUANTILES)))
        places = tasks.with_row_index("place").sort("at_s")
        for (provider, landmark), rows in places.group_by(
            "provider", "landmark_min", maintain_order=True
        ):
            its, at = rows["place"].to_numpy(), rows["at_s"].to_numpy().astype(float)
            elapsed = np.full(len(its), float(str(landmark)) * 60)
            made = forecast_left(world.history, str(provider), at - elapsed, elapsed)
            far = ranks_of(made.shares(left[its]))
            levels = widened_levels(at, far, gated=gated)
            seconds = np.column_stack([made.quantiles(p) for p in levels.T])
            found[its] = np.clip(seconds, 0, LONGEST_S) / 60
        return found

    return entrant


def strata(label: Callable[[World, float], Array]) -> Group:
    """Make one who learns from incidents with the same label only, where enough lasted as long.

    ``label``: of each incident, as known at a landmark.
    """

    def answer(world: World, provider: str, begun: Array, elapsed: Array) -> Array:
        found = plain(world, provider, begun, elapsed)
        labels = label(world, float(elapsed[0]))
        here = world.history.providers == provider
        mine = dict(zip(world.history.followed.begun[here], labels[here], strict=True))
        own = np.array([mine[start] for start in begun])
        for one in np.unique(own):
            rows = np.flatnonzero(own == one)
            alike = labels == one
            part = world.history.kept(alike)
            made = forecast_left(part, provider, begun[rows], elapsed[rows])
            enough = made.at_risk >= LEAST_AT_RISK
            found[rows[enough]] = quantiles_of(made)[enough]
        return found

    return answer


def surface(world: World, landmark_s: float) -> Array:
    """Label incidents by the surfaces that their newest update speaks of."""
    return world.known_of("surfaces", landmark_s)


def stage(world: World, landmark_s: float) -> Array:
    """Label incidents by whether they are said to be under observation only."""
    return world.known_of("status", landmark_s) == "monitoring"


def hours(world: World, landmark_s: float) -> Array:
    """Label incidents by whether they began in working hours on the Pacific coast."""
    begun = (
        datetime.fromtimestamp(at, UTC).astimezone(OFFICE) for at in world.history.followed.begun
    )
    return np.array([at.weekday() < 5 and at.hour in WORKING_HOURS for at in begun])


def log_normal(world: World, provider: str, begun: Array, elapsed: Array) -> Array:
    """Answer by a log-normal distribution fitted to all durations, censored at the forecast."""
    own, everyone = world.history.believed(provider), world.history.believed()
    found = np.zeros((len(begun), len(QUANTILES)))
    at = begun + elapsed
    for row, passed in enumerate(elapsed):
        one = slice(row, row + 1)
        known, taken = own.followed, known_durations(own, begun[one], at[one])[0]
        if taken.sum() < LEAST_AT_RISK:
            known, taken = everyone.followed, known_durations(everyone, begun[one], at[one])[0]
        seen = known.seen(at[one])[0][taken]
        ended = known.seconds[taken] <= seen
        mean, spread = fit_log_normal(np.minimum(known.seconds[taken], seen), ended)
        lasted = special.ndtr((mean - np.log(max(passed, 1e-9))) / spread)
        tail = (1 - np.array(QUANTILES)) * lasted
        found[row] = np.exp(mean - spread * special.ndtri(np.maximum(tail, 1e-300))) - passed
    return found


def fit_log_normal(seconds: Array, ended: Array) -> tuple[float, float]:
    """Fit mean and spread of the logarithm by maximum likelihood, with censoring."""
    logs = np.log(np.maximum(seconds, 1.0))
    mean, spread = float(logs[ended].mean()), float(logs[ended].std())
    if ended.all():
        return mean, spread

    def loss(x: Array) -> float:
        z = (logs - x[0]) / np.exp(x[1])
        return -float(np.where(ended, -z * z / 2 - x[1], special.log_ndtr(-z)).sum())

    best = optimize.minimize(loss, [mean, np.log(spread)], method="Nelder-Mead").x
    return float(best[0]), float(np.exp(best[1]))


OURS = "ours"
BASELINES: dict[str, Entrant] = {
    "provider median": by_group(median),
    "always one hour": always_one_hour,
    "shifted": by_group(shifted),
    "memoryless": by_group(memoryless),
    OURS: adjusted(gated=True),
}
#: What was tried to beat it.
CHALLENGERS: dict[str, Entrant] = {
    "never widened": by_group(plain),
    "conformal at every landmark": adjusted(gated=False),
    "strata by surface": by_group(strata(surface)),
    "strata by working hours": by_group(strata(hours)),
    "strata by stage": by_group(strata(stage)),
    "log-normal, censored": by_group(log_normal),
}
ENTRANTS: Mapping[str, Entrant] = {**BASELINES, **CHALLENGERS}
