"""incident.io's Statuspage-compatible JSON: incidents with their updates, and components.

Like Atlassian's, with less in it: an incident names no component and has no ``started_at``.
``created_at`` is when the record was made, on a page moved here the day of the move;
``display_at`` of the updates is when things happened. ``resolved_at`` is the first resolution,
even where monitoring followed it. Stamps are whole seconds. Values are read by the words and
field readers that the page's own data shares; ``"$undefined"`` anywhere means absent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from ingest.models import (
    MAINTENANCE_STAGES,
    MISREADINGS,
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
    "full_outage": State.MAJOR,
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
    "maintenance_scheduled": Stage.SCHEDULED,
    "maintenance_in_progress": Stage.IN_PROGRESS,
    "maintenance_complete": Stage.COMPLETED,
    "maintenance_completed": Stage.COMPLETED,
}
IMPACTS = {
    "none": Impact.NONE,
    "maintenance": Impact.MAINTENANCE,
    "minor": Impact.MINOR,
    "major": Impact.MAJOR,
    "critical": Impact.CRITICAL,
}
UNDEFINED = "$undefined"

Raw = Mapping[str, Any]
T = TypeVar("T")


def defined(value: Any) -> Any:
    """A JSON value without anything that is ``"$undefined"``."""
    if isinstance(value, dict):
        return {key: defined(one) for key, one in value.items() if one != UNDEFINED}
    if isinstance(value, list):
        return [defined(one) for one in value if one != UNDEFINED]
    return value


def read_each(
    rows: Iterable[Any],
    read: Callable[[Raw, list[Notice]], T],
    notices: list[Notice],
    within: str = "",
) -> tuple[T, ...]:
    """What ``read`` makes of each row; one it refuses becomes a notice that names it."""
    found: list[T] = []
    for row in rows:
        label = within + str(row.get("id", "?") if isinstance(row, dict) else "?")
        try:
            if not isinstance(row, dict):
                raise TypeError("is not an object")
            found.append(read(row, notices))
        except MISREADINGS as error:
            missing = isinstance(error, KeyError)
            reason = f"{error.args[0]} is missing" if missing else str(error)
            notices.append(Notice("rejected", label, reason))
    return tuple(found)


def word(known: Mapping[str, T], said: Any, unknown: T, record: str, to: list[Notice]) -> T:
    """What a word means; ``unknown``, with a notice, when it is not among ``known``."""
    if said in known:
        return known[said]
    to.append(Notice("unknown_word", record, f"{said!r} is not a word we know"))
    return unknown


def text(row: Raw, key: str) -> str:
    """A mandatory text. Raises ``KeyError`` or ``ValueError``."""
    value = row[key]
    if not isinstance(value, str) or not value:
        raise ValueError(f"{key} is missing")
    return value


def rows_of(row: Raw, key: str) -> list[Any]:
    """A mandatory list. Raises ``KeyError`` or ``ValueError``."""
    rows = row[key]
    if not isinstance(rows, list):
        raise ValueError(f"{key} is not a list")
    return rows


def instant(row: Raw, key: str) -> datetime | None:
    """An optional instant. Raises ``ValueError``."""
    value = row.get(key)
    return None if value is None else parse_instant(value)


def listed_at(updates: Iterable[Update], created_at: datetime) -> datetime:
    """The key by which every list of the platform is ordered and cut: the newest update shown.

    In whole seconds, since the compatible API gives no more: the surfaces must agree.
    """
    newest = max((update.display_at for update in updates), default=created_at)
    return newest.replace(microsecond=0)


def in_order(updates: Iterable[Update]) -> tuple[Update, ...]:
    """Updates oldest first."""
    return tuple(
        sorted(updates, key=lambda u: (u.display_at, u.created_at or u.display_at, u.update_id))
    )


def kind_of(stage: Stage, updates: Iterable[Update]) -> Kind:
    """A post is a maintenance by its stage or by that of any update."""
    planned = stage in MAINTENANCE_STAGES or any(u.stage in MAINTENANCE_STAGES for u in updates)
    return Kind.MAINTENANCE if planned else Kind.INCIDENT


def incident(row: Raw, notices: list[Notice]) -> Incident:
    """An incident of the compatible API."""
    incident_id = text(row, "id")
    created_at = parse_instant(text(row, "created_at"))
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
        resolved_at=instant(row, "resolved_at"),
        updates=updates,
        listed_at=listed_at(updates, created_at),
    )


def _update(row: Raw, notices: list[Notice]) -> Update:
    update_id = text(row, "id")
    created_at = parse_instant(text(row, "created_at"))
    return Update(
        update_id=update_id,
        stage=word(STAGES, row["status"], Stage.UNKNOWN, update_id, notices),
        status=str(row["status"]),
        created_at=created_at,
        display_at=instant(row, "display_at") or created_at,
        edited_at=instant(row, "updated_at"),
        body=row.get("body"),
    )


def component(row: Raw, notices: list[Notice]) -> Component:
    """A component of the compatible API.

    Its ``updated_at`` is one value for all of them, so since when it has had its state is
    not known; its ``created_at`` is when the record was made, not when its data begin.
    """
    component_id = text(row, "id")
    return Component(
        component_id=component_id,
        name=text(row, "name"),
        state=word(STATES, row["status"], State.UNKNOWN, component_id, notices),
    )
