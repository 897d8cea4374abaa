"""Words that several files of the site share."""

from __future__ import annotations

from datetime import datetime

from analytics.read_models.incident_events import EventKind, IncidentEvent
from analytics.wording.grammar import capitalise
from analytics.wording.incident import EDITED, WHOLE
from ingest.models import State

STATES = {
    State.OPERATIONAL: "operational",
    State.MAINTENANCE: "under maintenance",
    State.DEGRADED: "degraded",
    State.PARTIAL: "partial outage",
    State.MAJOR: "major outage",
}
KINDS = {
    EventKind.OPENED: "Opened",
    EventKind.WORSENED: "Worse",
    EventKind.EASED: "Better",
    EventKind.RESOLVED: "Resolved",
    EventKind.WITHDRAWN: "Withdrawn",
    EventKind.CORRECTED: "Corrected",
}


def stamp(at: datetime) -> str:
    """Write an instant as every reader of feeds takes it.

    >>> from datetime import UTC
    >>> stamp(datetime(2026, 3, 2, 11, 49, 20, 921000, tzinfo=UTC))
    '2026-03-02T11:49:20Z'
    """
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def clock(at: datetime) -> str:
    """Write an instant for people.

    >>> from datetime import UTC
    >>> clock(datetime(2026, 11, 29, 14, 5, tzinfo=UTC))
    '14:05 UTC, 29 Nov 2026'
    """
    return f"{at:%H:%M} UTC, {at.day} {at:%b %Y}"


def event_title(event: IncidentEvent, provider: str) -> str:
    """Say in a line what happened, to whom, and how bad it is."""
    kind = "Opened again" if event.kind is EventKind.OPENED and event.nr > 1 else KINDS[event.kind]
    told = event.kind in (EventKind.OPENED, EventKind.WORSENED, EventKind.EASED)
    bad = event.state not in (None, State.OPERATIONAL)
    state = f" ({STATES[event.state]})" if told and event.state and bad else ""
    return f"{provider}: {kind.lower()}{state}: {event.title}"


def event_sentences(event: IncidentEvent) -> list[str]:
    """Say what is known of an event."""
    said = [f"{KINDS[event.kind]} at {clock(event.at)}."]
    if event.kind is EventKind.WITHDRAWN:
        said.append("The page no longer lists it.")
    if event.kind is EventKind.CORRECTED:
        words = [EDITED.get(name) or WHOLE.get(name) or name for name in event.fields]
        said.append(f"Written otherwise than before: {', '.join(words)}.")
    if event.state is not None:
        before = ""
        if event.before is not None and event.before is not event.state:
            before = f"; before: {STATES[event.before]}"
        over = event.kind is EventKind.RESOLVED and event.state is not State.OPERATIONAL
        left = f"the page left its components as: {STATES[event.state]}"
        said.append(f"{capitalise(left if over else STATES[event.state])}{before}.")
    return said
