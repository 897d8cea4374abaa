"""Datadog status pages: ``/config.json`` holds all there is.

``startedAt`` of a timeline entry is when something happened, ``createdAt`` when it was filed:
the same for all entries of a post written afterwards. The components beside a post show
their present state; what they were stands in the timeline, where an entry holds until the
next one that names the component. Names of the dates of maintenances are unverified, so
the known ones are all looked for. A post with ``deletedAt`` is kept, as one that was removed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from ingest.models import (
    CLOSED_STAGES,
    Component,
    Impact,
    Incident,
    Kind,
    Parsed,
    Stage,
    State,
    Update,
)
from ingest.platforms import words
from ingest.platforms.contract import WINDOW, Platform, polled
from ingest.platforms.fields import (
    instant,
    objects,
    optional,
    optional_instant,
    optional_text,
    rows_of,
    text,
)
from ingest.platforms.forms import Form, Origin
from ingest.platforms.identity import same_page
from ingest.platforms.impacts import spells, timeline
from ingest.platforms.incidents import is_time, oldest, read_changes, read_updates
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.records import read_components, read_each, read_incidents
from ingest.platforms.words import word
from ingest.sources import Shape

CONFIG = "/config.json"
CARRIED = WINDOW | {"title", "status", "created_at", "component_ids", "impacts", "updates"}
STATES = {
    "operational": State.OPERATIONAL,
    "degraded": State.DEGRADED,
    "partial_outage": State.PARTIAL,
    "major_outage": State.MAJOR,
    "maintenance": State.MAINTENANCE,
}
STAGES = {**words.STAGES, "canceled": Stage.COMPLETED, "cancelled": Stage.COMPLETED}
STARTS = ("startDate", "startedAt", "scheduledStart", "publishedDate")
ENDS = ("completedDate", "endDate", "scheduledEnd", "resolvedDate")
SOURCES = polled((CONFIG, "config", 5))


def _config(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    same_page([data], "id", origin.page)
    components = tuple(
        one
        for group, rows in _grouped(rows_of(data, "components"))
        for one in read_components(rows, partial(_component, group), notices)
    )
    incidents = read_incidents(
        data["incidents"] or (), lambda row, to: _post(row, Kind.INCIDENT, to), notices, _is_over
    )
    planned = read_each(
        data.get("maintenances") or (), lambda row, to: _post(row, Kind.MAINTENANCE, to), notices
    )
    return Parsed(
        "config",
        page_id=text(data, "id"),
        horizon=oldest((*incidents, *planned)),
        roster=True,
        components=components,
        incidents=(*incidents, *planned),
    )


def _grouped(rows: Sequence[Any]) -> Iterator[tuple[str | None, list[Any]]]:
    """Yield the components that stand alone, and those of each group with its name."""
    nested = [row for row in rows if isinstance(row, dict) and "components" in row]
    yield None, [row for row in rows if row not in nested]
    for row in nested:
        yield optional_text(row, "name"), rows_of(row, "components")


def _component(group: str | None, row: Raw, notices: Notices) -> Component:
    component_id = text(row, "id")
    state = word(STATES, row.get("status"), State.UNKNOWN, component_id, notices)
    return Component(component_id, text(row, "name"), group=group, state=state)


def _post(row: Raw, kind: Kind, notices: Notices) -> Incident:
    post_id = text(row, "id")
    told = read_updates(row.get("timeline"), post_id, _update, notices)
    updates = _with_announcement(told, kind, row)
    start = _first(row, STARTS) or (updates[0].display_at if updates else None)
    if start is None:
        raise ValueError("none of the known dates says when it starts")
    status = text(row, "currentStatus")
    end = _first(row, ENDS)
    over = end if row.get("resolved") or STAGES.get(status) is Stage.COMPLETED else None
    planned = kind is Kind.MAINTENANCE
    shown = timeline(updates)
    named = {str(one["id"]) for one in objects(row.get("componentsAffected"))}
    return Incident(
        incident_id=post_id,
        kind=kind,
        title=text(row, "title").strip(),
        status=status,
        stage=word(STAGES, status, Stage.UNKNOWN, post_id, notices),
        impact=Impact.MAINTENANCE if planned else Impact.UNKNOWN,
        created_at=optional_instant(row, "publishedDate"),
        started_at=start,
        resolved_at=over,
        scheduled_start_at=start if planned else None,
        scheduled_end_at=end if planned else None,
        component_ids=tuple(sorted(named.union(*(states for _, states in shown)))),
        updates=updates,
        listed_at=optional_instant(row, "publishedDate") or start,
        impacts=spells(shown, over),
        deleted_at=optional(row, "deletedAt", instant, post_id, notices),
    )


def _is_over(row: Raw) -> bool:
    """Tell a row that says it is over and bears a time that can be read."""
    closed = STAGES.get(str(row.get("currentStatus"))) in CLOSED_STAGES
    return closed and any(is_time(row.get(key)) for key in (*STARTS, *ENDS))


def _with_announcement(updates: Sequence[Update], kind: Kind, row: Raw) -> tuple[Update, ...]:
    """Add to planned work that it was announced before its first entry."""
    at = optional_instant(row, "publishedDate")
    if kind is Kind.INCIDENT or at is None or (updates and updates[0].display_at <= at):
        return tuple(updates)
    return (Update("published", Stage.SCHEDULED, "scheduled", at, at), *updates)


def _first(row: Raw, keys: Sequence[str]) -> datetime | None:
    """Return the first of some dates that a record has."""
    return next((found for key in keys if (found := optional_instant(row, key))), None)


def _update(row: Raw, within: str, notices: Notices) -> Update:
    update_id = text(row, "id")
    status = text(row, "status")
    record = within + update_id
    return Update(
        update_id=update_id,
        stage=word(STAGES, status, Stage.UNKNOWN, record, notices),
        status=status,
        created_at=instant(row, "createdAt"),
        display_at=instant(row, "startedAt"),
        edited_at=optional_instant(row, "lastModifiedAt"),
        body=optional_text(row, "description") or optional_text(row, "message"),
        changes=read_changes(
            row.get("componentsAffected"), ("id", "status"), STATES, record, notices
        ),
    )


FORMS = (Form("config", CONFIG, _config, frozenset({"pageType", "components", "incidents"})),)
SHAPES = (Shape("config", CARRIED),)
PLATFORM = Platform("datadog_status", 1, SHAPES, FORMS, SOURCES, explicit_window=True)
