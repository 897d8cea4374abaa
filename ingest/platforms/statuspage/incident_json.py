"""Atlassian Statuspage's JSON: incident, maintenance and component objects.

The same incident object is served by the v2 lists, by ``/incidents/<id>.json`` and in
JSON Lines exports, so one reader serves them all. Quirks it copes with: ``started_at`` may
hold the posting time; ``display_at`` is null on post-mortems; ``affected_components`` null
means "said nothing"; ``components[].status`` is the state now, not during the incident.
Documented at https://metastatuspage.com/api (each page has the same under /api).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import orjson

from ingest.models import Change, Component, Impact, Incident, Kind, Stage, State, Update
from ingest.platforms.reading import (
    IMPACTS,
    STAGES,
    Notices,
    Raw,
    in_order,
    instant,
    kind_of,
    label,
    objects,
    optional_instant,
    optional_text,
    read_components,
    read_each,
    text,
    word,
)

STATES = {
    "operational": State.OPERATIONAL,
    "under_maintenance": State.MAINTENANCE,
    "degraded_performance": State.DEGRADED,
    "partial_outage": State.PARTIAL,
    "major_outage": State.MAJOR,
}
#: A row longer than this is read anew each time: remembering it would fill the memory.
LONGEST_REMEMBERED = 2**16


def incidents(rows: Iterable[Any], notices: Notices) -> tuple[Incident, ...]:
    """Read incidents; ``notices`` takes what is refused or odd."""
    found: list[Incident] = []
    for row in rows:
        read, remarks = _one(row)
        notices.extend(remarks)
        found.extend(read)
    return tuple(found)


Read = tuple[tuple[Incident, ...], Notices]


def _one(row: Any) -> Read:
    """Read a row, or recall what a row of the same bytes was read as.

    A list repeats its 50 incidents in every body, and comparing bytes is far cheaper than
    reading again. Component objects are read elsewhere and change on their own: of them only
    the ids count here.
    """
    if not isinstance(row, dict):
        return _read_anew(row)
    inside = objects(row.get("components"))
    bare = {**row, "components": [c.get("id") for c in inside if not c.get("group")]}
    try:
        written = orjson.dumps(bare)
    except TypeError:  # deeper than orjson writes
        return _read_anew(bare)
    return _recall(written) if len(written) <= LONGEST_REMEMBERED else _read_anew(bare)


@lru_cache(maxsize=8192)
def _recall(written: bytes) -> Read:
    return _read_anew(orjson.loads(written))


def _read_anew(row: Any) -> Read:
    notices = Notices()
    return read_each([row], _incident, notices), notices


def _incident(row: Raw, notices: Notices) -> Incident:
    incident_id = text(row, "id")
    created_at = instant(row, "created_at")
    within = f"{incident_id}/"

    def update(one: Raw, notices: Notices) -> Update:
        return _update(one, within, notices)

    updates = in_order(read_each(row.get("incident_updates") or (), update, notices, within))
    stage = word(STAGES, row["status"], Stage.UNKNOWN, incident_id, notices)
    scheduled_start_at = optional_instant(row, "scheduled_for")
    planned = scheduled_start_at is not None
    return Incident(
        incident_id=incident_id,
        kind=Kind.MAINTENANCE if planned else kind_of(stage, updates),
        title=text(row, "name"),
        status=str(row["status"]),
        stage=stage,
        impact=word(IMPACTS, row.get("impact") or "none", Impact.UNKNOWN, incident_id, notices),
        created_at=created_at,
        started_at=optional_instant(row, "started_at"),
        monitoring_at=optional_instant(row, "monitoring_at"),
        resolved_at=optional_instant(row, "resolved_at"),
        scheduled_start_at=scheduled_start_at,
        scheduled_end_at=optional_instant(row, "scheduled_until"),
        component_ids=_component_ids(row["components"]),
        updates=updates,
        url=optional_text(row, "shortlink") or None,
        listed_at=max((u.display_at for u in updates), default=created_at),
    )


def _update(row: Raw, within: str, notices: Notices) -> Update:
    update_id = text(row, "id")
    record = within + update_id
    created_at = instant(row, "created_at")
    changes = row.get("affected_components")
    return Update(
        update_id=update_id,
        stage=word(STAGES, row["status"], Stage.UNKNOWN, record, notices),
        status=str(row["status"]),
        created_at=created_at,
        display_at=optional_instant(row, "display_at") or created_at,
        edited_at=optional_instant(row, "updated_at"),
        body=optional_text(row, "body"),
        changes=None if changes is None else _changes(changes, record, notices),
    )


def _changes(rows: Iterable[Raw], record: str, notices: Notices) -> tuple[Change, ...]:
    changes = [
        Change(
            component_id=text(row, "code"),
            old=None
            if row.get("old_status") is None
            else word(STATES, row["old_status"], State.UNKNOWN, record, notices),
            new=word(STATES, row["new_status"], State.UNKNOWN, record, notices),
        )
        for row in rows
    ]
    return tuple(sorted(changes, key=lambda change: change.component_id))


def components(rows: Iterable[Any], notices: Notices) -> tuple[Component, ...]:
    """Read the components of a roster; a group only lends them its name."""
    listed = objects(list(rows))
    groups = {label(row): str(row.get("name")) for row in listed if row.get("group")}

    def component(row: Raw, notices: Notices) -> Component:
        return _component(row, groups.get(str(row.get("group_id"))), notices)

    return read_components([row for row in listed if not row.get("group")], component, notices)


def components_inside(rows: Iterable[Any]) -> tuple[Component, ...]:
    """Read the components inside incidents, each as most recently changed.

    Lists may hold cached copies of different age; only the newest is true now.
    """
    distinct = {
        tuple(_said(component, key) for key in ("id", "updated_at", "status")): component
        for row in objects(list(rows))
        for component in objects(row.get("components"))
    }
    newest: dict[str, Component] = {}
    for component in components(distinct.values(), Notices()):
        known = newest.get(component.component_id)
        if known is None or _changed(known) < _changed(component):
            newest[component.component_id] = component
    return tuple(newest[key] for key in sorted(newest))


def _changed(component: Component) -> datetime:
    return component.state_since or datetime.min.replace(tzinfo=UTC)


def _component(row: Raw, group: str | None, notices: Notices) -> Component:
    component_id = text(row, "id")
    start = row.get("start_date")
    status = row.get("status")
    return Component(
        component_id=component_id,
        name=text(row, "name"),
        group=group,
        state=None
        if status is None
        else word(STATES, status, State.UNKNOWN, component_id, notices),
        state_since=optional_instant(row, "updated_at"),
        start_date=date.fromisoformat(start) if start else None,
    )


def _said(row: Raw, key: str) -> str | None:
    value = row.get(key)
    return value if isinstance(value, str) else None


def _component_ids(ids: Iterable[Any]) -> tuple[str, ...]:
    if not all(isinstance(one, str) for one in ids):
        raise ValueError("a component is named without its id")
    return tuple(sorted(set(ids)))
