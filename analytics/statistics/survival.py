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
