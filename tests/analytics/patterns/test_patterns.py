"""Test what is said of when trouble begins, whether it grows, where it changed, what it cost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analytics import Question, Snapshot, ask
from analytics.patterns.cost import HourlyCost
from analytics.patterns.hours import BusinessHours
from analytics.patterns.rows import Habits, patterns
from tests.support.snapshots import Row, at, component, covered, made, post, state

START = at("2025-01-06")  # a Monday
A_WEEK = timedelta(weeks=1)
HOUR = timedelta(hours=1)
PAID = Habits(cost=HourlyCost(1000, 200))


def world(
    folder: Path, starts: Iterable[datetime], weeks: int, states: Iterable[Row] = (), **more: Any
) -> Snapshot:
    end = START + weeks * A_WEEK
    posts = [post(f"p{n}", begun, begun + HOUR) for n, begun in enumerate(starts)]
    return made(
        folder, as_of=end, coverage=[covered(START, end)], posts=posts, states=states, **more
    )


def question(**more: Any) -> Question:
    the_day_before = (START - timedelta(days=1)).date()  # begins before START in every zone
    return ask(providers=["acme"], since=the_day_before, surface="api_inference", **more)


def rows(snapshot: Snapshot, metric: str, habits: Habits = PAID, **more: Any) -> pl.DataFrame:
    return patterns(snapshot, question(**more), habits).filter(metric=metric)


def test_business_hours_are_compared_with_all_others(tmp_path: Path) -> None:
    """Each week three posts begin at noon of a working day, and one at night."""
    days = [
        START + n * A_WEEK + timedelta(days=day, hours=12) for n in range(6) for day in (0, 2, 4)
    ]
    nights = [START + n * A_WEEK + timedelta(days=1, hours=23) for n in range(6)]
    [found] = rows(world(tmp_path, days + nights, 6), "business_ratio").to_dicts()
    assert (found["n"], found["n_business"]) == (24, 18)
    assert (found["exposed_s"], found["other_s"]) == (6 * 40 * 3600, 6 * 128 * 3600)
    assert found["value"] == pytest.approx(18 / 40 / (6 / 128))
    assert found["low"] < found["value"] < found["high"]
    assert found["p_value"] < 0.001


def test_hours_are_those_of_the_zone(tmp_path: Path) -> None:
    noon = [START + n * A_WEEK + timedelta(hours=12) for n in range(6)]
    snapshot = world(tmp_path, noon, 6)
    for zone, hour in (("Etc/UTC", 12), ("Asia/Kolkata", 17), ("America/Los_Angeles", 4)):
        found = rows(snapshot, "hour_rate", zone=zone)
        assert found["hour"].to_list() == list(range(168))
        assert found.filter(pl.col("n") > 0).select("hour", "n").rows() == [(hour, 6)]
        assert found["exposed_s"].sum() == 6 * 168 * 3600
        assert found["zone"].unique().to_list() == [zone]


def test_less_than_thirty_days_have_no_rate(tmp_path: Path) -> None:
    few = world(tmp_path, [START], 4)
    for metric in ("business_ratio", "hour_rate", "trend", "level_rate"):
        found = rows(few, metric)
        assert set(found["status"]) == {"insufficient"}, metric
        assert found["value"].null_count() == found.height


def test_a_rate_that_doubles_each_year_has_a_slope_of_two(tmp_path: Path) -> None:
    weeks, begun = 156, []
    for n in range(weeks):
        many = round(3 * 2 ** (n / 52.18))
        begun += [START + n * A_WEEK + timedelta(hours=7 * k) for k in range(many)]
    [found] = rows(world(tmp_path, begun, weeks), "trend").to_dicts()
    assert found["value"] == pytest.approx(2, rel=0.05)
    assert found["low"] < 2 < found["high"]
    assert (found["weeks"], found["model"]) == (weeks, "poisson")


def leap(folder: Path, **more: Any) -> Snapshot:
    """One post a week for 40 weeks, then six."""
    begun = [
        START + n * A_WEEK + timedelta(hours=9 * k)
        for n in range(80)
        for k in range(1 if n < 40 else 6)
    ]
    return world(folder, begun, 80, **more)


def test_a_change_of_level_has_its_date_and_both_rates(tmp_path: Path) -> None:
    found = rows(leap(tmp_path), "level_rate")
    assert found["at"].to_list() == [START, START + 40 * A_WEEK]
    assert found["ended_at"].to_list() == [START + 40 * A_WEEK, START + 80 * A_WEEK]
    assert found["value"].to_list() == pytest.approx([30 / 7, 6 * 30 / 7])
    assert found["beside"].to_list() == [None, None]


def test_a_change_of_the_page_stands_beside_a_change_of_level(tmp_path: Path) -> None:
    moved = {
        "provider": "acme",
        "page_key": "acme.statuspage.test",
        "at": START + 38 * A_WEEK,
        "kind": "migration",
        "note": "another engine",
    }
    found = rows(leap(tmp_path, breaks=[moved]), "level_rate")
    assert found["beside"].to_list() == [None, "migration 2025-09-29"]


def test_the_example_of_a_cost_is_right_by_every_rule(tmp_path: Path) -> None:
    """An hour down on a Friday from 16:30 local time: half of it in business hours."""
    friday = at("2025-01-10 16:30")
    spans = [state("partial", friday, friday + HOUR)]
    snapshot = world(tmp_path, [], 6, spans)
    [found] = rows(snapshot, "downtime_cost").to_dicts()
    assert (found["low"], found["value"], found["high"]) == (180, 600, 600)
    assert (found["interval"], found["rule"]) == ("rules", "incident_io")
    [hours] = rows(snapshot, "business_downtime").to_dicts()
    assert (hours["low"], hours["value"], hours["high"]) == (540, 1800, 1800)
    [early] = rows(snapshot, "downtime_cost", Habits(BusinessHours(6, 12), PAID.cost)).to_dicts()
    assert early["value"] == 200


def test_degraded_time_costs_only_by_the_strictest_rule(tmp_path: Path) -> None:
    monday = START + timedelta(hours=10)
    snapshot = world(tmp_path, [], 6, [state("degraded", monday, monday + HOUR)])
    [found] = rows(snapshot, "downtime_cost").to_dicts()
    assert (found["low"], found["value"], found["high"]) == (0, 0, 1000)


def test_costs_follow_the_clocks(tmp_path: Path) -> None:
    """At 16:00 UTC it is 8 in California in winter, and 9 in summer."""
    spans = [
        state("major", at(f"2025-{day} 16:00"), at(f"2025-{day} 17:00"))
        for day in ("03-07", "03-10")
    ]
    [found] = rows(
        world(tmp_path, [], 12, spans), "downtime_cost", zone="America/Los_Angeles"
    ).to_dicts()
    assert found["value"] == 200 + 1000


def test_a_surface_in_several_regions_has_no_cost_of_its_own(tmp_path: Path) -> None:
    regional = [component(name, region=name) for name in ("us-east-1", "eu-west-1")]
    snapshot = made(
        tmp_path,
        as_of=START + 6 * A_WEEK,
        components=regional,
        coverage=[covered(START, START + 6 * A_WEEK, of=r["component_id"]) for r in regional],
    )
    [found] = rows(snapshot, "downtime_cost").to_dicts()
    assert (found["status"], found["catch"]) == ("insufficient", "several regions")


def test_rates_of_ninety_days_reach_back_from_the_end(tmp_path: Path) -> None:
    found = rows(leap(tmp_path), "rolling_rate")
    last = found.row(-1, named=True)
    assert last["ended_at"] == START + 80 * A_WEEK
    assert (last["ended_at"] - last["at"]).days == 90
    assert (found["value"][0], last["value"]) == pytest.approx((13 / 3, 78 / 3), abs=2)


def test_hours_and_rolling_rates_are_of_one_surface(tmp_path: Path) -> None:
    snapshot = world(tmp_path, [START], 6)
    everywhere = patterns(snapshot, ask(since=START.date()))
    assert not {"hour_rate", "rolling_rate"} & set(everywhere["metric"])
