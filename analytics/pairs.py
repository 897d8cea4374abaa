"""Two providers head to head: how far apart, and how sure (METHODOLOGY, "Ranking")."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from analytics.answer import CONFIDENCE, INSUFFICIENT, OK, SCHEMA, row
from analytics.availability import combine_of
from analytics.field import DAY_S, Field, fields
from analytics.question import Question
from analytics.ranking import COUNT, DOWNTIME, MEASURES, across, stand, widest
from analytics.resampling import Array, block_sums, percentiles, two_sided_p
from analytics.scope import Scope
from analytics.snapshot import Snapshot
from analytics.standing import Standing, unrated
from ingest.intervals import total

BETTER = "better"
LEANING = "leaning"
NO_CLEAR_DIFFERENCE = "no clear difference"
#: Chances from which a difference is called better, or leaning.
SURE = 0.95
LIKELY = 0.80
#: Weekly counts that spread more than this are not Poisson: days are resampled instead.
MAX_PHI = 1.2
#: Chances this near to one half are even: their sums carry rounding.
EVEN = 1e-9
EXACT = "exact"
BOOTSTRAP = "bootstrap"
UNIT = {COUNT: "rate ratio", DOWNTIME: "difference of fractions down"}
PAIRS: dict[str, Any] = {
    **SCHEMA,
    "other": pl.String,
    "n_other": pl.Int64,
    "down_other_s": pl.Float64,
    "unknown_other_s": pl.Int64,
    "unrated": pl.Int64,
    "unrated_other": pl.Int64,
    "p_better": pl.Float64,
    "p_value": pl.Float64,
    "test": pl.String,
    "favoured": pl.String,
    "agreeing": pl.Int64,
    "cells": pl.Int64,
    "word": pl.String,
    "turnable": pl.Boolean,
}


@dataclass(frozen=True, slots=True)
class Difference:
    """How two providers differ, with the test it comes from; None where it has no number."""

    value: float | None
    low: float | None
    high: float | None
    p: float
    test: str


def pairs(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Every pair of providers by count and by downtime, on the same surface and time.

    Columns: those of ``answer.SCHEMA`` (metric count or downtime; value: the provider's rate
    over the other's, or its fraction down less the other's), other, n_other, down_other_s,
    unknown_other_s (like unknown_s: seconds in which any component's state is not known),
    unrated, unrated_other (posts whose severity is not known, and which are not counted),
    p_better (chance that the provider is better than the other), p_value and test of no
    difference, favoured (which of the two, null if neither), agreeing (cells of the grid
    that favour it, of ``cells``), word (better, leaning or no clear difference) and turnable:
    whether there is no clear difference because all that is unknown of the favoured, counted
    as trouble, would make it no better. Counts of
    providers that post differently are not compared, nor is who was observed too little.
    """
    rows = []
    for ground in fields(snapshot, question, widest(question)):
        grid = across(snapshot, ground, question)
        for measure in MEASURES:
            standing = stand(snapshot, ground, question, measure)
            chances = [s.better for (by, _), s in grid.items() if s and by == measure]
            for (one, other), numbers in _compared(ground, question, measure, standing, chances):
                line = row(
                    snapshot,
                    question,
                    one,
                    measure,
                    UNIT[measure],
                    rule=question.named_rule,
                    combine=combine_of(question),
                    **numbers,
                )
                rows.append({**line, "other": other.provider})
    return pl.DataFrame(rows, schema=PAIRS, orient="row")


def _compared(
    ground: Field,
    question: Question,
    measure: str,
    standing: Standing | None,
    chances: Sequence[Array],
) -> Iterator[tuple[tuple[Scope, Scope], dict[str, Any]]]:
    """Every pair of the field in the order asked, with its numbers where it has any."""
    order = list(dict.fromkeys(question.providers))
    scopes = [
        one.known if measure == DOWNTIME else one.scope
        for one in (*ground.entrants, *ground.left_out)
    ]
    places = sorted(
        range(len(scopes)),
        key=lambda n: order.index(scopes[n].provider) if order else scopes[n].provider,
    )
    drawn = block_sums(standing.daily) if standing else np.empty(0)
    for i, j in combinations(places, 2):
        numbers: dict[str, Any] = {"status": INSUFFICIENT}
        one, other = scopes[i], scopes[j]
        if standing is not None and standing.compares(i, j):
            days = ground.days if measure == DOWNTIME else ground.vouched_days
            numbers = _difference(standing, drawn, measure, days, i, j)
            numbers |= _verdict(standing.better, chances, (one.provider, other.provider), i, j)
            numbers |= _unknown(ground, question, measure, i, j)
            if numbers["favoured"] and _turnable(numbers, measure, one.provider):
                numbers |= {"word": NO_CLEAR_DIFFERENCE, "turnable": True}
        yield (one, other), numbers


