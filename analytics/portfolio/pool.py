"""Gather who could stand in for whom on a surface, and when each was down.

METHODOLOGY, "Portfolio".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

import numpy as np

from analytics.basis import COMPONENT_STATES, WHOLE_INCIDENTS, by_incidents, measuring
from analytics.calendar_days import day_edges
from analytics.downtime.observed_states import ObservedStates, combined, observe
from analytics.downtime.regions import regions_of
from analytics.evidence.provenance import sharing
from analytics.memo import once
from analytics.metrics.frequency import DAY_S, EPISODE_GAP_S
from analytics.question import MONITOR, Question, everything
from analytics.scope import ALL_SURFACES, OTHER, Key, Scope
from analytics.snapshot import Snapshot
from analytics.statistics.overlaps import NEVER, Array, as_spans, both, common, length, merged

#: Observed days below which nobody takes part.
LEAST_DAYS = 30
#: Share of the time of the one observed second longest that one of several must be observed for.
#: More than that no pair has in common.
LEAST_SHARE = 0.5
#: Why a provider takes no part.
FEW_DAYS = "too few days"
SEVERAL_REGIONS = "several regions"
OTHER_BASIS = "other basis"
NO_SURFACE = "no surface"
ALONE = "alone"
#: Stands for all components of a surface.
WHOLE: Key = ("", "")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Hold a provider on a surface: when it was observed, and when any of its weight was down.

    ``sharing``: who else reads the same components of one page. ``regions``: those of which its
    page names components.
    """

    scope: Scope
    down: Array
    observed: Array
    basis: str
    sharing: frozenset[str]
    regions: tuple[str, ...]

    @property
    def provider(self) -> str:
        """Slug."""
        return self.scope.provider


@dataclass(frozen=True)
class Pool:
    """Hold who takes part on a surface, over the time in which all of them were observed.

    ``absent``: who does not, and why. ``down``: when each member was down in the common time.
    ``edges``: where its days begin and end. ``failing``: when each was down at any time, from
    which a failover counts its wait.
    """

    surface: str
    members: tuple[Candidate, ...]
    absent: tuple[tuple[Candidate, str], ...]
    common: Array
    down: tuple[Array, ...]
    edges: Array

    @cached_property
    def seconds(self) -> int:
        """Length of the common time."""
        return length(self.common)

    @property
    def failing(self) -> tuple[Array, ...]:
        """Spans in which each member was down at any time it was observed."""
        return tuple(one.down for one in self.members)

    @cached_property
    def own_seconds(self) -> tuple[int, ...]:
        """Seconds in which each member was down in the common time."""
        return tuple(length(down) for down in self.down)

    @cached_property
    def own_episodes(self) -> tuple[Array, ...]:
        """Episodes of each member in the common time: of many, each is in very many choices."""
        return tuple(self.episodes(down) for down in self.down)

    def episodes(self, down: Array) -> Array:
        """Merge what is no more than an hour apart."""
        return merged(down, EPISODE_GAP_S)

    def scope(self, one: Candidate) -> Scope:
        """Return a member's scope, covered in the common time only."""
        spans = [(start, end) for start, end in self.common.tolist()]
        return replace(one.scope, coverage={WHOLE: spans})

    @cached_property
    def scopes(self) -> tuple[Scope, ...]:
        """Scope of each member, for what is told of each again and again."""
        return tuple(self.scope(one) for one in self.members)

    def place(self, provider: str) -> int | None:
        """Return the place of a provider among the members; None where it takes no part."""
        names = [one.provider for one in self.members]
        return names.index(provider) if provider in names else None


@once(everything)
def pools(snapshot: Snapshot, question: Question) -> tuple[Pool, ...]:
    """Return one pool per surface, in order of surface; members in the order asked."""
    found = sorted(candidates(snapshot, question), key=lambda one: one.scope.surface)
    order = list(dict.fromkeys(question.providers))
    pooled = []
    for surface, here in groupby(found, key=lambda one: one.scope.surface):
        everyone = sorted(
            here, key=lambda one: (order.index(one.provider) if order else 0, one.provider)
        )
        pooled.append(pool_of(question, surface, everyone))
    return tuple(pooled)


