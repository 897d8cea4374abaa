"""The past by event time: only what had been written by then, marked as reconstructed."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from analytics import open_snapshot
from ingest.runs import data_folder, publishing
from tests.support.captured.feeds import FULL, needs_feeds
from tests.support.command_line import cli, only_line, put
from tests.support.payloads.statuspage import component, incident, incidents_json, update

PART = component("aaaa1111bbbb", name="Chat")


def change(at: str, status: str, old: str, new: str) -> dict[str, object]:
    told = [{"code": "aaaa1111bbbb", "name": "Chat", "old_status": old, "new_status": new}]
    return update(at.replace(":", ""), status, at, affected_components=told)


BODY = incidents_json(
    incident(
        "one",
        created_at="2026-01-05T10:00:00Z",
        started_at="2026-01-05T10:00:00Z",
        resolved_at="2026-01-05T11:30:00Z",
        components=[PART],
        incident_updates=[
            change("2026-01-05T11:30:00Z", "resolved", "partial_outage", "operational"),
            change("2026-01-05T10:00:00Z", "investigating", "operational", "partial_outage"),
        ],
    )
)


@pytest.fixture
def stored(data: Path, tmp_path: Path) -> Path:
    path = put(tmp_path, "2026-01-10T12-00-00Z.json", BODY)
    words = ["--provider", "acme", "--complete-since", "2026-01-01"]
    assert cli(data, "import", path, *words).exit_code == 0
    return data


def asked(data: Path, at: str) -> list[dict[str, str]]:
    words = ["--since", "2026-01-05", "--at", at, "--format", "csv", "--surface", "chat_web"]
    result = cli(data, "metrics", "availability", *words)
    assert (result.exit_code, result.stderr) == (0, "")
    names, *rows = [
        line.replace('"outage,degradation"', "both") for line in result.stdout.splitlines()
    ]
    return [dict(zip(names.split(","), row.split(","), strict=True)) for row in rows]


@pytest.mark.parametrize(
    ("at", "n", "down_s", "covered_s"),
    [
        ("2026-01-05T09:00:00Z", "0", 0, 9 * 3600),
        ("2026-01-05T11:00:00Z", "1", 3600, 11 * 3600),
        ("2026-01-05T12:00:00Z", "1", 5400, 12 * 3600),
    ],
)
def test_what_was_written_later_is_not_counted(
    stored: Path, at: str, n: str, down_s: int, covered_s: int
) -> None:
    [row] = asked(stored, at)
    assert (row["n"], float(row["down_s"]), int(row["covered_s"])) == (n, down_s, covered_s)
    assert row["status"] == "reconstructed"
    assert row["window_end"].startswith(at[:16])


def test_a_post_was_open_until_its_last_word_was_written(stored: Path, tmp_path: Path) -> None:
    out = tmp_path / "then.duckdb"
    at = datetime.fromisoformat("2026-01-05T11:00:00+00:00")
    publishing.publish_aside(stored, data_folder.registry_of(stored), out, None, at)
    with open_snapshot(out) as snapshot:
        [post] = snapshot.table("incidents").to_dicts()
    assert (post["stage"], post["resolved_at"], post["duration_quality"]) == (
        "investigating",
        None,
        "open",
    )
    assert post["removed_at"] is None


def test_an_hour_later_than_all_captures_is_the_present(stored: Path) -> None:
    [row] = asked(stored, "2026-02-01T00:00:00Z")
    assert row["window_end"].startswith("2026-01-10T12:00")


def test_the_past_needs_the_archive(data: Path) -> None:
    taken = put(data.parent, "2026-01-09T12-00-00Z.json", incidents_json(incident()))
    assert cli(data, "import", taken, "--provider", "acme").exit_code == 0
    shutil.rmtree(data / "archive")
    result = cli(data, "metrics", "availability", "--at", "2026-01-01")
    assert result.exit_code == 2
    assert "--at needs the archive" in only_line(result)


@needs_feeds
@pytest.mark.captures
def test_at_five_to_noon_the_outage_of_the_second_of_march_had_one_update(tmp_path: Path) -> None:
    words = ["--provider", "anthropic", "--captured-at", "2026-07-09T07:58:17Z"]
    assert cli(tmp_path, "import", FULL, *words).exit_code == 0
    out = tmp_path / "then.duckdb"
    at = datetime.fromisoformat("2026-03-02T11:55:00+00:00")
    publishing.publish_aside(tmp_path, data_folder.registry_of(tmp_path), out, None, at)
    with open_snapshot(out) as snapshot:
        posts = {p["incident_id"]: p for p in snapshot.table("incidents").to_dicts()}
        states = snapshot.table("component_states").to_dicts()
    assert posts["0ghc53zpsfmt"]["update_count"] == 1
    assert posts["0ghc53zpsfmt"]["resolved_at"] is None
    lasting = [s["component_id"] for s in states if s["end_at"] is None]
    assert lasting == ["rwppv331jlwc"]
