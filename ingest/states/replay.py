"""Replay component states from what incidents and captures said of them.

Definition: analytics/METHODOLOGY.md, "Component state replay". Two kinds of evidence are
replayed per component in time: transitions (an update named a new state, at the time it was
really written) and observations (a capture showed the component in a state since a time).
The last write wins across incidents, with these rules:

1. A resolving update makes every component of its incident operational that it does not
   mention and no other open incident holds.
2. Leftover: a resolving update that itself leaves a component worse than operational, with
   nobody holding it, ends the known outage there; until the next evidence of operational or
   of a new incident the state is unknown.
3. Unknown reset: a transition that starts from operational while we hold something worse
   shows that we missed a recovery; from the last evidence to the transition it is unknown.

Unknown is neither up nor down.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ingest.incidents.incident import StateMention
from ingest.models import SEVERITY, State


@dataclass(frozen=True, slots=True)
class Observation:
    """A capture at ``seen_until`` showed the component in ``state`` since ``since``."""

    since: datetime
    state: State
    seen_until: datetime


@dataclass(frozen=True, slots=True)
class Span:
    """A state other than operational over ``[start, end)``; end None while it lasts."""

    state: State
    start: datetime
    end: datetime | None
    incident_id: str | None


@dataclass(slots=True)
class _Replay:
    """Follow one component as a perfect reader of its page would have."""

    spans: list[Span] = field(default_factory=list)
    state: State = State.OPERATIONAL
    since: datetime | None = None
    incident_id: str | None = None
    evidence: datetime | None = None
    held: dict[str, State] = field(default_factory=dict)

    def become(self, state: State, at: datetime, incident_id: str | None) -> None:
        """Change the state at ``at``."""
        if state is self.state:
            self.incident_id = self.incident_id or incident_id
            return
        self._close(at)
        self.state, self.since, self.incident_id = state, at, incident_id

    def _close(self, at: datetime | None) -> None:
        if self.state is State.OPERATIONAL or self.since is None:
            return
        if at is None or self.since < at:
            self.spans.append(Span(self.state, self.since, at, self.incident_id))

    def observe(self, seen: Observation) -> None:
        """Take in what a capture showed."""
        if self.state is State.UNKNOWN and seen.state is not State.OPERATIONAL:
            return  # the colour that was left behind is no news
        self.become(seen.state, seen.since, None)
        self.evidence = max(seen.since, seen.seen_until)

    def apply(self, mention: StateMention) -> None:
        """Take in what an update said."""
        if mention.new is not None:
            self._mention(mention, mention.new)
        elif mention.resolves:
            self.held.pop(mention.incident_id, None)
            if not self._is_held():
                self.become(State.OPERATIONAL, mention.at, mention.incident_id)
                self.evidence = mention.at

    def _mention(self, mention: StateMention, new: State) -> None:
        seen = self.evidence
        if mention.old is State.OPERATIONAL and self._is_down() and seen and seen < mention.at:
            self.become(State.UNKNOWN, seen, self.incident_id)
        # A capture that already saw this state goes on vouching for it.
        confirmed = new is self.state and self.evidence is not None
        self.evidence = max(self.evidence or mention.at, mention.at) if confirmed else mention.at
        self.become(new, mention.at, mention.incident_id)
        self.held[mention.incident_id] = new
        if mention.resolves:
            del self.held[mention.incident_id]
            if new is not State.OPERATIONAL and not self._is_held():
                self.become(State.UNKNOWN, mention.at, mention.incident_id)

    def _is_down(self) -> bool:
        return SEVERITY.get(self.state, 0) > 0

    def _is_held(self) -> bool:
        return any(state is not State.OPERATIONAL for state in self.held.values())

    def finish(self) -> list[Span]:
        """Return the spans, the last one open where its state lasts."""
        self._close(None)
        return self.spans


def replay(mentions: Iterable[StateMention], observations: Iterable[Observation]) -> Sequence[Span]:
    """Return the non-operational spans of one component, in time, never overlapping.

    Evidence is ordered by unfloored time, then observations before transitions (a page
    changes the component just before it stores the update), then incident and update id.
    """
    evidence: list[tuple[datetime, int, str, str, StateMention | Observation]] = [
        *((o.since, 0, "", "", o) for o in sorted(observations, key=lambda o: o.seen_until)),
        *((m.at, 1, m.incident_id, m.update_id, m) for m in mentions),
    ]
    evidence.sort(key=lambda item: item[:4])
    component = _Replay()
    for *_, item in evidence:
        if isinstance(item, StateMention):
            component.apply(item)
        else:
            component.observe(item)
    return component.finish()


StatedSpan = tuple[State, datetime, datetime | None, str]
"""State, start, end (None: it lasts) and incident id of what an incident states."""


def worst_of_layers(stated: Iterable[StatedSpan]) -> Sequence[Span]:
    """Return the worst state at each instant, as ``replay`` gives its spans.

    Unknown counts only where nothing else is stated.
    """
    spans = [s for s in stated if s[0] is not State.OPERATIONAL and (s[2] is None or s[1] < s[2])]
    edges = sorted({edge for _, start, end, _ in spans for edge in (start, end) if edge})
    found: list[Span] = []
    for nr, at in enumerate(edges):
        until = edges[nr + 1] if nr + 1 < len(edges) else None
        here = [s for s in spans if s[1] <= at and (s[2] is None or at < s[2])]
        if not here:
            continue
        state, _, _, incident_id = max(here, key=lambda s: (SEVERITY.get(s[0], 0), s[1], s[3]))
        last = found[-1] if found else None
        if last and (last.state, last.end, last.incident_id) == (state, at, incident_id):
            found[-1] = Span(state, last.start, until, incident_id)
        else:
            found.append(Span(state, at, until, incident_id))
    return found


def spans_during(spans: Sequence[Span], start: datetime, end: datetime) -> Sequence[Span]:
    """Select those of one component's ``spans`` that meet ``[start, end)``."""
    first = bisect_right(spans, start, key=lambda span: span.start)
    last = bisect_left(spans, end, key=lambda span: span.start)
    if first and ((end_before := spans[first - 1].end) is None or end_before > start):
        first -= 1
    return spans[first:last]
