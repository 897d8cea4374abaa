"""Flashduty: what became of each component, in the order it was told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ingest.models import PostedImpact, ReadError, Stage, State
from tests.support.payloads.acme import acme, by_id, parse, utc
from tests.support.payloads.golden import Golden

PAGE = acme("flashduty", page_id="456")
START = 1767607200  # 2026-01-05 10:00 UTC


def update(minutes: int, status: str, state: str | None = None, **more: Any) -> dict[str, Any]:
    changes = [{"component_id": "01C", "component_name": "API", "status": state}]
    return {
        "update_id": "",
        "at_seconds": START + 60 * minutes,
        "status": status,
        "description": "Words.",
        **({"component_changes": changes} if state else {}),
        **more,
    }


def change(*updates: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "change_id": 123,
        "page_id": 456,
        "type": "incident",
        "title": "【已解决】API 性能下降（[Resolved] API degraded）",
        "status": "resolved",
        "start_at_seconds": START,
        "close_at_seconds": START + 3600,
        "affected_components": [{"component_id": "01C", "name": "API", "status": "operational"}],
        "updates": updates,
        **more,
    }


UPDATES = (
    update(0, "investigating", "full_outage"),
    update(20, "identified"),
    update(30, "monitoring", "degraded"),
    update(60, "resolved", "operational"),
)
OPEN = change(UPDATES[0], status="investigating", close_at_seconds=0, title="API down")


def changes(*rows: dict[str, Any]) -> bytes:
    return json.dumps({"request_id": "x", "data": {"items": rows}}).encode()


def active(*rows: dict[str, Any], **more: Any) -> bytes:
    page = {
        "page_id": 456,
        "components": [{"component_id": "01C", "name": "API", "section_id": "01S"}],
        "sections": [{"section_id": "01S", "name": "Inference"}],
        **more,
    }
    return json.dumps({"data": {"page": page, "active_changes": rows}}).encode()


FEED = b"""<rss version="2.0"><channel><item><title>API degraded</title>
<link>https://status.acme.test/incidents/123</link>
<description>&lt;p&gt;&lt;strong&gt;Status:&lt;/strong&gt; resolved&lt;/p&gt;
&lt;p&gt;Over.&lt;/p&gt;
&lt;p&gt;&lt;strong&gt;Affected components:&lt;/strong&gt; API, Web&lt;/p&gt;</description>
<guid>urn:flashduty:change:123</guid><pubDate>Mon, 05 Jan 2026 18:00:00 +0800</pubDate>
</item></channel></rss>"""
GOLDEN = (
    Golden(PAGE, "/api/status-page/change/list", changes(change(*UPDATES))),
    Golden(PAGE, "/api/status-page/summary/active", active(OPEN)),
    Golden(PAGE, "/history.rss", FEED),
)


def test_an_update_without_changes_leaves_every_component_as_it_was() -> None:
    (found,) = parse(PAGE, changes(change(*UPDATES))).incidents
    begin, better, end = (utc(f"2026-01-05T{at}:00") for at in ("10:00", "10:30", "11:00"))
    assert found.impacts == (
        PostedImpact("01C", State.MAJOR, begin, better),
        PostedImpact("01C", State.DEGRADED, better, end),
    )
    assert [u.update_id for u in found.updates][:2] == [
        "2026-01-05T10:00:00Z/investigating",
        "2026-01-05T10:20:00Z/identified",
    ]


def test_the_tag_of_an_imported_title_is_no_part_of_it_but_both_languages_are() -> None:
    (found,) = parse(PAGE, changes(change(*UPDATES))).incidents
    assert found.title == "API 性能下降（[Resolved] API degraded）"


def test_the_present_state_is_that_of_the_open_changes() -> None:
    (component,) = parse(PAGE, active(OPEN)).components
    assert (component.state, component.group) == (State.MAJOR, "Inference")
    (well,) = parse(PAGE, active()).components
    assert well.state is State.OPERATIONAL


def test_a_page_without_components_is_not_one_on_which_all_is_well() -> None:
    with pytest.raises(ReadError, match="without components"):
        parse(PAGE, active(components=[]))


def test_another_page_is_not_taken_for_ours() -> None:
    with pytest.raises(ReadError, match="wrong_page"):
        parse(acme("flashduty", page_id="7"), changes(change(*UPDATES)))


def test_the_feed_tells_how_a_change_ended_but_not_when() -> None:
    (found,) = parse(PAGE, FEED).incidents
    assert (found.incident_id, found.stage) == ("123", Stage.RESOLVED)
    assert (found.started_at, found.resolved_at) == (None, None)
    assert len(found.component_ids) == 2


def test_an_unreadable_update_costs_itself_alone() -> None:
    parsed = parse(PAGE, changes(change(*UPDATES, update(5, "odd", at_seconds="soon"))))
    assert len(by_id(parsed)["123"].updates) == 4
    assert len(parsed.rejects) == 1
