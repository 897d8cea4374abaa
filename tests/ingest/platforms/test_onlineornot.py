"""OnlineOrNot: a list that points at itself is unfolded, never executed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ingest.models import PostedImpact, ReadError, State
from ingest.platforms import PLATFORMS
from tests.support.payloads.acme import acme, by_id, parse, utc
from tests.support.payloads.golden import Golden

PAGE = acme("onlineornot")


def folded(value: Any) -> list[Any]:
    """Fold a value as pages enqueue it: a list whose numbers point at its places."""
    places: list[Any] = []

    def put(one: Any) -> int:
        if one is None:
            return -5
        place = len(places)
        places.append(None)
        if isinstance(one, dict):
            places[place] = {f"_{put(key)}": put(said) for key, said in one.items()}
        elif isinstance(one, list):
            places[place] = [put(said) for said in one]
        else:
            places[place] = one
        return place

    put(value)
    return places


def html(places: list[Any]) -> bytes:
    script = (
        f"window.__reactRouterContext.streamController.enqueue({json.dumps(json.dumps(places))})"
    )
    return f"<!doctype html><html><script>{script}</script></html>".encode()


START, END = "2026-01-05T10:00:00.000Z", "2026-01-05T11:00:00.000Z"


def update(status: str, at: str) -> dict[str, Any]:
    return {
        "status": status,
        "description": "<p>Words.</p>",
        "createdAt": at,
        "updatedAt": at,
        "dateHappened": at,
    }


def page(*posts: dict[str, Any], impact: str = "MAJOR_OUTAGE", entry: str = "i1") -> bytes:
    said = {"incidentId": entry, "title": "Errors", "started": START, "ended": END}
    day = {"day": "2026-01-05T00:00:00.000Z", "incidentData": [{**said, "impact": impact}]}
    component = {"id": "c1", "name": "Chat", "status": "OPERATIONAL", "groupId": "g1"}
    uptime = {
        "componentId": "c1",
        "componentPageUrl": None,
        "data": {"uptime": "0.999", "incidents": [day]},
    }
    index = {
        "incidents": {"2026-01-05T00:00:00.000Z": list(posts)},
        "activeIncidents": [],
        "scheduledMaintenance": [],
        "uptime": [uptime],
        "groups": [{"id": "g1", "name": "Data API"}],
    }
    root = {"statusPage": {"id": "p1"}, "components": [component]}
    loaded = {"root": {"result": root}, "routes/_index": {"result": index}}
    return html(folded({"loaderData": loaded, "errors": None}))


POST = {
    "id": "i1",
    "title": "Errors",
    "started": START,
    "ended": END,
    "updates": [update("RESOLVED", END), update("INVESTIGATING", START)],
}
GOLDEN = (Golden(PAGE, "/", page(POST)),)


def test_a_post_has_the_impact_that_the_days_of_its_components_give_it() -> None:
    parsed = parse(PAGE, page(POST))
    post = by_id(parsed)["i1"]
    begin, end = utc("2026-01-05T10:00:00"), utc("2026-01-05T11:00:00")
    assert post.impacts == (PostedImpact("c1", State.MAJOR, begin, end),)
    assert [one.status for one in post.updates] == ["INVESTIGATING", "RESOLVED"]
    assert [(one.name, one.group) for one in parsed.components] == [("Chat", "Data API")]
    assert [one.ratio for one in parsed.posted_ratios] == [0.999]


def test_an_incident_without_impact_was_no_outage() -> None:
    assert by_id(parse(PAGE, page(POST, impact="NO_IMPACT")))["i1"].impacts == ()


def test_an_incident_that_only_days_name_is_kept() -> None:
    parsed = parse(PAGE, page(POST, entry="i2"))
    assert sorted(by_id(parsed)) == ["i1", "i2"]
    assert by_id(parsed)["i2"].updates == ()


def test_a_list_that_points_at_itself_is_refused() -> None:
    places: list[Any] = [{"_1": 0}, "loaderData", "componentPageUrl"]
    with pytest.raises(ReadError, match="points at itself"):
        parse(PAGE, html(places))


def test_the_front_page_is_polled_where_the_registry_says_so() -> None:
    platform = PLATFORMS["onlineornot"]
    assert platform.sources(PAGE) == ()
    assert len(platform.sources(acme("onlineornot", page_data=True))) == 1


def test_a_page_that_shows_no_days_is_refused() -> None:
    loaded = {"root": {"result": {"statusPage": {"id": "p1"}, "components": []}}}
    body = html(folded({"loaderData": loaded, "componentPageUrl": None}))
    with pytest.raises(ReadError, match="shows its days"):
        parse(PAGE, body)