def pool_of_two(question: Question, one: Candidate, other: Candidate) -> list[Pool]:
    """Return the pool of two, on whichever surfaces; none where they have too little in common."""
    pool = pool_of(question, one.scope.surface, [one, other])
    return [pool] if pool.members else []


def candidates(snapshot: Snapshot, question: Question) -> list[Candidate]:
    """Return every provider on every surface asked about."""
    regions, whole, monitors = (
        regions_of(snapshot),
        by_incidents(snapshot),
        measuring(snapshot) if MONITOR in question.classes else frozenset[str](),
    )
    return [
        _candidate(snapshot, question, seen, regions, whole, monitors)
        for seen in observe(snapshot, question)
    ]


def _candidate(
    snapshot: Snapshot,
    question: Question,
    seen: ObservedStates,
    regions: Mapping[tuple[str, str], tuple[str, ...]],
    whole: frozenset[tuple[str, str]],
    monitors: frozenset[str],
) -> Candidate:
    scope = seen.scope
    shared = sharing(snapshot, None if scope.surface == ALL_SURFACES else scope.surface)
    basis = WHOLE_INCIDENTS if scope.key in whole else COMPONENT_STATES
    return Candidate(
        scope,
        _down(snapshot, question, seen),
        as_spans(span for spans in seen.observed.values() for span in spans),
        MONITOR if scope.provider in monitors else basis,
        frozenset(shared.filter(provider=scope.provider)["other"]),
        regions.get(scope.key, ()),
    )


def _down(snapshot: Snapshot, question: Question, seen: ObservedStates) -> Array:
    """Return when anything weighs under the rule."""
    found = combined(snapshot, question, seen)
    hit = found.weight > 0
    return merged(np.column_stack([found.start[hit], found.end[hit]]).astype(np.int64))


def pool_of(question: Question, surface: str, everyone: Sequence[Candidate]) -> Pool:
    """Return the pool of a surface: two as they are, of more those observed for long enough."""
    least = _least_observed(question, everyone)
    there = [one for one in everyone if _why_not(question, one, least) is None]
    kinds = [one.basis == MONITOR for one in there]
    monitored = sum(kinds) > len(kinds) / 2
    inside = [one for one in there if (one.basis == MONITOR) == monitored]
    absent = [
        (one, _why_not(question, one, least) or OTHER_BASIS)
        for one in everyone
        if one not in inside
    ]
    if len(inside) < 2:
        absent += [(one, ALONE) for one in inside]
        inside = []
    shared = common([one.observed for one in inside]) if inside else NEVER
    if inside and length(shared) < LEAST_DAYS * DAY_S:
        absent += [(one, FEW_DAYS) for one in inside]
        inside, shared = [], NEVER
    edges = day_edges(int(shared[0, 0]), int(shared[-1, 1]), question.zone) if len(shared) else []
    return Pool(
        surface,
        tuple(inside),
        tuple(absent),
        shared,
        tuple(both(one.down, shared) for one in inside),
        np.array(edges, dtype=np.int64),
    )


def _least_observed(question: Question, everyone: Sequence[Candidate]) -> float:
    """Return the seconds for which each must be observed: of two 30 days, of several more."""
    rest = sorted(
        length(one.observed) for one in everyone if not _in_several_regions(question, one)
    )
    share = LEAST_SHARE * rest[-2] if len(rest) > 2 else 0
    return max(LEAST_DAYS * DAY_S, share)


def _why_not(question: Question, one: Candidate, least_s: float) -> str | None:
    """Say why one takes no part, by itself."""
    if one.scope.surface == OTHER:
        return NO_SURFACE
    if _in_several_regions(question, one):
        return SEVERAL_REGIONS
    return FEW_DAYS if length(one.observed) < least_s else None


def _in_several_regions(question: Question, one: Candidate) -> bool:
    return len(one.regions) > 1 and question.combine is None
