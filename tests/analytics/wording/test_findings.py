"""A verdict in few words: who, by how much, how sure, whatever the providers are called."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import polars as pl
import pytest

from analytics.comparison.pairwise import PAIRS, WORDS
from analytics.wording.verdict import (
    GRADES,
    MOST_GRADE_WORDS,
    MOST_WORDS,
    Finding,
    find_best,
    not_comparable,
    short_name,
)
from ingest.registry import load

DAY_S = 86_400
NAMES = {"acme": "Acme", "bolt": "Bolt", "coil": "Coil (UK)"}
REGISTERED = {one.slug: one.name for one in load().providers}
LONGEST = sorted(REGISTERED, key=lambda slug: -len(short_name(REGISTERED[slug]).split()))[:4]


def row(one: str, other: str, word: str | None = "better", **more: Any) -> dict[str, Any]:
    """Return a row of ``pairs`` by downtime that favours the first."""
    return {
        "provider": one,
        "other": other,
        "surface": "code_assistant",
        "metric": "downtime",
        "n": 3,
        "n_other": 8,
        "down_s": 4080.0,
        "down_other_s": 169_500.0,
        "unknown_s": 0,
        "unknown_other_s": 0,
        "unrated": 0,
        "unrated_other": 0,
        "p_better": 0.97,
        "favoured": one,
        "agreeing": 12,
        "cells": 12,
        "word": word,
        "turnable": False,
        "unlike": False,
        "same_page": False,
        "covered_s": 212 * DAY_S,
        "window_start": datetime(2025, 7, 10, tzinfo=UTC),
        "window_end": datetime(2026, 7, 10, tzinfo=UTC),
        **more,
    }


def found(*rows: dict[str, Any], names: dict[str, str] = NAMES) -> Finding:
    finding = find_best(pl.DataFrame(rows, schema=PAIRS), names)
    assert finding is not None
    return finding


def test_of_two_the_one_down_less_is_found() -> None:
    assert found(row("acme", "bolt")) == Finding(
        "Acme was down less than Bolt on code assistants",
        "1 h 8 min against 47 h in 212 shared days.",
        "Clear",
        "12 of 12 ways of counting agree.",
    )


def test_the_favoured_comes_first_whichever_side_it_is_on() -> None:
    mirrored = row("bolt", "acme", favoured="acme", down_s=169_500.0, down_other_s=4080.0)
    assert found(mirrored) == found(row("acme", "bolt"))


def test_by_incidents_where_time_down_is_not_compared() -> None:
    apart = row("acme", "bolt", None, unlike=True)
    finding = found(apart, row("acme", "bolt", metric="count"))
    assert finding.head == "Acme had fewer incidents than Bolt on code assistants"
    assert finding.numbers == "3 against 8 in 212 shared days."


@pytest.mark.parametrize(
    ("more", "grade", "because"),
    [
        ({"unknown_s": 7200}, "Clear", "12 of 12 ways of counting agree, even if all unknown was"),
        ({"word": "leaning", "p_better": 0.939}, "Likely", "a chance of 93 %; 12 of 12 ways"),
        (
            {"word": "leaning", "turnable": True, "unknown_s": 7200},
            "Likely",
            "2 h of unknown state, counted as trouble, could turn the order.",
        ),
        (
            {"word": "no clear difference", "agreeing": 9},
            "Too close",
            "a chance of 97 %; 9 of 12 ways of counting agree.",
        ),
        (
            {"word": "no clear difference", "favoured": None, "p_better": 0.5},
            "Too close",
            "both are equal.",
        ),
    ],
)
def test_a_grade_says_why(more: dict[str, Any], grade: str, because: str) -> None:
    finding = found(row("acme", "bolt", **more))
    assert finding.grade == grade
    assert finding.because.startswith(because)


def test_too_close_names_no_better_one() -> None:
    finding = found(row("acme", "bolt", "no clear difference"))
    assert finding.head == "No clear difference between Acme and Bolt on code assistants"
    assert "less than" not in finding.head


def test_of_several_the_grade_is_the_weakest_and_names_its_pair() -> None:
    finding = found(
        row("acme", "bolt"),
        row("acme", "coil", "leaning", down_other_s=36_000.0, p_better=0.9),
        row("bolt", "coil", favoured="coil", down_s=169_500.0, down_other_s=36_000.0),
    )
    assert finding == Finding(
        "Acme was down least of 3 on code assistants",
        "1 h 8 min; Coil follows with 10 h in 212 shared days.",
        "Likely",
        "Against Coil: a chance of 90 %; 12 of 12 ways of counting agree.",
    )


def test_without_one_ahead_of_all_there_is_no_leader() -> None:
    finding = found(
        row("acme", "bolt"),
        row("acme", "coil", "no clear difference"),
        row("bolt", "coil", "no clear difference"),
    )
    assert finding.head == "No clear leader among 3 providers on code assistants"
    assert finding.grade == "Too close"


def test_what_cannot_be_compared_says_what_it_takes() -> None:
    two = {"acme": "Acme", "bolt": "Bolt"}
    finding = not_comparable(two, "chat_web", 24.2 * DAY_S, 400 * DAY_S)
    assert finding.head == "Acme and Bolt cannot be compared on the chat"
    assert finding.numbers == "24 shared days of the 90 needed."
    assert finding.because.endswith("A longer window has enough.")
    assert "longer" not in not_comparable(two, "chat_web", 24 * DAY_S, 40 * DAY_S).because


@pytest.mark.parametrize(
    ("more", "why"),
    [({"same_page": True}, "same components of one page"), ({}, "rest on whole posts")],
)
def test_a_pair_that_is_kept_apart_says_why(more: dict[str, Any], why: str) -> None:
    both = [row("acme", "bolt", None, unlike=True, metric=m, **more) for m in ("downtime", "count")]
    finding = found(*both)
    assert finding.grade == "Not comparable"
    assert why in finding.because


def test_nothing_is_found_where_nothing_is_compared() -> None:
    assert find_best(pl.DataFrame([row("acme", "bolt", None)], schema=PAIRS), NAMES) is None
    assert find_best(pl.DataFrame(schema=PAIRS), NAMES) is None


def fits(finding: Finding) -> bool:
    return (
        len(f"{finding.head} {finding.numbers}".split()) <= MOST_WORDS
        and len(f"{finding.grade} {finding.because}".split()) <= MOST_GRADE_WORDS
    )


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("turnable", [True, False])
def test_a_verdict_stays_short_whatever_the_providers_are_called(word: str, turnable: bool) -> None:
    long = {"down_s": 35_940.0, "down_other_s": 35_999.0, "unknown_s": 35_999, "turnable": turnable}
    for one, other in permutations(LONGEST, 2):
        assert fits(found(row(one, other, word, **long), names=REGISTERED))
        assert fits(found(row(one, other, word, metric="count", **long), names=REGISTERED))
        assert fits(not_comparable({s: REGISTERED[s] for s in (one, other)}, "gov_region", 1.0))
    for one, other, third in permutations(LONGEST, 3):
        rows = (
            row(one, other, word, **long),
            row(one, third, word, **long),
            row(other, third, word, **long),
        )
        assert fits(found(*rows, names=REGISTERED))


def test_every_word_has_a_grade() -> None:
    assert set(GRADES) == set(WORDS)
