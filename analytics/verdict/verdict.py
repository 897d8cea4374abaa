"""Say who had less trouble on a surface, by how much, and how sure that is.

METHODOLOGY, "Grades". The result is numbers and names; ``analytics/wording/verdict.py`` words it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from analytics.basis import COMPONENT_STATES, WHOLE_INCIDENTS
from analytics.comparison.cohort import DAY_S, Cohort, Member, members_of, over_covered
from analytics.comparison.ranking import COUNT, DOWNTIME, cache_key
from analytics.comparison.sensitivity_grid import NOTICE, cells
from analytics.comparison.standings import chance_fewer, counted, daily_down, side, unrated
from analytics.memo import once
from analytics.metrics.frequency import PER_DAYS, interval, spreads
from analytics.page_doubts import quiet_providers
from analytics.question import MONITOR, Question, everything
from analytics.scope import OTHER, Interval
from analytics.snapshot import Snapshot
from analytics.statistics.bootstrap import Array, block_sums, percentiles
from analytics.verdict.grade import (
    BY_CHANCE,
    BY_DAYS,
    LEAST_DAYS,
    NOT_COMPARABLE,
    TOO_CLOSE,
    Compared,
    chances,
    judge,
    weakest,
)
from ingest.intervals import total

#: Share of the window that one of several must be covered for to take part.
LEAST_SHARE = 0.5
#: Why two are not compared, beside too few days.
SAME_PAGE = "same page"
OTHER_BASIS = "other basis"
OTHER_REGIONS = "other regions"
OTHER_POSTING = "other posting"
NO_SURFACE = "no surface"
ALONE = "alone"


@dataclass(frozen=True, slots=True)
class Party:
    """A provider of a verdict with its number.

    ``value``: weighted seconds down in the common time, or incidents of it; ``low`` and ``high``
    its 95 % interval. ``unknown``: seconds of unknown state, or incidents of unknown severity.
    """

    provider: str
    value: float
    low: float | None
    high: float | None
    unknown: float
    basis: str


@dataclass(frozen=True, slots=True)
class PairVerdict:
    """The verdict between two parties: the grade of the first against the second."""

    first: str
    second: str
    grade: str
    catch: str
    compared: Compared
    #: Ways of counting that favour the second, as rule and whether notices count.
    dissent: tuple[str, ...] = ()

    @property
    def compared_enough(self) -> bool:
        """True where there is a grade of a comparison."""
        return self.grade != NOT_COMPARABLE

    @property
    def decided(self) -> bool:
        """True where the first may be called better, however sure that is."""
        return self.grade not in (TOO_CLOSE, NOT_COMPARABLE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Finding on a surface: the favoured provider, if any, and the numbers below it.

    ``parties``: who is compared, best first. ``absent``: who is not, with its covered days.
    ``pairs``: every two that are compared, the better one first. ``against``: the pair of the
    first party with the weakest grade. ``catch``: what weighs most against the favoured, or why
    nothing is compared. ``region``: the only one asked about. ``averaged``: numbers of some are
    means over their regions. ``apart``: who is absent though covered enough, and why.
    """

    surface: str
    measure: str
    grade: str
    catch: str
    favoured: str | None
    parties: tuple[Party, ...]
    absent: tuple[tuple[str, float], ...]
    pairs: tuple[PairVerdict, ...]
    against: PairVerdict | None
    days: float
    window_days: float
    common: tuple[Interval, ...]
    region: str | None = None
    averaged: bool = False
    apart: tuple[tuple[str, str], ...] = ()

    @property
    def compared(self) -> bool:
        """True where there is a grade of a comparison."""
        return self.grade != NOT_COMPARABLE

    def number_of(self, party: Party) -> float | None:
        """Return a party's number; None where none of its common time is of known state."""
        all_unknown = self.measure == DOWNTIME and party.unknown >= round(self.days * DAY_S)
        return None if all_unknown else party.value


def _by_measure(question: Question, measure: str = DOWNTIME, /) -> Hashable:
    return everything(question), measure


@once(_by_measure)
def verdict(snapshot: Snapshot, question: Question, measure: str = DOWNTIME) -> Verdict:
    """Say who is favoured on the one surface of the question.

    Args:
        snapshot: Where the providers are.
        question: Providers, surface, window and rule. Its least state has no part.
        measure: By time down, or by the number of incidents.
    """
    [(surface, everyone)] = members_of(snapshot, replace(question, minimum=None))
    return _verdict(snapshot, question, surface, everyone, measure)


@once(_by_measure)
def verdicts(
    snapshot: Snapshot, question: Question, measure: str = DOWNTIME
) -> tuple[Verdict, ...]:
    """Say the same of every surface of the question, in order of surface.

    Args:
        snapshot: Where the providers are.
        question: Providers, surfaces, window and rule.
        measure: By time down, or by the number of incidents.
    """
    return tuple(
        _verdict(snapshot, question, surface, everyone, measure)
        for surface, everyone in members_of(snapshot, replace(question, minimum=None))
    )


