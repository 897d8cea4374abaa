"""A page that changes its engine, or another page at its address, is called by that name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ingest.models import Page, ReadError, ReadFailure
from ingest.platforms import PLATFORMS
from tests.support.captured.cases import needs_cases
from tests.support.paths import CASES
from tests.support.payloads import incident_io, statuspage
from tests.support.payloads.golden import Golden, golden_of, read
from tests.support.payloads.incident_io import ulid

STATUSPAGE, INCIDENT_IO = PLATFORMS["statuspage"], PLATFORMS["incident_io"]
#: As in most of the registry: no page id is known.
PAGES = {
    name: Page("acme", "acme", name, "https://status.acme.test")
    for name in ("statuspage", "incident_io")
}
MADE_AT = "2026-01-05T10:00:00Z"


def failure(platform: str, body: Any, path: str = "/api/v2/incidents.json") -> ReadFailure:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(ReadError) as raised:
        read(PLATFORMS[platform], Golden(PAGES[platform], path, raw))
    return raised.value.kind


def listed(about: dict[str, Any], *rows: dict[str, Any], key: str = "incidents") -> dict[str, Any]:
    return {"page": about, key: rows}


def without_page(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "page_id"}


@pytest.mark.parametrize("golden", golden_of(INCIDENT_IO), ids=lambda one: one.path)
def test_no_document_of_incident_io_is_read_on_a_page_of_statuspage(golden: Golden) -> None:
    moved = Golden(PAGES["statuspage"], golden.path, golden.body)
    with pytest.raises(ReadError):
        read(STATUSPAGE, moved)


@pytest.mark.parametrize("golden", golden_of(STATUSPAGE), ids=lambda one: one.path)
def test_no_list_of_statuspage_is_read_on_a_page_of_incident_io(golden: Golden) -> None:
    moved = Golden(PAGES["incident_io"], golden.path, golden.body)
    with pytest.raises(ReadError):
        read(INCIDENT_IO, moved)


SIGNS = {
    "the page's id": listed(incident_io.about_page()),
    "an incident's id": listed(statuspage.about_page(), statuspage.incident(ulid(MADE_AT))),
    "the page an incident names": [
        {**statuspage.incident(), "page_id": incident_io.PAGE.page_id},
    ],
    "a component's id": listed(
        statuspage.about_page(), statuspage.component(ulid(MADE_AT)), key="components"
    ),
    "a component named by an incident": listed(
        statuspage.about_page(),
        statuspage.incident(components=[statuspage.component(ulid(MADE_AT))]),
    ),
    "a component's state": listed(
        statuspage.about_page(),
        statuspage.component("aaaa1111bbbb", "full_outage"),
        key="components",
    ),
    "a state in an update": listed(
        statuspage.about_page(),
        statuspage.incident(
            updates=[
                statuspage.update(
                    "u1",
                    "investigating",
                    MADE_AT,
                    changes=[statuspage.change("aaaa1111bbbb", "operational", "full_outage")],
                )
            ]
        ),
    ),
    "a stage": listed(statuspage.about_page(), statuspage.incident(status="maintenance_scheduled")),
    "an id of Instatus": listed(
        statuspage.about_page(), statuspage.component("cl0abc1234567890abcdefghi"), key="components"
    ),
    "an id of status.io": listed(
        statuspage.about_page(), statuspage.component("5f0a" * 6), key="components"
    ),
    "a UUID": listed(
        statuspage.about_page(), statuspage.incident("0f8fad5b-d9cb-469f-a165-70867728950e")
    ),
    "a widget of incident.io": {"ongoing_incidents": [], "in_progress_maintenances": []},
    "impacts of incident.io": {"component_impacts": [], "incident_links": []},
    "a summary of Instatus": {"page": {"name": "Acme", "status": "UP"}, "activeIncidents": []},
    "a document of Better Stack": {"data": {"type": "status_page"}, "included": []},
}


@pytest.mark.parametrize("sign", SIGNS)
def test_one_sign_of_another_engine_refuses_a_body_by_that_name(sign: str) -> None:
    body = SIGNS[sign]
    raw = "\n".join(map(json.dumps, body * 2)).encode() if isinstance(body, list) else body
    assert failure("statuspage", raw) is ReadFailure.CHANGED_PLATFORM


def test_a_feed_of_ulids_is_no_feed_of_statuspage() -> None:
    said = statuspage.paragraph("Jan", "5", "10:00", "Resolved", "Over.")
    entry = statuspage.atom_entry(ulid(MADE_AT), MADE_AT, said)
    assert failure("statuspage", statuspage.atom(entry).encode()) is ReadFailure.CHANGED_PLATFORM


@pytest.mark.parametrize(
    "body",
    [
        listed(statuspage.about_page()),
        listed(incident_io.about_page(), {**incident_io.incident(), "id": "iiii1111jjjj"}),
        listed(incident_io.about_page(), incident_io.component("aaaa1111bbbb"), key="components"),
        without_page(statuspage.incident()),
    ],
    ids=["the page's id", "an incident's id", "a component's id", "a single incident"],
)
def test_one_id_of_statuspage_refuses_a_body_of_incident_io(body: dict[str, Any]) -> None:
    assert failure("incident_io", body) is ReadFailure.CHANGED_PLATFORM


def test_ids_of_no_known_form_are_a_page_s_own() -> None:
    rows = [statuspage.component(one) for one in ("api", "c-1", "Größe", "1")]
    body = json.dumps(listed(statuspage.about_page(id="p"), *rows, key="components")).encode()
    parsed = read(STATUSPAGE, Golden(PAGES["statuspage"], "/api/v2/components.json", body))
    assert (len(parsed.components), parsed.page_id) == (4, "p")


# ---- pages ----


@pytest.mark.parametrize("platform", PAGES)
def test_a_body_of_several_pages_is_of_none(platform: str) -> None:
    rows = {
        "statuspage": [statuspage.incident(), statuspage.incident("x", page_id="oooo1111pppp")],
        "incident_io": [incident_io.incident(), incident_io.incident(page_id=ulid(MADE_AT))],
    }[platform]
    assert failure(platform, "\n".join(map(json.dumps, rows)).encode()) is ReadFailure.WRONG_PAGE


@pytest.mark.parametrize(
    ("platform", "body", "page_id"),
    [
        ("statuspage", statuspage.incident(), statuspage.PAGE.page_id),
        ("statuspage", without_page(statuspage.incident()), None),
        ("incident_io", incident_io.incident(), incident_io.PAGE.page_id),
        ("incident_io", incident_io.own_incident(), incident_io.PAGE.page_id),
        ("incident_io", incident_io.structure(), incident_io.PAGE.page_id),
    ],
)
def test_a_body_says_by_which_id_it_knows_its_page(
    platform: str, body: dict[str, Any], page_id: str | None
) -> None:
    golden = Golden(PAGES[platform], "/", json.dumps(body).encode())
    assert read(PLATFORMS[platform], golden).page_id == page_id


# ---- documents that share a key with ours ----


OTHERS = {
    "a widget": {"page_title": "Acme", "ongoing_incidents": [{}], "scheduled_maintenances": []},
    "a list beside unknown keys": {"incidents": [], "next": "/2"},
    "components of something else": {"components": [], "version": 3},
    "a summary of something else": {"summary": {"services": []}},
    "a board": {"status": "ok", "incidents": [], "checks": []},
}


@pytest.mark.parametrize("body", OTHERS.values(), ids=OTHERS)
def test_a_document_that_shares_a_key_with_ours_is_none_of_ours(body: dict[str, Any]) -> None:
    raw = json.dumps(body).encode()
    with pytest.raises(ReadError):
        STATUSPAGE.recognise(raw)
    assert failure("statuspage", body) in {
        ReadFailure.SHAPE_CHANGED,
        ReadFailure.CHANGED_PLATFORM,
    }


@needs_cases
def test_the_widget_of_another_engine_is_refused_before_it_is_stored() -> None:
    with pytest.raises(ReadError) as raised:
        STATUSPAGE.recognise((CASES / "document-of-another-kind" / "widget.json").read_bytes())
    assert raised.value.kind is ReadFailure.CHANGED_PLATFORM


@needs_cases
@pytest.mark.parametrize("kind", ["components", "incidents"])
def test_the_bodies_of_a_page_after_its_change_of_engine_are_refused(kind: str) -> None:
    folder = CASES / "engine-change" / "b"
    page = PAGES["statuspage"]
    before, *after = sorted(folder.glob(f"{kind}-*.json"))
    assert read(STATUSPAGE, Golden(page, "/", before.read_bytes())).page_id is not None
    assert {failure("statuspage", path.read_bytes()) for path in after} == {
        ReadFailure.CHANGED_PLATFORM
    }
