"""Pairs: how far two providers are apart, how sure, and the one word that may be said."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import test_poisson_2indep as poisson_of_two

from analytics import Question, Snapshot, ask
from analytics.comparison.pairwise import (
    BETTER,
    LEANING,
    NO_CLEAR_DIFFERENCE,
    PAIRS,
    difference,
    pairs,
    rate_ratio,
    resampled_ratio,
    word,
)
from analytics.statistics.bootstrap import block_sums
from tests.support.outages import AS_OF, HALF_YEAR, START, links, outages, world
from tests.support.snapshots import covered, provider_row

counts = st.integers(0, 60)
lengths = st.floats(1, 1000)


@pytest.mark.parametrize(
    ("chance", "everywhere", "said"),
    [
        (0.95, True, "better"),
        (1.0, True, "better"),
        (0.95, False, "no clear difference"),
        (0.9499, True, "leaning"),
        (0.80, True, "leaning"),
        (0.80, False, "leaning"),
        (0.7999, True, "no clear difference"),
        (0.5, False, "no clear difference"),
    ],
)
def test_the_word_goes_by_chance_and_grid(chance: float, everywhere: bool, said: str) -> None:
    assert word(chance, everywhere) == said
    assert said in {BETTER, LEANING, NO_CLEAR_DIFFERENCE}


def test_three_against_eight_over_the_same_time() -> None:
    found = rate_ratio(3, 90, 8, 90)
    assert found.value == pytest.approx(0.375)
    assert round(found.p, 3) == 0.227
    assert found.test == "exact"


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning:statsmodels")
@given(counts, lengths, counts, lengths)
def test_the_exact_test_is_that_of_scipy_and_statsmodels(
    n: int, time: float, other_n: int, other_time: float
) -> None:
    found = rate_ratio(n, time, other_n, other_time)
    assert 0 < found.p <= 1
    if n + other_n == 0:
        assert (found.value, found.low, found.high, found.p) == (None, None, None, 1)
        return
    theirs = poisson_of_two(n, time, other_n, other_time, method="exact-cond")
    assert found.p == pytest.approx(theirs.pvalue, rel=1e-6)
    shares = proportion_confint(n, n + other_n, method="beta")
    for bound, share in zip((found.low, found.high), shares, strict=True):
        if bound is None:
            assert share == 1
        else:
            assert bound / (bound + other_time / time) == pytest.approx(share, abs=1e-9)


@given(counts, lengths, counts, lengths)
def test_a_ratio_lies_in_its_interval_and_turns_over_with_the_pair(
    n: int, time: float, other_n: int, other_time: float
) -> None:
    there, back = rate_ratio(n, time, other_n, other_time), rate_ratio(other_n, other_time, n, time)
    assert there.p == pytest.approx(back.p)
    if there.value is not None:
        assert there.low is not None
        assert there.low <= there.value <= (math.inf if there.high is None else there.high)
    if there.value and back.value:
        assert there.value * back.value == pytest.approx(1)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(2, 9))
def test_more_of_the_same_narrows_the_ratio(n: int, other_n: int, times: int) -> None:
    one, more = rate_ratio(n, 90, other_n, 90), rate_ratio(n * times, 90, other_n * times, 90)
    assert one.high is not None
    assert one.low is not None
    assert more.high is not None
    assert more.low is not None
    assert one.low < more.low < more.high < one.high


days = st.lists(st.integers(0, 4), min_size=20, max_size=20).map(np.array)


@given(days, days)
def test_equal_days_do_not_differ_and_a_pair_turned_over_differs_as_much(
    daily: Any, other: Any
) -> None:
    drawn, apart = block_sums(np.stack([daily, other]), draws=200)
    n, other_n = int(daily.sum()), int(other.sum())
    there, back = difference(drawn, apart, n - other_n), difference(apart, drawn, other_n - n)
    assert there.p == back.p
    assert 0 < there.p <= 1
    assert difference(drawn, drawn, 0.0).p == 1
    ratio = resampled_ratio(drawn, apart, n, other_n)
    assert ratio.p == there.p
    assert (ratio.value is None) == (other_n == 0)


def asked(snapshot: Snapshot, question: Question = HALF_YEAR) -> dict[tuple[str, str, str], Any]:
    found = pairs(snapshot, question)
    assert list(found.columns) == list(PAIRS)
    return {(row["provider"], row["other"], row["metric"]): row for row in found.to_dicts()}


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return world(
        tmp_path_factory.mktemp("three"),
        outages("calm", [20, 120]),
        outages("same", [25, 125]),
        outages("wild", range(1, 180, 4)),
    )


def test_every_pair_is_compared_by_count_and_by_downtime(three: Snapshot) -> None:
    assert list(asked(three)) == [
        (one, other, measure)
        for measure in ("count", "downtime")
        for one, other in (("calm", "same"), ("calm", "wild"), ("same", "wild"))
    ]


def test_a_large_difference_is_better_and_none_is_no_clear_difference(three: Snapshot) -> None:
    found = asked(three)
    sure, even = found["calm", "wild", "count"], found["calm", "same", "count"]
    assert (sure["word"], sure["favoured"], sure["agreeing"], sure["cells"]) == (
        "better",
        "calm",
        12,
        12,
    )
    assert (sure["n"], sure["n_other"], sure["value"]) == (2, 45, pytest.approx(2 / 45))
    assert sure["p_better"] == pytest.approx(stats.beta.cdf(0.5, 2.5, 45.5))
    assert (even["word"], even["favoured"], even["p_better"]) == (
        "no clear difference",
        None,
        pytest.approx(0.5),
    )
    longer = found["calm", "wild", "downtime"]
    assert (longer["word"], longer["favoured"]) == ("better", "calm")
    assert (longer["down_s"], longer["down_other_s"]) == (2 * 3600, 45 * 3600)
    assert longer["value"] == pytest.approx(-43 / (182 * 24))
    assert longer["low"] < longer["value"] < longer["high"] < 0


def test_the_words_do_not_depend_on_who_is_named_first(three: Snapshot) -> None:
    there = asked(three)
    back = asked(three, ask(providers=["wild", "same", "calm"], since=START))
    for (one, other, measure), row in there.items():
        turned = back[other, one, measure]
        assert (turned["word"], turned["favoured"]) == (row["word"], row["favoured"])
        assert turned["p_better"] == pytest.approx(1 - row["p_better"])
        assert turned["p_value"] == pytest.approx(row["p_value"])


def test_a_difference_that_one_rule_turns_round_is_not_called_better(tmp_path: Path) -> None:
    long = outages("long", range(5, 170, 15), 600, "partial")
    short = outages("short", range(3, 170, 9), 120)
    linked = [*links(long[0], "partial"), *links(short[0], "major")]
    found = asked(world(tmp_path, long, short, incident_components=linked))
    row = found["long", "short", "downtime"]
    assert (row["favoured"], row["p_better"] < 0.05) == ("short", True)
    assert (row["agreeing"], row["cells"], row["word"]) == (4, 12, "no clear difference")


def test_clustered_counts_are_tested_by_drawing_days_again(tmp_path: Path) -> None:
    bursts = [n for week in range(0, 175, 35) for n in range(week, week + 5)]
    snapshot = world(tmp_path, outages("bursts", bursts), outages("steady", range(3, 180, 30)))
    row = asked(snapshot)["bursts", "steady", "count"]
    assert row["test"] == "bootstrap"
    assert row["value"] == pytest.approx(25 / 6)
    assert row["low"] < row["value"] < row["high"]
    exact = rate_ratio(25, 182, 6, 182)
    assert row["p_value"] > exact.p
    assert asked(snapshot, ask(since="2026-01-07"))["bursts", "steady", "count"]["test"] == "exact"


def test_counts_of_providers_that_post_differently_are_not_compared(tmp_path: Path) -> None:
    snapshot = world(
        tmp_path,
        outages("by-hand", [10, 20]),
        outages("machine", range(0, 180, 3)),
        providers=[provider_row("by-hand"), provider_row("machine", source_class="automatic")],
    )
    found = asked(snapshot)
    count, downtime = (found["by-hand", "machine", m] for m in ("count", "downtime"))
    assert (count["status"], count["word"], count["value"]) == ("insufficient", None, None)
    assert (downtime["status"], downtime["word"]) == ("ok", "better")


def test_below_ninety_common_days_nothing_is_said(tmp_path: Path) -> None:
    snapshot = world(
        tmp_path,
        outages("one", [10]),
        outages("other", [100, 110, 120]),
        coverage=[
            covered(START, "2026-05-01", provider="one"),
            covered("2026-03-01", AS_OF, provider="other"),
        ],
    )
    found = asked(snapshot)
    assert len(found) == 2
    for row in found.values():
        assert (row["status"], row["word"], row["p_better"]) == ("insufficient", None, None)
        assert row["covered_s"] == 61 * 86_400


def test_who_was_hardly_observed_is_in_no_comparison_but_in_the_list(tmp_path: Path) -> None:
    seen = {"a": "2026-05-01", "b": START, "c": START}
    snapshot = world(
        tmp_path,
        *(outages(name, [130, 150]) for name in seen),
        coverage=[covered(start, AS_OF, provider=name) for name, start in seen.items()],
    )
    found = asked(snapshot)
    said = {(one, other): row["status"] for (one, other, _), row in found.items()}
    assert said == {("a", "b"): "insufficient", ("a", "c"): "insufficient", ("b", "c"): "ok"}
