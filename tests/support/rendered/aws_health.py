"""AWS's documents of a world: events with the changes of each service, and the old dashboard."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from ingest.models import Change, Incident, Kind, PostedImpact, Stage, State, Update
from ingest.time_zones import time_zone
from tests.support.rendered.world import NAMES, OF_UPDATES, Rendering, World, spans, states_of

CODES = {State.OPERATIONAL: "0", State.DEGRADED: "2", State.PARTIAL: "2", State.MAJOR: "3"}
MILD = {**{state: state for state in State}, State.PARTIAL: State.DEGRADED}
PACIFIC = time_zone("America/Los_Angeles")
OVER = frozenset({Stage.RESOLVED})
LOST = (
    "maintenances",
    "partial, for degraded",
    "stages between the first word and the end",
    "post-mortems",
)
OF_EVENTS = OF_UPDATES - {"update_id", "edited_at", "changes"}


def service(component_id: str) -> str:
    """Return the key of a component as a service in a region."""
    return f"{component_id}-us-east-1"


def events(world: World) -> Iterator[Incident]:
    """Yield the incidents that name a component, as events of services."""
    for one in world.of(Kind.INCIDENT):
        told = [replace(u, created_at=u.display_at) for u in one.updates if _is_word(u)]
        updates = tuple(map(_mild, told))
        if not one.component_ids:
            continue
        over = updates[-1].display_at if updates[-1].stage in OVER else None
        keys = tuple(map(service, one.component_ids))
        yield replace(
            one,
            title=one.title.strip(),
            created_at=one.started_at,
            stage=Stage.RESOLVED if over else Stage.INVESTIGATING,
            resolved_at=over,
            component_ids=keys,
            updates=tuple(replace(u, stage=_stage(u)) for u in updates),
            impacts=spans(updates, keys, over),
        )


def _is_word(update: Update) -> bool:
    return update.stage is not Stage.POSTMORTEM


def _stage(update: Update) -> Stage:
    return Stage.RESOLVED if update.stage in OVER else Stage.INVESTIGATING


def _mild(update: Update) -> Update:
    changes = update.changes
    if changes is None:
        return update
    own = (Change(service(c.component_id), None, MILD[c.new]) for c in changes)
    return replace(update, changes=tuple(own))


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _event(one: Incident, timed: Incident) -> dict[str, Any]:
    """Write an event; ``timed`` has the stages that tell which updates healed all."""
    start = one.started_at
    assert start is not None
    changes = [
        {
            "service": key,
            "service_name": "",
            "current_status": CODES[state],
            "timestamp": _seconds(update.display_at) * 1000,
        }
        for update in timed.updates
        for key, state in states_of(update, one.component_ids).items()
    ]
    return {
        "date": str(_seconds(start)),
        "arn": f"arn:aws:health:us-east-1::event/ACME/AWS_ISSUE/{one.incident_id}",
        "region_name": "N. Virginia",
        "status": "3",
        "service": "multipleservices-us-east-1",
        "service_name": "Multiple services",
        "summary": ("[RESOLVED] " if one.resolved_at else "") + one.title,
        **({"end_time": str(_seconds(one.resolved_at))} if one.resolved_at else {}),
        "event_log": [_log(update) for update in one.updates[::-1]],
        "impacted_services": {
            key: {"service_name": "Acme", "current": "0", "max": "3"} for key in one.component_ids
        },
        "impacted_service_status_changes": changes,
    }


def _log(update: Update) -> dict[str, Any]:
    return {
        "summary": "",
        "message": update.body,
        "status": 0 if update.stage in OVER else 1,
        "timestamp": _seconds(update.display_at),
    }


def rows(world: World) -> list[dict[str, Any]]:
    """Return the events of a world."""
    return [_event(one, one) for one in events(world)]


def current(world: World) -> bytes:
    """Render ``/public/currentevents``, in UTF-16."""
    return ("\ufeff" + json.dumps(rows(world))).encode("utf-16-be")


def history(world: World) -> bytes:
    """Render ``historyevents.json``, where events stand by service."""
    return json.dumps({"multipleservices-us-east-1": rows(world)}).encode()


def single(world: World) -> Iterator[Incident]:
    """Yield an event for each service of an incident, from its start to its end."""
    for one in events(world):
        assert one.started_at is not None
        for key in one.component_ids:
            whole = PostedImpact(key, State.UNKNOWN, one.started_at, one.resolved_at)
            event_id = f"{one.incident_id}_{key}"
            yield replace(one, incident_id=event_id, component_ids=(key,), impacts=(whole,))


def listed(world: World) -> bytes:
    """Render ``/public/events``: times in milliseconds, a log that is a text."""
    found = []
    for one in single(world):
        (key,) = one.component_ids
        assert one.started_at is not None
        end = {"endTime": _milliseconds(one.resolved_at)} if one.resolved_at else {}
        found.append(
            {
                "service": key.removesuffix("-us-east-1").upper(),
                "region": "us-east-1",
                "arn": f"arn:aws:health:us-east-1::event/ACME/AWS_ISSUE/{one.incident_id}",
                "typeCode": "AWS_ACME_OPERATIONAL_ISSUE",
                "startTime": _milliseconds(one.started_at),
                **end,
                "metadata": {
                    "SUMMARY": one.title,
                    "EVENT_LOG": json.dumps([_log(update) for update in one.updates]),
                },
            }
        )
    return json.dumps(found).encode()


def _milliseconds(at: datetime) -> int:
    return _seconds(at) * 1000


def archived(world: World) -> Iterator[Incident]:
    """Yield an event of the old dashboard for each service of an incident that is over."""
    for one in single(world):
        (key,) = one.component_ids
        if one.resolved_at is None or not one.impacts:
            continue
        start = one.started_at
        assert start is not None
        yield replace(
            one,
            incident_id=f"{key}_{_seconds(start)}",
            impacts=(PostedImpact(key, State.MAJOR, start, one.resolved_at),),
            updates=tuple(
                replace(u, stage=Stage.INVESTIGATING if nr + 1 < len(one.updates) else u.stage)
                for nr, u in enumerate(one.updates)
            ),
        )


def legacy(world: World) -> bytes:
    """Render ``data.json``: clock times of the Pacific coast, a day past midnight alone."""
    archive = []
    for one in archived(world):
        (key,) = one.component_ids
        assert one.started_at is not None
        archive.append(
            {
                "service_name": f"{NAMES[key.removesuffix('-us-east-1')]} (N. Virginia)",
                "summary": f"[RESOLVED] {one.title}",
                "date": str(_seconds(one.started_at)),
                "status": "3",
                "details": "",
                "description": "".join(_blocks(one)),
                "service": key,
            }
        )
    return json.dumps({"archive": archive, "current": []}).encode()


def _blocks(one: Incident) -> Iterator[str]:
    before = None
    for update in one.updates:
        at = update.display_at.astimezone(PACIFIC)
        clock = f"{at:%I:%M %p %Z}".lstrip("0")
        day = "" if before in (None, at.date()) else f"{at:%b} {at.day}, "
        before = at.date()
        yield f'<div><span class="yellowfg"> {day}{clock}</span>&nbsp;{update.body}</div>'


def _rendering(
    shape: str,
    path: str,
    render: Callable[[World], bytes],
    says: Callable[[World], Iterator[Incident]],
    seconds: float,
    *losses: str,
) -> Rendering:
    lost = (*LOST, *losses)
    empty = shape != "history"
    return Rendering("aws_health", shape, path, render, says, OF_EVENTS, seconds, lost, empty=empty)


ONE_EACH = "that several services were one incident"
RENDERINGS = (
    _rendering("current", "/public/currentevents", current, events, 1),
    _rendering("history", "/historyevents.json", history, events, 1),
    _rendering("events", "/public/events", listed, single, 1, ONE_EACH, "states"),
    _rendering(
        "legacy",
        "/data.json",
        legacy,
        archived,
        60,
        ONE_EACH,
        "states, for the worst",
        "what is open",
    ),
)
