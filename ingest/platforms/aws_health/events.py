"""Events of AWS's health page, of its undocumented list and of its history.

Numbers come as texts or numbers, times as seconds or milliseconds. ``date`` is when an event
was posted; only the list gives ``startTime``. A service inside an event of many services has
its own changes of state, and recovers before the event ends.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ingest.models import Component, Impact, Incident, Kind, Stage, State, Update
from ingest.platforms.aws_health.services import STATES, component
from ingest.platforms.fields import objects, text
from ingest.platforms.impacts import spells
from ingest.platforms.incidents import in_order, is_epoch
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.records import read_each
from ingest.platforms.timestamps import epoch, optional_epoch, stamp
from ingest.platforms.words import word

RESOLVED = "[RESOLVED]"
OPERATIONAL = "0"


def incident(row: Raw, notices: Notices) -> Incident:
    """Read one event, in either form."""
    if "startTime" in row:
        return _timed(row, notices)
    event_id = text(row, "arn").rpartition("/")[2]
    posted_at = epoch(row["date"])
    key, summary = text(row, "service"), text(row, "summary").strip()
    updates = _updates(row.get("event_log"), f"{event_id}/", notices)
    ended_at = optional_epoch(row.get("end_time"))
    if ended_at is None and (summary.upper().startswith(RESOLVED) or _closed(updates)):
        ended_at = updates[-1].display_at if updates else None
    timeline = [*_changes(row, event_id, notices)]
    if not timeline:
        state = word(STATES, str(row.get("status")), State.UNKNOWN, event_id, notices)
        timeline = [(posted_at, {key: state})]
    return replace(
        posted(row, event_id, posted_at),
        stage=Stage.RESOLVED if ended_at else Stage.INVESTIGATING,
        resolved_at=ended_at,
        component_ids=tuple(sorted({one for _, states in timeline for one in states})),
        updates=updates,
        listed_at=ended_at or posted_at,
        impacts=spells(timeline, ended_at),
    )


def is_over(row: Raw) -> bool:
    """Tell an event that bears its beginning and its end, in either form."""
    times = ("startTime", "endTime") if "startTime" in row else ("date", "end_time")
    return all(is_epoch(row.get(key)) for key in times)


def known_id(row: Raw) -> str | None:
    """Return the id of an event that may not be readable; not all of them bear one."""
    arn = row.get("arn")
    return arn.rpartition("/")[2] if isinstance(arn, str) else None


def posted(row: Raw, event_id: str, posted_at: datetime) -> Incident:
    """Return what an event says of itself, before its updates tell where it stands."""
    return Incident(
        incident_id=event_id,
        kind=Kind.INCIDENT,
        title=untagged(text(row, "summary")),
        status=str(row.get("status", "")),
        stage=Stage.INVESTIGATING,
        impact=Impact.UNKNOWN,
        created_at=posted_at,
    )


def _timed(row: Raw, notices: Notices) -> Incident:
    """Read an event of the list, which gives its real start and end."""
    service, region = text(row, "service").lower(), str(row.get("region") or "")
    key = f"{service}-{region}" if region and region != "global" else service
    start, end = epoch(row["startTime"]), optional_epoch(row.get("endTime"))
    arn = str(row.get("arn") or f"{key}_{start.timestamp():.0f}")
    event_id = arn.rpartition("/")[2]
    about = row.get("metadata")
    said = about.get("EVENT_LOG") if isinstance(about, dict) else None
    log = json.loads(said) if isinstance(said, str) else said
    updates = _updates(log, f"{event_id}/", notices)
    title = str(row.get("summary") or (about or {}).get("SUMMARY") or text(row, "typeCode"))
    return Incident(
        incident_id=event_id,
        kind=Kind.MAINTENANCE if "SCHEDULED" in str(row.get("typeCode")) else Kind.INCIDENT,
        title=untagged(title),
        status=str(row.get("typeCode") or ""),
        stage=Stage.RESOLVED if end else Stage.INVESTIGATING,
        impact=Impact.UNKNOWN,
        started_at=start,
        resolved_at=end,
        component_ids=(key,),
        updates=updates,
        listed_at=end or start,
        impacts=spells([(start, {key: State.UNKNOWN})], end),
    )


def components(row: Any) -> Iterator[Component]:
    """Yield the services that an event names."""
    if not isinstance(row, dict):
        return
    for said in objects(row.get("impacted_service_status_changes")):
        if isinstance(said.get("service"), str):
            yield component(said["service"], said.get("service_name"))
    impacted = row.get("impacted_services")
    for key, said in (impacted if isinstance(impacted, dict) else {}).items():
        yield component(key, said.get("service_name") if isinstance(said, dict) else None)
    if not impacted and "startTime" not in row and isinstance(row.get("service"), str):
        yield component(row["service"], row.get("service_name"))


def untagged(summary: str) -> str:
    """Return a summary without the word that it is over."""
    said = summary.strip()
    return said[len(RESOLVED) :].strip() if said.upper().startswith(RESOLVED) else said


def _closed(updates: tuple[Update, ...]) -> bool:
    return bool(updates) and updates[-1].stage is Stage.RESOLVED


def _changes(
    row: Raw, event_id: str, notices: Notices
) -> Iterator[tuple[datetime, Mapping[str, State]]]:
    def read(one: Raw, to: Notices) -> tuple[datetime, dict[str, State]]:
        state = word(STATES, str(one.get("current_status")), State.UNKNOWN, event_id, to)
        return epoch(one["timestamp"]), {text(one, "service"): state}

    changes = row.get("impacted_service_status_changes") or ()
    yield from read_each(changes, read, notices, f"{event_id}/", notices.untell(event_id))


def _updates(log: Any, within: str, notices: Notices) -> tuple[Update, ...]:
    seen: Counter[str] = Counter()

    def read(row: Raw, to: Notices) -> Update:
        at = epoch(row["timestamp"])
        key = stamp(at)
        status = str(row.get("status", ""))
        seen[key] += 1
        return Update(
            update_id=f"{key}/{seen[key] - 1}",
            stage=Stage.RESOLVED if status == OPERATIONAL else Stage.INVESTIGATING,
            status=status,
            created_at=at,
            display_at=at,
            body=row.get("message") or row.get("summary"),
        )

    lost = notices.untell(within.rstrip("/"))
    return in_order(read_each(log or (), read, notices, within, lost))
