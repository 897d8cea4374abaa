"""Measure how long trouble lasts (METHODOLOGY, "Durations")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from analytics.answer import INSUFFICIENT, NUMBER, OK, answer, answered, row
from analytics.memo import once
from analytics.metrics.frequency import begun
from analytics.question import Question, selection
from analytics.scope import SCOPE, by_scope, epoch, scopes
from analytics.snapshot import Snapshot
from analytics.statistics.bootstrap import percentiles
from analytics.statistics.durations import Durations, grouped
from analytics.statistics.estimates import (
    MEDIAN,
    MIN_MEDIAN,
    P90,
    RMST,
    at_least,
    estimates_of,
    multiplicities,
)

#: Posts whose duration is known, or still running.
TIMED = ("exact", "inferred_end", "open")
#: What lasted: a post was open, or users were hit.
CLOCKS = ("open", "impact")
STATISTICS = (MEDIAN, P90, RMST)


@dataclass(frozen=True, slots=True)
class Sample:
    """Hold durations in seconds; those not ended are still running at the as-of time."""

    seconds: Sequence[float]
    ended: Sequence[bool]

    @property
    def n(self) -> int:
        """Number of durations."""
        return len(self.seconds)

    @property
    def in_order(self) -> Durations:
        """The same as one group of durations."""
        seconds, ended = np.asarray(self.seconds, float), np.asarray(self.ended, bool)
        return grouped(np.zeros(self.n, int), seconds, ended, 1)


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
    metrics = {f"{clock}_{name}": "seconds" for clock in CLOCKS for name in STATISTICS}
    found = at_least(durations_of(samples(begun(snapshot, question), epoch(snapshot.as_of))))
    return answered(snapshot, question, scopes(snapshot, question), metrics, found)


def durations_of(lasted: pl.DataFrame) -> pl.DataFrame:
    """Estimate median, p90 and mean up to 24 h of the durations of each scope.

    Args:
        lasted: Rows as from ``samples``.

    Returns:
        Columns provider, surface, metric, value, low, high, n and status; in no order.
    """
    found = estimates_of(lasted, STATISTICS)
    vague = lasted.filter((pl.col("least") != pl.col("most")).any().over(*SCOPE, "of"))
    if vague.is_empty():
        return found
    # The extremes are of the same size, and so drawn alike.
    for end in ("least", "most"):
        other = estimates_of(vague.with_columns(seconds=end), STATISTICS)
        found = found.join(other, on=[*SCOPE, "metric"], how="left", suffix=f"_{end}")
    return _reaching(found)


def _reaching(found: pl.DataFrame) -> pl.DataFrame:
    """Let the interval of an estimate reach over those of its extremes; null: unbounded."""
    ends = ("", "_least", "_most")
    vague = pl.all_horizontal(pl.col([f"status{end}" for end in ends]) == OK)
    lows, highs = ([pl.col(f"{name}{end}") for end in ends] for name in ("low", "high"))
    low = pl.when(pl.all_horizontal(one.is_not_null() for one in lows)).then(
        pl.min_horizontal(lows)
    )
    high = pl.when(pl.all_horizontal(one.is_not_null() for one in highs)).then(
        pl.max_horizontal(highs)
    )
    return found.with_columns(
        pl.when(vague).then(low).otherwise("low").alias("low"),
        pl.when(vague).then(high).otherwise("high").alias("high"),
    ).select(*SCOPE, "metric", *NUMBER, "status")


@once(selection)
def means(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Estimate the plain mean of what has ended, and the share of the longest.

    No headline: a few giants make the mean, which the share of the longest in all the time
    (``top_1_share``) shows. Incidents still open are left out.

    Returns:
        Columns of ``answer.SCHEMA``.
    """
    found = samples(begun(snapshot, question), epoch(snapshot.as_of))
    lists = {clock: by_scope(found.filter(of=clock), "seconds", "ended") for clock in CLOCKS}
    rows = []
    for scope in scopes(snapshot, question):
        for clock, lasted in lists.items():
            mean, share = mean_and_top(Sample(*lasted.get(scope.key, ([], []))))
            rows.append(row(snapshot, question, scope, f"{clock}_mean", "seconds", **mean))
            rows.append(row(snapshot, question, scope, f"{clock}_top_1_share", "fraction", **share))
    return answer(rows)


def samples(found: pl.DataFrame, as_of_s: int) -> pl.DataFrame:
    """Return how long incidents were open and hit users, as far as that is known.

    Args:
        found: Incidents as from ``incident_selection.selected``.
        as_of_s: As-of in epoch seconds: what is open is censored there.

    Returns:
        Columns provider, surface, of (one of ``CLOCKS``), seconds, ended, and least and most:
        what seconds may be where the end is known within two bounds only.
    """
    followed = timed(found)
    opened = followed.with_columns(_open_seconds(as_of_s), of=pl.lit("open"))
    hit = followed.filter(HIT).with_columns(IMPACT_SECONDS, of=pl.lit("impact"))
    clocks = [clock.select(*SCOPE, "of", "seconds", ENDED, LEAST, MOST) for clock in (opened, hit)]
    return pl.concat(clocks)


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


def mean_and_top(sample: Sample) -> tuple[dict[str, Any], dict[str, Any]]:
    """Estimate the mean of the durations that ended, and the share of the longest."""
    ended = np.asarray(sample.seconds, dtype=float)[np.asarray(sample.ended, dtype=bool)]
    n = len(ended)
    if n < MIN_MEDIAN:
        return {"n": n, "status": INSUFFICIENT}, {"n": n, "status": INSUFFICIENT}
    low, high = percentiles(multiplicities(n) @ ended / n)
    top = {"value": ended.max() / ended.sum(), "status": OK} if ended.sum() else {}
    mean = {"value": ended.mean(), "low": low, "high": high, "n": n, "status": OK}
    return mean, {"n": n, "status": INSUFFICIENT, **top}
