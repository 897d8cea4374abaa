"""Salesforce: an incident stands with each of its instances, and is one."""

from __future__ import annotations

import json
from typing import Any

from ingest.models import Kind, PostedImpact, State
from tests.support.payloads.acme import acme, by_id, parse, utc
from tests.support.payloads.golden import Golden

PAGE = acme("salesforce", base_url="https://api.status.salesforce.com")
IMPACT = {
    "id": 1,
    "startTime": "2026-01-05T10:00:00.000Z",
    "endTime": None,
    "type": "performanceDegradationSubset",
    "severity": "minor",
    "createdAt": "2026-01-05T13:00:00.000Z",
}
INCIDENT = {
    "id": 5968,
    "createdAt": "2026-01-05T13:00:00.000Z",
    "IncidentImpacts": [IMPACT],
    "IncidentEvents": [],
}
WORK = {
    "id": 9,
    "name": "Release",
    "plannedStartTime": "2026-01-12T02:00:00.000Z",
    "plannedEndTime": "2026-01-12T03:00:00.000Z",
}


def instance(key: str, status: str = "OK", **more: Any) -> dict[str, Any]:
    about = {"key": key, "location": "EMEA", "environment": "production", "status": status}
    return {**about, "Incidents": [], "Maintenances": [], **more}


def instances(*rows: dict[str, Any]) -> bytes:
    return json.dumps(rows).encode()


TWO = instances(
    instance("EU1", "MINOR_INCIDENT_CORE", Incidents=[INCIDENT]),
    instance("EU2", "MINOR_INCIDENT_CORE", Incidents=[INCIDENT], Maintenances=[WORK]),
)
GOLDEN = (Golden(PAGE, "/v1/instances/status?childProducts=true", TWO),)


def test_an_incident_of_two_instances_is_one_with_its_own_start() -> None:
    found = by_id(parse(PAGE, TWO))["5968"]
    assert (found.started_at, found.created_at) == (
        utc("2026-01-05T10:00:00"),
        utc("2026-01-05T13:00:00"),
    )
    assert found.impacts == tuple(
        PostedImpact(key, State.DEGRADED, utc("2026-01-05T10:00:00"), None)
        for key in ("EU1", "EU2")
    )
    assert found.title == "Performance degradation subset"


def test_a_maintenance_whose_dates_are_called_otherwise_costs_itself_alone() -> None:
    parsed = parse(PAGE, instances(instance("EU1", Maintenances=[{"id": 8}, WORK])))
    assert [(one.incident_id, one.kind) for one in parsed.incidents] == [
        ("maintenance-9", Kind.MAINTENANCE)
    ]
    assert [(one.record, one.reason) for one in parsed.rejects] == [
        ("8", "plannedStartTime is missing")
    ]


def test_a_status_nobody_knows_is_unknown() -> None:
    parsed = parse(PAGE, instances(instance("EU1", "NEW_WORD")))
    assert [one.state for one in parsed.components] == [State.UNKNOWN]
    assert [one.kind for one in parsed.warnings] == ["unknown_word"]
