"""The cards of a phone say what the league table says."""

from __future__ import annotations

from pathlib import Path

from lxml.html import fragment_fromstring

from analytics import ask
from analytics.read_models.overview import league
from dashboard.tables.league import LEGEND, PARTLY
from dashboard.tables.league_cards import league_cards
from tests.support.pages.streamlit_pages import HOSTILE
from tests.support.snapshots import ACME, component, covered, made, provider_row, state


def test_a_card_names_its_provider_and_says_what_is_known_of_it(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of="2026-07-01",
        components=[component(), component(provider="bolt")],
        coverage=[
            covered("2026-06-01", "2026-07-01"),
            covered("2026-06-16", "2026-07-01", provider="bolt"),
        ],
        states=[state("major", "2026-06-20", "2026-06-21")],
        providers=[{**provider_row(ACME), "name": HOSTILE}, provider_row("bolt")],
    )
    rows = league(snapshot, ask(since="2026-06-01", surface="api_inference"))
    acme, bolt = fragment_fromstring(league_cards(rows.sort("provider"))).findall("article")
    assert acme.find("b").text_content() == HOSTILE
    assert [one.text_content() for one in acme.iter("dt")] == [
        "Availability",
        "Down",
        "Incidents",
        "Coverage",
    ]
    assert [one.text_content() for one in acme.iter("dd")] == ["96.666 %", "24 h", "0", "100 %"]
    assert acme.find("p") is None
    assert bolt.find("p").text_content() == LEGEND[PARTLY]
