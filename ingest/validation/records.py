"""Validation of one record: it can be true, and a table can hold it.

The limits are far beyond anything a status page ever posted (titles reach 117 characters,
posts 18 updates), so whatever is over them is a fault or an attack, not a post.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from ingest.models import (
    CLOSED_STAGES,
    Change,
    Component,
    Incident,
    Kind,
    PostedDay,
    PostedImpact,
    PostedRatio,
    Update,
)
from ingest.platforms.incidents import MOST_UPDATES
from ingest.platforms.notices import Notices
from ingest.safe_text import excerpt

T = TypeVar("T")

LONGEST_ID = 2_000
LONGEST_NAME = 2_000
LONGEST_BODY = 200_000
#: Years of status pages: a date outside them is a null in disguise, or a slip of the hand.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
#: The longest day a clock ever showed.
DAY_SECONDS = 25 * 3600
#: As many incidents found sound are remembered.
REMEMBERED = 8192


@dataclass(frozen=True, slots=True)
class Believed:
    """Incident as far as it is believed: without its odd parts, or None.

    ``notices``: what of it is refused, and whether that may be going on; None: nothing.
    """

    incident: Incident | None
    notices: Notices | None = None


class SoundIncidents:
    """Incidents found sound so far: a list repeats its incidents in every body.

    An incident is known by its identity, since comparing two costs as much as validating one.
    It is kept, so that its identity stays its own.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._known: dict[int, Incident] = {}

    def believe(self, incident: Incident) -> Believed:
        """Return an incident as far as it is believed, whenever it was captured."""
        if self._known.get(id(incident)) is incident:
            return Believed(incident)
        if _of_whole(incident) is None and _of_parts(incident) is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[id(incident)] = incident
            return Believed(incident)
        return _sift(incident)


def believe_incident(incident: Incident, latest_start: datetime, sound: SoundIncidents) -> Believed:
    """Return an incident as far as it is believed; it starts by ``latest_start``.

    Maintenances are announced ahead of time.
    """
    believed = sound.believe(incident)
    if believed.incident is None or incident.kind is not Kind.INCIDENT:
        return believed
    start = _start(believed.incident)
    if start is not None and start > latest_start:
        return _refused(incident, f"starts at {start}, after it was captured", is_open=True)
    if believed.incident.stage in CLOSED_STAGES:
        return believed
    return _by_then(believed.incident, believed.notices, latest_start)


def _by_then(incident: Incident, notices: Notices | None, latest: datetime) -> Believed:
    """Return an open incident without the updates that are dated after its capture."""
    ahead = [one for one in incident.updates if (one.created_at or one.display_at) > latest]
    if not ahead:
        return Believed(incident, notices)
    told = notices or Notices()
    told.unread_open = True
    for one in ahead:
        written = one.created_at or one.display_at
        record = f"{incident.incident_id}/{one.update_id}"
        told.refuse(record, f"is written at {written}, after it was captured")
    kept = tuple(one for one in incident.updates if one not in ahead)
    return Believed(replace(incident, updates=kept), told)


def _of_whole(incident: Incident) -> str | None:
    """Say why nothing of an incident is believed, or None."""
    if len(incident.updates) > MOST_UPDATES:
        return f"{len(incident.updates)} updates"
    texts = (incident.title, incident.status, incident.url, incident.also_known_by)
    return _first(
        [_id(incident.incident_id)],
        (_text(text, LONGEST_NAME) for text in texts),
        map(_time, (incident.listed_at, incident.created_at)),
    )


def _of_parts(incident: Incident) -> str | None:
    """Say why a part of an incident is not believed, or None."""
    return _first(
        map(_id, incident.component_ids),
        map(_time, (incident.started_at, incident.monitoring_at, incident.resolved_at)),
        map(_time, (incident.scheduled_start_at, incident.scheduled_end_at, incident.deleted_at)),
        map(_impact, incident.impacts or ()),
        map(_update, incident.updates),
    )


