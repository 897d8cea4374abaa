"""Tell day by day what was worst, and for how long (METHODOLOGY, "Months")."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import polars as pl

from analytics.answer import SCOPE
from analytics.calendar_days import day_edges
from analytics.downtime.combine import Array
from analytics.downtime.observed_states import ObservedStates, observe, states_inside
from analytics.memo import once
from analytics.question import MAINTENANCE, Question, selection
from analytics.scope import Interval, epoch
from analytics.snapshot import Snapshot
from ingest.intervals import difference, intersection, union
from ingest.models import State, time_zone

NO_DATA = "no data"
DAILY: Mapping[str, Any] = {
    **SCOPE,
    # A date of the question's zone.
    "day": pl.Date,
    # A state, or ``NO_DATA``.
    "worst": pl.String,
    # Down: partial or worse on any component, or in maintenance if the question is about it.
    # Degraded: and not down.
    **dict.fromkeys(("down_s", "degraded_s", "unknown_s", "covered_s"), pl.Int64),
}


@once(selection)
def daily(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Tell what each day of the window was like, oldest first.

    A day at the edge of the window holds the part inside it.

    Returns:
        Columns of ``DAILY``.
    """
    start, end = question.window(snapshot.as_of)
    edges = day_edges(epoch(start), epoch(end), question.zone)
    zone = time_zone(question.zone)
    dates = [datetime.fromtimestamp(edge, UTC).astimezone(zone).date() for edge in edges[:-1]]
    frames = [_days(question, seen, edges, dates) for seen in observe(snapshot, question)]
    return pl.concat([pl.DataFrame(schema=dict(DAILY)), *frames])


def _days(
    question: Question, seen: ObservedStates, edges: Sequence[int], dates: Sequence[date]
) -> pl.DataFrame:
    scope, covered = seen.scope, seen.scope.covered
    by_state = {
        state: intersection(spans, covered)
        for state, spans in states_inside(question, seen).items()
    }
    planned = by_state[State.MAINTENANCE] if MAINTENANCE in question.classes else []
    down = union(by_state[State.PARTIAL] + by_state[State.MAJOR] + planned)
    lasted = {state: seconds_between(spans, edges) for state, spans in by_state.items()}
    covered_s = seconds_between(covered, edges)
    return pl.DataFrame(
        {
            "provider": [scope.provider] * len(dates),
            "surface": [scope.surface] * len(dates),
            "day": dates,
            "worst": _worst(lasted, covered_s),
            "down_s": seconds_between(down, edges),
            "degraded_s": seconds_between(difference(by_state[State.DEGRADED], down), edges),
            "unknown_s": lasted[State.UNKNOWN],
            "covered_s": covered_s,
        },
        schema=dict(DAILY),
    )


def _worst(lasted: Mapping[State, Array], seen: Array) -> Array:
    """Name the worst state of each day; unknown hides what is milder than degraded."""
    order = (State.MAJOR, State.PARTIAL, State.DEGRADED, State.UNKNOWN, State.MAINTENANCE)
    words = [NO_DATA, *map(str, order)]
    found = [seen == 0, *(lasted[state] > 0 for state in order)]
    worst: Array = np.select(found, words, str(State.OPERATIONAL))
    return worst


def seconds_between(spans: Iterable[Interval], edges: Sequence[int]) -> Array:
    """Measure disjoint, ordered ``spans`` between each edge and the next.

    >>> seconds_between([(0, 10), (15, 30)], [0, 20, 40]).tolist()
    [15, 10]
    """
    found = np.array(list(spans), dtype=np.int64).reshape(-1, 2)
    length = found[:, 1] - found[:, 0]
    before = np.concatenate([[0], np.cumsum(length)])
    at = np.asarray(edges, dtype=np.int64)
    begun = np.searchsorted(found[:, 0], at, side="right")
    inside = np.maximum(begun - 1, 0)
    since = at - found[inside, 0] if len(found) else np.zeros_like(at)
    last = length[inside] if len(found) else np.zeros_like(at)
    so_far = before[inside] + np.where(begun > 0, np.minimum(since, last), 0)
    lengths: Array = np.diff(so_far)
    return lengths
