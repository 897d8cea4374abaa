"""Events in words: the text of one message each, for whatever shows plain text."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from analytics.snapshot import Snapshot
from analytics.wording.numbers import format_instant, format_surface
from dashboard.shown_text import http_url
from statusledger.alerts.delivered import SIMULATED, DeliveryLog, News
from statusledger.alerts.events import Event, events
from statusledger.alerts.maintenance import CANCELLED, other_reminders, reminders
from statusledger.alerts.state_events import incident_of, state_events
from statusledger.alerts.watchlist import EventKind, Watchlist

#: Letters of a title that are sent.
TITLE = 200
#: A longer address is left out.
ADDRESS = 1000


def alerts(snapshot: Snapshot, now: datetime, wanted: Watchlist, log: DeliveryLog) -> list[News]:
    """Word the events of a snapshot, oldest first.

    What an incident went through before its first message stands in that message.

    Args:
        snapshot: Where to look.
        now: The reader's time.
        wanted: What to look for.
        log: What was delivered before.

    Raises:
        QuestionError: The snapshot has nothing in the region that is watched.
    """
    first = events(snapshot, now, wanted, log.keys)
    told_whole = {incident_of(one) for one in first if one.kind in WHAT and one.key not in log.keys}
    covered: dict[str, list[str]] = {}
    later = []
    for event in state_events(snapshot, wanted):
        if event.kind in COURSE and incident_of(event) in told_whole:
            covered.setdefault(incident_of(event), []).append(event.key)
        else:
            later.append(event)
    ahead = reminders(snapshot, now, wanted, log.keys | log.waiting.keys())
    found = sorted([*first, *later], key=lambda event: (event.at, event.key))
    return [
        News(
            event.key,
            event.kind,
            event.fresh,
            alert_text(event, snapshot.simulated),
            _url(event),
            event.at,
            () if event.key in log.keys else _covers(event, covered, log.keys),
            _data(event, snapshot.simulated),
        )
        for event in [*found, *ahead]
    ]


def _covers(
    event: Event, course: Mapping[str, Sequence[str]], told: Collection[str]
) -> tuple[str, ...]:
    """Return the keys that a message about an event settles beside its own.

    They hold until it is sent: an end is news to whoever heard of the beginning, and a window that
    was moved to whoever heard of another.
    """
    if event.kind is EventKind.MAINTENANCE:
        return other_reminders(event, told) if event.word else ()
    if event.kind not in WHAT:
        return ()
    began = f"incident:{incident_of(event)}:new"
    return (*course.get(incident_of(event), ()), *([began] if began in told else []))


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


#: Begins the message about an incident as a whole.
WHAT = {
    EventKind.NEW: "New incident",
    EventKind.RESOLVED: "Resolved",
    EventKind.UNLISTED: "No longer listed",
}
#: Begins the message about what happened to one.
COURSE = {EventKind.WORSE: "Worse", EventKind.BETTER: "Better"}
LATER = {**COURSE, EventKind.WITHDRAWN: "Withdrawn", EventKind.CORRECTED: "Corrected"}


def _lines(event: Event) -> tuple[str, str]:
    about, began = _cut(event.about), format_instant(event.began_at)
    if event.kind in TROUBLES:
        known = {"at": event.provider, "about": about, "word": event.word, "began": began}
        head, tail = (line.format(**known) for line in TROUBLES[event.kind])
        return head, tail
    where = ", ".join(format_surface(surface) for surface in event.surfaces)
    whose = f"{event.provider}{f' ({where})' if where else ''}"
    if event.kind is EventKind.MAINTENANCE:
        end = f" to {format_instant(event.ended_at)}" if event.ended_at else ", no end announced"
        return (
            f"Maintenance {event.word or 'ahead'} at {whose}: {about}",
            f"{'Was to be from' if event.word == CANCELLED else 'From'} {began}{end}, "
            "as posted by the provider.",
        )
    if event.kind in LATER:
        return (
            f"{LATER[event.kind]} at {whose}: {about}",
            f"{event.word} As posted by the provider.",
        )
    what = WHAT[event.kind]
    span = f"began {began}" + (
        f", ended {format_instant(event.ended_at)}" if event.ended_at else ""
    )
    return (
        f"{what} at {whose}: {about}",
        f"Impact {event.word}, {span}, as posted by the provider.",
    )


def _cut(wording: str) -> str:
    """Put foreign text on one short line that calls nobody: "@name" is "@ name"."""
    line = " ".join(wording.replace("@", "@ ").split())
    return line if len(line) <= TITLE else f"{line[: TITLE - 1]}…"


def _url(event: Event) -> str:
    url = http_url(event.url)
    return url if url is not None and len(url) <= ADDRESS and len(url.split()) == 1 else ""


def _data(event: Event, simulated: bool) -> dict[str, Any]:
    """Say the same as the text, for a machine."""
    return {
        "key": event.key,
        "kind": str(event.kind),
        "provider": event.provider,
        "surfaces": list(event.surfaces),
        "about": _cut(event.about),
        "word": event.word,
        "began_at": event.began_at.isoformat(),
        "ended_at": None if event.ended_at is None else event.ended_at.isoformat(),
        "url": _url(event) or None,
        "basis": "as captured" if event.kind in TROUBLES else "as posted by the provider",
        "simulated": simulated,
    }
