"""Compare two providers: how far apart, and how sure (METHODOLOGY, "Ranking")."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl

from analytics.answer import CONFIDENCE, INSUFFICIENT, OK, SCHEMA, framed, row
from analytics.comparison.cohort import Cohort, Member, cohorts
from analytics.comparison.ranking import (
    COUNT,
    DOWNTIME,
    MEASURES,
    rank_cohort,
    rank_every_way,
)
from analytics.comparison.standings import Ranking, drawn_shares, side, unrated
from analytics.comparison.worst_case import at_worst
from analytics.memo import once
from analytics.question import Question, combine_of, everything
from analytics.snapshot import Snapshot
from analytics.statistics.bootstrap import Array, block_sums, percentiles, two_sided_p
from ingest.intervals import total

BETTER = "better"
LEANING = "leaning"
NO_CLEAR_DIFFERENCE = "no clear difference"
#: From the most that may be said of a favoured provider to the least.
WORDS = (BETTER, LEANING, NO_CLEAR_DIFFERENCE)
#: Chances from which a difference is called better, or leaning.
SURE = 0.95
LIKELY = 0.80
#: Weekly counts that spread more than this are not Poisson: days are resampled instead.
MAX_PHI = 1.2
EXACT = "exact"
BOOTSTRAP = "bootstrap"
UNIT = {COUNT: "rate ratio", DOWNTIME: "difference of fractions down"}
#: Columns that have a better name: the old one is kept beside it.
OLD_NAMES = {
    "word": "verdict",
    "turnable": "could_flip",
    "settled": "robust",
    "unlike": "not_comparable",
}
#: Columns of a pair beside those of its first provider.
OF_PAIRS: Mapping[str, Any] = {
    "other": pl.String,
    "n_other": pl.Int64,
    "down_other_s": pl.Float64,
    # Seconds in which any component's state is not known, as in unknown_s.
    "unknown_other_s": pl.Int64,
    # Incidents whose severity is not known, and which are not counted, as in unrated.
    "unrated_other": pl.Int64,
    # Chance that the provider is better than the other.
    "p_better": pl.Float64,
    # Of no difference, by this test.
    "p_value": pl.Float64,
    "test": pl.String,
    # Which of the two; null if neither.
    "favoured": pl.String,
    # Cells of the grid that favour it, of all cells.
    "agreeing": pl.Int64,
    "cells": pl.Int64,
    # Better, leaning or no clear difference (verdict).
    "word": pl.String,
    # Chance of the favoured, and cells that favour it, had all that is unknown of it been
    # trouble; null where nothing is.
    "p_worst": pl.Float64,
    "agreeing_worst": pl.Int64,
    # Whether that is why no more may be said (could_flip).
    "turnable": pl.Boolean,
    # Whether it would still be favoured in every cell; where neither is favoured, whether
    # nothing is unknown of either (robust).
    "settled": pl.Boolean,
    # Whether they are not compared, because the same components of one page stand behind both,
    # their time down is made differently, or they post differently (not_comparable).
    "unlike": pl.Boolean,
    # Whether whole incidents stand for states.
    "by_post": pl.Boolean,
    "by_post_other": pl.Boolean,
    # Whether the same components of one page stand behind both.
    "same_page": pl.Boolean,
}
#: Metric is count or downtime; value is the provider's rate over the other's, or its fraction
#: down less the other's.
PAIRS: Mapping[str, Any] = {
    **SCHEMA,
    **OF_PAIRS,
    **{better: OF_PAIRS[old] for old, better in OLD_NAMES.items()},
}


@dataclass(frozen=True, slots=True)
class Difference:
    """Difference of two providers, with its test; None where it has no number."""

    value: float | None
    low: float | None
    high: float | None
    p: float
    test: str


@once(everything)
def pairs(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Compare every pair of providers by count and by downtime.

    Who was observed too little is not compared. ``minimum`` has no part in it, as in
    ``ranking``.

    Returns:
        Columns of ``PAIRS``.
    """
    rows: list[dict[str, Any]] = []
    question = replace(question, minimum=None)
    for cohort in cohorts(snapshot, question):
        grid = rank_every_way(snapshot, cohort, question)
        for measure in MEASURES:
            chances = [s.better for (by, _), s in grid.items() if s and by == measure]
            rows += _by_measure(snapshot, cohort, question, measure, chances)
    found = framed(rows, {**SCHEMA, **OF_PAIRS})
    return found.with_columns(pl.col(old).alias(better) for old, better in OLD_NAMES.items())