def _sift(incident: Incident) -> Believed:
    """Return an incident without its odd parts; None where its own fields are odd."""
    doubt = _of_whole(incident)
    if doubt is not None:
        return _refused(incident, doubt, is_open=not _is_over(incident))
    parts = _Parts(incident)
    component_ids = parts.kept(incident.component_ids, _id, str)
    impacts = parts.kept(incident.impacts or (), _impact, lambda one: one.component_id)
    sifted = tuple(parts.update(one) for one in incident.updates)
    updates = parts.kept(sifted, _update, lambda one: one.update_id)
    # What such a part did is not known; a text and a time of an edit did nothing.
    parts.notices.unread_open = parts.lost and not _is_over(incident)
    believed = replace(
        incident,
        component_ids=component_ids,
        impacts=None if incident.impacts is None else impacts,
        updates=updates,
        started_at=parts.time("started_at", incident.started_at),
        monitoring_at=parts.time("monitoring_at", incident.monitoring_at),
        resolved_at=parts.time("resolved_at", incident.resolved_at),
        scheduled_start_at=parts.time("scheduled_start_at", incident.scheduled_start_at),
        scheduled_end_at=parts.time("scheduled_end_at", incident.scheduled_end_at),
        deleted_at=parts.time("deleted_at", incident.deleted_at),
        untold=incident.untold or (parts.lost and _is_over(incident)),
    )
    return Believed(believed, parts.notices)


class _Parts:
    """Parts of one incident, sifted; notices of those refused.

    ``lost``: among them is one that may have changed a state.
    """

    def __init__(self, incident: Incident) -> None:
        """Begin with no notice."""
        self.record = incident.incident_id
        self.notices = Notices()
        self.lost = False

    def kept(
        self,
        parts: tuple[T, ...],
        doubt_of: Callable[[T], str | None],
        name_of: Callable[[T], str],
    ) -> tuple[T, ...]:
        """Return the parts that are believed."""
        kept = []
        for part in parts:
            doubt = doubt_of(part)
            if doubt is None:
                kept.append(part)
            else:
                self.notices.refuse(f"{self.record}/{name_of(part)}", doubt)
                self.lost = True
        return tuple(kept)

    def update(self, update: Update) -> Update:
        """Return an update without the changes and the texts of it that are not believed."""
        record = f"{self.record}/{update.update_id}"
        if update.changes is not None:
            changes = self.kept(update.changes, lambda c: _id(c.component_id), _component_id)
            update = replace(update, changes=changes)
        if (doubt := _text(update.body, LONGEST_BODY)) is not None:
            self.notices.refuse(f"{record}/body", doubt)
            update = replace(update, body=None)
        if (doubt := _time(update.edited_at)) is not None:
            self.notices.refuse(f"{record}/edited_at", doubt)
            update = replace(update, edited_at=None)
        return update

    def time(self, name: str, value: datetime | None) -> datetime | None:
        """Return a time that is believed, else None."""
        doubt = _time(value)
        if doubt is None:
            return value
        self.notices.refuse(f"{self.record}/{name}", doubt)
        return None


def _component_id(change: Change) -> str:
    return change.component_id


def _refused(incident: Incident, why: str, *, is_open: bool) -> Believed:
    notices = Notices(unread_open=is_open)
    notices.refuse(str(incident.incident_id), why)
    return Believed(None, notices)


def _is_over(incident: Incident) -> bool:
    """Tell an incident that is over and bears a time that can be."""
    times = (incident.created_at, incident.started_at, incident.resolved_at, incident.listed_at)
    return incident.stage in CLOSED_STAGES and any(
        time is not None and _time(time) is None for time in times
    )


def is_id(value: Any) -> bool:
    """Tell a value that can be an id."""
    return _id(value) is None


def _start(incident: Incident) -> datetime | None:
    if incident.started_at is not None or incident.created_at is not None:
        return incident.started_at or incident.created_at
    return min((u.display_at for u in incident.updates), default=incident.listed_at)


def _impact(impact: PostedImpact) -> str | None:
    return _first([_id(impact.component_id)], map(_time, (impact.start_at, impact.end_at)))


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
    for some in doubts:
        for doubt in some:
            if doubt is not None:
                return doubt
    return None


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
