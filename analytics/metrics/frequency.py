"""Count how often trouble is posted (METHODOLOGY, "Frequency")."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from scipy import special

from analytics.answer import CONFIDENCE, INSUFFICIENT, OK, answer, row
from analytics.downtime import relational
from analytics.downtime.relational import collected
from analytics.downtime.scope_coverage import covered_rows
from analytics.downtime.spans import SPAN
from analytics.incident_selection import POST, ROW, facts, times, unrated
from analytics.memo import once
from analytics.question import Question, selection
from analytics.scope import (
    SCOPE,
    Interval,
    ScopeKey,
    ScopeTotals,
    ScopeWindow,
    by_scope,
    epoch,
    named_scopes,
    with_covered,
)
from analytics.snapshot import Frame, Snapshot, fetched
from analytics.statistics.survival import Array
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
    """Count incidents or episodes per 30 covered days, by start of impact.

    What began outside the covered time is not counted: the rest of it is not covered.

    Returns:
        Columns of ``answer.SCHEMA``.
    """
    unit = f"{question.unit} per {PER_DAYS} days"
    starts, unknown = _start_rows(snapshot, question), _unrated(snapshot, question)
    named, covered = named_scopes(snapshot, question), covered_rows(snapshot, question)
    return answer(
        row(snapshot, question, scope, "frequency", unit, **numbers)
        for scope, numbers in rates(named, starts, covered, unknown)
    )


def rates(
    named: Sequence[ScopeWindow],
    starts: pl.DataFrame,
    covered: pl.DataFrame,
    unknown: pl.DataFrame | None,
) -> Iterator[tuple[ScopeTotals, dict[str, Any]]]:
    """Give the numbers of each scope's row: pure, whatever engine counted.

    Args:
        named: The scopes, in the order of the answer.
        starts: What began in covered time: columns of ``SCOPE`` and start_s.
        covered: Spans by scope (columns of ``SCOPE`` and ``SPAN``), in any order.
        unknown: What a least state leaves out as unknown: columns of ``SCOPE`` and n; None
            without a least state.
    """
    begun_at = {key: its for key, [its] in by_scope(starts, "start_s").items()}
    # Whole weeks are counted: spans that touch are one.
    seen = {key: union(zip(*its, strict=True)) for key, its in by_scope(covered, *SPAN).items()}
    counts = None if unknown is None else {(who, what): n for who, what, n in unknown.iter_rows()}
    covered_s = {key: total(spans) for key, spans in seen.items()}
    for scope in with_covered(named, covered_s):
        numbers = rate(begun_at.get(scope.key, []), seen.get(scope.key, []))
        numbers["unrated"] = None if counts is None else counts.get(scope.key, 0)
        yield scope, numbers


@once(selection)
def begun(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Select the incidents asked for whose impact began in covered time.

    Returns:
        Columns as from ``incident_selection.facts``, by page_key and incident_id.
    """
    return begun_in(snapshot, question, _covered(snapshot, question))


def begun_in(snapshot: Snapshot, question: Question, covered: Frame) -> pl.DataFrame:
    """Select the incidents asked for whose impact began in these spans of their scope.

    Args:
        snapshot: Where the incidents are.
        question: Their providers, surfaces, classes and least state.
        covered: Spans by scope (columns of ``SCOPE`` and ``SPAN``).

    Returns:
        Columns as from ``incident_selection.facts``, by page_key and incident_id.
    """
    every = facts(snapshot, question)
    # Rows are found by what names them: of all their columns there is one copy, the answer.
    named = every.lazy().select(*SCOPE, "impact_start_s").with_row_index(ROW)
    [rows] = collected(relational.begun(nw.from_native(named), covered).select(ROW))
    if rows.height == every.height:
        return every
    return every.select(pl.all().gather(rows[ROW].sort()))


def started(snapshot: Snapshot, question: Question) -> Mapping[ScopeKey, Sequence[int]]:
    """Return when incidents or episodes of each scope began in covered time, in order."""
    return _in_order(_start_rows(snapshot, question))


def started_in(
    snapshot: Snapshot, question: Question, covered: Frame
) -> Mapping[ScopeKey, Sequence[int]]:
    """Return when incidents or episodes began in these spans of their scope, in order."""
    return _in_order(_start_rows_in(snapshot, question, covered))


