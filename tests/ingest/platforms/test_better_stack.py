"""Better Stack: what was posted, what was planned and what a monitor measured stay apart."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from ingest.models import Kind, PostedDay, PostedImpact, PostedRatio, ReadError, Stage, State
from tests.support.captured.cases import needs_cases
from tests.support.payloads.acme import acme, by_id, case, parse, utc
from tests.support.payloads.golden import Golden

PAGE = acme("better_stack", page_id="1")


def row(kind: str, record_id: str, **attributes: Any) -> dict[str, Any]:
    return {"id": record_id, "type": kind, "attributes": attributes}


def body(*included: dict[str, Any], page_id: str = "1") -> bytes:
    page = {"id": page_id, "type": "status_page", "attributes": {"company_name": "Acme"}}
    return json.dumps({"data": page, "included": included}).encode()


def affected(status: str) -> list[dict[str, str]]:
    return [{"status_page_resource_id": "20", "status": status}]


SECTION = row("status_page_section", "10", name="Inference", position=1)
DAYS = [
    {"day": "2026-01-04", "status": "not_monitored", "downtime_duration": 0},
    {"day": "2026-01-05", "status": "downtime", "downtime_duration": 1062.03},
]
RESOURCE = row(
    "status_page_resource",
    "20",
    status_page_section_id=10,
    public_name="Model A",
    status="operational",
    availability=0.9877,
    status_history=DAYS,
)
REPORT = row(
    "status_report",
    "30",
    title="Hub unavailable",
    report_type="manual",
    aggregate_state="resolved",
    starts_at="2026-01-05T10:00:00.000Z",
    ends_at=None,
    affected_resources=affected("resolved"),
)


def said(update_id: str, at: str, state: str) -> dict[str, Any]:
    return row(
        "status_update",
        update_id,
        message="Words.",
        published_at=f"2026-01-05T{at}:00.000Z",
        status_report_id=30,
        affected_resources=affected(state),
    )


INDEX = body(
    SECTION,
    RESOURCE,
    said("42", "11:00", "resolved"),
    said("40", "10:05", "downtime"),
    said("41", "10:30", "degraded"),
    REPORT,
)
GOLDEN = (Golden(PAGE, "/index.json", INDEX),)


def test_the_states_of_the_updates_make_the_spells_of_a_report() -> None:
    report = by_id(parse(PAGE, INDEX))["30"]
    assert report.impacts == (
        PostedImpact("20", State.MAJOR, utc("2026-01-05T10:00:00"), utc("2026-01-05T10:30:00")),
        PostedImpact("20", State.DEGRADED, utc("2026-01-05T10:30:00"), utc("2026-01-05T11:00:00")),
    )
    assert report.resolved_at == utc("2026-01-05T11:00:00")
    assert [update.update_id for update in report.updates] == ["40", "41", "42"]


def test_measured_downtime_is_a_day_of_its_resource_and_no_post() -> None:
    parsed = parse(PAGE, body(SECTION, RESOURCE))
    assert parsed.incidents == ()
    assert parsed.posted_days == (PostedDay("20", date(2026, 1, 5), 0, 1062),)
    watched = PostedRatio("20", date(2026, 1, 5), date(2026, 1, 5), 0.9877, "monitor")
    assert parsed.posted_ratios == (watched,)
    assert [(c.name, c.group, c.state) for c in parsed.components] == [
        ("Model A", "Inference", State.OPERATIONAL)
    ]


def test_a_report_that_a_monitor_opened_is_measured() -> None:
    automatic = {**REPORT, "attributes": {**REPORT["attributes"], "report_type": "automatic"}}
    assert by_id(parse(PAGE, body(RESOURCE, automatic)))["30"].measured


def test_a_report_without_a_start_costs_itself_alone() -> None:
    parsed = parse(PAGE, body(RESOURCE, row("status_report", "31", title="x"), REPORT))
    assert [*by_id(parsed)] == ["30"]
    assert [(one.record, one.reason) for one in parsed.rejects] == [("31", "starts_at is missing")]


def test_another_page_is_not_taken_for_ours() -> None:
    with pytest.raises(ReadError, match="wrong_page"):
        parse(PAGE, body(RESOURCE, page_id="2"))


@needs_cases
def test_what_is_planned_is_told_by_the_type_of_a_report_not_by_its_title() -> None:
    at = "2026-09-10T18:00:00+00:00"
    posts = by_id(case("betterstack-planned-by-type", "index.json", PAGE, at))
    assert {post_id: post.kind for post_id, post in posts.items()} == {
        "30": Kind.MAINTENANCE,
        "31": Kind.INCIDENT,
        "32": Kind.INCIDENT,
    }
    planned, outage, slow = posts["30"], posts["31"], posts["32"]
    assert planned.scheduled_start_at == utc("2026-09-09T08:00:00")
    assert planned.scheduled_end_at == utc("2026-09-09T08:30:00")
    assert planned.updates[0].created_at == utc("2026-09-08T08:00:00")
    assert planned.updates[0].stage is Stage.SCHEDULED
    assert (planned.stage, planned.resolved_at) == (Stage.COMPLETED, planned.scheduled_end_at)
    assert outage.updates[0].created_at == utc("2026-09-09T12:05:00")
    assert outage.impacts is not None
    (down,) = outage.impacts
    assert down.state is State.MAJOR
    assert down.end_at is not None
    assert (down.end_at - down.start_at).total_seconds() == 3600
    slow_from, slow_to = utc("2026-09-10T12:00:00"), utc("2026-09-10T12:45:00")
    assert slow.impacts == (PostedImpact("20", State.DEGRADED, slow_from, slow_to),)
