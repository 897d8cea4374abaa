"""Slack's status API 2.0.0: ``/history``, a bare list, and ``/current``, what is open.

Times carry the offset of the Pacific coast. A post has no words of stage in between, only
whether it is active; its last note ended it. Services have names and no ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from ingest.models import (
    CLOSED_STAGES,
    Component,
    Impact,
    Incident,
    Kind,
    Parsed,
    Stage,
    Update,
    labelled,
)
from ingest.platforms.contract import EVERY_KIND, Platform, polled
from ingest.platforms.fields import instant, objects, optional_instant, optional_text, rows_of, text
from ingest.platforms.forms import Form, Origin
from ingest.platforms.incidents import is_closed, numbered, oldest, read_updates
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.records import read_each, read_incidents
from ingest.platforms.timestamps import stamp
from ingest.platforms.words import word
from ingest.sources import Shape

CURRENT, HISTORY = "/api/v2.0.0/current", "/api/v2.0.0/history"
ALL_IS_WELL = "ok"
CARRIED = frozenset({"title", "status", "created_at", "component_ids", "updates"})
STAGES = {
    "active": Stage.INVESTIGATING,
    "resolved": Stage.RESOLVED,
    "scheduled": Stage.SCHEDULED,
    "completed": Stage.COMPLETED,
    "cancelled": Stage.COMPLETED,
}
KINDS = {
    "incident": Kind.INCIDENT,
    "outage": Kind.INCIDENT,
    "notice": Kind.INCIDENT,
    "maintenance": Kind.MAINTENANCE,
}
SOURCES = polled((HISTORY, "history", 5), (CURRENT, "current", 5))


def _history(rows: list[Any], origin: Origin, notices: Notices) -> Parsed:
    incidents = read_incidents(rows, _incident, notices, _is_over)
    horizon = oldest(incidents)
    return Parsed("history", horizon=horizon, components=_components(rows), incidents=incidents)


def _current(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    rows, status = rows_of(data, "active_incidents"), text(data, "status")
    if status != ALL_IS_WELL and not rows:
        notices.open_unlisted(status)
    incidents = read_each(rows, _incident, notices, refused=notices.lost)
    components = _components(rows) if incidents else ()
    return Parsed("current", components=components, incidents=incidents)


def _components(rows: Sequence[Any]) -> tuple[Component, ...]:
    named = (name for row in objects(rows) for name in row.get("services") or ())
    names = dict.fromkeys(name.strip() for name in named if isinstance(name, str) and name.strip())
    return tuple(Component(labelled(name), name) for name in names)


def _is_over(row: Raw) -> bool:
    """Tell a post that says it is over and bears a time that can be read."""
    return is_closed(row, STAGES, ("date_created", "date_updated"))


def _incident(row: Raw, notices: Notices) -> Incident:
    post_id = str(int(row["id"]))
    status = text(row, "status")
    stage = word(STAGES, status, Stage.UNKNOWN, post_id, notices)
    kind = word(KINDS, row.get("type"), Kind.INCIDENT, post_id, notices)
    notes = read_updates(row.get("notes"), post_id, _note, notices)
    created_at = instant(row, "date_created")
    whole = notes and len(notes) == len(row["notes"])
    lost = stage in CLOSED_STAGES and not whole
    over_at = optional_instant(row, "date_updated") if lost else None
    return Incident(
        incident_id=post_id,
        kind=kind,
        title=text(row, "title").strip(),
        status=status,
        stage=stage,
        impact=Impact.MAINTENANCE if kind is Kind.MAINTENANCE else Impact.UNKNOWN,
        created_at=created_at,
        component_ids=tuple(one.component_id for one in _components([row])),
        updates=_staged(numbered(notes), stage, over_at),
        url=optional_text(row, "url"),
        listed_at=created_at,
    )


def _note(row: Raw, within: str, notices: Notices) -> Update:
    at = instant(row, "date_created")
    return Update(
        update_id=stamp(at),
        stage=Stage.INVESTIGATING,
        status="",
        created_at=at,
        display_at=at,
        body=optional_text(row, "body"),
    )


def _staged(notes: Sequence[Update], stage: Stage, over_at: datetime | None) -> tuple[Update, ...]:
    """Give the last note the stage of its post.

    ``over_at``: its last change, by which a post was over without a note, or with one refused.
    """
    if over_at is not None:
        return (*notes, Update("over", stage, "", over_at, over_at))
    return (*notes[:-1], *(replace(last, stage=stage) for last in notes[-1:]))


def _lists_posts(data: Any) -> bool:
    rows = objects(data)
    return bool(rows) and all("date_created" in row and "notes" in row for row in rows)


FORMS = (
    Form("history", HISTORY, _history, fits=_lists_posts),
    Form("current", CURRENT, _current, frozenset({"status", "active_incidents"})),
    # Without a post in it a list does not say whose it is.
    Form("history", None, _history, fits=lambda data: data == []),
)
SHAPES = (Shape("history", CARRIED), Shape("current", CARRIED))
PLATFORM = Platform("slack", 1, SHAPES, FORMS, SOURCES, active_only={"current": EVERY_KIND})
