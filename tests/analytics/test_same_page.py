"""Providers that read the same components of one page: nothing sets one against the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analytics import Snapshot
from analytics.comparison.cohort import cohorts
from analytics.comparison.head_to_head import side_by_side
from analytics.comparison.pairwise import BETTER, pairs
from analytics.comparison.ranking import grid, ranking
from analytics.comparison.sensitivity import by_rule, leaders
from analytics.evidence.provenance import sharing, whole_posts
from analytics.read_models.profile import peers
from analytics.wording.comparison import sensitivity_sentence, survival_sentences
from analytics.wording.head_to_head import verdict_sentence
from tests.support.outages import AS_OF, HALF_YEAR, START, day, outages, world
from tests.support.snapshots import API, component, covered, page_row, state

ADDRESS = "https://status.cloud.test"
NAMES = {"cloud": "Cloud", "part": "Part", "else": "Else"}
#: Of whom the same outages are told, and of whom more.
CLOUD, PART = outages("cloud", range(10, 110)), outages("part", range(10, 30))
ELSE = outages("else", range(10, 15))
READ = {"cloud": ADDRESS, "part": ADDRESS, "else": "https://status.else.test"}


def read_from(addresses: Mapping[str, str]) -> list[dict[str, Any]]:
    return [page_row(name, base_url=address) for name, address in addresses.items()]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return world(tmp_path_factory.mktemp("two"), CLOUD, PART, pages=read_from(READ))


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return world(tmp_path_factory.mktemp("three"), CLOUD, PART, ELSE, pages=read_from(READ))


def test_they_are_found_by_the_address_of_their_page_and_the_ids_of_its_components(
    three: Snapshot,
) -> None:
    both = [("cloud", "part"), ("part", "cloud")]
    assert sharing(three, "api_inference").rows() == both
    assert sharing(three, None).rows() == both
    assert sharing(three, "chat_web").is_empty()


def test_neither_is_called_better_by_any_measure(two: Snapshot) -> None:
    found = pairs(two, HALF_YEAR)
    assert found.select("metric", "word", "value", "p_better", "unlike", "same_page").rows() == [
        ("count", None, None, None, True, True),
        ("downtime", None, None, None, True, True),
    ]


def test_of_different_pages_the_same_numbers_would_be_compared(tmp_path: Path) -> None:
    apart = world(tmp_path, CLOUD, PART)
    found = pairs(apart, HALF_YEAR)
    assert found.select("word", "favoured", "unlike", "same_page").rows() == [
        (BETTER, "part", False, False),
        (BETTER, "part", False, False),
    ]
    assert [cohort.independent for cohort in cohorts(apart, HALF_YEAR)] == [True]


def test_different_components_of_one_page_are_compared(tmp_path: Path) -> None:
    other = [{**row, "of": ["workers"]} for row in PART[0]]
    states = [{**row, "component_id": "workers"} for row in PART[1]]
    snapshot = world(
        tmp_path,
        CLOUD,
        (other, states),
        pages=read_from(READ),
        components=[component("workers", provider="part"), component(API, provider="cloud")],
        coverage=[
            covered(START, AS_OF, provider="cloud"),
            covered(START, AS_OF, provider="part", of="workers"),
        ],
    )
    assert set(pairs(snapshot, HALF_YEAR)["word"]) == {BETTER}


def test_the_verdict_says_that_the_same_posts_stand_behind_both(two: Snapshot) -> None:
    assert verdict_sentence(pairs(two, HALF_YEAR), NAMES) == (
        "**Not compared**: both are read from the same components of one page, so the same posts "
        "count for both."
    )


def test_a_third_is_compared_with_each_of_them(two: Snapshot, three: Snapshot) -> None:
    assert pairs(two, HALF_YEAR)["word"].null_count() == pairs(two, HALF_YEAR).height
    downtime = pairs(three, HALF_YEAR).filter(metric="downtime")
    assert downtime.filter("same_page").select("provider", "other", "word").rows() == [
        ("cloud", "part", None)
    ]
    apart = downtime.filter(~pl.col("same_page"))
    assert set(apart["favoured"]) == {"else"}


def test_too_short_a_time_with_the_third_is_no_comparison(tmp_path: Path) -> None:
    young = [covered(START, AS_OF, provider=name) for name in ("cloud", "part")]
    snapshot = world(
        tmp_path,
        CLOUD,
        PART,
        ELSE,
        pages=read_from(READ),
        coverage=[*young, covered("2026-06-01", AS_OF, provider="else")],
    )
    found = pairs(snapshot, HALF_YEAR).filter(metric="downtime")
    assert set(found["status"]) == {"insufficient"}


def test_together_they_have_no_rank(two: Snapshot) -> None:
    ranks = ranking(two, HALF_YEAR)
    for metric in ("count_rank", "downtime_rank"):
        assert ranks.filter(metric=metric)["value"].to_list() == [None, None]
    assert grid(two, HALF_YEAR)["rank"].is_null().all()


def test_each_is_ranked_among_the_others(three: Snapshot) -> None:
    found = ranking(three, HALF_YEAR).filter(metric="downtime_rank")
    assert found.select("provider", "unit", "value").rows() == [
        ("cloud", "rank of 2", 2),
        ("else", "rank of 3", 1),
        ("part", "rank of 2", 2),
    ]


def test_what_is_unknown_of_either_is_told_beside_their_ranks(tmp_path: Path) -> None:
    dark = state("unknown", day(120, 0), day(121, 0), provider="part")
    snapshot = world(tmp_path, CLOUD, (PART[0], [*PART[1], dark]), ELSE, pages=read_from(READ))
    ranked, against = leaders(grid(snapshot, HALF_YEAR)), pairs(snapshot, HALF_YEAR)
    by_time, _ = survival_sentences(ranked, against, snapshot.table("providers"))
    assert by_time.endswith("Left out as unknown: 1 d of Part.")


def test_in_a_profile_neither_is_a_peer_of_the_other(three: Snapshot) -> None:
    asked = replace(HALF_YEAR, providers=("cloud", "else", "part"))
    assert peers(three, asked, "cloud", "api_inference") == ["else"]
    assert peers(three, asked, "else", "api_inference") == ["cloud", "part"]
    assert peers(three, asked, "cloud", "chat_web") == ["else", "part"]


def test_head_to_head_their_values_stand_alone(two: Snapshot) -> None:
    found = side_by_side(two, HALF_YEAR)
    assert found["a_value"].null_count() < found.height
    assert found.select("value", "low", "high", "kind").null_count().row(0) == (found.height,) * 4


def test_they_stand_in_no_order_under_the_rules(two: Snapshot, three: Snapshot) -> None:
    for snapshot in (two, three):
        told = sensitivity_sentence(
            by_rule(snapshot, HALF_YEAR),
            snapshot.table("providers"),
            whole_posts(snapshot, HALF_YEAR),
            sharing(snapshot, "api_inference"),
        )
        assert "order" not in told
