"""Kener: an end in the record counts, whatever the state sounds like."""

from __future__ import annotations

import json
from typing import Any

from ingest.models import Kind, PostedImpact, Stage, State, labelled
from tests.support.captured.cases import needs_cases
from tests.support.payloads.acme import acme, by_id, case, parse, utc
from tests.support.payloads.golden import Golden

PAGE = acme("kener")
START = 1767607200  # 2026-01-05 10:00 UTC
API = {"monitor_tag": "api", "monitor_impact": "DOWN", "monitor_name": "API"}


def comment(comment_id: int, state: str, minutes: int) -> dict[str, Any]:
    stamp = "2026-01-05T12:00:00.5Z"
    return {
        "id": comment_id,
        "comment": "Words.",
        "commented_at": START + 60 * minutes,
        "created_at": stamp,
        "updated_at": stamp,
        "state": state,
    }


def incident(*comments: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "title": "Errors",
        "start_date_time": START,
        "end_date_time": START + 3600,
        "created_at": "2026-01-05T12:00:00Z",
        "status": "OPEN",
        "state": "RESOLVED",
        "monitors": [API],
        "comments": comments,
        **more,
    }


def maintenance(**more: Any) -> dict[str, Any]:
    return {
        "id": 2,
        "title": "Work",
        "start_date_time": START,
        "end_date_time": START + 3600,
        "status": "ONGOING",
        "is_global": "YES",
        "created_at": "2026-01-04T12:00:00Z",
        "monitors": [{**API, "monitor_impact": "MAINTENANCE"}],
        **more,
    }


def events(incidents: list[Any], maintenances: list[Any]) -> bytes:
    return json.dumps({"incidents": incidents, "maintenances": maintenances}).encode()


NOTICE = {
    "eventURL": "/maintenances/2",
    "eventTitle": "Work",
    "eventStartDateTime": START,
    "eventEndDateTime": START + 3600,
    "eventStatus": "COMPLETED",
}
FEED = b"""<rss version="2.0"><channel><title>Acme</title><item><title>[Incident] Errors</title>
<link>https://status.acme.test/incidents/1</link><guid isPermaLink="false">incident-1</guid>
<pubDate>Mon, 05 Jan 2026 10:30:00 GMT</pubDate><description><![CDATA[Status: IDENTIFIED
Affected: API

A bad deploy.]]></description></item></channel></rss>"""
ONE = incident(comment(2, "RESOLVED", 60), comment(1, "INVESTIGATING", 2))
GOLDEN = (
    Golden(PAGE, "/dashboard-apis/events-by-month", events([ONE], [maintenance()])),
    Golden(PAGE, "/dashboard-apis/notifications", json.dumps({"notifications": [NOTICE]}).encode()),
    Golden(PAGE, "/rss.xml", FEED),
)


def test_the_window_tells_where_planned_work_stands_not_its_state() -> None:
    work = by_id(parse(PAGE, events([], [maintenance()])))["maintenance-2"]
    assert (work.stage, work.resolved_at) == (Stage.COMPLETED, utc("2026-01-05T11:00:00"))


def test_the_feed_names_an_incident_as_the_record_does_but_not_its_beginning() -> None:
    (shown,) = parse(PAGE, FEED).incidents
    assert (shown.incident_id, shown.started_at) == ("incident-1", None)
    assert (shown.stage, shown.component_ids) == (Stage.IDENTIFIED, (labelled("API"),))


def test_an_unreadable_comment_costs_itself_alone() -> None:
    broken = {**comment(3, "MONITORING", 10), "commented_at": "soon"}
    parsed = parse(PAGE, events([incident(broken, comment(2, "RESOLVED", 60))], []))
    assert len(parsed.incidents[0].updates) == 1
    assert [one.record for one in parsed.rejects] == ["incident-1/3"]


CASE = "eng-kener-over-but-investigating"
AT = "2026-11-29T02:36:43+00:00"


@needs_cases
def test_an_end_in_the_record_counts_against_a_state_that_sounds_open() -> None:
    parsed = case(CASE, "events-by-month-2026-11-29T02-36-43Z.json", PAGE, AT)
    posts = by_id(parsed)
    late, noted, slow = posts["incident-3"], posts["incident-1"], posts["incident-2"]
    assert (late.stage, late.status) == (Stage.RESOLVED, "INVESTIGATING")
    assert (late.started_at, late.resolved_at) == (
        utc("2026-11-28T18:16:00"),
        utc("2026-11-28T19:06:00"),
    )
    assert late.created_at == utc("2026-11-29T02:36:42.420")
    assert noted.resolved_at == utc("2026-11-29T02:31:00")
    assert noted.updates[0].display_at == utc("2026-11-29T01:38:00")
    begin, end = utc("2026-11-29T01:36:00"), utc("2026-11-29T02:31:00")
    assert noted.impacts == (PostedImpact("api", State.MAJOR, begin, end),)
    assert [one.record for one in parsed.warnings if one.kind == "contradictory"] == ["incident-1"]
    since = utc("2026-11-29T02:06:00")
    assert slow.impacts == (PostedImpact("batch", State.DEGRADED, since, None),)


@needs_cases
def test_planned_work_has_its_own_monitors_and_what_was_cancelled_never_was() -> None:
    posts = by_id(case(CASE, "events-by-month-2026-11-29T02-36-43Z.json", PAGE, AT))
    running, cancelled = posts["maintenance-2"], posts["maintenance-3"]
    assert (running.stage, running.component_ids) == (Stage.IN_PROGRESS, ("console",))
    assert (running.scheduled_start_at, running.scheduled_end_at) == (
        utc("2026-11-29T02:06:00"),
        utc("2026-11-29T06:06:00"),
    )
    assert posts["maintenance-1"].scheduled_start_at == utc("2026-12-04T02:36:00")
    assert posts["maintenance-4"].scheduled_start_at == utc("2026-12-01T02:36:00")
    assert (cancelled.stage, cancelled.impacts) == (Stage.COMPLETED, ())


@needs_cases
def test_by_the_feed_alone_an_incident_is_open_and_all_monitors_are_none() -> None:
    parsed = case(CASE, "rss-2026-11-29T02-36-43Z.xml", PAGE, AT)
    posts = by_id(parsed)
    assert (posts["incident-3"].stage, posts["incident-3"].resolved_at) == (
        Stage.INVESTIGATING,
        None,
    )
    assert posts["maintenance-2"].component_ids == ()
    assert posts["maintenance-2"].kind is Kind.MAINTENANCE
    assert parsed.horizon is None
