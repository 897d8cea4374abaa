"""Explain a grade: one click below the verdict, a sentence for each thing that counts."""

from __future__ import annotations

import math
from collections.abc import Mapping

from analytics.comparison.ranking import DOWNTIME
from analytics.verdict.verdict import (
    OTHER_BASIS,
    OTHER_POSTING,
    OTHER_REGIONS,
    PairVerdict,
    Party,
    Verdict,
)
from analytics.wording.grammar import BASIS, join_words
from analytics.wording.numbers import format_count, format_duration
from analytics.wording.verdict import short_name

#: Why somebody is not compared, whatever the days.
OTHERWISE = {
    OTHER_REGIONS: "regions differ",
    OTHER_BASIS: "basis differs",
    OTHER_POSTING: "posts differently",
}


def explain_grade(found: Verdict, names: Mapping[str, str]) -> list[str]:
    """Say what a verdict rests on, in Markdown, a sentence or two for each thing.

    Args:
        found: The verdict.
        names: Slug to name.
    """
    short = {slug: short_name(name) for slug, name in names.items()}
    told = [_time(found, short)]
    if found.against is not None and found.compared:
        told += [_chance(found, found.against, short), _cells(found, found.against, short)]
    if found.parties:
        told += [_unknown(found, short), _basis(found, short)]
    return [sentence for sentence in told if sentence]


def _time(found: Verdict, names: Mapping[str, str]) -> str:
    days = format_count(round(found.days), "day")
    whole = format_count(round(found.window_days), "day")
    absent = absent_words(found, names)
    return (
        f"**Shared time**: {days} of {whole}, in which all who are compared were covered."
        f"{f' Not compared: {absent}.' if absent else ''}"
    )


def absent_words(found: Verdict, names: Mapping[str, str]) -> str:
    """Name who is not compared, each with its covered days, or why not; empty if nobody."""
    apart = dict(found.apart)
    return ", ".join(
        f"{names.get(who, who)} ({_reason(days, apart.get(who))})" for who, days in found.absent
    )


def _reason(days: float, apart: str | None) -> str:
    if apart is not None:
        return OTHERWISE[apart]
    return format_count(round(days), "day") if days else "no data"


def _chance(found: Verdict, pair: PairVerdict, names: Mapping[str, str]) -> str:
    one, other = names[pair.first], names[pair.second]
    chance = math.floor(1000 * pair.compared.chance) / 10
    did = "was down less" if found.measure == DOWNTIME else "had fewer incidents"
    return (
        f"**Chance**: in {chance:.1f} % of days drawn again {one} {did} than {other}. "
        "Of equal pairs one in ten is called likely, one in twenty clear."
    )


def _cells(found: Verdict, pair: PairVerdict, names: Mapping[str, str]) -> str:
    compared = pair.compared
    n, against = len(compared.signs), compared.against
    head = f"**Ways of counting**: {names[pair.second]} is ahead in {against} of {n}"
    return f"{head}{': ' + '; '.join(pair.dissent) if pair.dissent else ''}."


def _unknown(found: Verdict, names: Mapping[str, str]) -> str:
    if found.measure == DOWNTIME:
        parts = [
            f"{format_duration(one.unknown)} of {names[one.provider]}"
            for one in found.parties
            if one.unknown
        ]
        what = "**Left unrated**"
    else:
        parts = [
            f"{format_count(int(one.unknown), 'post')} of {names[one.provider]}"
            for one in found.parties
            if one.unknown
        ]
        what = "**Posts left unrated**"
    return f"{what}: {join_words(parts) or 'nothing'}. It counts neither as up nor as down."


def _basis(found: Verdict, names: Mapping[str, str]) -> str:
    by_basis: dict[str, list[Party]] = {}
    for one in found.parties:
        by_basis.setdefault(one.basis, []).append(one)
    parts = [
        f"{BASIS[basis]} ({join_words([names[one.provider] for one in whose])})"
        for basis, whose in by_basis.items()
    ]
    return f"**Rests on**: {join_words(parts)}."
