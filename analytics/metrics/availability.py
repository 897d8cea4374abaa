"""Availability from component states (METHODOLOGY, "Availability rules")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from analytics.answer import INSUFFICIENT, OK, answer, row
from analytics.downtime.combine import (
    Array,
    Downtime,
    Pieces,
    StateSpan,
    Weighted,
    pieces,
    weighted,
)
from analytics.downtime.relational import (
    OBSERVED,
    UNSURE,
    collected,
    down_seconds,
    lasted,
    levels_for,
    open_inside,
    possible_seconds,
    tables,
)
from analytics.incident_selection import posts, with_open_end
from analytics.question import Question
from analytics.rules import INCIDENT_OPEN, weights_of
from analytics.scope import Interval, Key, Scope, epoch, scopes, with_states, within
from analytics.snapshot import Snapshot
from ingest.intervals import clip, difference, union
from ingest.models import State

#: Stands for all components of a scope, where only what they cover together matters.
ANYBODY: Key = ("", "")


@dataclass(frozen=True, slots=True)
class ObservedStates:
    """What became of the components of one scope inside its window.

    ``states``: what each was said to be. ``observed``: when each is vouched for and known.
    """

    scope: Scope
    states: Mapping[Key, Sequence[StateSpan]]
    observed: Mapping[Key, list[Interval]]

    @property
    def unknown(self) -> dict[Key, list[Interval]]:
        """When each component was vouched for and in a state nobody knows."""
        vouched = self.scope.coverage.items()
        return {key: difference(spans, self.observed[key]) for key, spans in vouched}

    @property
    def unsure(self) -> list[Interval]:
        """When any component was vouched for and in a state nobody knows."""
        return union(span for spans in self.unknown.values() for span in spans)


@dataclass(frozen=True, slots=True)
class SurfacePart:
    """A part of a scope's window and what was measured in it.

    ``n``: posts open in its covered time. ``possible``: weighted down seconds of its covered
    time had every component been up while its state is not known, and had it been down; None
    where every state is known.
    """

    scope: Scope
    measured: Downtime
    n: int
    possible: tuple[float, float] | None

    @property
    def bounds(self) -> tuple[float, float] | tuple[None, None]:
        """What the unknown could make of the availability, at worst and at best."""
        value = self.measured.availability
        if self.possible is None or value is None:
            return None, None
        least, most = (down_s / self.scope.covered_s for down_s in self.possible)
        # The same seconds added up in another order may differ in the last digit.
        return min(max(0.0, 1 - most), value), max(1 - least, value)

    def numbers(self, question: Question) -> dict[str, Any]:
        """What a row about it says beside its value."""
        low, high = self.bounds
        return {
            "low": low,
            "high": high,
            "n": self.n,
            "down_s": self.measured.down_s,
            "unknown_s": self.scope.covered_s - self.measured.observed_s,
            "rule": question.named_rule,
            "minimum": as_weighed(question).minimum,
            "combine": combine_of(question),
            "status": OK if self.measured.observed_s else INSUFFICIENT,
        }


def availability(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Fraction of observed time up, per provider and surface (columns: ``answer.SCHEMA``).

    Low and high: over the time vouched for, had every component been down while its state is
    not known, and had it been up; null where nothing is unknown.

    A surface with several components is combined as the question says; without a word, it
    is down while any of them is.
    """
    return under_rules(snapshot, question, [question.rule])


def under_rules(snapshot: Snapshot, question: Question, rules: Sequence[str]) -> pl.DataFrame:
    """The same under each of ``rules``, one after the other."""
    asked = [replace(question, rule=rule) for rule in rules]
    found = list(scopes(snapshot, question))
    if combine_of(question) == "any":
        whole = _wholes(snapshot, question, found, rules)
        return answer(
            availability_row(snapshot, one, part) for one in asked for part in whole[one.rule]
        )
    return answer(
        availability_row(snapshot, one, part)
        for one in asked
        for scope in found
        for part in parts(snapshot, one, scope, [(scope.start_s, scope.end_s)])
    )


