"""Cachet 1 and 2: ``/api/v1/incidents`` and ``/api/v1/components``.

Times are the server's and carry no zone: the registry must give it, else they are refused.
Planned work stands among the incidents under status 0. There is no time of resolution: a
fixed post ended by its last edit. Known from documentation only; no body was seen yet.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ingest.models import ALWAYS, Component, Impact, Incident, Kind, Page, Parsed, Stage, State
from ingest.platforms.contract import Platform, polled
from ingest.platforms.fields import rows_of, text
from ingest.platforms.forms import Form, Origin
from ingest.platforms.incidents import is_time, oldest
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.records import read_components, read_incidents
from ingest.platforms.timestamps import local_instant
from ingest.platforms.words import word
from ingest.sources import Shape

LIST = "/api/v1/incidents?sort=id&order=desc&per_page=50"
COMPONENTS = "/api/v1/components?per_page=100"
CARRIED = frozenset(
    {"title", "status", "created_at", "started_at", "resolved_at", "component_ids"}
    | {"scheduled_start_at"}
)
PLANNED = "0"
STAGES = {
    PLANNED: Stage.SCHEDULED,
    "1": Stage.INVESTIGATING,
    "2": Stage.IDENTIFIED,
    "3": Stage.MONITORING,
    "4": Stage.RESOLVED,
}
STATES = {"1": State.OPERATIONAL, "2": State.DEGRADED, "3": State.PARTIAL, "4": State.MAJOR}
NO_COMPONENT = ("0", "None")
SOURCES = polled((LIST, "incident", 5), (COMPONENTS, "roster", 15))


def _incidents(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    rows = rows_of(data, "data")
    incidents = read_incidents(
        rows, lambda row, to: _incident(row, origin.page, to), notices, _is_over
    )
    whole = data["meta"]["pagination"].get("total_pages") in (0, 1)
    horizon = ALWAYS if whole else oldest(incidents)
    return Parsed("incident", horizon=horizon, incidents=incidents)


def _roster(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    components = read_components(rows_of(data, "data"), _component, notices)
    whole = data["meta"]["pagination"].get("total_pages") in (0, 1)
    return Parsed("roster", roster=whole, components=components)


def _component(row: Raw, notices: Notices) -> Component:
    component_id = str(int(row["id"]))
    state = word(STATES, str(row.get("status")), State.UNKNOWN, component_id, notices)
    return Component(component_id, text(row, "name"), state=state)


def _incident(row: Raw, page: Page, notices: Notices) -> Incident:
    post_id = str(int(row["id"]))
    status = str(row["status"])
    stage = word(STAGES, status, Stage.UNKNOWN, post_id, notices)
    planned = status == PLANNED
    created_at = local_instant(text(row, "created_at"), page)
    component = str(row.get("component_id"))
    return Incident(
        incident_id=post_id,
        kind=Kind.MAINTENANCE if planned else Kind.INCIDENT,
        title=text(row, "name").strip(),
        status=status,
        stage=stage,
        impact=Impact.MAINTENANCE if planned else Impact.UNKNOWN,
        created_at=created_at,
        started_at=None if planned else _optional(row, "occurred_at", page),
        resolved_at=_optional(row, "updated_at", page) if stage is Stage.RESOLVED else None,
        scheduled_start_at=_optional(row, "scheduled_at", page) if planned else None,
        component_ids=() if component in NO_COMPONENT else (component,),
        listed_at=created_at,
    )


def _is_over(row: Raw) -> bool:
    """Tell a row that says it is fixed and bears a time; none of them has a zone."""
    fixed = STAGES.get(str(row.get("status"))) is Stage.RESOLVED
    return fixed and any(is_time(f"{row.get(key)}Z") for key in ("created_at", "updated_at"))


def _optional(row: Raw, key: str, page: Page) -> datetime | None:
    return local_instant(row[key], page) if row.get(key) else None


def _paged(data: Raw) -> bool:
    rows = data["data"]
    return isinstance(rows, list) and "pagination" in data["meta"]


def _is_incidents(data: Raw) -> bool:
    return _paged(data) and any(_named(row, "message", "component_id") for row in data["data"])


def _is_components(data: Raw) -> bool:
    return _paged(data) and any(_named(row, "name", "status") for row in data["data"])


def _named(row: Any, *keys: str) -> bool:
    return isinstance(row, dict) and all(key in row for key in keys)


PAGED = frozenset({"data", "meta"})
FORMS = (
    Form("incident", LIST, _incidents, PAGED, fits=_is_incidents),
    Form("roster", COMPONENTS, _roster, PAGED, fits=_is_components),
    # Without a record in it a list does not say what it lists.
    Form("incident", None, _incidents, PAGED, fits=_paged),
)
SHAPES = (Shape("incident", CARRIED, precision_s=1), Shape("roster", frozenset()))
PLATFORM = Platform("cachet", 1, SHAPES, FORMS, SOURCES, seen=False)
