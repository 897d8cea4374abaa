"""Instatus: a summary lists what is open, and an absent list is an empty one."""

from __future__ import annotations

import json
from typing import Any

from ingest.models import ANY_INCIDENT, Component, Impact, Kind, PostedImpact, Stage, State
from ingest.platforms import PLATFORMS
from tests.support.captured.cases import needs_cases
from tests.support.payloads.acme import acme, by_id, case, parse, utc
from tests.support.payloads.golden import Golden

PAGE = acme("instatus")
OPEN = {
    "id": "cmr18acme0001",
    "name": "Conversations API degraded",
    "started": "2026-01-05T08:08:00.000Z",
    "status": "INVESTIGATING",
    "impact": "PARTIALOUTAGE",
    "url": "https://status.acme.test/cmr18acme0001",
}
PLANNED = {
    "name": "Database upgrade",
    "start": "2026-01-12T08:00:00.000Z",
    "status": "NOTSTARTEDYET",
    "duration": 90,
    "url": "https://status.acme.test/maintenance/cmr18acme0002",
}


def summary(status: str = "HASISSUES", **lists: Any) -> bytes:
    page = {"name": "Acme", "url": "https://status.acme.test", "status": status}
    return json.dumps({"page": page, **lists}).encode()


ROSTER = {"components": [{"id": "c1", "name": "API", "status": "OPERATIONAL", "group": None}]}


def front(**more: Any) -> bytes:
    """Make a front page: one chunk whose row is drawn from the data."""
    api, mail = (
        {"id": key, "name": {"default": name}, "status": "OPERATIONAL", "children": []}
        for key, name in (("c1", "API"), ("c2", "Mail"))
    )
    over = {
        "id": "n2",
        "name": {"default": "Outage"},
        "impact": "MAJOROUTAGE",
        "started": "2026-01-03T10:00:00.000Z",
        "resolved": "2026-01-03T11:00:00.000Z",
        "status": "RESOLVED",
        "components": [{"id": "c1"}],
    }
    spell = {"noticeId": "n2", "status": "MAJOROUTAGE", "from": over["started"], "to": None}
    data = {
        "site": {"id": "s1", "components": [{"name": "Core", "children": [api]}, mail]},
        "activeIncidents": [{**OPEN, "updates": [UPDATE], "components": [{"id": "c2"}]}],
        "activeMaintenances": [],
        "componentsUptime": {"c1": {"outages": [spell]}},
        "notices": {"n2": over},
        **more,
    }
    chunk = json.dumps("a:" + json.dumps(["$", data]))
    return f"<!doctype html><html><script>self.__next_f.push([1,{chunk}])</script></html>".encode()


UPDATE = {
    "id": "u1",
    "started": "2026-01-05T08:08:00.000Z",
    "status": "INVESTIGATING",
    "message": {"default": "We look."},
}
GOLDEN = (
    Golden(PAGE, "/summary.json", summary(activeIncidents=[OPEN], activeMaintenances=[PLANNED])),
    Golden(PAGE, "/v2/components.json", json.dumps(ROSTER).encode()),
    Golden(PAGE, "/", front()),
)


def test_the_front_page_tells_ends_and_components() -> None:
    parsed = parse(PAGE, front())
    posts = by_id(parsed)
    begin, end = utc("2026-01-03T10:00:00"), utc("2026-01-03T11:00:00")
    assert posts["n2"].resolved_at == end
    assert posts["n2"].impacts == (PostedImpact("c1", State.MAJOR, begin, end),)
    assert posts["cmr18acme0001"].component_ids == ("c2",)
    assert [one.body for one in posts["cmr18acme0001"].updates] == ["We look."]
    assert [(one.name, one.group) for one in parsed.components] == [("API", "Core"), ("Mail", None)]


def test_what_a_refused_outage_did_is_not_known() -> None:
    odd = {"noticeId": "n2", "status": "MAJOROUTAGE", "from": "soon", "to": None}
    parsed = parse(PAGE, front(componentsUptime={"c1": {"outages": [odd]}}))
    assert (len(parsed.rejects), parsed.unread_open) == (1, False)
    assert by_id(parsed)["n2"].untold


def test_a_refused_outage_of_no_notice_leaves_the_present_open() -> None:
    odd = {"noticeId": None, "status": "MAJOROUTAGE", "from": "2026-01-03T10:00:00.000Z"}
    assert parse(PAGE, front(componentsUptime={"c1": {"outages": [odd]}})).unread_open


def test_the_front_page_is_polled_where_the_registry_says_so() -> None:
    def urls(**more: Any) -> list[str]:
        sources = PLATFORMS["instatus"].sources(acme("instatus", **more))
        return [one.url.removeprefix("https://status.acme.test") for one in sources]

    assert urls() == ["/summary.json", "/v2/components.json"]
    assert urls(page_data=True) == ["/summary.json", "/v2/components.json", "/"]


def test_planned_work_without_an_id_is_known_by_its_address() -> None:
    (planned,) = parse(PAGE, summary(activeMaintenances=[PLANNED])).incidents
    assert (planned.incident_id, planned.kind) == ("cmr18acme0002", Kind.MAINTENANCE)
    assert planned.scheduled_end_at == utc("2026-01-12T09:30:00")


def test_a_page_in_trouble_that_lists_nothing_says_nothing_of_the_present() -> None:
    parsed = parse(PAGE, summary())
    assert parsed.unread_open
    assert parsed.unread_incidents == (ANY_INCIDENT,)
    assert [one.kind for one in parsed.warnings] == ["open_unlisted"]


def test_a_refused_post_was_open() -> None:
    parsed = parse(PAGE, summary(activeIncidents=[OPEN, {**OPEN, "started": "yesterday"}]))
    assert len(parsed.incidents) == len(parsed.rejects) == 1
    assert parsed.unread_open


def test_components_are_the_whole_roster() -> None:
    parsed = parse(PAGE, GOLDEN[1].body)
    assert parsed.roster
    assert parsed.components == (Component("c1", "API", state=State.OPERATIONAL),)


@needs_cases
def test_a_post_comes_back_under_its_id_and_an_absent_list_is_empty() -> None:
    def at(stamp: str) -> tuple[tuple[str, Stage], ...]:
        iso = f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:11]}:{stamp[11:13]}:{stamp[13:]}".replace("Z", "")
        parsed = case("instatus-reopened", f"summary-{stamp}.json", PAGE, f"{iso}+00:00")
        assert not parsed.unread_open
        assert parsed.horizon is None
        assert all(i.started_at == utc("2026-06-10T08:08:00") for i in parsed.incidents)
        assert all(i.impact is Impact.MAJOR for i in parsed.incidents)
        return tuple((i.incident_id, i.stage) for i in parsed.incidents)

    assert at("20260610T090000Z") == (("cmr18acme0001", Stage.INVESTIGATING),)
    assert at("20260610T110000Z") == ()
    assert at("20260612T120000Z") == (("cmr18acme0001", Stage.MONITORING),)
    assert at("20260612T160000Z") == ()
    assert Kind.INCIDENT in PLATFORMS["instatus"].active_only["summary"]
