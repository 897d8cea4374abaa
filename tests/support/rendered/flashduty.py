"""Flashduty's documents of a world: the list of changes, what is open, the feed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape

from ingest.models import (
    CLOSED_STAGES,
    MAINTENANCE_STAGES,
    Change,
    Impact,
    Incident,
    Kind,
    Stage,
    State,
    Update,
    labelled,
)
from ingest.time_zones import time_zone
from tests.support.rendered.statuspage import printable
from tests.support.rendered.world import NAMES, OF_UPDATES, Rendering, World, states_of

PAGE_ID = "6410"
SHANGHAI = time_zone("Asia/Shanghai")
WORDS = {
    State.OPERATIONAL: "operational",
    State.MAINTENANCE: "under_maintenance",
    State.DEGRADED: "degraded",
    State.PARTIAL: "partial_outage",
    State.MAJOR: "full_outage",
}
STAGES = {Stage.IN_PROGRESS: "ongoing", Stage.VERIFYING: "ongoing"}
LOST = ("post-mortems", "verifying, for in progress", "impact")
OF_CHANGES = OF_UPDATES - {"created_at", "edited_at"}


def number(one: Incident) -> str:
    """Return the number that stands for an incident."""
    return str(int(one.incident_id, 36))


def changes(world: World) -> Iterator[Incident]:
    """Yield the incidents as changes: each update says all that it does to components."""
    for one in world.incidents:
        updates = tuple(
            replace(u, stage=_stage(u.stage), changes=_states(u, one) or None)
            for u in one.updates
            if u.stage is not Stage.POSTMORTEM
        )
        over = updates[-1].stage in CLOSED_STAGES
        yield replace(
            one,
            incident_id=number(one),
            title=one.title.strip(),
            stage=updates[-1].stage,
            resolved_at=updates[-1].display_at if over else None,
            scheduled_end_at=_end(one, updates) if one.scheduled_start_at else None,
            updates=updates,
        )


def _end(one: Incident, updates: tuple[Update, ...]) -> datetime | None:
    """Return the one end a change has: that of planned work is moved when it is over."""
    closed = updates[-1].stage in CLOSED_STAGES
    return updates[-1].display_at if closed else one.scheduled_end_at


def _stage(stage: Stage) -> Stage:
    return Stage.IN_PROGRESS if stage is Stage.VERIFYING else stage


def _states(update: Update, one: Incident) -> tuple[Change, ...]:
    states = states_of(update, one.component_ids)
    return tuple(Change(c, None, states[c]) for c in sorted(states))


def open_ones(world: World) -> Iterator[Incident]:
    """Yield the changes that are not over."""
    return (one for one in changes(world) if one.stage not in CLOSED_STAGES)


def in_feed(world: World) -> Iterator[Incident]:
    """Yield the changes as the feed says them: how they stand, and their components by name."""
    for one in changes(world):
        planned = one.stage in MAINTENANCE_STAGES
        last = replace(one.updates[-1], display_at=one.updates[0].display_at)
        yield replace(
            one,
            kind=Kind.MAINTENANCE if planned else Kind.INCIDENT,
            title=printable(one.title).strip(),
            impact=Impact.UNKNOWN,
            component_ids=tuple(labelled(NAMES[c]) for c in one.component_ids),
            updates=(last,),
        )


def _row(one: Incident) -> dict[str, Any]:
    end = one.resolved_at or one.scheduled_end_at
    assert one.started_at is not None
    return {
        "change_id": int(one.incident_id),
        "page_id": int(PAGE_ID),
        "type": one.kind.value,
        "title": one.title,
        "description": "",
        "status": STAGES.get(one.stage, one.stage.value),
        "start_at_seconds": int(one.started_at.timestamp()),
        "close_at_seconds": int(end.timestamp()) if end else 0,
        "affected_components": [
            {"component_id": c, "name": NAMES[c], "status": "operational"}
            for c in one.component_ids
        ],
        "updates": [
            {
                "update_id": u.update_id,
                "at_seconds": int(u.display_at.timestamp()),
                "status": STAGES.get(u.stage, u.stage.value),
                "description": u.body,
                "component_changes": [
                    {
                        "component_id": c.component_id,
                        "component_name": NAMES[c.component_id],
                        "status": WORDS[c.new],
                    }
                    for c in u.changes or ()
                ],
            }
            for u in one.updates
        ],
    }


def change_list(world: World) -> bytes:
    """Render the list of changes."""
    return json.dumps({"request_id": "x", "data": {"items": [*map(_row, changes(world))]}}).encode()


def active(world: World) -> bytes:
    """Render what is open, beside the components of the page."""
    page = {
        "page_id": int(PAGE_ID),
        "components": [{"component_id": key, "name": name} for key, name in NAMES.items()],
        "sections": [],
    }
    rows = [*map(_row, open_ones(world))]
    return json.dumps({"request_id": "x", "data": {"page": page, "active_changes": rows}}).encode()


def feed(world: World) -> bytes:
    """Render the feed: the last state of each change under the date of its start."""
    items = []
    for one in changes(world):
        names = ", ".join(NAMES[c] for c in one.component_ids)
        word = STAGES.get(one.stage, one.stage.value)
        html = f"<p><strong>Status:</strong> {word}</p><p>{one.updates[-1].body}</p>"
        if names:
            html += f"<p><strong>Affected components:</strong> {escape(names)}</p>"
        date = format_datetime(one.updates[0].display_at.astimezone(SHANGHAI))
        items.append(
            f"<item><title>{escape(printable(one.title))}</title>"
            f"<link>https://status.acme.test/incidents/{one.incident_id}</link>"
            f"<description>{escape(html)}</description>"
            f"<guid>urn:flashduty:change:{one.incident_id}</guid><pubDate>{date}</pubDate></item>"
        )
    return f'<rss version="2.0"><channel>{"".join(items)}</channel></rss>'.encode()


RENDERINGS = (
    Rendering(
        "flashduty",
        "changes",
        "/api/status-page/6410/change/list",
        change_list,
        changes,
        OF_CHANGES,
        1,
        (*LOST, "the end that was planned, once it is over"),
        PAGE_ID,
    ),
    Rendering(
        "flashduty",
        "active",
        "/api/status-page/6410/summary/active",
        active,
        open_ones,
        OF_CHANGES,
        1,
        (*LOST, "what is over"),
        PAGE_ID,
    ),
    Rendering(
        "flashduty",
        "feed",
        "/history.rss",
        feed,
        in_feed,
        OF_CHANGES - {"update_id", "changes"},
        1,
        (*LOST, "updates but the last, and its time", "ids of components", "control characters"),
        PAGE_ID,
        empty=False,
    ),
)