def _start_rows(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    return _start_rows_in(snapshot, question, _covered(snapshot, question))


def _start_rows_in(snapshot: Snapshot, question: Question, covered: Frame) -> pl.DataFrame:
    found = nw.from_native(times(snapshot, question).lazy())
    if question.unit == "posts":
        starts = relational.begun(found, covered).select(*SCOPE, start_s="impact_start_s")
    else:
        starts = relational.episode_starts(found, covered, epoch(snapshot.as_of), EPISODE_GAP_S)
    [rows] = collected(starts)
    return rows


def _in_order(rows: pl.DataFrame) -> Mapping[ScopeKey, Sequence[int]]:
    return {key: its for key, [its] in by_scope(rows.sort("start_s"), "start_s").items()}


def spans_of(covered: Mapping[ScopeKey, Sequence[Interval]]) -> Frame:
    """Return the spans of each scope as a relation."""
    rows = [(*key, *span) for key, spans in covered.items() for span in spans]
    schema = dict.fromkeys(SCOPE, pl.String) | dict.fromkeys(SPAN, pl.Int64)
    return nw.from_native(pl.LazyFrame(rows, schema=schema, orient="row"))


def _covered(snapshot: Snapshot, question: Question) -> Frame:
    return nw.from_native(covered_rows(snapshot, question).lazy())


def _unrated(snapshot: Snapshot, question: Question) -> pl.DataFrame | None:
    """Count what a least state leaves out as unknown, of what began in covered time.

    None without a least state.
    """
    if question.minimum is None:
        return None
    every = nw.from_native(times(snapshot, replace(question, minimum=None)))
    begun_then = relational.begun(every.lazy(), _covered(snapshot, question))
    with snapshot.related("incident_components") as read:
        linked = fetched(read["incident_components"].select(*POST, "worst_state").unique())
    [silent] = collected(unrated(nw.from_native(linked.lazy()), begun_then))
    return silent.group_by(SCOPE).agg(pl.len().alias("n"))


def rate(starts: Sequence[int], covered: Sequence[Interval]) -> dict[str, Any]:
    """Give the numbers of a row for the rate of ``starts`` in covered time."""
    days = total(covered) / DAY_S
    if days < MIN_COVERED_DAYS:
        return {"n": len(starts), "status": INSUFFICIENT}
    low, high = interval(len(starts), days, spread(starts, covered))
    value = len(starts) / days * PER_DAYS
    return {"value": value, "low": low, "high": high, "n": len(starts), "status": OK}


def spread(starts: Sequence[int], covered: Sequence[Interval]) -> float:
    """Return phi of the weekly counts; 1 for too few weeks, and never less."""
    return float(spreads([starts], covered)[0])


def spreads(starts: Sequence[Sequence[int]], covered: Sequence[Interval]) -> Array:
    """Return ``spread`` of each of several over the same covered time."""
    phis: Array = np.fmax(overdispersion(weekly_counts(starts, covered)), 1.0)
    return phis


def within(starts: Sequence[int], covered: Sequence[Interval]) -> list[int]:
    """Keep the starts that lie in the covered time, which is sorted and disjoint."""
    begins = [start for start, _ in covered]
    held = ((s, bisect_right(begins, s) - 1) for s in starts)
    return [s for s, at in held if at >= 0 and s < covered[at][1]]


def episodes(spans: Sequence[Interval], gap: int = EPISODE_GAP_S) -> list[Interval]:
    """Merge spans no more than ``gap`` seconds apart into runs."""
    # An end before its start is a contradiction of the source; the start still counts.
    widened = union((start, max(start, end) + gap) for start, end in spans)
    return [(start, end - gap) for start, end in widened]


def garwood(n: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return the exact Poisson interval for a count, which may be scaled.

    >>> [round(x, 3) for x in garwood(3)]
    [0.619, 8.767]
    """
    tail = (1 - confidence) / 2
    # A quantile of chi-square with 2 n degrees of freedom is twice that of a gamma with n.
    low = float(special.gammaincinv(n, tail)) if n > 0 else 0.0
    return low, float(special.gammaincinv(n + 1, 1 - tail))


def interval(n: int, days: float, phi: float = 1.0) -> tuple[float, float]:
    """Return the interval of a rate per 30 days.

    Above 1, ``phi`` shrinks both count and time.
    """
    scale = max(phi, 1.0)
    low, high = garwood(n / scale)
    per = days / scale / PER_DAYS
    return low / per, high / per


def weekly_counts(starts: Sequence[Sequence[int]], covered: Sequence[Interval]) -> Array:
    """Count the starts of each of several in every week that is covered whole.

    Back from the end: a row for each. ``covered`` is sorted and disjoint.
    """
    end = covered[-1][1] if covered else 0
    told = [n for a, b in covered for n in range(-(-(end - b) // WEEK_S), (end - a) // WEEK_S)]
    weeks = np.array([*sorted(told), np.iinfo(np.int64).max])
    ago = (end - 1 - np.array([one for its in starts for one in its], np.int64)) // WEEK_S
    place, whose = (
        np.searchsorted(weeks, ago),
        np.repeat(np.arange(len(starts)), [*map(len, starts)]),
    )
    cells = (whose * len(told) + place)[weeks[place] == ago]
    counts: Array = np.bincount(cells, minlength=len(starts) * len(told))
    return counts.reshape(len(starts), len(told))


def overdispersion(counts: Array) -> Array:
    """Return variance over mean of each row of weekly counts; NaN where there are too few."""
    found: Array = np.full(len(counts), np.nan)
    if counts.shape[1] < MIN_WEEKS:
        return found
    some = counts.any(axis=1)
    found[some] = np.var(counts[some], axis=1, ddof=1) / np.mean(counts[some], axis=1)
    return found
