"""Measure how often forecasts hold, and widen bands that do not (METHODOLOGY, "Forecast")."""

from __future__ import annotations

import math

import numpy as np

from analytics.statistics.proportions import wilson
from analytics.statistics.survival import Array

#: Shares of outcomes that the bands are to hold.
BANDS = (0.5, 0.8, 0.9)
#: With fewer outcomes nothing can be told of a band.
LEAST_TOLD = 50
#: From so many on a band is held to bounds, below by its Wilson interval.
MANY = 200
#: Shares that each band may hold then.
BOUNDS = {0.5: (0.46, 0.56), 0.8: (0.76, 0.86), 0.9: (0.86, 0.95)}
HOLDS, NARROW, WIDE, TOO_FEW = "holds", "too narrow", "too wide", "too few to tell"


def calibration(held: int, n: int, band: float) -> str:
    """Say whether a band holds its share of ``n`` outcomes, as far as chance lets one tell.

    >>> calibration(158, 200, 0.8), calibration(40, 60, 0.8), calibration(30, 40, 0.8)
    ('holds', 'too narrow', 'too few to tell')
    """
    if n < LEAST_TOLD:
        return TOO_FEW
    if n >= MANY:
        least, most = BOUNDS[band]
        return NARROW if held / n < least else WIDE if held / n > most else HOLDS
    low, high = wilson(held, n)
    return NARROW if high < band else WIDE if low > band else HOLDS


def ranks_of(shares: Array) -> Array:
    """Return how far from the median each outcome lay: 0 there, 0.5 at either end.

    Args:
        shares: Share of the forecast distribution up to each outcome.
    """
    far: Array = np.abs(shares - 0.5)
    return far


def half_width(far: Array, band: float, *, gated: bool = True) -> float:
    """Return how far from the median a band reaches, by the outcomes so far.

    It is as forecast, unless the outcomes show that it is too narrow. Then it is widened by
    conformal prediction: to the smallest reach that held enough of them, had the next been missed.

    >>> half_width(np.linspace(0, 0.5, 100), 0.8)
    0.4
    >>> round(half_width(0.5 - np.linspace(0, 0.5, 100) ** 2, 0.8), 4)
    0.4908

    Args:
        far: As from ``ranks_of``, of earlier outcomes.
        band: Share of outcomes that it is to hold.
        gated: Widen only a band that is too narrow; else whenever there are enough outcomes.
    """
    n, forecast = len(far), band / 2
    held = int((far <= forecast).sum())
    if n < LEAST_TOLD or (gated and calibration(held, n, band) != NARROW):
        return forecast
    rank = math.ceil((n + 1) * band)
    return 0.5 if rank > n else max(forecast, float(np.sort(far)[rank - 1]))
