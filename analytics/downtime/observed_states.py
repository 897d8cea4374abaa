"""Read the states of each scope's components, and when they are covered and known.

METHODOLOGY, "Availability rules". Read from the relations of ``relational`` once for all scopes
of a question, as plain intervals for what adds up over arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import narwhals as nw
import polars as pl

from analytics.downtime.combine import Pieces, StateSpan, Weighted, pieces, weighted
from analytics.downtime.regions import regions_asked
from analytics.downtime.relational import (
    COMPONENT,
    READ,
    collected,
    component_state_rows,
    open_incidents,
    with_states,
)
from analytics.downtime.spans import SPAN, within
from analytics.incident_selection import selected
from analytics.memo import once
from analytics.question import CLASSES, Question, combine_of, subject, whenever
from analytics.rules import INCIDENT_OPEN, weights_of
from analytics.scope import Interval, Key, Scope, about, epoch, scopes, window_of
from analytics.snapshot import Snapshot, fetched, legible
from ingest.intervals import clip, difference, union
from ingest.models import State

STATES = {str(state): state for state in State}


@dataclass(frozen=True)
class ObservedStates:
    """States of the components of one scope inside its window.

    ``scope``: without components that have no states of their own. ``states``: what each was
    said to be. ``observed``: when each is covered and known.
    """

    scope: Scope
    states: Mapping[Key, Sequence[StateSpan]]
    observed: Mapping[Key, list[Interval]]

    @cached_property
    def unknown(self) -> dict[Key, list[Interval]]:
        """Spans in which each component was covered and in a state nobody knows."""
        covered = self.scope.coverage.items()
        return {key: difference(spans, self.observed[key]) for key, spans in covered}

    @cached_property
    def unsure(self) -> list[Interval]:
        """Spans in which any component was covered and in a state nobody knows."""
        return union(span for spans in self.unknown.values() for span in spans)


@once(subject)
def state_rows(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Return the states of the components asked about, cut to the window.

    Returns:
        Columns of ``COMPONENT``, the span, state, class and incident_id, in order of time.
    """
    with snapshot.related(*READ) as read:
        rows = component_state_rows(read, question, epoch(snapshot.as_of))
        found = within(rows, *window_of(snapshot, question))
        told = fetched(found.select(*COMPONENT, *SPAN, "state", "class", "incident_id"))
    return legible(told).sort(*SPAN, "incident_id")


@once(subject)
def observe(snapshot: Snapshot, question: Question) -> tuple[ObservedStates, ...]:
    """Return the observed states of each scope, in the order of ``scopes``."""
    with snapshot.related("component_states", "components") as read:
        named = with_states(about(read["components"], question), read).select(*COMPONENT)
        keys = fetched(named).unique().with_row_index("code")
    states = _by_component(snapshot, question, keys)
    told = {tuple(key): states.get(code, []) for code, *key in legible(keys).iter_rows()}
    return tuple(_observed(scope, told) for scope in scopes(snapshot, question))


def _by_component(
    snapshot: Snapshot, question: Question, keys: pl.DataFrame
) -> dict[int, list[StateSpan]]:
    """Return the states of the components of ``keys`` by their code, in order of time."""
    numbers = [
        nw.col(name).replace_strict(
            {word: n for n, word in enumerate(words)}, default=None, return_dtype=nw.Int8
        )
        for name, words in (("state", STATES), ("class", CLASSES))
    ]
    with snapshot.related(*READ, keys=keys) as read:
        rows = component_state_rows(read, question, epoch(snapshot.as_of))
        found = within(rows, *window_of(snapshot, question)).join(read["keys"], on=[*COMPONENT])
        # A million numbers are read, and become objects, sooner than as many words.
        told = fetched(found.select("code", *SPAN, *numbers, "incident_id"))
    said, classes = [*STATES.values()], dict(enumerate(CLASSES))
    lists = told.sort(*SPAN, "incident_id").drop("incident_id").group_by("code").agg(pl.all())
    return {
        code: [(start, end, said[state], classes.get(its)) for start, end, state, its in rows]
        for code, *columns in lists.iter_rows()
        for rows in [zip(*columns, strict=True)]
    }


