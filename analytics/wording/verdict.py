"""A verdict for hurried readers: a finding, its numbers and a grade, each in few words.

A finding with its numbers has at most 25 words, a grade at most 20 (METHODOLOGY, "Ranking").
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from analytics.comparison.cohort import DAY_S, MIN_DAYS
from analytics.comparison.pairwise import BETTER, LEANING, NO_CLEAR_DIFFERENCE, WORDS
from analytics.comparison.ranking import COUNT, DOWNTIME, MEASURES
from analytics.wording.grammar import join_words
from analytics.wording.numbers import format_count, format_rough, format_surface

Row = Mapping[str, Any]
CLEAR, LIKELY, TOO_CLOSE, NOT_COMPARABLE = "Clear", "Likely", "Too close", "Not comparable"
GRADES = {BETTER: CLEAR, LEANING: LIKELY, NO_CLEAR_DIFFERENCE: TOO_CLOSE}
#: Of a finding with its numbers, counted by blanks; and of a grade with its reason.
MOST_WORDS, MOST_GRADE_WORDS = 25, 20
#: A surface as a place of trouble; any other is called by its name.
PLACES = {
    "agents": "agents",
    "api_inference": "the API",
    "auth": "sign-in",
    "batch": "batches",
    "chat_web": "the chat",
    "code_assistant": "code assistants",
    "console": "the console",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict: ``head`` finds, ``numbers`` show it, ``grade`` and ``because`` say how sure."""

    head: str
    numbers: str
    grade: str
    because: str


def short_name(name: str) -> str:
    """Shorten a provider's name for a heading: what follows a bracket or a slash is left out.

    >>> short_name("Anthropic (Claude)"), short_name("Google Cloud Vertex AI / Agent Platform")
    ('Anthropic', 'Google Cloud Vertex AI')
    """
    return re.split(r" \(| / ", name)[0]


def find_best(pairs: pl.DataFrame, names: Mapping[str, str]) -> Finding | None:
    """Find the provider that was down least; None where nothing is compared.

    Args:
        pairs: As from ``pairwise.pairs``, of one surface.
        names: Slug to name.
    """
    short = {slug: short_name(name) for slug, name in names.items()}
    rows = pairs.filter(pl.col("word").is_not_null())
    by_time = rows.filter(metric=DOWNTIME).to_dicts()
    if len(by_time) > 1:
        return _least_of_several(by_time, short)
    found = by_time or rows.filter(metric=COUNT).to_dicts()
    if len(found) == 1:
        return _of_two(found[0], short)
    apart = pairs.filter("unlike").to_dicts()
    return None if found or len(pairs) > len(MEASURES) or not apart else _apart(apart[0], short)


def not_comparable(
    names: Mapping[str, str], surface: str, common_s: float, ever_s: float = 0.0
) -> Finding:
    """Say that providers cannot be compared, and what it would take.

    Args:
        names: Slug to name of those asked about.
        surface: Slug.
        common_s: Seconds of the window in which all were observed.
        ever_s: The same in all that was collected.
    """
    whom = [short_name(name) for name in names.values()]
    who = join_words(whom) if len(whom) == 2 else f"{len(whom)} providers"
    wider = " A longer window has enough." if round(ever_s / DAY_S) >= MIN_DAYS else ""
    return Finding(
        f"{who} cannot be compared on {_place(surface)}",
        f"{format_count(round(common_s / DAY_S), 'shared day')} of the {MIN_DAYS} needed.",
        NOT_COMPARABLE,
        f"too little was observed at the same time.{wider}",
    )


def _apart(row: Row, names: Mapping[str, str]) -> Finding:
    """Say why two providers are not compared, though both were observed enough."""
    one, other = names[row["provider"]], names[row["other"]]
    why = (
        "the two are read from the same components of one page."
        if row["same_page"]
        else "the states of one rest on whole posts, and the two post differently."
    )
    head = f"{one} and {other} cannot be compared on {_place(row['surface'])}"
    return Finding(head, f"Both were observed for {_days(row)}.", NOT_COMPARABLE, why)


