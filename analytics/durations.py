"""How long trouble lasts (METHODOLOGY, "Durations")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from analytics.answer import INSUFFICIENT, OK, answer, row
from analytics.question import Question
from analytics.scope import begun_inside, epoch, posts, scopes
from analytics.snapshot import Snapshot
from analytics.survival import kaplan_meier

MIN_MEDIAN = 6
MIN_P90 = 50
RMST_LIMIT_S = 24 * 3600
DRAWS = 1000
SEED = 20260302
CONFIDENCE = 0.95
#: Posts whose duration is known, or still running.
TIMED = ("exact", "inferred_end", "open")


@dataclass(frozen=True, slots=True)
class Sample:
    """Durations in seconds; those not ended are still running at the as-of time."""

    seconds: Sequence[float]
    ended: Sequence[bool]

    @property
    def n(self) -> int:
        return len(self.seconds)


def durations(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Median, p90 and mean up to 24 h of open and impact durations (``answer.SCHEMA``).

    Posts made after the fact, silent for two weeks, with one update only or with clocks that
    contradict each other have no duration and are left out; n counts those that remain.
    """
    rows = []
    for scope in scopes(snapshot, question):
        found = begun_inside(posts(snapshot, question, scope), scope)
        as_of = epoch(snapshot.as_of)
        for name, sample in (("open", open_sample(found, as_of)), ("impact", impact_sample(found))):
            for statistic, numbers in _statistics(sample):
                metric = f"{name}_{statistic}"
                rows.append(row(snapshot, question, scope, metric, "seconds", **numbers))
    return answer(rows)


def _timed(found: pl.DataFrame) -> pl.DataFrame:
    unusable = pl.col("flags").list.contains("zombie") | pl.col("flags").list.contains(
        "retrospective"
    )
    return found.filter(pl.col("duration_quality").is_in(TIMED) & ~unusable)


def open_sample(found: pl.DataFrame, as_of_s: int) -> Sample:
    """From first post to last resolving update; posts still open are censored at as-of."""
    so_far = as_of_s - pl.col("published_s")
    seconds = _timed(found).select(
        pl.coalesce("open_seconds", so_far).cast(pl.Float64), pl.col("resolved_at").is_not_null()
    )
    return Sample(seconds.to_series(0).to_list(), seconds.to_series(1).to_list())


def impact_sample(found: pl.DataFrame) -> Sample:
    """Time any named component was partial or worse, of posts in which one was."""
    hit = _timed(found).filter(pl.col("impact_seconds") > 0)
    return Sample(
        hit["impact_seconds"].cast(pl.Float64).to_list(), hit["resolved_at"].is_not_null().to_list()
    )


def _statistics(sample: Sample) -> list[tuple[str, dict[str, Any]]]:
    return [
        ("median", median(sample)),
        ("p90", p90(sample)),
        ("rmst_24h", restricted_mean(sample)),
    ]


def median(sample: Sample) -> dict[str, Any]:
    """Median by Kaplan-Meier with an order-statistic interval; six durations at least."""
    if sample.n < MIN_MEDIAN:
        return {"n": sample.n, "status": INSUFFICIENT}
    curve = kaplan_meier(sample.seconds, sample.ended)
    lower, upper = median_ranks(sample.n)
    return {
        "value": _finite(curve.quantile(0.5)),
        "low": _finite(curve.quantile(lower / sample.n)),
        "high": _finite(curve.quantile(upper / sample.n)),
        "n": sample.n,
        "status": OK if np.isfinite(curve.quantile(0.5)) else INSUFFICIENT,
    }


def median_ranks(n: int) -> tuple[int, int]:
    """Ranks whose values bound the median with at least 95 % confidence.

    >>> median_ranks(20)
    (6, 15)
    """
    lower = int(stats.binom.ppf((1 - CONFIDENCE) / 2, n, 0.5))
    return max(lower, 1), n - max(lower, 1) + 1


def p90(sample: Sample) -> dict[str, Any]:
    """90th percentile by Kaplan-Meier with a bootstrap interval; fifty durations at least."""
    if sample.n < MIN_P90:
        return {"n": sample.n, "status": INSUFFICIENT}
    value = kaplan_meier(sample.seconds, sample.ended).quantile(0.9)
    seconds, ended = np.asarray(sample.seconds), np.asarray(sample.ended)
    dice = np.random.default_rng(SEED)
    draws = []
    for _ in range(DRAWS):
        pick = dice.integers(0, sample.n, sample.n)
        draws.append(kaplan_meier(seconds[pick].tolist(), ended[pick].tolist()).quantile(0.9))
    low, high = np.quantile(draws, [0.025, 0.975], method="inverted_cdf")
    return {
        "value": _finite(value),
        "low": _finite(float(low)),
        "high": _finite(float(high)),
        "n": sample.n,
        "status": OK if np.isfinite(value) else INSUFFICIENT,
    }


def restricted_mean(sample: Sample) -> dict[str, Any]:
    """Mean of min(T, 24 h): the expected loss, which a few giants cannot dominate."""
    if sample.n < MIN_MEDIAN:
        return {"n": sample.n, "status": INSUFFICIENT}
    value = kaplan_meier(sample.seconds, sample.ended).restricted_mean(RMST_LIMIT_S)
    return {"value": value, "n": sample.n, "status": OK}


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
