"""Test what a portfolio says of two that fail together, and of one that stands in for another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analytics import QuestionError, Snapshot, ask
from analytics.portfolio.concentration import concentration
from analytics.portfolio.failover import Plan, parse_delay
from analytics.portfolio.renewal import renewal
from analytics.portfolio.rows import portfolio
from tests.support.snapshots import Row, at, component, covered, made, post, state

START = at("2026-01-01")
END = at("2026-04-01")
DAYS = (END - START).days
A_DAY = timedelta(days=1)
WHOLE = ask(since=START.date(), surface="api_inference")
JOINT = "joint_availability"
Outages = dict[str, list[tuple[float, float]]]


def world(folder: Path, outages: Outages, **tables: Any) -> Snapshot:
    """Make providers that are covered throughout, and down from minute to minute of each."""
    states: list[Row] = []
    posts: list[Row] = []
    for provider, spans in outages.items():
        for n, (begun, over) in enumerate(spans):
            start, end = minute(begun), minute(over)
            states.append(state("major", start, end, provider=provider, post=f"{provider}{n}"))
            posts.append(post(f"{provider}{n}", start, end, provider=provider))
    coverage = tables.pop("coverage", None) or [covered(START, END, provider=p) for p in outages]
    return made(folder, as_of=END, coverage=coverage, states=states, posts=posts, **tables)


def minute(n: float) -> datetime:
    return START + timedelta(minutes=n)


def daily(days: Iterable[int], start: int, end: int) -> list[tuple[float, float]]:
    """Down from minute to minute of each of these days."""
    return [(n * 1440 + start, n * 1440 + end) for n in days]


def row(found: pl.DataFrame, metric: str, **where: Any) -> dict[str, Any]:
    [only] = found.filter(metric=metric, **where).to_dicts()
    return only


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Acme down 60 minutes on 20 days; Bolt for 30, half of them meanwhile, on 12 of these."""
    return world(
        tmp_path_factory.mktemp("two"),
        {"acme": daily(range(0, 80, 4), 0, 60), "bolt": daily(range(0, 48, 4), 45, 75)},
    )


def test_two_are_down_together_where_both_are(two: Snapshot) -> None:
    found = row(portfolio(two, WHOLE), "joint_availability")
    assert (found["provider"], found["others"]) == ("acme", "bolt")
    assert (found["joint_s"], found["n"], found["status"]) == (12 * 15 * 60, 12, "ok")
    assert found["value"] == 1 - 12 * 15 * 60 / (DAYS * 86_400)
    assert found["low"] < found["value"] < found["high"]
    assert found["common_days"] == DAYS


def test_lift_is_joint_downtime_over_that_of_independent_two(two: Snapshot) -> None:
    found = row(portfolio(two, WHOLE), "joint_lift")
    independent = 20 * 60 * 12 * 30 / (DAYS * 1440)
    assert found["independent_s"] == pytest.approx(60 * independent)
    assert found["value"] == pytest.approx(12 * 15 / independent)


def test_the_least_down_is_the_primary_unless_another_is_named(two: Snapshot) -> None:
    unnamed = row(portfolio(two, WHOLE), "failover_saved", delay_s=300)
    assert (unnamed["provider"], unnamed["others"]) == ("bolt", "acme")
    assert unnamed["value"] == 12 * 60 * (30 - 15)
    named = portfolio(two, WHOLE, Plan("acme", ("bolt",), (300,)))
    saved = row(named, "failover_saved")
    # Of each hour the first 5 minutes are lost, and on 12 days the last 15 with both down.
    assert saved["value"] == 60 * (20 * 55 - 12 * 15)
    left = row(named, "failover_availability")
    assert left["joint_s"] == 60 * (20 * 5 + 12 * 15)
    assert left["value"] == 1 - left["joint_s"] / (DAYS * 86_400)


