"""Cachet: planned work among the incidents, and times that need the server's zone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ingest.models import Kind, ReadError, Stage, State
from tests.support.captured.cases import needs_cases
from tests.support.payloads.acme import acme, by_id, case, parse, utc
from tests.support.payloads.golden import Golden

PAGE = acme("cachet", zone="Europe/Berlin")
LIST = "/api/v1/incidents?sort=id&order=desc&per_page=50"


def paged(*rows: dict[str, Any], pages: int = 1) -> bytes:
    return json.dumps({"meta": {"pagination": {"total_pages": pages}}, "data": rows}).encode()


def incident(**more: Any) -> dict[str, Any]:
    return {
        "id": 7,
        "component_id": 1,
        "name": "API down",
        "status": 4,
        "message": "Fixed.",
        "scheduled_at": None,
        "created_at": "2026-01-05 10:00:00",
        "updated_at": "2026-01-05 11:30:00",
        **more,
    }


GOLDEN = (
    Golden(PAGE, LIST, paged(incident())),
    Golden(
        PAGE,
        "/api/v1/components?per_page=100",
        paged({"id": 1, "name": "API", "status": 1}),
    ),
)


def test_a_time_without_a_zone_is_refused_where_the_registry_gives_none() -> None:
    with pytest.raises(ReadError, match="no time zone"):
        parse(acme("cachet", zone_given=False), paged(incident()))


def test_a_list_of_several_pages_reaches_back_to_its_oldest_row() -> None:
    parsed = parse(PAGE, paged(incident(), pages=3))
    assert parsed.horizon == utc("2026-01-05T09:00:00")


def test_a_component_has_the_state_of_its_code() -> None:
    (component,) = parse(PAGE, paged({"id": 1, "name": "API", "status": "4"})).components
    assert component.state is State.MAJOR


@needs_cases
def test_planned_work_stands_among_the_incidents_in_the_zone_of_the_server() -> None:
    at = "2026-09-24T22:00:00+00:00"
    posts = by_id(case("cachet-scheduled-among-incidents", "incidents.json", PAGE, at))
    planned, slow, over = posts["91"], posts["92"], posts["93"]
    assert (planned.kind, planned.component_ids) == (Kind.MAINTENANCE, ())
    assert planned.scheduled_start_at == utc("2026-09-25T15:53:00")
    assert planned.created_at == utc("2026-09-24T15:53:34")
    assert (over.created_at, over.resolved_at) == (
        utc("2026-09-24T15:53:34"),
        utc("2026-09-24T17:10:00"),
    )
    assert (slow.stage, slow.created_at, slow.resolved_at) == (
        Stage.IDENTIFIED,
        utc("2026-09-24T19:00:00"),
        None,
    )