def _of_two(row: Row, names: Mapping[str, str]) -> Finding:
    ours, theirs = _sides(row)
    one, other = names[row[_who(ours)]], names[row[_who(theirs)]]
    where = _place(row["surface"])
    by_time = row["metric"] == DOWNTIME
    if row["word"] == NO_CLEAR_DIFFERENCE:
        head = f"No clear difference between {one} and {other} on {where}"
    elif by_time:
        head = f"{one} was down less than {other} on {where}"
    else:
        head = f"{one} had fewer incidents than {other} on {where}"
    numbers = f"{_amount(row, ours)} against {_amount(row, theirs)} in {_days(row)}."
    return _fit(Finding(head, numbers, GRADES[row["word"]], _because(row)), f" on {where}")


def _least_of_several(rows: list[dict[str, Any]], names: Mapping[str, str]) -> Finding:
    here = list(dict.fromkeys(row[side] for row in rows for side in ("provider", "other")))
    where, days = _place(rows[0]["surface"]), _days(rows[0])
    down = {row[_who(side)]: row[f"down{side}_s"] for row in rows for side in ("", "_other")}
    for leader in here:
        mine = [row for row in rows if leader in (row["provider"], row["other"])]
        if any(row["favoured"] != leader for row in mine):
            continue
        weakest = max(mine, key=lambda row: WORDS.index(row["word"]))
        if weakest["word"] == NO_CLEAR_DIFFERENCE:
            break
        second = min(down.keys() - {leader}, key=lambda who: (down[who], who))
        finding = Finding(
            f"{names[leader]} was down least of {len(here)} on {where}",
            f"{format_rough(down[leader])}; {names[second]} follows with "
            f"{format_rough(down[second])} in {days}.",
            GRADES[weakest["word"]],
            f"Against {names[_rival(weakest, leader)]}: {_because(weakest)}",
        )
        return _fit(finding, f" on {where}", f" of {len(here)}")
    least, most = (format_rough(of) for of in (min(down.values()), max(down.values())))
    return Finding(
        f"No clear leader among {len(here)} providers on {where}",
        f"From {least} to {most} down in {days}.",
        TOO_CLOSE,
        "no provider is ahead of each of the others in every way of counting.",
    )


def _fit(finding: Finding, *endings: str) -> Finding:
    """Leave out what also stands elsewhere on the page, where names are long."""
    for ending in endings:
        if len(f"{finding.head} {finding.numbers}".split()) <= MOST_WORDS:
            break
        finding = replace(finding, head=finding.head.removesuffix(ending))
    return finding


def _because(row: Row) -> str:
    """Say in few words why a pair has its grade."""
    if row["favoured"] is None:
        return "both are equal."
    ours, _ = _sides(row)
    by_time = row["metric"] == DOWNTIME
    unknown = row[f"unknown{ours}_s"] if by_time else row[f"unrated{ours}"]
    if row["turnable"]:
        what = f"{format_rough(unknown)} of unknown state" if by_time else _unrated(unknown)
        return f"{what}, counted as trouble, could turn the order."
    sure = f"{row['agreeing']} of {row['cells']} ways of counting agree"
    if row["word"] == BETTER:
        return f"{sure}{', even if all unknown was trouble' if unknown else ''}."
    chance = max(row["p_better"], 1 - row["p_better"])
    return f"a chance of {math.floor(chance * 100)} %; {sure}."


def _unrated(n: int) -> str:
    return f"{format_count(n, 'post')} of unknown severity"


def _sides(row: Row) -> tuple[str, str]:
    """Return the endings of the columns of the favoured provider and of the other."""
    return ("_other", "") if row["favoured"] == row["other"] else ("", "_other")


def _who(side: str) -> str:
    return "other" if side else "provider"


def _rival(row: Row, leader: str) -> str:
    rival: str = row["other"] if row["provider"] == leader else row["provider"]
    return rival


def _amount(row: Row, side: str) -> str:
    if row["metric"] == DOWNTIME:
        return format_rough(row[f"down{side}_s"])
    return f"{row[f'n{side}']:,}"


def _days(row: Row) -> str:
    return format_count(round(row["covered_s"] / DAY_S), "shared day")


def _place(surface: str) -> str:
    return PLACES.get(surface, format_surface(surface))