def _unknown(
    ground: Field, question: Question, measure: str, i: int, j: int
) -> dict[str, int | bool]:
    """What nobody knows of the two: seconds without a state, or posts without a severity."""
    entrants = [ground.entrants[k] for k in (i, j)]
    if measure == DOWNTIME:
        mine, its = (total(one.unsure) for one in entrants)
        return {"unknown_s": mine, "unknown_other_s": its, "turnable": False}
    mine, its = (len(unrated(one, question, ground.vouched)) for one in entrants)
    return {"unrated": mine, "unrated_other": its, "turnable": False}


def _turnable(numbers: Mapping[str, Any], measure: str, first: str) -> bool:
    """Whether the favoured would be no better had all that is unknown of it been trouble."""
    known, unknown = ("down{}_s", "unknown{}_s") if measure == DOWNTIME else ("n{}", "unrated{}")
    mine, its = ("", "_other") if numbers["favoured"] == first else ("_other", "")
    could_be = numbers[known.format(mine)] + numbers[unknown.format(mine)]
    return bool(numbers[unknown.format(mine)] and could_be >= numbers[known.format(its)])


def _difference(
    standing: Standing, drawn: Array, measure: str, days: float, i: int, j: int
) -> dict[str, Any]:
    one, other = standing.places[i], standing.places[j]
    if measure == DOWNTIME:
        share = drawn / (days * DAY_S)
        found = difference(share[i], share[j], one.value - other.value)
    elif max(standing.spread[i], standing.spread[j]) <= MAX_PHI:
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


def side(chance: float) -> int:
    """1 where a chance favours the first of a pair, -1 the second, 0 neither."""
    return 0 if abs(chance - 0.5) < EVEN else 1 if chance > 0.5 else -1


def word(chance: float, everywhere: bool) -> str:
    """What may be said of the favoured provider, which is better with this chance.

    ``everywhere``: whether it is favoured in every cell of the grid.

    >>> word(0.97, True), word(0.9, True), word(0.97, False)
    ('better', 'leaning', 'no clear difference')
    """
    if chance >= SURE:
        return BETTER if everywhere else NO_CLEAR_DIFFERENCE
    return LEANING if chance >= LIKELY else NO_CLEAR_DIFFERENCE


def rate_ratio(n: int, time: float, other_n: int, other_time: float) -> Difference:
    """A rate over another, with the exact conditional binomial test of no difference.

    Given both counts together, the first is binomial with its share of the time.

    >>> found = rate_ratio(3, 90, 8, 90)
    >>> round(found.value, 3), round(found.p, 3)
    (0.375, 0.227)
    """
    if n + other_n == 0:
        return Difference(None, None, None, 1.0, EXACT)
    tested = stats.binomtest(n, n + other_n, time / (time + other_time))
    bounds = tested.proportion_ci(CONFIDENCE, method="exact")
    value, low, high = (
        share / (1 - share) * other_time / time if share < 1 else None
        for share in (n / (n + other_n), float(bounds.low), float(bounds.high))
    )
    return Difference(value, low, high, float(tested.pvalue), EXACT)


def resampled_ratio(drawn: Array, other: Array, n: int, other_n: int) -> Difference:
    """The same of counts over the same time, with what they were in days drawn again."""
    ratios = np.divide(drawn, other, out=np.full(len(drawn), np.inf), where=other > 0)
    low, high = (bound if math.isfinite(bound) else None for bound in percentiles(ratios))
    value = n / other_n if other_n else None
    return Difference(value, low, high, two_sided_p(drawn - other), BOOTSTRAP)


def difference(drawn: Array, other: Array, value: float) -> Difference:
    """Of fractions of the same time, with what they were in days drawn again."""
    low, high = percentiles(drawn - other)
    return Difference(value, low, high, two_sided_p(drawn - other), BOOTSTRAP)
