"""Checkly: an event stands with each of its services, and is one."""

from __future__ import annotations

import json
from typing import Any

from ingest.models import PostedImpact, Stage, State
from tests.support.payloads.acme import acme, by_id, parse, utc
from tests.support.payloads.golden import Golden

PAGE = acme("checkly")
CHAT, AUDIO = ({"id": key, "name": name} for key, name in (("c1", "Chat"), ("c2", "Audio")))


def event(**more: Any) -> dict[str, Any]:
    return {
        "id": "e1",
        "name": "Chat degraded",
        "duration": 393,
        "severity": "MEDIUM",
        "lastUpdateStatus": "RESOLVED",
        "created_at": "2026-01-05T10:00:00.000Z",
        **more,
    }


def uptime(*events: dict[str, Any]) -> bytes:
    day = {"date": "2026-01-05T00:00:00.000Z", "events": events}
    services = [{**one, "days": [day], "uptime": 99.5} for one in (CHAT, AUDIO)]
    groups = [{"id": "g1", "name": "API", "services": services}]
    return json.dumps({"metadata": [], "uptime": groups, "partialError": False}).encode()


def unresolved(**more: Any) -> bytes:
    stamp = "2026-01-05T10:00:00.000Z"
    said = {
        "id": "u1",
        "status": "INVESTIGATING",
        "description": "We look.",
        "publicIncidentUpdateDate": stamp,
        "created_at": stamp,
    }
    post = event(duration=0, lastUpdateStatus="INVESTIGATING", services=[CHAT])
    return json.dumps({"incidents": [{**post, "incidentUpdates": [said], **more}]}).encode()


GOLDEN = (
    Golden(PAGE, "/uptime", uptime(event())),
    Golden(PAGE, "/unresolved-incidents", unresolved()),
)


def test_an_event_lasts_as_long_as_it_says_for_each_of_its_services() -> None:
    found = by_id(parse(PAGE, uptime(event())))["e1"]
    begin, end = utc("2026-01-05T10:00:00"), utc("2026-01-05T10:06:33")
    assert found.impacts == tuple(
        PostedImpact(key, State.DEGRADED, begin, end) for key in ("c1", "c2")
    )


def test_what_is_unresolved_has_no_end_although_its_length_is_nought() -> None:
    (found,) = parse(PAGE, unresolved()).incidents
    assert (found.stage, found.resolved_at) == (Stage.INVESTIGATING, None)
    assert [(one.state, one.end_at) for one in found.impacts or ()] == [(State.DEGRADED, None)]


def test_a_refused_open_incident_leaves_the_present_open() -> None:
    parsed = parse(PAGE, unresolved(name=None))
    assert parsed.unread_open
    assert len(parsed.rejects) == 1


def test_an_event_without_a_length_costs_itself_alone() -> None:
    parsed = parse(PAGE, uptime(event(), event(id="e2", duration=None)))
    assert [*by_id(parsed)] == ["e1"]
    assert [one.record for one in parsed.rejects] == ["e2"]
