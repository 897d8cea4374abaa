"""Cloudflare's status page: Statuspage's documents, and a summary of its own under v3.

What the new summary calls an incident, its id and its name, was not seen in full: fields
that are called otherwise cost their record.
"""

from __future__ import annotations

from typing import Any

from ingest.models import Component, Impact, Incident, Parsed, Stage, State, Update
from ingest.platforms.contract import Platform
from ingest.platforms.fields import instant, objects, optional_instant, optional_text, rows_of, text
from ingest.platforms.forms import Form, Origin
from ingest.platforms.incidents import is_time, kind_of
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.records import read_components, read_each, read_incidents
from ingest.platforms.statuspage import platform as statuspage
from ingest.platforms.statuspage import routes
from ingest.platforms.timestamps import stamp
from ingest.platforms.words import IMPACTS, STAGES, STATES, word
from ingest.sources import Shape

SUMMARY = "/api/v3/summary"


def _summary(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    result = data["result"]
    if data.get("success") is not True:
        raise ValueError("the page says that it failed")
    components = read_components(rows_of(result, "components"), _component, notices)
    open_posts, recent = (rows_of(result, key) for key in ("active_incidents", "recent_incidents"))
    incidents = (
        *read_each(open_posts, _incident, notices, refused=notices.lost),
        *read_incidents(recent, _incident, notices, _is_over),
    )
    found = {one.incident_id: one for one in reversed(incidents)}
    return Parsed(
        "v3", roster=True, components=components, incidents=tuple(reversed(found.values()))
    )


def _is_over(row: Raw) -> bool:
    """Tell an incident that bears its end."""
    return is_time(row.get("resolved_at"))


def _component(row: Raw, notices: Notices) -> Component:
    component_id = text(row, "id")
    state = word(STATES, row.get("status"), State.UNKNOWN, component_id, notices)
    return Component(component_id, text(row, "name"), state=state)


def _incident(row: Raw, notices: Notices) -> Incident:
    incident_id = text(row, "id")
    last = row["last_update"]
    status = text(last, "status")
    stage = word(STAGES, status, Stage.UNKNOWN, incident_id, notices)
    at = instant(last, "display_at")
    impact = IMPACTS.get(str(row.get("impact")), Impact.UNKNOWN)
    return Incident(
        incident_id=incident_id,
        kind=kind_of(stage, ()),
        title=text(row, "name").strip(),
        status=status,
        stage=stage,
        impact=impact,
        started_at=instant(row, "starts_at"),
        resolved_at=optional_instant(row, "resolved_at"),
        component_ids=tuple(text(one, "id") for one in objects(row.get("components"))),
        updates=(Update(stamp(at), stage, status, None, at, body=optional_text(last, "message")),),
        listed_at=at,
    )


def _is_v3(data: Any) -> bool:
    return isinstance(data["result"], dict) and "active_incidents" in data["result"]


FORMS = (
    Form("v3", SUMMARY, _summary, frozenset({"success", "result"}), fits=_is_v3),
    *statuspage.FORMS,
)
SHAPES = (
    *statuspage.SHAPES,
    Shape("v3", frozenset({"title", "status", "started_at", "component_ids", "updates"})),
)

PLATFORM = Platform(
    "cloudflare_status",
    1,
    SHAPES,
    FORMS,
    routes.sources,
    opened=statuspage.PLATFORM.opened,
    follow=routes.follow,
    indexes=statuspage.PLATFORM.indexes,
)
