"""Alibaba Cloud: past events with their own start and end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ingest.models import ReadError, Stage, labelled
from tests.support.payloads.acme import acme, parse, utc
from tests.support.payloads.golden import Golden

PAGE = acme("alibaba")
START = 1767607200000  # 2026-01-05 10:00 UTC


def event(**more: Any) -> dict[str, Any]:
    return {
        "id": 35,
        "title": " [Incident (Recovered)] Network trouble in Jakarta",
        "startTime": START,
        "endTime": START + 3_600_000,
        "lastUpdateTime": START + 3_700_000,
        "products": None,
        "regions": None,
        **more,
    }


def events(*rows: dict[str, Any], **more: Any) -> bytes:
    return json.dumps(
        {"data": rows, "total": len(rows), "success": True, "code": 200, **more}
    ).encode()


GOLDEN = (Golden(PAGE, "/api/status/listHistoryEvent", events(event())),)


def test_the_tag_of_a_title_is_the_status() -> None:
    (found,) = parse(PAGE, events(event())).incidents
    assert (found.title, found.status) == ("Network trouble in Jakarta", "Incident (Recovered)")
    assert (found.started_at, found.resolved_at) == (
        utc("2026-01-05T10:00:00"),
        utc("2026-01-05T11:00:00"),
    )


def test_an_event_without_an_end_goes_on() -> None:
    (found,) = parse(PAGE, events(event(title="[Incident] Trouble", endTime=None))).incidents
    assert (found.stage, found.resolved_at) == (Stage.INVESTIGATING, None)


def test_products_are_components_where_they_are_named() -> None:
    (found,) = parse(PAGE, events(event(products=["Model Studio"]))).incidents
    assert found.component_ids == (labelled("Model Studio"),)


def test_an_answer_of_failure_is_no_empty_list() -> None:
    with pytest.raises(ReadError, match="answers 500"):
        parse(PAGE, events(success=False, code=500))
