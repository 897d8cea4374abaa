"""Read how long each state lasted in parts of the window, of all scopes at once.

METHODOLOGY, "Availability rules". The columns and the window asked about are read from the
snapshot, and every component gets a number; what is left are integers, which
``state_spans`` adds up.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import polars as pl

from analytics.downtime.relational import (
    COMPONENT,
    LEVELS,
    OR_UNSURE,
    READ,
    UNSURE,
    component_state_rows,
    counting_at,
    covered_spans,
    open_incidents,
    with_states,
)
from analytics.downtime.spans import SPAN, within
from analytics.downtime.state_spans import UNKNOWN, ComponentSpans, Line, level_sums, met
from analytics.incident_selection import counted, on_surfaces
from analytics.memo import once
from analytics.question import Question, selection
from analytics.rules import INCIDENT_OPEN
from analytics.scope import SCOPE, Interval, ScopeWindow, about, epoch, named_scopes, window_of
from analytics.snapshot import Frame, Snapshot, Tables, fetched
from analytics.statistics.overlaps import Array, merged
from ingest.models import State


@dataclass(frozen=True, slots=True)
class StateTime:
    """Hold what lasted in each part of each scope's window.

    ``seconds``: by level (``state_spans.level_sums``). ``opened``: incidents open in covered time.
    Both have a row for each scope, in the order of ``named_scopes``, and a column for each part.
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
class _WindowSpans:
    """Hold the states of all scopes as spans on lines, whatever parts of the window are asked.

    ``to``: the scope of each component. ``posts``: incidents, with the scope of each in ``of``.
    ``covered``: when anything of each scope is covered.
    """

    line: Line
    to: Array
    spans: ComponentSpans
    of: Array
    posts: Array
    covered: Array


def _states(question: Question, /) -> Hashable:
    return selection(question), question.rule == INCIDENT_OPEN


def _key(question: Question, parts: tuple[Interval, ...], /) -> Hashable:
    return _states(question), parts


@once(_key)
def state_time(snapshot: Snapshot, question: Question, parts: tuple[Interval, ...]) -> StateTime:
    """Measure how long each level lasted, and count what was open, part by part.

    Args:
        snapshot: Where the states are.
        question: Providers, surfaces, window, classes and least state, and whether its rule asks
            for open incidents or for states.
        parts: Starts and ends inside the window, in epoch seconds; they may overlap.
    """
    window, groups = _window_spans(snapshot, question), len(named_scopes(snapshot, question))
    return StateTime(
        level_sums(window.line, window.to, groups, window.spans, parts),
        met(window.line, window.of, window.posts, window.covered, groups, parts),
    )


@once(_states)
def _window_spans(snapshot: Snapshot, question: Question) -> _WindowSpans:
    """Read the states, coverage and incidents of the window."""
    named, line = named_scopes(snapshot, question), Line(*window_of(snapshot, question))
    keys, covered = _components(snapshot, question, named)
    as_of_s = epoch(snapshot.as_of)
    with snapshot.related(*READ, keys=keys.select("code", *COMPONENT)) as read:
        states = _on_line(_ranked(read, question, as_of_s), read, line, "rank")
        found = counted(on_surfaces(read, question), question, as_of_s)
        opened = None
        if question.rule == INCIDENT_OPEN:
            linked = about(read["incident_components"], question)
            opened = _on_line(open_incidents(found, linked), read, line).to_numpy()
        posts = _opened(found, line, named)
        seen = _placed(fetched(covered_spans(read, question, (line.start_s, line.end_s))), named)
    spans = ComponentSpans(
        line.laid(*(covered[name].to_numpy() for name in ("code", *SPAN))),
        states.select(SPAN).to_numpy(),
        states["rank"].to_numpy(),
        opened,
    )
    return _WindowSpans(
        line,
        keys["scope"].to_numpy().astype(np.int64),
        spans,
        posts["scope"].to_numpy(),
        posts.select(SPAN).to_numpy(),
        merged(line.laid(*(seen[name].to_numpy() for name in ("scope", *SPAN)))),
    )


def _components(
    snapshot: Snapshot, question: Question, named: Sequence[ScopeWindow]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give each component that has states a code, and read when it is covered.

    Returns:
        Columns scope (its place), code and those of ``COMPONENT``; columns code and the span.
    """
    with snapshot.related("coverage", "component_states") as read:
        rows = with_states(about(read["coverage"], question), read)
        found = fetched(within(rows.select(*COMPONENT, *SPAN), *window_of(snapshot, question)))
    keys = _placed(found.select(COMPONENT).unique(), named).sort("scope", *COMPONENT)
    keys = keys.with_row_index("code")
    return keys, found.join(keys, on=COMPONENT).select("code", *SPAN)


def _placed(rows: pl.DataFrame, named: Sequence[ScopeWindow]) -> pl.DataFrame:
    """Add the place of each row's scope among those asked about, without other rows."""
    places = pl.DataFrame([one.key for one in named], schema=[*SCOPE], orient="row")
    return rows.join(places.cast(pl.String).with_row_index("scope"), on=SCOPE)


def _ranked(read: Tables, question: Question, as_of_s: int) -> Frame:
    """Relate the components to their states that count, with the rank of each."""
    rows = component_state_rows(read, question, as_of_s)
    unknown, its = nw.col("state") == str(State.UNKNOWN), nw.col("class")
    rank = nw.lit(0, nw.Int8)
    for level in LEVELS:
        rank += nw.col("state").is_in(counting_at(level, question)).cast(nw.Int8)
    ranked = rows.filter(unknown | its.is_null() | its.is_in([*question.classes])).select(
        *COMPONENT, nw.when(unknown).then(nw.lit(UNKNOWN)).otherwise(rank).alias("rank"), *SPAN
    )
    return ranked.filter(nw.col("rank") != 0)


def _on_line(rows: Frame, read: Tables, line: Line, *columns: str) -> pl.DataFrame:
    """Read spans of components as spans on the line, and ``columns`` of theirs."""
    at = nw.col("code").cast(nw.Int64) * line.stride - line.start_s
    inside = within(rows, line.start_s, line.end_s).join(read["keys"], on=[*COMPONENT])
    return fetched(inside.select(*(nw.col(name) + at for name in SPAN), *columns))


def _opened(found: Frame, line: Line, named: Sequence[ScopeWindow]) -> pl.DataFrame:
    """Read when incidents were open inside the window.

    One that closed the second it was published was open for that second.

    Returns:
        Columns scope (its place) and the span.
    """
    end = nw.max_horizontal("closed_s", nw.col("published_s") + 1).alias("end_s")
    posts = found.select(*SCOPE, end, start_s="published_s")
    return _placed(fetched(within(posts, line.start_s, line.end_s)), named)
