"""Tell what people posted on an Uptime Kuma: incidents, and maintenance that runs now.

The style of a post is a colour, not a severity, and it is the last one chosen. A post that is
not active is over, by its last edit at the latest. Windows come in two forms: local times of
the window's zone for a single one, instants for one that recurs, none for one by hand. The
second window of one that recurs is its next run.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ingest.models import MISREADINGS, Impact, Incident, Kind, Stage, Update
from ingest.platforms.fields import objects, optional_text, text
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.timestamps import in_zone
from ingest.platforms.uptime_kuma.measured import instant
from ingest.platforms.words import word

STAGES = {
    "under-maintenance": Stage.IN_PROGRESS,
    "scheduled": Stage.SCHEDULED,
    "ended": Stage.COMPLETED,
}
LOCAL = "single"


def is_over(row: Raw) -> bool:
    """Tell a post that is no longer active and bears a time that can be read."""
    times = (row.get(key) for key in ("createdDate", "lastUpdatedDate"))
    return row.get("active") is False and any(map(_is_time, times))


def _is_time(value: Any) -> bool:
    try:
        instant(value)
    except MISREADINGS:
        return False
    return True


def post(row: Raw, notices: Notices) -> Incident:
    """Read one post; version 2.0 lists one only while it is active."""
    incident_id = f"i{int(row['id'])}"
    posted_at = instant(text(row, "createdDate"))
    edited = optional_text(row, "lastUpdatedDate")
    edited_at = instant(edited) if edited else None
    over = not row.get("active", True)
    body = optional_text(row, "content")
    # An edit replaces the text, so what was said first is gone.
    said = [("posted", posted_at, None if edited_at else body)]
    said += [("edited", edited_at, body)] if edited_at else []
    updates = tuple(
        Update(key, Stage.INVESTIGATING, "", at, at, body=told) for key, at, told in said
    )
    return Incident(
        incident_id=incident_id,
        kind=Kind.INCIDENT,
        title=text(row, "title").strip(),
        status=str(row.get("style") or ""),
        stage=Stage.RESOLVED if over else Stage.INVESTIGATING,
        impact=Impact.UNKNOWN,
        created_at=posted_at,
        resolved_at=(edited_at or posted_at) if over else None,
        updates=updates,
        listed_at=edited_at or posted_at,
    )


def maintenances(row: Raw, now: datetime, notices: Notices) -> Iterator[Incident]:
    """Yield the runs of one maintenance: that which goes on, and the next."""
    record = f"m{int(row['id'])}"
    title, status = text(row, "title").strip(), text(row, "status")
    stage = word(STAGES, status, Stage.UNKNOWN, record, notices)
    recurs = row.get("strategy") not in (LOCAL, "manual")
    windows = [_window(slot, row) for slot in objects(row.get("timeslotList"))]
    for nr, (start, end) in enumerate(windows or [(None, None)]):
        run = f"{record}-{start:%Y%m%dT%H%M%SZ}" if recurs and start else record
        yield Incident(
            incident_id=run,
            kind=Kind.MAINTENANCE,
            title=title,
            status=status if nr == 0 else "scheduled",
            stage=stage if nr == 0 and (start is None or start <= now) else Stage.SCHEDULED,
            impact=Impact.MAINTENANCE,
            scheduled_start_at=start,
            scheduled_end_at=end,
            # What is done by hand has no times at all: it is listed whenever we look.
            listed_at=start or now.replace(hour=0, minute=0, second=0, microsecond=0),
        )


def _window(slot: Raw, row: Raw) -> tuple[datetime, datetime]:
    zone = text(row, "timezone")
    start, end = (datetime.fromisoformat(text(slot, key)) for key in ("startDate", "endDate"))
    return in_zone(start, zone), in_zone(end, zone)