def test_waiting_counts_from_the_true_start_of_an_outage(tmp_path: Path) -> None:
    """Bolt is observed from ten minutes into the outage of Acme: the wait is over by then."""
    outage = (100 * 1.0, 160 * 1.0)
    coverage = [
        covered(START, END, provider="acme"),
        covered(minute(110), END, provider="bolt"),
    ]
    late = world(tmp_path, {"acme": [outage], "bolt": []}, coverage=coverage)
    found = portfolio(late, WHOLE, Plan("acme", ("bolt",), (300,)))
    assert row(found, "failover_availability")["joint_s"] == 0
    assert row(found, "failover_saved")["value"] == 50 * 60


def test_no_joint_minute_is_not_a_hundred_percent(tmp_path: Path) -> None:
    apart = world(tmp_path, {"acme": daily(range(20), 0, 60), "bolt": daily(range(20), 600, 640)})
    found = row(portfolio(apart, WHOLE), "joint_availability")
    # At most 3.689 episodes of which none is seen, each as long as Bolt's.
    assert found["bound_s"] == pytest.approx(3.6889 * 40 * 60, rel=1e-4)
    assert (found["joint_s"], found["value"], found["high"]) == (0, 1.0, 1.0)
    assert found["low"] == pytest.approx(1 - found["bound_s"] / (DAYS * 86_400))
    at_once = portfolio(apart, WHOLE, Plan("acme", ("bolt",), (0,)))
    left = row(at_once, "failover_availability")
    assert (left["value"], left["low"], left["high"]) == (1.0, found["low"], 1.0)
    source, _ = concentration(apart, WHOLE).to_dicts()
    assert (source["value"], source["low"], source["high"]) == (1.0, found["low"], 1.0)


def test_a_least_state_is_told_only_where_it_counts(two: Snapshot) -> None:
    major = replace(WHOLE, minimum="major")
    for rule, told in ((WHOLE.rule, None), ("incident_open", "major")):
        asked = replace(major, rule=rule)
        for answer in (portfolio, concentration):
            assert set(answer(two, asked)["minimum"]) == {told}
        change = renewal(two, asked).filter(metric="renewal_downtime")
        assert set(change["minimum"]) == {told}


def test_too_few_outages_allow_no_estimate(tmp_path: Path) -> None:
    """What was seen is told all the same."""
    few = world(tmp_path, {"acme": daily(range(20), 0, 60), "bolt": daily(range(9), 30, 90)})
    found = row(portfolio(few, WHOLE), "joint_availability")
    assert (found["status"], found["value"], found["joint_s"]) == ("insufficient", None, 9 * 1800)
    assert row(portfolio(few, WHOLE), "joint_lift")["status"] == "insufficient"
    left = row(portfolio(few, WHOLE), "failover_availability", delay_s=300)
    assert (left["status"], left["value"]) == ("insufficient", None)
    assert row(portfolio(few, WHOLE), "failover_saved", delay_s=300)["status"] == "ok"


def test_unknown_time_is_no_common_time(tmp_path: Path) -> None:
    spans = daily(range(20), 0, 60)
    snapshot = world(tmp_path, {"acme": spans, "bolt": spans})
    lost = [state("unknown", minute(0), minute(1440), provider="bolt")]
    doubted = made(
        tmp_path,
        as_of=END,
        coverage=[covered(START, END, provider=p) for p in ("acme", "bolt")],
        states=[
            *lost,
            *(
                state("major", minute(a), minute(b), provider=p)
                for p in ("acme", "bolt")
                for a, b in spans
                if p == "acme" or a >= 1440
            ),
        ],
    )
    whole, less = (row(portfolio(s, WHOLE), "joint_availability") for s in (snapshot, doubted))
    assert (whole["common_days"], less["common_days"]) == (DAYS, DAYS - 1)
    assert (whole["joint_s"], less["joint_s"]) == (20 * 3600, 19 * 3600)


