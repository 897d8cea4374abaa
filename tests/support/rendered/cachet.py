"""Cachet's list of a world: the clock times of its server, without their zone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from ingest.models import Incident, Kind, Stage
from ingest.time_zones import time_zone
from tests.support.rendered.world import PARTS, Rendering, World

NUMBERS = {
    Stage.INVESTIGATING: 1,
    Stage.IDENTIFIED: 2,
    Stage.MONITORING: 3,
    Stage.RESOLVED: 4,
}
COMPONENTS = {part.component_id: str(nr) for nr, part in enumerate(PARTS, 1)}


def says(world: World) -> Iterator[Incident]:
    """Yield the incidents, each on its first component, at the instants that a clock can tell."""
    zone = world.site.page.zone
    for one in world.of(Kind.INCIDENT):
        stage = Stage.RESOLVED if one.stage is Stage.POSTMORTEM else one.stage
        yield replace(
            one,
            incident_id=str(int(one.incident_id, 36)),
            title=one.title.strip(),
            stage=stage,
            created_at=_told(one.created_at, zone),
            started_at=_told(one.started_at, zone),
            resolved_at=_told(one.resolved_at, zone),
            component_ids=tuple(COMPONENTS[c] for c in one.component_ids[:1]),
        )


def _told(at: datetime | None, zone: str) -> datetime | None:
    """Return the first instant at which a clock showed the same."""
    return at and at.astimezone(time_zone(zone)).replace(fold=0).astimezone(UTC)


def incidents(world: World) -> bytes:
    """Render ``/api/v1/incidents``."""
    zone = time_zone(world.site.page.zone)

    def clock(at: datetime | None) -> str | None:
        return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}" if at else None

    rows = [
        {
            "id": int(one.incident_id),
            "name": one.title,
            "message": "Words.",
            "status": NUMBERS[one.stage],
            "component_id": int(one.component_ids[0]) if one.component_ids else 0,
            "created_at": clock(one.created_at),
            "occurred_at": clock(one.started_at),
            "updated_at": clock(one.resolved_at or one.created_at),
        }
        for one in says(world)
    ]
    pages = {"pagination": {"total": len(rows), "total_pages": 1}}
    return json.dumps({"meta": pages, "data": rows}).encode()


RENDERINGS = (
    Rendering(
        "cachet",
        "incident",
        "/api/v1/incidents",
        incidents,
        says,
        losses=(
            "maintenances",
            "components but the first",
            "which of two hours it was, where clocks are set back",
        ),
    ),
)
