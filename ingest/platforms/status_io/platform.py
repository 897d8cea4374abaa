"""status.io pages: one document with components by region, and what is open or planned.

Codes tell, the words are each page's own. A component is a part in a container, which is a
region: one that stands in three regions is three. Code 600, a security event, says nothing
of up or down. Only what is open is listed, so a post that is gone from the next document is
over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from ingest.models import (
    Change,
    Component,
    Impact,
    Incident,
    Kind,
    Page,
    Parsed,
    Stage,
    State,
    Update,
)
from ingest.platforms.contract import EVERY_KIND, WINDOW, Platform, source
from ingest.platforms.fields import instant, objects, optional_instant, optional_text, rows_of, text
from ingest.platforms.forms import Form, Origin
from ingest.platforms.impacts import spells, timeline
from ingest.platforms.incidents import numbered, read_updates
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.records import read_components, read_each
from ingest.platforms.timestamps import stamp
from ingest.platforms.words import word
from ingest.sources import Shape, Source

API = "https://api.status.io"
DOCUMENT = "/1.0/status"
CARRIED = (WINDOW - {"resolved_at"}) | {
    "title",
    "status",
    "created_at",
    "component_ids",
    "impacts",
    "updates",
}
SECURITY = 600
STATES = {
    100: State.OPERATIONAL,
    200: State.MAINTENANCE,
    300: State.DEGRADED,
    400: State.PARTIAL,
    500: State.MAJOR,
}
STAGES = {100: Stage.INVESTIGATING, 200: Stage.IDENTIFIED, 300: Stage.MONITORING}
#: What a post says of itself by the code of its newest message.
WORDS = {
    100: "operational",
    200: "maintenance",
    300: "degraded",
    400: "partial disruption",
    500: "disruption",
    SECURITY: "security event",
}


def sources(page: Page) -> Sequence[Source]:
    """Return the one document, where the page's id is known."""
    if page.page_id is None:
        return ()
    return (source(page, f"{API}{DOCUMENT}/{page.page_id}", "status", 5),)


def _status(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    result = data.get("result", data)
    parts = result["status"] if "status" in result else result["components"]
    if not isinstance(parts, list):
        raise ValueError("status is not a list")
    components = read_components(_placed(parts), _component, notices)
    known = {one.component_id for one in components}
    planned = result.get("maintenance") or {}
    open_posts = result["incidents"] if "result" in data else ()

    def incident(row: Raw, to: Notices) -> Incident:
        return _post(row, Kind.INCIDENT, known, origin.at, to)

    def maintenance(row: Raw, to: Notices) -> Incident:
        return _post(row, Kind.MAINTENANCE, known, origin.at, to)

    return Parsed(
        "status",
        roster=True,
        components=components,
        incidents=(
            *read_each(open_posts, incident, notices, refused=notices.lost),
            *read_each(planned.get("active") or (), maintenance, notices, refused=notices.lost),
            *read_each(planned.get("upcoming") or (), maintenance, notices),
        ),
    )


def _placed(parts: Sequence[Any]) -> Iterator[Any]:
    """Yield each part in each of its containers; what is no part as it is."""
    for part in parts:
        if not isinstance(part, dict) or not isinstance(part.get("containers"), list):
            yield part
            continue
        for container in part["containers"]:
            yield {"id": part.get("id"), "name": part.get("name"), "container": container}


def _component(row: Raw, notices: Notices) -> Component:
    container = row["container"]
    component_id = placed_id(text(row, "id"), text(container, "id"))
    return Component(
        component_id,
        text(row, "name"),
        region=text(container, "name").strip(),
        state=_state(container.get("status_code"), component_id, notices),
    )


def placed_id(part: str, container: str) -> str:
    """Return the id of a part in a container."""
    return f"{part}.{container}"


def _state(code: Any, record: str, notices: Notices) -> State:
    if code == SECURITY:
        notices.warn("security_event", record, "a security event says neither up nor down")
        return State.UNKNOWN
    return word(STATES, code, State.UNKNOWN, record, notices)


def _post(row: Raw, kind: Kind, known: set[str], now: datetime, notices: Notices) -> Incident:
    post_id = text(row, "_id")
    named = sorted(_named(row, known))
    opened_at = instant(row, "datetime_open")
    start = optional_instant(row, "datetime_planned_start")
    end = optional_instant(row, "datetime_planned_end")
    planned = kind is Kind.MAINTENANCE
    running = _running(start, end, now) if planned else None

    def message(one: Raw, within: str, to: Notices) -> Update:
        return _update(one, named, running, within, to)

    updates = numbered(read_updates(rows_of(row, "messages"), post_id, message, notices))
    told = timeline(updates)
    if told and not planned:
        told[0] = (min(opened_at, told[0][0]), told[0][1])
    return Incident(
        incident_id=post_id,
        kind=kind,
        title=text(row, "name").strip(),
        status=updates[-1].status if updates else "",
        stage=updates[-1].stage if updates else Stage.UNKNOWN,
        impact=Impact.MAINTENANCE if planned else Impact.UNKNOWN,
        created_at=opened_at,
        started_at=None if planned else opened_at,
        scheduled_start_at=start,
        scheduled_end_at=end,
        component_ids=tuple(named),
        updates=updates,
        listed_at=opened_at,
        impacts=None if planned else spells(told, None),
    )


def _named(row: Raw, known: set[str]) -> set[str]:
    """Return the components a post affects: its parts, where its containers are."""
    parts = [str(one["_id"]) for one in objects(row.get("components_affected"))]
    containers = [str(one["_id"]) for one in objects(row.get("containers_affected"))]
    return {placed_id(part, one) for part in parts for one in containers} & known


def _running(start: datetime | None, end: datetime | None, now: datetime) -> Stage:
    if start is not None and now < start:
        return Stage.SCHEDULED
    return Stage.COMPLETED if end is not None and end <= now else Stage.IN_PROGRESS


def _update(
    row: Raw, named: Sequence[str], running: Stage | None, within: str, notices: Notices
) -> Update:
    at = instant(row, "datetime")
    code = row.get("status")
    record = f"{within}{stamp(at)}"
    state = _state(code, record, notices)
    return Update(
        update_id=at.isoformat(timespec="milliseconds"),
        stage=running or word(STAGES, row.get("state"), Stage.UNKNOWN, record, notices),
        status=WORDS.get(code, "") if isinstance(code, int) else "",
        created_at=at,
        display_at=at,
        body=optional_text(row, "details"),
        changes=tuple(Change(component, None, state) for component in named) or None,
    )


def _is_status(data: Raw) -> bool:
    return "status_overall" in data.get("result", data)


FORMS = (
    Form("status", DOCUMENT, _status, frozenset({"result"}), fits=_is_status),
    # The same document as a scraper keeps it, whose incidents are its own work: left alone.
    Form("status", DOCUMENT, _status, frozenset({"status_overall", "components"})),
)
SHAPES = (Shape("status", CARRIED),)
PLATFORM = Platform("status_io", 2, SHAPES, FORMS, sources, active_only={"status": EVERY_KIND})