def _wholes(
    snapshot: Snapshot, question: Question, found: Sequence[Scope], rules: Sequence[str]
) -> Mapping[str, Sequence[SurfacePart]]:
    """Each scope measured as a whole under each rule: one pass over the tables for all."""
    start, end = (epoch(edge) for edge in question.window(snapshot.as_of))
    read, when = tables(snapshot), ((start, end), epoch(snapshot.as_of))
    weighed = {rule: as_weighed(replace(question, rule=rule)) for rule in rules}
    minima = {one.minimum: open_inside(read, one, *when) for one in weighed.values()}
    asked = lasted(read, question, *when, levels_for(rules))
    lengths, *counts = collected(asked, *minima.values())
    n = {
        (minimum, provider, surface): count
        for minimum, counted in zip(minima, counts, strict=True)
        for provider, surface, count in counted.iter_rows()
    }
    seconds: dict[tuple[str, str], dict[str, int]] = {}
    for provider, surface, level, length in lengths.iter_rows():
        seconds.setdefault((provider, surface), {})[level] = length
    seen = [replace(scope, coverage=with_states(snapshot, scope)) for scope in found]

    def part(scope: Scope, rule: str) -> SurfacePart:
        its = seconds.get((scope.provider, scope.surface), {})
        down_s = down_seconds(its, rule, question.weights)
        measured = Downtime(down_s, its.get(OBSERVED, 0))
        count = n.get((weighed[rule].minimum, scope.provider, scope.surface), 0)
        possible = possible_seconds(its, rule, question.weights) if UNSURE in its else None
        return SurfacePart(scope, measured, count, possible)

    return {rule: [part(scope, rule) for scope in seen] for rule in rules}


def availability_row(snapshot: Snapshot, question: Question, part: SurfacePart) -> dict[str, Any]:
    """The row of ``answer.SCHEMA`` for one part."""
    value, numbers = part.measured.availability, part.numbers(question)
    return row(snapshot, question, part.scope, "availability", "fraction", value=value, **numbers)


def parts(
    snapshot: Snapshot, question: Question, scope: Scope, spans: Sequence[Interval]
) -> Iterator[SurfacePart]:
    """Each of ``spans``, which lie inside the scope's window, measured; they may overlap."""
    counted = posts(snapshot, as_weighed(question), scope)
    found = with_open_end(counted, epoch(snapshot.as_of))
    opened = found.select("published_s", "closed_s").to_numpy()
    vouched = scope.vouched
    seen = observe(snapshot, scope)
    unsure, cuts = seen.unsure, [edge for span in spans for edge in span]
    whole = combined(snapshot, question, seen, cuts)
    best, worst = extremes(snapshot, question, seen, cuts) if unsure else (whole, whole)
    anybody = seen.scope.vouched
    scope = replace(seen.scope, coverage={ANYBODY: anybody})
    for start, end in spans:
        n = _met(opened, clip(vouched, start, end))
        possible = None
        if clip(unsure, start, end):
            possible = best.between(start, end).down_s, worst.between(start, end).down_s
        yield SurfacePart(within(scope, start, end), whole.between(start, end), n, possible)


def _met(opened: Array, covered: Sequence[Interval]) -> int:
    """How many posts, rows of when they opened and closed, were open in disjoint spans.

    One that closed the second it was published was open for that second.
    """
    if not covered:
        return 0
    starts, ends = np.array(covered).T
    first, last = opened[:, 0], np.maximum(opened[:, 1], opened[:, 0] + 1)
    nearest = np.searchsorted(ends, first, side="right")
    inside = nearest < len(ends)
    return int((starts[nearest[inside]] < last[inside]).sum())


def as_weighed(question: Question) -> Question:
    """The question without a least state, which has no part where the rule weighs states.

    METHODOLOGY, "How bad a post was".
    """
    return question if question.rule == INCIDENT_OPEN else replace(question, minimum=None)


def combine_of(question: Question) -> str:
    """How several components of one surface count together unless told otherwise."""
    return question.combine or "any"


def observe(snapshot: Snapshot, scope: Scope) -> ObservedStates:
    """The scope without components that have no states of their own, and what they were."""
    scope = replace(scope, coverage=with_states(snapshot, scope))
    states = _states(snapshot, scope)
    unknown = {
        key: union((a, b) for a, b, state, _ in spans if state is State.UNKNOWN)
        for key, spans in states.items()
    }
    observed = {k: difference(v, unknown.get(k, [])) for k, v in scope.coverage.items()}
    return ObservedStates(scope, states, observed)


def combined(
    snapshot: Snapshot, question: Question, seen: ObservedStates, cuts: Iterable[int] = ()
) -> Pieces:
    """The weight of the whole scope over observed time, under the rule asked for."""
    return pieces(down_spans(snapshot, question, seen), seen.observed, combine_of(question), cuts)