def test_the_best_pair_is_that_with_the_fewest_joint_minutes(tmp_path: Path) -> None:
    """Ties go to the pair whose better member is down less."""
    three = world(
        tmp_path,
        {
            "acme": daily(range(0, 40, 2), 0, 60),
            "bolt": daily(range(0, 40, 2), 30, 90),
            "coil": daily(range(1, 41, 2), 0, 30),
        },
    )
    found = portfolio(three, WHOLE)
    pair = row(found, "joint_best", k=2)
    assert (pair["provider"], pair["others"], pair["choices"]) == ("coil", "acme", 3)
    assert (pair["joint_s"], pair["win_share"]) == (0, 1.0)
    all_three = row(found, "joint_best", k=3)
    assert all_three["others"] == "acme,bolt"
    assert all_three["joint_s"] <= pair["joint_s"]


def test_one_more_provider_never_raises_joint_downtime(tmp_path: Path) -> None:
    spans = daily(range(12), 0, 60)
    same = world(tmp_path, {"acme": spans, "bolt": spans, "coil": daily(range(12), 0, 20)})
    found = portfolio(same, WHOLE).filter(metric="joint_best").sort("k")
    assert found["joint_s"].to_list() == [12 * 20 * 60, 12 * 20 * 60]
    assert found["value"].is_sorted()


def test_one_alone_is_named_with_the_reason(tmp_path: Path) -> None:
    found = row(portfolio(world(tmp_path, {"acme": daily(range(20), 0, 60)}), WHOLE), JOINT)
    assert (found["provider"], found["catch"], found["status"]) == ("acme", "alone", "insufficient")


def test_one_observed_for_a_short_time_does_not_shorten_that_of_others(tmp_path: Path) -> None:
    spans = daily(range(20), 0, 60)
    coverage = [
        *(covered(START, END, provider=p) for p in ("acme", "bolt")),
        covered(END - 20 * A_DAY, END, provider="coil"),
    ]
    snapshot = world(tmp_path, {"acme": spans, "bolt": spans, "coil": []}, coverage=coverage)
    found = portfolio(snapshot, WHOLE)
    assert row(found, "joint_availability", catch="too few days")["provider"] == "coil"
    assert row(found, "joint_availability", others="bolt")["common_days"] == DAYS


def test_a_surface_in_several_regions_takes_no_part_unless_one_is_asked(tmp_path: Path) -> None:
    regional = [
        component(name, provider="acme", region=name) for name in ("us-east-1", "eu-west-1")
    ]
    snapshot = made(
        tmp_path,
        as_of=END,
        components=regional,
        coverage=[
            *(covered(START, END, provider="acme", of=r["component_id"]) for r in regional),
            covered(START, END, provider="bolt"),
        ],
    )
    found = portfolio(snapshot, WHOLE).filter(metric=JOINT)
    assert set(found["catch"]) == {"several regions", "alone"}


def test_a_plan_names_only_providers_that_are_known(two: Snapshot) -> None:
    with pytest.raises(QuestionError, match="no provider 'coil'"):
        portfolio(two, ask(surface="api_inference"), Plan("acme", ("coil",)))


def test_a_plan_names_only_providers_that_are_asked_about(two: Snapshot) -> None:
    with pytest.raises(QuestionError, match="'coil' is not among the providers"):
        portfolio(two, ask(providers=["acme", "bolt"]), Plan("acme", ("coil",)))


@pytest.mark.parametrize(
    "parts", [("acme", ()), (None, ("bolt",)), ("acme", ("acme",)), ("acme", ("bolt", "bolt"))]
)
def test_what_is_no_plan_is_refused(parts: tuple[str | None, tuple[str, ...]]) -> None:
    with pytest.raises(QuestionError):
        Plan(*parts)


@pytest.mark.parametrize("text", ["", "5", "m", "-5m", "5 m", "5d", "٥m", "1.5h", "99999999s"])
def test_what_is_no_time_to_wait_is_refused(text: str) -> None:
    with pytest.raises(QuestionError, match="not a time such as"):
        parse_delay(text)
