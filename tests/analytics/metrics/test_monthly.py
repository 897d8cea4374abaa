"""Months and days of a zone: as long as the calendar and the clocks make them."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from calendar import monthrange
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analytics import Snapshot, ask
from analytics.calendar_days import day_edges, months
from analytics.metrics.availability import availability
from analytics.question import midnight
from analytics.read_models.monthly import monthly
from analytics.scope import epoch
from tests.support.paths import ROOT
from tests.support.snapshots import at, covered, made, post, state

LOS_ANGELES = "America/Los_Angeles"
ZONES = (
    "Etc/UTC",
    LOS_ANGELES,
    "Europe/London",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Asia/Beirut",
)
days = st.dates(date(2019, 1, 1), date(2031, 1, 1))
zones = st.sampled_from(ZONES)


def second(moment: str) -> int:
    return epoch(at(moment))


@pytest.mark.parametrize(
    ("zone", "day", "minutes"),
    [
        (LOS_ANGELES, date(2026, 3, 8), 1380),
        (LOS_ANGELES, date(2026, 11, 1), 1500),
        (LOS_ANGELES, date(2026, 3, 9), 1440),
        ("Australia/Lord_Howe", date(2026, 4, 5), 1470),
        ("Etc/UTC", date(2026, 3, 8), 1440),
    ],
)
def test_a_day_has_the_minutes_of_its_zone(zone: str, day: date, minutes: int) -> None:
    start, end = (epoch(midnight(d, zone)) for d in (day, day + timedelta(days=1)))
    assert day_edges(start, end, zone) == [start, end]
    assert end - start == 60 * minutes


def test_a_day_that_a_zone_left_out_is_no_day() -> None:
    edges = day_edges(second("2011-12-29 10:00"), second("2012-01-01 10:00"), "Pacific/Apia")
    assert [b - a for a, b in itertools.pairwise(edges)] == [86_400] * 3


@pytest.mark.parametrize(
    ("name", "length"), [("2024-02", 29), ("2026-02", 28), ("2026-04", 30), ("2026-12", 31)]
)
def test_a_month_has_the_days_of_the_calendar(name: str, length: int) -> None:
    start = second(f"{name}-01")
    assert months(start, start + length * 86_400, "Etc/UTC") == [
        (name, start, start + length * 86_400)
    ]
    assert len(months(start, start + length * 86_400 + 1, "Etc/UTC")) == 2


def test_months_begin_at_midnight_of_the_zone() -> None:
    found = months(second("2026-02-10"), second("2026-04-05"), LOS_ANGELES)
    assert found == [
        ("2026-02", second("2026-02-10"), second("2026-03-01 08:00")),
        ("2026-03", second("2026-03-01 08:00"), second("2026-04-01 07:00")),
        ("2026-04", second("2026-04-01 07:00"), second("2026-04-05")),
    ]


@given(days, st.integers(1, 800 * 86_400), zones)
def test_buckets_lie_side_by_side_and_fill_the_window(day: date, length: int, zone: str) -> None:
    start = epoch(midnight(day, zone))
    found = months(start, start + length, zone)
    assert [a for _, a, _ in found] == [start, *(b for _, _, b in found[:-1])]
    assert found[-1][2] == start + length
    assert all(a < b for _, a, b in found)
    names = [name for name, _, _ in found]
    assert names == sorted(set(names))
    for name, a, b in found[1:-1]:
        year, month = map(int, name.split("-"))
        assert abs((b - a) - monthrange(year, month)[1] * 86_400) <= 3600
    edges = day_edges(start, start + length, zone)
    assert edges == sorted(set(edges))
    assert (edges[0], edges[-1]) == (start, start + length)
    assert {a for _, a, _ in found} <= set(edges)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Make a year in which the API was down over new year and over both changes of the clocks."""
    spans = [
        ("2025-12-31 20:00", "2026-01-01 12:00"),
        ("2026-03-08 00:00", "2026-03-09 12:00"),
        ("2026-11-01 07:30", "2026-11-01 10:15"),
    ]
    return made(
        tmp_path_factory.mktemp("year"),
        as_of="2026-12-31 18:00",
        coverage=[covered("2025-12-01", "2026-05-11"), covered("2026-07-01", "2026-12-31 12:00")],
        states=[state("major", a, b, post=f"p{n}") for n, (a, b) in enumerate(spans)],
        posts=[post(f"p{n}", a, b) for n, (a, b) in enumerate(spans)],
    )


