"""What is said of two providers: the exact words, and only what the numbers allow."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from analytics.comparison.head_to_head import PAIRED
from analytics.comparison.pairwise import PAIRS
from analytics.wording.head_to_head import (
    common_time_sentence,
    lag_sentence,
    never_down_sentence,
    no_shared_surface_sentence,
    not_collected_sentence,
    overlap_sentence,
    rules_sentence,
    still_open_sentence,
    surface_sentence,
    verdict_sentence,
)

NAMES = {"acme": "Acme", "bolt": "Bolt"}
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
DAY_S = 86_400
WINDOW = {"window_start": START, "window_end": END, "covered_s": 108 * DAY_S, "coverage": 0.9}


def compared(measure: str, word: str | None, chance: float = 0.5, **more: Any) -> dict[str, Any]:
    """Make a row of ``pairs``; below one half the chance favours bolt."""
    favoured = None if chance == 0.5 else "acme" if chance > 0.5 else "bolt"
    row = {
        "provider": "acme",
        "other": "bolt",
        "metric": measure,
        "n": 3,
        "n_other": 8,
        "down_s": 3600.0,
        "down_other_s": 90_000.0,
        "p_better": chance,
        "favoured": favoured,
        "agreeing": 12,
        "cells": 12,
        "word": word,
    }
    return {**row, **WINDOW, **more}


def said(*rows: dict[str, Any]) -> str | None:
    return verdict_sentence(pl.DataFrame(rows, schema=PAIRS), NAMES)


def paired(**more: Any) -> pl.DataFrame:
    """Return the two rows of ``side_by_side`` that sentences read."""
    row = {"a": "acme", "b": "bolt", "rule": "incident_io", "classes": "outage,degradation"}
    numbers = {"a_n": 3, "b_n": 8, "a_value": 3600.0, "b_value": 90_000.0}
    running = {"a_running": 0, "b_running": 0}
    rows = [
        {"metric": metric, **row, **numbers, **running, **WINDOW, **more}
        for metric in ("downtime", "open_median")
    ]
    return pl.DataFrame(rows, schema=PAIRED)


def test_a_winner_is_named_with_chance_n_and_common_time() -> None:
    told = said(compared("downtime", "better", 0.997), compared("count", "better", 0.96))
    assert told == (
        "By time down **Acme is better** than Bolt (P > 0.99, 12 of 12 ways of counting agree; "
        "1 h against 1 d 1 h, in 3 and 8 incidents); by incidents **Acme is better** than Bolt "
        "(P 0.96, 12 of 12 ways of counting agree; 3 against 8 incidents); over the 108 days in "
        "which both were observed, 90 % of 1 Jan 2026 to 1 May 2026."
    )


def test_the_favoured_comes_first_whichever_it_is() -> None:
    told = said(compared("downtime", "better", 0.02, down_s=90_000.0, down_other_s=3600.0))
    assert told is not None
    assert "**Bolt is better** than Acme (P 0.98" in told
    assert "1 h against 1 d 1 h, in 8 and 3 incidents" in told


@pytest.mark.parametrize(
    ("word", "chance", "told"),
    [
        ("leaning", 0.9, "**Acme is likely better** than Bolt (P 0.90, 9 of 12"),
        ("no clear difference", 0.97, "there is **no clear difference** (P 0.97 for Acme, 9 of 12"),
        ("no clear difference", 0.5, "there is **no clear difference** (P 0.50;"),
    ],
)
def test_less_than_better_names_no_winner(word: str, chance: float, told: str) -> None:
    sentence = said(compared("downtime", word, chance, agreeing=9))
    assert sentence is not None
    assert told in sentence
    assert "is better" not in sentence


def test_counts_of_those_who_post_differently_are_not_compared() -> None:
    told = said(compared("downtime", "better", 0.99), compared("count", None, unlike=True))
    assert told is not None
    assert "incidents are not compared, because the two providers post differently" in told


def test_time_down_of_whole_posts_is_not_compared_and_says_why() -> None:
    apart = compared("downtime", None, unlike=True, by_post=False, by_post_other=True)
    told = said(apart, compared("count", "better", 0.99))
    assert told is not None
    assert told.startswith(
        "Time down is not compared, because that of Bolt rests on whole posts; by incidents "
        "**Acme is better** than Bolt"
    )


def test_where_nothing_can_be_compared_the_reasons_are_given() -> None:
    apart = compared("downtime", None, unlike=True, by_post=True, by_post_other=False)
    assert said(apart, compared("count", None, unlike=True)) == (
        "**Not compared**: time down is not compared, because that of Acme rests on whole posts; "
        "incidents are not compared, because the two providers post differently."
    )


@pytest.mark.parametrize(
    ("word", "chance", "told"),
    [
        (
            "leaning",
            0.99,
            "incidents), and no more, because with 2 d of unknown state counted as down for Acme",
        ),
        (
            "no clear difference",
            0.01,
            "incidents), because with 3 d of unknown state counted as down for Bolt",
        ),
    ],
)
def test_what_the_unknown_leaves_of_a_difference_is_said(
    word: str, chance: float, told: str
) -> None:
    unknown = {"unknown_s": 2 * DAY_S, "unknown_other_s": 3 * DAY_S, "turnable": True}
    row = compared("downtime", word, chance, p_worst=0.839, agreeing_worst=8, **unknown)
    sentence = said(row)
    assert sentence is not None
    assert f"{told}, P is 0.83 and 8 of 12 ways of counting agree;" in sentence


def test_so_is_what_posts_of_unknown_severity_leave() -> None:
    unrated = {"unrated": 1, "unrated_other": 0, "turnable": True}
    row = compared("count", "leaning", 0.99, p_worst=0.9, agreeing_worst=12, **unrated)
    sentence = said(row)
    assert sentence is not None
    assert (
        "because with 1 post of unknown severity counted as trouble for Acme, P is 0.90 and 12 of"
    ) in sentence


def test_incidents_counted_over_more_days_say_so() -> None:
    longer = compared("count", "better", 0.96, covered_s=110 * DAY_S)
    told = said(compared("downtime", "better", 0.997), longer)
    assert told is not None
    assert (
        "over the 108 days in which both were observed (incidents: 110 days in which both pages "
        "were read), 90 %"
    ) in told


def test_without_any_word_there_is_no_verdict() -> None:
    assert said(compared("downtime", None), compared("count", None)) is None
    assert said() is None


def test_who_was_not_observed_to_the_end_is_named() -> None:
    last = {"acme": END, "bolt": datetime(2026, 3, 4, tzinfo=UTC)}
    seen = pl.DataFrame(
        [{"provider": who, "last_at": at, "window_end": END} for who, at in last.items()]
    )
    assert lag_sentence(seen, NAMES) == (
        "Bolt was last observed on 4 Mar 2026; later time counts for neither."
    )
    never = seen.with_columns(last_at=pl.lit(None, pl.Datetime("us", "UTC"))).head(1)
    assert lag_sentence(never, NAMES) == "Nothing of Acme was observed in this window."


def test_what_still_runs_is_said() -> None:
    assert still_open_sentence(paired(), NAMES) == ""
    assert still_open_sentence(paired(a_running=1, b_running=2), NAMES).startswith(
        "Still open: 1 post of Acme and 2 posts of Bolt."
    )


def test_posts_without_any_downtime_make_one_hundred_per_cent_doubtful() -> None:
    assert never_down_sentence(paired(), NAMES) == ""
    assert never_down_sentence(paired(b_value=0.0, b_n=0), NAMES) == ""
    assert never_down_sentence(paired(b_value=0.0), NAMES).startswith(
        "Bolt has 8 posts in the common time, none of which put a component down"
    )


def test_everything_side_by_side_states_rule_time_coverage_and_classes() -> None:
    told = common_time_sentence(paired())
    assert "the same 108 d" in told
    assert "90.0 % of 1 Jan 2026 to 1 May 2026" in told
    assert "Rule incident_io; posts of class outage and degradation" in told


def test_minutes_down_together_are_stated_beside_those_of_each() -> None:
    spans = pl.DataFrame({"start_at": [START, END], "seconds": [1800, 300]})
    told = overlap_sentence(spans, paired(), NAMES)
    assert told.startswith("Both were down at once for 35 min, in 2 stretches;")
    assert "Acme was down for 1 h and Bolt for 1 d 1 h" in told
    never = overlap_sentence(spans.clear(), paired(), NAMES)
    assert never == "The two were never down at once in the common time. That promises nothing."


def test_every_rule_lies_between_the_two_named() -> None:
    rows = [("acme", "strict", 0.98), ("acme", "major_only", 1.0), ("bolt", "strict", 0.995)]
    rules = pl.DataFrame(rows, schema=["provider", "rule", "value"], orient="row")
    assert rules_sentence(rules, NAMES) == (
        "Availability under every rule: Acme from 98.000 % (strict) to 100 % (major_only); "
        "Bolt from 99.500 % (strict) to 99.500 % (strict)."
    )


def test_a_surface_nobody_asked_for_is_named() -> None:
    assert surface_sentence("api_inference", ["api_inference"]) == (
        "Compared on **API inference**, the first surface both have. They share no other."
    )
    assert surface_sentence("chat_web", ["chat_web", "auth", "files"]).endswith(
        "Both also have auth and files: choose above."
    )


def test_why_a_surface_cannot_be_compared_is_said() -> None:
    mine = {"acme": ["api_inference", "auth"], "bolt": ["auth"]}
    assert no_shared_surface_sentence("api_inference", mine, NAMES) == (
        "There is no coverage of API inference for Bolt. Both have auth: choose above."
    )
    apart = {"acme": ["auth"], "bolt": ["files", "video"]}
    assert no_shared_surface_sentence(None, apart, NAMES).endswith(
        "Acme has auth; Bolt has files and video."
    )


def test_a_provider_without_data_is_told_with_its_reason() -> None:
    assert not_collected_sentence("bolt", "Bolt", ["blocked"], "Asks for a browser.") == (
        "Nothing is collected of Bolt. Its page: it turns programs away. Asks for a browser. "
        "That is no data, which is not the same as no incidents."
    )
    assert "The registry knows no page of this provider. That is no data" in not_collected_sentence(
        "bolt", "Bolt", [], ""
    )


def test_a_provider_that_could_be_collected_is_told_how() -> None:
    told = not_collected_sentence("bolt", "Bolt", ["live"], "")
    assert told.endswith(" To collect it: `statusledger collect bolt`.")
