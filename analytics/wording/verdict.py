"""A verdict for hurried readers: a finding, its numbers and a grade, each in few words.

A finding with its numbers has at most 25 words, a grade with its reason at most 20 (METHODOLOGY,
"Grades").
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from analytics.comparison.ranking import DOWNTIME
from analytics.verdict.grade import (
    BY_BASIS,
    BY_CHANCE,
    BY_COUNTING,
    BY_DAYS,
    BY_QUIET,
    BY_UNKNOWN,
    FULL_DAYS,
    LEAST_DAYS,
    LIKELY_CHANCE,
    NOT_COMPARABLE,
    TOO_CLOSE,
)
from analytics.verdict.remedy import Remedy
from analytics.verdict.verdict import (
    ALONE,
    NO_SURFACE,
    OTHER_BASIS,
    OTHER_POSTING,
    OTHER_REGIONS,
    SAME_PAGE,
    PairVerdict,
    Party,
    Verdict,
)
from analytics.wording.grammar import capitalise, join_words
from analytics.wording.numbers import format_count, format_date, format_rough, format_surface

#: Of a number that nobody knows.
NOT_KNOWN = "not known"
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
#: Why two are kept apart, whatever their days.
APART = {
    SAME_PAGE: "both are read from the same components of one page.",
    OTHER_BASIS: "one is measured by a monitor, the other is posted by people.",
    OTHER_REGIONS: "one is posted region by region, the other for the whole product.",
    OTHER_POSTING: "the two post differently, so their counts do not compare.",
    NO_SURFACE: "components without a known surface differ in kind.",
    ALONE: "one provider alone is compared with nobody.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict: ``head`` finds, ``numbers`` show it, ``grade`` and ``because`` say how sure."""

    head: str
    numbers: str
    grade: str
    because: str

    @property
    def sentence(self) -> str:
        """The finding with its numbers, as one sentence."""
        return f"{self.head}: {self.numbers}"


def short_name(name: str) -> str:
    """Shorten a provider's name for a heading: what follows a bracket or a slash is left out.

    >>> short_name("Anthropic (Claude)"), short_name("Google Cloud Vertex AI / Agent Platform")
    ('Anthropic', 'Google Cloud Vertex AI')
    """
    return re.split(r" \(| / ", name)[0]


def format_place(surface: str) -> str:
    """Write a surface as a place of trouble.

    >>> format_place("code_assistant"), format_place("video")
    ('code assistants', 'video')
    """
    return PLACES.get(surface, format_surface(surface))


def word_verdict(
    found: Verdict, names: Mapping[str, str], instead: Remedy | None = None
) -> Finding:
    """Word a verdict as a finding and a grade.

    Args:
        found: The verdict.
        names: Slug to name of every provider in it.
        instead: What to ask where nothing is compared.
    """
    short = {slug: short_name(name) for slug, name in names.items()}
    grade = capitalise(found.grade)
    if not found.compared or found.against is None:
        return _not_comparable(found, short, instead)
    because = _because(found, found.against, short)
    if len(found.parties) == 2:
        return _of_two(found, short, grade, because)
    return _of_several(found, short, grade, because)


def _of_two(found: Verdict, names: Mapping[str, str], grade: str, because: str) -> Finding:
    one, other = found.parties
    where = _place(found)
    first, second = names[one.provider], names[other.provider]
    if found.favoured is None:
        head = f"No clear difference between {first} and {second} on {where}"
    elif found.measure == DOWNTIME:
        head = f"{first} was down less than {second} on {where}"
    else:
        head = f"{first} had fewer incidents than {second} on {where}"
    numbers = f"{_amount(found, one)} against {_amount(found, other)} {_time(found)}."
    return _fit(Finding(head, numbers, grade, because), f" on {where}")


def _of_several(found: Verdict, names: Mapping[str, str], grade: str, because: str) -> Finding:
    first, second, *_, last = found.parties
    where, n = _place(found), len(found.parties)
    if found.favoured is None:
        return Finding(
            f"No clear leader among {n} providers on {where}",
            f"From {_amount(found, first)} to {_amount(found, last)}"
            f"{' down' if found.measure == DOWNTIME else ' incidents'} {_time(found)}.",
            grade,
            because,
        )
    did = "was down least" if found.measure == DOWNTIME else "had fewest incidents"
    finding = Finding(
        f"{names[first.provider]} {did} of {n} on {where}",
        f"{_amount(found, first)}; {names[second.provider]} follows with "
        f"{_amount(found, second)} {_time(found)}.",
        grade,
        because,
    )
    return _fit(finding, f" on {where}", f" of {n}")


def _not_comparable(found: Verdict, names: Mapping[str, str], instead: Remedy | None) -> Finding:
    whom = [*(one.provider for one in found.parties), *(who for who, _ in found.absent)]
    if len(whom) > 2:
        there = {who for who, days in found.absent if days}
        there |= {one.provider for one in found.parties}
        whom = [who for who in whom if who in there] or whom
    two = [names[who] for who in whom]
    who = join_words(two) if len(two) <= 2 else format_count(len(two), "provider")
    head = f"{who} cannot be compared on {_place(found)}"
    if len(two) == 1:
        finding = Finding(
            f"{who} alone on {_place(found)}",
            "Nobody else asked about is covered there.",
            "",
            APART[ALONE],
        )
    elif found.catch in APART:
        region = None if instead is None else instead.region
        apart = f"{APART[found.catch]}{f' Ask about {region} alone.' if region else ''}"
        if len(f"{NOT_COMPARABLE}: {apart}".split()) > MOST_GRADE_WORDS:
            apart = f"regions against the whole product. Ask about {region} alone."
        finding = Finding(head, "No number of both would be fair.", "", apart)
    else:
        days = format_count(round(found.days), "shared day")
        finding = Finding(
            head, f"{days} of the {LEAST_DAYS} needed.", "", _instead(instead, names, len(whom))
        )
    return replace(finding, grade=capitalise(NOT_COMPARABLE))


