"""``gate``: a job goes on only where a provider is known to be up."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ingest.fetching import fetcher as fetcher_module
from ingest.fetching.fetcher import Fetcher
from ingest.runs import data_folder
from tests.support import command_line
from tests.support.command_line import LISTS, NOTHING, cli, holding, only_line
from tests.support.loopback import reply, serve
from tests.support.pages.profiles import FRESH, NOW, YEAR
from tests.support.payloads.statuspage import component as part
from tests.support.payloads.statuspage import incident, incidents_json, update
from tests.support.snapshots import (
    component,
    covered,
    made,
    page_of,
    page_row,
    post,
    provider_row,
    source,
    state,
)

CHAT = covered("2025-06-01", NOW, of="chat")
PARTS = [component("api"), component("chat", surface="chat_web")]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the reader look half an hour after the newest capture."""
    monkeypatch.setattr(data_folder, "now", lambda: NOW + timedelta(minutes=30))


def world(place: Path, **tables: Any) -> Path:
    """Write a snapshot of Acme with an API and a chat, captured just now."""
    rows: dict[str, Any] = {"coverage": [YEAR, CHAT], "captures": FRESH, "components": PARTS}
    return made(place, as_of=NOW, **{**rows, **tables}).path


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("worst", "limit", "code"),
    [
        (None, "operational", 0),
        ("maintenance", "operational", 1),
        ("maintenance", "maintenance", 0),
        ("degraded", "maintenance", 1),
        ("degraded", "degraded", 0),
        ("partial", "degraded", 1),
        ("partial", "partial", 0),
        ("major", "partial", 1),
        ("unknown", "partial", 6),
    ],
)
def test_the_worst_known_state_decides(
    tmp_path: Path, worst: str | None, limit: str, code: int
) -> None:
    states = [state(worst, "2026-01-30")] if worst else []
    place = world(tmp_path, states=states)
    result = cli(place, "gate", "--provider", "acme", "--max-state", limit)
    assert (result.exit_code, result.stderr) == (code, "")
    assert result.stdout.count("\n") == 1


@pytest.mark.usefixtures("clock")
def test_up_is_never_said_without_the_time_it_was_seen(tmp_path: Path) -> None:
    result = cli(world(tmp_path), "gate", "--provider", "Acme", "--surface", "chat_web")
    assert result.stdout == "acme chat_web up (operational) at 2026-01-31 00:00 UTC\n"


@pytest.mark.usefixtures("clock")
def test_only_the_surface_asked_about_counts(tmp_path: Path) -> None:
    place = world(tmp_path, states=[state("major", "2026-01-30", of="chat")])
    asked = ["gate", "--provider", "acme", "--surface"]
    assert cli(place, *asked, "api_inference").exit_code == 0
    down = cli(place, *asked, "chat_web")
    assert down.exit_code == 1
    assert down.stdout == "acme chat_web down (major) at 2026-01-31 00:00 UTC: chat\n"


def test_what_was_read_too_long_ago_is_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = world(tmp_path)
    for late, code in ((timedelta(hours=1), 0), (timedelta(hours=1, seconds=1), 6)):
        monkeypatch.setattr(data_folder, "now", lambda late=late: NOW + late)
        result = cli(place, "gate", "--provider", "acme")
        assert result.exit_code == code
    assert "not known at 2026-01-31 00:00 UTC: a page of it was not read lately" in result.stdout


@pytest.mark.usefixtures("clock")
def test_an_imported_page_is_not_known(tmp_path: Path) -> None:
    imported = source("https://acme.test/incidents.json", NOW, stale_after_s=None)
    assert cli(world(tmp_path, captures=imported), "gate", "--provider", "acme").exit_code == 6


