"""Rootly: the list holds what is open, in words that may be capitalised."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ingest.models import Kind, ReadError, Stage
from ingest.platforms import PLATFORMS
from tests.support.captured.cases import needs_cases
from tests.support.payloads.acme import acme, case, parse, utc
from tests.support.payloads.golden import Golden

PAGE = acme("rootly", page_id="acme")


def said(update_id: str, status: str, at: str, body: str = "Looking. More soon.") -> dict[str, str]:
    stamp = f"2026-01-05T{at}:00Z"
    return {
        "id": update_id,
        "status": status,
        "body": body,
        "display_at": stamp,
        "created_at": stamp,
    }


def listed(*updates: dict[str, str], page_id: str = "acme", **more: Any) -> bytes:
    post = {
        "id": "r1",
        "name": "Audio API degraded",
        "status": "investigating",
        "impact": "minor",
        "created_at": "2026-01-05T08:10:00Z",
        "started_at": "2026-01-05T08:00:00Z",
        "incident_updates": list(updates),
        **more,
    }
    return json.dumps({"page": {"id": page_id, "name": "Acme"}, "incidents": [post]}).encode()


GOLDEN = (Golden(PAGE, "/api/v1/incidents.json", listed(said("u1", "Investigating", "08:10"))),)


def test_a_post_without_a_title_is_called_by_its_first_sentence() -> None:
    (post,) = parse(PAGE, listed(said("u1", "Investigating", "08:10"), name=None)).incidents
    assert post.title == "Looking"


def test_the_last_of_two_resolutions_ends_a_post() -> None:
    twice = (said("u1", "Resolved", "09:00"), said("u2", "Resolved", "09:20"))
    (post,) = parse(PAGE, listed(*twice, status="Resolved")).incidents
    assert (post.stage, post.resolved_at) == (Stage.RESOLVED, utc("2026-01-05T09:20:00"))


def test_an_unknown_word_is_unknown_and_told() -> None:
    parsed = parse(PAGE, listed(status="Triaging"))
    assert parsed.incidents[0].stage is Stage.UNKNOWN
    assert [one.kind for one in parsed.warnings] == ["unknown_word"]


def test_another_page_is_not_taken_for_ours() -> None:
    with pytest.raises(ReadError, match="wrong_page"):
        parse(PAGE, listed(page_id="other"))


@needs_cases
def test_a_post_leaves_the_list_of_what_is_open_without_a_word() -> None:
    def at(stamp: str, iso: str) -> list[str]:
        parsed = case("rootly-vanishes-open", f"incidents-{stamp}.json", PAGE, iso)
        assert parsed.horizon is None
        for post in parsed.incidents:
            assert post.started_at == utc("2026-09-10T08:00:00")
            assert post.updates[0].created_at == utc("2026-09-10T08:10:00")
            assert post.updates[0].stage is Stage.INVESTIGATING
        return [post.incident_id for post in parsed.incidents]

    assert at("20260910T090000Z", "2026-09-10T09:00:00+00:00") == ["r1"]
    assert at("20260914T090000Z", "2026-09-14T09:00:00+00:00") == ["r1"]
    assert at("20260914T100000Z", "2026-09-14T10:00:00+00:00") == []
    assert PLATFORMS["rootly"].active_only == {"active": frozenset(Kind)}
