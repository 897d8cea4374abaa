"""Availability from component states (METHODOLOGY, "Availability rules")."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import polars as pl

from analytics.answer import INSUFFICIENT, OK, answer, row
from analytics.question import Question
from analytics.rules import INCIDENT_OPEN, Weights, weights_of
from analytics.scope import (
    Interval,
    Key,
    Scope,
    epoch,
    open_during,
    posts,
    scopes,
    with_open_end,
    with_states,
)
from analytics.snapshot import Snapshot
from ingest.intervals import clip, difference, union
from ingest.models import State

Weighted = tuple[int, int, float]
"""A span with its weight: start and end in epoch seconds, weight in [0, 1]."""


@dataclass(frozen=True, slots=True)
class Downtime:
    """Weighted down seconds, and the seconds they are measured against.

    ``observed_s``: seconds in which at least one component is vouched for and known.
    """

    down_s: float
    observed_s: int

    @property
    def availability(self) -> float | None:
        """Fraction up; None where nothing was observed."""
        return 1 - self.down_s / self.observed_s if self.observed_s else None


def availability(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Fraction of observed time up, per provider and surface (columns: ``answer.SCHEMA``).

    A surface with several components is combined as the question says; without a word, it
    is down while any of them is.
    """
    combine = question.combine or "any"
    rows = []
    for scope in scopes(snapshot, question):
        found = posts(snapshot, question, scope)
        scope = replace(scope, coverage=with_states(snapshot, scope))
        unknown = _unknown(snapshot, scope)
        down = _down(snapshot, question, scope, found)
        observed = {k: difference(v, unknown.get(k, [])) for k, v in scope.coverage.items()}
        result = downtime(down, observed, combine)
        numbers = row(
            snapshot,
            question,
            scope,
            "availability",
            "fraction",
            value=result.availability,
            n=open_during(found, scope, epoch(snapshot.as_of)).height,
            down_s=result.down_s,
            unknown_s=scope.covered_s - result.observed_s,
            rule=question.rule,
            combine=combine,
            status=OK if result.observed_s else INSUFFICIENT,
        )
        rows.append(numbers)
    return answer(rows)


def downtime(
    down: Mapping[Key, Sequence[Weighted]],
    observed: Mapping[Key, Sequence[Interval]],
    combine: str,
) -> Downtime:
    """Integrate the combined weight over the time that was observed.

    At each instant the components observed then are combined: ``any`` takes the worst,
    ``all`` the best, ``mean`` their mean. Concurrent causes on one component never add up.
    """
    edges = sorted(
        {e for spans in observed.values() for span in spans for e in span}
        | {e for spans in down.values() for start, end, _ in spans for e in (start, end)}
    )
    position = {edge: n for n, edge in enumerate(edges)}
    seen = [[False] * len(edges) for _ in observed]
    weight = [[0.0] * len(edges) for _ in observed]
    for which, (key, spans) in enumerate(observed.items()):
        for start, end in spans:
            for n in range(position[start], position[end]):
                seen[which][n] = True
        for start, end, w in down.get(key, ()):
            for n in range(position[start], position[end]):
                weight[which][n] = max(weight[which][n], w)
    down_s, observed_s = 0.0, 0
    for n, (start, end) in enumerate(pairwise(edges)):
        here = [weight[c][n] for c in range(len(seen)) if seen[c][n]]
        if here:
            observed_s += end - start
            down_s += (end - start) * _combined(here, combine)
    return Downtime(down_s, observed_s)


def _combined(weights: Sequence[float], combine: str) -> float:
    if combine == "any":
        return max(weights)
    if combine == "all":
        return min(weights)
    return sum(weights) / len(weights)


def _unknown(snapshot: Snapshot, scope: Scope) -> dict[Key, list[Interval]]:
    states = _states(snapshot, scope).filter(pl.col("state") == State.UNKNOWN)
    return {key: union((a, b) for a, b, _, _ in spans) for key, spans in _by_key(states).items()}


def _down(
    snapshot: Snapshot, question: Question, scope: Scope, found: pl.DataFrame
) -> dict[Key, list[Weighted]]:
    if question.rule == INCIDENT_OPEN:
        return _open_posts(snapshot, scope, found)
    states = _counting(snapshot, question, scope)
    return weighted(_by_key(states), weights_of(question.rule, question.weights))


def _counting(snapshot: Snapshot, question: Question, scope: Scope) -> pl.DataFrame:
    """States of the classes asked for; one no post accounts for always counts."""
    classes = snapshot.table("incidents").select("page_key", "incident_id", "class")
    states = _states(snapshot, scope).join(classes, on=["page_key", "incident_id"], how="left")
    return states.filter(pl.col("class").is_null() | pl.col("class").is_in(question.classes))


def _states(snapshot: Snapshot, scope: Scope) -> pl.DataFrame:
    """States inside the window, ends filled with as-of and cut to it."""
    as_of = epoch(snapshot.as_of)
    end = pl.col("end_s").fill_null(as_of).clip(upper_bound=scope.end_s)
    return (
        snapshot.table("component_states")
        .filter(pl.col("provider") == scope.provider)
        .with_columns(pl.col("start_s").clip(lower_bound=scope.start_s), end.alias("end_s"))
        .filter(pl.col("start_s") < pl.col("end_s"))
    )


def _by_key(states: pl.DataFrame) -> dict[Key, list[tuple[int, int, State, str | None]]]:
    found: dict[Key, list[tuple[int, int, State, str | None]]] = {}
    columns = ("page_key", "component_id", "start_s", "end_s", "state", "incident_id")
    for page_key, component, start, end, state, incident in states.select(columns).iter_rows():
        span = (start, end, State(state), incident)
        found.setdefault((page_key, component), []).append(span)
    return found


def states_inside(
    snapshot: Snapshot, question: Question, scope: Scope
) -> dict[State, list[Interval]]:
    """When any component of the scope was in each state, for the classes asked for."""
    found: dict[State, list[Interval]] = {state: [] for state in State}
    counting = _by_key(_counting(snapshot, question, scope))
    for key, spans in counting.items():
        for start, end, state, _ in spans if key in scope.coverage else ():
            found[state].append((start, end))
    return {state: union(spans) for state, spans in found.items()}


def weighted(
    states: Mapping[Key, Iterable[tuple[int, int, State, str | None]]], weights: Weights
) -> dict[Key, list[Weighted]]:
    """Spans with the weight of their state; those that weigh nothing are left out."""
    return {
        key: [(a, b, weights[s]) for a, b, s, _ in spans if weights.get(s, 0) > 0]
        for key, spans in states.items()
    }


def _open_posts(snapshot: Snapshot, scope: Scope, found: pl.DataFrame) -> dict[Key, list[Weighted]]:
    """Each component down while a post that names it is open, by the posted clocks."""
    linked = snapshot.table("incident_components").select("page_key", "incident_id", "component_id")
    named = with_open_end(found, epoch(snapshot.as_of)).join(linked, on=["page_key", "incident_id"])
    spans: dict[Key, list[Interval]] = {}
    columns = ("page_key", "component_id", "published_s", "closed_s")
    for page_key, component, start, end in named.select(columns).iter_rows():
        spans.setdefault((page_key, component), []).append((start, end))
    window = (scope.start_s, scope.end_s)
    return {
        key: [(a, b, 1.0) for a, b in clip(found, *window)]
        for key, found in spans.items()
        if key in scope.coverage
    }
