"""Seventeen analyses of posts, of the kinds a paper's tool offers (FAILS, arXiv 2503.12185).

Availability, frequency, days, months and stage lengths are the product's own. The rest it has
no metric for, or only one with a resampled interval, which the tool does not give: they are
here so that the same work is timed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import polars as pl

from analytics import METRICS, Question, Snapshot
from analytics.metrics.stages import steps, updates
from analytics.read_models.daily_states import daily
from analytics.read_models.monthly import monthly

LAGS = 28
QUANTILES = [n / 20 for n in range(1, 20)]


def recovery(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Measure mean and median seconds from first update to last resolving one (MTTR)."""
    length = pl.col("open_seconds")
    return _posts(snapshot).group_by("provider").agg(length.mean(), median=length.median())


def spread_of_recovery(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Measure the time to recover at every twentieth of the posts."""
    length = [pl.col("open_seconds").quantile(p).alias(f"{p:g}") for p in QUANTILES]
    return _posts(snapshot).group_by("provider").agg(length)


def stage_lengths(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Measure mean seconds of each step between stages."""
    passed = steps(updates(snapshot, _posts(snapshot)))
    return passed.group_by("stage", "next_stage").agg(pl.col("seconds").mean())


def times_between(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Measure mean and median seconds from one incident to the next (MTBF)."""
    apart = pl.col("published_s").diff().over("provider")
    started = _posts(snapshot).sort("provider", "published_s").with_columns(apart.alias("apart"))
    return started.group_by("provider").agg(pl.col("apart").mean(), median=pl.col("apart").median())


def stage_combinations(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Count the incidents that passed which stages."""
    passed = pl.col("stage").unique().sort().str.join("+").alias("stages")
    told = snapshot.table("updates").group_by("provider", "page_key", "incident_id").agg(passed)
    return told.group_by("provider", "stages").len()


def impacts(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Count the incidents of each impact."""
    return _posts(snapshot).group_by("provider", "impact").len()


def named_together(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Count the incidents that named which surfaces together."""
    named = pl.col("surface").unique().sort().str.join("+").alias("surfaces")
    linked = snapshot.table("incident_components")
    posts = linked.group_by("provider", "page_key", "incident_id").agg(named)
    return posts.group_by("provider", "surfaces").len()


def days_together(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Count the days on which two providers both began an incident."""
    days = _days(snapshot)
    return days.join(days, on="day").group_by("provider", "provider_right").len()


def days_given(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Measure how likely a provider began an incident on a day on which another did."""
    own = _days(snapshot).group_by("provider").len("own")
    both = days_together(snapshot, question).join(own, on="provider")
    return both.with_columns(given=pl.col("len") / pl.col("own"))


def hours_of_the_week(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Count the incidents that began in each hour of the week (UTC)."""
    began = pl.col("published_at")
    return (
        _posts(snapshot)
        .group_by("provider", weekday=began.dt.weekday(), hour=began.dt.hour())
        .len()
    )


def days_of_the_week(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Count the incidents that began on each weekday where the provider is at home."""
    day = pl.col("published_at").dt.convert_time_zone("America/Los_Angeles").dt.weekday()
    return _posts(snapshot).group_by("provider", day.alias("weekday")).len()


def posts_by_month(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Count the incidents that began in each month."""
    month = pl.col("published_at").dt.truncate("1mo").alias("month")
    return _posts(snapshot).group_by("provider", month).len()


def autocorrelation(snapshot: Snapshot, question: Question) -> dict[str, Any]:
    """Correlate daily counts with themselves at lags of 1 to 28 days."""
    found = {}
    for (provider,), mine in _posts(snapshot).group_by("provider"):
        day = mine["published_s"].drop_nulls().to_numpy() // 86_400
        counts = np.bincount(day - day.min()).astype(float)
        counts -= counts.mean()
        whole = counts @ counts or 1.0
        found[str(provider)] = [counts[n:] @ counts[:-n] / whole for n in range(1, LAGS + 1)]
    return found


def _posts(snapshot: Snapshot) -> pl.DataFrame:
    return snapshot.table("incidents").filter(pl.col("kind") == "incident")


def _days(snapshot: Snapshot) -> pl.DataFrame:
    day = pl.col("published_at").dt.date().alias("day")
    return _posts(snapshot).select("provider", day).unique()


ANALYSES: Mapping[str, Callable[[Snapshot, Question], Any]] = {
    "availability": METRICS["availability"],
    "frequency": METRICS["frequency"],
    "days": daily,
    "months": monthly,
    "recovery (MTTR)": recovery,
    "spread of recovery": spread_of_recovery,
    "times between (MTBF)": times_between,
    "stage lengths": stage_lengths,
    "stage combinations": stage_combinations,
    "impacts": impacts,
    "surfaces named together": named_together,
    "days together": days_together,
    "days given another": days_given,
    "hours of the week": hours_of_the_week,
    "days of the week": days_of_the_week,
    "posts by month": posts_by_month,
    "autocorrelation": autocorrelation,
}
assert len(ANALYSES) == 17
