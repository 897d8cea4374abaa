"""Datadog: what happened when, not what was filed when."""

from __future__ import annotations

import json
from typing import Any

from ingest.models import Kind, PostedImpact, State
from tests.support.captured.cases import needs_cases
from tests.support.payloads.acme import acme, by_id, case, parse, utc
from tests.support.payloads.golden import Golden

PAGE = acme("datadog_status", page_id="p1")
CHAT = {"id": "c1", "name": "Chat", "position": 0, "status": "operational", "type": "Component"}


def entry(entry_id: str, status: str, at: str, state: str, **more: Any) -> dict[str, Any]:
    return {
        "id": entry_id,
        "status": status,
        "startedAt": f"2026-01-05T{at}:00Z",
        "createdAt": "2026-01-08T09:00:00.5Z",
        "description": "Words.",
        "componentsAffected": [{**CHAT, "status": state}],
        **more,
    }


def incident(*timeline: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": "i1",
        "title": "Errors on chat",
        "currentStatus": "resolved",
        "resolved": True,
        "publishedDate": "2026-01-05T10:00:00Z",
        "resolvedDate": "2026-01-05T11:00:00Z",
        "deletedAt": None,
        "componentsAffected": [CHAT],
        "timeline": list(timeline),
        **more,
    }


def config(*incidents: dict[str, Any], **more: Any) -> bytes:
    group = {"id": "g1", "name": "API", "type": "ComponentGroup", "components": [CHAT]}
    return json.dumps(
        {
            "id": "p1",
            "name": "Acme",
            "pageType": "public",
            "components": [group],
            "incidents": incidents,
            "maintenances": None,
            **more,
        }
    ).encode()


TIMELINE = (
    entry("t3", "resolved", "11:00", "operational"),
    entry("t2", "identified", "10:30", "degraded"),
    entry("t1", "investigating", "10:00", "major_outage"),
)
GOLDEN = (Golden(PAGE, "/config.json", config(incident(*TIMELINE))),)


def test_a_state_holds_until_the_next_entry_that_names_its_component() -> None:
    assert by_id(parse(PAGE, config(incident(*TIMELINE))))["i1"].impacts == (
        PostedImpact("c1", State.MAJOR, utc("2026-01-05T10:00:00"), utc("2026-01-05T10:30:00")),
        PostedImpact("c1", State.DEGRADED, utc("2026-01-05T10:30:00"), utc("2026-01-05T11:00:00")),
    )


def test_an_unreadable_entry_costs_itself_alone() -> None:
    broken = entry("t4", "identified", "10:40", "degraded", startedAt=None)
    parsed = parse(PAGE, config(incident(broken, *TIMELINE)))
    assert len(by_id(parsed)["i1"].updates) == 3
    assert [one.record for one in parsed.rejects] == ["i1/t4"]


def test_a_maintenance_without_a_known_date_costs_itself_alone() -> None:
    parsed = parse(PAGE, config(incident(*TIMELINE), maintenances=[{"id": "m1", "title": "Work"}]))
    assert [*by_id(parsed)] == ["i1"]
    assert [one.record for one in parsed.rejects] == ["m1"]


def test_a_post_that_its_page_deleted_is_kept_with_the_time() -> None:
    post = incident(*TIMELINE, deletedAt="2026-01-09T00:00:00Z")
    (found,) = parse(PAGE, config(post)).incidents
    assert found.deleted_at == utc("2026-01-09T00:00:00")


def test_a_time_of_deletion_that_cannot_be_read_costs_itself_alone() -> None:
    parsed = parse(PAGE, config(incident(*TIMELINE, deletedAt="lately")))
    assert [one.record for one in parsed.rejects] == ["i1/deletedAt"]
    assert by_id(parsed)["i1"].deleted_at is None


@needs_cases
def test_planned_work_may_take_a_component_down_and_a_post_may_be_filed_a_week_late() -> None:
    at = "2026-09-12T00:00:00+00:00"
    posts = by_id(case("datadog-maintenance-major", "config.json", PAGE, at))
    outage, planned = posts["i1"], posts["m1"]
    assert outage.impacts is not None
    (down,) = outage.impacts
    assert (down.component_id, down.state) == ("c1", State.MAJOR)
    assert (down.start_at, down.end_at) == (
        utc("2026-09-04T18:27:00"),
        utc("2026-09-04T21:12:00"),
    )
    assert outage.updates[0].created_at == utc("2026-09-11T02:34:01.430225")
    assert planned.kind is Kind.MAINTENANCE
    assert planned.updates[0].created_at == utc("2026-09-01T08:00:00")
    begin, end = utc("2026-09-06T08:00:00"), utc("2026-09-06T10:00:00")
    assert planned.impacts == (PostedImpact("c1", State.MAJOR, begin, end),)
