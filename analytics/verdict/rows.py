"""Write verdicts as rows, for command line, files and notebooks (METHODOLOGY, "Grades")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from analytics.answer import INSUFFICIENT, OK, RECONSTRUCTED, SCHEMA, framed
from analytics.basis import interval_of
from analytics.comparison.cohort import DAY_S
from analytics.comparison.ranking import COUNT, DOWNTIME
from analytics.memo import once
from analytics.page_doubts import QUIET, quiet_providers, refused_records
from analytics.question import Question, combine_of, everything
from analytics.snapshot import Snapshot
from analytics.verdict.grade import BY_DAYS, NOT_COMPARABLE
from analytics.verdict.verdict import PairVerdict, Party, Verdict, verdicts

#: Metric is less_down (seconds down) or fewer_incidents; value, low, high and n are those of the
#: provider, which is the one with less. n counts its incidents in the common days.
VERDICTS: Mapping[str, Any] = {
    **SCHEMA,
    "other": pl.String,
    "other_value": pl.Float64,
    "other_low": pl.Float64,
    "other_high": pl.Float64,
    "other_n": pl.Int64,
    # In the unit of the value.
    "unknown": pl.Float64,
    "other_unknown": pl.Float64,
    "other_basis": pl.String,
    "grade": pl.String,
    # The provider where the grade says that it is better, else null.
    "favoured": pl.String,
    # What weighs most against the favoured.
    "catch": pl.String,
    # Chance that the provider has less.
    "chance": pl.Float64,
    # Share of the provider's unknown that turns the order; null: nothing is unknown.
    "tipping_point": pl.Float64,
    # Ways of counting that do not favour the other, of all.
    "agreeing": pl.Int64,
    "cells": pl.Int64,
    "common_days": pl.Float64,
    # Whether this pair decides what is said of the surface.
    "decides": pl.Boolean,
}
METRIC = {DOWNTIME: "less_down", COUNT: "fewer_incidents"}
UNIT = {DOWNTIME: "seconds", COUNT: "incidents"}


@once(everything)
def verdict_rows(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Grade every two providers on every surface, by time down and by incidents.

    Returns:
        Columns of ``VERDICTS``; one row per measure, surface and two that are compared, and one
        of who is not.
    """
    counted = {found.surface: found for found in verdicts(snapshot, question, COUNT)}
    rows = [
        row
        for measure in (DOWNTIME, COUNT)
        for found in verdicts(snapshot, question, measure)
        for row in _rows(snapshot, question, found, _counts(found, counted[found.surface]))
    ]
    return framed(rows, VERDICTS)


def _rows(
    snapshot: Snapshot, question: Question, found: Verdict, counts: Mapping[str, int]
) -> Iterator[dict[str, Any]]:
    start, end = question.window(snapshot.as_of)
    parties = {one.provider: one for one in found.parties}
    common = {
        "surface": found.surface,
        "metric": METRIC[found.measure],
        "unit": UNIT[found.measure],
        "rule": question.named_rule,
        "combine": "mean over regions" if found.averaged else combine_of(question),
        "covered_s": round(found.days * DAY_S),
        "coverage": found.days / found.window_days,
        "window_start": start,
        "window_end": end,
        "classes": ",".join(question.classes),
        "method_version": snapshot.method_version,
        "common_days": found.days,
    }
    compared = {who for pair in found.pairs for who in (pair.first, pair.second)}
    everyone = [*parties, *(who for who, _ in found.absent)]
    for who in everyone:
        if who not in compared:
            yield {**common, **_ungraded(who, found.catch if not found.compared else BY_DAYS)}
    for pair in found.pairs:
        yield {
            **common,
            **_sides(found, parties[pair.first], parties[pair.second]),
            "n": counts.get(pair.first),
            "other_n": counts.get(pair.second),
            **_grade(snapshot, pair),
            "decides": pair == found.against,
            "refused": refused_records(snapshot).get(pair.first, 0),
            "doubts": QUIET if pair.first in quiet_providers(snapshot) else None,
        }


def _ungraded(provider: str, catch: str) -> dict[str, Any]:
    return {
        "provider": provider,
        "grade": NOT_COMPARABLE,
        "catch": catch,
        "decides": False,
        "status": INSUFFICIENT,
    }


def _counts(found: Verdict, counted: Verdict) -> Mapping[str, int]:
    """Return the incidents of each provider, where both were counted over the same time."""
    if found.common != counted.common:
        return {}
    return {party.provider: round(party.value) for party in counted.parties}


def _sides(found: Verdict, one: Party, other: Party) -> dict[str, Any]:
    return {
        "provider": one.provider,
        "value": found.number_of(one),
        "low": one.low,
        "high": one.high,
        "interval": interval_of(METRIC[found.measure], one.low, one.high),
        "unknown": one.unknown,
        "basis": one.basis,
        "other": other.provider,
        "other_value": found.number_of(other),
        "other_low": other.low,
        "other_high": other.high,
        "other_unknown": other.unknown,
        "other_basis": other.basis,
    }


def _grade(snapshot: Snapshot, pair: PairVerdict) -> dict[str, Any]:
    compared = pair.compared
    status = RECONSTRUCTED if snapshot.reconstructed else OK
    return {
        "grade": pair.grade,
        "favoured": pair.first if pair.decided else None,
        "catch": pair.catch,
        "chance": compared.chance,
        "tipping_point": compared.tipping,
        "agreeing": len(compared.signs) - compared.against,
        "cells": len(compared.signs),
        "status": status if pair.compared_enough else INSUFFICIENT,
    }
