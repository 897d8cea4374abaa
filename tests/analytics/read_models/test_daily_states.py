"""Days one by one: as long as their zone makes them, grey where nobody looked."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from analytics import ask
from analytics.read_models.daily_states import daily, seconds_between
from ingest.intervals import clip, total, union
from tests.support.snapshots import covered, made, post, state

spans = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), max_size=8)


@given(spans, st.lists(st.integers(-10, 110), min_size=2, max_size=8, unique=True))
def test_seconds_between_edges_are_those_of_each_part(
    found: list[tuple[int, int]], edges: list[int]
) -> None:
    whole, cuts = union(found), sorted(edges)
    parts = [total(clip(whole, a, b)) for a, b in pairwise(cuts)]
    assert seconds_between(whole, cuts).tolist() == parts


def test_a_day_is_as_long_as_its_zone_makes_it_and_dated_there(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of="2026-03-10",
        coverage=[covered("2026-03-01", "2026-03-10")],
        states=[state("partial", "2026-03-08 06:00", "2026-03-08 08:30")],
    )
    zone = "America/Los_Angeles"
    days = daily(snapshot, ask(since="2026-03-07", until="2026-03-09", zone=zone))
    assert days["covered_s"].to_list() == [24 * 3600, 23 * 3600]
    assert [f"{d}" for d in days["day"]] == ["2026-03-07", "2026-03-08"]
    assert days["down_s"].to_list() == [2 * 3600, 1800]


def test_a_day_is_its_worst_state_and_one_that_nobody_saw_is_no_data(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of="2026-01-08",
        coverage=[covered("2026-01-02", "2026-01-08")],
        states=[
            state("degraded", "2026-01-03 10:00", "2026-01-03 11:00"),
            state("major", "2026-01-04 23:59", "2026-01-05 00:01"),
            state("unknown", "2026-01-06 01:00", "2026-01-06 02:00"),
            state("maintenance", "2026-01-07 01:00", "2026-01-07 02:00"),
        ],
    )
    days = daily(snapshot, ask(since="2026-01-01"))
    assert days["worst"].to_list() == [
        "no data",
        "operational",
        "degraded",
        "major",
        "major",
        "unknown",
        "maintenance",
    ]
    assert days["down_s"].to_list() == [0, 0, 0, 60, 60, 0, 0]


def test_a_state_nobody_knows_is_never_green_whatever_the_class_of_the_post(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of="2026-01-03",
        coverage=[covered("2026-01-01", "2026-01-03")],
        posts=[post("told", "2026-01-02 10:00", "2026-01-02 12:00", **{"class": "notice"})],
        states=[state("unknown", "2026-01-02 11:00", "2026-01-02 12:00", post="told")],
    )
    days = daily(snapshot, ask(since="2026-01-01"))
    assert days["worst"].to_list() == ["operational", "unknown"]
    assert days["unknown_s"].to_list() == [0, 3600]
