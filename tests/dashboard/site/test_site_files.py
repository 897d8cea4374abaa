"""The files of the site say whether data is simulated, and of which region it is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import feedparser
import pytest
from icalendar import Calendar

from analytics import ask, open_snapshot
from analytics.question import CLASSES
from analytics.read_models.gate import Gate, Passage
from analytics.snapshot import Snapshot
from dashboard.site.badge import badge
from dashboard.site.files import SiteQuestion, site_files
from ingest.models import State
from tests.support.numbered_world import numbered_world
from tests.support.outages import outages
from tests.support.snapshots import at, component, covered, made, post, state, update


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


def test_the_calendar_of_a_question_is_about_its_surface_and_region(tmp_path: Path) -> None:
    windows = {
        "scheduled_start_at": at("2026-02-01"),
        "scheduled_end_at": at("2026-02-02"),
        "kind": "maintenance",
    }
    snapshot = made(
        tmp_path,
        as_of="2026-01-06",
        components=[
            component("us", region="us"),
            component("eu", region="eu"),
            component("chat", surface="chat_web", region="us"),
            component("unattributed", surface="other"),
        ],
        posts=[
            post(name, "2026-01-05", of=(name,), **windows)
            for name in ("us", "eu", "chat", "unattributed")
        ],
    )
    asked = {
        "api": SiteQuestion(ask(surface="api_inference")),
        "there": SiteQuestion(ask(), "us"),
        "both": SiteQuestion(ask(surface="chat_web"), "us"),
    }
    files = site_files(snapshot, asked, None)
    found = {
        name: {str(one["summary"]) for one in Calendar.from_ical(files[place]).walk("VEVENT")}
        for name in ("everything", *asked)
        for place in [f"{name}/maintenance.ics"]
    }
    assert found == {
        "everything": {"Acme: us", "Acme: eu", "Acme: chat", "Acme: unattributed"},
        "api": {"Acme: us", "Acme: eu", "Acme: unattributed"},
        "there": {"Acme: us", "Acme: chat", "Acme: unattributed"},
        # One that names no part may touch any.
        "both": {"Acme: chat", "Acme: unattributed"},
    }


def test_coverage_is_among_the_gauges_where_no_availability_is(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of="2026-01-10",
        components=[component(), component("chat", surface="chat_web")],
        coverage=[covered("2026-01-01", "2026-01-10")],
        states=[state("unknown", "2026-01-01", "2026-01-10")],
    )
    gauges = site_files(snapshot, {}, None)["metrics.prom"].decode()
    assert "statusledger_availability_ratio{" not in gauges
    assert "statusledger_incidents{" not in gauges
    told = [line for line in gauges.splitlines() if line.startswith("statusledger_coverage_ratio{")]
    assert [(line.rsplit('surface="', 1)[1]) for line in told] == [
        'api_inference"} 0.1',
        'chat_web"} 0.0',
    ]


def test_the_index_says_to_the_minute_from_when_to_when_numbers_count(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path, as_of="2026-01-06 14:05", coverage=[covered("2026-01-05", "2026-01-06")]
    )
    days = {"since": "2026-01-02", "until": "2026-01-04", "zone": "Asia/Tokyo"}
    asked = {"there": SiteQuestion(ask(minimum="major", **days))}
    page = site_files(snapshot, asked, None)["index.html"].decode()
    assert "from 14:05 UTC, 8 Oct 2025 to 14:05 UTC, 6 Jan 2026" in page
    assert "from 15:00 UTC, 1 Jan 2026 to 15:00 UTC, 3 Jan 2026" in page
    assert "Every provider read, told of posts that reached major or worse." in page


def sentences(snapshot: Snapshot) -> list[str]:
    """Return what the feed says of each event beside the time, the newest first."""
    feed = json.loads(site_files(snapshot, {}, None)["everything/events.json"])
    return [re.split(r"</?p>", item["content_html"])[3] for item in feed["items"]]


def test_the_impact_a_post_begins_with_is_not_that_of_its_end(tmp_path: Path) -> None:
    snapshot = made(tmp_path, as_of="2026-01-06", posts=[post("one", "2026-01-05", "2026-01-06")])
    assert sentences(snapshot) == ["As posted by the provider, not measured.", "Major outage."]


def test_a_resolution_that_leaves_components_down_is_no_outage_now(tmp_path: Path) -> None:
    begun, over = (
        update("one", "investigating", "2026-01-05"),
        update("one", "resolved", "2026-01-06"),
    )
    moved = [
        {
            **{key: one[key] for key in ("provider", "page_key", "incident_id", "update_id")},
            "component_id": "api",
            "at": one["created_at"],
            "old_state": "operational",
            "new_state": state,
        }
        for one, state in ((begun, "partial"), (over, "major"))
    ]
    snapshot = made(
        tmp_path,
        as_of="2026-01-06",
        posts=[post("one", "2026-01-05", "2026-01-06")],
        updates=[begun, over],
        transitions=moved,
    )
    assert sentences(snapshot) == [
        "The page left its components as: major outage; before: partial outage.",
        "Partial outage.",
    ]


def test_a_resolution_compares_with_the_state_right_before_it(tmp_path: Path) -> None:
    written = [
        update("one", stage, f"2026-01-05 {hour}:00")
        for stage, hour in (("investigating", 10), ("monitoring", 11), ("resolved", 12))
    ]
    snapshot = made(
        tmp_path,
        as_of="2026-01-06",
        posts=[post("one", "2026-01-05 10:00", "2026-01-05 12:00")],
        updates=written,
        transitions=[
            {
                **{key: one[key] for key in ("provider", "page_key", "incident_id", "update_id")},
                "component_id": "api",
                "at": one["created_at"],
                "new_state": state,
            }
            for one, state in zip(written, ("major", "operational", "operational"), strict=True)
        ],
    )
    assert sentences(snapshot) == [
        "Operational.",
        "Operational; before: major outage.",
        "Major outage.",
    ]


def test_what_is_posted_when_it_is_over_is_opened_before_it_is_resolved(tmp_path: Path) -> None:
    late = post("late", "2026-01-05 10:00", "2026-01-05 11:00", published_at=at("2026-01-05 12:00"))
    snapshot = made(tmp_path, as_of="2026-01-06", posts=[late])
    feed = json.loads(site_files(snapshot, {}, None)["everything/events.json"])
    assert [(one["title"], one["date_published"]) for one in feed["items"]] == [
        ("Acme: resolved: late", "2026-01-05T12:00:00Z"),
        ("Acme: opened (major outage): late", "2026-01-05T12:00:00Z"),
    ]


def test_an_address_that_nobody_should_follow_is_that_of_the_page(tmp_path: Path) -> None:
    planned = {"scheduled_start_at": at("2026-02-01"), "scheduled_end_at": at("2026-02-02")}
    snapshot = made(
        tmp_path,
        as_of="2026-01-06",
        posts=[
            post("a b", "2026-01-05", url="javascript:alert(1)"),
            post("work", "2026-01-05", kind="maintenance", url="data:text/html,x", **planned),
        ],
    )
    files = site_files(snapshot, {"My é": SiteQuestion(ask())}, None)
    for name, content in files.items():
        assert not re.search(rb"javascript:|data:text", content), name
    read = feedparser.parse(files["my/events.atom"])
    assert read.feed.id == "tag:statusledger,2026:events/My%20%C3%A9"
    [entry] = read.entries
    assert entry.link == "https://status.acme.test"
    assert entry.id == "tag:statusledger,2026:acme.statuspage.test/a%20b/opened/1"
