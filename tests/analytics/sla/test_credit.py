"""At a boundary the text decides, and between two bands of it the better one."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.sla.claim import credit_words
from analytics.sla.credit import MAYBE, MET, MISSED, credit_of, meets, possible_credits
from analytics.sla.terms import known_terms

KNOWN = known_terms()
PERCENT = st.fractions(min_value=90, max_value=100, max_denominator=10_000)


@pytest.mark.parametrize(
    ("terms", "availability", "due", "between"),
    [
        # The lower end belongs to a band, the upper does not.
        ("aws-bedrock", "99.9", 0, False),
        ("aws-bedrock", "99.89999", 10, False),
        ("aws-bedrock", "99.0", 10, False),
        ("aws-bedrock", "98.99999", 25, False),
        ("aws-bedrock", "94.9", 100, False),
        ("aws-bedrock", "0", 100, False),
        # The text says otherwise: exactly 99.9 pays.
        ("github-enterprise-cloud", "99.9", 10, False),
        ("github-enterprise-cloud", "99.90001", 0, False),
        ("github-enterprise-cloud", "99.0", 25, False),
        ("github-enterprise-cloud", "0", 25, False),
        # Rounded texts leave gaps.
        ("cohere-saas", "97.98", 20, False),
        ("cohere-saas", "97.99", 10, True),
        ("cohere-saas", "97.999", 10, True),
        ("cohere-saas", "94.995", 20, True),
        ("mistral.basic", "99.45", 0, True),
        ("mistral.basic", "99.39", 2, False),
        # What was not seen is not known.
        ("mistral.standard", "99.6", 2, False),
        ("mistral.standard", "99.4", None, False),
        ("groq-performance", "99.0", None, False),
        ("groq-performance", "99.95", 0, False),
        ("anthropic-priority", "90", 0, False),
        ("anthropic-standard", "90", 0, False),
    ],
)
def test_a_credit_is_that_of_the_band(
    terms: str, availability: str, due: int | None, between: bool
) -> None:
    found = credit_of(KNOWN[terms], Fraction(availability))
    assert (found.percent, found.between) == (due, between)


def words(terms: str, low: str, high: str) -> str:
    return credit_words(possible_credits(KNOWN[terms], Fraction(low), Fraction(high)))


def test_a_boundary_inside_the_interval_leaves_the_credit_open() -> None:
    assert words("aws-bedrock", "99.89", "99.91") == "10 % or none"
    assert words("aws-bedrock", "98.9", "99.91") == "25 %, 10 % or none"
    assert words("aws-bedrock", "99.1", "99.2") == "10 %"
    assert words("aws-bedrock", "99.9", "100") == "none"
    assert words("mistral.standard", "99.4", "99.6") == "2 % or not known"


def test_a_gap_inside_the_interval_is_marked() -> None:
    found = possible_credits(KNOWN["cohere-saas"], Fraction("97.9"), Fraction("98.1"))
    assert any(credit.between for credit in found)


def test_a_target_may_be_missed() -> None:
    bedrock = KNOWN["aws-bedrock"]
    told = [
        meets(bedrock, Fraction(low), Fraction(high))
        for low, high in (("99.9", "100"), ("99.8", "99.9"), ("99.8", "99.89"))
    ]
    assert told == [MET, MAYBE, MISSED]


@given(
    terms=st.sampled_from(sorted(KNOWN)),
    ends=st.tuples(PERCENT, PERCENT).map(sorted),
    share=st.fractions(min_value=0, max_value=1),
)
def test_whatever_the_availability_was_its_credit_is_among_the_possible_ones(
    terms: str, ends: list[Fraction], share: Fraction
) -> None:
    low, high = ends
    inside = low + (high - low) * share
    assert credit_of(KNOWN[terms], inside) in possible_credits(KNOWN[terms], low, high)


@given(terms=st.sampled_from(sorted(KNOWN)), ends=st.tuples(PERCENT, PERCENT).map(sorted))
def test_a_better_month_never_pays_more(terms: str, ends: list[Fraction]) -> None:
    worse, better = (credit_of(KNOWN[terms], end).percent for end in ends)
    if worse is not None and better is not None:
        assert better <= worse
