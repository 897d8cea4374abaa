"""OnlineOrNot pages: what the front page streams to the browser.

Posts stand by day with their updates, newest first, and name no component. A component's days
name the incidents on them with the worst that each was; on days without a post, too, since
its checks measure. A part that another company runs has no days of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
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
from ingest.platforms import streamed
from ingest.platforms.contract import WINDOW, Platform, front_page
from ingest.platforms.fields import instant, objects, optional_instant, optional_text, rows_of, text
from ingest.platforms.forms import Form, Origin
from ingest.platforms.impacts import throughout
from ingest.platforms.incidents import edited, is_time, read_updates
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Media, Raw
from ingest.platforms.records import read_components, read_each, read_incidents
from ingest.platforms.words import INCIDENT_STAGES, MONITOR_RULE, PLANNED_STAGES, uppercase, word
from ingest.sources import Shape

FRONT = "/"
CARRIED = WINDOW | {"title", "status", "component_ids", "impacts", "updates"}
STATES = {
    "OPERATIONAL": State.OPERATIONAL,
    "NO_IMPACT": State.OPERATIONAL,
    "DEGRADED_PERFORMANCE": State.DEGRADED,
    "PARTIAL_OUTAGE": State.PARTIAL,
    "MAJOR_OUTAGE": State.MAJOR,
    "MAINTENANCE": State.MAINTENANCE,
}
STAGES = uppercase({**INCIDENT_STAGES, **PLANNED_STAGES})


def _page(html: str, origin: Origin, notices: Notices) -> Parsed:
    loaded = streamed.unfolded(html)["loaderData"]
    about = loaded["root"]["result"]
    results = [one.get("result") for one in loaded.values() if isinstance(one, dict)]
    result = next(
        (one for one in results if isinstance(one, dict) and isinstance(one.get("uptime"), list)),
        None,
    )
    if result is None:
        raise ValueError("no part of the page shows its days")
    groups = {
        str(one.get("id")): optional_text(one, "name") for one in objects(result.get("groups"))
    }
    components = read_components(
        rows_of(about, "components"), lambda row, to: _component(row, groups, to), notices
    )
    days = objects(result["uptime"])
    told = _told(days, notices)
    posts = [*_posts(result)]
    incidents = read_incidents(posts, lambda row, to: _post(row, told, to), notices, _is_over)
    known = {one.incident_id for one in incidents}
    measured = (row for key, row in _unposted(days).items() if key not in known)
    planned = read_each(result.get("scheduledMaintenance") or (), _maintenance, notices)
    return Parsed(
        "page",
        page_id=optional_text(about["statusPage"], "id"),
        roster=True,
        components=components,
        incidents=(
            *incidents,
            *read_incidents(measured, lambda row, to: _post(row, told, to), notices, _is_over),
            *planned,
        ),
        posted_ratios=tuple(one for row in days for one in _ratios(row)),
    )


def _component(row: Raw, groups: dict[str, str | None], notices: Notices) -> Component:
    component_id = text(row, "id")
    return Component(
        component_id,
        text(row, "name"),
        group=groups.get(str(row.get("groupId"))),
        state=word(STATES, row.get("status"), State.UNKNOWN, component_id, notices),
    )


def _posts(result: Raw) -> Iterator[Any]:
    """Yield each post once: those that are open, then those of the days."""
    seen: set[Any] = set()
    by_day = result.get("incidents")
    listed = by_day.values() if isinstance(by_day, dict) else ()
    for rows in (result.get("activeIncidents") or (), *listed):
        for row in rows or ():
            known = row.get("id") if isinstance(row, dict) else None
            if known is None or known not in seen:
                seen.add(known)
                yield row


def _entries(days: Sequence[Raw]) -> Iterator[tuple[str, Raw]]:
    """Yield what the days of each component say of incidents, with the component."""
    for row in days:
        data = row.get("data")
        for day in objects(data.get("incidents") if isinstance(data, dict) else ()):
            for one in objects(day.get("incidentData")):
                yield str(row.get("componentId")), one


def _told(days: Sequence[Raw], notices: Notices) -> dict[str, dict[str, State]]:
    """Return the worst that each incident was to each component, by the days of that."""
    found: dict[str, dict[str, State]] = {}
    for component, one in _entries(days):
        incident_id = str(one.get("incidentId"))
        state = word(STATES, one.get("impact"), State.UNKNOWN, incident_id, notices)
        found.setdefault(incident_id, {})[component] = state
    return found


def _unposted(days: Sequence[Raw]) -> dict[str, Raw]:
    """Return the incidents that only days name, as posts without updates."""
    return {
        str(one.get("incidentId")): {**one, "id": one.get("incidentId")}
        for _, one in _entries(days)
    }


def _is_over(row: Raw) -> bool:
    """Tell an incident that bears its end."""
    return is_time(row.get("ended"))


def _post(row: Raw, told: dict[str, dict[str, State]], notices: Notices) -> Incident:
    incident_id = text(row, "id")
    start, end = instant(row, "started"), optional_instant(row, "ended")
    updates = read_updates(row.get("updates"), incident_id, _update, notices)
    last = updates[-1].stage if updates else Stage.INVESTIGATING
    states = told.get(incident_id, {})
    bad = {one: state for one, state in states.items() if state is not State.OPERATIONAL}
    return Incident(
        incident_id=incident_id,
        kind=Kind.INCIDENT,
        title=text(row, "title").strip(),
        status=updates[-1].status if updates else "",
        stage=Stage.RESOLVED if end else last,
        impact=Impact.UNKNOWN,
        started_at=start,
        resolved_at=end,
        component_ids=tuple(sorted(states)),
        updates=updates,
        listed_at=start,
        impacts=throughout(bad, start, end),
    )


def _update(row: Raw, within: str, notices: Notices) -> Update:
    created_at = instant(row, "createdAt")
    status = text(row, "status")
    key = f"{created_at:%Y-%m-%dT%H:%M:%S.%fZ}"
    return Update(
        update_id=key,
        stage=word(STAGES, status, Stage.UNKNOWN, within + key, notices),
        status=status,
        created_at=created_at,
        display_at=optional_instant(row, "dateHappened") or created_at,
        edited_at=edited(created_at, optional_instant(row, "updatedAt")),
        body=optional_text(row, "description"),
    )


def _maintenance(row: Raw, notices: Notices) -> Incident:
    start, end = instant(row, "started"), optional_instant(row, "ended")
    return Incident(
        incident_id=text(row, "id"),
        kind=Kind.MAINTENANCE,
        title=text(row, "title").strip(),
        status="",
        stage=Stage.SCHEDULED,
        impact=Impact.MAINTENANCE,
        scheduled_start_at=start,
        scheduled_end_at=end,
        listed_at=start,
    )


def _ratios(row: Raw) -> Iterator[PostedRatio]:
    data = row.get("data")
    said = data.get("uptime") if isinstance(data, dict) else None
    named = objects(data.get("incidents") if isinstance(data, dict) else ())
    days = [date.fromisoformat(str(day.get("day"))[:10]) for day in named]
    if days and isinstance(said, str):
        component = text(row, "componentId")
        yield PostedRatio(component, min(days), max(days), float(said), MONITOR_RULE)


def _is_onlineornot(html: str) -> bool:
    return "streamController.enqueue(" in html and "componentPageUrl" in html


FORMS = (Form("page", FRONT, _page, media=Media.HTML, fits=_is_onlineornot),)
SHAPES = (Shape("page", CARRIED),)
PLATFORM = Platform(
    "onlineornot",
    1,
    SHAPES,
    FORMS,
    front_page,
    explicit_window=True,
    measures=True,
    present=frozenset({"page"}),
)
