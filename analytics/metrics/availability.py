"""Measure availability from component states (METHODOLOGY, "Availability rules")."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from analytics.answer import INSUFFICIENT, OK, answer, row
from analytics.downtime.combine import Array, Downtime
from analytics.downtime.observed_states import (
    ObservedStates,
    combined,
    extremes,
    observe,
)
from analytics.downtime.regions import over_regions, regions_of
from analytics.downtime.relational import (
    COVERED,
    OBSERVED,
    UNSURE,
    down_seconds,
    possible_seconds,
)
from analytics.downtime.state_time import state_time
from analytics.incident_selection import posts
from analytics.memo import once
from analytics.question import Question, as_weighed, combine_of, everything
from analytics.rules import INCIDENT_OPEN
from analytics.scope import (
    Interval,
    Scope,
    ScopeKey,
    ScopeTotals,
    ScopeWindow,
    named_scopes,
    scopes,
    totals_within,
    window_of,
)
from analytics.snapshot import Snapshot
from ingest.intervals import clip, total


@dataclass(frozen=True, slots=True)
class SurfacePart:
    """A part of a scope's window and what was measured in it.

    ``n``: incidents open in its covered time. ``possible``: weighted down seconds of its covered
    time had every component been up while its state is not known, and had it been down; None
    where every state is known.
    """

    scope: ScopeTotals
    measured: Downtime
    n: int
    possible: tuple[float, float] | None

    @property
    def bounds(self) -> tuple[float, float] | tuple[None, None]:
        """Availability at worst and at best, whatever the unknown was."""
        value = self.measured.availability
        if self.possible is None or value is None:
            return None, None
        least, most = (down_s / self.scope.covered_s for down_s in self.possible)
        # The same seconds added up in another order may differ in the last digit.
        return min(max(0.0, 1 - most), value), max(1 - least, value)

    def numbers(self, question: Question) -> dict[str, Any]:
        """Return what a row about it says beside its value."""
        low, high = self.bounds
        return {
            "low": low,
            "high": high,
            "n": self.n,
            "down_s": self.measured.down_s,
            "unknown_s": self.scope.covered_s - self.measured.observed_s,
            "rule": question.named_rule,
            "minimum": question.minimum if question.rule == INCIDENT_OPEN else None,
            "combine": combine_of(question),
            "status": OK if self.measured.observed_s else INSUFFICIENT,
        }


@once(everything)
def availability(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Measure the fraction of observed time up, per provider and surface.

    Low and high: over the time covered, had every component been down while its state is not
    known, and had it been up; null where nothing is unknown.

    A surface with several components is combined as the question says; without a word, it
    is down while any of them is. Where they lie in several regions and nothing is said, the
    numbers are means over the regions.

    Returns:
        Columns of ``answer.SCHEMA``.
    """
    return under_rules(snapshot, question, (question.rule,))


def under_rules(snapshot: Snapshot, question: Question, rules: Sequence[str]) -> pl.DataFrame:
    """Measure availability under each of ``rules``, one after the other.

    Returns:
        Columns of ``answer.SCHEMA``.
    """
    found = _under_rules(snapshot, question, rules)
    return over_regions(
        snapshot, question, found, lambda one, asked: _under_rules(one, asked, rules)
    )


def _under_rules(snapshot: Snapshot, question: Question, rules: Sequence[str]) -> pl.DataFrame:
    window = [window_of(snapshot, question)]
    measured = _together if combine_of(question) == "any" else measured_parts
    return answer(
        availability_row(snapshot, one, part)
        for one in (replace(question, rule=rule) for rule in rules)
        for [part] in measured(snapshot, one, window)
    )


def measured_parts(
    snapshot: Snapshot, question: Question, spans: Sequence[Interval]
) -> list[list[SurfacePart]]:
    """Measure spans of the window in each scope, in the order of ``named_scopes``.

    At each instant components are combined as asked; without a word, a surface in several
    regions is as bad as their mean.

    Args:
        snapshot: Where the states are.
        question: Rule, classes, and how components are combined.
        spans: Starts and ends in epoch seconds; they may overlap.
    """
    named, keys = named_scopes(snapshot, question), apart(snapshot, question)
    if len(keys) == len(named):
        return [*_apart(snapshot, question, spans, keys).values()]
    found = _together(snapshot, question, spans)
    if not keys:
        return found
    alone = replace(question, providers=tuple(sorted({provider for provider, _ in keys})))
    others = _apart(snapshot, alone, spans, keys)
    return [others.get(one.key, its) for one, its in zip(named, found, strict=True)]


def apart(snapshot: Snapshot, question: Question) -> set[ScopeKey]:
    """Return the scopes to measure component by component: ``any`` of them says too little.

    Where nothing is said, those are the surfaces in several regions.
    """
    keys = {one.key for one in named_scopes(snapshot, question)}
    if question.combine is None:
        regions = regions_of(snapshot)
        return {key for key in keys if len(regions.get(key, ())) > 1}
    return keys if question.combine != "any" else set()


