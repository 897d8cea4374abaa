"""Checkly status pages: the unresolved incidents, and the events of each day by service.

An event stands with each service it is about, with its start and its length in seconds. What
is unresolved has a length of nought. Undocumented; read for archives.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from ingest.models import (
    Component,
    Impact,
    Incident,
    Kind,
    Parsed,
    PostedRatio,
    Stage,
    State,
    Update,
)
from ingest.platforms.contract import INCIDENTS, Platform, polled
from ingest.platforms.fields import instant, objects, optional_text, rows_of, text
from ingest.platforms.forms import Form, Origin
from ingest.platforms.impacts import throughout
from ingest.platforms.incidents import is_time, oldest, read_updates
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.records import once, read_components, read_each, read_incidents
from ingest.platforms.words import IMPACT_OF, INCIDENT_STAGES, MONITOR_RULE, uppercase, word
from ingest.sources import Shape

UNRESOLVED, UPTIME = "/unresolved-incidents", "/uptime"
CARRIED = frozenset({"title", "status", "impact", "started_at", "component_ids", "impacts"})
SHAPES = (Shape("uptime", CARRIED | {"resolved_at"}), Shape("unresolved", CARRIED | {"updates"}))
STAGES = uppercase(INCIDENT_STAGES)
STATES = {
    "MINOR": State.DEGRADED,
    "MEDIUM": State.DEGRADED,
    "MAJOR": State.PARTIAL,
    "CRITICAL": State.MAJOR,
}
#: Nothing: the page's data are undocumented, and its one page has moved.
SOURCES = polled()


def _unresolved(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    rows = rows_of(data, "incidents")
    incidents = read_each(rows, _open, notices, refused=notices.lost)
    services = (one for row in objects(rows) for one in row.get("services") or ())
    components = read_components(services, _service, notices)
    named = {one.component_id: one for one in components}
    return Parsed("unresolved", components=tuple(named.values()), incidents=incidents)


def _open(row: Raw, notices: Notices) -> Incident:
    incident_id = text(row, "id")
    updates = read_updates(rows_of(row, "incidentUpdates"), incident_id, _update, notices)
    keys = [text(one, "id") for one in objects(row.get("services"))]
    return _incident(row, keys, None, updates, notices)


def _service(row: Raw, notices: Notices) -> Component:
    return Component(text(row, "id"), text(row, "name"))


def _update(row: Raw, within: str, notices: Notices) -> Update:
    update_id, status = text(row, "id"), text(row, "status")
    return Update(
        update_id=update_id,
        stage=word(STAGES, status, Stage.UNKNOWN, within + update_id, notices),
        status=status,
        created_at=instant(row, "created_at"),
        display_at=instant(row, "publicIncidentUpdateDate"),
        body=optional_text(row, "description"),
    )


def _incident(
    row: Raw,
    keys: Sequence[str],
    over: datetime | None,
    updates: tuple[Update, ...],
    notices: Notices,
) -> Incident:
    incident_id = text(row, "id")
    status, severity = text(row, "lastUpdateStatus"), row.get("severity")
    start = instant(row, "created_at")
    state = word(STATES, severity, State.UNKNOWN, incident_id, notices)
    return Incident(
        incident_id=incident_id,
        kind=Kind.INCIDENT,
        title=text(row, "name").strip(),
        status=status,
        stage=word(STAGES, status, Stage.UNKNOWN, incident_id, notices),
        impact=IMPACT_OF.get(state, Impact.UNKNOWN),
        started_at=start,
        resolved_at=over,
        component_ids=tuple(keys),
        updates=updates,
        listed_at=over or (updates[-1].display_at if updates else start),
        impacts=throughout(dict.fromkeys(keys, state), start, over),
    )


def _uptime(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    groups = objects(rows_of(data, "uptime"))
    components = tuple(
        Component(one.component_id, one.name, group=optional_text(group, "name"))
        for group in groups
        for one in read_components(group.get("services") or (), _service, notices)
    )
    services = [row for group in groups for row in objects(group.get("services")) if row.get("id")]
    incidents = read_incidents(once(_events(services)), _event, notices, _is_over)
    return Parsed(
        "uptime",
        horizon=oldest(incidents),
        roster=data.get("partialError") is False,
        components=components,
        incidents=incidents,
        posted_ratios=tuple(one for row in services for one in _ratios(row)),
    )


def _events(services: Sequence[Raw]) -> Iterator[tuple[Any, str]]:
    """Yield the events of each service, with the service."""
    for service in services:
        for day in objects(service.get("days")):
            for row in day.get("events") or ():
                yield row, str(service["id"])


def _is_over(row: Raw) -> bool:
    """Tell an event that says it is over and bears a time that can be read."""
    over = STAGES.get(str(row.get("lastUpdateStatus"))) is Stage.RESOLVED
    return over and is_time(row.get("created_at"))


def _event(row: Raw, notices: Notices) -> Incident:
    seconds = row["duration"]
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise ValueError("duration is no number")
    over = STAGES.get(str(row.get("lastUpdateStatus"))) is Stage.RESOLVED
    end = instant(row, "created_at") + timedelta(seconds=seconds) if over else None
    return _incident(row, row["stands_with"], end, (), notices)


def _ratios(row: Raw) -> Iterator[PostedRatio]:
    said = row.get("uptime")
    days = [date.fromisoformat(day["date"][:10]) for day in objects(row.get("days"))]
    if days and isinstance(said, int | float):
        yield PostedRatio(str(row["id"]), min(days), max(days), said / 100, MONITOR_RULE)


def _has_updates(data: Any) -> bool:
    rows = objects(data["incidents"])
    return bool(rows) and all("incidentUpdates" in row for row in rows)


FORMS = (
    Form("uptime", UPTIME, _uptime, frozenset({"metadata", "uptime"})),
    Form("unresolved", UNRESOLVED, _unresolved, frozenset({"incidents"}), fits=_has_updates),
    # Nothing is unresolved, and the list does not say whose it is.
    Form("unresolved", None, _unresolved, fits=lambda data: data == {"incidents": []}),
)

PLATFORM = Platform(
    "checkly",
    1,
    SHAPES,
    FORMS,
    SOURCES,
    explicit_window=True,
    active_only={"unresolved": INCIDENTS},
    measures=True,
)
