"""What single captured bodies of other engines are known to say."""

from __future__ import annotations

import tarfile
from collections import Counter

import pytest

from ingest.models import ALWAYS, Parsed, PostedImpact, Stage, State
from ingest.platforms import PLATFORMS
from tests.support.captured.feeds import needs_feeds, series
from tests.support.paths import FEEDS
from tests.support.payloads.acme import acme, by_id, parse, utc

pytestmark = [needs_feeds, pytest.mark.captures]


def body(path: str, platform: str, at: str = "2026-11-29T00:00:00", **page: str) -> Parsed:
    return parse(acme(platform, **page), (FEEDS / path).read_bytes(), utc(at))


def test_docker_had_one_incident_open_on_its_builds() -> None:
    parsed = body("statusio/docker/status-20200716-partial.json", "status_io")
    (incident,) = parsed.incidents
    assert (incident.stage, incident.resolved_at) == (Stage.INVESTIGATING, None)
    names = {one.component_id: one.name for one in parsed.components}
    assert [names[one] for one in incident.component_ids] == ["Docker Hub Automated Builds"]
    assert [one.state for one in incident.impacts or ()] == [State.PARTIAL]


def test_nintex_s_containers_are_regions() -> None:
    page = acme("status_io")
    path = FEEDS / "statusio/nintex/series-status-202604-202605.tar.xz"
    regions: set[str | None] = set()
    for one in series(page, path):
        parsed = PLATFORMS["status_io"].parse(one, page)
        assert parsed.rejects == ()
        regions |= {component.region for component in parsed.components}
    assert None not in regions
    assert "United States" in regions


def test_salesforce_s_instances_are_one_read() -> None:
    path = "salesforce/salesforce/instances-status-20200729-minor.json"
    parsed = body(path, "salesforce")
    assert len(parsed.components) == 1528
    bad = [one.component_id for one in parsed.components if one.state is not State.OPERATIONAL]
    assert bad == ["NA137"]
    (incident,) = parsed.incidents
    assert incident.impacts == (
        PostedImpact("NA137", State.DEGRADED, utc("2020-07-29T16:08:00"), None),
    )


def test_oracle_s_change_of_zone_moves_no_state() -> None:
    page = acme("oci", page_id="2bsbdh54lcgq")
    found: Counter[State | None] = Counter()
    with tarfile.open(FEEDS / "oci/oci/series-outages-json-202011-202203.tar.xz") as members:
        # Of the 608 versions three are empty.
        for member in filter(lambda one: one.size, members):
            opened = members.extractfile(member)
            assert opened is not None
            (component,) = parse(page, opened.read()).components
            found[component.state] += 1
    assert found == {State.OPERATIONAL: 275, State.DEGRADED: 286, State.PARTIAL: 44}


def test_openrouter_s_posts_were_filed_after_they_were_over() -> None:
    parsed = body("datadog/openrouter/config-20260915-raw-excerpt.json", "datadog_status")
    assert len(parsed.incidents) == 4
    for incident in parsed.incidents:
        first = incident.updates[0]
        assert first.created_at is not None
        assert incident.resolved_at is not None
        assert first.display_at < incident.resolved_at < first.created_at
    video = by_id(parsed)["2a3d415a-1eed-417f-b269-6e308a7f7990"]
    start, end = utc("2026-09-04T18:27:00"), utc("2026-09-04T21:12:00")
    assert [(one.state, one.start_at, one.end_at) for one in video.impacts or ()] == [
        (State.DEGRADED, start, end)
    ]


def test_deepseek_s_titles_are_in_two_languages() -> None:
    path = "flashduty/deepseek/feed-20260924.rss"
    parsed = body(path, "flashduty", base_url="https://status.deepseek.com")
    assert len(parsed.incidents) == 32
    assert all(one.stage is Stage.RESOLVED for one in parsed.incidents)
    assert parsed.incidents[0].title == (
        "DeepSeek 网页/API 性能下降（DeepSeek Web/API Degraded Performance）"
    )
    assert parsed.horizon in (None, ALWAYS)


def test_xai_s_three_items_of_july_were_one_outage() -> None:
    parsed = body("xai/xai/feed-resolved.xml", "xai_rss", base_url="https://status.x.ai")
    assert len(parsed.incidents) == 3
    assert {one.outage_id for one in parsed.incidents} == {"INC3d7f8a82"}