def _by_measure(
    snapshot: Snapshot, cohort: Cohort, question: Question, measure: str, chances: Sequence[Array]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of one cohort and measure.

    Args:
        snapshot: Where the incidents are.
        cohort: The providers compared.
        question: Rule, unit and classes.
        measure: Count or downtime.
        chances: Of being better, by cell of the grid.
    """
    ranked = rank_cohort(snapshot, cohort, question, measure)
    members = (*cohort.members, *cohort.left_out)
    drawn = _drawn(ranked, measure)
    for i, j in _pairs(question, members):
        one, other = members[i], members[j]
        shared = other.scope.provider in one.sharing
        numbers: dict[str, Any] = {"status": INSUFFICIENT, "unlike": shared, "same_page": shared}
        if ranked is not None and ranked.compares(i, j):
            numbers |= _difference(cohort, ranked, drawn, measure, i, j)
            names = one.scope.provider, other.scope.provider
            numbers |= _verdict(ranked.better, chances, names, i, j)
            numbers |= _unknown(cohort, question, measure, i, j)
            numbers |= _weaker(snapshot, cohort, question, measure, numbers, i, j)
        elif ranked is not None:
            numbers["unlike"] = shared or max(i, j) < len(cohort.members)
        yield _line(snapshot, question, measure, one, other, numbers)


def _line(
    snapshot: Snapshot,
    question: Question,
    measure: str,
    one: Member,
    other: Member,
    numbers: Mapping[str, Any],
) -> dict[str, Any]:
    """Build one row of ``pairs``, with these numbers."""
    line = row(
        snapshot,
        question,
        one.known if measure == DOWNTIME else one.scope,
        measure,
        UNIT[measure],
        rule=question.named_rule,
        combine=combine_of(question),
        **numbers,
    )
    made = {"by_post": one.by_post, "by_post_other": other.by_post}
    return {**line, **made, "other": other.scope.provider}


def _pairs(question: Question, members: Sequence[Member]) -> Iterator[tuple[int, int]]:
    """Yield every pair of places in the cohort, the providers in the order asked."""
    order = list(dict.fromkeys(question.providers))
    named = [one.scope.provider for one in members]
    return combinations(
        sorted(range(len(named)), key=lambda n: order.index(named[n]) if order else named[n]), 2
    )


def _drawn(ranked: Ranking | None, measure: str) -> Array:
    """Draw days again for counts, or fractions of time down: providers by draws."""
    if ranked is None:
        return np.empty(0)
    if measure == DOWNTIME:
        return drawn_shares(ranked.daily, ranked.seconds)
    return block_sums(ranked.daily[:, ranked.seconds > 0])


def _unknown(cohort: Cohort, question: Question, measure: str, i: int, j: int) -> dict[str, int]:
    """Count seconds without a state, or incidents without a severity, of the two."""
    members = [cohort.members[k] for k in (i, j)]
    if measure == DOWNTIME:
        mine, its = (total(one.unsure) for one in members)
        return {"unknown_s": mine, "unknown_other_s": its}
    mine, its = (len(unrated(one, question, cohort.covered)) for one in members)
    return {"unrated": mine, "unrated_other": its}


def _weaker(
    snapshot: Snapshot,
    cohort: Cohort,
    question: Question,
    measure: str,
    numbers: Mapping[str, Any],
    i: int,
    j: int,
) -> dict[str, Any]:
    """Weaken the verdict by counting all that is unknown of the favoured as trouble."""
    of = "unknown{}_s" if measure == DOWNTIME else "unrated{}"
    mine, its = numbers[of.format("")], numbers[of.format("_other")]
    if numbers["favoured"] is None:
        return {"turnable": False, "settled": not (mine or its)}
    first = numbers["favoured"] == cohort.members[i].scope.provider
    if not (mine if first else its):
        return {"turnable": False, "settled": True}
    worst = at_worst(snapshot, cohort, question, measure, (i, j) if first else (j, i))
    holds = worst.agreeing == numbers["cells"]
    told = word(worst.chance, holds) if holds else NO_CLEAR_DIFFERENCE
    least = max(numbers["word"], told, key=WORDS.index)
    return {
        "word": least,
        "p_worst": worst.chance,
        "agreeing_worst": worst.agreeing,
        "turnable": least != numbers["word"],
        "settled": holds,
    }


def _difference(
    cohort: Cohort, ranked: Ranking, drawn: Array, measure: str, i: int, j: int
) -> dict[str, Any]:
    one, other = ranked.ranks[i], ranked.ranks[j]
    if measure == DOWNTIME:
        found = difference(drawn[i], drawn[j], one.value - other.value)
    elif max(ranked.spread[i], ranked.spread[j]) <= MAX_PHI:
        days = cohort.covered_days
        found = rate_ratio(one.n, days, other.n, days)
    else:
        found = resampled_ratio(drawn[i], drawn[j], one.n, other.n)
    return {
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "p_value": found.p,
        "test": found.test,
        "n": one.n,
        "n_other": other.n,
        "down_s": one.down_s,
        "down_other_s": other.down_s,
        "status": OK,
    }


def _verdict(
    better: Array, chances: Sequence[Array], names: tuple[str, str], i: int, j: int
) -> dict[str, Any]:
    chance = float(better[i, j])
    agreeing = sum(side(float(one[i, j])) * side(chance) > 0 for one in chances)
    return {
        "p_better": chance,
        "favoured": {1: names[0], -1: names[1]}.get(side(chance)),
        "agreeing": agreeing,
        "cells": len(chances),
        "word": word(max(chance, 1 - chance), agreeing == len(chances)),
    }


def word(chance: float, everywhere: bool) -> str:
    """Word what may be said of the favoured provider, given its chance.

    ``everywhere``: whether it is favoured in every cell of the grid.

    >>> word(0.97, True), word(0.9, True), word(0.97, False)
    ('better', 'leaning', 'no clear difference')
    """
    if chance >= SURE:
        return BETTER if everywhere else NO_CLEAR_DIFFERENCE
    return LEANING if chance >= LIKELY else NO_CLEAR_DIFFERENCE


def rate_ratio(n: int, time: float, other_n: int, other_time: float) -> Difference:
    """Divide a rate by another, with the exact conditional binomial test.

    Given both counts together, the first is binomial with its share of the time.

    Args:
        n: The first count.
        time: Over how long, in any unit.
        other_n: The other count.
        other_time: Over how long, in the same unit.

    >>> found = rate_ratio(3, 90, 8, 90)
    >>> round(found.value, 3), round(found.p, 3)
    (0.375, 0.227)
    """
    if n + other_n == 0:
        return Difference(None, None, None, 1.0, EXACT)
    # Loaded here: most commands ask for no test, and it takes a third of a second.
    from scipy import stats

    tested = stats.binomtest(n, n + other_n, time / (time + other_time))
    bounds = tested.proportion_ci(CONFIDENCE, method="exact")
    value, low, high = (
        share / (1 - share) * other_time / time if share < 1 else None
        for share in (n / (n + other_n), float(bounds.low), float(bounds.high))
    )
    return Difference(value, low, high, float(tested.pvalue), EXACT)


def resampled_ratio(drawn: Array, other: Array, n: int, other_n: int) -> Difference:
    """Divide counts over the same time, with what they were in days drawn again.

    Args:
        drawn: The first count in each draw.
        other: The other one in each draw.
        n: The first count.
        other_n: The other one.
    """
    ratios = np.divide(drawn, other, out=np.full(len(drawn), np.inf), where=other > 0)
    low, high = (bound if math.isfinite(bound) else None for bound in percentiles(ratios))
    value = n / other_n if other_n else None
    return Difference(value, low, high, two_sided_p(drawn - other), BOOTSTRAP)


def difference(drawn: Array, other: Array, value: float) -> Difference:
    """Subtract fractions of the same time, with what they were in days drawn again."""
    low, high = percentiles(drawn - other)
    return Difference(value, low, high, two_sided_p(drawn - other), BOOTSTRAP)
