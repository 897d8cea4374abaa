"""A post that only a Statuspage summary shows is kept as stated, and stops no publication."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.support.captured.cases import needs_cases
from tests.support.captured.feeds import ANTHROPIC, needs_feeds
from tests.support.command_line import ACME, bring, cli, put, rows
from tests.support.paths import CASES
from tests.support.payloads.statuspage import (
    about_page,
    component,
    incident,
    incidents_json,
    update,
)

CASE = CASES / "rel-summary-alone-blocks-everyone"
POST = ("incident_id", "title", "status", "impact")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "providers.toml").write_text(ACME)
    return tmp_path / "data"


def summary(*incidents: object) -> bytes:
    document = {
        "page": about_page(),
        "components": [component("aaaa1111bbbb", "major_outage")],
        "incidents": incidents,
        "scheduled_maintenances": [],
        "status": {"indicator": "critical", "description": "x"},
    }
    return json.dumps(document).encode()


OPEN = incident(
    "openopenopen", [update("p1", "investigating", "2026-01-10T11:00:00Z")], name="API down"
)


def test_a_post_only_a_summary_shows_is_published_as_stated(data: Path, tmp_path: Path) -> None:
    assert bring(data, put(tmp_path, "2026-01-10T12-01-00Z.json", summary(OPEN))).exit_code == 0
    assert rows(data, "incidents", *POST) == [
        ("openopenopen", "API down", "investigating", "major")
    ]
    assert ("aaaa1111bbbb", "major") in rows(data, "component_states", "component_id", "state")


def test_the_list_has_the_word_where_it_shows_the_post_too(data: Path, tmp_path: Path) -> None:
    """The summary's times and title never override nor version those of the list."""
    listed = {**OPEN, "name": "API unreachable"}
    put(tmp_path / "in", "2026-01-10T12-01-00Z.json", summary(OPEN))
    put(tmp_path / "in", "2026-01-10T12-00-00Z.json", incidents_json(listed))
    assert bring(data, tmp_path / "in").exit_code == 0
    assert rows(data, "incidents", *POST, "revision_count") == [
        ("openopenopen", "API unreachable", "investigating", "major", 0)
    ]


@needs_cases
def test_the_reported_case_publishes_every_provider(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(CASE / "providers.toml", data)
    for provider in ("globex", "acme"):
        assert bring(data, CASE / provider, provider=provider).exit_code == 0
    assert cli(data, "publish").exit_code == 0
    assert cli(data, "replay").exit_code == 0
    assert rows(data, "incidents", "provider", *POST) == [
        ("acme", "openopenopen", "API down", "investigating", "critical"),
        ("globex", "oldoldoldold", "Elevated errors", "resolved", "major"),
    ]
    states = rows(data, "component_states", "provider", "component_id", "state", "end_at")
    assert ("acme", "aaaa1111bbbb", "major", None) in states
    providers = {provider for (provider,) in rows(data, "coverage", "provider")}
    assert providers == {"globex"}, "one summary covers no past"


@needs_feeds
def test_a_real_summary_with_an_open_outage_alone_is_published(tmp_path: Path) -> None:
    body = (ANTHROPIC / "summary-20260428-major.json").read_bytes()
    path = put(tmp_path / "in", "2026-04-28T20-00-00Z.json", body)
    data = tmp_path / "data"
    data.mkdir()
    assert bring(data, path, provider="anthropic").exit_code == 0
    assert len(rows(data, "incidents", "title")) == len(json.loads(body)["incidents"])
    assert all(title for (title,) in rows(data, "incidents", "title"))
