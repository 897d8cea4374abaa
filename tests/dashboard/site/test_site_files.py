"""The files of the site say whether data is simulated, and of which region it is."""

from __future__ import annotations

import json
from pathlib import Path

import feedparser
import pytest

from analytics import ask, open_snapshot
from analytics.question import CLASSES
from analytics.read_models.gate import Gate, Passage
from dashboard.site.badge import badge
from dashboard.site.files import SiteQuestion, site_files
from ingest.models import State
from tests.support.numbered_world import numbered_world
from tests.support.outages import outages
from tests.support.snapshots import at, component, covered, made, post, state


def test_simulated_data_is_labelled_in_every_file(tmp_path: Path) -> None:
    posts, states = outages("acme", [3])
    snapshot = made(tmp_path, as_of="2026-01-31", posts=posts, states=states, simulated=True)
    files = site_files(snapshot, {}, None)
    for name, content in files.items():
        if name != "league.schema.json":
            assert b"simulated" in content.lower(), name
    assert b"statusledger_simulated 1.0" in files["metrics.prom"]
    seen = Gate("acme", "api_inference", Passage.UP, State.OPERATIONAL, None, at("2026-01-31"), "")
    assert b">simulated: up at 00:00 UTC, 31 Jan 2026<" in badge(seen, "Acme", simulated=True)


def test_the_numbers_of_one_region_name_it(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of="2026-01-06",
        components=[component(name, region=name) for name in ("us", "eu")],
        states=[state("major", "2026-01-05 06:00", "2026-01-05 12:00", of="us")],
        coverage=[covered("2026-01-05", "2026-01-06", of=name) for name in ("us", "eu")],
    )
    files = site_files(snapshot, {"there": SiteQuestion(ask(), "us")}, None)
    assert json.loads(files["there/league.json"])["region"] == "us"
    assert json.loads(files["everything/league.json"])["region"] is None
    page = files["index.html"].decode()
    assert "Regions: us alone, with what is of no region." in page


def test_files_are_the_same_bytes_however_the_tables_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"maintenance": SiteQuestion(ask(surface="api_inference", classes=CLASSES))}
    with numbered_world(tmp_path) as snapshot:
        from_memory = site_files(snapshot, asked, None)
        monkeypatch.setattr("analytics.snapshot.FEW_ROWS", 0)
        with open_snapshot(snapshot.path, one_pass=True) as where_they_lie:
            assert site_files(where_they_lie, asked, None) == from_memory


def test_the_record_of_a_post_begins_with_its_first_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.site.files.MOST_EVENTS", 1)
    snapshot = made(
        tmp_path,
        as_of="2026-01-06",
        posts=[
            post("one", "2026-01-05 10:00", "2026-01-05 12:00"),
            post("old", "2026-01-04 10:00", "2026-01-04 12:00"),
        ],
    )
    files = site_files(snapshot, {}, None)
    [item] = json.loads(files["everything/events.json"])["items"]
    assert item["title"] == "Acme: resolved: one"
    [entry] = feedparser.parse(files["everything/posts.atom"]).entries
    assert (entry.published, entry.updated) == ("2026-01-05T10:00:00Z", "2026-01-05T12:00:00Z")
