"""Atlassian Statuspage's JSON: incident, maintenance and component objects.

The same incident object is served by the v2 lists, by ``/incidents/<id>.json`` and in
JSON Lines exports, so one reader serves them all. Quirks it copes with: ``started_at`` may
hold the posting time; ``display_at`` is null on post-mortems; ``affected_components`` null
means "said nothing", and so does the note that stood in its place until 2017;
``components[].status`` is the state now, not during the incident.
Documented at https://metastatuspage.com/api (each page has the same under /api).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import orjson

from ingest.models import CLOSED_STAGES, Change, Component, Impact, Incident, Kind, State, Update
from ingest.platforms.fields import content, expected, instant, objects, optional, said, text
from ingest.platforms.identity import STATUSPAGE, own_id, own_word
from ingest.platforms.incidents import (
    created_of,
    is_closed,
    kind_of,
    parts_of,
    says_over,
    stage_of,
    title_of,
    update,
    updates_of,
)
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.records import (
    Recalled,
    label,
    read_components,
    read_each,
    read_incidents,
    read_repeated,
)
from ingest.platforms.words import IMPACTS, STAGES, STATES, word


def incidents(rows: Iterable[Any], notices: Notices) -> tuple[Incident, ...]:
    """Read incidents; ``notices`` takes what is refused or odd."""
    return read_repeated(map(_bare, rows), _read, _recall, notices)


def is_over(row: Raw) -> bool:
    """Tell a row that says it is over and bears a time that can be read."""
    return is_closed(row, STAGES)


def _bare(row: Any) -> Any:
    """Return a row with the ids of its components alone; null for what has none.

    The objects are read elsewhere and change on their own.
    """
    inside = row.get("components") if isinstance(row, dict) else None
    if not isinstance(inside, list):
        return row
    ids = [
        one.get("id") if isinstance(one, dict) else None
        for one in inside
        if not (isinstance(one, dict) and one.get("group"))
    ]
    return {**row, "components": ids}


@lru_cache(maxsize=8192)
def _recall(written: bytes) -> Recalled[Incident]:
    notices = Notices()
    return _read([orjson.loads(written)], notices), notices


def _read(rows: Iterable[Any], notices: Notices) -> tuple[Incident, ...]:
    return read_incidents(
        rows, _incident, notices, is_over, says_over=lambda row: says_over(row, STAGES)
    )


def _incident(row: Raw, notices: Notices) -> Incident:
    incident_id = own_id(text(row, "id"), STATUSPAGE)
    parts = Notices()
    updates = updates_of(row, "incident_updates", incident_id, _update, parts)
    component_ids = _component_ids(row, incident_id, parts)
    own_word(row.get("status"), STATUSPAGE)
    stage = stage_of(row, STAGES, updates, incident_id, parts)
    if row.get("incident_updates") is None:  # every incident has one: what it did is not known
        parts.refuse(f"{incident_id}/incident_updates", "incident_updates is missing")
        parts.lost()
    # What a refused part did is not known, but it is over with its incident.
    untold = parts.unread_open and stage in CLOSED_STAGES
    parts.unread_open &= stage not in CLOSED_STAGES
    notices.extend(parts)

    def time(key: str) -> datetime | None:
        return optional(row, key, instant, incident_id, notices)

    started_at, resolved_at = time("started_at"), time("resolved_at")
    otherwise = started_at or resolved_at
    created_at = created_of(row, incident_id, updates, otherwise, notices)
    planned = row.get("scheduled_for") is not None
    return Incident(
        incident_id=incident_id,
        kind=Kind.MAINTENANCE if planned else kind_of(stage, updates),
        title=title_of(row, "name", incident_id, notices),
        status=said(row, "status"),
        stage=stage,
        impact=word(IMPACTS, row.get("impact") or "none", Impact.UNKNOWN, incident_id, notices),
        created_at=created_at,
        started_at=started_at,
        monitoring_at=time("monitoring_at"),
        resolved_at=resolved_at,
        scheduled_start_at=time("scheduled_for"),
        scheduled_end_at=time("scheduled_until"),
        component_ids=component_ids,
        updates=updates,
        url=optional(row, "shortlink", content, incident_id, notices) or None,
        listed_at=max((u.display_at for u in updates), default=created_at),
        untold=untold,
    )


def _update(row: Raw, within: str, notices: Notices) -> Update:
    read = update(row, within, STAGES, notices)
    own_word(read.status, STATUSPAGE)
    return replace(read, changes=_changes(row, within + read.update_id, notices))


def _changes(row: Raw, record: str, notices: Notices) -> tuple[Change, ...] | None:
    """Return the component changes of an update; None where it says nothing of components."""
    rows = parts_of(row, "affected_components", record, notices)
    entries = [one for one in rows if not _is_note(one)]
    if not entries:
        return () if row.get("affected_components") == [] else None

    def change(one: Raw, notices: Notices) -> Change:
        code = own_id(text(one, "code"), STATUSPAGE)
        old = one.get("old_status")
        return Change(
            component_id=code,
            old=None if old is None else _state(old, record, notices),
            new=_state(one.get("new_status"), record, notices),
        )

    changes = read_each(entries, change, notices, f"{record}/", notices.lost)
    return tuple(sorted(changes, key=lambda one: one.component_id)) or None


def _is_note(entry: Any) -> bool:
    """Tell the note "No components were affected by this update" from an entry."""
    keys = ("code", "old_status", "new_status")
    return isinstance(entry, dict) and "name" in entry and not any(entry.get(k) for k in keys)


def _state(status: Any, record: str, notices: Notices) -> State:
    return word(STATES, own_word(status, STATUSPAGE), State.UNKNOWN, record, notices)


def components(rows: Iterable[Any], notices: Notices) -> tuple[Component, ...]:
    """Read the components of a roster; a group only lends them its name."""
    listed = list(rows)
    headers = [row for row in objects(listed) if row.get("group")]
    groups = {label(row): said(row, "name") or None for row in headers}

    def component(row: Raw, notices: Notices) -> Component:
        return _component(row, groups.get(said(row, "group_id")), notices)

    ours = [row for row in listed if not (isinstance(row, dict) and row.get("group"))]
    return read_components(ours, component, notices)


def components_inside(rows: Iterable[Any]) -> tuple[Component, ...]:
    """Read the components inside incidents, each as most recently changed.

    Lists may hold cached copies of different age; only the newest is true now. Without times
    a copy inside an open incident goes before others, and where copies that go equal disagree
    nothing is known of the state.
    """
    copies: dict[str, list[tuple[bool, Component]]] = {}
    for row, is_open in _distinct(rows):
        for component in read_components([row], _copy, Notices()):
            copies.setdefault(component.component_id, []).append((is_open, component))
    return tuple(_newest(copies[key]) for key in sorted(copies))


def _distinct(rows: Iterable[Any]) -> Iterable[tuple[Raw, bool]]:
    """Return component objects that differ, and whether the incident around one is open."""
    found = {
        (said(one, "id"), said(one, "updated_at"), said(one, "status"), is_open): one
        for row in objects(list(rows))
        for is_open in [STAGES.get(said(row, "status")) not in CLOSED_STAGES]
        for one in objects(row.get("components"))
    }
    return [(one, key[3]) for key, one in found.items()]


def _newest(copies: Sequence[tuple[bool, Component]]) -> Component:
    """Return the newest of a component's copies, its state unknown where equals disagree."""
    latest = max((one.state_since for _, one in copies if one.state_since), default=None)
    newest = [(is_open, one) for is_open, one in copies if one.state_since == latest]
    undated = [one for is_open, one in copies if is_open and one.state_since is None]
    equals = [one for is_open, one in newest if is_open] or [one for _, one in newest]
    if undated:
        equals = undated if latest is None else [*equals, *undated]
    if len({one.state for one in equals}) == 1:
        return equals[0]
    return replace(equals[0], state=State.UNKNOWN, state_since=None)


def _copy(row: Raw, notices: Notices) -> Component:
    """Read a component inside an incident, which may say nothing of its state."""
    return _component(row, None, notices, silent="status" not in row)


def _component(row: Raw, group: str | None, notices: Notices, silent: bool = False) -> Component:
    component_id = own_id(text(row, "id"), STATUSPAGE)
    return Component(
        component_id=component_id,
        name=expected(row, "name", text, component_id, notices),
        group=group,
        state=None if silent else _state(row.get("status"), component_id, notices),
        state_since=optional(row, "updated_at", instant, component_id, notices),
        start_date=optional(row, "start_date", _day, component_id, notices),
    )


def _day(row: Raw, key: str) -> date | None:
    return date.fromisoformat(row[key]) if row[key] else None


def _component_ids(row: Raw, incident_id: str, notices: Notices) -> tuple[str, ...]:
    ids = parts_of(row, "components", incident_id, notices)
    known = {own_id(one, STATUSPAGE) for one in ids if isinstance(one, str) and one}
    for _ in range(sum(not isinstance(one, str) or not one for one in ids)):
        notices.refuse(f"{incident_id}/?", "a component is named without its id")
        notices.lost()
    return tuple(sorted(known))
