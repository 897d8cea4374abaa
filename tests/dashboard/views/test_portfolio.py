"""The page Portfolio: what failing over would have saved, and who is down together."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.outages import AS_OF, START, outages
from tests.support.pages.streamlit_pages import HOSTILE, shown, words
from tests.support.snapshots import Row, covered, made, page_row, provider_row

THREE = ("acme", "bolt", "coil")


def world(folder: Path, days: dict[str, Iterable[int]], **more: Any) -> Path:
    """Make providers that are down for an hour at noon of these days of half a year."""
    posts: list[Row] = []
    states: list[Row] = []
    for provider, its in days.items():
        begun, worse = outages(provider, its)
        posts += begun
        states += worse
    coverage = [covered(START, AS_OF, provider=p) for p in days]
    return made(folder, as_of=AS_OF, coverage=coverage, posts=posts, states=states, **more).path


@pytest.fixture
def three(tmp_path: Path) -> Path:
    return world(
        tmp_path, {"acme": range(0, 120, 4), "bolt": range(0, 96, 8), "coil": range(2, 100, 8)}
    )


def pairs(app: AppTest) -> dict[str, dict[str, Any]]:
    tables = [element.value for element in app.dataframe]
    [found] = [table for table in tables if "Pair" in table.columns]
    return {row["Pair"]: row for row in found.to_dict("records")}


def test_the_first_provider_is_backed_by_whom_it_was_down_with_least(
    three: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = words(shown("portfolio", three, monkeypatch, win="365d"))
    assert "Acme was down for 1 d 6 h on API inference in 182 common days." in told
    assert "It and Coil were never seen down at once. That is not 100 %: up to 3 h 41 min" in told
    assert "Turning to Coil would have saved after 5 min **1 d 3 h**" in told
    assert "after 30 min **15 h" in told


def test_primary_and_fallbacks_are_those_of_the_link_in_their_order(
    three: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = shown(
        "portfolio", three, monkeypatch, win="365d", primary="bolt", fallback=["acme", "coil"]
    )
    told = words(app)
    assert "Bolt was down for 12 h on API inference" in told
    assert "Turning to Acme and Coil would have saved" in told
    assert app.query_params["fallback"] == ["acme", "coil"]


def test_every_pair_has_its_joint_time_bound_and_evidence(
    three: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = pairs(shown("portfolio", three, monkeypatch, win="365d"))
    assert list(found) == ["Acme and Coil", "Bolt and Coil", "Acme and Bolt"]
    both, apart = found["Acme and Bolt"], found["Acme and Coil"]
    assert both["Both down"] == "12 h"
    assert both["Against chance"].startswith("× ")
    assert apart["Both down"] == "none seen, at most 3 h 41 min"
    assert apart["Not both down (95 % interval)"].startswith("at least 9")
    assert both["Together beyond chance?"].startswith("too little data: takes 60 common weeks")
    assert both["Else pointing to one cause"] == "time alone"


def test_the_primary_alone_is_no_portfolio(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = shown("portfolio", three, monkeypatch, win="365d", primary="coil", fallback="coil")
    assert "Choose a fallback: somebody else than the primary." in words(app)


def test_who_takes_no_part_is_named_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts, states = outages("acme", range(0, 120, 4))
    coverage = [
        *(covered(START, AS_OF, provider=p) for p in ("acme", "bolt")),
        covered("2026-06-10", AS_OF, provider="coil"),
    ]
    place = made(tmp_path, as_of=AS_OF, coverage=coverage, posts=posts, states=states).path
    app = shown("portfolio", place, monkeypatch, win="365d", fallback="coil")
    told = words(app)
    assert "Taking no part: Coil (observed for too few days)." in told
    assert "which takes no part here" in told


def test_two_of_one_page_are_no_portfolio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [page_row(p, base_url="https://status.cloud.test") for p in ("acme", "bolt")]
    days = range(0, 120, 4)
    place = world(tmp_path, {"acme": days, "bolt": days}, pages=pages)
    app = shown("portfolio", place, monkeypatch, win="365d")
    assert words(app).count("one cannot stand in for the other") == 2


def test_a_name_is_never_obeyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [{**provider_row("acme"), "name": HOSTILE}, provider_row("bolt")]
    place = world(tmp_path, {"acme": range(0, 120, 4), "bolt": range(0, 90, 8)}, providers=names)
    told = words(shown("portfolio", place, monkeypatch, win="365d"))
    assert "<script>" not in told
    assert "**bold**" not in told


def test_the_hours_of_the_week_stand_on_the_profile(
    three: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = shown("profile", three, monkeypatch, win="365d", of="acme", zone="America/Los_Angeles")
    told = words(app)
    assert "Posts begun by hour of the week, America/Los\\_Angeles" in told.replace(
        "America/Los_Angeles", "America/Los\\_Angeles"
    )
    assert "In business hours, 9 to 17 on working days, posts began" in told or "Too few" in told
    alts = [chart.proto.alt for chart in app.get("vega_lite_chart")]
    assert any(alt.startswith("Hours of the week in which posts began most often") for alt in alts)
