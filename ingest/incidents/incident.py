"""One incident row: its clocks, its class, what it names, what its text states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ingest.incidents.html_text import strip_html
from ingest.incidents.timing import IncidentTimes, PostedTimes, UpdateTimes, time_incident
from ingest.labels import stated_window as stated
from ingest.ledger.sightings import changes_of, impacts_of
from ingest.models import SEVERITY, Kind, PostedImpact, Stage, State

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class IncidentReport:
    """A post with its updates, oldest first, and what they say of components.

    ``impacts`` None: its page states none. ``explicit``: its page gives start and end.
    """

    row: Mapping[str, Any]
    updates: Sequence[Mapping[str, Any]]
    times: IncidentTimes
    words: Mapping[str, Sequence[StateMention]]
    declared: frozenset[str]
    impacts: Sequence[PostedImpact] | None = None
    explicit: bool = False

    @property
    def incident_id(self) -> str:
        return str(self.row["incident_id"])

    @property
    def texts(self) -> Iterator[str]:
        """Its messages, without markup."""
        return (strip_html(u["body"]) for u in self.updates if u["body"])

    @property
    def named(self) -> frozenset[str]:
        """Components the post lists or mentions."""
        mentioned = {c for c, words in self.words.items() if any(w.new for w in words)}
        return self.declared | mentioned | {i.component_id for i in self.impacts or ()}

    def transitions(self, component_id: str) -> list[StateMention]:
        return [w for w in self.words.get(component_id, ()) if w.new is not None]

    def states(self, component_id: str) -> list[State]:
        """The states the post gave a component, by its updates or by its stated impacts."""
        stated = [i.state for i in self.impacts or () if i.component_id == component_id]
        return [*stated, *(w.new for w in self.words.get(component_id, ()) if w.new is not None)]


def read_incident(
    row: Mapping[str, Any],
    updates: Sequence[Mapping[str, Any]],
    as_of: datetime,
    *,
    explicit: bool = False,
) -> IncidentReport:
    """Read one merged incident row and its merged updates."""
    messages = [UpdateTimes(Stage(u["stage"]), u["created_at"], u["display_at"]) for u in updates]
    impacts = None if row["impacts"] is None else impacts_of(row["impacts"])
    post = PostedTimes(
        kind=Kind(row["kind"]),
        stage=Stage(row["stage"]),
        created_at=row["created_at"],
        started_at=row["started_at"],
        resolved_at=row["resolved_at"],
        scheduled_start_at=row["scheduled_start_at"],
        updates=messages,
        explicit=explicit,
        recovered_at=recovered_at(impacts or ()),
    )
    declared = frozenset((row["component_ids"] or "").split())
    words = _state_mentions(updates, declared)
    return IncidentReport(
        row, updates, time_incident(post, as_of), words, declared, impacts, explicit
    )


def recovered_at(impacts: Sequence[PostedImpact]) -> datetime | None:
    """When the last of some impacts ended; None where one lasts, or there is none."""
    ends = [i.end_at for i in impacts if i.end_at is not None]
    return max(ends) if ends and len(ends) == len(impacts) else None


def _state_mentions(
    updates: Sequence[Mapping[str, Any]], declared: frozenset[str]
) -> dict[str, list[StateMention]]:
    """What each update did to each component of the post, in posting order."""
    said = [(u, changes_of(u["changes"] or "")) for u in updates if u["created_at"] is not None]
    named = declared | {component for _, changes in said for component, _, _ in changes}
    words: dict[str, list[StateMention]] = {component: [] for component in sorted(named)}
    for update, changes in said:
        mentioned = {component: (old, new) for component, old, new in changes}
        resolves = update["stage"] in {Stage.RESOLVED, Stage.COMPLETED}
        for component in words:
            old, new = mentioned.get(component, (None, None))
            if new is not None or resolves:
                words[component].append(
                    StateMention(
                        at=update["created_at"],
                        incident_id=update["incident_id"],
                        update_id=update["update_id"],
                        old=State(old) if old else None,
                        new=State(new) if new else None,
                        resolves=resolves,
                    )
                )
    return words


def worst_state(states: Iterable[State]) -> State | None:
    """The worst of some states, unknown left out; None when none is known."""
    known = [state for state in states if state in SEVERITY]
    return max(known, key=lambda state: SEVERITY[state], default=None)


def stated_window(post: IncidentReport) -> stated.StatedWindow | None:
    """The first window the messages state that can be the impact of the whole post."""
    planned = post.row["kind"] == Kind.MAINTENANCE
    times = post.times
    for update in post.updates:
        written_at = update["created_at"] or update["display_at"]
        near = (times.started_at if planned else times.published_at) or written_at
        # Planned work may be told of in any words, long before it begins.
        told_by = near + stated.FARTHEST if planned else max(near, written_at)
        window = stated.window(
            strip_html(update["body"] or ""),
            near,
            told_by,
            edited_at=update["edited_at"],
            planned=planned,
        )
        if window is not None and (planned or _whole(window, post)):
            return window
    return None


def _whole(window: stated.StatedWindow, post: IncidentReport) -> bool:
    """Whether ``window`` begins before the post is over, and is no part of its page's own one."""
    begun_at, over_at = post.times.started_at, post.times.resolved_at
    if post.explicit:
        late = begun_at is not None and window.start_at > begun_at
        short = over_at is not None and over_at - window.end_at >= MINUTE
        return not late and not short
    return over_at is None or window.start_at <= max(over_at, post.times.published_at or over_at)


@dataclass(frozen=True, slots=True)
class StateMention:
    """What one update of one post did to a component.

    ``new`` None: the update did not mention it. ``resolves``: the update ended its post.
    """

    at: datetime
    incident_id: str
    update_id: str
    old: State | None
    new: State | None
    resolves: bool