def of(year: Snapshot, **more: Any) -> dict[str, dict[str, Any]]:
    return {row["month"]: row for row in monthly(year, ask(since="2025-12-01", **more)).to_dicts()}


def test_each_month_is_measured_by_itself(year: Snapshot) -> None:
    found = of(year)
    assert list(found) == ["2025-12", *(f"2026-{n:02}" for n in range(1, 13))]
    assert [found[m]["down_s"] / 3600 for m in ("2025-12", "2026-01", "2026-02")] == [4, 12, 0]
    assert found["2026-01"]["value"] == pytest.approx(1 - 12 / (31 * 24))
    assert (found["2026-01"]["n"], found["2026-02"]["n"]) == (1, 0)


def test_a_month_nobody_vouches_for_has_no_number(year: Snapshot) -> None:
    found = of(year)
    assert (found["2026-06"]["value"], found["2026-06"]["status"]) == (None, "no_coverage")
    assert found["2026-05"]["coverage"] == pytest.approx(10 / 31)
    assert found["2026-12"]["window_end"] == year.as_of


def test_a_month_across_a_change_of_clocks_is_an_hour_shorter_or_longer(year: Snapshot) -> None:
    found = of(year, zone=LOS_ANGELES)
    lengths = {
        name: (row["window_end"] - row["window_start"]) / timedelta(hours=1)
        for name, row in found.items()
    }
    assert lengths["2026-03"] == 31 * 24 - 1
    assert lengths["2026-11"] == 30 * 24 + 1
    assert found["2026-01"]["down_s"] == 4 * 3600
    assert found["2026-03"]["value"] == pytest.approx(1 - 36 / (31 * 24 - 1))


@example(LOS_ANGELES, date(2026, 3, 8), 1)
@example(LOS_ANGELES, date(2026, 2, 28), 10)
@example("Europe/London", date(2026, 3, 29), 2)
@example("Australia/Lord_Howe", date(2026, 4, 4), 31)
@example("Asia/Beirut", date(2026, 3, 28), 4)
@example("Asia/Kolkata", date(2025, 12, 31), 32)
@given(zones, st.dates(date(2025, 12, 1), date(2026, 6, 1)), st.integers(1, 200))
def test_months_of_any_zone_add_up_to_the_window(
    year: Snapshot, zone: str, since: date, length: int
) -> None:
    question = ask(since=since, until=since + timedelta(days=length), zone=zone)
    [whole] = availability(year, question).to_dicts()
    parts = monthly(year, question)
    for column in ("down_s", "covered_s", "unknown_s"):
        assert parts[column].sum() == whole[column]


def test_the_zone_of_the_machine_has_no_say(year: Snapshot) -> None:
    script = (
        "import sys; from analytics import METRICS, ask, open_snapshot\n"
        "from analytics.read_models.monthly import monthly\n"
        "asked = ask(since='2025-12-01', zone='Europe/London')\n"
        "found = [monthly(open_snapshot(sys.argv[1]), asked)]\n"
        "found += [METRICS[n](open_snapshot(sys.argv[1]), asked) for n in ('stages', 'budget')]\n"
        "print([frame.rows() for frame in found])"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", script, str(year.path)],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "TZ": zone},
        ).stdout
        for zone in ("UTC", "Pacific/Auckland")
    }
    assert len(told) == 1