def _observed(scope: Scope, told: Mapping[tuple[str, ...], list[StateSpan]]) -> ObservedStates:
    """Return one scope's part of ``told``, of the components that are in it."""
    of = scope.provider, scope.surface
    scope = replace(
        scope, coverage={k: spans for k, spans in scope.coverage.items() if (*of, *k) in told}
    )
    states = {key: told[*of, *key] for key in scope.coverage if told[*of, *key]}
    unknown = {
        key: [(a, b) for a, b, state, _ in spans if state is State.UNKNOWN]
        for key, spans in states.items()
    }
    observed = {k: difference(v, unknown.get(k, [])) for k, v in scope.coverage.items()}
    return ObservedStates(scope, states, observed)


def combined(
    snapshot: Snapshot, question: Question, seen: ObservedStates, cuts: Iterable[int] = ()
) -> Pieces:
    """Return the weight of the whole scope over observed time.

    Args:
        snapshot: Where the incidents are.
        question: Rule, classes, and how components are combined.
        seen: The scope's states.
        cuts: Instants at which pieces are cut besides.
    """
    down, regions = down_spans(snapshot, question, seen), regions_asked(snapshot, question)
    return pieces(down, seen.observed, combine_of(question), cuts, regions=regions)


def extremes(
    snapshot: Snapshot, question: Question, seen: ObservedStates, cuts: Iterable[int] = ()
) -> tuple[Pieces, Pieces]:
    """Return the weight over covered time: the unknown up, and the unknown down.

    Args:
        snapshot: Where the incidents are.
        question: Rule, classes, and how components are combined.
        seen: The scope's states.
        cuts: Instants at which pieces are cut besides.
    """
    down, cuts = down_spans(snapshot, question, seen), [*cuts]
    regions = regions_asked(snapshot, question)

    def at(weight: float) -> Pieces:
        assumed = {
            key: [(start, end, weight) for start, end in spans]
            for key, spans in seen.unknown.items()
        }
        return pieces(down, seen.scope.coverage, combine_of(question), cuts, assumed, regions)

    return at(0.0), at(1.0)


def down_spans(
    snapshot: Snapshot, question: Question, seen: ObservedStates
) -> Mapping[Key, list[Weighted]]:
    """Return when each component was down, by the rule and the classes asked for."""
    if question.rule == INCIDENT_OPEN:
        return _while_open(snapshot, question, seen.scope)
    weights = weights_of(question.rule, question.weights)
    return weighted(seen.states, weights, question.classes)


def _while_open(snapshot: Snapshot, question: Question, scope: Scope) -> dict[Key, list[Weighted]]:
    """Return when an incident that names each component was open."""
    named = _open_spans(snapshot, question)
    window, of = (scope.start_s, scope.end_s), (scope.provider, scope.surface)
    return {
        key: [(start, end, 1.0) for start, end in clip(named[*of, *key], *window)]
        for key in scope.coverage
        if (*of, *key) in named
    }


@once(whenever)
def _open_spans(
    snapshot: Snapshot, question: Question
) -> Mapping[tuple[str, ...], Sequence[Interval]]:
    found: dict[tuple[str, ...], list[Interval]] = {}
    for *key, start_s, end_s in open_rows(snapshot, question).drop("incident_id").iter_rows():
        found.setdefault(tuple(key), []).append((start_s, end_s))
    return found


@once(whenever)
def open_rows(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Return when each incident was open, for every component it names.

    Without incidents that nobody dated.

    Returns:
        Columns of ``COMPONENT``, the span and incident_id.
    """
    every = nw.from_native(selected(snapshot, question).lazy())
    linked = about(snapshot.relations(*READ)["incident_components"], question)
    [rows] = collected(open_incidents(every, linked))
    return rows.select(*COMPONENT, *SPAN, "incident_id")


def states_inside(question: Question, seen: ObservedStates) -> dict[State, list[Interval]]:
    """Return when any component was in each state, for the classes asked for.

    What is unknown is so whatever the class of the incident that left it unknown.
    """
    found: dict[State, list[Interval]] = {state: [] for state in State}
    for spans in seen.states.values():
        for start, end, state, its in spans:
            if its is None or its in question.classes or state is State.UNKNOWN:
                found[state].append((start, end))
    return {state: union(spans) for state, spans in found.items()}