def _verdict(
    snapshot: Snapshot,
    question: Question,
    surface: str,
    everyone: Sequence[Member],
    measure: str,
) -> Verdict:
    question = replace(question, minimum=None)
    there = [one for one in everyone if one.covered]
    inside = [] if surface == OTHER else _takes_part(there, measure)
    cohort = over_covered(question, surface, inside, ())
    outside = [one for one in everyone if one not in inside or not cohort.common]
    parties, pairs = _compare(snapshot, question, cohort, measure) if cohort.common else ((), ())
    start, end = question.window(snapshot.as_of)
    ordered = tuple(sorted(parties, key=lambda one: (one.value, one.provider)))
    against = _hardest(ordered, pairs)
    grade, catch = (
        (against.grade, against.catch)
        if against
        else (NOT_COMPARABLE, _why_not(surface, everyone, inside, measure))
    )
    return Verdict(
        surface,
        measure,
        grade,
        catch,
        ordered[0].provider if against and against.decided else None,
        ordered,
        tuple((one.scope.provider, total(one.covered) / DAY_S) for one in outside),
        pairs,
        against,
        cohort.days,
        (end - start).total_seconds() / DAY_S,
        tuple(cohort.common),
        snapshot.region,
        measure != COUNT and question.combine is None and any(one.regional for one in inside),
        tuple(
            (one.scope.provider, _apart(one, inside[0], measure))
            for one in outside
            if parties and one.covered and _enough(one)
        ),
    )


def basis_of(one: Member) -> str:
    """Name what a member's time down rests on."""
    if one.measured:
        return MONITOR
    return WHOLE_INCIDENTS if one.by_post else COMPONENT_STATES


def _takes_part(everyone: Sequence[Member], measure: str) -> list[Member]:
    """Return who is compared: two as they are, of more those that are covered enough and alike."""
    if len(everyone) < 2:
        return []
    enough = [one for one in everyone if len(everyone) == 2 or _enough(one)]
    kinds = Counter(_kind(one, measure) for one in enough)
    if not kinds:
        return []
    [(kind, n)] = kinds.most_common(1)
    return [one for one in enough if _kind(one, measure) == kind] if n > 1 else []


def _enough(one: Member) -> bool:
    covered = total(one.covered)
    return round(covered / DAY_S) >= LEAST_DAYS and covered >= LEAST_SHARE * one.scope.window_s


def _kind(one: Member, measure: str) -> Hashable:
    """Return what two must have in common to be compared."""
    measured = basis_of(one) == MONITOR
    return (measured, one.source_class) if measure == COUNT else (measured, one.regional)


def _why_not(
    surface: str, everyone: Sequence[Member], inside: Sequence[Member], measure: str
) -> str:
    """Say why nothing is compared."""
    if surface == OTHER:
        return NO_SURFACE
    if len(everyone) < 2:
        return ALONE
    if len(everyone) == 2:
        one, other = everyone
        if other.scope.provider in one.sharing:
            return SAME_PAGE
        if not inside and all(one.covered for one in everyone):
            return _apart(one, other, measure)
    return BY_DAYS


def _apart(one: Member, other: Member, measure: str) -> str:
    """Say what two of another kind do not have in common."""
    if measure != COUNT and one.regional != other.regional:
        return OTHER_REGIONS
    alike = (basis_of(one) == MONITOR) == (basis_of(other) == MONITOR)
    return OTHER_POSTING if alike else OTHER_BASIS


def _compare(
    snapshot: Snapshot, question: Question, cohort: Cohort, measure: str
) -> tuple[tuple[Party, ...], tuple[PairVerdict, ...]]:
    """Measure every member of the cohort, and grade every two that can be compared."""
    if measure == COUNT:
        parties, ways = _by_count(cohort, question)
    else:
        parties, ways = _by_downtime(snapshot, cohort, question)
    found = []
    for i, j in combinations(range(len(parties)), 2):
        if parties[j].provider in cohort.members[i].sharing:
            continue
        if (parties[j].value, parties[j].provider) < (parties[i].value, parties[i].provider):
            i, j = j, i
        pair = _pair(parties[i], parties[j], ways, i, j, cohort.days, quiet_providers(snapshot))
        found.append(pair)
    return parties, tuple(found)


