"""Alibaba Cloud's list of past events: wide ones only, with their own start and end.

Whether an event is over stands in its title and in its end. Products and regions are mostly
null, so an event names no component then.
"""

from __future__ import annotations

import re
from typing import Any

from ingest.models import Component, Impact, Incident, Kind, Parsed, Stage, labelled
from ingest.platforms.contract import Platform, polled
from ingest.platforms.fields import objects, rows_of, text
from ingest.platforms.forms import Form, Origin
from ingest.platforms.incidents import is_epoch, oldest
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.records import read_incidents
from ingest.platforms.timestamps import epoch, optional_epoch
from ingest.sources import Shape

EVENTS = "/api/status/listHistoryEvent"
CARRIED = frozenset({"title", "status", "started_at", "resolved_at", "component_ids"})
#: ``[Incident (Recovered)] `` or ``[Incident Recovered] ``.
TAG = re.compile(r"^\s*\[(?P<word>[^\]]*)\]\s*")
OVER = "recovered"
SOURCES = polled((EVENTS, "events", 15))


def _events(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    if data.get("success") is False:
        raise ValueError(f"the page answers {data.get('code')}")
    rows = rows_of(data, "data")
    incidents = read_incidents(rows, _event, notices, _is_over)
    named = dict.fromkeys(name for row in objects(rows) for name in _products(row))
    return Parsed(
        "events",
        horizon=oldest(incidents),
        components=tuple(Component(labelled(name), name) for name in named),
        incidents=incidents,
    )


def _is_over(row: Raw) -> bool:
    """Tell an event that bears its end, or says that it is over and bears a time."""
    said = TAG.match(str(row.get("title")))
    over = said is not None and OVER in said["word"].lower()
    times = (row.get(key) for key in ("startTime", "lastUpdateTime"))
    return is_epoch(row.get("endTime")) or (over and any(map(is_epoch, times)))


def _event(row: Raw, notices: Notices) -> Incident:
    event_id = str(int(row["id"]))
    whole = text(row, "title")
    tag = TAG.match(whole)
    status = tag["word"].strip() if tag else ""
    start, end = epoch(row["startTime"]), optional_epoch(row.get("endTime"))
    over = end is not None or OVER in status.lower()
    return Incident(
        incident_id=event_id,
        kind=Kind.INCIDENT,
        title=TAG.sub("", whole).strip(),
        status=status,
        stage=Stage.RESOLVED if over else Stage.INVESTIGATING,
        impact=Impact.UNKNOWN,
        started_at=start,
        resolved_at=end or (optional_epoch(row.get("lastUpdateTime")) if over else None),
        component_ids=tuple(labelled(name) for name in _products(row)),
        listed_at=start,
    )


def _products(row: Raw) -> list[str]:
    said = row.get("products")
    names = [one.get("name") if isinstance(one, dict) else one for one in said or ()]
    return [name.strip() for name in names if isinstance(name, str) and name.strip()]


def _lists_events(data: Any) -> bool:
    rows = data["data"]
    return isinstance(rows, list) and all("startTime" in row for row in objects(rows))


FORMS = (
    Form("events", EVENTS, _events, frozenset({"data", "total", "success"}), fits=_lists_events),
)
SHAPES = (Shape("events", CARRIED),)
PLATFORM = Platform(
    "alibaba", 1, SHAPES, FORMS, SOURCES, impact_basis="incident", explicit_window=True
)
