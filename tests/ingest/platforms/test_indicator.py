"""A page that says that something is wrong, and shows nothing that is, contradicts itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ingest.models import Notice, Parsed
from tests.support.payloads import incident_io
from tests.support.payloads.statuspage import about_page, component, incident, parse, update

OPEN = incident("open1", updates=[update("u1", "investigating", "2026-01-05T10:00:00Z")])
DOUBT = Notice(
    "contradiction", "indicator", "the page says critical, and shows nothing that is wrong"
)


def summary(indicator: Any, status: str = "operational", *posts: dict[str, Any]) -> Parsed:
    document = {
        "page": about_page(),
        "status": indicator if isinstance(indicator, dict) else {"indicator": indicator},
        "components": [component("aaaa1111bbbb", status)],
        "incidents": list(posts),
        "scheduled_maintenances": [],
    }
    return parse(json.dumps(document))


def test_trouble_that_nothing_shows_is_a_warning() -> None:
    assert summary("critical").warnings == (DOUBT,)
    assert [one.kind for one in summary("minor").warnings] == ["contradiction"]
    assert summary("critical", "operational", incident()).warnings == (DOUBT,)


@pytest.mark.parametrize("indicator", ["none", "maintenance", None, 3, {}, {"indicator": []}])
def test_any_other_word_is_none(indicator: Any) -> None:
    assert summary(indicator).warnings == ()


def test_trouble_that_a_component_or_an_incident_shows_is_none() -> None:
    assert summary("critical", "major_outage").warnings == ()
    assert summary("critical", "operational", OPEN).warnings == ()


def test_so_it_is_with_incident_io() -> None:
    document = {
        "page": {"id": incident_io.PAGE.page_id, "name": "Acme", "url": "https://status.acme.test"},
        "status": {"indicator": "critical"},
        "components": [incident_io.component()],
        "incidents": [],
    }
    assert incident_io.parse(json.dumps(document)).warnings == (DOUBT,)
