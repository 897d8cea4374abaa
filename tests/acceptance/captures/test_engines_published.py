"""What single captures of other engines come to in the tables of a snapshot."""

from __future__ import annotations

import tarfile
from datetime import datetime
from statistics import median

import orjson
import pytest

from ingest.ledger.sightings import sightings
from ingest.ledger.versions import fold, merge
from ingest.models import Capture, Page, State
from ingest.platforms import PLATFORMS
from ingest.platforms.timestamps import parse_instant
from ingest.runs.payload_import import captured_at
from ingest.snapshot.tables import Rows
from tests.support.captured.feeds import capture, needs_feeds, readings, series
from tests.support.ledgers.page_tables import page_tables
from tests.support.paths import FEEDS
from tests.support.payloads.acme import acme, utc

pytestmark = [needs_feeds, pytest.mark.captures]

OCI = FEEDS / "oci" / "oci" / "series-outages-json-202011-202203.tar.xz"


def tables(page: Page, *captures: Capture) -> Rows:
    ledger = merge(
        fold([sightings(readings(captures, page))]),
        {page.page_key: PLATFORMS[page.platform].shapes},
    )
    return page_tables(ledger, [page], captures[-1].captured_at)


def alone(path: str, platform: str, at: str, base_url: str = "https://status.acme.test") -> Rows:
    page = acme(platform, base_url=base_url)
    return tables(page, capture(page, (FEEDS / path).read_bytes(), utc(at)))


def test_docker_s_incident_lasts_and_so_does_the_state_it_left() -> None:
    path = "statusio/docker/status-20200716-partial.json"
    rows = alone(path, "status_io", "2020-07-16T17:30:00")
    (incident,), (span,) = rows["incidents"], rows["component_states"]
    assert (incident["impact_end_at"], incident["duration_quality"]) == (None, "open")
    assert (span["state"], span["end_at"]) == (State.PARTIAL, None)
    assert span["start_at"] == incident["impact_start_at"]
    assert len(rows["components"]) == 8


def test_deepseek_s_titles_are_published_in_both_languages() -> None:
    path = "flashduty/deepseek/wrapped-202606.json"
    rows = alone(path, "flashduty", "2026-06-09T12:00:00", "https://status.deepseek.com")
    titles = [row["title"] for row in rows["incidents"]]
    assert len(titles) == 15
    assert all(not title.isascii() and not title.startswith("【") for title in titles)
    assert titles[0].startswith("DeepSeek 网页/API 性能异常（[Resolved]DeepSeek Web/API")
    assert len(rows["component_states"]) == 35


def test_xai_s_three_posts_are_one_outage_on_the_inference_of_three_regions() -> None:
    rows = alone(
        "xai/xai/feed-resolved.xml", "xai_rss", "2026-08-15T23:04:02", "https://status.x.ai"
    )
    assert {row["outage_id"] for row in rows["incidents"]} == {"INC3d7f8a82"}
    assert len(rows["incidents"]) == 3
    assert {(row["surface"], row["region"]) for row in rows["components"]} == {
        ("api_inference", "us-east-1"),
        ("api_inference", "us-west-2"),
        ("api_inference", "eu-west-1"),
    }
    named = {row["component_id"] for row in rows["incident_components"]}
    assert named == {row["component_id"] for row in rows["components"]}


def test_openrouter_s_windows_are_those_of_its_timeline_not_of_the_day_they_were_filed() -> None:
    path = "datadog/openrouter/config-20260915-raw-excerpt.json"
    rows = alone(path, "datadog_status", "2026-09-15T12:00:00")
    windows = {
        row["title"]: (row["impact_start_at"], row["impact_end_at"]) for row in rows["incidents"]
    }
    assert windows["Degraded video generation API"] == (
        utc("2026-09-04T18:27:00"),
        utc("2026-09-04T21:12:00"),
    )
    assert windows["Backfill"] == (utc("2026-05-31T13:00:00"), utc("2026-06-01T13:00:00"))


def test_ai_studio_s_rows_are_fifty_incidents_of_three_components() -> None:
    path = "google-aistudio/gemini/status-202604.json"
    rows = alone(path, "google_aistudio", "2026-04-18T12:00:00")
    assert (len(rows["incidents"]), len(rows["components"])) == (50, 3)


def test_salesforce_s_instances_are_all_published_from_one_capture() -> None:
    path = "salesforce/salesforce/instances-status-20200729-minor.json"
    rows = alone(path, "salesforce", "2020-07-30T00:00:00")
    assert len(rows["components"]) == 1528
    (span,) = rows["component_states"]
    assert (span["component_id"], span["state"]) == ("NA137", State.DEGRADED)


def test_nintex_s_components_lie_in_regions_and_surfaces_in_several() -> None:
    page = acme("status_io")
    path = FEEDS / "statusio" / "nintex" / "series-status-202604-202605.tar.xz"
    rows = tables(page, *series(page, path))
    regions: dict[str, set[str | None]] = {}
    for row in rows["components"]:
        regions.setdefault(row["surface"], set()).add(row["region"])
    named = {one for mine in regions.values() for one in mine}
    assert None not in named
    assert len(named) == 10
    assert regions["api_inference"] == {
        "Australia",
        "Canada",
        "Europe",
        "United Kingdom",
        "United States",
    }
    assert len({row["component_id"] for row in rows["components"]}) == len(rows["components"])


def oracle() -> list[tuple[datetime, bytes]]:
    """List the versions of Oracle's document with when each was captured; three are empty."""
    found: list[tuple[datetime, bytes]] = []
    with tarfile.open(OCI) as members:
        for member in filter(lambda one: one.size, members):
            opened, at = members.extractfile(member), captured_at(member.name)
            assert opened is not None
            assert at is not None
            found.append((at, opened.read()))
    return found


def test_oracle_s_change_of_zone_moves_no_time_by_an_hour() -> None:
    """Each version was captured some minutes after the time that it bears, in either zone."""
    behind: dict[str, list[float]] = {}
    for at, body in oracle():
        about = orjson.loads(body)["page"]
        seconds = (at - parse_instant(about["updated_at"])).total_seconds()
        behind.setdefault(about["time_zone"], []).append(seconds)
    assert {zone: len(found) for zone, found in behind.items()} == {
        "America/Los_Angeles": 40,
        "Etc/UTC": 565,
    }
    for found in behind.values():
        assert 0 <= min(found) < 60
        assert 9 * 60 < median(found) < 11 * 60


def test_oracle_s_states_change_when_a_version_was_captured_and_at_no_other_time() -> None:
    page = acme("oci", page_id="2bsbdh54lcgq")
    captures = [capture(page, body, at) for at, body in oracle()]
    spans = tables(page, *captures)["component_states"]
    times = {one.captured_at for one in captures}
    assert {span["start_at"] for span in spans} <= times
    assert {span["end_at"] for span in spans} <= {*times, None}
    assert {span["state"] for span in spans} >= {State.DEGRADED, State.PARTIAL}
