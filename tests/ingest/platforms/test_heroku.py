"""Heroku: colours of systems, and incidents that name none."""

from __future__ import annotations

import json
from typing import Any

from ingest.models import Stage, State
from tests.support.payloads.acme import acme, parse, utc
from tests.support.payloads.golden import Golden

PAGE = acme("heroku")


def update(update_id: int, at: str, kind: str) -> dict[str, Any]:
    stamp = f"2026-01-05T{at}:00.000Z"
    return {
        "id": update_id,
        "contents": "Words.",
        "created_at": stamp,
        "updated_at": stamp,
        "update_type": kind,
    }


def current(**more: Any) -> bytes:
    post = {
        "id": 1918,
        "title": "Timeouts",
        "created_at": "2026-01-05T10:00:00.000Z",
        "resolved": False,
        "resolved_at": None,
        "state": "open",
        "updates": [update(2, "10:20", "issue"), update(1, "10:00", "investigating")],
        **more,
    }
    status = [{"system": "Apps", "status": "red"}, {"system": "Data", "status": "green"}]
    return json.dumps({"status": status, "incidents": [post], "scheduled": []}).encode()


GOLDEN = (Golden(PAGE, "/api/v4/current-status", current()),)


def test_colours_are_states() -> None:
    assert {one.name: one.state for one in parse(PAGE, current()).components} == {
        "Apps": State.MAJOR,
        "Data": State.OPERATIONAL,
    }


def test_a_post_stands_where_its_newest_update_does() -> None:
    (found,) = parse(PAGE, current()).incidents
    assert (found.stage, found.created_at) == (Stage.IDENTIFIED, utc("2026-01-05T10:00:00"))
    assert [one.update_id for one in found.updates] == ["1", "2"]


def test_a_refused_open_post_leaves_the_present_open() -> None:
    parsed = parse(PAGE, current(created_at=None))
    assert parsed.unread_open
    assert len(parsed.rejects) == 1
