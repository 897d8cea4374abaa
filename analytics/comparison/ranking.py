"""Rank who had less trouble, and say how sure that is (METHODOLOGY, "Ranking")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from typing import Any

import polars as pl

from analytics.answer import INSUFFICIENT, OK, SCHEMA, answer, row
from analytics.comparison.cohort import Cohort, Member, cohorts, counting_states
from analytics.comparison.sensitivity_grid import NOTICE, cells
from analytics.comparison.standings import Rank, Ranking, by_count, by_downtime, counted, unrated
from analytics.memo import once
from analytics.metrics.frequency import PER_DAYS
from analytics.question import Question, but_rule, combine_of, everything
from analytics.scope import Scope
from analytics.snapshot import Snapshot
from ingest.intervals import total

COUNT = "count"
DOWNTIME = "downtime"
MEASURES = (COUNT, DOWNTIME)
METRIC = {COUNT: "common_frequency", DOWNTIME: "common_downtime"}
GRID: Mapping[str, Any] = {
    **SCHEMA,
    # Posts or episodes.
    "counted": pl.String,
    # Out or in.
    "notices": pl.String,
    # Null below the minimum.
    "rank": pl.Int64,
}


@once(everything)
def ranking(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Rank by count and by downtime, with what the ranks rest on.

    Per provider and surface: ``common_frequency`` and ``count_rank``, ``common_downtime``
    and ``downtime_rank``. A rank's low and high are the best and the worst it may well be;
    its unit says among how many it is. Time down is compared over the time in which all
    providers were observed, incidents are counted over the time in which all were covered;
    below 90 observed days, or alone, a provider has no rank. What counts is the same for any
    ``minimum``: a filter by it would hide posts of unknown severity. What ranks leave out is
    in ``unknown_s`` (any component's state is not known) and ``unrated``.

    Returns:
        Columns of ``answer.SCHEMA``.
    """
    rows: list[dict[str, Any]] = []
    question = replace(question, minimum=None)
    for cohort in cohorts(snapshot, question):
        for measure in MEASURES:
            ranked = rank_cohort(snapshot, cohort, question, measure)
            for one, rank in with_ranks(cohort, ranked):
                of = _resting_on(one, question, measure)
                rows.append(_value_row(snapshot, question, one, measure, rank, of))
                rows.append(_rank_row(snapshot, question, one, measure, rank, of))
    return answer(rows).sort("provider", "surface", maintain_order=True)


@once(but_rule)
def grid(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Order the providers under every rule, unit and treatment of notices.

    The best come first in each cell. Downtime is the same for posts and for episodes.

    Returns:
        Columns of ``GRID``, for ``common_frequency`` and ``common_downtime``.
    """
    rows: list[dict[str, Any]] = []
    question = replace(question, minimum=None)
    for cohort in cohorts(snapshot, question):
        for (measure, cell), ranked in rank_every_way(snapshot, cohort, question).items():
            more = {"counted": cell.unit, "notices": "in" if NOTICE in cell.classes else "out"}
            for one, rank in with_ranks(cohort, ranked):
                of = _resting_on(one, cell, measure)
                line = _value_row(snapshot, cell, one, measure, rank, of)
                rows.append(
                    {**line, **more, "rank": rank.rank if rank and rank.among > 1 else None}
                )
    order = ["surface", "metric", "rule", "counted", "notices", "rank", "provider"]
    return pl.DataFrame(rows, schema=dict(GRID), orient="row").sort(order, nulls_last=True)


def rank_every_way(
    snapshot: Snapshot, cohort: Cohort, question: Question
) -> dict[tuple[str, Question], Ranking | None]:
    """Rank the cohort by each measure in each cell of the grid.

    Downtime does not depend on the unit, nor a count on how the rule weighs what counts.
    """
    found: dict[object, Ranking | None] = {}
    told = {}
    for measure, cell in product(MEASURES, cells(question)):
        key = cache_key(measure, cell)
        if key not in found:
            found[key] = rank_cohort(snapshot, cohort, cell, measure)
        told[measure, cell] = found[key]
    return told


def cache_key(measure: str, question: Question) -> object:
    """Return the key of a ranking: equal for questions that rank a cohort alike."""
    by = question.unit if measure == COUNT else (question.rule, question.weights)
    return measure, question.classes, counting_states(question), by


def rank_cohort(
    snapshot: Snapshot, cohort: Cohort, question: Question, measure: str
) -> Ranking | None:
    """Rank the cohort by one measure; None where there is too little to compare.

    Args:
        snapshot: Where the incidents are.
        cohort: The providers compared.
        question: Rule, unit and classes.
        measure: Count or downtime.
    """
    if not cohort.enough:
        return None
    if measure == COUNT:
        return by_count(cohort, question)
    return by_downtime(snapshot, cohort, question)


def with_ranks(cohort: Cohort, ranked: Ranking | None) -> list[tuple[Member, Rank | None]]:
    """Return every provider of the cohort with its rank, if it has one."""
    if ranked is None:
        return [(one, None) for one in (*cohort.members, *cohort.left_out)]
    ranks = zip(cohort.members, ranked.ranks, strict=True)
    return [*ranks, *((one, None) for one in cohort.left_out)]


def _resting_on(one: Member, question: Question, measure: str) -> tuple[Scope, dict[str, Any]]:
    """Return the scope a number of one provider is about, and what is not known of it."""
    if measure == COUNT:
        return one.scope, {"unrated": len(unrated(one, question, one.covered))}
    return one.known, {"unknown_s": total(one.unsure)}


def _value_row(
    snapshot: Snapshot,
    question: Question,
    one: Member,
    measure: str,
    rank: Rank | None,
    of: tuple[Scope, dict[str, Any]],
) -> dict[str, Any]:
    """Build the row of one provider's value in the common time."""
    unit = f"{question.unit} per {PER_DAYS} days" if measure == COUNT else "fraction"
    found = (rank.value, rank.low, rank.high) if rank else None
    return _row(snapshot, question, one, METRIC[measure], unit, rank, found, of)


def _rank_row(
    snapshot: Snapshot,
    question: Question,
    one: Member,
    measure: str,
    rank: Rank | None,
    of: tuple[Scope, dict[str, Any]],
) -> dict[str, Any]:
    if rank is None or rank.among < 2:
        return _row(snapshot, question, one, f"{measure}_rank", "rank", None, None, of)
    unit = f"rank of {rank.among} {rank.alike}".strip()
    found = (rank.rank, rank.best, rank.worst)
    return _row(snapshot, question, one, f"{measure}_rank", unit, rank, found, of)


def _row(
    snapshot: Snapshot,
    question: Question,
    one: Member,
    metric: str,
    unit: str,
    rank: Rank | None,
    found: tuple[float, float | None, float | None] | None,
    of: tuple[Scope, dict[str, Any]],
) -> dict[str, Any]:
    scope, unknown = of
    value, low, high = found or (None, None, None)
    return row(
        snapshot,
        question,
        scope,
        metric,
        unit,
        value=value,
        low=low,
        high=high,
        n=rank.n if rank else len(counted(one, question, one.covered)),
        down_s=rank.down_s if rank else None,
        rule=question.named_rule,
        combine=combine_of(question),
        status=OK if rank else INSUFFICIENT,
        **unknown,
    )
