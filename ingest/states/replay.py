"""Replay component states from what incidents and captures said of them.

Definition: analytics/METHODOLOGY.md, "Component state replay". Two kinds of evidence are
replayed per component in time: transitions (an update named a new state, at the time it was
really written) and observations (captures showed the component in a state). The last write
wins across incidents, with these rules:

1. A resolving update makes every component of its incident operational that it does not
   mention and no other open incident holds. Where neither its incident nor another open one
   that names the component ever said its state, it is unknown who holds it. A colour that the
   page dates later than the update was not ended by it: what became of it is unknown.
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
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto

from ingest.incidents.incident import StateMention
from ingest.models import SEVERITY, State
from ingest.states.observations import Observation
from ingest.states.spans import Span

#: A body may have waited in a cache: what it says was true this long ago.
CACHED = timedelta(minutes=5)
#: For this long a roster is believed over what milder copies of its components say.
ROSTER_STANDS = timedelta(hours=1)
NEVER = datetime.min.replace(tzinfo=UTC)


class Conclusion(Enum):
    """Ways to a state that nobody said: what the rules make of what was said before."""

    RESET = auto()  # its incident was resolved: operational
    UNSURE = auto()  # an incident was resolved, and who holds the component is not known
    LEFTOVER = auto()  # its incident was resolved and left a colour behind
    FORGOTTEN = auto()  # its incident says nothing any more
    UNREAD = auto()  # a capture showed it in a way that cannot be read


@dataclass(slots=True)
class _Replay:
    """Follow one component as a perfect reader of its page would have.

    ``said``: the state last mentioned or shown; ``mentioned_at``: when an update last did,
    ``shown``: the captures that last did. ``state``: what holds, since ``changed_at``; it is
    as said, unless there is a ``conclusion``. ``lost``: the state before an unknown gap that
    ended with the present state.
    """

    begins: datetime | None
    silent: Mapping[str, tuple[datetime, datetime | None]]
    spans: list[Span] = field(default_factory=list[Span])
    said: State = State.OPERATIONAL
    mentioned_at: datetime | None = None
    shown: Observation | None = None
    state: State = State.OPERATIONAL
    changed_at: datetime | None = None
    incident_id: str | None = None
    conclusion: Conclusion | None = None
    lost: State | None = None
    held: dict[str, State] = field(default_factory=dict[str, State])

    def told_until(self, now: datetime) -> datetime | None:
        """Return until when, by ``now``, anything says that what was said last holds."""
        if self.conclusion is not None and self.changed_at is not None:
            now = min(now, self.changed_at)
        shown = None if self.shown is None else self.shown.held_until(now)
        told = [at for at in (self.mentioned_at, shown) if at is not None]
        if told and self.conclusion is None and self.changed_at is not None:
            told.append(self.changed_at)
        return max(told, default=None)

    def become(
        self,
        state: State,
        at: datetime,
        incident_id: str | None,
        conclusion: Conclusion | None = None,
        unknown_from: datetime | None = None,
    ) -> None:
        """Change the state at ``at``; in between it was unknown, from ``unknown_from`` on."""
        known_until = at if unknown_from is None else min(unknown_from, at)
        if state is self.state and known_until == at:
            self.incident_id = self.incident_id or incident_id
            self.conclusion = conclusion
            return
        before, holder = self.state, self.incident_id
        self._close(known_until)
        self.lost = None
        if known_until < at:
            start = self._go_on(State.UNKNOWN, known_until)
            self.spans.append(Span(State.UNKNOWN, start, at, holder if _bad(before) else None))
            self.lost = before
        self.changed_at = self._go_on(state, at)
        self.state, self.incident_id, self.conclusion = state, incident_id, conclusion

    def _close(self, at: datetime | None) -> None:
        """End the present span at ``at``; take back what was concluded of the time after."""
        started = self.state is not State.OPERATIONAL and self.changed_at is not None
        if started and self.changed_at and (at is None or self.changed_at < at):
            self.spans.append(Span(self.state, self.changed_at, at, self.incident_id))
        if at is None:
            return
        while self.spans and self.spans[-1].start >= at:
            self.spans.pop()
        if self.spans and (self.spans[-1].end or at) > at:
            self.spans[-1] = replace(self.spans[-1], end=at)

    def _go_on(self, state: State, at: datetime) -> datetime:
        """Return since when a state lasts that begins at ``at``, perhaps where it ended."""
        if self.spans and (self.spans[-1].state, self.spans[-1].end) == (state, at):
            return self.spans.pop().start
        return at

    def observe(self, seen: Observation, since: datetime, now: datetime) -> None:
        """Take in what a capture between ``since`` and ``now`` showed."""
        if self.mentioned_at is not None and since < self.mentioned_at:
            return  # an update may have changed it after the capture
        if seen.state is State.UNKNOWN:
            self._lose_sight(seen, now)
        elif seen.state is self.state:
            self._date_recovery(seen)
            self._say(seen.state, None, seen)
        elif self.conclusion is Conclusion.LEFTOVER and seen.state is self.said:
            return  # the colour that was left behind is no news
        elif not (_milder(seen.state, self.state) and self._is_older_copy(seen, now)):
            self._show(seen, now)

    def _say(self, state: State, mentioned_at: datetime | None, shown: Observation | None) -> None:
        """Note what said the present state, and keep what said it before."""
        if state is not self.said:
            self.mentioned_at = self.shown = None
        self.said, self.conclusion = state, None
        self.mentioned_at = mentioned_at or self.mentioned_at
        if shown is not None and (self.shown is None or self.shown.last_at < shown.last_at):
            self.shown = shown

    def _lose_sight(self, seen: Observation, now: datetime) -> None:
        """Take in a capture that shows the component in a way that cannot be read."""
        if self.state is State.UNKNOWN:
            return
        told, dated = self.told_until(now), self._dated(seen, self.told_until(now))
        start = dated or told or self.begins or now
        self.become(State.UNKNOWN, min(start, now), None, Conclusion.UNREAD)

    def _show(self, seen: Observation, now: datetime) -> None:
        """Take in another state than the one held: believed from the capture on."""
        holder = self.incident_id if self.state is State.UNKNOWN and _bad(seen.state) else None
        told = self.told_until(now)
        concluded = self.changed_at if self.conclusion is not None else None
        if concluded is not None and seen.state is self.said:
            # What was concluded is refuted; the page's own time may say that nothing changed.
            if self._dated(seen, None) is None:
                start, unknown_from = now, concluded
            else:
                start, unknown_from = max(seen.since or concluded, concluded), None
        elif (dated := self._dated(seen, told)) is not None:
            start, unknown_from = dated, None
        else:
            reset = self.conclusion is Conclusion.RESET
            start, unknown_from = now, concluded if reset else told or self.begins
        self.become(seen.state, start, holder, unknown_from=unknown_from)
        self.mentioned_at = self.shown = None
        self._say(seen.state, None, seen)

    def _dated(self, seen: Observation, last: datetime | None) -> datetime | None:
        """Return the page's own time of a change, if it can be that and is not before ``last``."""
        if seen.since is None or seen.since > seen.first_at:
            return None
        return seen.since if last is None or last <= seen.since else None

    def _date_recovery(self, seen: Observation) -> None:
        """Let a capture that shows the present state say when it began, where that is unknown.

        An update tells that there was a change before it, the page's own time tells when.
        """
        gap = self.spans[-1] if self.spans else None
        if gap is None or gap.state is not State.UNKNOWN or gap.end != self.changed_at:
            return
        if self.lost is None or seen.since is None or gap.end is None:
            return
        if gap.start <= seen.since < gap.end:
            self.spans.pop()
            if self.lost is not State.OPERATIONAL and gap.start < seen.since:
                start = self._go_on(self.lost, gap.start)
                self.spans.append(Span(self.lost, start, seen.since, gap.incident_id))
            self.changed_at = seen.since

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
            if not self._is_held():
                self._conclude_reset(mention, spoke=spoke)

    def _conclude_reset(self, mention: StateMention, *, spoke: bool) -> None:
        """Conclude what became of a component when its incident was resolved without a word."""
        unheld = spoke or not self._may_be_held(mention)
        if self.state is State.OPERATIONAL:
            if unheld and self.conclusion is None:  # nothing was the matter with it by then
                self._say(State.OPERATIONAL, mention.at, None)
            return
        if unheld and not self._dated_after(mention.at):
            state, conclusion = State.OPERATIONAL, Conclusion.RESET
        else:
            state, conclusion = State.UNKNOWN, Conclusion.UNSURE
        if state is not self.state:
            self.become(state, mention.at, mention.incident_id, conclusion)

    def _dated_after(self, at: datetime) -> bool:
        """Tell whether the page dates the colour that is held later than ``at``."""
        shown = self.shown if self.conclusion is None else None
        return shown is not None and shown.since is not None and shown.since > at

    def _mention(self, mention: StateMention, new: State) -> None:
        told, missed = self.told_until(mention.at), None
        if mention.old is State.OPERATIONAL and _bad(self.state) and told and told < mention.at:
            missed = told
        self.become(new, mention.at, mention.incident_id, unknown_from=missed)
        self._say(new, mention.at, None)
        self.held[mention.incident_id] = new
        if mention.resolves:
            del self.held[mention.incident_id]
            if new is not State.OPERATIONAL and not self._is_held():
                leftover = Conclusion.LEFTOVER
                self.become(State.UNKNOWN, mention.at, mention.incident_id, leftover)

    def forget(self, incident_id: str | None, at: datetime) -> datetime | None:
        """Let an incident (None: all of them) hold nothing any more after ``at``.

        Returns when to ask again, where captures go on showing the state.
        """
        if incident_id is None:
            self.held.clear()
        else:
            self.held.pop(incident_id, None)
        if self._is_held() or not _bad(self.state):
            return None
        if self.shown is not None and self.shown.last_at > at:
            return self.shown.last_at
        # The incident says it until its last evidence; what went away, until ours.
        told = at if incident_id is not None else self.told_until(at) or at
        self.become(State.UNKNOWN, told, self.incident_id, Conclusion.FORGOTTEN)
        return None

    def _is_held(self) -> bool:
        return any(state is not State.OPERATIONAL for state in self.held.values())

    def _may_be_held(self, mention: StateMention) -> bool:
        """Tell whether another incident is open that names the component and says no more."""
        return any(
            start <= mention.at and (end is None or mention.at < end)
            for incident_id, (start, end) in self.silent.items()
            if incident_id != mention.incident_id
        )

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
    queue: list[tuple[Event, StateMention | tuple[Observation, datetime] | str | None]] = []
    for n, one in enumerate(sorted(seen, key=_in_order)):
        queue.extend(((now, 0, "", "", n), (one, at)) for at, now in _captures(one, moments))
    queue.extend(((m.at, 1, m.incident_id, m.update_id, 0), m) for m in said)
    queue.extend(((at, 2, incident_id, "", 0), incident_id) for incident_id, at in forgotten)
    if ends is not None:
        queue.append(((ends, 3, "", "", 0), None))
    heapq.heapify(queue)
    while queue:
        event, item = heapq.heappop(queue)
        if isinstance(item, StateMention):
            component.apply(item)
        elif isinstance(item, tuple):
            component.observe(*item, event[0])
        elif (again := component.forget(item, event[0])) is not None:
            heapq.heappush(queue, ((again, *event[1:]), item))
    return component.finish()


def _in_order(seen: Observation) -> tuple[datetime, int, datetime, datetime, str]:
    """Of captures of one instant, let the newest word be the last, and the worse one."""
    severity = SEVERITY.get(seen.state, -1)
    return seen.since or NEVER, severity, seen.first_at, seen.last_at, seen.url


def _captures(seen: Observation, moments: Sequence[datetime]) -> set[tuple[datetime, datetime]]:
    """Return between when and when captures were made that may tell something new.

    The first and the last, and each that follows an update.
    """
    first = bisect_left(moments, seen.first_at)
    last = bisect_left(moments, seen.last_at)
    after = (seen.next_capture(at) for at in moments[first:last])
    return {(seen.first_at, seen.first_at), (seen.last_at, seen.last_at), *after}
