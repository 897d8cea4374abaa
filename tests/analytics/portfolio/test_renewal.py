"""Test what a renewal is decided on: this term against the last, and who could stand in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics import Snapshot, ask
from analytics.portfolio.concentration import concentration
from analytics.portfolio.renewal import renewal
from tests.support.snapshots import (
    Row,
    at,
    component,
    covered,
    made,
    page_row,
    post,
    provider_row,
    state,
    update,
)

BEFORE, NOW, END = at("2026-01-01"), at("2026-04-01"), at("2026-06-30")
TERM = ask(since=NOW.date(), surface="api_inference")
HOUR = timedelta(hours=1)


def world(folder: Path, days: dict[str, Iterable[int]], **more: Any) -> Snapshot:
    """Make providers that are down for an hour on these days of half a year: two terms of 90."""
    states: list[Row] = []
    posts: list[Row] = []
    for provider, its in days.items():
        for n in its:
            begun = BEFORE + timedelta(days=n, hours=12)
            name = f"{provider}{n}"
            states.append(state("major", begun, begun + HOUR, provider=provider, post=name))
            posts.append(post(name, begun, begun + HOUR, provider=provider))
    coverage = [covered(BEFORE, END, provider=p) for p in days]
    posts += more.pop("posts", [])
    return made(folder, as_of=END, coverage=coverage, states=states, posts=posts, **more)


def change(snapshot: Snapshot, metric: str) -> dict[str, Any]:
    [found] = renewal(snapshot, TERM).filter(metric=metric).to_dicts()
    return found


def test_a_term_is_compared_with_the_one_before(tmp_path: Path) -> None:
    """Nine outages in the 90 days before, and 27 in those of the term."""
    worse = world(tmp_path, {"acme": [*range(0, 90, 10), *range(90, 180, 10), *range(91, 180, 5)]})
    down = change(worse, "renewal_downtime")
    assert down["before"] == pytest.approx(100 * 9 / (90 * 24))
    assert down["now"] == pytest.approx(100 * 27 / (90 * 24))
    assert down["value"] == pytest.approx(down["now"] - down["before"])
    assert 0 < down["low"] < down["value"] < down["high"]
    rate = change(worse, "renewal_rate")
    assert (rate["n"], rate["n_before"], rate["value"]) == (27, 9, 3.0)
    assert 1 < rate["low"] < 3 < rate["high"]
    assert rate["p_value"] < 0.01


def test_two_terms_alike_have_an_interval_with_no_change_in_it(tmp_path: Path) -> None:
    same = world(tmp_path, {"acme": range(0, 180, 6)})
    down, rate = change(same, "renewal_downtime"), change(same, "renewal_rate")
    assert down["low"] <= 0 <= down["high"]
    assert rate["low"] <= 1 <= rate["high"]


def test_a_term_that_nobody_observed_is_compared_with_nothing(tmp_path: Path) -> None:
    late = made(tmp_path, as_of=END, coverage=[covered(NOW, END)])
    for metric in ("renewal_downtime", "renewal_rate"):
        found = change(late, metric)
        assert (found["status"], found["value"]) == ("insufficient", None)


def test_the_second_source_is_who_is_down_with_it_least(tmp_path: Path) -> None:
    three = world(
        tmp_path, {"acme": range(0, 180, 4), "bolt": range(0, 180, 8), "coil": range(2, 180, 8)}
    )
    rows = {
        row["provider"]: row for row in concentration(three, ask(since=BEFORE.date())).to_dicts()
    }
    acme = rows["acme"]
    assert (acme["others"], acme["alternatives"], acme["joint_s"]) == ("coil", "yes", 0)
    assert acme["bound_s"] > 0
    assert rows["bolt"]["others"] == "coil"


def test_of_two_never_down_with_it_the_second_source_is_the_one_less_down(tmp_path: Path) -> None:
    three = world(
        tmp_path, {"acme": range(0, 180, 8), "bolt": range(1, 180, 8), "coil": range(2, 180, 16)}
    )
    asked = ask(since=BEFORE.date(), providers="acme,bolt,coil".split(","))
    acme, *_ = concentration(three, asked).to_dicts()
    assert (acme["provider"], acme["others"], acme["joint_s"]) == ("acme", "coil", 0)


def test_one_alone_and_one_of_the_same_page_have_no_alternative(tmp_path: Path) -> None:
    alone = world(tmp_path, {"acme": range(0, 90, 4)})
    [found] = concentration(alone, TERM).to_dicts()
    assert (found["alternatives"], found["catch"]) == ("no", "alone")
    shared = world(
        tmp_path,
        {"acme": range(0, 90, 4), "bolt": range(0, 90, 4)},
        pages=[page_row(p, base_url="https://status.cloud.test") for p in ("acme", "bolt")],
    )
    rows = concentration(shared, TERM)
    assert rows["alternatives"].to_list() == ["no", "no"]
    assert rows["same_page"].to_list() == ["bolt", "acme"]


def test_somebody_seen_for_too_few_days_is_not_assessed_as_an_alternative(tmp_path: Path) -> None:
    """Bolt is of one page with Acme, and nobody knows yet what Coil is worth."""
    shared = made(
        tmp_path,
        as_of=END,
        coverage=[
            *(covered(BEFORE, END, provider=p) for p in ("acme", "bolt")),
            covered(END - timedelta(days=5), END, provider="coil"),
        ],
        pages=[
            *(page_row(p, base_url="https://status.cloud.test") for p in ("acme", "bolt")),
            page_row("coil", base_url="https://status.coil.test"),
        ],
    )
    rows = concentration(shared, TERM)
    assert rows["alternatives"].to_list() == ["not assessed"] * 3
    two = concentration(shared, ask(since=NOW.date(), providers=["acme", "bolt"]))
    assert two["alternatives"].to_list() == ["not assessed"] * 2


def test_an_upstream_that_both_name_is_told(tmp_path: Path) -> None:
    begun: datetime = NOW
    echoes = [
        post("e", begun, begun + HOUR, provider=p, flags=["upstream"]) for p in ("acme", "bolt")
    ]
    texts = [
        update("e", "investigating", begun, provider=p, body_text="Cirrus is down.")
        for p in ("acme", "bolt")
    ]
    both = world(
        tmp_path,
        {"acme": range(0, 180, 4), "bolt": range(1, 180, 4)},
        posts=echoes,
        updates=texts,
        providers=[provider_row(p) for p in ("acme", "bolt", "cirrus")],
    )
    rows = concentration(both, TERM)
    assert rows["upstreams"].to_list() == ["cirrus", "cirrus"]
    assert rows["shared_upstreams"].to_list() == ["cirrus", "cirrus"]


def test_a_surface_in_several_regions_has_no_change_in_time_down(tmp_path: Path) -> None:
    regional = [component(name, region=name) for name in ("us-east-1", "eu-west-1")]
    snapshot = made(
        tmp_path,
        as_of=END,
        components=regional,
        coverage=[covered(BEFORE, END, of=r["component_id"]) for r in regional],
    )
    assert change(snapshot, "renewal_downtime")["catch"] == "several regions"
