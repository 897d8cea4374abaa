"""Atlassian Statuspage's JSON: incident, maintenance and component objects.

The same incident object is served by the v2 lists, by ``/incidents/<id>.json`` and in
JSON Lines exports, so one reader serves them all. Quirks it copes with: ``started_at`` may
hold the posting time; ``display_at`` is null on post-mortems; ``affected_components`` null
means "said nothing"; ``components[].status`` is the state now, not during the incident.
Documented at https://metastatuspage.com/api (each page has the same under /api).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from ingest.models import (
    MAINTENANCE_STAGES,
    MISREADINGS,
    Change,
    Component,
    Impact,
    Incident,
    Kind,
    Notice,
    Stage,
    State,
    Update,
)
from ingest.platforms.timestamps import parse_instant

STATES = {
    "operational": State.OPERATIONAL,
    "under_maintenance": State.MAINTENANCE,
    "degraded_performance": State.DEGRADED,
    "partial_outage": State.PARTIAL,
    "major_outage": State.MAJOR,
}
STAGES = {
    "investigating": Stage.INVESTIGATING,
    "identified": Stage.IDENTIFIED,
    "monitoring": Stage.MONITORING,
    "resolved": Stage.RESOLVED,
    "postmortem": Stage.POSTMORTEM,
    "scheduled": Stage.SCHEDULED,
    "in_progress": Stage.IN_PROGRESS,
    "verifying": Stage.VERIFYING,
    "completed": Stage.COMPLETED,
}
IMPACTS = {
    "none": Impact.NONE,
    "maintenance": Impact.MAINTENANCE,
    "minor": Impact.MINOR,
    "major": Impact.MAJOR,
    "critical": Impact.CRITICAL,
}

FIRST_KEY = re.compile(r'\s*\{\s*(?:"page"\s*:\s*\{[^{}]*\}\s*,\s*)?"(\w+)"\s*:')

Raw = Mapping[str, Any]


def incidents(rows: Iterable[Any]) -> tuple[tuple[Incident, ...], tuple[Notice, ...]]:
    """The readable incidents among ``rows``, and a notice for everything refused or odd."""
    read: list[Incident] = []
    notices: list[Notice] = []
    for row in rows:
        incident, remarks = _read(row)
        notices.extend(remarks)
        if incident is not None:
            read.append(incident)
    return tuple(read), tuple(notices)


#: The last form read of each incident. A list repeats its 50 incidents in every body, and
#: comparing is far cheaper than reading again; the result is the same either way.
_LAST: dict[str, tuple[Raw, tuple[Incident | None, tuple[Notice, ...]]]] = {}
REMEMBERED = 8192


NOT_AN_OBJECT = None, (Notice("rejected", "?", "incident is not an object"),)


def _read(row: Any) -> tuple[Incident | None, tuple[Notice, ...]]:
    if not isinstance(row, dict):
        return NOT_AN_OBJECT
    # Component objects are read elsewhere and change on their own: only their ids count.
    inside = _objects(row.get("components"))
    bare = {**row, "components": [c.get("id") for c in inside if not c.get("group")]}
    label = _label(row)
    known = _LAST.get(label)
    if known is not None and _same(known[0], bare):
        return known[1]
    result = _read_anew(bare, label)
    if len(_LAST) >= REMEMBERED:
        _LAST.clear()
    _LAST[label] = (bare, result)
    return result


def _same(one: Raw, other: Raw) -> bool:
    try:
        return one == other
    except RecursionError:  # deeper than Python compares: reading it anew costs nothing else
        return False


def _read_anew(row: Raw, label: str) -> tuple[Incident | None, tuple[Notice, ...]]:
    notices: list[Notice] = []
    try:
        return _incident(row, notices), tuple(notices)
    except MISREADINGS as error:
        return None, (*notices, Notice("rejected", label, _why(error)))


def _incident(row: Raw, notices: list[Notice]) -> Incident:
    incident_id = _text(row, "id")
    created_at = parse_instant(_text(row, "created_at"))
    updates = _updates(incident_id, row.get("incident_updates") or (), notices)
    stage = _word(STAGES, row["status"], Stage.UNKNOWN, incident_id, notices)
    scheduled_start_at = _instant(row, "scheduled_for")
    planned = scheduled_start_at is not None or any(u.stage in MAINTENANCE_STAGES for u in updates)
    return Incident(
        incident_id=incident_id,
        kind=Kind.MAINTENANCE if planned or stage in MAINTENANCE_STAGES else Kind.INCIDENT,
        title=_text(row, "name"),
        status=str(row["status"]),
        stage=stage,
        impact=_word(IMPACTS, row.get("impact") or "none", Impact.UNKNOWN, incident_id, notices),
        created_at=created_at,
        started_at=_instant(row, "started_at"),
        monitoring_at=_instant(row, "monitoring_at"),
        resolved_at=_instant(row, "resolved_at"),
        scheduled_start_at=scheduled_start_at,
        scheduled_end_at=_instant(row, "scheduled_until"),
        component_ids=_component_ids(row["components"]),
        updates=updates,
        url=_maybe_text(row, "shortlink") or None,
        listed_at=max((u.display_at for u in updates), default=created_at),
    )


def _updates(incident_id: str, rows: Iterable[Raw], notices: list[Notice]) -> tuple[Update, ...]:
    read: list[Update] = []
    for row in rows:
        try:
            read.append(_update(incident_id, row, notices))
        except MISREADINGS as error:
            label = f"{incident_id}/{_label(row) if isinstance(row, dict) else '?'}"
            notices.append(Notice("rejected", label, _why(error)))
    return tuple(sorted(read, key=_posting_order))


def _posting_order(update: Update) -> tuple[datetime, datetime, str]:
    return update.display_at, update.created_at or update.display_at, update.update_id


def _update(incident_id: str, row: Raw, notices: list[Notice]) -> Update:
    update_id = _text(row, "id")
    label = f"{incident_id}/{update_id}"
    created_at = parse_instant(_text(row, "created_at"))
    changes = row.get("affected_components")
    return Update(
        update_id=update_id,
        stage=_word(STAGES, row["status"], Stage.UNKNOWN, label, notices),
        status=str(row["status"]),
        created_at=created_at,
        display_at=_instant(row, "display_at") or created_at,
        edited_at=_instant(row, "updated_at"),
        body=_maybe_text(row, "body"),
        changes=None if changes is None else _changes(changes, label, notices),
    )


def _changes(rows: Iterable[Raw], label: str, notices: list[Notice]) -> tuple[Change, ...]:
    changes = [
        Change(
            component_id=_text(row, "code"),
            old=None
            if row.get("old_status") is None
            else _word(STATES, row["old_status"], State.UNKNOWN, label, notices),
            new=_word(STATES, row["new_status"], State.UNKNOWN, label, notices),
        )
        for row in rows
    ]
    return tuple(sorted(changes, key=lambda change: change.component_id))


def components(rows: Iterable[Any]) -> tuple[tuple[Component, ...], tuple[Notice, ...]]:
    """Components of a roster. Group headers only lend their name to their children."""
    objects = [row for row in rows if isinstance(row, dict)]
    groups = {_said(row, "id"): str(row.get("name")) for row in objects if row.get("group")}
    read: list[Component] = []
    notices: list[Notice] = []
    for row in objects:
        if row.get("group"):
            continue
        try:
            read.append(_component(row, groups.get(row.get("group_id")), notices))
        except MISREADINGS as error:
            notices.append(Notice("rejected", _label(row), _why(error)))
    return tuple(read), tuple(notices)


def components_inside(rows: Iterable[Any]) -> tuple[Component, ...]:
    """The component objects carried inside incidents, each in its most recently changed form.

    Lists may hold cached copies of different age; only the newest is true now.
    """
    distinct = {
        tuple(_said(component, key) for key in ("id", "updated_at", "status")): component
        for row in _objects(rows)
        for component in _objects(row.get("components"))
    }
    newest: dict[str, Component] = {}
    for component in components(distinct.values())[0]:
        known = newest.get(component.component_id)
        if known is None or _changed(known) < _changed(component):
            newest[component.component_id] = component
    return tuple(newest[key] for key in sorted(newest))


def _changed(component: Component) -> datetime:
    return component.state_since or datetime.min.replace(tzinfo=UTC)


def _component(row: Raw, group: str | None, notices: list[Notice]) -> Component:
    component_id = _text(row, "id")
    start = row.get("start_date")
    status = row.get("status")
    return Component(
        component_id=component_id,
        name=_text(row, "name"),
        group=group,
        state=None
        if status is None
        else _word(STATES, status, State.UNKNOWN, component_id, notices),
        state_since=_instant(row, "updated_at"),
        start_date=date.fromisoformat(start) if start else None,
    )


def _word(known: Mapping[str, Any], word: Any, unknown: Any, record: str, to: list[Notice]) -> Any:
    if word in known:
        return known[word]
    to.append(Notice("unknown_word", record, f"{word!r} is not a word we know"))
    return unknown


def _objects(rows: Any) -> list[Raw]:
    """The objects in what should be a list of them."""
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _label(row: Raw) -> str:
    """What to call a record that may not be read."""
    return _said(row, "id") or "?"


def _said(row: Raw, key: str) -> str | None:
    value = row.get(key)
    return value if isinstance(value, str) else None


def _component_ids(ids: Iterable[Any]) -> tuple[str, ...]:
    if not all(isinstance(one, str) for one in ids):
        raise ValueError("a component is named without its id")
    return tuple(sorted(set(ids)))


def _text(row: Raw, key: str) -> str:
    value = row[key]
    if not isinstance(value, str) or not value:
        raise ValueError(f"{key} is missing")
    return value


def _maybe_text(row: Raw, key: str) -> str | None:
    value = row.get(key)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{key} is no text")
    return value


def _instant(row: Raw, key: str) -> datetime | None:
    value = row.get(key)
    return None if value is None else parse_instant(value)


def _why(error: Exception) -> str:
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)


def first_key_after_page(head: str) -> str | None:
    """The first key of a document that is not ``page``, from its first few kilobytes."""
    found = FIRST_KEY.match(head)
    return found[1] if found else None
