"""Stages: how a post moves from its first word to its last, and how long it is silent."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import Snapshot, ask
from analytics.metrics.stages import (
    POST,
    STAGES,
    STEPS,
    acknowledgement_lags,
    gap_quantiles,
    gaps,
    regressions,
    silences,
    stages,
    steps,
    updates,
)
from analytics.scope import epoch
from tests.support.snapshots import Row, at, covered, made, post, update

DAY = "2026-03-02"
TOLD = [
    ("11:49:20", "investigating"),
    ("12:06:11", "investigating"),
    ("12:21:24", "identified"),
    ("13:22:17", "identified"),
    ("13:37:01", "identified"),
    ("14:05:39", "identified"),
    ("15:25:23", "monitoring"),
    ("15:47:09", "resolved"),
]
"""The post of 2026-03-02 on Claude's page, in UTC."""


def snapshot_of(tmp_path: Path, posts: list[Row], told: list[Row]) -> Snapshot:
    seen = [covered("2026-01-01", "2026-04-01")]
    return made(tmp_path, as_of="2026-04-01", coverage=seen, posts=posts, updates=told)


def read(snapshot: Snapshot) -> tuple[pl.DataFrame, pl.DataFrame]:
    found = snapshot.table("incidents")
    return found, updates(snapshot, found)


