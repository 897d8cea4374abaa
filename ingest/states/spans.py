"""Combine the spans of component states that incidents state themselves."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from ingest.models import SEVERITY, State, severity_of

#: Place of the unknown among the states: worse than degraded, milder than what is down.
UNKNOWN = severity_of(State.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Span:
    """A state other than operational over ``[start, end)``; end None while it lasts."""

    state: State
    start: datetime
    end: datetime | None
    incident_id: str | None


StatedSpan = tuple[State, datetime, datetime | None, str]
"""State, start, end (None: it lasts) and incident id of what an incident states."""


def worst_of_layers(stated: Iterable[StatedSpan]) -> Sequence[Span]:
    """Return the worst state at each instant, as ``replay`` gives its spans.

    Unknown goes before what does not count as down: it may have been worse than that.
    """
    spans = [s for s in stated if s[0] is not State.OPERATIONAL and (s[2] is None or s[1] < s[2])]
    edges = sorted({edge for _, start, end, _ in spans for edge in (start, end) if edge})
    found: list[Span] = []
    for nr, at in enumerate(edges):
        until = edges[nr + 1] if nr + 1 < len(edges) else None
        here = [s for s in spans if s[1] <= at and (s[2] is None or at < s[2])]
        if not here:
            continue
        state, _, _, incident_id = max(
            here, key=lambda s: (SEVERITY.get(s[0], UNKNOWN), s[1], s[3])
        )
        last = found[-1] if found else None
        if last and (last.state, last.end, last.incident_id) == (state, at, incident_id):
            found[-1] = Span(state, last.start, until, incident_id)
        else:
            found.append(Span(state, at, until, incident_id))
    return found


def worst_of(*layers: Iterable[Span]) -> list[Span]:
    """Return the worst state at each instant of several layers of spans."""
    stated = [(s.state, s.start, s.end, s.incident_id or "") for s in chain(*layers)]
    return [replace(s, incident_id=s.incident_id or None) for s in worst_of_layers(stated)]


def spans_during(spans: Sequence[Span], start: datetime, end: datetime) -> Sequence[Span]:
    """Select those of one component's ``spans`` that meet ``[start, end)``."""
    first = bisect_right(spans, start, key=lambda span: span.start)
    last = bisect_left(spans, end, key=lambda span: span.start)
    if first and ((end_before := spans[first - 1].end) is None or end_before > start):
        first -= 1
    return spans[first:last]
