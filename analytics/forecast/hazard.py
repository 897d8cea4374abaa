"""Estimate the chance of a new incident within a day, where that has shown skill.

METHODOLOGY, "Forecast". Experimental.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl

from analytics.answer import INSTANT, framed
from analytics.directory import captured_providers
from analytics.memo import once
from analytics.metrics.frequency import DAY_S
from analytics.question import Question, selection
from analytics.snapshot import Snapshot
from analytics.statistics.survival import Array
from ingest.intervals import union

#: Days whose rate is carried on, and of how many at least.
RATE_DAYS, LEAST_RATE_DAYS = 56, 28
#: Days that are forecast before skill is told.
LEAST_SCORED = 180
HAZARDS: Mapping[str, Any] = {
    "provider": pl.String,
    # Until when it is covered.
    "at": INSTANT,
    # That at least one incident begins in the 24 hours from then on.
    "chance": pl.Float64,
    # Brier skill against the share of all earlier days with an incident; 0: none.
    "skill": pl.Float64,
    # Days that were forecast, each from those before it.
    "n": pl.Int64,
}


@dataclass(frozen=True, slots=True)
class Days:
    """Hold the whole days (UTC) of a provider, from its first covered one on.

    ``first``: number of the first since the epoch. ``covered``: whole days that captures cover.
    ``begun``: incidents that began in each; none counts where a day is not covered.
    """

    first: int
    covered: Array
    begun: Array

    @property
    def weekend(self) -> Array:
        """Tell which are a Saturday or a Sunday."""
        return weekend(self.first + np.arange(len(self.covered) + 2))


def weekend(days: Array) -> Array:
    """Tell which days since the epoch, a Thursday, are a Saturday or a Sunday.

    >>> weekend(np.array([0, 1, 2, 3, 4])).tolist()
    [False, False, True, True, False]
    """
    of_the_week: Array = (days + 3) % 7
    return of_the_week >= 5


@once(selection)
def hazards(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Estimate of each provider the chance of a new incident within a day.

    Only where forecasts of its past days did better than the share of days with an incident.

    Returns:
        Columns of ``HAZARDS``.
    """
    asked = sorted(question.providers or captured_providers(snapshot))
    return framed(_rows(snapshot, question, asked), HAZARDS)


def _rows(snapshot: Snapshot, question: Question, asked: list[str]) -> Iterator[dict[str, Any]]:
    incidents = snapshot.table("incidents").filter(
        (pl.col("kind") == "incident")
        & pl.col("class").is_in(question.classes)
        & pl.col("published_s").is_not_null()
    )
    for provider in asked:
        spans = snapshot.table("coverage").filter(provider=provider)
        covered = union(spans.select("start_s", "end_s").rows())
        if not covered:
            continue
        begun = incidents.filter(provider=provider)["published_s"].to_numpy()
        days = days_of(covered, begun)
        chances, usual, scored = chances_of(days)
        happened = days.begun > 0
        n = int(scored.sum())
        if n < LEAST_SCORED:
            continue
        skill = brier_skill(chances[scored], usual[scored], happened[scored])
        if skill > 0:
            at_s = covered[-1][1]
            at, chance = datetime.fromtimestamp(at_s, UTC), next_chance(days, at_s)
            yield {"provider": provider, "at": at, "chance": chance, "skill": skill, "n": n}


def days_of(covered: list[tuple[int, int]], begun: Array) -> Days:
    """Cut the covered time of a provider into days, and count what began in each.

    Args:
        covered: Spans in epoch seconds, apart and in order.
        begun: When its incidents began, in epoch seconds.
    """
    first, last = covered[0][0] // DAY_S, covered[-1][1] // DAY_S
    starts = np.array([start for start, _ in covered])
    ends = np.array([end for _, end in covered])
    edges = np.arange(first, last) * DAY_S
    place = np.maximum(np.searchsorted(starts, edges, "right") - 1, 0)
    whole = (starts[place] <= edges) & (ends[place] >= edges + DAY_S)
    counts = np.bincount(
        (begun[(begun >= first * DAY_S) & (begun < last * DAY_S)] // DAY_S - first).astype(int),
        minlength=last - first,
    )
    return Days(int(first), whole, np.where(whole, counts, 0))


def chances_of(days: Days) -> tuple[Array, Array, Array]:
    """Forecast each day from those before it.

    Returns the chance that an incident begins in it, the share of all earlier days with one, and
    which days are covered and have enough before them.
    """
    covered = days.covered.astype(float)
    n, rate = len(covered), rates_before(days)
    known = _before(covered)
    usual = np.divide(_before(days.begun > 0), known, out=np.zeros(n), where=known > 0)
    recent = known - np.concatenate([np.zeros(min(RATE_DAYS, n)), known[: max(n - RATE_DAYS, 0)]])
    scored = days.covered & (recent >= LEAST_RATE_DAYS) & (known >= RATE_DAYS)
    return 1 - np.exp(-rate[:n]), usual, scored


def rates_before(days: Days) -> Array:
    """Return the rate a day of each day and of the next two, from the covered days before it.

    That of the last 56 days, times how much more or less begins on such days, working days or
    weekends, than on all.
    """
    pad = np.zeros(2)
    covered, begun = (np.concatenate([one, pad]) for one in (days.covered, days.begun))
    n = len(covered)
    known, counted = _before(covered), _before(begun)
    lag = np.maximum(np.arange(n) - RATE_DAYS, 0)
    recent = np.divide(
        counted - counted[lag], known - known[lag], out=np.zeros(n), where=known > known[lag]
    )
    overall = np.divide(counted, known, out=np.zeros(n), where=known > 0)
    factor = np.ones(n)
    for alike in (days.weekend, ~days.weekend):
        seen = _before(covered * alike)
        its = np.divide(_before(begun * alike), seen, out=np.zeros(n), where=seen > 0)
        relative = np.divide(its, overall, out=np.ones(n), where=overall > 0)
        factor = np.where(alike, relative, factor)
    rates: Array = recent * factor
    return rates


def _before(values: Array) -> Array:
    """Return the sum of all values before each."""
    sums: Array = np.cumsum(values) - values
    return sums


def brier_skill(chances: Array, usual: Array, happened: Array) -> float:
    """Return by what share the mean squared error is smaller than that of the usual share.

    >>> brier_skill(np.array([1.0, 0.0]), np.array([0.5, 0.5]), np.array([True, False]))
    1.0
    """
    ours, theirs = ((one - happened) ** 2 for one in (chances, usual))
    return 1 - float(ours.mean() / theirs.mean()) if theirs.any() else 0.0


def next_chance(days: Days, now_s: int) -> float:
    """Return the chance that an incident begins in the 24 hours from ``now_s`` on.

    The rates of the two days that these hours lie in count by their shares.
    """
    rate = rates_before(days)
    today = min(max(now_s // DAY_S - days.first, 0), len(rate) - 2)
    passed = (now_s % DAY_S) / DAY_S
    return 1 - float(np.exp(-(rate[today] * (1 - passed) + rate[today + 1] * passed)))
