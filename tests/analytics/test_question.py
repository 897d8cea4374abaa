"""A question is the same value however it is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import Question, QuestionError, ask, from_query, to_query
from analytics.question import CLASSES, COMBINE, MINIMA, UNITS
from analytics.rules import CUSTOM, HEADLINE, RULES

dates = st.dates(date(2020, 1, 1), date(2030, 1, 1))
weights = st.lists(st.floats(0, 1), min_size=3, max_size=3).map(lambda w: tuple(sorted(w)))
rules = st.one_of(
    st.just({}),
    st.sampled_from([{"rule": rule} for rule in RULES if rule != CUSTOM]),
    weights.map(lambda its: {"weights": its}),
)
questions = st.fixed_dictionaries(
    {},
    optional={
        "providers": st.lists(st.sampled_from(["a", "b", "c"]), unique=True),
        "surface": st.sampled_from(["chat_web", "api_inference"]),
        "since": dates,
        "zone": st.sampled_from(["Europe/London", "Etc/UTC"]),
        "classes": st.lists(st.sampled_from(CLASSES), min_size=1, unique=True),
        "unit": st.sampled_from(UNITS),
        "combine": st.sampled_from(COMBINE),
        "minimum": st.sampled_from(MINIMA),
        "slo": st.floats(0.001, 0.999999),
    },
)


@given(questions, rules)
def test_an_address_asks_what_was_asked(keywords: dict[str, Any], rule: dict[str, Any]) -> None:
    question = ask(**keywords, **rule)
    assert from_query(to_query(question)) == question


def test_defaults_are_left_out_of_the_address() -> None:
    assert to_query(Question()) == {}
    assert from_query({}) == ask() == Question()


@pytest.mark.parametrize("slo", ["99.9", "1", "0", "-0.1", "nan", "much"])
def test_an_objective_is_a_fraction_of_the_time(slo: str) -> None:
    with pytest.raises(QuestionError, match=r"0\.999"):
        from_query({"slo": [slo]})


@pytest.mark.parametrize(
    ("asked", "narrowed"),
    [
        ({}, False),
        ({"classes": "outage,degradation,notice"}, False),
        ({"classes": "outage"}, True),
        ({"minimum": "major"}, True),
    ],
)
def test_a_question_is_narrowed_where_some_trouble_is_left_out(
    asked: dict[str, Any], narrowed: bool
) -> None:
    assert ask(**asked).narrowed == narrowed


def test_weights_are_a_rule_of_their_own() -> None:
    assert ask(weights="0,0.5,1") == ask(rule=CUSTOM, weights="0,0.5,1")
    assert ask(weights="0,0.5,1").rule == CUSTOM


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule != CUSTOM])
def test_weights_beside_another_rule_are_refused(rule: str) -> None:
    with pytest.raises(QuestionError, match=rule):
        ask(rule=rule, weights="0,0.5,1")


def test_an_address_leaves_out_weights_that_its_rule_does_not_use() -> None:
    beside = replace(ask(weights="0,0.5,1"), rule=HEADLINE)
    assert from_query(to_query(beside)) == ask()
