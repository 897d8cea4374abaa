"""Estimate medians, 90th percentiles and means of durations, of all groups at once.

METHODOLOGY, "Durations". Pure: durations in, a frame with a row for each group out. Whatever is
drawn of groups of one size, the same is drawn of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
import polars as pl
from scipy import special

from analytics.answer import INSUFFICIENT, NUMBER, OK, TAIL
from analytics.scope import SCOPE
from analytics.statistics.bootstrap import percentiles
from analytics.statistics.durations import Durations, grouped, of_a_size
from analytics.statistics.survival import Array, Curves, reweighted

MIN_MEDIAN = 6
MIN_P90 = 50
RMST_LIMIT_S = 24 * 3600
DRAWS = 1000
SEED = 20260302
#: The draws of so many things are kept: two megabytes of them.
MOST_KNOWN = 256
#: What is estimated, by the end of a metric's name.
MEDIAN, P90, RMST = "median", "p90", "rmst_24h"
#: Of fewer durations there is no estimate.
LEAST = {MEDIAN: MIN_MEDIAN, P90: MIN_P90, RMST: MIN_MEDIAN}


def estimates_of(samples: pl.DataFrame, statistics: Sequence[str]) -> pl.DataFrame:
    """Estimate each of ``statistics`` of the durations of each group of a frame.

    Args:
        samples: Columns provider, surface, ``of`` (what lasted), seconds, and ended: whether its
            end was seen.
        statistics: The median, the 90th percentile, the mean up to 24 hours.

    Returns:
        Columns provider, surface, metric, value, low, high, n and status; in no order.
    """
    lists = samples.group_by(*SCOPE, "of").agg("seconds", "ended")
    sizes = lists["seconds"].list.len().to_numpy().astype(int)
    each = lists.select("seconds", "ended").explode("seconds", "ended")
    of = np.repeat(np.arange(len(sizes)), sizes)
    ordered = grouped(of, each["seconds"].to_numpy(), each["ended"].to_numpy(), len(sizes))
    key = lists.select(*SCOPE, "of")
    found = [
        key.hstack(frame).with_columns(metric=pl.format(f"{{}}_{name}", "of"))
        for name, frame in estimated(ordered, statistics).items()
    ]
    return pl.concat(found).select(*SCOPE, "metric", *NUMBER, "status")


def estimated(of: Durations, statistics: Sequence[str]) -> dict[str, pl.DataFrame]:
    """Estimate each of ``statistics`` of each group.

    Returns:
        Columns as from ``estimates``, by statistic.
    """
    drawn = _drawn_bounds(of, [name for name in statistics if name != MEDIAN])
    return {
        name: _medians(of) if name == MEDIAN else WORK[name](of, *drawn[name])
        for name in statistics
    }


def estimates(
    n: Array, enough: Array, value: Array, low: Array, high: Array, least: Array
) -> pl.DataFrame:
    """Give the numbers of rows; a bound that lies beyond every duration seen is null.

    Where the value itself does, there is nothing to compare by: it is null, low is ``least``,
    which it exceeds, and the status insufficient. See ``at_least``.

    Args:
        n: How many durations each rests on.
        enough: Whether so many are enough.
        value: The estimates; infinite where they lie beyond every duration seen.
        low: Lower bounds of their intervals.
        high: Upper bounds.
        least: Lower bounds of values that are infinite.

    Returns:
        Columns value, low, high, n and status.
    """
    reached = enough & np.isfinite(value)
    numbers = {
        "value": np.where(reached, value, np.nan),
        "low": np.where(reached, low, np.where(enough, least, np.nan)),
        "high": np.where(reached, high, np.nan),
    }
    known = [pl.when(pl.col(name).is_finite()).then(name).alias(name) for name in numbers]
    return pl.DataFrame(numbers).with_columns(
        *known, n=pl.Series(n), status=pl.Series(np.where(reached, OK, INSUFFICIENT))
    )


def at_least(found: pl.DataFrame) -> pl.DataFrame:
    """Give estimates the status with which an answer tells them.

    That one is longer than ``low`` is known, and no want of posts: its status is ok.

    Returns:
        Columns of ``found``.
    """
    unreached = pl.col("value").is_null() & pl.col("low").is_not_null()
    return found.with_columns(status=pl.when(unreached).then(pl.lit(OK)).otherwise("status"))


def _medians(of: Durations) -> pl.DataFrame:
    """Estimate the median by Kaplan-Meier; of six durations at least."""
    n, enough = of.sizes, of.sizes >= MIN_MEDIAN
    ranks = np.ones((2, len(n)))
    for size in np.unique(n[enough]).tolist():
        ranks[:, n == size] = np.reshape(median_ranks(size), (2, 1))
    value, low, high = (of.quantiles(p) for p in (0.5, *(ranks / np.maximum(n, 1))))
    return estimates(n, enough, value, low, high, of.longest)


@cache
def median_ranks(n: int) -> tuple[int, int]:
    """Return the ranks whose values bound the median with at least 95 % confidence.

    >>> median_ranks(20)
    (6, 15)
    """
    # The smallest k of which a binomial with one half reaches the tail.
    nearest = int(np.ceil(special.bdtrik(TAIL, n, 0.5)))
    if nearest > 0 and special.bdtr(nearest - 1, n, 0.5) >= TAIL:
        nearest -= 1
    lower = max(nearest, 1)
    return lower, n - lower + 1


def _ninetieths(of: Durations, low: Array, high: Array) -> pl.DataFrame:
    """Estimate the 90th percentile by Kaplan-Meier; of fifty durations at least.

    The interval is that of samples drawn again.
    """
    return estimates(of.sizes, of.sizes >= MIN_P90, of.quantiles(0.9), low, high, of.longest)


def _restricted_means(of: Durations, low: Array, high: Array) -> pl.DataFrame:
    """Estimate the mean of min(T, 24 h), the expected loss; of six durations at least.

    Where the longest is below 24 h and still runs, how much is left of it nobody knows: there
    is no value, and low is the mean of min(T, longest), which it exceeds. See ``at_least``.
    """
    enough = of.sizes >= MIN_MEDIAN
    unseen = enough & (of.longest < RMST_LIMIT_S) & (of.left > 0)
    means = of.restricted_means(np.where(unseen, of.longest, RMST_LIMIT_S))
    return estimates(of.sizes, enough, np.where(unseen, np.inf, means), low, high, means)


WORK = {P90: _ninetieths, RMST: _restricted_means}


def _drawn_bounds(of: Durations, statistics: Sequence[str]) -> dict[str, Array]:
    """Return the bounds of estimates from samples drawn again: low and high by groups."""
    found = {name: np.full((2, len(of.sizes)), np.nan) for name in statistics}
    for name, bounds in found.items():
        for groups in of_a_size(of.sizes, of.whole & (of.sizes >= LEAST[name]), DRAWS):
            bounds[:, groups] = _whole_bounds(of.matrix(groups), name)
    some = ~of.whole & (of.sizes >= min((LEAST[name] for name in statistics), default=np.inf))
    for group in np.flatnonzero(some).tolist():
        drawn = redrawn(*of.group(group))
        for name, bounds in found.items():
            bounds[:, group] = percentiles(_drawn(drawn, name))
    return found


def _whole_bounds(seconds: Array, name: str) -> Array:
    """Return the bounds of groups of one size that all ended: groups by durations, in order."""
    n = seconds.shape[1]
    if name == P90:
        return seconds[:, [*drawn_ranks(n, 0.9)]].T
    means = np.minimum(seconds, RMST_LIMIT_S) @ multiplicities(n).T / n
    return np.array(percentiles(means))


def _drawn(curves: Curves, name: str) -> Array:
    return curves.quantiles(0.9) if name == P90 else curves.restricted_means(RMST_LIMIT_S)


@lru_cache(maxsize=4096)
def drawn_ranks(n: int, p: float) -> tuple[int, int]:
    """Return the ranks, from 0, between which a quantile of n drawn again mostly lies.

    Of things that all ended: the draws, and where each reaches the quantile, are those of ranks.
    """
    low, high = percentiles(redrawn(np.arange(n), np.ones(n, dtype=bool)).quantiles(p))
    return int(low), int(high)


def redrawn(seconds: Array, ended: Array, seed: int = SEED) -> Curves:
    """Draw 1,000 samples of the same size with replacement, and return their curves."""
    n = len(seconds)
    counts = multiplicities(n, seed)
    if ended.all():
        return Curves(np.sort(seconds), 1 - counts.cumsum(axis=1) / n)
    return reweighted(seconds, ended, counts)


def multiplicities(n: int, seed: int = SEED) -> Array:
    """Draw n of n things again and again; count each in each draw: draws by n, seeded."""
    return _known(n, seed) if n <= MOST_KNOWN else _multiplicities(n, seed)


def _multiplicities(n: int, seed: int) -> Array:
    picks = np.random.default_rng(seed).integers(0, n, (DRAWS, n))
    cells = picks + n * np.arange(DRAWS)[:, None]
    found: Array = np.bincount(cells.ravel(), minlength=DRAWS * n).reshape(DRAWS, n)
    found.flags.writeable = False
    return found


#: Groups of a few sizes are many: the draws of each size are the same.
_known = lru_cache(maxsize=16)(_multiplicities)
