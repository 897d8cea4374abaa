"""django-statusboard: bare lists under ``/api/v0.1/``, with the offset of the site.

An incident names its updates by id, an update does not name its incident, and only the update
tells when the incident was fixed. So a closed incident was over by its last change, which a
corrected text moves on. A maintenance has a start and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from ingest.models import ALWAYS, Component, Impact, Incident, Kind, Parsed, Stage, State
from ingest.platforms.contract import Platform, polled
from ingest.platforms.fields import instant, rows_of, text
from ingest.platforms.forms import Form, Origin
from ingest.platforms.incidents import is_time
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.records import read_components, read_each, read_incidents
from ingest.platforms.words import word
from ingest.sources import Shape

API = "/api/v0.1"
INCIDENTS, SERVICES, PLANNED = (
    f"{API}/{what}/?format=json" for what in ("incident", "service", "maintenance")
)
SHAPES = (
    Shape(
        "incident",
        frozenset({"title", "status", "created_at", "started_at", "resolved_at", "component_ids"}),
    ),
    Shape("maintenance", frozenset({"title", "created_at", "scheduled_start_at"})),
    Shape("service", frozenset()),
)
STATES = {0: State.OPERATIONAL, 1: State.DEGRADED, 2: State.PARTIAL, 3: State.MAJOR}
SOURCES = polled((INCIDENTS, "incident", 5), (SERVICES, "service", 5), (PLANNED, "maintenance", 60))


def _incidents(rows: list[Any], origin: Origin, notices: Notices) -> Parsed:
    found = read_incidents(rows, _incident, notices, _is_over)
    return Parsed("incident", horizon=ALWAYS, incidents=found)


def _is_over(row: Raw) -> bool:
    """Tell an incident that is closed and bears a time."""
    times = (row.get(key) for key in ("modified", "occurred", "created"))
    return row.get("closed") is True and any(map(is_time, times))


def _incident(row: Raw, notices: Notices) -> Incident:
    closed = row["closed"]
    started_at = instant(row, "occurred")
    return Incident(
        incident_id=str(int(row["id"])),
        kind=Kind.INCIDENT,
        title=text(row, "name").strip(),
        status="closed" if closed else "open",
        stage=Stage.RESOLVED if closed else Stage.INVESTIGATING,
        impact=Impact.UNKNOWN,
        created_at=instant(row, "created"),
        started_at=started_at,
        resolved_at=instant(row, "modified") if closed else None,
        component_ids=tuple(str(int(one)) for one in rows_of(row, "services")),
        listed_at=started_at,
    )


def _services(rows: list[Any], origin: Origin, notices: Notices) -> Parsed:
    components = read_components(rows, _service, notices)
    return Parsed("service", roster=True, components=components)


def _service(row: Raw, notices: Notices) -> Component:
    component_id = str(int(row["id"]))
    state = word(STATES, row.get("status"), State.UNKNOWN, component_id, notices)
    return Component(component_id, text(row, "name"), state=state)


def _maintenances(rows: list[Any], origin: Origin, notices: Notices) -> Parsed:
    now = origin.at
    found = read_each(rows, lambda row, to: _maintenance(row, now), notices)
    return Parsed("maintenance", horizon=ALWAYS, incidents=found)


def _maintenance(row: Raw, now: datetime) -> Incident:
    start = instant(row, "scheduled")
    return Incident(
        incident_id=f"maintenance-{int(row['id'])}",
        kind=Kind.MAINTENANCE,
        title=text(row, "name").strip(),
        status="",
        stage=Stage.SCHEDULED if start > now else Stage.UNKNOWN,
        impact=Impact.MAINTENANCE,
        created_at=instant(row, "created"),
        scheduled_start_at=start,
        listed_at=start,
    )


def _of(*keys: str) -> Callable[[Any], bool]:
    """Return whether all of a list's records have some keys."""

    def fits(rows: Any) -> bool:
        return bool(rows) and isinstance(rows, list) and all(set(keys) <= {*row} for row in rows)

    return fits


FORMS = (
    Form("incident", INCIDENTS, _incidents, fits=_of("occurred", "updates", "closed")),
    Form("service", SERVICES, _services, fits=_of("href", "groups", "status")),
    Form("maintenance", PLANNED, _maintenances, fits=_of("scheduled", "name")),
    # Without a record in it a list does not say what it lists: of incidents, as a rule.
    Form("incident", None, _incidents, fits=lambda data: data == []),
)

PLATFORM = Platform("django_statusboard", 1, SHAPES, FORMS, SOURCES)