@pytest.mark.usefixtures("clock")
def test_a_provider_without_data_is_not_known_and_says_why(tmp_path: Path) -> None:
    place = world(
        tmp_path,
        providers=[provider_row("acme"), provider_row("bolt")],
        pages=[page_row("acme"), page_row("bolt", status="blocked")],
    )
    result = cli(place, "gate", "--provider", "bolt")
    assert result.exit_code == 6
    assert result.stdout.startswith("bolt not known: Nothing is collected of Bolt.")


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("about", "more", "code"),
    [
        ((), {}, 6),
        (("api",), {}, 6),
        (("chat",), {}, 0),
        (("api",), {"class": "notice"}, 0),
        (("api",), {"flags": ["zombie"]}, 0),
    ],
)
def test_an_open_post_about_trouble_that_says_no_state_leaves_it_not_known(
    tmp_path: Path, about: tuple[str, ...], more: dict[str, Any], code: int
) -> None:
    place = world(tmp_path, posts=[post("p1", "2026-01-30", of=about, **more)])
    result = cli(place, "gate", "--provider", "acme", "--surface", "api_inference")
    assert result.exit_code == code
    assert ("a post is open that says no state: p1" in result.stdout) == (code == 6)


@pytest.mark.usefixtures("clock")
def test_an_open_post_whose_components_are_rated_leaves_it_to_their_states(tmp_path: Path) -> None:
    link = {
        "provider": "acme",
        "page_key": page_of("acme"),
        "incident_id": "p1",
        "component_id": "api",
        "surface": "api_inference",
        "surface_basis": "name",
        "relation": "transitioned",
        "worst_state": "partial",
    }
    place = world(tmp_path, posts=[post("p1", "2026-01-30")], incident_components=[link])
    assert cli(place, "gate", "--provider", "acme").exit_code == 0


@pytest.mark.usefixtures("clock")
def test_down_goes_before_not_known(tmp_path: Path) -> None:
    states = [state("major", "2026-01-30"), state("unknown", "2026-01-30", of="chat")]
    assert cli(world(tmp_path, states=states), "gate", "--provider", "acme").exit_code == 1


@pytest.mark.usefixtures("clock")
def test_of_several_providers_the_worst_decides(tmp_path: Path) -> None:
    place = world(
        tmp_path,
        providers=[provider_row("acme"), provider_row("bolt")],
        pages=[page_row("acme"), page_row("bolt", status="blocked")],
    )
    result = cli(place, "gate", "--provider", "acme", "--provider", "bolt", "--json")
    assert result.exit_code == 6
    told = json.loads(result.stdout)
    assert (told["answer"], told["simulated"]) == ("not known", False)
    assert [one["answer"] for one in told["providers"]] == ["up", "not known"]
    assert datetime.fromisoformat(told["providers"][0]["seen_at"]) == NOW


def test_without_data_of_ones_own_it_is_not_known_and_never_down(tmp_path: Path) -> None:
    (tmp_path / "data" / "demo").mkdir(parents=True)
    result = cli(tmp_path / "data", "gate", "--provider", "acme")
    assert (result.exit_code, result.stdout) == (6, "")
    assert only_line(result).startswith("no data of your own yet; --demo reads the invented world")


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("", "--provider"),
        ("--provider acme --max-state major", "operational, maintenance, degraded, partial"),
        ("--provider acme --surface moon", "'moon'"),
        ("--provider acmee", "did you mean acme?"),
        ("--provider acme --region mars", "'mars'"),
        ("--question mine", "mine"),
    ],
)
def test_a_wrong_word_is_usage_and_neither_down_nor_up(
    tmp_path: Path, words: str, told: str
) -> None:
    result = cli(world(tmp_path), "gate", *words.split())
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in only_line(result)


@pytest.mark.usefixtures("clock")
def test_a_surface_of_which_no_component_was_read_is_not_known(tmp_path: Path) -> None:
    result = cli(world(tmp_path), "gate", "--provider", "acme", "--surface", "video")
    assert result.exit_code == 6
    assert result.stdout.endswith("UTC: no component of it is covered\n")


