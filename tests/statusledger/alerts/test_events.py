"""Which events there are, and in which words: a snapshot and a moment in, messages out."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics import Snapshot
from analytics.evidence.freshness import freshness
from statusledger.alerts.delivered import DeliveryLog
from statusledger.alerts.events import Event, events
from statusledger.alerts.messages import TITLE, alert_text, alerts
from statusledger.alerts.watchlist import EventKind, Watchlist
from tests.support.snapshots import (
    ACME,
    Row,
    at,
    component,
    covered,
    made,
    page_of,
    page_row,
    post,
    provider_row,
    source,
)

NOON = at("2026-01-10 12:00")
ALL = Watchlist()
PAGE = page_of(ACME)
LIST = "https://status.acme.test/api/v2/incidents.json"


def snapshot(folder: Path, *posts: Row, **more: Any) -> Snapshot:
    return made(folder, as_of=NOON, posts=posts, **more)


def on(surface: str) -> Watchlist:
    return Watchlist(surfaces=(surface,))


def kinds(found: list[Event]) -> list[tuple[EventKind, str]]:
    return [(event.kind, event.about) for event in found]


def polled(*captures: Row) -> dict[str, Any]:
    """Make a page that is polled and has a component."""
    return {
        "captures": captures,
        "providers": [provider_row(ACME)],
        "pages": [page_row(ACME)],
        "components": [component()],
    }


def odd(failure: str, *moments: str) -> list[Row]:
    """Make an address that was read well at ten, and answered oddly at ``moments``."""
    rows = source(LIST, "2026-01-10 10:00")
    for moment in moments:
        rows += source(LIST, None, failed=moment)
    return rows[:1] + [{**row, "failure": failure} for row in rows[1:]]


def test_an_open_incident_is_new_and_an_ended_one_is_resolved(tmp_path: Path) -> None:
    found = events(
        snapshot(
            tmp_path,
            post("open", "2026-01-10 11:00"),
            post("over", "2026-01-10 08:00", "2026-01-10 09:00"),
        ),
        NOON,
        ALL,
    )
    assert kinds(found) == [(EventKind.RESOLVED, "over"), (EventKind.NEW, "open")]
    assert [event.key for event in found] == [
        f"incident:{PAGE}/over:resolved",
        f"incident:{PAGE}/open:new",
    ]


def test_what_left_a_list_of_what_is_open_is_no_longer_listed(tmp_path: Path) -> None:
    gone = post("gone", "2026-01-10 08:00", "2026-01-10 09:00", end_basis="absence")
    assert kinds(events(snapshot(tmp_path, gone), NOON, ALL)) == [(EventKind.UNLISTED, "gone")]


def test_what_a_monitor_measured_is_no_post_to_tell_of(tmp_path: Path) -> None:
    measured = post("down", "2026-01-10 11:00", **{"class": "monitor"})
    assert events(snapshot(tmp_path, measured), NOON, ALL) == []


def test_what_ended_more_than_a_day_ago_is_history(tmp_path: Path) -> None:
    kept = snapshot(
        tmp_path,
        post("yesterday", "2026-01-09 10:00", "2026-01-09 12:00"),
        post("history", "2026-01-09 10:00", "2026-01-09 11:59:59"),
    )
    assert kinds(events(kept, NOON, ALL)) == [(EventKind.RESOLVED, "yesterday")]


def test_what_was_told_as_new_is_told_as_resolved_however_late(tmp_path: Path) -> None:
    kept = snapshot(tmp_path, post("history", "2026-01-01", "2026-01-02"))
    told = {f"incident:{PAGE}/history:new"}
    assert kinds(events(kept, NOON, ALL, told)) == [(EventKind.RESOLVED, "history")]


def test_no_news_are_maintenances_and_posts_forgotten_taken_down_or_not_read_yet(
    tmp_path: Path,
) -> None:
    kept = snapshot(
        tmp_path,
        post("work", "2026-01-10 11:00", kind="maintenance"),
        post("forgotten", "2025-06-01", flags=["zombie"]),
        post("gone", "2026-01-10 11:00", flags=["removed"]),
        post("listed", "2025-06-01", published_at=None),
    )
    assert events(kept, NOON, ALL) == []


def test_only_what_is_open_or_hardly_over_is_fresh(tmp_path: Path) -> None:
    kept = snapshot(
        tmp_path,
        post("open", "2026-01-02"),
        post("just over", "2026-01-10 08:00", "2026-01-10 11:00"),
        post("over", "2026-01-10 08:00", "2026-01-10 10:59"),
    )
    fresh = {event.about: event.fresh for event in events(kept, NOON, ALL)}
    assert fresh == {"open": True, "just over": True, "over": False}


def test_incidents_are_told_for_the_watched_providers_and_surfaces(tmp_path: Path) -> None:
    kept = snapshot(
        tmp_path,
        post("api", "2026-01-10 10:00"),
        post("console", "2026-01-10 10:00", of=["ui"]),
        post("both", "2026-01-10 10:00", of=["api", "ui"]),
        post("elsewhere", "2026-01-10 10:00", provider="globex"),
        components=[component(), component("ui", surface="console")],
    )
    assert {e.about for e in events(kept, NOON, on("console"))} == {
        "console",
        "both",
    }
    assert {e.about for e in events(kept, NOON, Watchlist(("globex",)))} == {"elsewhere"}
    assert events(kept, NOON, Watchlist(("globex",), ("console",))) == []


def test_a_source_is_stale_by_the_rule_of_health(tmp_path: Path) -> None:
    kept = snapshot(
        tmp_path, **polled(*source(LIST, "2026-01-10 11:00", failed="2026-01-10 12:00"))
    )
    assert events(kept, NOON, ALL) == []
    assert freshness(kept, NOON).stale == 0
    later = NOON + timedelta(seconds=1)
    assert kinds(events(kept, later, ALL)) == [(EventKind.STALE, LIST)]
    assert freshness(kept, later).stale == 1


def test_a_source_that_nobody_asked_is_not_told_as_stale(tmp_path: Path) -> None:
    kept = snapshot(tmp_path, **polled(*source(LIST, "2026-01-09")))
    assert freshness(kept, NOON).stale == 1
    assert events(kept, NOON, ALL) == []


def test_a_source_that_never_answered_is_stale_once_its_budget_is_over(tmp_path: Path) -> None:
    kept = snapshot(tmp_path, **polled(*source(LIST, None, failed="2026-01-10 11:00")))
    assert events(kept, NOON, ALL) == []
    assert kinds(events(kept, NOON + timedelta(seconds=1), ALL)) == [(EventKind.STALE, LIST)]


@pytest.mark.parametrize("failure", ["wrong_page", "changed_platform", "shape_changed", "not_json"])
def test_a_page_that_answers_in_another_form_twice_has_changed(
    tmp_path: Path, failure: str
) -> None:
    once = snapshot(tmp_path, **polled(*odd(failure, "2026-01-10 10:05")))
    assert events(once, at("2026-01-10 10:06"), ALL) == []
    twice = snapshot(tmp_path, **polled(*odd(failure, "2026-01-10 10:05", "2026-01-10 10:10")))
    [event] = events(twice, at("2026-01-10 10:11"), ALL)
    assert (event.kind, event.about, event.word) == (EventKind.CHANGED, "statuspage", failure)
    assert event.key == f"page:{PAGE}:changed"


def test_a_page_that_is_only_in_trouble_has_not_changed(tmp_path: Path) -> None:
    down = snapshot(tmp_path, **polled(*odd("http_5xx", "2026-01-10 10:05", "2026-01-10 10:10")))
    assert events(down, at("2026-01-10 10:11"), ALL) == []


def test_a_changed_page_is_told_once_and_not_as_stale_sources_too(tmp_path: Path) -> None:
    other = [
        {**row, "url": f"{LIST}2"}
        for row in odd("not_json", "2026-01-10 10:05", "2026-01-10 10:10")
    ]
    kept = snapshot(
        tmp_path,
        **polled(*odd("wrong_page", "2026-01-10 10:05", "2026-01-10 10:10"), *other),
    )
    assert kinds(events(kept, NOON, ALL)) == [(EventKind.CHANGED, "statuspage")]


@pytest.mark.parametrize(
    ("kind", "wanted", "head"),
    [
        ("stale_suspect", EventKind.QUIET, "Quiet page at Acme: it may be a dead copy"),
        ("derivation", EventKind.UNDERIVED, "Page not worked out at Acme: its numbers stay"),
    ],
)
def test_a_warning_about_a_whole_page_is_told_once(
    tmp_path: Path, kind: str, wanted: EventKind, head: str
) -> None:
    about = {"page_key": PAGE, "at": NOON, "last_at": NOON, "record": LIST, "n": 1}
    warned = {**about, "kind": kind, "reason": "no post for 403 days"}
    kept = snapshot(tmp_path, **polled(*source(LIST, "2026-01-10 12:00")), warnings=[warned])
    [event] = events(kept, NOON, ALL)
    assert (event.kind, event.key) == (wanted, f"page:{PAGE}:{kind}")
    text = alert_text(event, simulated=False)
    assert text.startswith(head)
    assert "no post for 403 days" in text
    assert events(kept, NOON, on("console")) == []


def test_sources_and_pages_concern_the_surfaces_of_their_page(tmp_path: Path) -> None:
    silent = source(LIST, "2026-01-10 10:00", failed="2026-01-10 12:00")
    kept = snapshot(tmp_path, **polled(*silent))
    assert kinds(events(kept, NOON, on("api_inference"))) == [(EventKind.STALE, LIST)]
    assert events(kept, NOON, on("console")) == []
    bare = snapshot(tmp_path, **{**polled(*silent), "components": []})
    assert kinds(events(bare, NOON, on("console"))) == [(EventKind.STALE, LIST)]


def test_an_incident_is_told_with_its_surfaces_clocks_and_address(tmp_path: Path) -> None:
    kept = snapshot(
        tmp_path,
        post("Slow answers", "2026-01-10 10:00", "2026-01-10 11:30", url="https://acme.test/i/1"),
        post("No answers", "2026-01-10 11:59", url=None),
    )
    assert [alert_text(event, simulated=False) for event in events(kept, NOON, ALL)] == [
        "Resolved at Acme (API inference): Slow answers\n"
        "Impact major, began 2026-01-10 10:00 UTC, ended 2026-01-10 11:30 UTC, "
        "as posted by the provider.\n"
        "https://acme.test/i/1",
        "New incident at Acme (API inference): No answers\n"
        "Impact major, began 2026-01-10 11:59 UTC, as posted by the provider.\n"
        "https://status.acme.test",
    ]


def test_a_source_and_a_page_are_told_with_the_failure_and_where_to_look(tmp_path: Path) -> None:
    silent = snapshot(
        tmp_path, **polled(*source(LIST, "2026-01-10 10:00", failed="2026-01-10 12:00"))
    )
    moved = snapshot(tmp_path, **polled(*odd("not_json", "2026-01-10 10:05", "2026-01-10 10:10")))
    told = [
        alert_text(e, simulated=False) for kept in (silent, moved) for e in events(kept, NOON, ALL)
    ]
    assert told == [
        "Stale source at Acme: no good answer since 2026-01-10 10:00 UTC\n"
        f"{LIST}: timeout at the last try. What is posted there is not seen.\n"
        "https://status.acme.test",
        "Changed page at Acme: it no longer answers in the form of statuspage\n"
        "Last read well at 2026-01-10 10:00 UTC, now not_json. "
        "It may have moved to another engine.\n"
        "https://status.acme.test",
    ]


def test_a_title_is_one_short_line_that_calls_nobody(tmp_path: Path) -> None:
    kept = snapshot(tmp_path, post("p", "2026-01-10 11:00", title="All\nis @channel " + "x" * 999))
    [told] = alerts(kept, NOON, ALL, DeliveryLog())
    head = told.text.splitlines()[0]
    assert head.startswith("New incident at Acme (API inference): All is @ channel xxx")
    assert head.endswith("x…")
    assert len(head.split(": ", 1)[1]) == TITLE


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://a.test/\n<!channel>", "https://" + "a" * 2000]
)
def test_an_address_that_cannot_be_one_is_left_out(tmp_path: Path, url: str) -> None:
    kept = snapshot(tmp_path, post("p", "2026-01-10 11:00", url=url))
    [event] = events(kept, NOON, ALL)
    assert alert_text(event, simulated=False).splitlines()[2:] == []


def test_invented_data_says_so(tmp_path: Path) -> None:
    kept = snapshot(tmp_path, post("p", "2026-01-10 11:00"), simulated=True)
    [told] = alerts(kept, NOON, ALL, DeliveryLog())
    assert told.text.startswith("Simulated data: New incident at Acme")


def test_an_empty_snapshot_holds_no_events(tmp_path: Path) -> None:
    empty = made(tmp_path, as_of=NOON, coverage=[covered("2026-01-01", NOON)])
    assert alerts(empty, NOON, ALL, DeliveryLog()) == []
