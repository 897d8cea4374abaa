"""Uptime Kuma: posts are posted, outages measured, and gone from the page is not over."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ingest.models import Kind, PostedImpact, ReadError, Stage, State, labelled
from ingest.platforms import PLATFORMS
from tests.support.captured.cases import needs_cases
from tests.support.payloads.acme import acme, by_id, case, parse, utc
from tests.support.payloads.golden import Golden

PAGE = acme("uptime_kuma", base_url="https://status.acme.test/status/acme")


def post(**more: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "style": "danger",
        "title": "Errors",
        "content": "We look.",
        "pin": True,
        "active": True,
        "createdDate": "2026-01-05 10:00:00",
        "lastUpdatedDate": None,
        **more,
    }


def page(*posts: Any, work: Any = (), **more: Any) -> bytes:
    group = {"id": 1, "name": "Inference", "monitorList": [{"id": 1, "name": "API"}]}
    return json.dumps(
        {
            "config": {"slug": "acme"},
            "incidents": posts,
            "publicGroupList": [group],
            "maintenanceList": work,
            **more,
        }
    ).encode()


def history(*posts: Any, more: bool = False) -> bytes:
    return json.dumps({"ok": True, "incidents": posts, "hasMore": more}).encode()


def beats(*said: tuple[int, str]) -> bytes:
    rows = [{"status": status, "time": f"2026-01-10 {at}", "msg": ""} for status, at in said]
    return json.dumps({"heartbeatList": {"1": rows}, "uptimeList": {"1_24": 1}}).encode()


def feed(*items: str) -> bytes:
    head = "<link>https://status.acme.test/status/acme</link>"
    made = "<generator>https://github.com/jpmonette/feed</generator>"
    return f'<rss version="2.0"><channel>{head}{made}{"".join(items)}</channel></rss>'.encode()


DOWN = """<item><title>API is down</title><pubDate>Mon, 05 Jan 2026 10:00:01 GMT</pubDate>
<description>API has been down since 2026-01-05 10:00:01.404 UTC</description></item>"""
BEATS = beats((1, "11:55:00"), (0, "11:56:00.5"), (2, "11:57:00"), (0, "11:58:00"), (1, "11:59:00"))
GOLDEN = (
    Golden(PAGE, "/api/status-page", page(post())),
    Golden(PAGE, "/api/status-page/incident-history", history(post())),
    Golden(PAGE, "/api/status-page/heartbeat", BEATS),
    Golden(PAGE, "/rss", feed(DOWN)),
)


def test_failed_beats_are_one_measured_outage_until_one_is_up() -> None:
    (outage,) = parse(PAGE, BEATS).incidents
    start, end = utc("2026-01-10T11:56:00.500"), utc("2026-01-10T11:59:00")
    assert outage.measured
    assert outage.impacts == (PostedImpact("1", State.MAJOR, start, end),)


def test_the_state_of_a_monitor_is_that_of_its_last_beat_while_it_beats() -> None:
    (up,) = parse(PAGE, BEATS).components
    since = utc("2026-01-10T11:59:00")
    assert (up.state, up.state_since, up.name) == (State.OPERATIONAL, since, None)
    paused = parse(PAGE, beats((1, "09:00:00"), (0, "09:01:00")))
    assert [one.state for one in paused.components] == [State.UNKNOWN]
    assert [one.kind for one in paused.warnings] == ["stale"]


def test_a_spell_that_began_before_the_hundred_beats_has_no_known_start() -> None:
    def known(after: int) -> list[str]:
        said = [(0, f"10:{n // 60:02d}:{n % 60:02d}") for n in range(after, after + 99)]
        return [*by_id(parse(PAGE, beats(*said, (1, "11:00:00"))))]

    assert known(0) == known(1) == ["down-1-cut"]


def test_a_page_that_is_not_there_is_not_one_on_which_all_is_well() -> None:
    with pytest.raises(ReadError, match="may not exist"):
        parse(PAGE, b'{"heartbeatList": {}, "uptimeList": {}}')


def test_version_2_0_shows_one_post_or_none() -> None:
    old = json.loads(page())
    del old["incidents"]
    one, none = ({**old, "incident": said} for said in (post(pin=1), None))
    assert [*by_id(parse(PAGE, json.dumps(one).encode()))] == ["i1"]
    assert parse(PAGE, json.dumps(none).encode()).incidents == ()


def test_polled_are_the_page_of_the_slug_its_history_and_its_beats() -> None:
    urls = [one.url for one in PLATFORMS["uptime_kuma"].sources(PAGE)]
    assert urls == [
        "https://status.acme.test/api/status-page/acme",
        "https://status.acme.test/api/status-page/acme/incident-history",
        "https://status.acme.test/api/status-page/heartbeat/acme",
    ]


@needs_cases
def test_an_outage_is_known_by_its_monitor_while_its_since_moves_on() -> None:
    folder = "eng-kuma-down-since"
    api = f"down-{labelled('API')}"
    first = case(folder, "2026-11-29T02-16-42Z.xml", PAGE, "2026-11-29T02:16:42+00:00")
    later = case(folder, "2026-11-29T02-16-47Z.xml", PAGE, "2026-11-29T02:16:47+00:00")
    assert [*by_id(first)] == [*by_id(later)] == ["i4", api, f"down-{labelled('Batch')}"]
    assert by_id(first)[api].started_at == utc("2026-11-29T02:16:41.404")
    assert [one.measured for one in first.incidents] == [False, True, True]
    assert by_id(later)[f"down-{labelled('Batch')}"].started_at == utc("2026-11-29T02:15:36.941")


@needs_cases
def test_a_feed_in_local_time_is_read_by_its_text() -> None:
    folder = "eng-kuma-feed-in-local-time"
    first = case(folder, "2026-11-29T02-46-19Z.xml", PAGE, "2026-11-29T02:46:19+00:00")
    later = case(folder, "2026-11-29T02-46-22Z.xml", PAGE, "2026-11-29T02:46:22+00:00")
    assert [one.started_at for one in first.incidents] == [
        utc("2026-11-29T02:46:18.450"),
        utc("2026-11-29T02:46:18.467"),
    ]
    assert [*by_id(first)] == [*by_id(later)]


@needs_cases
def test_windows_come_in_two_forms_or_none() -> None:
    folder = "eng-kuma-page"
    three = case(folder, "page-2026-11-29T02-15-36Z.json", PAGE, "2026-11-29T02:15:36+00:00")
    runs = {i.incident_id: i for i in three.incidents if i.kind is Kind.MAINTENANCE}
    assert {key: run.stage for key, run in runs.items()} == {
        "m2": Stage.IN_PROGRESS,
        "m5-20261129T021500Z": Stage.IN_PROGRESS,
        "m5-20261130T021500Z": Stage.SCHEDULED,
        "m6": Stage.IN_PROGRESS,
    }
    assert (runs["m2"].scheduled_start_at, runs["m2"].scheduled_end_at) == (
        utc("2026-11-29T01:14:27"),
        utc("2026-11-29T05:14:27"),
    )
    nightly = runs["m5-20261129T021500Z"]
    assert nightly.scheduled_end_at == utc("2026-11-29T03:45:00")
    assert runs["m6"].scheduled_start_at is None
    none = case(folder, "page-2026-11-29T02-15-37Z.json", PAGE, "2026-11-29T02:15:37+00:00")
    assert not [i for i in none.incidents if i.kind is Kind.MAINTENANCE]
    assert PLATFORMS["uptime_kuma"].active_only["page"] == frozenset({Kind.MAINTENANCE})


@needs_cases
def test_a_post_that_was_unpinned_is_open_by_the_history() -> None:
    at = "2026-11-29T02:15:38+00:00"
    name = "2026-11-29T02-15-38Z.json"
    shown = case("eng-kuma-page", f"page-{name}", PAGE, at)
    assert shown.incidents == ()
    assert shown.horizon is None
    posts = by_id(case("eng-kuma-page", f"incident-history-{name}", PAGE, at))
    slow, over = posts["i2"], posts["i1"]
    assert (slow.stage, slow.created_at) == (Stage.INVESTIGATING, utc("2026-11-29T02:14:27"))
    assert (over.stage, over.created_at, over.resolved_at) == (
        Stage.RESOLVED,
        utc("2026-11-29T02:14:19"),
        utc("2026-11-29T02:14:25"),
    )


def test_a_monitor_whose_last_beat_is_in_a_state_nobody_knows_is_unknown() -> None:
    (monitor,) = parse(PAGE, beats((1, "11:58:00"), (9, "11:59:00"))).components
    assert monitor.state is State.UNKNOWN
