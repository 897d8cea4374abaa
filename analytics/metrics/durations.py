"""Measure how long trouble lasts (METHODOLOGY, "Durations")."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
import polars as pl
from scipy import special

from analytics.answer import INSUFFICIENT, OK, TAIL, answer, row
from analytics.memo import once
from analytics.metrics.frequency import begun
from analytics.question import Question, selection
from analytics.scope import Scope, by_scope, epoch, scopes
from analytics.snapshot import Snapshot
from analytics.statistics.bootstrap import percentiles
from analytics.statistics.survival import Array, Curves, kaplan_meier, quantiles, reweighted

MIN_MEDIAN = 6
MIN_P90 = 50
RMST_LIMIT_S = 24 * 3600
DRAWS = 1000
SEED = 20260302
#: The draws of so many things are kept: two megabytes of them.
MOST_KNOWN = 256
#: Posts whose duration is known, or still running.
TIMED = ("exact", "inferred_end", "open")


@dataclass(frozen=True, slots=True)
class Sample:
    """Durations in seconds; those not ended are still running at the as-of time.

    ``least``, ``most``: what each may be where its end is known within two bounds only; the
    same as ``seconds`` where it is known. Empty: every end is known.
    """

    seconds: Sequence[float]
    ended: Sequence[bool]
    least: Sequence[float] = ()
    most: Sequence[float] = ()

    @property
    def n(self) -> int:
        """Number of durations."""
        return len(self.seconds)

    @property
    def whole(self) -> bool:
        """Tell whether every end was seen."""
        return all(self.ended)

    @property
    def extremes(self) -> tuple[Sample, ...]:
        """Return the sample had each ended at its first bound, and at its last."""
        if tuple(self.least) == tuple(self.most):
            return ()
        return Sample(self.least, self.ended), Sample(self.most, self.ended)


@once(selection)
def durations(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Estimate median, p90 and mean up to 24 h of open and impact durations.

    Incidents posted after the fact, silent for two weeks, with one update only or with clocks
    that contradict each other have no duration and are left out, and so is what began outside
    the covered time; n counts those that remain. Where the end is known within two bounds, value
    takes the middle, and low and high reach over the estimates of both.

    Returns:
        Columns of ``answer.SCHEMA``.
    """
    rows = []
    for scope, name, sample in _samples(snapshot, question):
        # The extremes are of the same size, and so drawn alike.
        drawn_anew = sample.n >= MIN_MEDIAN and not sample.whole
        counts = multiplicities(sample.n) if drawn_anew else None
        found, *extremes = (_statistics(one, counts) for one in (sample, *sample.extremes))
        for statistic, estimated in found.items():
            numbers = _reaching(estimated, [one[statistic] for one in extremes])
            metric = f"{name}_{statistic}"
            rows.append(row(snapshot, question, scope, metric, "seconds", **at_least(numbers)))
    return answer(rows)


def _statistics(sample: Sample, counts: Array | None) -> dict[str, dict[str, Any]]:
    drawn = None
    if counts is not None:
        drawn = reweighted(sample.seconds, sample.ended, counts)
    return {
        "median": median(sample),
        "p90": p90(sample, drawn),
        "rmst_24h": restricted_mean(sample, drawn),
    }


