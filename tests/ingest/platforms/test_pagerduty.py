"""PagerDuty: what is resolved is over for every service."""

from __future__ import annotations

import json
from typing import Any

from ingest.models import Impact, PostedImpact, Stage, State
from tests.support.payloads.acme import acme, by_id, parse, utc
from tests.support.payloads.golden import Golden

PAGE = acme("pagerduty")


def update(update_id: str, status: str, at: str, severity: str | None = None) -> dict[str, Any]:
    stamp = f"2026-01-05T{at}:00Z"
    services = [{"business_service_id": "PAPI", "severity": severity}] if severity else []
    return {
        "id": update_id,
        "status": status,
        "severity": severity or "minor",
        "message": "<p>Words.</p>",
        "created_at": stamp,
        "reported_at": stamp,
        "updated_at": stamp,
        "impacted_business_services": services,
    }


def page(*updates: dict[str, Any], still_open: bool = False) -> bytes:
    post = {"id": "P1", "title": "Errors", "updates": updates, "postmortem": None}
    service = {"external_business_service_id": "PAPI", "name": "API (US)", "id": "x"}
    summary = {
        "open_incidents": [post] if still_open else [],
        "resolved_incidents": [] if still_open else [post],
        "post_status_page_services": [service],
    }
    script = (
        f'<script id="data" type="application/json">{json.dumps({"summary": summary})}</script>'
    )
    return f"<!doctype html><html><body>{script}</body></html>".encode()


BODY = page(
    update("u3", "resolved", "11:00", "minor"),
    update("u2", "investigating", "10:20", "outage"),
    update("u1", "detected", "10:00"),
)
GOLDEN = (Golden(PAGE, "/", BODY),)


def test_a_service_is_out_from_when_it_is_named_until_all_is_resolved() -> None:
    (found,) = parse(PAGE, BODY).incidents
    begin, end = utc("2026-01-05T10:20:00"), utc("2026-01-05T11:00:00")
    assert found.impacts == (PostedImpact("PAPI", State.MAJOR, begin, end),)
    assert (found.stage, found.impact) == (Stage.RESOLVED, Impact.CRITICAL)
    assert [one.update_id for one in found.updates] == ["u1", "u2", "u3"]


def test_an_unreadable_update_costs_itself_alone() -> None:
    broken = {**update("u4", "investigating", "10:30"), "created_at": None}
    parsed = parse(PAGE, page(broken, update("u1", "investigating", "10:00", "minor")))
    assert len(by_id(parsed)["P1"].updates) == 1
    assert [one.record for one in parsed.rejects] == ["P1/u4"]


def test_a_refused_open_post_leaves_the_present_open() -> None:
    assert parse(PAGE, page(still_open=True)).unread_open
