"""A window as a strip: days, weeks or months by its length, up to the last known day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import ask
from analytics.read_models.daily_states import daily
from analytics.read_models.strips import ORDER, STRIPS, strips, unit_of
from tests.support.snapshots import at, component, covered, made, post, state
from tests.support.soaking import WORLDS

AS_OF = "2026-03-02"


def test_the_unit_follows_from_the_length_of_the_window(tmp_path: Path) -> None:
    snapshot = made(tmp_path, as_of=AS_OF, coverage=[covered("2020-01-01", AS_OF)])
    for days, unit in ((1, "day"), (120, "day"), (121, "week"), (731, "week"), (732, "month")):
        question = ask(since=date(2026, 3, 2) - timedelta(days=days), until="2026-03-02")
        assert unit_of(snapshot, question) == unit


def test_a_strip_ends_with_the_last_known_day(tmp_path: Path) -> None:
    snapshot = made(tmp_path, as_of=AS_OF, coverage=[covered("2026-02-01", "2026-02-20 12:00")])
    parts = strips(snapshot, ask(since="2026-01-25"))
    assert parts["start"].min() == date(2026, 1, 25)
    assert parts["end"].max() == date(2026, 2, 21)
    last = parts.tail(1).to_dicts()[0]
    assert (last["covered_s"], last["length_s"]) == (43_200, 86_400)


def test_of_two_rows_both_run_to_the_last_day_known_of_either(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=AS_OF,
        components=[component(), component(provider="bolt")],
        coverage=[
            covered("2026-02-01", "2026-02-10"),
            covered("2026-02-01", "2026-02-20", provider="bolt"),
        ],
    )
    ends = strips(snapshot, ask(since="2026-02-01")).group_by("provider").agg(pl.col("end").max())
    assert set(ends["end"]) == {date(2026, 2, 20)}


def test_a_part_is_its_worst_day_and_nothing_known_is_no_data(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=AS_OF,
        coverage=[covered("2025-06-02", AS_OF)],
        states=[
            state("degraded", "2025-06-10 10:00", "2025-06-10 11:00"),
            state("major", "2025-06-11 23:00", "2025-06-12 01:00"),
            state("unknown", "2025-06-17 01:00", "2025-06-17 02:00"),
        ],
    )
    parts = strips(snapshot, ask(since="2025-05-26", until="2025-12-01")).head(4)
    assert parts["worst"].to_list() == ["no data", "operational", "major", "unknown"]
    assert parts["down_s"].to_list() == [None, 0, 7200, 0]
    assert parts["start"].dt.weekday().to_list() == [1] * 4


def test_the_first_and_the_last_part_are_cut_to_the_window(tmp_path: Path) -> None:
    snapshot = made(tmp_path, as_of=AS_OF, coverage=[covered("2020-01-01", AS_OF)])
    parts = strips(snapshot, ask(since="2023-01-15"))
    assert parts["unit"].unique().to_list() == ["month"]
    assert (parts["start"][0], parts["end"][0]) == (date(2023, 1, 15), date(2023, 2, 1))
    assert parts["end"][-1] == date(2026, 3, 2)


def test_a_part_is_as_long_as_its_zone_makes_it(tmp_path: Path) -> None:
    snapshot = made(tmp_path, as_of="2026-03-10", coverage=[covered("2026-03-01", "2026-03-10")])
    zone = "America/Los_Angeles"
    days = strips(snapshot, ask(since="2026-03-07", until="2026-03-09", zone=zone))
    assert days["length_s"].to_list() == days["covered_s"].to_list() == [24 * 3600, 23 * 3600]


def test_without_any_coverage_there_is_no_strip(tmp_path: Path) -> None:
    parts = strips(made(tmp_path, as_of=AS_OF), ask())
    assert parts.is_empty()
    assert parts.schema == pl.Schema(STRIPS)


@settings(max_examples=WORLDS, deadline=None)
@given(
    spans=st.lists(st.tuples(st.integers(0, 500), st.integers(1, 30)), max_size=6),
    length=st.sampled_from([30, 200, 900]),
)
def test_parts_add_up_to_the_days_they_are_made_of(
    tmp_path_factory: pytest.TempPathFactory, spans: list[tuple[int, int]], length: int
) -> None:
    begin = at("2023-09-01")
    hours = [
        (begin + timedelta(days=day), begin + timedelta(days=day, hours=n)) for day, n in spans
    ]
    snapshot = made(
        tmp_path_factory.mktemp("strips"),
        as_of=AS_OF,
        coverage=[covered("2023-10-01", "2026-02-01")],
        posts=[post(f"p{n}", *span) for n, span in enumerate(hours)],
        states=[state("partial", *span, post=f"p{n}") for n, span in enumerate(hours)],
    )
    question = ask(since=date(2026, 3, 1) - timedelta(days=length))
    days, parts = daily(snapshot, question), strips(snapshot, question)
    for column in ("down_s", "degraded_s", "unknown_s", "covered_s"):
        assert parts[column].sum() == days[column].sum()
    assert max(map(ORDER.index, parts["worst"])) == max(map(ORDER.index, days["worst"]))
