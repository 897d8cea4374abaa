"""The provider profile as a page: what it says in every situation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics import Snapshot
from tests.support.pages.profiles import FRESH, NOW, YEAR
from tests.support.pages.streamlit_pages import HOSTILE, shown
from tests.support.pages.streamlit_pages import words as told_by
from tests.support.snapshots import (
    ACME,
    component,
    covered,
    made,
    page_row,
    post,
    provider_row,
    source,
    state,
)


def told(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, **params: str) -> str:
    return told_by(opened(snapshot, monkeypatch, **params))


def opened(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, **params: str) -> AppTest:
    return shown("profile", snapshot.path, monkeypatch, **params)


def fresh(folder: Path, **rows: Any) -> Snapshot:
    """Make a snapshot that is current to the pages, whose clock is the machine's."""
    now = datetime.now(UTC)
    return made(
        folder,
        as_of=now,
        coverage=[covered(now - timedelta(days=200), now)],
        captures=source("https://acme.test/incidents.json", now),
        **rows,
    )


def two(folder: Path, **rows: Any) -> Snapshot:
    coverage = [YEAR, covered("2025-06-01", NOW, provider="bravo")]
    return made(folder, as_of=NOW, coverage=coverage, **rows)


def test_it_shows_the_first_provider_of_the_bar_unless_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = two(tmp_path)
    assert opened(both, monkeypatch).title[0].value == "Acme"
    assert opened(both, monkeypatch, p="bravo").title[0].value == "Bravo"
    assert opened(both, monkeypatch, p="acme", of="bravo").title[0].value == "Bravo"


def test_a_provider_whose_page_offers_nothing_is_grey_and_has_no_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[YEAR],
        providers=[provider_row(ACME), provider_row("dark", note="Drawn by a browser.")],
        pages=[page_row(ACME), page_row("dark", status="no_feed")],
    )
    app = opened(snapshot, monkeypatch, of="dark")
    text = told_by(app)
    assert ":gray-badge[no data] Nothing has been collected of this provider" in text
    assert "it offers nothing a program may read" in text
    assert "Drawn by a browser." in text
    assert len(app.metric) == 0
    assert "green" not in text


def test_a_provider_without_incidents_is_told_without_praise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(fresh(tmp_path), monkeypatch)
    text = told_by(app)
    assert ":green-badge[operational]" in text
    assert "no post was open and its component was operational" in text
    assert "That nobody posted does not mean that nothing broke." in text
    assert "No post of the chosen classes began in this window" in text
    assert app.metric[0].value == "100 %"


def test_an_open_incident_is_told_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    began = datetime.now(UTC) - timedelta(hours=2)
    snapshot = fresh(
        tmp_path,
        posts=[post("p1", began, title=HOSTILE)],
        states=[state("partial", began, post="p1")],
    )
    app = opened(snapshot, monkeypatch)
    text = told_by(app)
    assert ":orange-badge[partial]" in text
    assert "1 post was open and 1 of 1 components was not operational" in text
    assert app.dataframe[0].value["Open so far"].tolist() == ["2 h"]
    assert app.dataframe[0].value["Open post"].tolist() == [HOSTILE]


def test_a_stale_source_is_grey_and_tells_what_was_known_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[YEAR],
        captures=FRESH,
        states=[state("major", "2026-01-30 12:00")],
    )
    text = told(snapshot, monkeypatch)
    assert ":gray-badge[no data] Not known now" in text
    assert "2026-01-31 00:00 UTC" in text
    assert "At that time no post was open and 1 of 1 components was not operational." in text


def test_a_registry_of_nobody_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "there is no provider to show" in told(made(tmp_path, as_of=NOW), monkeypatch)


def test_a_surface_the_provider_lacks_gives_no_number_and_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = two(tmp_path, components=[component("img", provider="bravo", surface="image")])
    app = opened(snapshot, monkeypatch, of=ACME, surface="image")
    assert [card.value for card in app.metric] == ["–"] * 4
    assert "No coverage in this window" in told_by(app)


def test_the_profile_blames_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = two(tmp_path, posts=[post("p1", "2026-01-05", "2026-01-06")])
    text = told(snapshot, monkeypatch).lower()
    assert not {"fault", "faults", "blame", "poor", "unreliable", "careless"} & set(text.split())
