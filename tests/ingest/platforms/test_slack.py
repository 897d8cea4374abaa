"""Slack: the last note of a post that is over ended it."""

from __future__ import annotations

import json
from typing import Any

from ingest.models import ANY_INCIDENT, Stage, labelled
from ingest.platforms import PLATFORMS
from tests.support.payloads.acme import acme, parse, utc
from tests.support.payloads.golden import Golden

PAGE = acme("slack")


def post(**more: Any) -> dict[str, Any]:
    return {
        "id": 7,
        "title": "Trouble sending messages",
        "type": "incident",
        "status": "resolved",
        "url": "https://status.acme.test/2026-01/7",
        "date_created": "2026-01-05T02:00:00-08:00",
        "date_updated": "2026-01-05T09:00:00-08:00",
        "notes": [
            {"body": "<p>We look.</p>", "date_created": "2026-01-05T02:00:00-08:00"},
            {"body": "<p>Over.</p>", "date_created": "2026-01-05T03:00:00-08:00"},
        ],
        "services": ["Messaging"],
        **more,
    }


def current(*posts: dict[str, Any]) -> bytes:
    return json.dumps({"status": "active", "active_incidents": posts}).encode()


GOLDEN = (
    Golden(PAGE, "/api/v2.0.0/history", json.dumps([post()]).encode()),
    Golden(PAGE, "/api/v2.0.0/current", current(post(status="active"))),
)


def test_the_last_note_ends_a_post_however_late_the_record_is_changed() -> None:
    (found,) = parse(PAGE, GOLDEN[0].body).incidents
    assert [(u.stage, u.display_at) for u in found.updates] == [
        (Stage.INVESTIGATING, utc("2026-01-05T10:00:00")),
        (Stage.RESOLVED, utc("2026-01-05T11:00:00")),
    ]
    assert found.component_ids == (labelled("Messaging"),)


def test_a_refused_open_post_leaves_the_present_open() -> None:
    parsed = parse(PAGE, current(post(), post(id="x")))
    assert (len(parsed.incidents), len(parsed.rejects), parsed.unread_open) == (1, 1, True)
    assert "current" in PLATFORMS["slack"].active_only


def test_a_resolved_post_of_which_a_note_is_refused_lasts_until_its_last_change() -> None:
    first, last = post()["notes"]
    parsed = parse(PAGE, json.dumps([post(notes=[first, {**last, "date_created": None}])]).encode())
    (found,) = parsed.incidents
    assert [(one.stage, one.display_at) for one in found.updates] == [
        (Stage.INVESTIGATING, utc("2026-01-05T10:00:00")),
        (Stage.RESOLVED, utc("2026-01-05T17:00:00")),
    ]
    assert (len(parsed.rejects), found.untold) == (1, True)


def test_a_resolved_post_without_a_note_lasts_until_its_last_change() -> None:
    (found,) = parse(PAGE, json.dumps([post(notes=[])]).encode()).incidents
    assert [(one.stage, one.display_at) for one in found.updates] == [
        (Stage.RESOLVED, utc("2026-01-05T17:00:00"))
    ]


def test_a_page_that_says_something_goes_on_and_lists_nothing_covers_nothing() -> None:
    well = json.dumps({"status": "ok", "active_incidents": []}).encode()
    assert not parse(PAGE, well).unread_open
    odd = parse(PAGE, current())
    assert (odd.unread_open, odd.unread_incidents) == (True, (ANY_INCIDENT,))
    assert [one.kind for one in odd.warnings] == ["open_unlisted"]
