"""What a page's own monitors measured stands beside what it posted, and never mixes with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import Result, cli

KUMA = """
[{slug}]
name = "{name}"
category = "inference"

[{slug}.pages.uptime_kuma]
base_url = "https://{slug}.test/status/{slug}"
feed = "complete"
confidence = "high"
"""
DAY = "2026-01-10"
WINDOW = ("--since", "2026-01-10", "--until", "2026-01-11", "--surface", "api_inference")


def page(slug: str) -> dict[str, Any]:
    group = {"id": 1, "name": "Inference", "monitorList": [{"id": 1, "name": "API"}]}
    return {
        "config": {"slug": slug},
        "incidents": [],
        "publicGroupList": [group],
        "maintenanceList": [],
    }


def beats(*said: tuple[int, str]) -> dict[str, Any]:
    rows = [{"status": status, "time": f"{DAY} {at}", "msg": ""} for status, at in said]
    return {"heartbeatList": {"1": rows}, "uptimeList": {"1_24": 1}}


HISTORY = {
    "ok": True,
    "incidents": [
        {
            "id": 1,
            "style": "danger",
            "title": "API is down",
            "content": "We look.",
            "pin": True,
            "active": False,
            "createdDate": "2026-01-10 10:02:00",
            "lastUpdatedDate": "2026-01-10 10:20:00",
        }
    ],
    "hasMore": False,
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pages of Uptime Kuma: the monitor of one saw an outage of half an hour."""
    folder = tmp_path_factory.mktemp("monitors") / "d"
    folder.mkdir()
    pages = [KUMA.format(slug=slug, name=slug.capitalize()) for slug in ("acme", "globex")]
    (folder / "providers.toml").write_text("".join(pages))
    down = [(1, "09:58:00"), (0, "10:00:00"), (0, "10:15:00"), (1, "10:30:00"), (1, "11:00:00")]
    up = [(1, "09:58:00"), (1, "10:30:00"), (1, "11:00:00")]
    for slug, seen in (("acme", down), ("globex", up)):
        bodies: Mapping[str, Any] = {
            "09-30-00Z.page": page(slug),
            "10-00-00Z.beats": beats(*seen[:1]),
            "11-00-00Z.beats": beats(*seen),
            "11-00-00Z.history": HISTORY if slug == "acme" else {**HISTORY, "incidents": []},
        }
        for name, body in bodies.items():
            stamp, kind = name.split(".")
            payload = folder / slug / f"{DAY}T{stamp}.json"
            payload = payload.with_name(f"{kind}-{payload.name}")
            payload.parent.mkdir(exist_ok=True)
            payload.write_text(json.dumps(body))
        result = cli(folder, "import", folder / slug, "--provider", slug)
        assert (result.exit_code, result.stderr) == (0, "")
    return folder


def metrics(data: Path, *words: str) -> tuple[list[dict[str, Any]], Result]:
    result = cli(data, "metrics", *words, *WINDOW, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout), result


def test_what_a_monitor_saw_is_no_downtime_by_default(data: Path) -> None:
    [row], _ = metrics(data, "availability", "--provider", "acme")
    assert (row["down_s"], row["n"]) == (0, 1)


def test_it_is_said_beside_the_number(data: Path) -> None:
    _, result = metrics(data, "availability", "--provider", "acme")
    assert "own monitors measured Acme down 30 min on API inference" in result.stderr


def test_it_counts_where_monitors_are_asked_for(data: Path) -> None:
    [row], result = metrics(data, "availability", "--provider", "acme", "--classes", "monitor")
    assert row["down_s"] == 1800
    assert "monitors" not in result.stderr


def test_it_is_in_no_count_of_posts(data: Path) -> None:
    for classes in ("outage,degradation", "outage,degradation,monitor"):
        [row], _ = metrics(data, "frequency", "--provider", "acme", "--classes", classes)
        assert row["n"] == 1


def test_monitors_have_a_basis_of_their_own(data: Path) -> None:
    result = cli(
        data,
        "query",
        "select basis, state, sum(end_s - start_s) from component_states"
        " where component_id = '1' group by all order by 1",
        "--format",
        "csv",
    )
    assert result.stdout.splitlines()[1:] == ["monitor,major,1800"]
