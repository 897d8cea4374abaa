"""Find the components and coverage that a question is about, provider by provider."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import narwhals as nw
import polars as pl

from analytics.memo import once
from analytics.question import Question, QuestionError, nothing, place, subject
from analytics.snapshot import Frame, Snapshot, fetched
from ingest.intervals import clip, total, union

#: Collects posts that name no component.
UNATTRIBUTED = "unattributed"
#: Surface of what nobody has mapped: no surface, so nobody is like anybody on it.
OTHER = "other"
#: Surface of rows that speak of all of a provider's surfaces together.
ALL_SURFACES = "all"
#: Columns that tell scopes apart.
SCOPE = ("provider", "surface")
#: Columns that tell components apart.
COMPONENT = ("page_key", "component_id")

Interval = tuple[int, int]
ScopeKey = tuple[str, str]
"""A scope by name: (provider, surface)."""
Key = tuple[str, str]
"""A component: (page_key, component_id)."""


@dataclass(frozen=True)
class ScopeWindow:
    """Name a provider and surface, and bound the window. Times are epoch seconds, floored."""

    provider: str
    surface: str
    start: datetime
    end: datetime

    @property
    def key(self) -> ScopeKey:
        """Its name."""
        return self.provider, self.surface

    @cached_property
    def start_s(self) -> int:
        """Start of the window, inclusive."""
        return epoch(self.start)

    @cached_property
    def end_s(self) -> int:
        """End of the window, exclusive."""
        return epoch(self.end)

    @property
    def window_s(self) -> int:
        """Length of the window in seconds."""
        return self.end_s - self.start_s


@dataclass(frozen=True)
class ScopeTotals(ScopeWindow):
    """Hold how much of a scope is covered, for what needs no spans.

    ``covered_s``: seconds of the window in which at least one component is covered.
    """

    covered_s: int


@dataclass(frozen=True)
class Scope(ScopeWindow):
    """Hold the coverage of a scope, component by component.

    ``coverage``: component -> what is covered of it inside the window.
    """

    coverage: Mapping[Key, list[Interval]]

    @cached_property
    def covered(self) -> list[Interval]:
        """Spans in which at least one component is covered, sorted and disjoint."""
        return union(span for spans in self.coverage.values() for span in spans)

    @cached_property
    def covered_s(self) -> int:
        """Seconds of the window in which at least one component is covered."""
        return total(self.covered)

    @property
    def totals(self) -> ScopeTotals:
        """Its totals, without the spans."""
        return ScopeTotals(self.provider, self.surface, self.start, self.end, self.covered_s)


def epoch(instant: datetime) -> int:
    """Return whole epoch seconds, floored."""
    return int(instant.timestamp() // 1)


@once(subject)
def named_scopes(snapshot: Snapshot, question: Question) -> tuple[ScopeWindow, ...]:
    """Return one scope per provider and surface asked for, in order of both.

    Without a surface: every surface the provider has, or all of them as one where the
    question says how to combine.

    Raises:
        QuestionError: There is no such provider or surface.
    """
    start, end = question.window(snapshot.as_of)
    providers = known_providers(snapshot, question)
    if not snapshot.partial:
        _known_surface(snapshot.table("components"), question.surface)
    surfaces: dict[str, list[str]] = {}
    for provider, surface in _components(snapshot, question):
        surfaces.setdefault(provider, []).append(surface)
    if question.surface is not None or question.combine is not None:
        only = ALL_SURFACES if question.surface is None else question.surface
        surfaces = {provider: [only] for provider in providers}
    return tuple(
        ScopeWindow(provider, surface, start, end)
        for provider in providers
        for surface in surfaces.get(provider, ())
    )


@once(subject)
def scopes(snapshot: Snapshot, question: Question) -> tuple[Scope, ...]:
    """Return the scopes of ``named_scopes`` with the coverage of their components.

    Raises:
        QuestionError: There is no such provider or surface.
    """
    named = named_scopes(snapshot, question)
    keys, spans = _components(snapshot, question), _spans(snapshot, question)
    return tuple(
        Scope(
            *(one.provider, one.surface, one.start, one.end),
            {key: spans.get(key, []) for key in keys.get(one.key, [])},
        )
        for one in named
    )


def with_covered(
    named: Sequence[ScopeWindow], covered_s: Mapping[ScopeKey, int]
) -> list[ScopeTotals]:
    """Add to each scope how many seconds of it are covered: none where nothing is told."""
    return [
        ScopeTotals(one.provider, one.surface, one.start, one.end, covered_s.get(one.key, 0))
        for one in named
    ]


def window_of(snapshot: Snapshot, question: Question) -> Interval:
    """Return the start and end of the question's window in epoch seconds."""
    start, end = question.window(snapshot.as_of)
    return epoch(start), epoch(end)


