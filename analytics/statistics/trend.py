"""Estimate how fast a rate of counts grows or falls (METHODOLOGY, "Patterns"). Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from analytics.answer import TAIL
from analytics.statistics.overlaps import Array

POISSON, NEGATIVE_BINOMIAL = "poisson", "negative binomial"
#: Quantile of the normal distribution for 95 %.
Z = float(special.ndtri(1 - TAIL))
STEPS, EXACT = 50, 1e-10


@dataclass(frozen=True, slots=True)
class Slope:
    """Hold a rate over that of one unit of time before, with its 95 % interval."""

    ratio: float
    low: float
    high: float
    model: str


def slope(times: Array, counts: Array) -> Slope | None:
    """Fit the logarithm of the mean count as a line in time; None where nothing can be fitted.

    Counts that spread more than their means are taken as negative binomial, which widens the
    interval.

    Args:
        times: In the unit of which the slope is asked.
        counts: One at each time.
    """
    if len(counts) < 3 or not counts.sum() or np.ptp(times) == 0:
        return None
    fitted = _fit(times, counts, 0.0)
    if fitted is None:
        return None
    means = fitted[2]
    extra = float((((counts - means) ** 2 - counts) / means**2).mean())
    model = POISSON
    if extra > 0 and (again := _fit(times, counts, extra)) is not None:
        fitted, model = again, NEGATIVE_BINOMIAL
    by, error, _ = fitted
    return Slope(math.exp(by), math.exp(by - Z * error), math.exp(by + Z * error), model)


def _fit(times: Array, counts: Array, extra: float) -> tuple[float, float, Array] | None:
    """Return slope, its standard error and the fitted means; None where it does not settle.

    ``extra``: by how much the variance exceeds the mean, in squares of the mean.
    """
    design = np.column_stack([np.ones(len(times)), times - times.mean()])
    line = np.array([math.log(counts.mean()), 0.0])
    for _ in range(STEPS):
        means = np.exp(np.clip(design @ line, -30, 30))
        weights = means / (1 + extra * means)
        information = design.T @ (weights[:, None] * design)
        if np.linalg.cond(information) > 1 / EXACT:
            return None
        step = np.linalg.solve(information, design.T @ ((counts - means) * weights / means))
        line = line + step
        if np.abs(step).max() < EXACT:
            return float(line[1]), math.sqrt(np.linalg.inv(information)[1, 1]), means
    return None
