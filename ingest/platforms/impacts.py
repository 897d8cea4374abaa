"""Tell when components were in which state, by what the posts on a page say.

Where a page posts states and not spans, a state lasts until the next post that names the
component, and no longer than the incident.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from ingest.models import SEVERITY, Change, Incident, PostedImpact, State, Update, severity_of


def spells(
    timeline: Iterable[tuple[datetime, Mapping[str, State]]], end: datetime | None
) -> tuple[PostedImpact, ...]:
    """Return the spells of a timeline, each until its component's next entry.

    Args:
        timeline: Instants and the states posted for them, in any order.
        end: When the post was over; None while it goes on.

    Returns:
        The spells in which a component was not operational, in the order of their starts.
    """
    running: dict[str, tuple[State, datetime]] = {}
    found: list[PostedImpact] = []

    def close(component: str, at: datetime | None) -> None:
        state, since = running.pop(component)
        if state is not State.OPERATIONAL and (at is None or at > since):
            found.append(PostedImpact(component, state, since, at))

    for at, states in sorted(timeline, key=lambda entry: entry[0]):
        for component, state in states.items():
            if component in running and running[component][0] is state:
                continue
            if component in running:
                close(component, at)
            running[component] = state, at
    for component in [*running]:
        close(component, end)
    return tuple(sorted(found, key=lambda one: (one.start_at, one.component_id)))


def timeline(updates: Iterable[Update]) -> list[tuple[datetime, Mapping[str, State]]]:
    """Return when updates were shown, and the states in which they show components."""
    return [
        (one.display_at, {c: change.new for c, change in worst_changes(one.changes or ()).items()})
        for one in updates
    ]


def worst_changes(changes: Iterable[Change]) -> dict[str, Change]:
    """Return what an update says of each component; of one named twice the worse state."""

    def badness(change: Change) -> float:
        return severity_of(change.new)

    return {one.component_id: one for one in sorted(changes, key=badness)}


def throughout(
    states: Mapping[str, State], start: datetime, end: datetime | None
) -> tuple[PostedImpact, ...]:
    """Return each component's one state from start to end; nothing for a span of no length.

    Args:
        states: States by component.
        start: When they began.
        end: When they were over; None while they last.
    """
    if end is not None and end <= start:
        return ()
    return tuple(PostedImpact(one, states[one], start, end) for one in sorted(states))


def worst(states: Iterable[State]) -> State:
    """Return the worst of some states; where there is none, all is well."""
    return max(states, key=lambda state: SEVERITY.get(state, -1), default=State.OPERATIONAL)


def present(incidents: Iterable[Incident], component_id: str) -> State:
    """Return the state that the impacts without an end leave a component in."""
    return worst(
        impact.state
        for incident in incidents
        for impact in incident.impacts or ()
        if impact.end_at is None and impact.component_id == component_id
    )
