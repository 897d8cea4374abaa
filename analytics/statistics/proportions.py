"""Estimate shares of incidents and updates, with Wilson intervals.

METHODOLOGY, "Transparency".
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import polars as pl
from scipy import special

from analytics.answer import CONFIDENCE, INSUFFICIENT, OK
from analytics.scope import SCOPE
from analytics.statistics.survival import Array


def wilson(k: int, n: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return Wilson's score interval for a share of k in n; n is at least 1.

    >>> [round(100 * bound, 1) for bound in wilson(2, 10)]
    [5.7, 51.0]
    """
    low, high = wilson_bounds(np.array([k], float), np.array([n], float), confidence)
    return float(low[0]), float(high[0])


def wilson_bounds(k: Array, n: Array, confidence: float = CONFIDENCE) -> tuple[Array, Array]:
    """Return Wilson's score intervals for shares of k in n; each n is at least 1."""
    z = _normal_quantile(1 - (1 - confidence) / 2)
    centre = (k + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * np.sqrt(k * (n - k) / n + z * z / 4)
    # At the ends the bound is exact; rounding must not carry it past the share itself.
    return np.where(k == 0, 0.0, centre - half), np.where(k == n, 1.0, centre + half)


@cache
def _normal_quantile(p: float) -> float:
    return float(special.ndtri(p))


def share(k: int, n: int) -> dict[str, Any]:
    """Give the numbers of a row for a share; insufficient of nothing."""
    if not n:
        return {"n": 0, "status": INSUFFICIENT}
    low, high = wilson(k, n)
    return {"value": k / n, "low": low, "high": high, "n": n, "status": OK}


def shares(counts: pl.DataFrame, of: Mapping[str, tuple[str, str]]) -> pl.DataFrame:
    """Give the numbers of all scopes for shares, as ``share`` does of one.

    Args:
        counts: Columns provider, surface, and counts.
        of: By metric, the column of what is counted, and that of how many there are.

    Returns:
        Columns provider, surface, metric, value, low, high, n and status; in no order.
    """
    asked = [
        counts.select(
            *SCOPE,
            pl.lit(metric).alias("metric"),
            k=pl.col(some).cast(pl.Float64),
            n=pl.col(every).cast(pl.Int64),
        )
        for metric, (some, every) in of.items()
    ]
    found = pl.concat(asked).filter(pl.col("n") > 0)
    low, high = wilson_bounds(found["k"].to_numpy(), found["n"].to_numpy().astype(float))
    return found.select(
        *SCOPE,
        "metric",
        (pl.col("k") / pl.col("n")).alias("value"),
        pl.Series("low", low),
        pl.Series("high", high),
        "n",
        pl.lit(OK).alias("status"),
    )
