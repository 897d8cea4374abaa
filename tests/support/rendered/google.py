"""Google's document of a world: incidents with one state over one window."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from textwrap import shorten
from typing import Any

from ingest.models import Impact, Incident, Kind, PostedImpact, Stage, State, Update
from tests.support.rendered.world import NAMES, OF_UPDATES, Rendering, World

SEVERITIES = {Impact.MINOR: "low", Impact.MAJOR: "medium", Impact.CRITICAL: "high"}
#: The word for the state of all its products, by the worst an incident said of any.
WORDS = {
    Impact.NONE: "SERVICE_INFORMATION",
    Impact.MINOR: "SERVICE_INFORMATION",
    Impact.MAJOR: "SERVICE_DISRUPTION",
    Impact.CRITICAL: "SERVICE_OUTAGE",
}
STATES = {
    "SERVICE_INFORMATION": State.DEGRADED,
    "SERVICE_DISRUPTION": State.PARTIAL,
    "SERVICE_OUTAGE": State.MAJOR,
}
#: A headline beyond this leads the first update instead.
LONGEST_TITLE = 200
ENDED = frozenset({Stage.RESOLVED, Stage.POSTMORTEM})


def says(world: World) -> Iterator[Incident]:
    """Yield the incidents as one state of all their products, from begin to end."""
    for one in world.of(Kind.INCIDENT):
        start, end = one.started_at, one.resolved_at
        assert start is not None
        state = STATES[WORDS[one.impact]]
        lasting = end is None or end > start
        spans = [PostedImpact(c, state, start, end) for c in one.component_ids if lasting]
        information = WORDS[one.impact] == "SERVICE_INFORMATION"
        updates = _staged(sorted(one.updates, key=_written_at), end)
        line = " ".join(one.title.split())
        title = shorten(line, LONGEST_TITLE, placeholder=" …")
        if title != line:
            updates[0] = replace(updates[0], body=f"{one.title}\n\n{updates[0].body}")
        yield replace(
            one,
            title=title,
            stage=Stage.RESOLVED if end else updates[-1].stage,
            impact=Impact.NONE if information else one.impact,
            updates=tuple(updates),
            impacts=tuple(spans),
        )


def _written_at(update: Update) -> datetime:
    assert update.created_at is not None
    return update.created_at


def _staged(updates: list[Update], end: datetime | None) -> list[Update]:
    """Give updates the stages that the engine has words for: it goes on, is well, is reported."""
    last = max((nr for nr, u in enumerate(updates) if u.stage is Stage.RESOLVED), default=None)
    found: list[Update] = []
    for nr, update in enumerate(updates):
        if end is not None and nr == last:
            found.append(replace(update, stage=Stage.RESOLVED, display_at=end))
        elif update.stage is Stage.RESOLVED:
            found.append(replace(update, stage=Stage.MONITORING))
        elif update.stage is not Stage.POSTMORTEM:
            found.append(replace(update, stage=Stage.INVESTIGATING))
        else:
            found.append(update)
    return found


def _stamp(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")


def incidents(world: World) -> bytes:
    """Render ``/incidents.json``."""
    return json.dumps([_row(one) for one in world.of(Kind.INCIDENT)]).encode()


def _row(one: Incident) -> dict[str, Any]:
    updates = [_update(u, one) for u in sorted(one.updates, key=_written_at, reverse=True)]
    end = {"end": _stamp(one.resolved_at)} if one.resolved_at else {}
    return {
        "id": one.incident_id,
        "number": "1",
        "begin": _stamp(one.started_at),
        "created": _stamp(one.created_at),
        **end,
        "modified": updates[0]["modified"],
        "external_desc": one.title,
        "updates": updates,
        "most_recent_update": updates[0],
        "status_impact": WORDS[one.impact],
        "severity": SEVERITIES.get(one.impact, "low"),
        "service_key": "",
        "service_name": "Acme",
        "affected_products": [{"title": NAMES[c], "id": c} for c in one.component_ids],
        "uri": f"incidents/{one.incident_id}",
        "currently_affected_locations": [],
        "previously_affected_locations": [],
    }


def _update(update: Update, within: Incident) -> dict[str, Any]:
    available = update.stage in ENDED
    return {
        "created": _stamp(update.created_at),
        "modified": _stamp(update.edited_at),
        "when": _stamp(update.display_at),
        "text": update.body,
        "status": "AVAILABLE" if available else WORDS[within.impact],
        "affected_locations": [],
    }


RENDERINGS = (
    Rendering(
        "google_cloud",
        "incident",
        "/incidents.json",
        incidents,
        says,
        OF_UPDATES - {"update_id", "changes"},
        precision_s=1,
        losses=(
            "maintenances",
            "the states of single products, and their times",
            "stages between the first word and the end",
            "impact minor, for none",
            "a title's words beyond 200 characters",
        ),
    ),
)
