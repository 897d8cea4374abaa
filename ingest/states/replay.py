"""Replay component states from what incidents and captures said of them.

Definition: analytics/METHODOLOGY.md, "Component state replay". Two kinds of evidence are
replayed per component in time: transitions (an update named a new state, at the time it was
really written) and observations (captures showed the component in a state). The last write
wins across incidents, with these rules:

1. A resolving update makes every component of its incident operational that it does not
   mention and no other open incident holds. Where neither its incident nor another open one
   that names the component ever said its state, it is unknown who holds it.
2. Leftover: a resolving update that itself leaves a component worse than operational, with
   nobody holding it, ends the known outage there; until the next evidence of operational or
   of a new incident the state is unknown.
3. Unknown reset: a transition that starts from operational while we hold something worse
   shows that we missed a recovery; from the last evidence to the transition it is unknown.
4. A capture that shows another state than we hold is believed from the capture on. The
   page's own time of the change moves the start back, but not past the last evidence of the
   state before; without such a time the state is unknown in between.
5. An incident that was forgotten open, deleted while open, or left behind by an engine that
   went away says nothing of what came after its last evidence: the state is unknown from there.

Unknown is neither up nor down.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ingest.incidents.incident import StateMention
from ingest.models import SEVERITY, State

#: A body may have waited in a cache: what it says was true this long ago.
CACHED = timedelta(minutes=5)
#: For this long a roster is believed over what milder copies of its components say.
ROSTER_STANDS = timedelta(hours=1)
#: Captures are evenly spread, for all we care, if they are so to this.
A_MOMENT = timedelta(minutes=1)
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Observation:
    """Record of what successive captures of one address showed of a component, all of them alike.

    ``since``: the page's own time of its last change, if it gives one. ``polls``: how many
    captures; ``pause``: the longest time between two of them. ``roster``: shown among the
    page's components, not inside an incident.
    """

    state: State
    since: datetime | None
    first_at: datetime
    last_at: datetime
    polls: int = 1
    pause: timedelta = timedelta(0)
    url: str = ""
    roster: bool = True

    def next_capture(self, at: datetime) -> datetime:
        """Return when there was a capture after ``at``, at the latest."""
        even = self.pause * (self.polls - 1) - (self.last_at - self.first_at) < A_MOMENT
        passed = (at - self.first_at) // self.pause + 1 if self.pause else 0
        after = self.first_at + passed * self.pause if even else at + self.pause
        return min(self.last_at, after)

    def held_until(self, at: datetime) -> datetime:
        """Return until when, by ``at``, the state is sure to have held.

        Between two captures that date it alike nothing changed; else it held at the captures.
        """
        dated = self.since is not None and self.since <= self.first_at
        if dated or at >= self.last_at:
            return min(at, self.last_at)
        return max(self.first_at, at - self.pause)


@dataclass(frozen=True, slots=True)
class Span:
    """A state other than operational over ``[start, end)``; end None while it lasts."""

    state: State
    start: datetime
    end: datetime | None
    incident_id: str | None


@dataclass(slots=True)
class _Replay:
    """Follow one component as a perfect reader of its page would have.

    ``mentioned_at``: when an update last gave it the present state. ``shown``: the captures
    that last showed it so. ``changed_at``: when it began, as far as is known. ``before``: the
    known state before it, or before an unknown one. ``lost``: that state, if it lasted into the
    unknown. ``left``: the colour that a resolving update left behind.
    """

    begins: datetime | None
    silent: Mapping[str, tuple[datetime, datetime | None]]
    spans: list[Span] = field(default_factory=list[Span])
    state: State = State.OPERATIONAL
    since: datetime | None = None
    incident_id: str | None = None
    mentioned_at: datetime | None = None
    shown: Observation | None = None
    before: State = State.OPERATIONAL
    left: State | None = None
    lost: State | None = None
    changed_at: datetime | None = None
    held: dict[str, State] = field(default_factory=dict[str, State])

    def become(self, state: State, at: datetime, incident_id: str | None) -> None:
        """Change the state at ``at``."""
        if state is self.state:
            self.incident_id = self.incident_id or incident_id
            return
        self._close(at)
        if self.state is not State.UNKNOWN:
            self.before, self.lost = self.state, None
        self.left, self.changed_at = None, at
        self.state, self.since, self.incident_id = state, self._go_on(state, at), incident_id

    def _go_on(self, state: State, at: datetime) -> datetime:
        """Return since when a state lasts that begins at ``at``, perhaps where it ended."""
        if self.spans and (self.spans[-1].state, self.spans[-1].end) == (state, at):
            return self.spans.pop().start
        return at

    def _close(self, at: datetime | None) -> None:
        if self.state is State.OPERATIONAL or self.since is None:
            return
        if at is None or self.since < at:
            self.spans.append(Span(self.state, self.since, at, self.incident_id))

    def evidence(self, now: datetime) -> datetime | None:
        """Return the last time by ``now`` at which anything said that the state holds."""
        shown = None if self.shown is None else self.shown.held_until(now)
        known = [at for at in (self.mentioned_at, shown) if at is not None]
        return max(known + ([self.changed_at] if known and self.changed_at else []), default=None)

    def observe(self, seen: Observation, now: datetime) -> None:
        """Take in what a capture at ``now`` showed."""
        if seen.state is self.state:
            self._date_recovery(seen)
            if self.shown is None or self.shown.last_at < seen.last_at:
                self.shown = seen
            return
        if seen.state is self.left:
            return  # the colour that was left behind is no news
        if _milder(seen.state, self.state) and self._is_older_copy(seen, now):
            return
        start = self._start(seen, now)
        if start is None:
            last = self.evidence(now) or self.begins
            if self.state is not State.UNKNOWN and last is not None and last < now:
                self._lose(last)
            start = now
        self.become(seen.state, start, self._holder(seen.state))
        self.mentioned_at, self.shown = None, seen

    def _lose(self, at: datetime) -> None:
        """Lose sight of the state at ``at``: it changed some time after that."""
        lost = self.state
        self.become(State.UNKNOWN, at, self.incident_id if self._is_down() else None)
        self.lost = lost

    def _date_recovery(self, seen: Observation) -> None:
        """Let a capture that shows the present state say when it began, where that is unknown.

        An update tells that there was a change before it, the page's own time tells when.
        """
        gap = self.spans[-1] if self.spans else None
        if gap is None or gap.state is not State.UNKNOWN or gap.end != self.changed_at:
            return
        if self.lost is None and seen.state is self.before:
            return  # the colour that was left behind, or of an incident that was forgotten
        if seen.since is None or not gap.start <= seen.since < (gap.end or seen.since):
            return
        self.spans.pop()
        before = self.lost or State.UNKNOWN
        if before is not State.OPERATIONAL and gap.start < seen.since:
            start = self._go_on(before, gap.start)
            self.spans.append(Span(before, start, seen.since, gap.incident_id))
        if self.state is not State.OPERATIONAL:
            self.since = seen.since
        self.changed_at = seen.since

    def _start(self, seen: Observation, now: datetime) -> datetime | None:
        """Return when the state that is shown began, where the page's own time can be it."""
        if seen.since is None or seen.since > seen.first_at:
            return None
        if self.state is State.UNKNOWN and self.since is not None:
            # Nothing changed while nobody could tell.
            if seen.state is self.before and seen.since <= self.since:
                return self.since
            return seen.since if seen.since >= self.since else None
        last = self.evidence(now)
        return seen.since if last is None or last <= seen.since else None

    def _is_older_copy(self, seen: Observation, now: datetime) -> bool:
        """Tell whether a milder state may be what the page said before a worse one.

        Bodies wait in caches, and incidents carry copies of their components. A page's word
        that all is well again is believed when it is sure to be the newer one.
        """
        shown, mentioned_at, since = self.shown, self.mentioned_at, seen.since
        stale = since is not None and mentioned_at is not None and since <= mentioned_at
        if stale and mentioned_at and (not seen.roster or now - mentioned_at <= CACHED):
            return True
        if shown is None:
            return False
        newer = since is not None and since > (shown.since or min(shown.last_at, now))
        if newer or shown.url == seen.url:
            return False
        if since is not None and shown.since is not None:
            return since <= shown.since <= shown.first_at
        stands = not seen.roster and now - shown.last_at <= ROSTER_STANDS
        return shown.last_at > now or (shown.roster and stands)

    def apply(self, mention: StateMention) -> None:
        """Take in what an update said."""
        if mention.new is not None:
            self._mention(mention, mention.new)
        elif mention.resolves:
            spoke = self.held.pop(mention.incident_id, None) is not None
            if self._is_held():
                return
            if spoke or not self._is_down() or not self._may_be_held(mention):
                self._set(State.OPERATIONAL, mention)
            else:
                self._set(State.UNKNOWN, mention)

    def _mention(self, mention: StateMention, new: State) -> None:
        seen = self.evidence(mention.at)
        if mention.old is State.OPERATIONAL and self._is_down() and seen and seen < mention.at:
            self._lose(seen)
        self._set(new, mention)
        self.held[mention.incident_id] = new
        if mention.resolves:
            del self.held[mention.incident_id]
            if new is not State.OPERATIONAL and not self._is_held():
                self.become(State.UNKNOWN, mention.at, mention.incident_id)
                self.left = new

    def _set(self, state: State, mention: StateMention) -> None:
        # A capture that already saw this state goes on covering it.
        if state is not self.state:
            self.shown = None
        self.become(state, mention.at, mention.incident_id)
        self.mentioned_at = mention.at

    def forget(self, incident_id: str | None, at: datetime) -> datetime | None:
        """Let an incident (None: all of them) hold nothing any more after ``at``.

        Returns when to ask again, where captures go on showing the state.
        """
        if incident_id is None:
            self.held.clear()
        else:
            self.held.pop(incident_id, None)
        if self._is_held() or not self._is_down():
            return None
        if self.shown is not None and self.shown.last_at > at:
            return self.shown.last_at
        self.become(State.UNKNOWN, self.evidence(at) or at, self.incident_id)
        return None

    def _is_down(self) -> bool:
        return SEVERITY.get(self.state, 0) > 0

    def _is_held(self) -> bool:
        return any(state is not State.OPERATIONAL for state in self.held.values())

    def _may_be_held(self, mention: StateMention) -> bool:
        """Tell whether another incident is open that names the component and says no more."""
        return any(
            start <= mention.at and (end is None or mention.at < end)
            for incident_id, (start, end) in self.silent.items()
            if incident_id != mention.incident_id
        )

    def _holder(self, state: State) -> str | None:
        """Return the incident under which a state is shown that was unknown so far."""
        return self.incident_id if self.state is State.UNKNOWN and _bad(state) else None

    def finish(self) -> list[Span]:
        """Return the spans, the last one open where its state lasts."""
        self._close(None)
        return self.spans


