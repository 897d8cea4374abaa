"""Spells in which a post says a component was in a state, from a timeline of its states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from ingest.models import PostedImpact, State


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
