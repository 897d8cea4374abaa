"""Find what would make providers comparable that are not (METHODOLOGY, "Grades")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations

from analytics.comparison.cohort import DAY_S, Member, common_time, members_of
from analytics.comparison.shared_window import EVER, instant
from analytics.downtime.regions import in_region, regions_of
from analytics.question import Question
from analytics.scope import ALL_SURFACES, OTHER
from analytics.snapshot import Snapshot
from analytics.verdict.grade import BY_DAYS, LEAST_DAYS
from analytics.verdict.verdict import NO_SURFACE, OTHER_REGIONS, Verdict
from ingest.intervals import total
from ingest.models import time_zone


@dataclass(frozen=True, slots=True)
class Remedy:
    """Name the question to ask instead: from a day on, elsewhere, or about two providers.

    ``surface``: another one. ``region``: one of those in which one of the two posts.
    """

    since: date | None = None
    surface: str | None = None
    providers: tuple[str, ...] = ()
    region: str | None = None


def remedy(snapshot: Snapshot, question: Question, found: Verdict) -> Remedy | None:
    """Return the nearest question that compares, where this one does not; None: there is none.

    Args:
        snapshot: Where the providers are.
        question: What was asked, about one surface.
        found: Its verdict.
    """
    if found.catch == OTHER_REGIONS:
        return _region(snapshot, question, found.surface)
    if found.compared or found.catch not in (BY_DAYS, NO_SURFACE):
        return None
    return next(_remedies(snapshot, question, found.surface), None)


def _region(snapshot: Snapshot, question: Question, surface: str) -> Remedy | None:
    """Return the largest region in which two have enough days in common.

    A region is the larger the more components of the surface lie in it.
    """
    whole = dict(members_of(snapshot, question))[surface]
    names = {name for one in whole for name in regions_of(snapshot).get(one.scope.key, ())}
    lie = Counter(snapshot.table("components").filter(surface=surface)["region"])
    for name in sorted(names, key=lambda name: (-lie[name], name)):
        there = dict(members_of(in_region(snapshot, name), question)).get(surface, ())
        if any(_pairs(there)):
            return Remedy(region=name)
    return None


def _remedies(snapshot: Snapshot, question: Question, surface: str) -> Iterator[Remedy]:
    """Yield what would do, the nearest first: two of several, another surface, a longer window."""
    here = dict(members_of(snapshot, question)).get(surface, ())
    if surface != OTHER and len(here) > 2:
        yield from (Remedy(providers=_names(two)) for two in _pairs(here))
    if len(question.providers) == 2:
        anywhere = members_of(snapshot, replace(question, surface=None, combine=None))
        yield from (
            Remedy(surface=name)
            for name, everyone in anywhere
            if name not in (surface, OTHER, ALL_SURFACES) and any(_pairs(everyone))
        )
    if surface != OTHER:
        ever = replace(question, since=EVER, until=None)
        for two in _pairs(dict(members_of(snapshot, ever)).get(surface, ())):
            yield Remedy(since=_since(two, question.zone), providers=_names(two))


def _names(two: Sequence[Member]) -> tuple[str, ...]:
    return tuple(one.scope.provider for one in two)


def _pairs(everyone: Sequence[Member]) -> Iterator[tuple[Member, ...]]:
    """Yield every two that have enough common days and do not read the same components."""
    for two in combinations(everyone, 2):
        one, other = two
        enough = round(total(common_time(two)) / DAY_S) >= LEAST_DAYS
        if enough and other.scope.provider not in one.sharing:
            yield two


def _since(two: Sequence[Member], zone: str) -> date:
    """Return the last day from which on two have enough days in common."""
    missing = LEAST_DAYS * DAY_S
    spans = common_time(two)
    for start, end in reversed(spans):
        if end - start >= missing:
            return instant(end - missing).astimezone(time_zone(zone)).date()
        missing -= end - start
    return instant(spans[0][0]).astimezone(time_zone(zone)).date()