def _pair(
    one: Party,
    other: Party,
    ways: Mapping[str, Array],
    i: int,
    j: int,
    days: float,
    quiet: Container[str],
) -> PairVerdict:
    """Grade the better of two against the other.

    Args:
        one: The party with less trouble.
        other: The party with more.
        ways: Name of each way of counting to the chances in it; the first is as asked.
        i: Place of the one.
        j: Place of the other.
        days: In common.
        quiet: The providers of whom a page posts nothing any more.
    """
    asked, *others = ways
    compared = Compared(
        _chance(ways[asked], i, j),
        tuple(side(_chance(ways[name], i, j)) for name in others),
        other.value - one.value,
        (one.unknown, other.unknown),
        days,
        (one.basis == WHOLE_INCIDENTS, other.basis == WHOLE_INCIDENTS),
        (one.provider in quiet, other.provider in quiet),
    )
    grade, catch = judge(compared)
    if compared.favoured < 0 and grade not in (TOO_CLOSE, NOT_COMPARABLE):
        grade, catch = TOO_CLOSE, BY_CHANCE
    dissent = tuple(name for name, sign in zip(others, compared.signs, strict=True) if sign < 0)
    return PairVerdict(one.provider, other.provider, grade, catch, compared, dissent)


def _chance(matrix: Array, i: int, j: int) -> float:
    return float(matrix[i, j]) if len(matrix) else 0.5


def _hardest(parties: Sequence[Party], pairs: Sequence[PairVerdict]) -> PairVerdict | None:
    """Return the pair of the best party with the weakest grade; of equals, the nearest."""
    if not parties:
        return None
    mine = [pair for pair in pairs if pair.first == parties[0].provider]
    if not mine:
        return None
    least = weakest([pair.grade for pair in mine])
    equals = [pair for pair in mine if pair.grade == least]
    return min(equals, key=lambda pair: (pair.compared.sure, pair.compared.ahead, pair.second))


def _by_downtime(
    snapshot: Snapshot, cohort: Cohort, question: Question
) -> tuple[tuple[Party, ...], dict[str, Array]]:
    """Return each member's time down, and the chances in each way of counting."""
    noticed = any(
        its == NOTICE
        for one in cohort.members
        for spans in one.seen.states.values()
        for *_, its in spans
    )

    def seen_as(asked: Question) -> tuple[object, Question]:
        plain = asked if noticed else replace(asked, classes=_unnoticed(asked.classes))
        return cache_key(DOWNTIME, plain), plain

    sums: dict[object, Array] = {}
    for asked in (question, *cells(question)):
        key, plain = seen_as(asked)
        if key not in sums:
            sums[key] = daily_down(snapshot, cohort, plain)
    held = cohort.seconds > 0
    found = dict(zip(sums, chances([one[:, held] for one in sums.values()]), strict=True))
    ways = {_way(asked): found[seen_as(asked)[0]] for asked in cells(question)}
    asked_key = seen_as(question)[0]
    drawn = block_sums(sums[asked_key][:, held])
    parties = []
    for one, down, draws in zip(cohort.members, sums[asked_key], drawn, strict=True):
        value = float(down.sum())
        # Days cannot be drawn that did not happen.
        low, high = percentiles(draws) if value else (None, None)
        parties.append(
            Party(one.scope.provider, value, low, high, total(one.unsure), basis_of(one))
        )
    return tuple(parties), {"as asked": found[asked_key], **ways}


def _unnoticed(classes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(its for its in classes if its != NOTICE) or classes


def _way(asked: Question, by: str = "") -> str:
    return f"{asked.rule}{by}, notices {'in' if NOTICE in asked.classes else 'out'}"


def _by_count(cohort: Cohort, question: Question) -> tuple[tuple[Party, ...], dict[str, Array]]:
    """Return how many incidents each member had, and the chances in each way of counting."""
    days = cohort.covered_days
    found: dict[object, tuple[Array, Array, Array]] = {}
    for asked in (question, *cells(question)):
        key = cache_key(COUNT, asked)
        if key not in found:
            starts = [counted(one, asked, cohort.covered) for one in cohort.members]
            n = np.array([len(one) for one in starts])
            phi = spreads(starts, cohort.covered)
            shape, time = n / phi, days / phi
            found[key] = chance_fewer(shape[:, None], time[:, None], shape, time), n, phi
    names: dict[object, str] = {}
    for asked in cells(question):
        names.setdefault(cache_key(COUNT, asked), _way(asked, f", {asked.unit}"))
    ways = {name: found[key][0] for key, name in names.items()}
    matrix, numbers, phis = found[cache_key(COUNT, question)]
    parties = []
    for one, n, phi in zip(cohort.members, numbers.tolist(), phis.tolist(), strict=True):
        low, high = (bound * days / PER_DAYS for bound in interval(n, days, phi))
        unknown = len(unrated(one, question, cohort.covered))
        parties.append(Party(one.scope.provider, float(n), low, high, unknown, basis_of(one)))
    return tuple(parties), {"as asked": matrix, **ways}
