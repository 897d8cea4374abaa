"""Read how long each state lasted in parts of the window, of all scopes at once.

METHODOLOGY, "Availability rules". The columns and the window asked about are read from the
snapshot, and every component gets a number; what is left are integers, which
``state_spans`` adds up.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import polars as pl

from analytics.downtime.relational import (
    COMPONENT,
    OPEN,
    OR_UNSURE,
    READ,
    UNSURE,
    component_state_rows,
    counting_at,
    covered_spans,
    level_weights,
    open_incidents,
    with_states,
)
from analytics.downtime.spans import SPAN, within
from analytics.downtime.state_spans import ComponentSpans, Line, met
from analytics.incident_selection import counted, on_surfaces
from analytics.memo import once
from analytics.question import Question, selection, subject
from analytics.scope import SCOPE, Interval, about, epoch, named_scopes, window_of
from analytics.snapshot import Frame, Snapshot, Tables, fetched
from analytics.statistics.overlaps import Array, merged
from ingest.models import State


@dataclass(frozen=True, slots=True)
class StateTime:
    """Hold what lasted in each part of each scope's window.

    ``seconds``: by level of those that the rule weighs, and ``covered``, ``observed``, ``unsure``.
    ``opened``: incidents open in covered time. All have a row for each scope, in the order of
    ``named_scopes``, and a column for each part.
    """

    seconds: Mapping[str, Array]
    opened: Array

    def lasted(self, scope: int, part: int) -> dict[str, int]:
        """Return the seconds of each level of one part, as ``relational.lasted`` does of it."""
        unsure = self.seconds[UNSURE][scope, part]
        return {
            level: int(sums[scope, part])
            for level, sums in self.seconds.items()
            if sums[scope, part] and (unsure or not level.endswith(OR_UNSURE))
        }


@dataclass(frozen=True, slots=True)
class _Posts:
    """Hold incidents, with the scope of each, and when anything of each scope is covered."""

    scope: Array
    opened: Array
    covered: Array


def _at(question: Question, level: str, /) -> Hashable:
    return selection(question), level


def _key(question: Question, parts: tuple[Interval, ...], /) -> Hashable:
    return selection(question), (*level_weights(question.rule, question.weights),), parts


@once(_key)
def state_time(snapshot: Snapshot, question: Question, parts: tuple[Interval, ...]) -> StateTime:
    """Measure how long each level lasted that the rule weighs, and count what was open.

    Args:
        snapshot: Where the states are.
        question: Providers, surfaces, window, classes, least state, and the rule.
        parts: Starts and ends inside the window, in epoch seconds; they may overlap.
    """
    groups, components = len(named_scopes(snapshot, question)), _components(snapshot, question)
    line, lasting = components.line, components.seen()
    for level in level_weights(question.rule, question.weights):
        lasting |= _lasting(snapshot, question, level)
    posts = _posts(snapshot, question)
    return StateTime(
        {level: line.sums(spans, groups, parts) for level, spans in lasting.items()},
        met(line, posts.scope, posts.opened, posts.covered, groups, parts),
    )


@once(subject)
def _components(snapshot: Snapshot, question: Question) -> ComponentSpans:
    """Read when each component is covered, and when nobody knows its state."""
    keys, covered = _covered(snapshot, question)
    line, as_of_s = Line(*window_of(snapshot, question)), epoch(snapshot.as_of)
    with snapshot.related(*READ, keys=keys) as read:
        states = component_state_rows(read, question, as_of_s)
        unknown = _on_line(states.filter(nw.col("state") == str(State.UNKNOWN)), read, line)
    return ComponentSpans(
        line,
        keys["scope"].to_numpy().astype(np.int64),
        merged(line.laid(*(covered[name].to_numpy() for name in ("code", *SPAN)))),
        merged(unknown),
    )


@once(_at)
def _lasting(snapshot: Snapshot, question: Question, level: str) -> Mapping[str, Array]:
    """Read when any component of each scope was at a level, and at it or unsure."""
    components, as_of_s = _components(snapshot, question), epoch(snapshot.as_of)
    with snapshot.related(*READ, keys=_covered(snapshot, question)[0]) as read:
        if level == OPEN:
            found = counted(on_surfaces(read, question), question, as_of_s)
            bad = open_incidents(found, about(read["incident_components"], question))
        else:
            bad = _reaching(level, read, question, as_of_s)
        return components.at(level, _on_line(bad, read, components.line))


@once(selection)
def _posts(snapshot: Snapshot, question: Question) -> _Posts:
    """Read the incidents and the coverage of each scope inside the window."""
    window = window_of(snapshot, question)
    with snapshot.related(*READ, places=_places(snapshot, question)) as read:
        found = counted(on_surfaces(read, question), question, epoch(snapshot.as_of))
        opened = within(_opened(found), *window)
        posts, seen = (
            fetched(spans.join(read["places"], on=[*SCOPE]).select("scope", *SPAN))
            for spans in (opened, covered_spans(read, question, window))
        )
    return _Posts(
        posts["scope"].to_numpy(),
        posts.select(SPAN).to_numpy(),
        merged(Line(*window).laid(*(seen[name].to_numpy() for name in ("scope", *SPAN)))),
    )


@once(subject)
def _covered(snapshot: Snapshot, question: Question) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give each component that has states a code, and read when it is covered.

    Returns:
        Columns code, scope (its place) and those of ``COMPONENT``; columns code and the span.
    """
    with snapshot.related("coverage", "component_states") as read:
        rows = with_states(about(read["coverage"], question), read)
        found = fetched(within(rows.select(*COMPONENT, *SPAN), *window_of(snapshot, question)))
    keys = found.select(COMPONENT).unique().join(_places(snapshot, question), on=SCOPE)
    keys = keys.sort("scope", *COMPONENT).with_row_index("code")
    return keys, found.join(keys, on=COMPONENT).select("code", *SPAN)


def _places(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Give each scope asked about its place among them.

    Returns:
        Columns scope (its place) and those of ``SCOPE``.
    """
    named = [one.key for one in named_scopes(snapshot, question)]
    return pl.DataFrame(named, dict.fromkeys(SCOPE, pl.String), orient="row").with_row_index(
        "scope"
    )


def _reaching(level: str, read: Tables, question: Question, as_of_s: int) -> Frame:
    """Relate the components to their states that count and are ``level`` or worse."""
    its = nw.col("class")
    # Few incidents are of a class nobody asked for: those alone are looked up.
    others = read["incidents"].filter(~its.is_in([*question.classes]))
    rows = component_state_rows({**read, "incidents": others}, question, as_of_s)
    bad = rows.filter(nw.col("state").is_in(counting_at(level, question)))
    return bad.filter(its.is_null() | its.is_in([*question.classes]))


def _on_line(rows: Frame, read: Tables, line: Line) -> Array:
    """Read spans of components as spans on the line."""
    at = nw.col("code").cast(nw.Int64) * line.stride - line.start_s
    inside = within(rows.select(*COMPONENT, *SPAN), line.start_s, line.end_s)
    on = inside.join(read["keys"], on=[*COMPONENT]).select(*(nw.col(name) + at for name in SPAN))
    return fetched(on).to_numpy()


def _opened(found: Frame) -> Frame:
    """Relate scopes to when incidents were open.

    One that closed the second it was published was open for that second.

    Returns:
        Columns of ``SCOPE`` and the span.
    """
    end = nw.max_horizontal("closed_s", nw.col("published_s") + 1).alias("end_s")
    return found.select(*SCOPE, end, start_s="published_s")
