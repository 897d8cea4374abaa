"""Doubt: what the unknown could make of a comparison, and comparisons of unlike things."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics import Question, Snapshot
from analytics.comparison.head_to_head import side_by_side
from analytics.comparison.pairwise import BETTER, LEANING, NO_CLEAR_DIFFERENCE, WORDS, pairs
from analytics.comparison.ranking import grid, ranking
from analytics.comparison.sensitivity import by_rule
from analytics.evidence.provenance import sharing, whole_posts
from analytics.wording.comparison import sensitivity_sentence
from tests.support.outages import HALF_YEAR, day, outages, world
from tests.support.snapshots import Row, post, state
from tests.support.soaking import WORLDS

Told = tuple[list[Row], list[Row]]


def rows(snapshot: Snapshot, question: Question = HALF_YEAR) -> dict[str, dict[str, Any]]:
    """Return the rows of the one pair, by metric."""
    return {row["metric"]: row for row in pairs(snapshot, question).to_dicts()}


def dark(told: Told, *spans: tuple[int, float]) -> Told:
    """Make the same provider, of a state nobody knows from these days on, for so many days each."""
    name = told[0][0]["provider"]
    unknown = [
        state("unknown", day(first, 0), day(first, 0) + (day(1) - day(0)) * days, provider=name)
        for first, days in spans
    ]
    return told[0], [*told[1], *unknown]


def coarse(told: Told) -> Told:
    """Make the same, with whole posts standing for the states."""
    return told[0], [{**row, "basis": "incident"} for row in told[1]]


@pytest.mark.parametrize(
    ("spans", "said"),
    [
        ([], BETTER),
        ([(120, 1)], BETTER),
        ([(120, 2)], LEANING),
        ([(120, 9)], NO_CLEAR_DIFFERENCE),
    ],
)
def test_what_is_unknown_of_the_favoured_counts_as_down_before_it_is_called_better(
    tmp_path: Path, spans: Sequence[tuple[int, float]], said: str
) -> None:
    """One was down for 8 hours, the other for 100."""
    one = dark(outages("one", range(10, 90, 10)), *spans)
    row = rows(world(tmp_path, one, outages("other", range(10, 110))))["downtime"]
    assert (row["favoured"], row["word"], row["turnable"]) == ("one", said, said != BETTER)
    assert row["p_better"] == 1
    assert (row["p_worst"] is None) == (not spans)
    assert row["settled"] == (not spans or row["agreeing_worst"] == row["cells"])


def test_a_rank_says_how_much_it_leaves_out_as_unknown(tmp_path: Path) -> None:
    posts, states = dark(outages("one", [5]), (120, 2))
    unsaid = post("unsaid", day(60), day(61), provider="one", max_impact="unknown")
    snapshot = world(tmp_path, ([*posts, unsaid], states), outages("other", [9]))
    found = ranking(snapshot, HALF_YEAR).select("provider", "metric", "unknown_s", "unrated")
    assert set(found.rows()) == {
        ("one", "common_frequency", None, 1),
        ("one", "count_rank", None, 1),
        ("one", "common_downtime", 2 * 86_400, None),
        ("one", "downtime_rank", 2 * 86_400, None),
        ("other", "common_frequency", None, 0),
        ("other", "count_rank", None, 0),
        ("other", "common_downtime", 0, None),
        ("other", "downtime_rank", 0, None),
    }


def test_an_even_pair_of_which_something_is_unknown_is_not_settled(tmp_path: Path) -> None:
    alike = outages("one", [5]), outages("other", [5])
    known = rows(world(tmp_path / "known", *alike))["downtime"]
    assert (known["favoured"], known["settled"], known["turnable"]) == (None, True, False)
    # Where both are unknown at once they stay even over what is left.
    both = (dark(told, (120, 2)) for told in alike)
    unknown = rows(world(tmp_path / "unknown", *both))["downtime"]
    assert (unknown["favoured"], unknown["settled"], unknown["turnable"]) == (None, False, False)


def test_less_unknown_in_sum_than_the_difference_may_still_turn_it(tmp_path: Path) -> None:
    """Down for 8 hours against 100, and 60 unknown: 68 against 100, but most at once."""
    one = dark(outages("one", range(10, 90, 10)), (120, 2.5))
    row = rows(world(tmp_path, one, outages("other", range(10, 110))))["downtime"]
    assert row["down_s"] + row["unknown_s"] < row["down_other_s"]
    assert (row["word"], row["turnable"]) == (NO_CLEAR_DIFFERENCE, True)
    assert 0.5 < row["p_worst"] < 0.8


def test_the_word_must_hold_under_every_rule_with_the_unknown_as_trouble(tmp_path: Path) -> None:
    """A day unknown is little beside partial outages, and more than the major ones."""
    few, many = outages("few", [10], 10), outages("many", range(10, 110), 300, "partial")
    major = outages("many", [150], 60)
    both = many[0] + major[0], many[1] + major[1]
    row = rows(world(tmp_path, dark(few, (120, 1)), both))["downtime"]
    assert (row["agreeing"], row["cells"], row["agreeing_worst"]) == (12, 12, 8)
    assert row["p_worst"] > 0.95
    assert (row["word"], row["turnable"]) == (NO_CLEAR_DIFFERENCE, True)


def test_what_is_known_of_the_other_counts_while_the_favoured_is_unknown(tmp_path: Path) -> None:
    one = dark(outages("one", range(10, 90, 10)), (120, 2))
    others = outages("other", range(10, 110)), outages("other", [*range(10, 110), 120, 121], 600)
    rare, often = (
        rows(world(tmp_path / str(n), one, other))["downtime"]["p_worst"]
        for n, other in enumerate((others[0], (others[0][0], others[0][1] + others[1][1][-2:])))
    )
    assert often > rare


def test_what_is_unknown_of_the_other_is_not_held_against_it(tmp_path: Path) -> None:
    one, other = outages("one", range(10, 90, 10)), outages("other", range(10, 110))
    row = rows(world(tmp_path, one, dark(other, (120, 9))))["downtime"]
    assert (row["word"], row["turnable"], row["p_worst"]) == (BETTER, False, None)


@pytest.mark.parametrize(
    ("unrated", "said"), [(0, BETTER), (40, BETTER), (65, LEANING), (92, NO_CLEAR_DIFFERENCE)]
)
def test_nor_must_posts_of_unknown_severity_turn_it(
    tmp_path: Path, unrated: int, said: str
) -> None:
    """One posted 8 incidents, the other 100."""
    told = outages("one", range(10, 90, 10)), outages("other", range(10, 110))
    quiet = [
        post(f"q{n}", day(60 + n, 12), day(60 + n, 13), provider="one", max_impact="unknown")
        for n in range(unrated)
    ]
    row = rows(world(tmp_path, (told[0][0] + quiet, told[0][1]), told[1]))["count"]
    assert (row["n"], row["unrated"], row["n_other"]) == (8, unrated, 100)
    assert (row["word"], row["turnable"]) == (said, said != BETTER)


@settings(
    max_examples=WORLDS, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(0, 170), st.floats(0.1, 9)), max_size=3))
def test_doubt_never_makes_the_favoured_look_better(
    tmp_path_factory: pytest.TempPathFactory, spans: list[tuple[int, float]]
) -> None:
    one = dark(outages("one", range(10, 90, 20)), *spans)
    other = outages("other", range(10, 110, 3))
    row = rows(world(tmp_path_factory.mktemp("doubt"), one, other))["downtime"]
    if row["p_worst"] is not None:
        sure = max(row["p_better"], 1 - row["p_better"])
        assert row["p_worst"] <= sure
        assert row["agreeing_worst"] <= row["agreeing"]
    assert row["word"] in WORDS


@pytest.fixture(scope="module")
def unlike(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return world(
        tmp_path_factory.mktemp("unlike"),
        coarse(outages("posts", [10])),
        outages("states", range(10, 110)),
        outages("some", range(10, 60)),
    )


def test_time_down_of_whole_posts_is_not_compared_with_that_of_states(unlike: Snapshot) -> None:
    found = pairs(unlike, HALF_YEAR).filter(metric="downtime").to_dicts()
    told = {(row["provider"], row["other"]): (row["word"], row["unlike"]) for row in found}
    assert told == {
        ("posts", "some"): (None, True),
        ("posts", "states"): (None, True),
        ("some", "states"): (BETTER, False),
    }
    assert [(row["by_post"], row["by_post_other"]) for row in found] == [
        (True, False),
        (True, False),
        (False, False),
    ]


def test_nor_is_it_ranked_with_it(unlike: Snapshot) -> None:
    found = ranking(unlike, HALF_YEAR).filter(metric="downtime_rank")
    assert found.select("provider", "unit", "value").rows() == [
        ("posts", "rank", None),
        ("some", "rank of 2 from component states", 1),
        ("states", "rank of 2 from component states", 2),
    ]
    ranks = grid(unlike, HALF_YEAR).filter(metric="common_downtime", provider="posts")["rank"]
    assert ranks.is_null().all()


def test_whole_posts_are_compared_with_whole_posts(tmp_path: Path) -> None:
    one, other = coarse(outages("one", [10])), coarse(outages("other", range(10, 110)))
    snapshot = world(tmp_path, one, other)
    row = rows(snapshot)["downtime"]
    assert (row["word"], row["unlike"]) == (BETTER, False)
    assert set(ranking(snapshot, HALF_YEAR).filter(metric="downtime_rank")["unit"]) == {"rank of 2"}


def test_head_to_head_gives_no_difference_of_unlike_times(tmp_path: Path) -> None:
    two = outages("one", [10]), outages("other", range(10, 110))
    for known, compared in ((two[0], True), (coarse(two[0]), False)):
        found = side_by_side(world(tmp_path / str(compared), known, two[1]), HALF_YEAR)
        times = found.filter(pl.col("metric").is_in(["availability", "downtime"]))
        assert times.height == 3
        assert times["a_value"].null_count() == 0
        assert (times["value"].null_count() == 0) == compared


def test_time_down_of_whole_posts_stands_apart(unlike: Snapshot) -> None:
    found = pairs(unlike, HALF_YEAR).filter(metric="downtime")
    alike = found.filter(~pl.col("unlike"))
    assert alike.select("provider", "other", "favoured", "word").rows() == [
        ("some", "states", "some", BETTER)
    ]
    assert found.filter("unlike")["word"].null_count() == found.filter("unlike").height == 2


def test_the_more_is_unknown_the_less_is_said(tmp_path: Path) -> None:
    other = outages("other", range(10, 110))
    for days, word in ((2, LEANING), (9, NO_CLEAR_DIFFERENCE)):
        one = dark(outages("one", range(10, 90, 10)), (120, days))
        snapshot = world(tmp_path / str(days), one, other)
        row = pairs(snapshot, HALF_YEAR).row(
            by_predicate=pl.col("metric") == "downtime", named=True
        )
        assert (row["favoured"], row["word"], row["turnable"]) == ("one", word, True)


def test_providers_of_whole_posts_stand_in_no_order_with_the_others(unlike: Snapshot) -> None:
    rules, names = by_rule(unlike, HALF_YEAR), unlike.table("providers")
    apart = whole_posts(unlike, HALF_YEAR), sharing(unlike, "api_inference")
    said = sensitivity_sentence(rules, names, *apart)
    assert said.endswith(
        "The order of the 2 providers from component states is the same under every rule."
    )


def test_the_one_even_pair_of_several_is_calm_and_same(tmp_path: Path) -> None:
    snapshot = world(
        tmp_path,
        outages("calm", [20, 120]),
        outages("same", [25, 125]),
        outages("wild", range(1, 180, 4)),
    )
    even = pairs(snapshot, HALF_YEAR).filter(metric="downtime", word=NO_CLEAR_DIFFERENCE)
    assert even.select("provider", "other").rows() == [("calm", "same")]
