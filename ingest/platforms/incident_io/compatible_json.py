"""incident.io's Statuspage-compatible JSON: incidents, updates, components.

Like Atlassian's, with less in it: an incident names no component and has no ``started_at``.
``created_at`` is when the record was made, on a page moved here the day of the move;
``display_at`` of the updates is when things happened. ``resolved_at`` is the first resolution,
even where monitoring followed it. Stamps are whole seconds. Values are read by the words and
field readers that the page's own data shares; ``"$undefined"`` anywhere means absent.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ingest.models import Component, Impact, Incident, Stage, State, Update
from ingest.platforms import reading
from ingest.platforms.reading import (
    IMPACTS,
    Notices,
    Raw,
    in_order,
    instant,
    kind_of,
    optional_instant,
    read_each,
    text,
    word,
)

STATES = {
    "operational": State.OPERATIONAL,
    "under_maintenance": State.MAINTENANCE,
    "degraded_performance": State.DEGRADED,
    "partial_outage": State.PARTIAL,
    "full_outage": State.MAJOR,
    "major_outage": State.MAJOR,
}
STAGES = {
    **reading.STAGES,
    "maintenance_scheduled": Stage.SCHEDULED,
    "maintenance_in_progress": Stage.IN_PROGRESS,
    "maintenance_complete": Stage.COMPLETED,
    "maintenance_completed": Stage.COMPLETED,
}
UNDEFINED = "$undefined"


def defined(value: Any) -> Any:
    """Return a JSON value without anything that is ``"$undefined"``."""
    if isinstance(value, dict):
        return {key: defined(one) for key, one in value.items() if one != UNDEFINED}
    if isinstance(value, list):
        return [defined(one) for one in value if one != UNDEFINED]
    return value


def listed_at(updates: Iterable[Update], created_at: datetime) -> datetime:
    """Return the key by which each list is ordered and cut: the newest update.

    In whole seconds, since the compatible API gives no more: the surfaces must agree.
    """
    newest = max((update.display_at for update in updates), default=created_at)
    return newest.replace(microsecond=0)


def incident(row: Raw, notices: Notices) -> Incident:
    """Read an incident of the compatible API."""
    incident_id = text(row, "id")
    created_at = instant(row, "created_at")
    updates = in_order(
        read_each(row.get("incident_updates") or (), _update, notices, f"{incident_id}/")
    )
    stage = word(STAGES, row["status"], Stage.UNKNOWN, incident_id, notices)
    return Incident(
        incident_id=incident_id,
        kind=kind_of(stage, updates),
        title=text(row, "name"),
        status=str(row["status"]),
        stage=stage,
        impact=word(IMPACTS, row.get("impact") or "none", Impact.UNKNOWN, incident_id, notices),
        created_at=created_at,
        resolved_at=optional_instant(row, "resolved_at"),
        updates=updates,
        listed_at=listed_at(updates, created_at),
    )


def _update(row: Raw, notices: Notices) -> Update:
    update_id = text(row, "id")
    created_at = instant(row, "created_at")
    return Update(
        update_id=update_id,
        stage=word(STAGES, row["status"], Stage.UNKNOWN, update_id, notices),
        status=str(row["status"]),
        created_at=created_at,
        display_at=optional_instant(row, "display_at") or created_at,
        edited_at=optional_instant(row, "updated_at"),
        body=row.get("body"),
    )


def component(row: Raw, notices: Notices) -> Component:
    """Read a component of the compatible API.

    Its ``updated_at`` is one value for all of them, so since when it has had its state is
    not known; its ``created_at`` is when the record was made, not when its data begin.
    """
    component_id = text(row, "id")
    return Component(
        component_id=component_id,
        name=text(row, "name"),
        state=word(STATES, row["status"], State.UNKNOWN, component_id, notices),
    )