def _bad(state: State) -> bool:
    return SEVERITY.get(state, 0) > 0


def _milder(one: State, other: State) -> bool:
    return one in SEVERITY and other in SEVERITY and SEVERITY[one] < SEVERITY[other]


Event = tuple[datetime, int, str, str, int]


def replay(
    mentions: Iterable[StateMention],
    observations: Iterable[Observation],
    last_evidence: Mapping[str, datetime] | None = None,
    ends: datetime | None = None,
    begins: datetime | None = None,
    silent: Mapping[str, tuple[datetime, datetime | None]] | None = None,
) -> Sequence[Span]:
    """Return the non-operational spans of one component, in time, never overlapping.

    Evidence is ordered by unfloored time, then observations before transitions (a page
    changes the component just before it stores the update), then incident and update id.

    Args:
        mentions: what updates said of the component.
        observations: what captures showed of it.
        last_evidence: for incidents that are over without an end, until when they say
            anything.
        ends: when the page went away, if it did.
        begins: since when the component is covered: the state is unknown from there to
            the first evidence of all, where that is of a bad state and not dated.
        silent: when incidents were open that name the component and never say its state.
    """
    said, seen = list(mentions), list(observations)
    component = _Replay(begins, silent or {})
    moments = sorted({m.at for m in said})
    forgotten = sorted((last_evidence or {}).items())
    queue: list[tuple[Event, StateMention | Observation | str | None]] = []
    for n, one in enumerate(sorted(seen, key=_in_order)):
        queue.extend(((at, 0, "", "", n), one) for at in _captures(one, moments))
    queue.extend(((m.at, 1, m.incident_id, m.update_id, 0), m) for m in said)
    queue.extend(((at, 2, incident_id, "", 0), incident_id) for incident_id, at in forgotten)
    if ends is not None:
        queue.append(((ends, 3, "", "", 0), None))
    heapq.heapify(queue)
    while queue:
        event, item = heapq.heappop(queue)
        if isinstance(item, StateMention):
            component.apply(item)
        elif isinstance(item, Observation):
            component.observe(item, event[0])
        elif (again := component.forget(item, event[0])) is not None:
            heapq.heappush(queue, ((again, *event[1:]), item))
    return component.finish()


def _in_order(seen: Observation) -> tuple[datetime, int, datetime, datetime, str]:
    """Of captures of one instant, let the newest word be the last, and the worse one."""
    severity = SEVERITY.get(seen.state, -1)
    return seen.since or NEVER, severity, seen.first_at, seen.last_at, seen.url


def _captures(seen: Observation, moments: Sequence[datetime]) -> set[datetime]:
    """Return the captures at which an observation may tell something new.

    The first and the last, and each that follows an update.
    """
    first = bisect_left(moments, seen.first_at)
    last = bisect_left(moments, seen.last_at)
    after = (seen.next_capture(at) for at in moments[first:last])
    return {seen.first_at, seen.last_at, *after}


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