@pytest.mark.usefixtures("clock")
def test_a_surface_that_does_not_exist_is_usage_whoever_is_asked_about(tmp_path: Path) -> None:
    place = world(
        tmp_path,
        providers=[provider_row("acme"), provider_row("bolt")],
        pages=[page_row("acme"), page_row("bolt", status="no_feed")],
    )
    assert cli(place, "gate", "--provider", "bolt", "--surface", "moon").exit_code == 2
    assert cli(place, "gate", "--provider", "bolt", "--surface", "video").exit_code == 6


@pytest.mark.usefixtures("clock")
def test_a_page_that_was_never_read_well_leaves_its_provider_not_known(tmp_path: Path) -> None:
    failed = {"page_key": "acme.instatus.two"}
    place = world(
        tmp_path,
        captures=[*FRESH, *source("https://two.acme.test", None, failed=NOW, **failed)],
        pages=[page_row("acme"), {**page_row("acme", platform="instatus"), **failed}],
    )
    result = cli(place, "gate", "--provider", "acme")
    assert result.exit_code == 6
    # A page that is read no more is nobody's business.
    over = {**page_row("acme", status="retired"), **failed}
    place = world(
        tmp_path,
        captures=[*FRESH, *source("https://two.acme.test", None, failed=NOW, **failed)],
        pages=[page_row("acme"), over],
    )
    assert cli(place, "gate", "--provider", "acme").exit_code == 0


@pytest.mark.usefixtures("clock")
def test_a_saved_question_says_whom_to_ask_about_unless_options_do(tmp_path: Path) -> None:
    down = world(tmp_path, states=[state("major", "2026-01-30", of="chat")])
    data = holding(tmp_path / "data", down)
    mine = '[mine]\nproviders = ["Acme"]\nsurface = "chat_web"\n[empty]\nsurface = "chat_web"\n'
    (data / "questions.toml").write_text(mine, encoding="utf-8")
    asked = ["gate", "--question", "mine"]
    assert cli(data, *asked).stdout == "acme chat_web down (major) at 2026-01-31 00:00 UTC: chat\n"
    assert cli(data, *asked, "--surface", "api_inference").exit_code == 0
    nobody = cli(data, "gate", "--question", "empty")
    assert nobody.exit_code == 2
    assert only_line(nobody) == "question 'empty' names no providers: add --provider"


@pytest.mark.parametrize(
    ("status", "code"), [("operational", 0), ("degraded_performance", 0), ("major_outage", 1)]
)
def test_what_was_collected_a_moment_ago_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: str, code: int
) -> None:
    monkeypatch.setattr(fetcher_module, "Fetcher", partial(Fetcher, spacing=0, seconds=5))
    now = f"{data_folder.now():%Y-%m-%dT%H:%M:%S.%fZ}"
    shown = {
        **json.loads(NOTHING),
        "components": [part("aaaa1111bbbb", status, updated_at=now)],
        "incidents": [],
        "status": {"indicator": "none"},
    }
    data = tmp_path / "data"
    data.mkdir()
    days = (data_folder.now() - timedelta(days=ago) for ago in (3, 2))
    over = [
        update(f"u{n}", stage, f"{day:%Y-%m-%dT%H:%M:%S.000Z}")
        for n, (stage, day) in enumerate(zip(("investigating", "resolved"), days, strict=True))
    ]
    bodies = {
        **LISTS,
        "/api/v2/incidents.json": incidents_json(incident("iiii1111jjjj", over)),
        "/api/v2/summary.json": json.dumps(shown).encode(),
    }
    with serve() as site:
        for path, body in bodies.items():
            site[path] = reply(body=body)
        command_line.at(data, acme=site.url)
        assert cli(data, "collect", "acme").exit_code == 0
    assert cli(data, "gate", "--provider", "acme").exit_code == code
    later = data_folder.now() + timedelta(hours=2)
    monkeypatch.setattr(data_folder, "now", lambda: later)
    assert cli(data, "gate", "--provider", "acme").exit_code == 6
