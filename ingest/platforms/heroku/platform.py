"""Heroku's status API 4: ``/current-status`` has three systems and what is open.

Systems have colours. An incident names no system; its updates say what was the matter in
development and production. What is gone from the document is over.
"""

from __future__ import annotations

from typing import Any

from ingest.models import Component, Impact, Incident, Kind, Parsed, Stage, State, Update, labelled
from ingest.platforms.contract import INCIDENTS, Platform, polled
from ingest.platforms.fields import instant, objects, optional_instant, optional_text, rows_of, text
from ingest.platforms.forms import Form, Origin
from ingest.platforms.incidents import read_updates
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.records import by_nothing, read_components, read_each
from ingest.platforms.words import INCIDENT_STAGES, PLANNED_STAGES, word
from ingest.sources import Shape

CURRENT = "/api/v4/current-status"
SOURCES = polled((CURRENT, "current", 5))
CARRIED = frozenset({"title", "status", "created_at", "resolved_at", "updates"})
STAGES = {
    **INCIDENT_STAGES,
    **PLANNED_STAGES,
    **dict.fromkeys(("issue", "update"), Stage.IDENTIFIED),
}
#: Of systems.
COLOURS = {
    "green": State.OPERATIONAL,
    "blue": State.MAINTENANCE,
    "yellow": State.DEGRADED,
    "red": State.MAJOR,
}


def _current(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    systems = read_components(rows_of(data, "status"), _system, notices, by_nothing)
    incidents = read_each(
        rows_of(data, "incidents"),
        lambda row, to: _post(row, Kind.INCIDENT, to),
        notices,
        refused=notices.lost,
    )
    planned = read_each(
        data.get("scheduled") or (), lambda row, to: _post(row, Kind.MAINTENANCE, to), notices
    )
    return Parsed("current", roster=True, components=systems, incidents=(*incidents, *planned))


def _system(row: Raw, notices: Notices) -> Component:
    name = text(row, "system")
    state = word(COLOURS, row.get("status"), State.UNKNOWN, name, notices)
    return Component(labelled(name), name, state=state)


def _post(row: Raw, kind: Kind, notices: Notices) -> Incident:
    post_id = str(int(row["id"]))
    updates = read_updates(row.get("updates"), post_id, _update, notices)
    created_at = instant(row, "created_at")
    over = bool(row.get("resolved"))
    last = updates[-1].stage if updates else Stage.UNKNOWN
    return Incident(
        incident_id=post_id,
        kind=kind,
        title=text(row, "title").strip(),
        status=str(row.get("state") or ""),
        stage=Stage.RESOLVED if over and kind is Kind.INCIDENT else last,
        impact=Impact.MAINTENANCE if kind is Kind.MAINTENANCE else Impact.UNKNOWN,
        created_at=created_at,
        resolved_at=optional_instant(row, "resolved_at"),
        updates=updates,
        url=optional_text(row, "full_url"),
        listed_at=created_at,
    )


def _update(row: Raw, within: str, notices: Notices) -> Update:
    update_id, status = str(int(row["id"])), text(row, "update_type")
    created_at = instant(row, "created_at")
    return Update(
        update_id=update_id,
        stage=word(STAGES, status, Stage.UNKNOWN, within + update_id, notices),
        status=status,
        created_at=created_at,
        display_at=created_at,
        edited_at=optional_instant(row, "updated_at"),
        body=optional_text(row, "contents"),
    )


def _has_systems(data: Any) -> bool:
    return any("system" in row for row in objects(data["status"]))


FORMS = (Form("current", CURRENT, _current, frozenset({"status", "incidents"}), fits=_has_systems),)
SHAPES = (Shape("current", CARRIED),)
PLATFORM = Platform("heroku", 1, SHAPES, FORMS, SOURCES, active_only={"current": INCIDENTS})