@pytest.fixture(scope="module")
def second_of_march(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    told = [update("p", stage, f"{DAY} {clock}") for clock, stage in TOLD]
    one = post("p", f"{DAY} 11:49:20", f"{DAY} 15:47:09")
    return snapshot_of(tmp_path_factory.mktemp("march"), [one], told)


def test_the_stages_of_the_second_of_march(second_of_march: Snapshot) -> None:
    _, told = read(second_of_march)
    assert steps(told).select("stage", "next_stage", "seconds", "reason").rows() == [
        ("investigating", "identified", 1924, None),
        ("identified", "monitoring", 11_039, None),
        ("monitoring", "resolved", 1306, None),
    ]
    assert regressions(told)["regressions"].to_list() == [0]


def test_the_first_gap_and_the_longest_silence_of_the_second_of_march(
    second_of_march: Snapshot,
) -> None:
    found, told = read(second_of_march)
    between = gaps(found, told, epoch(second_of_march.as_of))
    assert between["seconds"].to_list()[0] == 1011
    assert between["seconds"].sum() == 14_269
    assert silences(between).select("seconds", "ended").rows() == [(4784, True)]


def moved(tmp_path: Path, *told: tuple[int, str], ended: bool = True) -> Snapshot:
    """Make a post with updates at these minutes after noon."""
    noon = at(f"{DAY} 12:00")
    rows = [update("p", stage, noon + timedelta(minutes=n)) for n, stage in told]
    end = noon + timedelta(minutes=max(n for n, _ in told)) if ended else None
    return snapshot_of(tmp_path, [post("p", noon, end)], rows)


def test_a_skipped_stage_leaves_the_step_between_those_there_are(tmp_path: Path) -> None:
    _, told = read(moved(tmp_path, (0, "investigating"), (30, "resolved")))
    of = told.select(POST).row(0)
    assert steps(told).rows() == [(*of, "investigating", "resolved", 1800, None)]


def test_a_stage_counts_from_its_first_entry_and_going_back_is_counted(tmp_path: Path) -> None:
    snapshot = moved(
        tmp_path,
        (0, "investigating"),
        (10, "monitoring"),
        (20, "investigating"),
        (30, "identified"),
        (40, "monitoring"),
        (50, "resolved"),
        (60, "monitoring"),
        (70, "resolved"),
        (80, "postmortem"),
    )
    _, told = read(snapshot)
    assert steps(told).select("stage", "next_stage", "seconds", "reason").rows() == [
        ("investigating", "identified", 1800, None),
        ("identified", "monitoring", None, "negative"),
        ("monitoring", "resolved", 3600, None),
    ]
    assert regressions(told)["regressions"].to_list() == [2]


def test_a_stage_nothing_followed_has_no_length(tmp_path: Path) -> None:
    _, told = read(moved(tmp_path, (0, "investigating"), (30, "identified"), ended=False))
    last = steps(told).rows(named=True)[-1]
    assert (last["stage"], last["next_stage"], last["seconds"]) == ("identified", None, None)
    assert last["reason"] == "missing"


def test_the_silence_of_an_open_post_is_not_over(tmp_path: Path) -> None:
    snapshot = moved(tmp_path, (0, "investigating"), (30, "identified"), ended=False)
    found, told = read(snapshot)
    between = gaps(found, told, epoch(snapshot.as_of))
    left = epoch(snapshot.as_of) - epoch(at(f"{DAY} 12:30"))
    assert between.select("seconds", "ended").rows() == [(1800, True), (left, False)]
    assert silences(between).select("seconds", "ended").rows() == [(left, False)]


def test_time_while_a_post_is_closed_is_no_silence(tmp_path: Path) -> None:
    snapshot = moved(tmp_path, (0, "investigating"), (5, "resolved"), (600, "postmortem"))
    found, told = read(snapshot)
    assert gaps(found, told, epoch(snapshot.as_of))["seconds"].to_list() == [300]


def test_where_the_time_of_writing_is_not_shown_the_displayed_one_counts(tmp_path: Path) -> None:
    told = [
        update("p", "investigating", f"{DAY} 12:00", display_at=at(f"{DAY} 09:00")),
        update("p", "resolved", f"{DAY} 12:30", created_at=None),
    ]
    one = post("p", f"{DAY} 12:00", f"{DAY} 12:30")
    _, read_again = read(snapshot_of(tmp_path, [one], told))
    assert steps(read_again)["seconds"].to_list() == [1800]


def test_acknowledgement_is_known_where_the_text_states_when_impact_began(tmp_path: Path) -> None:
    noon = at(f"{DAY} 12:00")

    def one(name: str, minutes: int, basis: str, **more: Any) -> Row:
        began = noon - timedelta(minutes=minutes)
        given = {"impact_start_at": began, "impact_start_basis": basis, **more}
        return post(name, noon, noon + timedelta(hours=2), **given)

    found = snapshot_of(
        tmp_path,
        [
            one("a", 20, "stated"),
            one("b", 0, "stated"),
            one("c", 30, "display"),
            one("d", -5, "stated"),
            one("e", 40, "stated", flags=["retrospective"]),
        ],
        [],
    )
    lags = acknowledgement_lags(found.table("incidents"))["seconds"]
    assert lags.sort().to_list() == [0, 1200]
    rows = {row["metric"]: row for row in stages(found, ask(since="2026-03-01")).to_dicts()}
    known = rows["acknowledgement_known"]
    assert (known["value"], known["n"]) == (0.5, 4)
    assert (known["low"], known["high"]) == pytest.approx((0.150, 0.850), abs=5e-4)
    assert (rows["acknowledgement_lag_median"]["status"]) == "insufficient"


@pytest.fixture(scope="module")
def sixty(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Post n: n minutes per stage; every tenth goes back once more, half an hour later."""
    posts, told = [], []
    for n in range(1, 61):
        start = at("2026-02-01") + timedelta(hours=9 * n)
        for k, stage in enumerate(STAGES):
            told.append(update(f"p{n}", stage, start + timedelta(minutes=n * k)))
        end = start + timedelta(minutes=3 * n)
        if n % 10 == 0:
            told.append(update(f"p{n}", "monitoring", end + timedelta(minutes=30)))
            told.append(update(f"p{n}", "resolved", end := end + timedelta(minutes=40)))
        posts.append(post(f"p{n}", start, end))
    late = post("late", "2026-02-01 12:00", "2026-02-01 12:00", flags=["retrospective"])
    told.append(update("late", "resolved", "2026-02-01 12:00"))
    return snapshot_of(tmp_path_factory.mktemp("sixty"), [*posts, late], told)


@pytest.fixture(scope="module")
def answered(sixty: Snapshot) -> dict[str, dict[str, Any]]:
    question = ask(since="2026-02-01", until="2026-03-01")
    return {row["metric"]: row for row in stages(sixty, question).to_dicts()}


def test_every_step_has_a_median_with_its_interval_and_a_p90(
    answered: dict[str, dict[str, Any]],
) -> None:
    row = answered["investigating_to_identified_median"]
    assert (row["value"], row["n"], row["unit"]) == (30 * 60, 60, "seconds")
    assert (row["low"], row["high"]) == (22 * 60, 39 * 60)
    tail = answered["investigating_to_identified_p90"]
    assert tail["value"] == 54 * 60
    assert tail["low"] < tail["value"] <= tail["high"]
    assert answered["monitoring_to_resolved_median"]["value"] == 33 * 60
    assert answered["investigating_to_resolved_median"]["n"] == 0
    assert {f"{a}_to_{b}_{s}" for a, b in STEPS for s in ("median", "p90")} < set(answered)


def test_posts_that_go_back_are_counted_and_shared(answered: dict[str, dict[str, Any]]) -> None:
    assert (answered["regressions"]["value"], answered["regressions"]["n"]) == (6, 60)
    assert answered["regressed"]["value"] == 0.1


def test_gaps_and_silences_count_posts(answered: dict[str, dict[str, Any]]) -> None:
    gap, silence = answered["update_gap_median"], answered["longest_silence_median"]
    assert (gap["n"], silence["n"]) == (60, 60)
    assert gap["value"] <= silence["value"] == 30 * 60
    assert gap["low"] <= gap["value"] <= gap["high"]


def test_without_a_post_there_is_no_number_but_a_row(tmp_path: Path) -> None:
    found = stages(snapshot_of(tmp_path, [], []), ask(since="2026-03-01"))
    assert set(found["status"]) == {"insufficient"}
    assert found["value"].null_count() == found.height == len(STEPS) * 2 + 9
    assert set(found["n"]) == {0}


def quantiles_of(lengths: list[list[int]]) -> dict[float, dict[str, Any]]:
    """Return median and 90th percentile over the gaps of each post, all of which ended."""
    rows = [("a", "b", n, s, True) for n, mine in enumerate(lengths) for s in mine]
    columns = ["provider", "surface", "post", "seconds", "ended"]
    found = gap_quantiles(pl.DataFrame(rows, schema=columns, orient="row")).sort("metric")
    return dict(zip((0.5, 0.9), found.to_dicts(), strict=True))


def test_gaps_that_are_alike_within_a_post_say_less_than_as_many_independent_ones() -> None:
    dice = np.random.default_rng(1)
    typical = dice.lognormal(7, 1, 100)
    alike = [[int(t * dice.uniform(0.95, 1.05)) for _ in range(5)] for t in typical]
    apart = [[int(t)] for t in dice.lognormal(7, 1, 500)]
    one, other = (quantiles_of(lengths)[0.5] for lengths in (alike, apart))
    assert (one["n"], other["n"]) == (100, 500)
    wide, narrow = (np.log(found["high"] / found["low"]) for found in (one, other))
    assert wide > 1.3 * narrow


def test_the_interval_of_gaps_is_that_of_drawing_posts_again() -> None:
    dice = np.random.default_rng(2)
    lengths = [
        [int(g) for g in dice.lognormal(7 + dice.normal(0, 0.7), 0.8, dice.integers(1, 7))]
        for _ in range(300)
    ]
    for p in (0.5, 0.9):
        drawn = [
            np.quantile(np.concatenate([lengths[i] for i in dice.integers(0, 300, 300)]), p)
            for _ in range(800)
        ]
        found = quantiles_of(lengths)[p]
        assert found["low"] == pytest.approx(np.quantile(drawn, 0.025), rel=0.05)
        assert found["high"] == pytest.approx(np.quantile(drawn, 0.975), rel=0.05)


@given(
    st.lists(st.lists(st.integers(1, 50), min_size=1, max_size=5), min_size=6, max_size=12),
    st.sampled_from([0.5, 0.9]),
)
def test_a_quantile_of_gaps_lies_in_its_interval(lengths: list[list[int]], p: float) -> None:
    lengths = lengths * 9  # a 90th percentile needs fifty posts
    found = quantiles_of(lengths)[p]
    assert found["value"] == np.quantile(np.concatenate(lengths), p, method="inverted_cdf")
    assert found["low"] <= found["value"] <= found["high"]


steps_taken = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from([*STAGES, "postmortem"])), min_size=1, max_size=8
)


@given(steps_taken, st.randoms(use_true_random=False), st.integers(-100, 100))
def test_steps_add_up_to_the_way_from_first_to_last_stage(
    taken: list[tuple[int, str]], dice: Any, shift: int
) -> None:
    def read_from(rows: list[tuple[int, str]]) -> pl.DataFrame:
        told = [
            ("page", "p", s, at_s, STAGES.index(s) if s in STAGES else None) for at_s, s in rows
        ]
        schema = {**dict.fromkeys([*POST, "stage"], pl.String), "at_s": pl.Int64, "rank": pl.Int64}
        frame = pl.DataFrame(told, schema=schema, orient="row")
        return frame.sort("at_s", "rank")

    found = steps(read_from(taken))
    entered = {}
    for stage in STAGES:
        when = [at_s for at_s, s in taken if s == stage]
        if when:
            entered[stage] = max(when) if stage == "resolved" else min(when)
    present = [stage for stage in STAGES if stage in entered]
    expected = [
        (stage, after, length if length >= 0 else None)
        for stage, after in pairwise(present)
        for length in [entered[after] - entered[stage]]
    ]
    ended = found.filter(pl.col("next_stage").is_not_null())
    assert ended.select("stage", "next_stage", "seconds").rows() == expected
    shuffled = [(at_s + shift, s) for at_s, s in taken]
    dice.shuffle(shuffled)
    assert steps(read_from(shuffled)).equals(found)
