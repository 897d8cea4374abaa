"""Test what is said of two that fail together: more than chance, no evidence, or cannot be told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analytics import Snapshot, ask
from analytics.portfolio.rows import portfolio
from tests.support.snapshots import (
    Row,
    at,
    component,
    covered,
    made,
    post,
    provider_row,
    state,
    update,
)

START = at("2025-01-06")
WEEKS = 66
FOUR = ("acme", "bolt", "coil", "dune")
QUESTION = ask(since=START.date(), surface="api_inference")


def drawn(seed: int, n: int = 80) -> list[int]:
    """Draw the minutes at which outages begin."""
    chance = np.random.default_rng(seed)
    minutes: list[int] = np.sort(chance.integers(0, WEEKS * 7 * 1440 - 120, n)).tolist()
    return minutes


def world(
    folder: Path, starts: dict[str, list[int]], weeks: int = WEEKS, **more: list[Row]
) -> Snapshot:
    end = START + timedelta(weeks=weeks)
    spans = {
        provider: [(START + timedelta(minutes=n), START + timedelta(minutes=n + 45)) for n in its]
        for provider, its in starts.items()
    }
    return made(
        folder,
        as_of=end,
        coverage=[covered(START, end, provider=p) for p in starts],
        states=[
            state("major", a, b, provider=p)
            for p, found in spans.items()
            for a, b in found
            if b < end
        ],
        **more,
    )


def told(snapshot: Snapshot, metric: str = "joint_overlap") -> pl.DataFrame:
    return portfolio(snapshot, QUESTION).filter(metric=metric)


@pytest.mark.parametrize("metric", ["joint_overlap", "joint_starts"])
def test_a_common_cause_is_found_and_its_absence_is_no_evidence(
    tmp_path: Path, metric: str
) -> None:
    one, other, cause = drawn(1), drawn(2), drawn(3, 25)
    apart = world(tmp_path, {"acme": one, "bolt": other})
    tied = world(tmp_path, {"acme": one + cause, "bolt": other + [n + 10 for n in cause]})
    assert told(apart, metric)["evidence"].to_list() == ["no evidence"]
    [found] = told(tied, metric).to_dicts()
    assert found["evidence"] == "more than chance"
    assert found["p_value"] == found["p_adjusted"] == 1 / WEEKS
    assert found["value"] > 5
    assert (found["weeks"], found["pairs"]) == (WEEKS, 1)


def test_of_too_many_pairs_nothing_can_be_told_but_of_all_together(tmp_path: Path) -> None:
    """Of 6 pairs and 66 weeks, no pair can pass: that is not "no evidence"."""
    cause = drawn(9, 25)
    starts = {provider: drawn(n) for n, provider in enumerate(FOUR)}
    starts["acme"], starts["bolt"] = starts["acme"] + cause, starts["bolt"] + cause
    found = told(world(tmp_path, starts))
    assert set(found["evidence"]) == {"cannot be told"}
    assert set(found["pairs"]) == {6}
    assert found["p_any"].unique().to_list() == [1 / WEEKS]


def test_less_than_sixty_weeks_are_too_few(tmp_path: Path) -> None:
    few = world(tmp_path, {"acme": drawn(1), "bolt": drawn(1)}, weeks=59)
    [found] = told(few).to_dicts()
    assert (found["evidence"], found["status"]) == ("too little data", "insufficient")
    assert found["p_value"] is None


def test_an_unknown_time_is_no_time_without_trouble(tmp_path: Path) -> None:
    """Of each week the last days are unknown to one; the other's trouble then says nothing."""
    one, other = drawn(1), drawn(2)
    end = START + timedelta(weeks=WEEKS + 10)
    dark = [START + timedelta(weeks=n) for n in range(WEEKS + 10)]
    snapshot = made(
        tmp_path,
        as_of=end,
        coverage=[covered(START, end, provider=p) for p in ("acme", "bolt")],
        states=[
            *(
                state("major", begun, begun + timedelta(minutes=45), provider=p)
                for p, its in (("acme", one), ("bolt", other))
                for n in its
                if p == "acme" or n % (7 * 1440) >= 1440
                for begun in [START + timedelta(minutes=n)]
            ),
            *(state("unknown", w, w + timedelta(days=1), provider="bolt") for w in dark),
        ],
    )
    assert told(snapshot)["evidence"].to_list() == ["no evidence"]


