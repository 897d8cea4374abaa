"""Incidents day by day: counts and marks of each day, foreign wording as text, links that work."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml.html import HtmlElement, fragment_fromstring

from analytics import ask, open_snapshot
from analytics.read_models.incident_list import Search, incidents
from dashboard.tables.incident_days import incident_days
from dashboard.widgets import incident_list
from tests.support.pages.streamlit_pages import HOSTILE, shown
from tests.support.snapshots import ACME, covered, made, page_of, post

NAMES = {ACME: "Acme (all of it)"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return made(
        tmp_path,
        as_of="2026-01-31",
        coverage=[covered("2025-06-01", "2026-01-31")],
        posts=[
            post("p1", "2026-01-05 02:00", "2026-01-05 03:00", title=HOSTILE, impact="major"),
            post("p2", "2026-01-05 23:30", "2026-01-05 23:40", impact="minor"),
            post("p3", "2026-01-07 10:00", impact="minor"),
        ],
    ).path


def drawn(path: Path, zone: str = "Etc/UTC") -> HtmlElement:
    found = incidents(open_snapshot(path), ask(since="2025-12-01"), Search())

    def link(page: str, **changed: str) -> str:
        return f"{page}?{'&'.join(f'{key}={value}' for key, value in changed.items())}&p=x"

    return fragment_fromstring(incident_days(found, NAMES, link, zone))


def text(element: HtmlElement) -> str:
    return re.sub(r"\s+", " ", element.text_content())


def test_a_day_says_how_many_of_each_impact_began_on_it(path: Path) -> None:
    assert [text(day) for day in drawn(path).findall("h3")] == [
        "Wednesday, 7 Jan 2026 1 incident: ● 1 minor",
        "Monday, 5 Jan 2026 2 incidents: ▲ 1 major, ● 1 minor",
    ]


def test_a_day_begins_where_the_reader_says(path: Path) -> None:
    days = [text(day) for day in drawn(path, "Europe/Berlin").findall("h3")]
    assert [day.split(" 2026")[0] for day in days] == [
        "Wednesday, 7 Jan",
        "Tuesday, 6 Jan",
        "Monday, 5 Jan",
    ]


def test_an_incident_has_a_mark_a_time_a_name_and_what_is_known_of_it(path: Path) -> None:
    newest, _, oldest = drawn(path).iter("li")
    assert text(newest).startswith("●10:00Acme")
    assert "ongoing" in text(newest)
    assert "open 23 d 14 h so far" in text(newest)
    assert text(oldest).startswith("▲02:00Acme")


def test_foreign_wording_is_text_and_the_link_leads_to_the_incident(path: Path) -> None:
    *_, oldest = drawn(path).iter("li")
    link = oldest.find("a")
    assert link.text_content() == HOSTILE
    assert [child.tag for child in link] == []
    asked = parse_qs(urlsplit(link.get("href")).query)
    assert asked == {"incident": [f"{page_of(ACME)}/p1"], "p": ["x"]}


def test_older_incidents_come_when_they_are_asked_for(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incident_list, "STEP", 2)
    app = shown("incidents", path, monkeypatch)
    [listed] = [one.body for one in app.get("html") if 'class="days"' in one.body]
    assert listed.count("<li") == 2
    assert app.button(key="older").label == "Show older (1 incident more)"
    app.button(key="older").click().run()
    [listed] = [one.body for one in app.get("html") if 'class="days"' in one.body]
    assert listed.count("<li") == 3
    assert "older" not in [button.key for button in app.button]
