"""Estimate survival by Kaplan-Meier: some durations still run.

METHODOLOGY, "Durations".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

#: Products of fractions land a few ulp above the step they mean.
TOLERANCE = 1e-9

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Curves:
    """Survival curves over one set of durations, a row for each way of weighting them.

    ``times``: the durations that ended, ascending; ``survival``: rows by times, after each.
    """

    times: Array
    survival: Array

    def quantiles(self, p: float) -> Array:
        """Return per row the smallest time with survival at most 1 - p, if any."""
        if not self.times.size:
            return np.full(len(self.survival), np.inf)
        reached = self.survival <= 1 - p + TOLERANCE
        found: Array = np.where(reached.any(axis=1), self.times[reached.argmax(axis=1)], np.inf)
        return found

    def restricted_means(self, limit: float) -> Array:
        """Return per row the mean of min(T, limit): the area up to ``limit``."""
        widths = np.diff(np.concatenate([[0.0], np.minimum(self.times, limit), [limit]]))
        start = np.ones((len(self.survival), 1))
        area: Array = np.hstack([start, self.survival]) @ widths
        return area


@dataclass(frozen=True, slots=True)
class Curve:
    """Survival after each event time."""

    times: tuple[float, ...]
    survival: tuple[float, ...]

    def quantile(self, p: float) -> float:
        """Return the smallest event time with survival at most 1 - p, if any."""
        return float(self._curves().quantiles(p)[0])

    def restricted_mean(self, limit: float) -> float:
        """Return the mean of min(T, limit): the area up to ``limit``."""
        return float(self._curves().restricted_means(limit)[0])

    @property
    def left(self) -> float:
        """Survival after the last event: the share of which nobody saw the end."""
        return self.survival[-1] if self.survival else 1.0

    def _curves(self) -> Curves:
        return Curves(np.array(self.times), np.array([self.survival]))


def kaplan_meier(durations: Sequence[float] | Array, ended: Sequence[bool] | Array) -> Curve:
    """Estimate the curve of ``durations``; those not ``ended`` are censored.

    >>> curve = kaplan_meier([10, 20, 20, 40, 60, 90], [True, True, True, True, False, True])
    >>> curve.quantile(0.5), round(curve.restricted_mean(60), 3)
    (20.0, 35.0)
    """
    curves = reweighted(durations, ended, np.ones((1, len(durations))))
    return Curve(tuple(curves.times.tolist()), tuple(curves.survival[0].tolist()))


def reweighted(
    durations: Sequence[float] | Array, ended: Sequence[bool] | Array, weights: Array
) -> Curves:
    """Estimate a curve per row of ``weights``, which say how often each counts.

    The columns of ``weights`` belong to the durations from shortest to longest, at one length
    those that ended first.
    """
    times, events = np.asarray(durations, dtype=float), np.asarray(ended, dtype=bool)
    order = np.lexsort((~events, times))
    times, events = times[order], events[order]
    steps, begins = np.unique(times[events], return_index=True)
    if not steps.size:
        return Curves(steps, np.empty((len(weights), 0)))
    # What is censored at a time is at risk then: at risk is everything from the step on.
    begins = np.flatnonzero(events)[begins]
    between = np.add.reduceat(weights, begins, axis=1)
    if events.all():
        return Curves(steps, 1 - between.cumsum(axis=1) / weights.sum(axis=1, keepdims=True))
    deaths = np.add.reduceat(weights * events, begins, axis=1)
    at_risk = between[:, ::-1].cumsum(axis=1)[:, ::-1]
    gone = np.divide(deaths, at_risk, out=np.zeros(deaths.shape), where=at_risk > 0)
    return Curves(steps, np.cumprod(1 - gone, axis=1))


def greenwood(
    durations: Sequence[float] | Array, ended: Sequence[bool] | Array, z: float
) -> tuple[Array, Array, Array]:
    """Return the ends of the interval of survival after each event, and how many are at risk.

    Greenwood's variance on the scale log(-log S), so that the ends stay between 0 and 1.

    Args:
        durations: How long each lasted.
        ended: Whether its end was seen.
        z: Quantile of the normal distribution that the interval reaches to.
    """
    times, events = np.asarray(durations, dtype=float), np.asarray(ended, dtype=bool)
    steps, deaths = np.unique(times[events], return_counts=True)
    at_risk = len(times) - np.searchsorted(np.sort(times), steps, "left")
    survival = np.cumprod(1 - deaths / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(deaths / (at_risk * (at_risk - deaths)))
        reach = z * np.sqrt(variance) / np.log(survival)
        low, high = survival ** np.exp(-reach), survival ** np.exp(reach)
    over = survival <= TOLERANCE  # nothing is left: there is no interval
    return np.where(over, 0.0, low), np.where(over, 0.0, high), at_risk


@dataclass(frozen=True, slots=True)
class Followed:
    """Hold durations of things that begin one after another, the shortest first.

    ``seconds``: infinite where no end is known. ``begun``: when each began. ``until``: when it was
    last seen to go on, infinite where its end is known.
    """

    seconds: Array
    begun: Array
    until: Array

    def kept(self, rows: Array) -> Followed:
        """Keep some of them: a mask."""
        return Followed(self.seconds[rows], self.begun[rows], self.until[rows])

    def seen(self, at: Array) -> Array:
        """Return how long each had been followed at each time of ``at``: times by durations."""
        return np.minimum(at[:, None], self.until) - self.begun


@dataclass(frozen=True, slots=True)
class Remaining:
    """Hold the survival of things that have lasted for some time, a row for each.

    ``times``: durations, ascending; ``survival``: rows by times, after each; ``elapsed``: how long
    each has lasted; ``at_risk``: on how many that lasted longer its row rests.
    """

    times: Array
    survival: Array
    elapsed: Array
    at_risk: Array

    def quantiles(self, p: float | Array) -> Array:
        """Return per row the time left by which a share ``p`` has ended; infinite: never seen."""
        share = np.broadcast_to(np.asarray(p, dtype=float), self.elapsed.shape)
        steps = (self.survival > 1 - share[:, None] + TOLERANCE).sum(axis=1)
        left: Array = np.append(self.times, np.inf)[steps] - self.elapsed
        return np.where(share <= 0, 0.0, left)

    def shares(self, left: float | Array) -> Array:
        """Return per row the share that ends within ``left`` more."""
        steps = np.searchsorted(self.times, self.elapsed + left, "right")
        start = np.ones((len(self.survival), 1))
        reached: Array = np.hstack([start, self.survival])[np.arange(len(steps)), steps]
        return 1 - reached


def remaining_time(followed: Followed, taken: Array, at: Array, elapsed: Array) -> Remaining:
    """Estimate by Kaplan-Meier how much is left of what has lasted for ``elapsed``.

    Everything is taken as it was known at ``at``: what had not ended by then is censored there,
    whatever became of it. All rows are worked out at once.

    Args:
        followed: Durations to learn from.
        taken: Of which of them each row may know: rows by durations.
        at: Time of each row.
        elapsed: How long each row has lasted by then.
    """
    seen = followed.seen(at)
    ended = followed.seconds <= seen
    inside = taken & (np.minimum(followed.seconds, seen) > elapsed[:, None])
    deaths = (inside & ended).astype(float)
    # What is censored is at risk at each end that comes no later: it stands beside the last of
    # these.
    staying = deaths.copy()
    row, which = np.nonzero(inside & ~ended)
    place = np.searchsorted(followed.seconds, seen[row, which], "right") - 1
    np.add.at(staying, (row[place >= 0], place[place >= 0]), 1.0)
    at_risk = staying[:, ::-1].cumsum(axis=1)[:, ::-1]
    gone = np.divide(deaths, at_risk, out=np.zeros(deaths.shape), where=at_risk > 0)
    survival = np.cumprod(1 - gone, axis=1)
    return Remaining(followed.seconds, survival, elapsed, inside.sum(axis=1))