def test_posts_that_name_the_upstream_are_evidence_of_their_own(tmp_path: Path) -> None:
    """It says nothing of the chance, and the chance nothing of it."""
    echo = [
        post("e", START, START + timedelta(hours=1), provider=p, flags=["upstream"])
        for p in ("acme", "bolt")
    ]
    texts = [
        update("e", "investigating", START, provider=p, body_text="Cirrus is failing for us.")
        for p in ("acme", "bolt")
    ]
    names = [provider_row(p) for p in ("acme", "bolt", "cirrus")]
    starts = {"acme": drawn(1), "bolt": drawn(2)}
    [found] = told(world(tmp_path, starts, posts=echo, updates=texts, providers=names)).to_dicts()
    assert (found["tier"], found["upstreams"]) == ("upstream named", "cirrus")
    assert found["evidence"] == "no evidence"
    [plain] = told(world(tmp_path, starts)).to_dicts()
    assert (plain["tier"], plain["upstreams"]) == ("time alone", "")


def test_a_cloud_underneath_is_tested_with_all_its_surfaces(tmp_path: Path) -> None:
    """Acme fails with the cloud, on whichever of its surfaces; Bolt does not."""
    cause, own = drawn(3, 25), drawn(1)
    cloud = [
        component("disks", provider="cirrus", surface="storage"),
        component("machines", provider="cirrus", surface="compute"),
    ]
    end = START + timedelta(weeks=WEEKS)
    span = timedelta(minutes=45)

    def down(who: str, of: str, minutes: list[int]) -> list[Row]:
        begun = [START + timedelta(minutes=n) for n in minutes]
        return [state("major", at, at + span, provider=who, of=of) for at in begun]

    snapshot = made(
        tmp_path,
        as_of=end,
        components=cloud,
        coverage=[
            *(covered(START, end, provider=p) for p in ("acme", "bolt")),
            *(covered(START, end, provider="cirrus", of=c["component_id"]) for c in cloud),
        ],
        states=[
            *down("acme", "api", own + [n + 10 for n in cause]),
            *down("bolt", "api", drawn(2)),
            *down("cirrus", "disks", cause[:12]),
            *down("cirrus", "machines", cause[12:]),
        ],
        providers=[
            *(provider_row(p) for p in ("acme", "bolt")),
            provider_row("cirrus", category="cloud"),
        ],
    )
    found = {row["provider"]: row for row in told(snapshot, "upstream_overlap").to_dicts()}
    assert found["acme"]["others"] == found["bolt"]["others"] == "cirrus"
    assert found["acme"]["evidence"] == "more than chance"
    assert found["bolt"]["evidence"] == "no evidence"
    assert found["acme"]["pairs"] == 2


def test_without_a_cloud_nothing_is_said_of_one(tmp_path: Path) -> None:
    rows = told(world(tmp_path, {"acme": drawn(1), "bolt": drawn(2)}), "upstream_overlap")
    assert rows["evidence"].to_list() == ["too little data"] * 2
    assert set(rows["catch"]) == {"no cloud observed for as long"}


def test_components_of_one_region_are_evidence_of_their_own(tmp_path: Path) -> None:
    here = [component(provider=p, region="us-east-1") for p in ("acme", "bolt")]
    snapshot = world(tmp_path, {"acme": drawn(1), "bolt": drawn(2)}, components=here)
    assert told(snapshot)["tier"].to_list() == ["same region"]
