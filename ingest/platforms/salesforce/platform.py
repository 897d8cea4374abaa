"""Salesforce Trust: ``/v1/instances/status`` lists every instance with what goes on at it.

A component is an instance. An incident stands with each of its instances; when it impacts
them is told by its impacts, entered hours later; it has no title. Only what goes on or is to
come is listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from ingest.models import (
    Component,
    Impact,
    Incident,
    Kind,
    Parsed,
    PostedImpact,
    Stage,
    State,
    Update,
)
from ingest.platforms.contract import INCIDENTS, WINDOW, Platform, polled
from ingest.platforms.fields import instant, objects, optional_instant, optional_text, rows_of, text
from ingest.platforms.forms import Form, Origin
from ingest.platforms.incidents import in_order
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.records import by_key, once, read_components, read_each
from ingest.platforms.words import word
from ingest.sources import Shape

INSTANCES = "/v1/instances/status?childProducts=true"
CARRIED = WINDOW | {"title", "impact", "created_at", "component_ids", "impacts", "updates"}
STATES = {
    **dict.fromkeys(("OK", "INFORMATIONAL_CORE", "INFORMATIONAL_NONCORE"), State.OPERATIONAL),
    "MINOR_INCIDENT_CORE": State.DEGRADED,
    "MINOR_INCIDENT_NONCORE": State.DEGRADED,
    "MAJOR_INCIDENT_CORE": State.MAJOR,
    "MAJOR_INCIDENT_NONCORE": State.MAJOR,
    "MAINTENANCE_CORE": State.MAINTENANCE,
    "MAINTENANCE_NONCORE": State.MAINTENANCE,
}
SEVERITIES = {"minor": State.DEGRADED, "major": State.MAJOR}
IMPACTS = {"minor": Impact.MINOR, "major": Impact.MAJOR}
WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")
SOURCES = polled((INSTANCES, "instances", 15))


def _instances(rows: list[Any], origin: Origin, notices: Notices) -> Parsed:
    components = read_components(rows, _component, notices, by_key("key"))
    instances = objects(rows)
    found = (
        *read_each(_once(instances, "Incidents"), _incident, notices, refused=notices.lost),
        *read_each(
            _once(instances, "Maintenances"), lambda row, to: _maintenance(row, origin.at), notices
        ),
    )
    return Parsed("instances", roster=True, components=components, incidents=found)


def _once(instances: Sequence[Raw], key: str) -> Iterator[Any]:
    """Yield each record of the instances once, with the instances it stands with."""
    rows = ((row, str(one.get("key"))) for one in instances for row in one.get(key) or ())
    return once(rows)


def _component(row: Raw, notices: Notices) -> Component:
    key = text(row, "key")
    state = word(STATES, row.get("status"), State.UNKNOWN, key, notices)
    return Component(
        key,
        key,
        group=optional_text(row, "environment") or None,
        region=optional_text(row, "location") or None,
        state=state,
    )


def _incident(row: Raw, notices: Notices) -> Incident:
    incident_id = str(int(row["id"]))
    impacts = read_each(
        rows_of(row, "IncidentImpacts"),
        lambda one, to: _Impact(one, incident_id, to),
        notices,
        f"{incident_id}/",
        notices.untell(incident_id),
    )
    if not impacts:
        raise ValueError("it impacts nothing")
    keys = sorted(row["stands_with"])
    start = min(one.start for one in impacts)
    ends = [one.end for one in impacts]
    over = None if None in ends else max(one for one in ends if one is not None)
    read = read_each(row.get("IncidentEvents") or (), _event, notices, f"{incident_id}/")
    severities = sorted({one.severity for one in impacts})
    return Incident(
        incident_id=incident_id,
        kind=Kind.INCIDENT,
        title=_title(impacts[0].type),
        status="",
        stage=Stage.RESOLVED if over else Stage.INVESTIGATING,
        impact=IMPACTS.get(severities[0], Impact.UNKNOWN),
        created_at=instant(row, "createdAt"),
        started_at=start,
        resolved_at=over,
        component_ids=tuple(keys),
        updates=in_order(read),
        listed_at=instant(row, "createdAt"),
        impacts=tuple(
            PostedImpact(key, one.state, one.start, one.end) for one in impacts for key in keys
        ),
    )


class _Impact:
    """Hold an impact of an incident, on all instances that it stands with."""

    def __init__(self, row: Raw, incident_id: str, notices: Notices) -> None:
        """Read an impact; its times are when, not when it was entered."""
        self.start: datetime = instant(row, "startTime")
        self.end = optional_instant(row, "endTime")
        self.severity = str(row.get("severity"))
        self.type = text(row, "type")
        self.state = word(SEVERITIES, self.severity, State.UNKNOWN, incident_id, notices)


def _title(kind: str) -> str:
    """Return the type of an impact in words: an incident has no title of its own.

    >>> _title("performanceDegradationSubset")
    'Performance degradation subset'
    """
    return WORDS.sub(" ", kind).lower().capitalize()


def _event(row: Raw, notices: Notices) -> Update:
    at = instant(row, "createdAt")
    status = optional_text(row, "type") or ""
    over = "resolved" in status.lower()
    return Update(
        update_id=str(int(row["id"])),
        stage=Stage.RESOLVED if over else Stage.INVESTIGATING,
        status=status,
        created_at=at,
        display_at=at,
        body=optional_text(row, "message"),
    )


def _maintenance(row: Raw, now: datetime) -> Incident:
    start, end = instant(row, "plannedStartTime"), instant(row, "plannedEndTime")
    stage = Stage.COMPLETED if end <= now else Stage.IN_PROGRESS
    return Incident(
        incident_id=f"maintenance-{int(row['id'])}",
        kind=Kind.MAINTENANCE,
        title=optional_text(row, "name") or "Maintenance",
        status="",
        stage=Stage.SCHEDULED if now < start else stage,
        impact=Impact.MAINTENANCE,
        created_at=optional_instant(row, "createdAt"),
        scheduled_start_at=start,
        scheduled_end_at=end,
        component_ids=tuple(sorted(row["stands_with"])),
        listed_at=start,
    )


def _lists_instances(data: Any) -> bool:
    rows = objects(data)
    return bool(rows) and all({"key", "status", "Incidents"} <= row.keys() for row in rows)


FORMS = (Form("instances", INSTANCES, _instances, fits=_lists_instances),)
SHAPES = (Shape("instances", CARRIED),)
PLATFORM = Platform(
    "salesforce",
    1,
    SHAPES,
    FORMS,
    SOURCES,
    explicit_window=True,
    active_only={"instances": INCIDENTS},
)
