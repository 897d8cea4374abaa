"""The league table: what a number rests on stands beside it, and no data is never nought."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from analytics import Question, Snapshot, ask
from analytics.comparison.sensitivity import under_classes
from analytics.read_models.overview import league
from dashboard.tables.league import TREND, league_columns, league_table, trend_foot
from dashboard.tables.shared import name_unobserved
from tests.support.snapshots import component, covered, made, post, state

AS_OF = "2026-07-01"
#: Width of the page beside its margins at 1,280 pixels, less the borders of the table.
ROOM = 1280 - 2 * 48 - 2
JUNE = ask(since="2026-06-01", until="2026-07-01")
BEFORE = ask(since="2026-01-01", until="2026-02-01")


@pytest.fixture
def half(tmp_path: Path) -> Snapshot:
    """Make an API watched in March and from mid-June on; posts that name no component."""
    return made(
        tmp_path,
        as_of=AS_OF,
        coverage=[
            covered("2026-03-01", "2026-04-01"),
            covered("2026-06-16", AS_OF),
            covered("2026-05-01", AS_OF, of="unattributed"),
        ],
        components=[component(), component("unattributed", surface="other")],
        states=[state("partial", "2026-03-05 10:00", "2026-03-05 20:00", post="p1")],
        posts=[post("p1", "2026-03-05 10:00", "2026-03-05 20:00")],
    )


def shown(snapshot: Snapshot, question: Question, of: str = "API inference") -> dict[str, Any]:
    [row] = league_table(league(snapshot, question)).filter(pl.col("Surface") == of).to_dicts()
    return row


def months(snapshot: Snapshot, question: Question) -> list[float | None]:
    found: list[float | None] = league(snapshot, question)["trend"].to_list()[0]
    return found


def test_what_nothing_vouches_for_is_never_nought(half: Snapshot) -> None:
    found = league(half, BEFORE)
    for name in ("n", "down_s", "unknown_s", "rate", "rate_low", "availability"):
        assert found[name].is_null().all(), name
    row = shown(half, BEFORE)
    assert (row["Down min"], row["Incidents"], row["Unknown min"]) == (None, None, None)
    assert (row["Coverage %"], row["Note"]) == (0.0, "no data")


def test_other_classes_of_posts_are_not_nought_either_where_nothing_vouches(half: Snapshot) -> None:
    found = under_classes(half, BEFORE)
    assert found["n"].is_null().all()
    assert found["down_s"].is_null().all()


def test_nought_incidents_in_covered_time_are_nought(half: Snapshot) -> None:
    assert (shown(half, JUNE)["Incidents"], shown(half, JUNE)["Down min"]) == (0, 0)


def test_coverage_and_its_mark_stand_beside_the_availability(half: Snapshot) -> None:
    found = league_table(league(half, JUNE))
    assert found.columns[2:6] == ["Availability %", "statuspage %", "Coverage %", "Note"]
    assert (shown(half, JUNE)["Coverage %"], shown(half, JUNE)["Note"]) == (50.0, "in part")
    march = ask(since="2026-03-01", until="2026-04-01")
    assert (shown(half, march)["Coverage %"], shown(half, march)["Note"]) == (100.0, "")


def test_an_availability_of_whole_posts_carries_a_star(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=AS_OF,
        coverage=[covered("2026-06-01", AS_OF)],
        states=[state("partial", "2026-06-05 10:00", "2026-06-05 20:00", basis="incident")],
    )
    assert shown(snapshot, JUNE)["Note"] == "*"
    assert shown(snapshot, ask(since="2026-05-01", until=AS_OF))["Note"] == "in part *"
    before = shown(snapshot, ask(since="2026-05-01", until="2026-06-01"))
    assert before["Note"] == "no data"


@pytest.mark.parametrize(("hours", "note"), [(9, ""), (11, "?")])
def test_an_availability_of_which_more_is_unknown_than_was_down_is_in_doubt(
    tmp_path: Path, hours: int, note: str
) -> None:
    snapshot = made(
        tmp_path,
        as_of=AS_OF,
        coverage=[covered("2026-06-01", AS_OF)],
        states=[
            state("partial", "2026-06-05 10:00", "2026-06-05 20:00"),
            state("unknown", "2026-06-06 10:00", f"2026-06-06 {10 + hours}:00"),
        ],
    )
    row = shown(snapshot, JUNE)
    assert (row["Note"], row["Unknown min"]) == (note, hours * 60)
    assert row["At least %"] == pytest.approx(100 * (1 - (10 + hours) / 720), abs=0.001)


def test_a_surface_that_has_posts_only_shows_what_their_number_rests_on(half: Snapshot) -> None:
    row = shown(half, JUNE, "other")
    assert (row["Availability %"], row["Down min"], row["Note"]) == (None, None, "posts")
    assert (row["Coverage %"], row["Incidents"], row["Per 30 days"]) == (100.0, 0, 0.0)


def test_the_column_beside_is_named_after_its_rule(half: Snapshot) -> None:
    assert "statuspage %" in league_table(league(half, JUNE)).columns
    other = league(half, ask(since="2026-06-01", rule="statuspage"))
    assert "incident_io %" in league_table(other).columns
    assert "rule incident_io" in league_columns(other)["incident_io %"]["help"]


def test_up_to_the_p90_the_columns_fit_1280_pixels(half: Snapshot) -> None:
    rows = league(half, JUNE)
    columns = league_table(rows).columns
    first = columns[: columns.index("p90 open min") + 1]
    settings = league_columns(rows)
    assert {"95 % interval", "Coverage %", "Down min", "Median open min"} < set(first)
    assert sum(settings[name]["width"] for name in first) <= ROOM


def test_twelve_months_end_with_the_window_and_keep_their_gaps(half: Snapshot) -> None:
    of_june = months(half, JUNE)
    assert len(of_june) == 12
    assert [n for n, value in enumerate(of_june) if value is not None] == [8, 11]
    of_march = months(half, ask(since="2026-03-10", until="2026-03-20"))
    assert len(of_march) == 12
    assert [n for n, value in enumerate(of_march) if value is not None] == [11]
    before = months(half, ask(since="2026-06-01", until="2026-07-01", previous=True))
    assert [n for n, value in enumerate(before) if value is not None] == [9]


def test_an_unobserved_month_is_a_dot_and_every_row_has_the_same_scale(half: Snapshot) -> None:
    rows = league(half, JUNE)
    worst = rows.select(pl.col("trend").list.min().min()).item()
    assert 0 < trend_foot(rows) < worst
    address = str(shown(half, JUNE)[TREND])
    picture = ET.fromstring(unquote(address.removeprefix("data:image/svg+xml;utf8,")))
    kinds = [element.tag.partition("}")[2] for element in picture]
    assert (kinds.count("rect"), kinds.count("circle")) == (2, 10)
    heights = [float(e.attrib["height"]) for e in picture if e.tag.endswith("rect")]
    assert 0 < heights[0] < heights[1] == 20


def test_rows_that_are_not_drawn_are_named_as_everywhere_else() -> None:
    days = pl.DataFrame(
        {"provider": ["acme", "acme"], "surface": ["chat_web", "api_inference"], "covered_s": 0}
    )
    names = pl.DataFrame({"provider": ["acme"], "name": ["Acme"]})
    assert name_unobserved(days, names) == ["Acme: API inference, chat web"]
