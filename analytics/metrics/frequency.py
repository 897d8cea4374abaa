"""How often trouble is posted (METHODOLOGY, "Frequency")."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from scipy import stats

from analytics.answer import CONFIDENCE, INSUFFICIENT, OK, answer, row
from analytics.downtime import relational
from analytics.incident_selection import posts, unrated
from analytics.memo import once
from analytics.question import Question, selection
from analytics.scope import Interval, Scope, epoch, scopes
from analytics.snapshot import Snapshot
from ingest.intervals import total, union

DAY_S = 86_400
WEEK_S = 7 * DAY_S
#: Rates are per this many days.
PER_DAYS = 30
#: No rate is shown for less covered time than this.
MIN_COVERED_DAYS = 30
#: Posts of one provider and surface this close together are one episode.
EPISODE_GAP_S = 60 * 60
#: Covered weeks needed before the spread of weekly counts widens the interval.
MIN_WEEKS = 26


def _key(question: Question, /) -> Hashable:
    return selection(question), question.unit


@once(_key)
def frequency(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Posts or episodes per 30 covered days, by start of impact (``answer.SCHEMA``).

    What began outside the covered time is not counted: nobody vouches for the rest of it.
    """
    unit, starts = f"{question.unit} per {PER_DAYS} days", _started(snapshot, question)
    rows = []
    for scope in scopes(snapshot, question):
        numbers = rate(starts.get((scope.provider, scope.surface), []), scope.vouched)
        numbers["unrated"] = _unrated(snapshot, question, scope)
        rows.append(row(snapshot, question, scope, "frequency", unit, **numbers))
    return answer(rows)


def _started(snapshot: Snapshot, question: Question) -> dict[tuple[str, str], list[int]]:
    """When posts or episodes began in covered time, in order, by provider and surface."""
    start, end = (epoch(edge) for edge in question.window(snapshot.as_of))
    asked = snapshot.relations(*relational.READ), question, (start, end), epoch(snapshot.as_of)
    [found] = relational.collected(relational.begun(*asked, EPISODE_GAP_S))
    starts: dict[tuple[str, str], list[int]] = {}
    for provider, surface, at in found.sort("start_s").iter_rows():
        starts.setdefault((provider, surface), []).append(at)
    return starts


def _unrated(snapshot: Snapshot, question: Question, scope: Scope) -> int | None:
    """Posts begun in covered time that a least state leaves out as unknown; None without one."""
    if question.minimum is None:
        return None
    every = posts(snapshot, replace(question, minimum=None), scope)
    found = nw.from_native(begun_covered(every, scope.vouched))
    linked = nw.from_native(snapshot.table("incident_components"))
    left_out: pl.DataFrame = unrated(linked, found).to_native()
    return left_out.height


def rate(starts: Sequence[int], covered: Sequence[Interval]) -> dict[str, Any]:
    """Numbers of a row that gives the rate of ``starts``, which lie in the covered time."""
    days = total(covered) / DAY_S
    if days < MIN_COVERED_DAYS:
        return {"n": len(starts), "status": INSUFFICIENT}
    low, high = interval(len(starts), days, spread(starts, covered))
    value = len(starts) / days * PER_DAYS
    return {"value": value, "low": low, "high": high, "n": len(starts), "status": OK}


def spread(starts: Sequence[int], covered: Sequence[Interval]) -> float:
    """Phi of the weekly counts; 1 where there are too few weeks, and never less."""
    return max(overdispersion(weekly_counts(starts, covered)) or 1.0, 1.0)


def begun(snapshot: Snapshot, question: Question, scope: Scope) -> list[int]:
    """When each post or episode of the scope began, whatever the window; in order."""
    found = posts(snapshot, question, scope).filter(pl.col("impact_start_s").is_not_null())
    if question.unit == "posts":
        return found["impact_start_s"].sort().to_list()
    return [start for start, _ in episodes(impact_spans(found, epoch(snapshot.as_of)))]


def begun_covered(found: pl.DataFrame, covered: Sequence[Interval]) -> pl.DataFrame:
    """Those of ``found`` whose impact began in the covered time, which is sorted and disjoint.

    A list reaches back to posts from before it only because they lasted; to take them for all
    of their time would make trouble look longer than it was.
    """
    starts = found["impact_start_s"].drop_nulls().sort().to_list()
    return found.filter(pl.col("impact_start_s").is_in(within(starts, covered)))


def impact_spans(found: pl.DataFrame, as_of_s: int) -> list[Interval]:
    """When each of ``found`` hit users: those still open last until as-of.

    One that was forgotten open says when it began and nothing of its end: it has no length.
    """
    forgotten = pl.col("flags").list.contains("zombie")
    last = pl.when(forgotten).then("impact_start_s").otherwise(as_of_s)
    end = pl.coalesce("impact_end_s", last)
    return list(found.select("impact_start_s", end.alias("end_s")).iter_rows())


def within(starts: Sequence[int], covered: Sequence[Interval]) -> list[int]:
    """Those of ``starts`` that lie in the covered time, which is sorted and disjoint."""
    begins = [start for start, _ in covered]
    held = ((s, bisect_right(begins, s) - 1) for s in starts)
    return [s for s, at in held if at >= 0 and s < covered[at][1]]


def episodes(spans: Sequence[Interval], gap: int = EPISODE_GAP_S) -> list[Interval]:
    """Maximal runs of spans no more than ``gap`` seconds apart."""
    # An end before its start is a contradiction of the source; the start still counts.
    widened = union((start, max(start, end) + gap) for start, end in spans)
    return [(start, end - gap) for start, end in widened]


def garwood(n: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Exact Poisson interval for a count; n may be fractional when it was scaled.

    >>> [round(x, 3) for x in garwood(3)]
    [0.619, 8.767]
    """
    tail = (1 - confidence) / 2
    low = float(stats.chi2.ppf(tail, 2 * n) / 2) if n > 0 else 0.0
    return low, float(stats.chi2.ppf(1 - tail, 2 * n + 2) / 2)


def interval(n: int, days: float, phi: float = 1.0) -> tuple[float, float]:
    """Rate interval per 30 days; above 1, ``phi`` shrinks both count and time."""
    scale = max(phi, 1.0)
    low, high = garwood(n / scale)
    per = days / scale / PER_DAYS
    return low / per, high / per


def weekly_counts(starts: Sequence[int], covered: Sequence[Interval]) -> list[int]:
    """Starts in each week that is covered whole; weeks are counted back from its end.

    ``covered`` is sorted and disjoint.
    """
    if not covered:
        return []
    end = covered[-1][1]
    weeks = [n for a, b in covered for n in range(-(-(end - b) // WEEK_S), (end - a) // WEEK_S)]
    counts = Counter((end - 1 - start) // WEEK_S for start in starts)
    return [counts[week] for week in sorted(weeks)]


def overdispersion(counts: Sequence[int]) -> float | None:
    """Variance over mean of weekly counts; None below 26 weeks or without any start."""
    if len(counts) < MIN_WEEKS or not sum(counts):
        return None
    return float(np.var(counts, ddof=1) / np.mean(counts))
