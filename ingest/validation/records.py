"""Validation of one record: it can be true, and a table can hold it.

The limits are far beyond anything a status page ever posted (titles reach 117 characters,
posts 18 updates), so whatever is over them is a fault or an attack, not a post.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from ingest.models import Component, Incident, Kind, PostedDay, PostedRatio, Update
from ingest.safe_text import excerpt

LONGEST_ID = 2_000
LONGEST_NAME = 2_000
LONGEST_BODY = 200_000
MOST_UPDATES = 1_000
#: Years of status pages: a date outside them is a null in disguise, or a slip of the hand.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
#: The longest day a clock ever showed.
DAY_SECONDS = 25 * 3600
#: As many incidents found sound are remembered.
REMEMBERED = 8192


class SoundIncidents:
    """Incidents found sound so far: a list repeats its incidents in every body.

    An incident is known by its identity, since comparing two costs as much as validating one.
    It is kept, so that its identity stays its own.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._known: dict[int, Incident] = {}

    def doubt(self, incident: Incident) -> str | None:
        """Say why an incident is not believed, whenever it was captured; or None."""
        if self._known.get(id(incident)) is incident:
            return None
        doubt = _of_content(incident)
        if doubt is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[id(incident)] = incident
        return doubt


def of_incident(incident: Incident, latest_start: datetime, sound: SoundIncidents) -> str | None:
    """Say why an incident is not believed, or None; it starts by ``latest_start``.

    Maintenances are announced ahead of time.
    """
    doubt = sound.doubt(incident)
    if doubt is not None:
        return doubt
    start = _start(incident) if incident.kind is Kind.INCIDENT else None
    if start is None or start <= latest_start:
        return None
    return f"starts at {start}, after it was captured"


def _of_content(incident: Incident) -> str | None:
    if len(incident.updates) > MOST_UPDATES:
        return f"{len(incident.updates)} updates"
    impacts = incident.impacts or ()
    ids = (incident.incident_id, *incident.component_ids, *(i.component_id for i in impacts))
    times = (
        *(incident.listed_at, incident.created_at, incident.started_at, incident.monitoring_at),
        *(incident.resolved_at, incident.scheduled_start_at, incident.scheduled_end_at),
        *(time for i in impacts for time in (i.start_at, i.end_at)),
    )
    texts = (incident.title, incident.status, incident.url, incident.also_known_by)
    names = (_text(text, LONGEST_NAME) for text in texts)
    return _first(map(_id, ids), names, map(_time, times), map(_update, incident.updates))


def _start(incident: Incident) -> datetime | None:
    if incident.started_at is not None or incident.created_at is not None:
        return incident.started_at or incident.created_at
    return min((u.display_at for u in incident.updates), default=incident.listed_at)


def _update(update: Update) -> str | None:
    ids = (update.update_id, *(change.component_id for change in update.changes or ()))
    times = (update.created_at, update.display_at, update.edited_at)
    texts = _text(update.status, LONGEST_NAME), _text(update.body, LONGEST_BODY)
    return _first(map(_id, ids), texts, map(_time, times))


def of_component(component: Component) -> str | None:
    """Say why a component is not believed, or None."""
    texts = (component.name, component.group, component.region)
    return _first(
        [_id(component.component_id)],
        (_text(text, LONGEST_NAME) for text in texts),
        [_time(component.state_since), _day(component.start_date)],
    )


def of_day(day: PostedDay) -> str | None:
    """Say why a day's posted seconds are not believed, or None."""
    seconds = (day.partial_seconds, day.major_seconds)
    odd = (f"{n} seconds of a day" for n in seconds if not 0 <= n <= DAY_SECONDS)
    return _first([_id(day.component_id), _day(day.day)], odd)


def of_ratio(ratio: PostedRatio) -> str | None:
    """Say why a posted availability is not believed, or None."""
    days = (ratio.window_start, ratio.window_end)
    odd = None if 0 <= ratio.ratio <= 1 else f"an availability of {ratio.ratio}"
    return _first([_id(ratio.component_id)], map(_day, days), [odd])


def _first(*doubts: Iterable[str | None]) -> str | None:
    return next((doubt for some in doubts for doubt in some if doubt is not None), None)


def _id(value: Any) -> str | None:
    """Say why a value is no id: they are kept in lists parted by blanks."""
    if not isinstance(value, str) or not value:
        return "an id is missing"
    if len(value) > LONGEST_ID:
        return f"an id of {len(value)} characters"
    return None if value.isprintable() and " " not in value else f"{excerpt(value)!r} is no id"


def _text(value: Any, longest: int) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        return f"a {type(value).__name__} where a text should be"
    if len(value) > longest:
        return f"a text of {len(value)} characters: {excerpt(value, 40)}"
    return None if value.isascii() or _is_unicode(value) else "a text with half a character in it"


def _is_unicode(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _time(value: datetime | None) -> str | None:
    return (
        None if value is None or EARLIEST <= value < LATEST else f"a time in the year {value.year}"
    )


def _day(value: date | None) -> str | None:
    if value is None or EARLIEST.date() <= value < LATEST.date():
        return None
    return f"a day in the year {value.year}"