def by_scope(found: pl.DataFrame, *columns: str) -> Mapping[ScopeKey, Sequence[list[Any]]]:
    """Return the values of ``columns``, scope by scope, in the order of the rows."""
    grouped = found.group_by(SCOPE, maintain_order=True).agg(columns)
    return {(provider, surface): lists for provider, surface, *lists in grouped.iter_rows()}


def sizes(found: pl.DataFrame) -> Mapping[ScopeKey, int]:
    """Count the rows of each scope that has any."""
    return {(provider, surface): n for provider, surface, n in found.group_by(SCOPE).len().rows()}


def about(frame: Frame, question: Question) -> Frame:
    """Keep the rows about what is asked.

    All surfaces go by one name where they are combined.
    """
    if question.providers:
        frame = frame.filter(nw.col("provider").is_in([*question.providers]))
    if question.surface is not None:
        return frame.filter(nw.col("surface") == question.surface)
    if question.combine is not None:
        return frame.with_columns(nw.lit(ALL_SURFACES).alias("surface"))
    return frame


def within(scope: Scope, start_s: int, end_s: int) -> Scope:
    """Cut ``scope`` to ``[start_s, end_s)``, which must lie in its window."""
    if (start_s, end_s) == (scope.start_s, scope.end_s):
        return scope
    return replace(
        scope,
        start=datetime.fromtimestamp(start_s, UTC),
        end=datetime.fromtimestamp(end_s, UTC),
        coverage={key: clip(spans, start_s, end_s) for key, spans in scope.coverage.items()},
    )


def totals_within(scope: ScopeWindow, start_s: int, end_s: int, covered_s: int) -> ScopeTotals:
    """Give the totals of a part of a scope's window.

    Args:
        scope: The whole.
        start_s: First epoch second of the part.
        end_s: Second after its last.
        covered_s: Seconds of it in which any component is covered.
    """
    start, end = scope.start, scope.end
    if (start_s, end_s) != (scope.start_s, scope.end_s):
        start, end = (datetime.fromtimestamp(one, UTC) for one in (start_s, end_s))
    return ScopeTotals(scope.provider, scope.surface, start, end, covered_s)


def known_providers(snapshot: Snapshot, question: Question) -> list[str]:
    """Return the providers asked about, else all that have components.

    Raises:
        QuestionError: There is no such provider; the message names those that are called alike.
    """
    known = snapshot.table("providers")["provider"].to_list()
    for provider in question.providers:
        if provider not in known:
            near = ", ".join(difflib.get_close_matches(provider, known, n=3))
            hint = f"did you mean {near}? " if near else ""
            raise QuestionError(
                f"no provider {provider!r}: {hint}`statusledger providers list` names them all"
            )
    if question.providers:
        return list(dict.fromkeys(question.providers))
    return sorted(snapshot.table("components")["provider"].unique().to_list())


def reached_from(snapshot: Snapshot, question: Question) -> datetime | None:
    """Return when coverage of the providers asked about begins; None without."""
    known = snapshot.table("coverage")
    if question.providers:
        known = known.filter(pl.col("provider").is_in(question.providers))
    starts: list[int] = known["start_s"].to_list()
    return datetime.fromtimestamp(min(starts), UTC) if starts else None


def _known_surface(components: pl.DataFrame, surface: str | None) -> None:
    known = sorted(components["surface"].unique().to_list())
    if surface is not None and known and surface not in known:
        raise QuestionError(f"no component has surface {surface!r}; there are {', '.join(known)}")


@once(place)
def _components(snapshot: Snapshot, question: Question) -> Mapping[ScopeKey, list[Key]]:
    ordered = snapshot.relations("components")["components"].sort(*SCOPE, *COMPONENT)
    rows: pl.LazyFrame = about(ordered, question).select(*SCOPE, *COMPONENT).to_native()
    keys: dict[ScopeKey, list[Key]] = {}
    for provider, surface, page_key, component_id in rows.collect().iter_rows():
        keys.setdefault((provider, surface), []).append((page_key, component_id))
    return keys


def _spans(snapshot: Snapshot, question: Question) -> Mapping[Key, list[Interval]]:
    spans: dict[Key, list[Interval]] = {}
    rows = snapshot.table("coverage").select(*COMPONENT, "start_s", "end_s")
    for page_key, component_id, start, end in rows.iter_rows():
        spans.setdefault((page_key, component_id), []).append((start, end))
    window = window_of(snapshot, question)
    return {key: clip(found, *window) for key, found in spans.items()}


@once(nothing)
def stand_ins(snapshot: Snapshot) -> set[str]:
    """Return the keys of pages that never show a component.

    There, incidents stand in for states.
    """
    with snapshot.related("component_states") as read:
        nameless = read["component_states"].filter(nw.col("component_id") == UNATTRIBUTED)
        return set(fetched(nameless.select("page_key").unique())["page_key"])
