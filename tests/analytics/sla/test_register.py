"""Rows for registers: what is known with its basis, and what is not as not assessed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from analytics import Snapshot, ask
from analytics.portfolio.concentration import concentration
from analytics.sla.claim import second_source_sentence
from analytics.sla.contract import Contract, read_contracts
from analytics.sla.register import dependence, substitutes, supply_chain
from analytics.sla.terms import TermsError
from tests.support.snapshots import component, covered, made, post, provider_row, state, update

#: An invented identifier whose last two digits check the others.
LEI = "00ACME00000000000074"
CONTRACTS = f"""
[api]
provider = "acme"
surface = "api_inference"
target = 99.9
monthly_fee = 3000
lei = "{LEI}"
upstreams = ["cirrus"]
start = 2026-01-01

[chat]
provider = "acme"
surface = "chat_web"
target = 99.9
monthly_fee = 1000
start = 2026-01-01

[second]
provider = "globex"
surface = "api_inference"
target = 99.9
monthly_fee = 4000
start = 2026-01-01
"""
ASKED = ask(since="2026-01-01", until="2026-07-01")
ASKED_API = ask(since="2026-01-01", until="2026-07-01", surface="api_inference")


def contracts(text: str = CONTRACTS) -> Sequence[Contract]:
    return [*read_contracts(text).values()]


def outage(who: str, start: str, end: str) -> dict[str, Any]:
    return state("major", start, end, provider=who, post=f"{who}{start[:10]}")


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    """Acme, Globex and Coil on the API; Coil is down with Acme, Globex is not; Dyad is new."""
    whole = ("acme", "globex", "coil")
    down = [
        ("acme", "2026-03-05 10:00:01", "2026-03-05 11:00:01"),
        ("coil", "2026-03-05 10:30:01", "2026-03-05 12:00:01"),
        ("globex", "2026-04-05 10:00:01", "2026-04-05 11:00:01"),
    ]
    echo = post(
        "globex2026-04-05",
        *down[2][1:],
        provider="globex",
        flags=["upstream"],
        title="Cirrus trouble",
    )
    return made(
        tmp_path,
        as_of="2026-07-01",
        providers=[provider_row(who) for who in (*whole, "dyad")] + [provider_row("cirrus")],
        coverage=[
            *(covered("2026-01-01", "2026-07-01", provider=who) for who in whole),
            covered("2026-06-20", "2026-07-01", provider="dyad"),
            covered("2026-01-01", "2026-07-01", of="chat"),
        ],
        components=[component("chat", surface="chat_web")],
        states=[outage(*one) for one in down],
        posts=[
            *(post(f"{who}{a[:10]}", a, b, provider=who) for who, a, b in down[:2]),
            echo,
        ],
        updates=[
            update(
                "globex2026-04-05",
                "identified",
                "2026-04-05 10:10",
                provider="globex",
                body_text="An outage of Cirrus.",
            )
        ],
    )


def test_the_chain_has_ranks_and_says_how_each_is_known(snapshot: Snapshot) -> None:
    found = supply_chain(snapshot, contracts()).to_dicts()
    told = [(r["contract"], r["provider"], r["rank"], r["recipient"], r["basis"]) for r in found]
    assert told == [
        ("api", "acme", 1, None, "the contract itself"),
        ("api", "cirrus", 2, "acme", "stated in the contract"),
        ("chat", "acme", 1, None, "the contract itself"),
        ("second", "globex", 1, None, "the contract itself"),
        ("second", "cirrus", 2, "globex", "named in posts"),
    ]
    assert [row["lei"] for row in found] == [LEI, None, LEI, None, None]
    assert [row["recipient_lei"] for row in found] == [None, LEI, None, None, None]


def test_alternatives_are_those_observed_beside_it_long_enough(snapshot: Snapshot) -> None:
    api, chat, second = substitutes(snapshot, contracts(), ASKED).to_dicts()
    assert (api["alternatives"], api["alternative_names"]) == ("yes", "Coil, Globex")
    assert (chat["alternatives"], chat["best_second_source"]) == ("no", None)
    assert second["alternatives"] == "yes"
    assert {row["substitutability"] for row in (api, chat, second)} == {"not assessed"}


def test_the_best_second_source_is_the_one_down_with_it_least(snapshot: Snapshot) -> None:
    """Coil shared half an hour; of Globex none was seen, and at most 3.69 outages of an hour."""
    api, *_ = substitutes(snapshot, contracts(), ASKED).to_dicts()
    assert (api["best_second_source"], api["joint_down_s"]) == ("globex", 0)
    assert api["joint_down_most_s"] == pytest.approx(3.689 * 3600, abs=4)
    assert api["common_s"] == 181 * 86_400


def test_a_register_and_the_metric_name_the_same_second_source(snapshot: Snapshot) -> None:
    told = {row["provider"]: row for row in concentration(snapshot, ASKED_API).to_dicts()}
    for row in substitutes(snapshot, contracts(), ASKED).filter(service="api_inference").to_dicts():
        same = told[row["provider"]]
        assert row["best_second_source"] == same["others"]
        assert (row["joint_down_s"], row["alternatives"]) == (same["joint_s"], same["alternatives"])


def test_a_second_source_never_down_with_it_is_said_with_its_bound(snapshot: Snapshot) -> None:
    api, chat, _ = substitutes(snapshot, contracts(), ASKED).to_dicts()
    names = {"globex": "Globex"}
    assert second_source_sentence(api, names) == (
        "Best second source: Globex; both down no minute, at most 3 h 41 min, of 181 d observed "
        "together."
    )
    assert second_source_sentence({**api, "joint_down_most_s": None}, names) == (
        "Best second source: Globex; both down no minute, with no outage to bound it, of 181 d "
        "observed together."
    )
    assert second_source_sentence(chat, names) == (
        "Second source: nobody else is known to have this surface on a page of its own."
    )


def test_who_is_too_new_to_tell_is_not_assessed(snapshot: Snapshot) -> None:
    text = CONTRACTS.replace('"globex"', '"dyad"')
    *_, second = substitutes(snapshot, contracts(text), ASKED).to_dicts()
    assert (second["alternatives"], second["best_second_source"]) == ("not assessed", None)


def test_concentration_counts_contracts_fees_and_shared_upstreams(snapshot: Snapshot) -> None:
    acme, globex = dependence(snapshot, contracts()).to_dicts()
    assert (acme["contracts"], acme["fee_share"], acme["services"]) == (
        2,
        0.5,
        "api_inference, chat_web",
    )
    assert (acme["upstreams"], acme["shared_with"]) == ("cirrus", "globex")
    assert (globex["upstreams"], globex["shared_with"]) == ("cirrus", "acme")


def test_without_every_fee_there_is_no_share_of_them(snapshot: Snapshot) -> None:
    text = CONTRACTS.replace("monthly_fee = 1000\n", "")
    assert dependence(snapshot, contracts(text))["fee_share"].to_list() == [None, None]


@pytest.mark.parametrize("lei", ["00ACME00000000000075", "acme", LEI.lower(), LEI + "0"])
def test_an_identifier_that_does_not_check_is_refused(lei: str) -> None:
    with pytest.raises(TermsError, match="no identifier of 20 characters"):
        read_contracts(CONTRACTS.replace(LEI, lei))
