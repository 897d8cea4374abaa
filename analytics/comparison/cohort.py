"""Gather the providers compared on a surface, and their common time.

METHODOLOGY, "Ranking".
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import groupby

import narwhals as nw
import polars as pl

from analytics.basis import measuring
from analytics.calendar_days import day_edges
from analytics.comparison.sensitivity_grid import all_classes
from analytics.downtime.combine import Array, pieces
from analytics.downtime.observed_states import STATES, ObservedStates, observe
from analytics.downtime.regions import regions_of
from analytics.evidence.provenance import sharing, whole_posts
from analytics.incident_selection import (
    NO_IMPACT_WORD,
    POST,
    POSTED_STATE,
    TELLING,
    facts,
    impact_end,
)
from analytics.memo import once
from analytics.question import MAINTENANCE, MONITOR, Question, subject
from analytics.rules import CUSTOM, INCIDENT_OPEN, weights_of
from analytics.scope import (
    ALL_SURFACES,
    OTHER,
    SCOPE,
    Interval,
    Key,
    Scope,
    ScopeKey,
    about,
    epoch,
    scopes,
)
from analytics.snapshot import Snapshot, fetched, legible
from ingest.intervals import intersection, total, union
from ingest.models import SEVERITY, State

DAY_S = 86_400
#: No ranking over less common coverage than this, to the nearest day: the newest captures of
#: two pages are never of the same second.
MIN_DAYS = 90
#: Shorter trouble is not compared: some pages post every blip, others none.
MIN_LENGTH_S = 5 * 60
#: Stands for all components of a scope, where only what they cover together matters.
ANYBODY: Key = ("", "")
#: What is read of incidents to tell whether, and how badly, they hit a surface.
JUDGED = (
    *(*SCOPE, *POST[1:], "class", "max_impact", "flags", "duration_quality"),
    *("impact_start_s", "impact_end_s", "impact_seconds"),
)
#: States that count as trouble when posts are counted.
HIT = (State.PARTIAL, State.MAJOR)


@dataclass(frozen=True, slots=True)
class CountedIncident:
    """An incident that may count: its class, its worst state, its impact.

    The state is unknown where neither an update nor the posted impact says how bad it was.
    """

    its: str
    worst: State
    span: Interval


@dataclass(frozen=True, slots=True)
class Member:
    """Hold a provider on a surface, cut to the cohort's common time once it has one.

    ``unknown``: when each component was covered and in a state nobody knows. ``by_post``:
    whether whole incidents stand for the states of its components. ``sharing``: who else reads
    the same components of one page. ``measured``: what its own monitors saw is asked about.
    ``regional``: the surface has components in several regions.
    """

    seen: ObservedStates
    incidents: tuple[CountedIncident, ...]
    source_class: str
    unknown: Mapping[Key, list[Interval]]
    by_post: bool
    sharing: frozenset[str]
    measured: bool = False
    regional: bool = False

    @property
    def scope(self) -> Scope:
        """Provider, surface, window and coverage."""
        return self.seen.scope

    @property
    def known(self) -> Scope:
        """Scope covered only where its components are known: what time down rests on."""
        return replace(self.scope, coverage=self.seen.observed)

    @property
    def observed(self) -> list[Interval]:
        """Spans in which at least one component was covered and known."""
        return union(span for spans in self.seen.observed.values() for span in spans)

    @property
    def unsure(self) -> list[Interval]:
        """Spans in which any component was covered and in a state nobody knows."""
        return union(span for spans in self.unknown.values() for span in spans)

    @property
    def covered(self) -> list[Interval]:
        """Spans in which at least one component was covered, known or not."""
        return self.scope.covered


@dataclass(frozen=True, slots=True)
class Cohort:
    """Providers compared on one surface over the time they have in common.

    ``common``: when all of them were observed, over which time down is compared.
    ``covered``: when all of them were covered, over which incidents are counted: one whose
    components nobody knows is one. ``edges``: where the days of the question's zone begin
    and end, in epoch seconds. Providers observed too little by themselves stand in
    ``left_out``, and do not shorten the common time.
    """

    surface: str
    members: tuple[Member, ...]
    left_out: tuple[Member, ...]
    common: list[Interval]
    covered: list[Interval]
    edges: list[int]

    @property
    def days(self) -> float:
        """Days of common time."""
        return total(self.common) / DAY_S

    @property
    def covered_days(self) -> float:
        """Days covered of all."""
        return total(self.covered) / DAY_S

    @property
    def seconds(self) -> Array:
        """Common seconds of each day."""
        return self.daily(self.common)

    @property
    def covered_seconds(self) -> Array:
        """Seconds of each day that are covered of all."""
        return self.daily(self.covered)

    def daily(self, spans: Sequence[Interval]) -> Array:
        """Return the seconds of disjoint spans, covered of all, in each day."""
        whole = [(start, end, 1.0) for start, end in spans]
        return pieces({ANYBODY: whole}, {ANYBODY: spans}, "any", self.edges).summed(self.edges)

    @property
    def comparable_sources(self) -> bool:
        """True where the states of all are made alike: of whole incidents, or of none."""
        return len({one.by_post for one in self.members}) <= 1

    @property
    def independent(self) -> bool:
        """True where no two read the same components of one page."""
        names = {one.scope.provider for one in self.members}
        return all(one.sharing.isdisjoint(names) for one in self.members)

    @property
    def enough(self) -> bool:
        """True where there is somebody to compare with, on a surface, and for long enough."""
        return self.surface != OTHER and len(self.members) > 1 and long_enough(self.common)


def long_enough(observed: list[Interval], days: int = MIN_DAYS) -> bool:
    """Tell whether this much time allows a comparison."""
    return round(total(observed) / DAY_S) >= days


def _rests_on(question: Question, min_days: int = MIN_DAYS, /) -> Hashable:
    return subject(question), frozenset(all_classes(question)), min_days


@once(_rests_on)
def cohorts(snapshot: Snapshot, question: Question, min_days: int = MIN_DAYS) -> tuple[Cohort, ...]:
    """Return one cohort per surface, in order of surface.

    Its incidents are of every class that the question or a cell of its grid counts, in any
    state: the least state of a question has no part in a comparison.

    Args:
        snapshot: Where the providers are.
        question: Providers, surfaces and window.
        min_days: Who was observed for fewer days is left out; with 0, nobody is.
    """
    found = []
    for surface, everyone in members_of(snapshot, question):
        names = frozenset(
            one.scope.provider for one in everyone if long_enough(one.observed, min_days)
        )
        found.append(_cohort(snapshot, question, surface, names))
    return tuple(found)


def _everyone(question: Question, /) -> Hashable:
    return subject(question), frozenset(all_classes(question))


@once(_everyone)
def members_of(
    snapshot: Snapshot, question: Question
) -> tuple[tuple[str, tuple[Member, ...]], ...]:
    """Return everybody on each surface over their own covered time, in order of surface."""
    wide = replace(question, classes=all_classes(question), minimum=None)
    counted = _counted(snapshot, wide)
    kinds = dict(snapshot.table("providers").select("provider", "source_class").iter_rows())
    whole = set(whole_posts(snapshot, question).iter_rows())
    regional = regions_of(snapshot)
    monitored = measuring(snapshot) if MONITOR in question.classes else frozenset[str]()
    found = zip(scopes(snapshot, question), observe(snapshot, question), strict=True)
    asked = sorted(found, key=lambda one: one[0].surface)
    surfaces = []
    for surface, here in groupby(asked, key=lambda one: one[0].surface):
        pairs = sharing(snapshot, None if surface == ALL_SURFACES else surface)
        shared = {
            one: frozenset(its) for one, its in pairs.group_by("provider").agg("other").rows()
        }
        everyone = [
            Member(
                seen,
                counted.get(scope.key, ()),
                kinds[scope.provider],
                seen.unknown,
                (scope.provider, scope.surface) in whole,
                shared.get(scope.provider, frozenset()),
                scope.provider in monitored,
                len(regional.get((scope.provider, scope.surface), ())) > 1,
            )
            for scope, seen in here
        ]
        surfaces.append((surface, tuple(everyone)))
    return tuple(surfaces)


def _compared(question: Question, surface: str, names: frozenset[str], /) -> Hashable:
    return _everyone(question), surface, names


@once(_compared)
def _cohort(snapshot: Snapshot, question: Question, surface: str, names: frozenset[str]) -> Cohort:
    """Return the providers ``names`` on one surface, cut to their common time."""
    everyone = dict(members_of(snapshot, question))[surface]
    inside = [one for one in everyone if one.scope.provider in names]
    outside = tuple(one for one in everyone if one.scope.provider not in names)
    common = reduce(intersection, [one.observed for one in inside]) if inside else []
    covered = reduce(intersection, [one.covered for one in inside]) if inside else []
    edges = day_edges(covered[0][0], covered[-1][1], question.zone) if covered else []
    members = tuple(_cut(one, common, covered) for one in inside)
    return Cohort(surface, members, outside, common, covered, edges)


def over_covered(
    question: Question, surface: str, inside: Sequence[Member], outside: Sequence[Member]
) -> Cohort:
    """Return providers cut to the time covered of all, known or not.

    Args:
        question: The zone of its days.
        surface: Where they are compared.
        inside: Who is compared.
        outside: Who is left out.
    """
    covered = reduce(intersection, [one.covered for one in inside]) if inside else []
    edges = day_edges(covered[0][0], covered[-1][1], question.zone) if covered else []
    cut = tuple(_cut(one, covered, covered) for one in inside)
    return Cohort(surface, cut, tuple(outside), covered, covered, edges)


def _cut(one: Member, common: list[Interval], covered: list[Interval]) -> Member:
    """Cut a member to the common time."""
    observed = {key: intersection(spans, common) for key, spans in one.seen.observed.items()}
    coverage = {key: intersection(spans, covered) for key, spans in one.scope.coverage.items()}
    scope = replace(one.scope, coverage=coverage)
    seen = replace(one.seen, scope=scope, observed=observed)
    unknown = {key: intersection(spans, covered) for key, spans in one.unknown.items()}
    return replace(one, seen=seen, unknown=unknown)


def counting_states(question: Question) -> tuple[State, ...]:
    """Return the states from which an incident counts: those the rule weighs."""
    if question.rule == INCIDENT_OPEN:
        return HIT
    weights = weights_of(question.rule, question.weights if question.rule == CUSTOM else None)
    return tuple(state for state in HIT if weights[state] > 0)


def _counted(
    snapshot: Snapshot, question: Question
) -> Mapping[ScopeKey, tuple[CountedIncident, ...]]:
    """Select the incidents that hit each surface for five minutes or more.

    The worst state is the worst an update gave a component of the surface; where no update
    says of any component that it was not operational, the posted impact stands for it. One
    made after the fact that says nothing of its length is kept: it is not known to be short.
    """
    nobody_knows = pl.col("silent") & (pl.col("max_impact") == NO_IMPACT_WORD)
    worst = pl.coalesce(
        "worst",
        pl.when("silent").then(_POSTED),
        pl.when(nobody_knows).then(pl.lit(str(State.UNKNOWN))),
    )
    if MAINTENANCE in question.classes:
        worst = worst.replace(str(State.MAINTENANCE), str(State.MAJOR))
    begun = pl.col("impact_start_s").is_not_null()
    found = nw.from_native(facts(snapshot, question).select(JUDGED).filter(begun))
    ending = found.with_columns(impact_end(epoch(snapshot.as_of)).alias("end_s")).to_native()
    hit = (
        _with_worst(snapshot, question, ending)
        .with_columns(worst.alias("worst"), _length().alias("length"))
        .filter(pl.col("length").is_null() | (pl.col("length") >= MIN_LENGTH_S))
        .filter(pl.col("worst").is_in((*HIT, State.UNKNOWN)))
        .select(*SCOPE, "class", "worst", "impact_start_s", "end_s")
    )
    counted: dict[ScopeKey, list[CountedIncident]] = {}
    for provider, surface, its, state, start, end in hit.iter_rows():
        one = CountedIncident(its, STATES[state], (start, end))
        counted.setdefault((provider, surface), []).append(one)
    return {of: tuple(every) for of, every in counted.items()}


def _with_worst(snapshot: Snapshot, question: Question, found: pl.DataFrame) -> pl.DataFrame:
    """Add the worst state that an update gave a component of the surface.

    ``worst`` is null where this surface was operational, or not named; ``silent`` says whether
    so was every component.
    """
    told = {state: SEVERITY[State(state)] for state in TELLING}
    states = {rank: state for state, rank in SEVERITY.items()}
    severity = nw.col("worst_state").replace_strict(told, default=None, return_dtype=nw.Int64)
    key = [*SCOPE, *POST[1:]]
    with snapshot.related("incident_components") as read:
        linked = read["incident_components"].with_columns(severity.alias("severity"))
        worst = about(linked, question).group_by(key).agg(nw.col("severity").max())
        silent = linked.group_by(POST).agg(nw.col("severity").is_null().all().alias("silent"))
        of_posts = legible(fetched(worst.join(silent, on=POST).select(*key, "severity", "silent")))
    return found.join(of_posts, on=key, how="left", maintain_order="left").with_columns(
        pl.col("severity").replace_strict(states).alias("worst"),
        pl.col("silent").fill_null(True),
    )


_POSTED = pl.col("max_impact").replace_strict(POSTED_STATE, default=None)


def _length() -> pl.Expr:
    """Return seconds of impact, replayed or from start to end; null if not known."""
    flags, quality = pl.col("flags").list, pl.col("duration_quality")
    late = flags.contains("retrospective") | flags.contains("zombie")
    known = ~late & ~quality.is_in(["single_update", "contradictory"])
    apart = pl.col("end_s") - pl.col("impact_start_s")
    return (
        pl.when(pl.col("impact_seconds") > 0)
        .then("impact_seconds")
        .when(known | (apart > 0))
        .then(apart.clip(lower_bound=0))
    )


def common_time(everyone: Sequence[Member]) -> list[Interval]:
    """Return the time in which all of these are covered."""
    return reduce(intersection, [one.covered for one in everyone])