def _reaching(numbers: dict[str, Any], extremes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Let the interval of an estimate reach over those of its extremes; null: unbounded."""
    known = [numbers, *extremes]
    if not extremes or any(one["status"] != OK for one in known):
        return numbers
    lows, highs = [one["low"] for one in known], [one["high"] for one in known]
    return {
        **numbers,
        "low": None if None in lows else min(lows),
        "high": None if None in highs else max(highs),
    }


@once(selection)
def means(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Estimate the plain mean of what has ended, and the share of the longest.

    No headline: a few giants make the mean, which the share of the longest in all the time
    (``top_1_share``) shows. Incidents still open are left out.

    Returns:
        Columns of ``answer.SCHEMA``.
    """
    rows = []
    for scope, name, sample in _samples(snapshot, question):
        mean, share = mean_and_top(sample)
        rows.append(row(snapshot, question, scope, f"{name}_mean", "seconds", **mean))
        rows.append(row(snapshot, question, scope, f"{name}_top_1_share", "fraction", **share))
    return answer(rows)


def _samples(snapshot: Snapshot, question: Question) -> Iterator[tuple[Scope, str, Sample]]:
    found = timed(begun(snapshot, question))
    opened = found.with_columns(_open_seconds(epoch(snapshot.as_of)), ENDED)
    hit = found.filter(HIT).with_columns(IMPACT_SECONDS, ENDED)
    lists = {
        clock: by_scope(sample.with_columns(LEAST, MOST), "seconds", "ended", "least", "most")
        for clock, sample in (("open", opened), ("impact", hit))
    }
    for scope in scopes(snapshot, question):
        for clock, samples in lists.items():
            yield scope, clock, Sample(*samples.get(scope.key, ([], [], [], [])))


def timed(found: pl.DataFrame) -> pl.DataFrame:
    """Keep the incidents that were followed while they lasted, by clocks that agree.

    Returns:
        Columns of ``found``.
    """
    unusable = pl.col("flags").list.contains("zombie") | pl.col("flags").list.contains(
        "retrospective"
    )
    return found.filter(pl.col("duration_quality").is_in(TIMED) & ~unusable)


def open_sample(found: pl.DataFrame, as_of_s: int) -> Sample:
    """Take from first to last resolving update; what is open is censored at as-of."""
    seconds = timed(found).select(_open_seconds(as_of_s), ENDED)
    return Sample(seconds["seconds"].to_list(), seconds["ended"].to_list())


def impact_sample(found: pl.DataFrame) -> Sample:
    """Take the time any named component was partial or worse."""
    hit = timed(found).filter(HIT).select(IMPACT_SECONDS, ENDED)
    return Sample(hit["seconds"].to_list(), hit["ended"].to_list())


#: Seconds between the last list of what is open that showed an incident and the first that did
#: not, where only that tells of its end.
UNSEEN = (pl.col("unlisted_s") - pl.col("last_listed_s")).fill_null(0)
LEAST = (pl.col("seconds") - UNSEEN / 2).alias("least")
MOST = (pl.col("seconds") + UNSEEN / 2).alias("most")
ENDED = pl.col("resolved_at").is_not_null().alias("ended")
HIT = pl.col("impact_seconds") > 0
IMPACT_SECONDS = (pl.col("impact_seconds").cast(pl.Float64) + UNSEEN / 2).alias("seconds")


def _open_seconds(as_of_s: int) -> pl.Expr:
    so_far = as_of_s - pl.col("published_s")
    listed = pl.col("last_listed_s") - pl.col("published_s") + UNSEEN / 2
    return pl.coalesce("open_seconds", listed, so_far).cast(pl.Float64).alias("seconds")


def median(sample: Sample) -> dict[str, Any]:
    """Estimate the median by Kaplan-Meier; of six durations at least."""
    if sample.n < MIN_MEDIAN:
        return {"n": sample.n, "status": INSUFFICIENT}
    lower, upper = median_ranks(sample.n)
    shares = (0.5, lower / sample.n, upper / sample.n)
    value, low, high = quantiles(sample.seconds, sample.ended, shares)
    return estimate(sample.n, value, low, high, max(sample.seconds))


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


def p90(sample: Sample, drawn: Curves | None = None) -> dict[str, Any]:
    """Estimate the 90th percentile by Kaplan-Meier; of fifty durations at least.

    The interval is that of samples drawn again.

    ``drawn``: ``redrawn(sample)``, where it is at hand.
    """
    if sample.n < MIN_P90:
        return {"n": sample.n, "status": INSUFFICIENT}
    [value] = quantiles(sample.seconds, sample.ended, [0.9])
    if sample.whole:
        low, high = np.sort(np.asarray(sample.seconds, dtype=float))[[*drawn_ranks(sample.n, 0.9)]]
    else:
        low, high = percentiles((drawn or redrawn(sample)).quantiles(0.9))
    return estimate(sample.n, value, low, high, max(sample.seconds))


@lru_cache(maxsize=4096)
def drawn_ranks(n: int, p: float) -> tuple[int, int]:
    """Return the ranks, from 0, between which a quantile of n drawn again mostly lies.

    Of things that all ended: the draws, and where each reaches the quantile, are those of ranks.
    """
    low, high = percentiles(Curves(np.arange(n), drawn_survival(n)).quantiles(p))
    return int(low), int(high)


def restricted_mean(sample: Sample, drawn: Curves | None = None) -> dict[str, Any]:
    """Estimate the mean of min(T, 24 h), the expected loss; of six durations at least.

    Where the longest is below 24 h and still runs, how much is left of it nobody knows: there
    is no value, and low is the mean of min(T, longest), which it exceeds. See ``at_least``.
    """
    if sample.n < MIN_MEDIAN:
        return {"n": sample.n, "status": INSUFFICIENT}
    curve, longest = kaplan_meier(sample.seconds, sample.ended), max(sample.seconds)
    if longest < RMST_LIMIT_S and curve.left > 0:
        return estimate(sample.n, math.inf, 0, 0, curve.restricted_mean(longest))
    value = curve.restricted_mean(RMST_LIMIT_S)
    means = (drawn or redrawn(sample)).restricted_means(RMST_LIMIT_S)
    return estimate(sample.n, value, *percentiles(means))


def mean_and_top(sample: Sample) -> tuple[dict[str, Any], dict[str, Any]]:
    """Estimate the mean of the durations that ended, and the share of the longest."""
    ended = np.asarray(sample.seconds, dtype=float)[np.asarray(sample.ended, dtype=bool)]
    n = len(ended)
    if n < MIN_MEDIAN:
        return {"n": n, "status": INSUFFICIENT}, {"n": n, "status": INSUFFICIENT}
    interval = percentiles(multiplicities(n) @ ended / n)
    top = {"value": ended.max() / ended.sum(), "status": OK} if ended.sum() else {}
    return estimate(n, ended.mean(), *interval), {"n": n, "status": INSUFFICIENT, **top}


def redrawn(sample: Sample, seed: int = SEED) -> Curves:
    """Draw 1,000 samples of the same size with replacement, and return their curves."""
    if sample.whole:
        lengths = np.sort(np.asarray(sample.seconds, dtype=float))
        return Curves(lengths, drawn_survival(sample.n, seed))
    return reweighted(sample.seconds, sample.ended, multiplicities(sample.n, seed))


def drawn_survival(n: int, seed: int = SEED) -> Array:
    """Return survival in draws of n things that all ended, after each rank: draws by n."""
    return _known_survival(n, seed) if n <= MOST_KNOWN else _drawn_survival(n, seed)


def _drawn_survival(n: int, seed: int) -> Array:
    return 1 - multiplicities(n, seed).cumsum(axis=1) / n


#: Groups of a few sizes are many: the draws of each size are the same.
_known_survival = lru_cache(maxsize=16)(_drawn_survival)


def multiplicities(n: int, seed: int = SEED) -> Array:
    """Draw n of n things again and again; count each in each draw: draws by n, seeded."""
    picks = np.random.default_rng(seed).integers(0, n, (DRAWS, n))
    cells = picks + n * np.arange(DRAWS)[:, None]
    return np.bincount(cells.ravel(), minlength=DRAWS * n).reshape(DRAWS, n)


def estimate(
    n: int, value: float, low: float, high: float, least: float = math.nan
) -> dict[str, Any]:
    """Give the numbers of a row; a bound that lies beyond every duration seen is null.

    Where the value itself does, there is nothing to compare by: it is null, low is ``least``,
    which it exceeds, and the status insufficient. See ``at_least``.

    Args:
        n: How many durations it rests on.
        value: The estimate; infinite where it lies beyond every duration seen.
        low: Lower bound of its interval.
        high: Upper bound.
        least: Lower bound of a value that is infinite.
    """
    if not np.isfinite(value):
        beyond = {"value": None, "low": float(least), "high": None}
        return {**beyond, "n": n, "status": INSUFFICIENT}
    found = {"value": float(value), "low": float(low), "high": float(high)}
    known = {name: number if np.isfinite(number) else None for name, number in found.items()}
    return {**known, "n": n, "status": OK}


def at_least(numbers: dict[str, Any]) -> dict[str, Any]:
    """Give an estimate the status with which an answer tells it.

    That it is longer than ``low`` is known, and no want of posts: its status is ok.
    """
    unreached = numbers.get("value") is None and numbers.get("low") is not None
    return {**numbers, "status": OK} if unreached else numbers
