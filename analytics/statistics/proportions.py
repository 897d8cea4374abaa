"""Estimate shares of incidents and updates, with Wilson intervals.

METHODOLOGY, "Transparency".
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

from scipy import special

from analytics.answer import CONFIDENCE, INSUFFICIENT, OK


def wilson(k: int, n: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return Wilson's score interval for a share of k in n; n is at least 1.

    >>> [round(100 * bound, 1) for bound in wilson(2, 10)]
    [5.7, 51.0]
    """
    z = _normal_quantile(1 - (1 - confidence) / 2)
    centre = (k + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * math.sqrt(k * (n - k) / n + z * z / 4)
    # At the ends the bound is exact; rounding must not carry it past the share itself.
    return (0.0 if k == 0 else centre - half), (1.0 if k == n else centre + half)


@cache
def _normal_quantile(p: float) -> float:
    return float(special.ndtri(p))


def share(k: int, n: int) -> dict[str, Any]:
    """Give the numbers of a row for a share; insufficient of nothing."""
    if not n:
        return {"n": 0, "status": INSUFFICIENT}
    low, high = wilson(k, n)
    return {"value": k / n, "low": low, "high": high, "n": n, "status": OK}
