"""Cloudflare: Statuspage's documents, and a summary of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ingest.models import ReadError, Stage, State
from tests.ingest.platforms import test_statuspage
from tests.support.payloads.acme import acme, parse, utc
from tests.support.payloads.golden import Golden

PAGE = acme("cloudflare_status")


def summary(*active: dict[str, Any], **more: Any) -> bytes:
    component = {"id": "fvgfcmy6aaaa", "name": "Workers AI", "status": "partial_outage"}
    said = {"components": [component], "active_incidents": active, "recent_incidents": []}
    return json.dumps({"success": True, "result": said, **more}).encode()


POST = {
    "id": "iiii1111jjjj",
    "name": "Errors",
    "impact": "minor",
    "starts_at": "2026-01-05T10:00:00Z",
    "last_update": {
        "status": "investigating",
        "message": "We look.",
        "display_at": "2026-01-05T10:10:00Z",
    },
    "components": [{"id": "fvgfcmy6aaaa", "name": "Workers AI"}],
}
GOLDEN = (
    Golden(PAGE, "/api/v3/summary", summary(POST)),
    *(
        replace(golden, page=replace(golden.page, platform="cloudflare_status"))
        for golden in test_statuspage.GOLDEN
    ),
)


def test_the_new_summary_shows_components_and_what_is_open() -> None:
    parsed = parse(PAGE, summary(POST))
    assert [(one.component_id, one.state) for one in parsed.components] == [
        ("fvgfcmy6aaaa", State.PARTIAL)
    ]
    (found,) = parsed.incidents
    assert (found.started_at, found.stage) == (utc("2026-01-05T10:00:00"), Stage.INVESTIGATING)
    assert found.component_ids == ("fvgfcmy6aaaa",)


def test_a_post_whose_fields_are_called_otherwise_leaves_the_present_open() -> None:
    parsed = parse(PAGE, summary({**POST, "starts_at": None}))
    assert parsed.unread_open
    assert len(parsed.components) == 1


def test_a_failure_is_no_page_on_which_all_is_well() -> None:
    with pytest.raises(ReadError, match="failed"):
        parse(PAGE, summary(success=False))
