"""The page Now: what is open, how long it may last as clock times, and who is up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analytics import ask, open_snapshot
from analytics.forecast.backtest import score_forecasts
from analytics.wording.numbers import format_share
from tests.support.pages.streamlit_pages import HOSTILE, shown, words
from tests.support.snapshots import Row, covered, made, post, source, state, update

#: Whether a page is known now is judged by the reader's clock, so this world ends now.
NOW = datetime.now(UTC).replace(microsecond=0)
HALF_HOUR = timedelta(minutes=30)


def past(n: int) -> list[Row]:
    """So many incidents of 10, 20 ... 100 minutes, over and over, two a day."""
    begun = [NOW - timedelta(hours=12 * (n - number)) for number in range(n)]
    return [
        post(f"p{k}", at, at + timedelta(minutes=10 * (1 + k % 10))) for k, at in enumerate(begun)
    ]


def world(folder: Path, *posts: Row, stale: bool = False) -> Path:
    end = NOW - timedelta(hours=3) if stale else NOW
    return made(
        folder,
        as_of=NOW,
        coverage=[
            covered(NOW - timedelta(days=400), end),
            covered(NOW - timedelta(days=400), NOW, provider="globex"),
        ],
        posts=posts,
        states=[state("partial", end - HALF_HOUR, post="now")],
        updates=[update("now", "investigating", end - HALF_HOUR, body_text=HOSTILE)],
        captures=[
            *source("https://acme.test", end),
            *source("https://globex.test", NOW, provider="globex"),
        ],
    ).path


def test_an_open_incident_has_a_forecast_with_its_calibration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 300, those of 40 to 100 minutes lasted longer than half an hour."""
    app = shown("now", world(tmp_path, *past(300), post("now", NOW - HALF_HOUR)), monkeypatch)
    told = words(app)
    assert "1 post of 1 provider is open." in told
    posts = "210 posts of this provider in the last 365 days"
    assert f"Judging by {posts} that were open as long: as likely as not" in told
    half = NOW + timedelta(minutes=40)
    assert f"not over by {half:%H:%M}" in told
    assert "with 85.7 % within 60 min" in told
    assert "At 30 min such bands held" in told
    forecast = app.dataframe[1].value
    assert forecast["From"].to_list() == ["own posts"]
    assert forecast["n"].to_list() == ["210"]


def test_the_words_of_an_update_stay_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = shown("now", world(tmp_path, post("now", NOW - HALF_HOUR, title=HOSTILE)), monkeypatch)
    assert "<script>" not in words(app)
    assert app.dataframe[0].value["It says"].to_list() == [HOSTILE]


def test_who_is_up_is_told_by_surface(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = shown("now", world(tmp_path, post("now", NOW - HALF_HOUR)), monkeypatch)
    told = words(app)
    assert "**API inference**: 1 of 2 providers up, as posted by" in told
    assert ":orange-badge[partial] Acme :green-badge[operational] Globex" in told


def test_a_page_that_was_not_read_lately_gets_no_forecast_and_nobody_is_called_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = NOW - timedelta(hours=3) - HALF_HOUR
    told = words(
        shown("now", world(tmp_path, *past(300), post("now", began), stale=True), monkeypatch)
    )
    assert "It is as of an older capture, and not known now." in told
    assert "No forecast: its page was not read lately." in told
    assert "green" not in told


def test_posts_forgotten_open_are_only_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = post("silent", NOW - timedelta(days=30), flags=["zombie"])
    told = words(shown("now", world(tmp_path, silent), monkeypatch))
    assert "No post is open" in told
    assert "1 post more was left open without a word for two weeks, and not counted." in told


def test_clock_times_stand_in_the_readers_zone_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zoneinfo import ZoneInfo

    from dashboard.session import pinned_snapshot

    tokyo = ZoneInfo("Asia/Tokyo")
    monkeypatch.setattr(pinned_snapshot, "reader_zone", lambda: tokyo)
    app = shown("now", world(tmp_path, *past(300), post("now", NOW - HALF_HOUR)), monkeypatch)
    [row] = app.dataframe[1].value.to_dict("records")
    half = (NOW + timedelta(minutes=40)).astimezone(tokyo)
    assert row["Half over by (your time)"].startswith(f"{half:%H:%M}")


def test_the_back_test_stands_below_with_the_numbers_of_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = world(tmp_path, *past(300), post("now", NOW - HALF_HOUR))
    app = shown("now", path, monkeypatch)
    [table] = [one.value for one in app.dataframe if "Loss min" in one.value.columns]
    with open_snapshot(path) as snapshot:
        rows = score_forecasts(snapshot, ask(providers=["acme"])).filter(method="forecast")
    assert table["n"].to_list() == rows["n"].to_list()
    assert table["80 % held"].to_list() == [format_share(one) for one in rows["coverage_80"]]
    assert table["Open for"].to_list()[:3] == ["0 s", "15 min", "30 min"]
    [picture] = app.get("vega_lite_chart")
    assert picture.proto.alt.startswith("Share of outcomes that the 80 % band held. Acme after 0 s")


def test_without_an_open_incident_the_back_test_is_there_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = shown("now", world(tmp_path, *past(300)), monkeypatch)
    assert "No post is open" in words(app)
    [table] = [one.value for one in app.dataframe if "Loss min" in one.value.columns]
    assert set(table["Provider"]) == {"Acme"}


def test_without_enough_posts_nothing_was_scored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = words(shown("now", world(tmp_path, *past(20)), monkeypatch))
    assert "No provider has enough posts for a forecast, so none was scored." in told


def test_the_chance_of_a_new_post_is_called_experimental_and_only_of_those_known_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = shown("now", world(tmp_path, *past(700)), monkeypatch)
    assert "Experimental: a new post within 24 hours" in [fold.label for fold in app.expander]
    chances = [one.value for one in app.dataframe if "Chance in 24 h" in one.value.columns]
    assert [table["Provider"].to_list() for table in chances] == [["Acme"]]
    stale = shown("now", world(tmp_path, *past(700), stale=True), monkeypatch)
    assert "No provider that is known now has a past" in words(stale)