def extremes(
    snapshot: Snapshot, question: Question, seen: ObservedStates, cuts: Iterable[int] = ()
) -> tuple[Pieces, Pieces]:
    """The weight over the time vouched for: unknown components up, and unknown ones down."""
    down, cuts = down_spans(snapshot, question, seen), [*cuts]

    def at(weight: float) -> Pieces:
        assumed = {
            key: [(start, end, weight) for start, end in spans]
            for key, spans in seen.unknown.items()
        }
        return pieces(down, seen.scope.coverage, combine_of(question), cuts, assumed)

    return at(0.0), at(1.0)


def down_spans(
    snapshot: Snapshot, question: Question, seen: ObservedStates
) -> Mapping[Key, list[Weighted]]:
    """When each component was down, by the rule and the classes asked for."""
    if question.rule == INCIDENT_OPEN:
        return _open_posts(snapshot, question, seen.scope)
    weights = weights_of(question.rule, question.weights)
    return weighted(seen.states, weights, question.classes)


def _states(snapshot: Snapshot, scope: Scope) -> dict[Key, list[StateSpan]]:
    found: dict[Key, list[StateSpan]] = {}
    columns = ("page_key", "component_id", "start_s", "end_s", "state", "class")
    told = states_told(snapshot, scope)
    for page_key, component, start, until, state, its in told.select(columns).iter_rows():
        if (page_key, component) in scope.coverage:
            found.setdefault((page_key, component), []).append((start, until, State(state), its))
    return found


def states_told(snapshot: Snapshot, scope: Scope) -> pl.DataFrame:
    """States of the scope's provider inside the window: ``component_states`` with ``class``.

    Ends are filled with as-of and, like starts, cut to the window. ``class`` is that of the
    post that set the state, null where none did.
    """
    end = pl.col("end_s").fill_null(epoch(snapshot.as_of)).clip(upper_bound=scope.end_s)
    classes = snapshot.table("incidents").select("page_key", "incident_id", "class")
    return (
        snapshot.table("component_states")
        .filter(pl.col("provider") == scope.provider)
        .with_columns(pl.col("start_s").clip(lower_bound=scope.start_s), end.alias("end_s"))
        .filter(pl.col("start_s") < pl.col("end_s"))
        .join(classes, on=["page_key", "incident_id"], how="left", maintain_order="left")
    )


def states_inside(
    snapshot: Snapshot, question: Question, scope: Scope
) -> dict[State, list[Interval]]:
    """When any component of the scope was in each state, for the classes asked for.

    What is unknown is so whatever the class of the post that left it unknown.
    """
    found: dict[State, list[Interval]] = {state: [] for state in State}
    for spans in _states(snapshot, scope).values():
        for start, end, state, its in spans:
            if its is None or its in question.classes or state is State.UNKNOWN:
                found[state].append((start, end))
    return {state: union(spans) for state, spans in found.items()}


def _open_posts(snapshot: Snapshot, question: Question, scope: Scope) -> dict[Key, list[Weighted]]:
    """Each component down while a post that names it is open, by the posted clocks."""
    spans: dict[Key, list[Interval]] = {}
    columns = ("page_key", "component_id", "start_s", "end_s")
    told = open_told(snapshot, question, scope)
    for page_key, component, start, end in told.select(columns).iter_rows():
        spans.setdefault((page_key, component), []).append((start, end))
    window = (scope.start_s, scope.end_s)
    return {
        key: [(a, b, 1.0) for a, b in clip(found, *window)]
        for key, found in spans.items()
        if key in scope.coverage
    }


def open_told(snapshot: Snapshot, question: Question, scope: Scope) -> pl.DataFrame:
    """When each post was open, for every component it names; not of those nobody dated.

    Columns: page_key, incident_id, component_id, start_s, end_s.
    """
    linked = snapshot.table("incident_components").select("page_key", "incident_id", "component_id")
    found = with_open_end(posts(snapshot, question, scope), epoch(snapshot.as_of))
    dated = found.filter(pl.col("published_s").is_not_null())
    return dated.join(linked, on=["page_key", "incident_id"]).select(
        *linked.columns, pl.col("published_s").alias("start_s"), pl.col("closed_s").alias("end_s")
    )
