"""The public terms say where they come from, and how sure that is."""

from __future__ import annotations

import tomllib
from fractions import Fraction

import pytest

from analytics.sla.terms import (
    KNOWN,
    NONE,
    OPEN,
    QUARTER,
    UNSEEN,
    TermsError,
    known_terms,
    read_bands,
)
from ingest.registry import load
from tests.support.paths import ROOT

TABLES = tomllib.loads((ROOT / "analytics" / "sla.toml").read_text(encoding="utf-8"))["terms"]
STATUSES = {"verified", "partial", "unverified", "none_public"}


def test_the_offers_are_those_that_were_looked_up() -> None:
    assert set(TABLES) == {
        *("aws-bedrock", "vertex-gemini", "vertex-platform", "azure-openai", "openai-scale-tier"),
        *("openai-priority", "openai-standard", "anthropic-standard", "anthropic-priority"),
        *("anthropic-enterprise", "mistral", "cohere-saas", "groq-performance"),
        "github-enterprise-cloud",
    }


@pytest.mark.parametrize("name", TABLES)
def test_an_offer_is_of_a_known_provider_and_says_how_sure_it_is(name: str) -> None:
    table = TABLES[name]
    assert table["provider"] in {provider.slug for provider in load().providers}
    for key in ("status", "credits_status", "claim_status"):
        assert table.get(key, table["status"]) in STATUSES
    assert table.get("source") or table.get("note")
    assert set(table) <= {
        *("provider", "name", "service", "unit", "period", "target", "latency", "metric"),
        *("credits", "credits_status", "credits_open", "no_credits", "upper_included"),
        *("min_outage_minutes", "min_credit", "claim", "claim_days", "claim_months"),
        *("claim_status", "status", "dated", "source", "note", "tiers"),
    }


def test_tiers_are_terms_of_their_own() -> None:
    known = known_terms()
    tiers = {key: known[key].target for key in known if key.startswith(("vertex-p", "mistral"))}
    assert {key: float(target) for key, target in tiers.items() if target} == {
        "vertex-platform.training_deploy_batch": 99.9,
        "vertex-platform.automl_online": 99.9,
        "vertex-platform.custom_online_2plus_nodes": 99.5,
        "vertex-platform.pipelines": 99.5,
        "mistral.basic": 99.5,
        "mistral.standard": 99.9,
        "mistral.premium": 99.9,
    }
    assert known["mistral.basic"].min_outage_s == 300


@pytest.mark.parametrize(
    ("terms", "ladder"),
    [
        ("cohere-saas", KNOWN),
        ("mistral.standard", OPEN),
        ("anthropic-priority", NONE),
        ("groq-performance", UNSEEN),
    ],
)
def test_what_is_known_of_the_credits_is_said(terms: str, ladder: str) -> None:
    assert known_terms()[terms].ladder == ladder


def test_a_period_that_was_not_seen_is_marked() -> None:
    known = known_terms()
    assert known["github-enterprise-cloud"].period == QUARTER
    assert [key for key in ("aws-bedrock", "groq-performance") if known[key].period_seen] == [
        "aws-bedrock"
    ]


def test_percents_are_exact() -> None:
    assert known_terms()["aws-bedrock"].target == Fraction(999, 10)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([[99, 95, 10]], "ends where it begins"),
        ([[0, 99, 25], [98, 100, 10]], "overlap at 98 %"),
        ([[0, 99]], "from, below and percent"),
        ([[0, 101, 5]], "no percent"),
        ("10", "from, below and percent"),
    ],
)
def test_bands_that_make_no_sense_are_refused(rows: object, told: str) -> None:
    with pytest.raises(TermsError, match=told):
        read_bands("mine", rows)