def _together(
    snapshot: Snapshot, question: Question, spans: Sequence[Interval]
) -> list[list[SurfacePart]]:
    """Measure spans of all scopes at once, each down while any of its components is."""
    time = state_time(snapshot, as_weighed(question), tuple(spans))
    return [
        [
            _part(scope, span, time.lasted(place, at), int(time.opened[place, at]), question)
            for at, span in enumerate(spans)
        ]
        for place, scope in enumerate(named_scopes(snapshot, question))
    ]


def _apart(
    snapshot: Snapshot, question: Question, spans: Sequence[Interval], keys: Collection[ScopeKey]
) -> dict[ScopeKey, list[SurfacePart]]:
    """Measure spans of the scopes of ``keys`` one by one, component by component."""
    every = zip(scopes(snapshot, question), observe(snapshot, question), strict=True)
    return {
        scope.key: [*parts(snapshot, question, scope, seen, spans)]
        for scope, seen in every
        if scope.key in keys
    }


def whole_parts(
    named: Sequence[ScopeWindow], lengths: pl.DataFrame, opened: pl.DataFrame, question: Question
) -> list[SurfacePart]:
    """Measure scopes as wholes, from what lasted in each: pure, whatever engine measured it.

    Args:
        named: The scopes, in the order of the answer.
        lengths: Columns of ``SCOPE``, level and seconds, as from ``relational.lasted``.
        opened: Columns of ``SCOPE`` and n, as from ``relational.open_inside``.
        question: The rule, and weights of one's own.
    """
    seconds: dict[ScopeKey, dict[str, int]] = {}
    for provider, surface, level, length in lengths.iter_rows():
        seconds.setdefault((provider, surface), {})[level] = length
    counts = {(provider, surface): n for provider, surface, n in opened.iter_rows()}
    return [
        _part(
            scope,
            (scope.start_s, scope.end_s),
            seconds.get(scope.key, {}),
            counts.get(scope.key, 0),
            question,
        )
        for scope in named
    ]


def _part(
    scope: ScopeWindow, span: Interval, lasted_s: Mapping[str, int], n: int, question: Question
) -> SurfacePart:
    """Weigh what lasted in a part of a scope's window by the rule asked for."""
    totals = totals_within(scope, *span, lasted_s.get(COVERED, 0))
    down_s = down_seconds(lasted_s, question.rule, question.weights)
    measured, possible = Downtime(down_s, lasted_s.get(OBSERVED, 0)), None
    if UNSURE in lasted_s:
        possible = possible_seconds(lasted_s, question.rule, question.weights)
    return SurfacePart(totals, measured, n, possible)


def availability_row(snapshot: Snapshot, question: Question, part: SurfacePart) -> dict[str, Any]:
    """Return the row of ``answer.SCHEMA`` for one part."""
    value, numbers = part.measured.availability, part.numbers(question)
    return row(snapshot, question, part.scope, "availability", "fraction", value=value, **numbers)


def parts(
    snapshot: Snapshot,
    question: Question,
    scope: Scope,
    seen: ObservedStates,
    spans: Sequence[Interval],
) -> Iterator[SurfacePart]:
    """Measure each of ``spans``, which may overlap, inside the scope's window.

    Args:
        snapshot: Where the incidents are.
        question: Rule, classes, and how components are combined.
        scope: One of the question's scopes.
        seen: What became of it.
        spans: Starts and ends in epoch seconds.
    """
    found = posts(snapshot, as_weighed(question), scope)
    opened = found.select("published_s", "closed_s").to_numpy()
    covered, cuts = scope.covered, [edge for span in spans for edge in span]
    whole = combined(snapshot, question, seen, cuts)
    best, worst = extremes(snapshot, question, seen, cuts) if seen.unsure else (whole, whole)
    seen_at = seen.scope.covered
    for start, end in spans:
        n = _met(opened, clip(covered, start, end))
        possible = None
        if clip(seen.unsure, start, end):
            possible = best.between(start, end).down_s, worst.between(start, end).down_s
        part = totals_within(scope, start, end, total(clip(seen_at, start, end)))
        yield SurfacePart(part, whole.between(start, end), n, possible)


def _met(opened: Array, covered: Sequence[Interval]) -> int:
    """Count the incidents open in disjoint spans.

    ``opened``: when each opened and closed, a row each.

    One that closed the second it was published was open for that second.
    """
    if not covered:
        return 0
    starts, ends = np.array(covered).T
    first, last = opened[:, 0], np.maximum(opened[:, 1], opened[:, 0] + 1)
    nearest = np.searchsorted(ends, first, side="right")
    inside = nearest < len(ends)
    return int((starts[nearest[inside]] < last[inside]).sum())
