"""Apple's system status: services, each with its events of the last weeks.

An event stands with every service it is about, under one id, and may go on for one of them
when it is over for another. Epochs are exact; ``datePosted`` is a text of the Pacific coast,
weeks after the end where an event was entered late. The document may come wrapped in a call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from ingest.models import Component, Impact, Incident, Kind, Parsed, Stage, State, Update, labelled
from ingest.platforms import payload
from ingest.platforms.contract import WINDOW, Platform, polled
from ingest.platforms.fields import objects, optional_text, rows_of, text
from ingest.platforms.forms import Form, Origin
from ingest.platforms.impacts import present, throughout
from ingest.platforms.incidents import is_epoch
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Media, Raw
from ingest.platforms.records import by_nothing, read_components, read_each, read_incidents
from ingest.platforms.timestamps import abbreviated, epoch, optional_epoch
from ingest.platforms.words import word
from ingest.sources import Shape

DOCUMENT = "/support/systemstatus/data/developer/system_status_en_US.js"
ZONE = "America/Los_Angeles"
CARRIED = WINDOW | {"title", "status", "created_at", "component_ids", "impacts", "updates"}
#: ``jsonCallback({...});``
WRAPPED = re.compile(rb"\s*[A-Za-z_]\w*\((.*)\)\s*;?\s*", re.DOTALL)
STAGES = {
    "ongoing": Stage.INVESTIGATING,
    "resolved": Stage.RESOLVED,
    "upcoming": Stage.SCHEDULED,
    "completed": Stage.COMPLETED,
}
SOURCES = polled((DOCUMENT, "services", 15))
STATES = {
    "Outage": State.MAJOR,
    "Issue": State.DEGRADED,
    "Performance": State.DEGRADED,
    "Maintenance": State.MAINTENANCE,
}


def _opened(body: bytes) -> tuple[Media, Any]:
    call = WRAPPED.fullmatch(body)
    return payload.opened(call[1] if call else body)


def _services(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    services = rows_of(data, "services")
    incidents = read_incidents(
        _once(services), lambda row, to: _event(row, origin.at, to), notices, _is_over
    )

    def component(row: Raw, to: Notices) -> Component:
        name = text(row, "serviceName")
        state = present(incidents, labelled(name))
        return Component(labelled(name), name.strip(), state=state)

    components = read_components(services, component, notices, by_nothing)
    return Parsed("services", roster=True, components=components, incidents=incidents)


def _once(services: Sequence[Any]) -> Iterator[Any]:
    """Yield each event once, with what it says of each of its services."""
    found: dict[Any, list[Any]] = {}
    for service in objects(services):
        for row in service.get("events") or ():
            known = row.get("messageId") if isinstance(row, dict) else None
            found.setdefault(known, []).append({"event": row, "name": service.get("serviceName")})
    for message_id, rows in found.items():
        yield {"id": message_id, "rows": rows}


def _is_over(row: Raw) -> bool:
    """Tell an event that bears its end with each of its services."""
    events = objects([one["event"] for one in row["rows"]])
    ends = [is_epoch(one.get("epochEndDate")) for one in events]
    return bool(ends) and all(ends) and len(ends) == len(row["rows"])


def _event(row: Raw, now: datetime, notices: Notices) -> Incident:
    event_id = text(row, "id")
    parts = Notices()
    told = read_each(row["rows"], lambda one, to: _Told(one, event_id, to), parts, f"{event_id}/")
    parts.unread_open = bool(parts.rejects) and not _is_over(row)
    notices.extend(parts)
    if not told:
        raise ValueError("says nothing that can be read of any service")
    start = min(one.start for one in told)
    ends = [one.end for one in told]
    over = None if None in ends else max(one for one in ends if one is not None)
    going_on = [one for one in told if one.end is None]
    first = (going_on or told)[0]
    planned = first.state is State.MAINTENANCE
    posted_at = min(one.posted_at for one in told)
    running = Stage.IN_PROGRESS if planned and first.stage is Stage.INVESTIGATING else first.stage
    return Incident(
        incident_id=event_id,
        kind=Kind.MAINTENANCE if planned else Kind.INCIDENT,
        title=f"{first.type}: {', '.join(one.name for one in told)}",
        status=first.status,
        stage=running,
        impact=Impact.MAINTENANCE if planned else Impact.UNKNOWN,
        created_at=posted_at,
        started_at=start,
        resolved_at=over,
        scheduled_start_at=start if planned else None,
        scheduled_end_at=over if planned else None,
        component_ids=tuple(labelled(one.name) for one in told),
        updates=(_update(first, posted_at, over),),
        listed_at=start,
        impacts=tuple(
            impact
            for one in told
            if one.start <= now
            for impact in throughout({labelled(one.name): one.state}, one.start, one.end)
        ),
    )


def _update(told: _Told, posted_at: datetime, over: datetime | None) -> Update:
    """Return the one message of an event; what says that it is over stands where it was."""
    return Update(
        update_id=f"{posted_at:%Y-%m-%dT%H:%MZ}",
        stage=told.stage,
        status=told.status,
        created_at=posted_at,
        display_at=over or posted_at,
        body=told.message,
    )


class _Told:
    """Record of what an event says of one service."""

    def __init__(self, row: Raw, event_id: str, notices: Notices) -> None:
        """Read an event as it stands with a service."""
        event = row["event"]
        self.name = text(row, "name").strip()
        self.type = text(event, "statusType")
        self.state = word(STATES, self.type, State.UNKNOWN, event_id, notices)
        self.status = text(event, "eventStatus")
        self.stage = word(STAGES, self.status, Stage.UNKNOWN, event_id, notices)
        self.start = epoch(event["epochStartDate"])
        self.end = optional_epoch(event.get("epochEndDate"))
        self.posted_at = _posted(text(event, "datePosted"))
        self.message = optional_text(event, "message")


def _posted(said: str) -> datetime:
    """Read ``11/02/2020 10:12 PST``."""
    stamp, _, zone = said.rpartition(" ")
    return abbreviated(datetime.strptime(stamp, "%m/%d/%Y %H:%M"), zone, ZONE)


def _has_services(data: Any) -> bool:
    return any("serviceName" in row for row in objects(data["services"]))


FORMS = (Form("services", DOCUMENT, _services, frozenset({"services"}), fits=_has_services),)
SHAPES = (Shape("services", CARRIED),)
PLATFORM = Platform(
    "apple",
    1,
    SHAPES,
    FORMS,
    SOURCES,
    opened=_opened,
    explicit_window=True,
    present=frozenset({"services"}),
)
