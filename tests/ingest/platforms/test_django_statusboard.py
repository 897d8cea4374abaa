"""django-statusboard: bare lists that tell themselves by their records."""

from __future__ import annotations

import json

from ingest.models import Kind, Stage, State
from tests.support.payloads.acme import acme, parse, utc
from tests.support.payloads.golden import Golden

PAGE = acme("django_statusboard")
INCIDENT = {
    "id": 1,
    "name": "Errors",
    "services": [1],
    "occurred": "2026-01-05T05:05:00-05:00",
    "created": "2026-01-05T10:07:00Z",
    "modified": "2026-01-05T11:15:00Z",
    "updates": [1, 2],
    "closed": True,
}
SERVICE = {"id": 1, "name": "API", "href": "", "status": 2, "groups": [1]}
WORK = {
    "id": 1,
    "name": "Upgrade",
    "description": "Read-only.",
    "created": "2026-01-05T10:00:00Z",
    "modified": "2026-01-05T10:00:00Z",
    "scheduled": "2026-01-12T02:00:00Z",
}
GOLDEN = (
    Golden(PAGE, "/api/v0.1/incident/?format=json", json.dumps([INCIDENT]).encode()),
    Golden(PAGE, "/api/v0.1/service/?format=json", json.dumps([SERVICE]).encode()),
    Golden(PAGE, "/api/v0.1/maintenance/?format=json", json.dumps([WORK]).encode()),
)


def test_an_incident_began_when_it_occurred_by_the_offset_of_its_site() -> None:
    (found,) = parse(PAGE, GOLDEN[0].body).incidents
    assert (found.started_at, found.created_at) == (
        utc("2026-01-05T10:05:00"),
        utc("2026-01-05T10:07:00"),
    )
    assert (found.stage, found.resolved_at) == (Stage.RESOLVED, utc("2026-01-05T11:15:00"))


def test_a_reopened_incident_has_no_end() -> None:
    (found,) = parse(PAGE, json.dumps([{**INCIDENT, "closed": False}]).encode()).incidents
    assert (found.stage, found.resolved_at) == (Stage.INVESTIGATING, None)


def test_services_have_the_state_of_their_code() -> None:
    parsed = parse(PAGE, GOLDEN[1].body)
    assert parsed.roster
    assert [(one.name, one.state) for one in parsed.components] == [("API", State.PARTIAL)]


def test_planned_work_has_a_start_and_no_end() -> None:
    (work,) = parse(PAGE, GOLDEN[2].body).incidents
    assert (work.kind, work.stage) == (Kind.MAINTENANCE, Stage.SCHEDULED)
    assert (work.scheduled_start_at, work.scheduled_end_at) == (utc("2026-01-12T02:00:00"), None)
