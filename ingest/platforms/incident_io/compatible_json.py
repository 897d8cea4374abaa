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

from ingest.models import CLOSED_STAGES, Component, Impact, Incident, Stage, State, Update
from ingest.platforms import words
from ingest.platforms.fields import expected, instant, optional, said, text
from ingest.platforms.identity import INCIDENT_IO, own_id
from ingest.platforms.incidents import is_closed, kind_of, stage_of, title_of, update, updates_of
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.records import read_incidents
from ingest.platforms.words import IMPACTS, word

STATES = {**words.STATES, "full_outage": State.MAJOR}
STAGES = {
    **words.STAGES,
    "maintenance_scheduled": Stage.SCHEDULED,
    "maintenance_in_progress": Stage.IN_PROGRESS,
    "maintenance_complete": Stage.COMPLETED,
    "maintenance_completed": Stage.COMPLETED,
}
UNDEFINED = "$undefined"


def defined(value: Any) -> Any:
    """Take everything that is ``"$undefined"`` out of a JSON value, in place."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            for key in [key for key, part in one.items() if part == UNDEFINED]:
                del one[key]
            waiting.extend(one.values())
        elif isinstance(one, list):
            if UNDEFINED in one:
                one[:] = [part for part in one if part != UNDEFINED]
            waiting.extend(one)
    return value


def listed_at(updates: Iterable[Update], created_at: datetime) -> datetime:
    """Return the key by which each list is ordered and cut: the newest update.

    In whole seconds, since the compatible API gives no more: the surfaces must agree.
    """
    newest = max((update.display_at for update in updates), default=created_at)
    return newest.replace(microsecond=0)


def incidents(rows: Iterable[Any], notices: Notices) -> tuple[Incident, ...]:
    """Read incidents of the compatible API."""
    return read_incidents(rows, _incident, notices, is_over)


def is_over(row: Raw) -> bool:
    """Tell a row that says it is over and bears a time that can be read."""
    return is_closed(row, STAGES)


def _incident(row: Raw, notices: Notices) -> Incident:
    incident_id = own_id(text(row, "id"), INCIDENT_IO)
    parts = Notices()
    updates = updates_of(row, "incident_updates", incident_id, _update, parts)
    stage = stage_of(row, STAGES, updates, incident_id, parts)
    # What a refused part did is not known, but it is over with its incident.
    parts.unread_open &= stage not in CLOSED_STAGES
    notices.extend(parts)
    created_at = instant(row, "created_at")
    return Incident(
        incident_id=incident_id,
        kind=kind_of(stage, updates),
        title=title_of(row, "name", incident_id, notices),
        status=said(row, "status"),
        stage=stage,
        impact=word(IMPACTS, row.get("impact") or "none", Impact.UNKNOWN, incident_id, notices),
        created_at=created_at,
        resolved_at=optional(row, "resolved_at", instant, incident_id, notices),
        updates=updates,
        listed_at=listed_at(updates, created_at),
    )


def _update(row: Raw, within: str, notices: Notices) -> Update:
    return update(row, within, STAGES, notices)


def component(row: Raw, notices: Notices) -> Component:
    """Read a component of the compatible API.

    Its ``updated_at`` is one value for all of them, so since when it has had its state is
    not known; its ``created_at`` is when the record was made, not when its data begin.
    """
    component_id = own_id(text(row, "id"), INCIDENT_IO)
    return Component(
        component_id=component_id,
        name=expected(row, "name", text, component_id, notices),
        state=word(STATES, row.get("status"), State.UNKNOWN, component_id, notices),
    )
