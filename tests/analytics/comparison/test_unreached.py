"""Medians that too many open posts leave unreached: what is known of them is said everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics import Snapshot, ask, open_snapshot
from analytics.comparison.head_to_head import alone, side_by_side
from analytics.read_models.overview import league
from dashboard.tables.head_to_head import own_window_table, side_by_side_table
from dashboard.tables.league import league_columns, league_table
from tests.support.pages.documents import line, page
from tests.support.pages.documents import table as headed
from tests.support.pages.streamlit_pages import shown, words
from tests.support.snapshots import ACME, covered, made, post

BOLT = "bolt"
AS_OF = "2026-01-31"
LONGEST_S = (3 * 24 + 4) * 3600
BOTH = ask(providers=[ACME, BOLT], since="2025-06-01", surface="api_inference")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two of Acme's six posts are over, all six of Bolt's."""
    over = [("2026-01-05 10:00", "2026-01-05 11:00"), ("2026-01-06 10:00", "2026-01-06 11:00")]
    hours = range(20, 24)
    return made(
        tmp_path_factory.mktemp("running"),
        as_of=AS_OF,
        coverage=[covered("2025-06-01", AS_OF, provider=who) for who in (ACME, BOLT)],
        posts=[
            *(post(f"a{n}", *times) for n, times in enumerate(over)),
            *(post(f"open{hour}", f"2026-01-27 {hour}:00") for hour in hours),
            *(post(f"b{n}", *over[0], provider=BOLT) for n in range(6)),
        ],
    ).path


@pytest.fixture
def snapshot(running: Path) -> Snapshot:
    return open_snapshot(running)


def test_the_league_table_says_longer_than_what(snapshot: Snapshot) -> None:
    rows = league(snapshot, BOTH)
    unreached = dict(rows.select("provider", "open_median_beyond_s").iter_rows())
    assert unreached == {ACME: LONGEST_S, BOLT: None}
    told = dict(league_table(rows).select("Provider", "Median open min").iter_rows())
    assert told == {"Acme": "> 4,560", "Bolt": "60"}
    assert "still open" in league_columns(rows)["Median open min"]["help"]


def test_without_such_a_row_the_column_stays_one_of_numbers(snapshot: Snapshot) -> None:
    rows = league(snapshot, ask(providers=[BOLT], surface="api_inference"))
    assert league_table(rows)["Median open min"].to_list() == [60]


def test_head_to_head_says_it_and_compares_nothing_by_it(snapshot: Snapshot) -> None:
    names = {ACME: "Acme", BOLT: "Bolt"}
    own = own_window_table(alone(snapshot, BOTH), names)
    assert "\\> 3 d 4 h, n\N{NO-BREAK SPACE}6" in own["A · Acme"].to_list()
    paired = side_by_side(snapshot, BOTH)
    [row] = paired.filter(paired["metric"] == "open_median").to_dicts()
    assert (row["a_value"], row["b_value"], row["kind"]) == (None, 3600, None)
    assert (row["a_low"], row["a_status"]) == (LONGEST_S, "ok")
    shared = side_by_side_table(paired, names)
    assert "\\> 3 d 4 h, n\N{NO-BREAK SPACE}6" in shared["A · Acme"].to_list()


def test_the_document_says_it_and_draws_no_interval(snapshot: Snapshot) -> None:
    cells = line(headed(page(snapshot, BOTH), "Measures"), "Median open")
    assert cells[1:4] == ["> 3 d 4 h too many were still open", "–", "6"]


def test_a_profile_says_it_and_why(running: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = shown("profile", running, monkeypatch, of=ACME, win="365d")
    [card] = [one for one in app.metric if one.label == "Median open"]
    assert card.value == "> 3 d 4 h"
    assert "Too many still open to say more: n\N{NO-BREAK SPACE}6" in words(app)
    its = shown("profile", running, monkeypatch, of=BOLT, win="365d")
    assert "Peers: none to compare" in words(its)
