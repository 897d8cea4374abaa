"""Forecasts of open incidents: who is forecast, from what, and what stands in a row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analytics import Snapshot, ask
from analytics.forecast.forecast import METHOD, OWN, POOLED, STALE, forecast, forecast_of
from analytics.forecast.history import known_history
from analytics.forecast.model import LEAST_AT_RISK, LEAST_LIVE, LEAST_OWN
from analytics.question import RELIABILITY
from ingest.models import UnansweredError
from tests.support.snapshots import Row, at, component, covered, made, post, source, update

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
ACME, GLOBEX = "acme", "globex"


def past(n: int, minutes: int = 60, *, provider: str = ACME, days: float = 1.0) -> Iterator[Row]:
    """So many incidents of minutes, 2 × minutes, 3 × minutes and so on, over and over by ten."""
    for number in range(n):
        begun = NOW - timedelta(days=days * (n - number))
        over = begun + timedelta(minutes=minutes * (1 + number % 10))
        yield post(f"{provider}{number}", begun, over, provider=provider)


def world(folder: Path, *posts: Row, **tables: Any) -> Snapshot:
    whom = sorted({one["provider"] for one in posts} | {ACME})
    read = [row for who in whom for row in source(f"https://{who}.test", NOW, provider=who)]
    return made(
        folder,
        as_of=NOW,
        coverage=[covered("2020-01-01", NOW, provider=who) for who in whom],
        posts=posts,
        **{"captures": read, **tables},
    )


def opened(minutes: float, name: str = "now", **more: Any) -> Row:
    return post(name, NOW - timedelta(minutes=minutes), **more)


def only(snapshot: Snapshot, **asked: Any) -> dict[str, Any]:
    [row] = forecast(snapshot, ask(**{"providers": [ACME], **asked})).to_dicts()
    return row


def test_what_is_left_is_read_off_those_that_lasted_longer(tmp_path: Path) -> None:
    """Of 200 from 10 to 100 minutes those of 40 and more are left, as long as 30 have passed."""
    row = only(world(tmp_path, *past(200, 10, days=0.5), opened(30)))
    assert (row["metric"], row["unit"], row["status"]) == ("time_left", "seconds", "ok")
    assert (row["incident_id"], row["elapsed_s"]) == ("now", 1800)
    assert row["n"] == 140
    assert row["value"] == 40 * 60
    assert (row["low_50_s"], row["high_50_s"]) == (20 * 60, 60 * 60)
    assert (row["low"], row["high"]) == (10 * 60, 70 * 60)
    assert row["ends_within_60_min"] == pytest.approx(6 / 7)


def test_the_ends_are_told_as_clock_times_too(tmp_path: Path) -> None:
    row = only(world(tmp_path, *past(200, 10, days=0.5), opened(30)))
    assert row["made_at"] == NOW
    assert row["median_at"] == NOW + timedelta(minutes=40)
    assert row["low_50_at"] == NOW + timedelta(minutes=20)
    assert row["high_50_at"] == NOW + timedelta(minutes=60)
    assert row["low_80_at"] == NOW + timedelta(minutes=10)
    assert row["high_80_at"] == NOW + timedelta(minutes=70)


def test_a_row_says_what_it_rests_on(tmp_path: Path) -> None:
    row = only(world(tmp_path, *past(200, 10, days=0.5), opened(30)))
    assert (row["rule"], row["basis"], row["interval"]) == (METHOD, "whole_incidents", "prediction")
    assert (row["window_start"], row["window_end"]) == (NOW - timedelta(days=365), NOW)
    assert row["history"] == OWN


def test_only_the_last_year_teaches(tmp_path: Path) -> None:
    """300 incidents at two a day and 100 older ones: 600 days back lies nothing that counts."""
    old = [
        post(f"old{n}", NOW - timedelta(days=500 + n), NOW - timedelta(days=500 + n - 0.2))
        for n in range(100)
    ]
    assert only(world(tmp_path, *old, *past(300, 10, days=0.5), opened(0)))["n"] == 300


@pytest.mark.parametrize(("mine", "learned"), [(LEAST_OWN, OWN), (LEAST_OWN - 1, POOLED)])
def test_a_provider_with_few_incidents_learns_from_all(
    tmp_path: Path, mine: int, learned: str
) -> None:
    others = past(60, 10, provider=GLOBEX)
    row = only(world(tmp_path, *past(mine, 10), *others, opened(0)))
    assert row["history"] == learned
    assert row["n"] == (mine if learned == OWN else mine + 60)


def test_where_few_lasted_as_long_all_providers_teach(tmp_path: Path) -> None:
    """Of 200 by Acme 20 lasted longer than 95 minutes, and each of 60 by Globex did."""
    others = past(60, 100, provider=GLOBEX)
    row = only(world(tmp_path, *past(200, 10), *others, opened(95)))
    assert (row["history"], row["n"], row["status"]) == (POOLED, 80, "ok")


@pytest.mark.parametrize(
    ("mine", "others", "elapsed"),
    [(LEAST_LIVE - 1, 300, 0), (LEAST_LIVE, 0, 10_000), (200, LEAST_AT_RISK - 1, 500)],
)
def test_without_enough_to_go_by_there_is_no_number(
    tmp_path: Path, mine: int, others: int, elapsed: int
) -> None:
    long_ones = past(others, 600, provider=GLOBEX)
    row = only(world(tmp_path, *past(mine, 10), *long_ones, opened(elapsed)))
    assert (row["status"], row["value"], row["low"], row["median_at"]) == (
        "insufficient",
        None,
        None,
        None,
    )
    assert row["ends_within_60_min"] is None


def test_fifty_incidents_are_enough(tmp_path: Path) -> None:
    assert only(world(tmp_path, *past(LEAST_LIVE, 10), opened(0)))["status"] == "ok"


def test_what_was_seen_to_go_on_beyond_every_end_has_no_end(tmp_path: Path) -> None:
    running = [opened(9_000 + n, f"open{n}") for n in range(300)]
    ended = [*past(60, 10)]
    found = forecast(world(tmp_path, *ended, *running, opened(0)), ask(providers=[ACME]))
    row = found.filter(incident_id="now").row(0, named=True)
    assert (row["status"], row["value"], row["high"], row["high_80_at"]) == ("ok", None, None, None)
    assert row["low"] is not None


def test_without_an_open_incident_one_that_begins_now_is_forecast(tmp_path: Path) -> None:
    row = only(world(tmp_path, *past(200, 10)))
    assert (row["incident_id"], row["elapsed_s"], row["value"]) == (None, 0, 50 * 60)


def test_one_that_was_forgotten_open_is_not_forecast(tmp_path: Path) -> None:
    forgotten = opened(60 * 24 * 20, "silent", flags=["zombie"])
    removed = opened(60, "gone", flags=["removed"], removed_at=NOW)
    found = forecast(world(tmp_path, *past(60), forgotten, removed), ask(providers=[ACME]))
    assert found["incident_id"].to_list() == [None]


def test_one_that_was_forgotten_lasted_at_least_until_its_last_update(tmp_path: Path) -> None:
    begun = NOW - timedelta(days=40)
    silent = post("silent", begun, flags=["zombie"])
    said = [update("silent", "investigating", begun + timedelta(hours=h)) for h in (0, 5)]
    snapshot = world(tmp_path, silent, updates=said)
    known = known_history(snapshot, RELIABILITY).followed
    assert known.until.tolist() == [(begun + timedelta(hours=5)).timestamp()]


def test_a_page_that_was_not_read_lately_is_not_forecast(tmp_path: Path) -> None:
    """An hour is its budget; the newest capture of another page is two hours younger."""
    old = NOW - timedelta(hours=2)
    read = [*source("https://acme.test", old), *source("https://globex.test", NOW, provider=GLOBEX)]
    running = post("now", old - timedelta(minutes=30))
    snapshot = world(tmp_path, *past(200, 10), running, captures=read)
    row = only(snapshot)
    assert (row["status"], row["value"], row["made_at"]) == (STALE, None, old)


def test_what_is_said_is_as_of_the_newest_capture_of_its_page(tmp_path: Path) -> None:
    just = NOW - timedelta(minutes=20)
    running = post("now", just - timedelta(minutes=30))
    read = source("https://acme.test", just)
    row = only(world(tmp_path, *past(200, 10, days=0.5), running, captures=read))
    assert (row["elapsed_s"], row["made_at"]) == (1800, just)


def test_a_clock_ahead_of_ours_makes_no_negative_time(tmp_path: Path) -> None:
    assert only(world(tmp_path, *past(60), opened(-5)))["elapsed_s"] == 0


def test_posts_after_the_fact_and_of_other_classes_do_not_teach(tmp_path: Path) -> None:
    others = [
        post("late", NOW - timedelta(days=2), NOW - timedelta(days=1), flags=["retrospective"]),
        post("one", NOW - timedelta(days=2), NOW, duration_quality="single_update"),
        post("none", NOW - timedelta(days=2), NOW - timedelta(days=2)),
        post("notice", NOW - timedelta(days=2), NOW, **{"class": "notice"}),
        post("work", NOW - timedelta(days=2), NOW, kind="maintenance"),
    ]
    snapshot = world(tmp_path, *past(60, 10), *others, opened(0))
    assert only(snapshot)["n"] == 60
    assert only(snapshot, classes="outage,notice")["n"] == 61


def test_a_surface_asked_about_selects_what_is_forecast(tmp_path: Path) -> None:
    elsewhere = opened(5, "chat", of=("chat",))
    chat = {"components": [component("chat", surface="chat_web")]}
    snapshot = world(tmp_path, *past(60), elsewhere, opened(9), **chat)
    assert only(snapshot, surface="chat_web")["incident_id"] == "chat"


def test_one_incident_is_asked_for_by_its_id(tmp_path: Path) -> None:
    snapshot = world(tmp_path, *past(60), opened(5, "a"), opened(9, "b"))
    found = forecast_of(snapshot, ask(), "b")
    assert found.select("incident_id", "elapsed_s").rows() == [("b", 540)]


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ("nobody", "no incident 'nobody' is known"),
        ("acme0", "ended at 2026-05-01T13:00:00Z: --at TIME asks for what was known before"),
        ("notice", "is of class notice: name it in --classes"),
        ("silent", "was forgotten open, or left its page: it is not forecast"),
    ],
)
def test_an_incident_without_a_forecast_says_why(tmp_path: Path, named: str, why: str) -> None:
    snapshot = world(
        tmp_path,
        *past(60),
        opened(5, "notice", **{"class": "notice"}),
        opened(60 * 24 * 20, "silent", flags=["zombie"]),
    )
    with pytest.raises(UnansweredError, match=why.replace("(", r"\(")):
        forecast_of(snapshot, ask(), named)


def test_the_past_calibration_stands_beside_a_forecast(tmp_path: Path) -> None:
    row = only(world(tmp_path, *past(300, 10, days=0.5), opened(30)))
    assert row["landmark_s"] == 1800
    assert row["held_n"] > 100
    assert 0.7 < row["held_80"] <= 1.0
    assert row["widened"] is False


def test_an_empty_ledger_has_no_rows(tmp_path: Path) -> None:
    snapshot = made(tmp_path, as_of=at("2026-01-01"))
    assert forecast(snapshot, ask()).is_empty()
    assert isinstance(forecast(snapshot, ask()), pl.DataFrame)
