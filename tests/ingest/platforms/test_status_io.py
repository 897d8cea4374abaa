"""status.io: codes tell, a component is a part in a container, security is no outage."""

from __future__ import annotations

import json
from typing import Any

from ingest.models import Component, Kind, PostedImpact, Stage, State
from tests.support.captured.cases import needs_cases
from tests.support.payloads.acme import acme, case, parse, utc
from tests.support.payloads.golden import Golden

PAGE = acme("status_io", page_id="533c6539221ae15e3f000031")


def container(container_id: str, name: str, code: int) -> dict[str, Any]:
    return {"id": container_id, "name": name, "status": "Wort", "status_code": code}


API = {
    "id": "a",
    "name": "API",
    "containers": [container("e", "EU", 400), container("u", "US", 100)],
}


def message(at: str, state: int, code: int) -> dict[str, Any]:
    stamp = f"2026-01-05T{at}:00.000Z"
    return {"details": "Words.", "state": state, "status": code, "datetime": stamp}


def post(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "name": "Builds are slow",
        "_id": "i1",
        "datetime_open": "2026-01-05T10:00:00.000Z",
        "messages": messages,
        "components_affected": [{"name": "API", "_id": "a"}],
        "containers_affected": [{"name": "EU", "_id": "e"}],
        **more,
    }


def status(*incidents: Any, active: Any = (), upcoming: Any = ()) -> bytes:
    result = {
        "status_overall": {"status": "Wort", "status_code": 400},
        "status": [API],
        "incidents": incidents,
        "maintenance": {"active": active, "upcoming": upcoming},
    }
    return json.dumps({"result": result}).encode()


BODY = status(post(message("10:00", 100, 500), message("10:20", 200, 300)))
GOLDEN = (Golden(PAGE, "/1.0/status", BODY),)


def test_a_part_in_two_containers_is_two_components() -> None:
    assert parse(PAGE, BODY).components == (
        Component("a.e", "API", region="EU", state=State.PARTIAL),
        Component("a.u", "API", region="US", state=State.OPERATIONAL),
    )


def test_a_post_says_what_state_its_parts_in_its_containers_are_in() -> None:
    (incident,) = parse(PAGE, BODY).incidents
    begin, better = utc("2026-01-05T10:00:00"), utc("2026-01-05T10:20:00")
    assert incident.impacts == (
        PostedImpact("a.e", State.MAJOR, begin, better),
        PostedImpact("a.e", State.DEGRADED, better, None),
    )


def test_planned_work_keeps_its_window() -> None:
    window = {
        "datetime_planned_start": "2026-01-12T08:00:00.000Z",
        "datetime_planned_end": "2026-01-12T09:00:00.000Z",
    }
    (planned,) = parse(
        PAGE, status(upcoming=[post(message("10:00", 100, 200), **window)])
    ).incidents
    assert (planned.kind, planned.stage) == (Kind.MAINTENANCE, Stage.SCHEDULED)
    assert planned.scheduled_end_at == utc("2026-01-12T09:00:00")


def test_a_refused_open_post_leaves_the_present_open() -> None:
    parsed = parse(PAGE, status(post(datetime_open="soon")))
    assert len(parsed.rejects) == 1
    assert parsed.unread_open


@needs_cases
def test_a_security_event_is_no_outage_and_no_green() -> None:
    parsed = case("statusio-security-code", "status.json", PAGE, "2026-09-09T19:00:00+00:00")
    states = {(c.name, c.region): c.state for c in parsed.components}
    assert states == {
        ("API", "US East"): State.UNKNOWN,
        ("API", "EU West"): State.OPERATIONAL,
        ("Console", "US East"): State.OPERATIONAL,
    }
    assert "security_event" in {one.kind for one in parsed.warnings}
    (incident,) = parsed.incidents
    assert incident.started_at is not None
    assert incident.started_at.replace(microsecond=0) == utc("2026-09-07T15:51:25")
    assert (incident.stage, len(incident.updates)) == (Stage.IDENTIFIED, 2)
    assert incident.status == "security event"
    assert (incident.title, incident.url) == ("https://tracker.acme.example/1635", None)
