"""Read one incident from its merged rows: its times, its texts, what it names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from ingest.incidents.html_text import strip_html
from ingest.incidents.timing import ABSENCE, IncidentTimes, PostedTimes, UpdateTimes, time_incident
from ingest.labels import stated_window
from ingest.ledger.open_list import Listing
from ingest.ledger.posted_values import posted_changes
from ingest.models import SEVERITY, Kind, PostedImpact, Stage, State
from ingest.platforms.impacts import worst_changes

MINUTE = timedelta(minutes=1)
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StateMention:
    """Record of what one update of one incident did to a component.

    ``new`` None: the update did not mention it. ``resolves``: the update ended its incident.
    """

    at: datetime
    incident_id: str
    update_id: str
    old: State | None
    new: State | None
    resolves: bool


@dataclass(frozen=True)
class IncidentReport:
    """An incident with its updates, oldest first, and what they say of components.

    ``impacts`` None: its page states none. ``explicit``: its page gives start and end.
    ``listings``: its spells on lists of what is open; none where they do not tell of its end.
    ``onset_stated``: its text states its start, and its page gives no other.
    """

    row: Row
    updates: Sequence[Row]
    times: IncidentTimes
    mentions: Mapping[str, Sequence[StateMention]]
    declared: frozenset[str]
    impacts: Sequence[PostedImpact] | None = None
    explicit: bool = False
    listings: Sequence[Listing] = ()
    onset_stated: bool = False

    @property
    def incident_id(self) -> str:
        """Return the page's own id of the incident."""
        return str(self.row["incident_id"])

    @property
    def last_listed_at(self) -> datetime | None:
        """Return the last capture that showed it, where only its absence tells of its end."""
        return self.listings[-1].last_at if self.times.end_basis == ABSENCE else None

    @property
    def texts(self) -> Iterator[str]:
        """Yield the bodies of its updates, without markup."""
        return (strip_html(u["body"]) for u in self.updates if u["body"])

    @cached_property
    def named(self) -> frozenset[str]:
        """Return the components the incident lists or mentions."""
        mentioned = {c for c, mentions in self.mentions.items() if any(m.new for m in mentions)}
        return self.declared | mentioned | {i.component_id for i in self.impacts or ()}

    def transitions(self, component_id: str) -> list[StateMention]:
        """List the mentions that give a component a state, in time."""
        return [m for m in self.mentions.get(component_id, ()) if m.new is not None]

    def states(self, component_id: str) -> list[State]:
        """List the states the incident gave a component, by its impacts and its updates."""
        stated = [i.state for i in self.impacts or () if i.component_id == component_id]
        return [*stated, *(m.new for m in self.transitions(component_id) if m.new is not None)]


def read_incident(
    row: Row,
    updates: Sequence[Row],
    as_of: datetime,
    *,
    impacts: Sequence[PostedImpact] | None = None,
    explicit: bool = False,
    listings: Sequence[Listing] = (),
    onset_stated: bool = False,
) -> IncidentReport:
    """Read one merged incident row and its merged updates.

    Args:
        row: the newest version of the incident.
        updates: the newest versions of its updates, oldest first.
        as_of: what is written later is not known yet.
        impacts: its stated impacts; None where its page states none.
        explicit: its page gives start and end of each incident.
        listings: its spells on lists of what is open, in time.
        onset_stated: the start it gives is the one its text states.
    """
    posted = PostedTimes(
        kind=Kind(row["kind"]),
        stage=Stage(row["stage"]),
        created_at=row["created_at"],
        started_at=row["started_at"],
        resolved_at=row["resolved_at"],
        scheduled_start_at=row["scheduled_start_at"],
        updates=[UpdateTimes(Stage(u["stage"]), u["created_at"], u["display_at"]) for u in updates],
        explicit=explicit,
        recovered_at=recovered_at(impacts or ()),
        unlisted_at=listings[-1].gone_at if listings else None,
    )
    declared = frozenset((row["component_ids"] or "").split())
    times, mentions = time_incident(posted, as_of), _state_mentions(updates, declared)
    return IncidentReport(
        row, updates, times, mentions, declared, impacts, explicit, listings, onset_stated
    )


def recovered_at(impacts: Sequence[PostedImpact]) -> datetime | None:
    """Return when the last of some impacts ended; None where one lasts, or there is none."""
    ends = [i.end_at for i in impacts if i.end_at is not None]
    return max(ends) if ends and len(ends) == len(impacts) else None


def _state_mentions(
    updates: Sequence[Row], declared: frozenset[str]
) -> dict[str, list[StateMention]]:
    """List what each update did to each component of its incident, in posting order."""
    dated = [
        (u, worst_changes(posted_changes(u["changes"] or ())))
        for u in updates
        if u["created_at"] is not None
    ]
    named = declared.union(*(changes for _, changes in dated))
    mentions: dict[str, list[StateMention]] = {component: [] for component in sorted(named)}
    for update, changes in dated:
        resolves = update["stage"] in {Stage.RESOLVED, Stage.COMPLETED}
        for component, found in mentions.items():
            change = changes.get(component)
            if change is not None or resolves:
                mention = StateMention(
                    at=update["created_at"],
                    incident_id=update["incident_id"],
                    update_id=update["update_id"],
                    old=change.old if change else None,
                    new=change.new if change else None,
                    resolves=resolves,
                )
                found.append(mention)
    return mentions


def worst_state(states: Iterable[State]) -> State | None:
    """Return the worst of some states, unknown left out; None when none is known."""
    known = [state for state in states if state in SEVERITY]
    return max(known, key=lambda state: SEVERITY[state], default=None)


def find_stated_window(incident: IncidentReport) -> stated_window.StatedWindow | None:
    """Find the first window the updates state that can be the impact of the whole incident."""
    planned = incident.row["kind"] == Kind.MAINTENANCE
    times = incident.times
    for update in incident.updates:
        written_at = update["created_at"] or update["display_at"]
        near = (times.started_at if planned else times.published_at) or written_at
        # Planned work may be described in any words, long before it begins.
        described_by = near + stated_window.FARTHEST if planned else max(near, written_at)
        window = stated_window.window(
            strip_html(update["body"] or ""),
            near,
            described_by,
            edited_at=update["edited_at"],
            planned=planned,
        )
        if window is not None and (planned or _is_whole(window, incident)):
            return window
    return None


def _is_whole(window: stated_window.StatedWindow, incident: IncidentReport) -> bool:
    """Tell whether ``window`` begins before the end, and is no part of the page's own one."""
    times = incident.times
    begun_at, over_at = times.started_at, times.resolved_at
    if incident.explicit:
        late = begun_at is not None and window.start_at > begun_at
        short = over_at is not None and over_at - window.end_at >= MINUTE
        return not late and not short
    return over_at is None or window.start_at <= max(over_at, times.published_at or over_at)
