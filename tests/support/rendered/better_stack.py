"""Better Stack's document of a world: reports with their updates, and resources."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from ingest.models import Incident, Kind, PostedImpact, Stage, State, Update
from tests.support.rendered.world import NAMES, OF_UPDATES, Rendering, World, spans, states_of

PAGE_ID = "197000"
WORDS = {
    State.OPERATIONAL: "resolved",
    State.MAINTENANCE: "maintenance",
    State.DEGRADED: "degraded",
    State.PARTIAL: "degraded",
    State.MAJOR: "downtime",
}
#: The engine has no word between degraded and down.
STATES = {**{state: state for state in State}, State.PARTIAL: State.DEGRADED}


def ended_at(one: Incident) -> datetime | None:
    """Return the end that a report gives: of planned work the one it was planned for."""
    return one.scheduled_end_at if one.kind is Kind.MAINTENANCE else one.resolved_at


def says(world: World) -> Iterator[Incident]:
    """Yield the incidents with the stages that their windows give them."""
    for one in world.incidents:
        over = ended_at(one)
        updates = [_mild(update) for update in one.updates]
        known = {c for u in updates for c in states_of(u, one.component_ids)}
        yield replace(
            one,
            stage=_stage(one, world.at),
            resolved_at=over if over and over <= world.at else None,
            component_ids=tuple(known),
            updates=tuple(_staged(update, one) for update in one.updates),
            impacts=tuple(_beginning(one, spans(updates, one.component_ids, over))),
        )


def _beginning(one: Incident, found: Iterable[PostedImpact]) -> Iterator[PostedImpact]:
    """Yield spans of which the first begin with the report, if it was dated before them."""
    spans = [*found]
    first = min((span.start_at for span in spans), default=None)
    for span in spans:
        assert one.started_at is not None
        begins = span.start_at == first
        yield replace(span, start_at=min(span.start_at, one.started_at)) if begins else span


def _mild(update: Update) -> Update:
    changes = update.changes
    if changes is None:
        return update
    return replace(update, changes=tuple(replace(c, new=STATES[c.new]) for c in changes))


def _staged(update: Update, one: Incident) -> Update:
    assert update.created_at is not None
    stage, over = _stage(one, update.display_at), ended_at(one)
    at = over if over and stage is Stage.RESOLVED else update.display_at
    return replace(update, created_at=update.display_at, stage=stage, display_at=at)


def _stage(one: Incident, at: datetime) -> Stage:
    over = ended_at(one)
    ended = over is not None and over <= at
    if one.kind is Kind.INCIDENT:
        return Stage.RESOLVED if ended else Stage.INVESTIGATING
    assert one.started_at is not None
    if ended:
        return Stage.COMPLETED
    return Stage.SCHEDULED if at < one.started_at else Stage.IN_PROGRESS


def _stamp(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _record(kind: str, record_id: str, **attributes: Any) -> dict[str, Any]:
    return {"id": record_id, "type": kind, "attributes": attributes}


def index(world: World) -> bytes:
    """Render ``/index.json``."""
    included = [
        _record("status_page_resource", key, public_name=name, status="operational")
        for key, name in NAMES.items()
    ]
    for one in world.incidents:
        included += [_said(update, one) for update in one.updates]
        included.append(_report(one))
    about = {"id": PAGE_ID, "type": "status_page", "attributes": {"company_name": "Acme"}}
    return json.dumps({"data": about, "included": included}).encode()


def _affected(update: Update, one: Incident) -> list[dict[str, str]]:
    states = states_of(update, one.component_ids)
    return [{"status_page_resource_id": c, "status": WORDS[s]} for c, s in states.items()]


def _said(update: Update, one: Incident) -> dict[str, Any]:
    return _record(
        "status_update",
        update.update_id,
        message=update.body,
        published_at=_stamp(update.display_at),
        status_report_id=one.incident_id,
        affected_resources=_affected(update, one),
    )


def _report(one: Incident) -> dict[str, Any]:
    last = {c: WORDS[s] for u in one.updates for c, s in states_of(u, one.component_ids).items()}
    return _record(
        "status_report",
        one.incident_id,
        title=one.title,
        report_type="maintenance" if one.kind is Kind.MAINTENANCE else "manual",
        aggregate_state="resolved" if one.resolved_at else "degraded",
        starts_at=_stamp(one.started_at),
        ends_at=_stamp(ended_at(one)),
        affected_resources=[
            {"status_page_resource_id": c, "status": word} for c, word in last.items()
        ],
    )


RENDERINGS = (
    Rendering(
        "better_stack",
        "index",
        "/index.json",
        index,
        says,
        OF_UPDATES - {"edited_at", "changes", "created_at"},
        losses=(
            "partial, for degraded",
            "when planned work began, if it was late",
            "stages between the start and the end",
            "when planned work was over, for when it was planned to be",
            "when an update was made, for when it is dated",
        ),
        page_id=PAGE_ID,
    ),
)
