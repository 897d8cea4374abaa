"""Events in words: the text of one message each, for whatever shows plain text."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from analytics import NoSnapshotError, open_snapshot
from analytics.wording.numbers import format_instant, format_surface
from dashboard.shown_text import http_url
from statusledger.alerts.events import Event, EventKind, events

#: Letters of a title that are sent.
TITLE = 200
#: A longer address is left out.
ADDRESS = 1000
SIMULATED = "Simulated data: "


@dataclass(frozen=True, slots=True)
class AlertText:
    """An event's key, kind and text. ``fresh``: news even if nothing was sent before."""

    key: str
    kind: str
    fresh: bool
    text: str


def find_alerts(
    data: Path,
    now: datetime,
    providers: Sequence[str],
    surfaces: Sequence[str],
    delivered: Collection[str],
) -> list[AlertText] | None:
    """Word the events of the current snapshot, oldest first; None without a snapshot.

    Args:
        data: The data folder.
        now: The reader's time.
        providers: Only these slugs; empty: all.
        surfaces: Only these; empty: all.
        delivered: Keys delivered before.
    """
    try:
        snapshot = open_snapshot(data)
    except NoSnapshotError:
        return None
    with snapshot:
        found = events(snapshot, now, providers, surfaces, delivered)
        return [
            AlertText(event.key, event.kind, event.fresh, alert_text(event, snapshot.simulated))
            for event in found
        ]


#: What is said of sources and pages, in two lines.
TROUBLES = {
    EventKind.STALE: (
        "Stale source at {at}: no good answer since {began}",
        "{about}: {word} at the last try. What is posted there is not seen.",
    ),
    EventKind.CHANGED: (
        "Changed page at {at}: it no longer answers in the form of {about}",
        "Last read well at {began}, now {word}. It may have moved to another engine.",
    ),
    EventKind.GONE: (
        "Page gone at {at}: since {began} it is not there",
        "{about}. What happens there is not seen. It may have moved to another address.",
    ),
    EventKind.QUIET: (
        "Quiet page at {at}: it may be a dead copy",
        "As of {began}: {about}. What happens there may not be seen.",
    ),
    EventKind.UNDERIVED: (
        "Page not worked out at {at}: its numbers stay as they were",
        "As of {began}: {about}.",
    ),
}


def alert_text(event: Event, simulated: bool) -> str:
    """Word an event in three lines: what it is, what is known of it, where to read on.

    The provider's wording is on one line, cut, and otherwise as it was posted.
    """
    head, tail = _lines(event)
    return "\n".join([f"{SIMULATED if simulated else ''}{head}", tail, _url(event)]).rstrip()


#: Begins the message about an incident.
WHAT = {
    EventKind.NEW: "New incident",
    EventKind.RESOLVED: "Resolved",
    EventKind.UNLISTED: "No longer listed",
}


def _lines(event: Event) -> tuple[str, str]:
    about, began = _cut(event.about), format_instant(event.began_at)
    if event.kind in TROUBLES:
        known = {"at": event.provider, "about": about, "word": event.word, "began": began}
        head, tail = (line.format(**known) for line in TROUBLES[event.kind])
        return head, tail
    where = ", ".join(format_surface(surface) for surface in event.surfaces)
    what = WHAT[event.kind]
    span = f"began {began}" + (
        f", ended {format_instant(event.ended_at)}" if event.ended_at else ""
    )
    return (
        f"{what} at {event.provider}{f' ({where})' if where else ''}: {about}",
        f"Impact {event.word}, {span}, as posted by the provider.",
    )


def _cut(wording: str) -> str:
    """Put foreign text on one short line that calls nobody: "@name" is "@ name"."""
    line = " ".join(wording.replace("@", "@ ").split())
    return line if len(line) <= TITLE else f"{line[: TITLE - 1]}…"


def _url(event: Event) -> str:
    url = http_url(event.url)
    return url if url is not None and len(url) <= ADDRESS and len(url.split()) == 1 else ""