def _instead(instead: Remedy | None, names: Mapping[str, str], n: int) -> str:
    """Say what would make it comparable."""
    if instead is None:
        return "no window and no other surface has enough yet."
    if instead.surface is not None:
        return f"compare them on {format_place(instead.surface)}, where they share enough."
    two = f" for {join_words([names[who] for who in instead.providers])}" if n > 2 else ""
    if instead.since is None:
        return f"this window has enough{two}."
    window = f"a window that begins on {format_date(instead.since)} has enough"
    if len(f"{NOT_COMPARABLE}: {window}{two}.".split()) > MOST_GRADE_WORDS:
        two = " for two of them"
    return f"{window}{two}."


def _fit(finding: Finding, *endings: str) -> Finding:
    """Leave out what also stands elsewhere on the page, where names are long."""
    for ending in endings:
        if len(f"{finding.head} {finding.numbers}".split()) <= MOST_WORDS:
            break
        finding = replace(finding, head=finding.head.removesuffix(ending))
    return finding


def _because(found: Verdict, pair: PairVerdict, names: Mapping[str, str]) -> str:
    """Say in few words what weighs most against the favoured, or what would turn the order."""
    several = len(found.parties) > 2
    several_named = f"Against {names[pair.second]}: " if several else ""
    subject = "it" if several else names[pair.first]
    reason = _reason(found, pair, subject, "it" if several else names[pair.second])
    if several and pair.catch == BY_DAYS:
        return reason
    if several and found.grade == TOO_CLOSE and pair.catch == BY_CHANCE:
        return _by_chance(pair, names)
    told = f"{several_named}{reason}"
    if len(f"{found.grade}: {told}".split()) > MOST_GRADE_WORDS:
        return _reason(found, pair, "it", "the other")
    return told


def _by_chance(pair: PairVerdict, names: Mapping[str, str]) -> str:
    """Say of the first two of several how sure their order is."""
    if not pair.compared.favoured:
        return "the first two are equal."
    chance, need = math.floor(100 * pair.compared.chance), round(100 * LIKELY_CHANCE)
    told = f"{names[pair.first]} before {names[pair.second]}: {chance} % sure, {need} % needed."
    if len(f"{TOO_CLOSE}: {told}".split()) > MOST_GRADE_WORDS:
        return f"the first is ahead of the others: {chance} % sure, {need} % needed."
    return told


def _reason(found: Verdict, pair: PairVerdict, who: str, other: str) -> str:
    compared, by_time = pair.compared, found.measure == DOWNTIME
    chance = math.floor(100 * compared.chance)
    if pair.catch == BY_UNKNOWN:
        return _tipping(pair, who, by_time)
    if pair.catch == BY_DAYS:
        return f"only {_days(found)}; {FULL_DAYS} allow a better grade."
    if pair.catch == BY_BASIS:
        return f"{other} posts whole incidents, which run longer than the outages in them."
    if pair.catch == BY_QUIET:
        return f"{who} posts nothing any more, which may not mean that nothing happens."
    if pair.catch == BY_COUNTING:
        n = format_count(compared.against, "way")
        return f"{n} of counting, of {len(compared.signs)}, put {other} ahead."
    if pair.catch == BY_CHANCE and not compared.favoured:
        return "the two are equal."
    if pair.catch == BY_CHANCE and found.grade == TOO_CLOSE:
        need = round(100 * LIKELY_CHANCE)
        return f"it may be chance: {chance} % sure that {who} is better, {need} % needed."
    if pair.catch == BY_CHANCE:
        return f"{chance} % sure that it is no chance; clear takes 99 %."
    return f"every way of counting agrees, and {who} left nothing unrated."


def _tipping(pair: PairVerdict, who: str, by_time: bool) -> str:
    """Say how much of the unknown turns the order."""
    tipping = pair.compared.tipping
    assert tipping is not None
    share = math.floor(100 * tipping)
    unknown = "time it left unrated" if by_time else "posts it left unrated"
    was = "was a full outage" if by_time else "count"
    if tipping <= 0:
        return f"the {unknown} may hide more than the difference."
    if pair.grade == TOO_CLOSE:
        return f"the order turns if more than {share} % of the {unknown} {was}."
    if tipping >= 1:
        return f"{who} stays ahead even if all the {unknown} {was}."
    return f"{who} stays ahead unless more than {share} % of the {unknown} {was}."


def _amount(found: Verdict, one: Party) -> str:
    number = found.number_of(one)
    if number is None:
        return NOT_KNOWN
    return format_rough(number) if found.measure == DOWNTIME else f"{number:,.0f}"


def _place(found: Verdict) -> str:
    where = format_place(found.surface)
    return f"{where} in {found.region}" if found.region else where


def _time(found: Verdict) -> str:
    return f"in {_days(found)}{', mean over regions' if found.averaged else ''}"


def _days(found: Verdict) -> str:
    return format_count(round(found.days), "shared day")
