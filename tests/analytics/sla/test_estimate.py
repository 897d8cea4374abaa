"""A contract is estimated month by month, with an interval, and a reason where nothing is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from analytics import QuestionError, Snapshot, ask
from analytics.sla.claim import INDICATIVE, claim_words, credit_words, doubt_words, money_words
from analytics.sla.contract import Contract, read_contracts
from analytics.sla.estimate import Estimate, amount, estimate_contract
from analytics.sla.rows import contract_rows, sla
from tests.support.snapshots import component, covered, made, post, provider_row, state

BEDROCK = 'provider = "acme"\nsurface = "api_inference"\nterms = "aws-bedrock"\n'
AFTERWARDS = date(2026, 5, 1)


def contract(more: str = "start = 2026-04-01\nend = 2026-04-30", base: str = BEDROCK) -> Contract:
    return read_contracts(f"[mine]\n{base}{more}")["mine"]


def world(folder: Path, *outages: tuple[str, str], **tables: Any) -> Snapshot:
    told = {
        "as_of": "2026-05-10",
        "coverage": [covered("2025-06-01", "2026-05-10")],
        "states": [state("major", a, b, post=f"p{n}") for n, (a, b) in enumerate(outages)],
        "posts": [post(f"p{n}", a, b) for n, (a, b) in enumerate(outages)],
        **tables,
    }
    return made(folder, **told)


def estimated(snapshot: Snapshot, one: Contract) -> Sequence[Estimate]:
    return estimate_contract(snapshot, one, ask())


#: Three, four, twelve and 41 minutes, to the second.
FOUR = [
    ("2026-04-02 10:00:01", "2026-04-02 10:03:01"),
    ("2026-04-05 10:00:01", "2026-04-05 10:04:01"),
    ("2026-04-09 10:00:01", "2026-04-09 10:12:01"),
    ("2026-04-20 10:00:01", "2026-04-20 10:41:01"),
]


@pytest.mark.parametrize(
    ("least", "down_s", "percent"), [("", 3600, 99.861), ("min_outage_minutes = 5", 3180, 99.877)]
)
def test_short_outages_count_unless_the_contract_leaves_them_out(
    tmp_path: Path, least: str, down_s: float, percent: float
) -> None:
    mine = contract(f"start = 2026-04-01\nend = 2026-04-30\n{least}")
    [found] = estimated(world(tmp_path, *FOUR), mine)
    assert found.down_s == (down_s, down_s, down_s)
    assert found.availability is not None
    assert int(found.availability.value * 1000) / 1000 == percent
    assert found.target == "missed"
    assert credit_words(found.credits) == "10 %"


@pytest.mark.parametrize(
    "across",
    [
        ("2026-03-31 23:57:01", "2026-04-01 00:04:01"),
        ("2026-04-30 23:56:01", "2026-05-01 00:03:01"),
    ],
)
def test_an_outage_across_an_end_of_the_contract_is_as_long_as_it_was(
    tmp_path: Path, across: tuple[str, str]
) -> None:
    """Seven minutes are no short outage, though the contract holds less than five of them."""
    mine = contract("start = 2026-04-01\nend = 2026-04-30\nmin_outage_minutes = 5")
    [found] = estimated(world(tmp_path, across), mine)
    assert found.down_s in [(241.0,) * 3, (239.0,) * 3]


def test_an_outage_from_the_first_midnight_began_within_that_minute(tmp_path: Path) -> None:
    midnight = "2026-04-01 00:00", "2026-04-01 01:00:01"
    [found] = estimated(world(tmp_path, midnight), contract())
    assert found.down_s == (3541.0, 3601.0, 3601.0)


def test_a_boundary_inside_the_interval_is_ten_percent_or_none(tmp_path: Path) -> None:
    """43.2 minutes of 30 days are 99.9 %: told to the minute, 43 may be 42 or 44."""
    [found] = estimated(world(tmp_path, ("2026-04-02 10:00", "2026-04-02 10:43")), contract())
    assert found.availability is not None
    low, high = found.availability.low, found.availability.high
    assert low < Fraction("99.9") < found.availability.value < high
    assert credit_words(found.credits) == "10 % or none"
    assert found.target == "maybe missed"
    assert claim_words(found, AFTERWARDS) == "perhaps claimable until 30 Jun 2026: 10 % or none"


def test_an_end_that_only_an_absence_tells_of_lies_between_two_captures(tmp_path: Path) -> None:
    start, last, gone = "2026-04-02 10:00:01", "2026-04-02 10:30:01", "2026-04-02 11:30:01"
    snapshot = world(
        tmp_path,
        posts=[post("p", start, gone, last_listed_at=datetime(2026, 4, 2, 10, 30, 1, tzinfo=UTC))],
        states=[state("major", start, last, post="p"), state("unknown", last, gone, post="p")],
    )
    [found] = estimated(snapshot, contract())
    assert found.down_s == (1800, 1800, 5400)
    assert credit_words(found.credits) == "10 % or none"


def test_months_of_los_angeles_are_an_hour_off_at_both_changes_of_clocks(tmp_path: Path) -> None:
    """An outage of a minute from the last hour of a local month counts there."""
    snapshot = world(
        tmp_path,
        ("2026-04-01 06:58:01", "2026-04-01 07:03:01"),
        as_of="2026-12-10",
        coverage=[covered("2025-06-01", "2026-12-10")],
    )
    text = 'zone = "America/Los_Angeles"\nstart = 2026-03-01\nend = 2026-11-30'
    found = {one.period.name: one for one in estimated(snapshot, contract(text))}
    hours = {name: one.scope.window_s // 3600 for name, one in found.items()}
    assert (hours["2026-03"], hours["2026-04"], hours["2026-11"]) == (743, 720, 721)
    march, april = found["2026-03"], found["2026-04"]
    assert (march.down_s, april.down_s) == ((119, 119, 119), (181, 181, 181))
    assert march.availability is not None
    assert march.availability.value == 100 * (1 - Fraction(119, 743 * 3600))


def test_a_deadline_can_be_a_leap_day(tmp_path: Path) -> None:
    snapshot = world(
        tmp_path,
        ("2027-12-10 10:00:01", "2027-12-10 12:00:01"),
        as_of="2028-02-29 12:00",
        coverage=[covered("2027-01-01", "2028-02-29 12:00")],
    )
    [found] = estimated(snapshot, contract("start = 2027-12-01\nend = 2027-12-31"))
    assert found.deadline == date(2028, 2, 29)
    words = "claimable by these numbers until 29 Feb 2028: 10 %"
    assert claim_words(found, date(2028, 2, 29)) == words
    late = "not claimable because the last day to claim was 29 Feb 2028"
    assert claim_words(found, date(2028, 3, 1)) == late


def test_planned_work_is_no_outage(tmp_path: Path) -> None:
    hours = "2026-04-02 10:00:01", "2026-04-02 15:00:01"
    snapshot = world(
        tmp_path,
        states=[state("maintenance", *hours, post="m")],
        posts=[post("m", *hours, kind="maintenance")],
    )
    [found] = estimated(snapshot, contract())
    assert found.down_s == (0, 0, 0)
    assert claim_words(found, AFTERWARDS) == (
        "not claimable because the target of 99.9 % is met, at worst with 100 %"
    )


def test_money_is_a_share_of_the_fees_of_the_period(tmp_path: Path) -> None:
    fees = 'monthly_fee = 4000\ncurrency = "EUR"\nstart = 2026-04-01\nend = 2026-04-30'
    [found] = estimated(world(tmp_path, ("2026-04-02 10:00", "2026-04-02 10:43")), contract(fees))
    assert money_words(found) == "EUR 400.00 or none"
    quarterly = contract(f'period = "quarter"\n{fees}')
    [found] = estimated(world(tmp_path, *FOUR), quarterly)
    assert found.likely is not None
    assert amount(quarterly, found.likely) == 1200


REASONS = {
    "no target is public (best-effort availability)": (
        'terms = "anthropic-standard"\nstart = 2026-04-01\nend = 2026-04-30',
        [FOUR[3]],
    ),
    "the terms promise no credit": (
        'terms = "anthropic-priority"\nstart = 2026-04-01\nend = 2026-04-30',
        [("2026-04-02 10:00:01", "2026-04-02 20:00:01")],
    ),
    "the period runs until 31 May 2026": (
        'terms = "aws-bedrock"\nstart = 2026-05-01',
        [("2026-05-02 10:00:01", "2026-05-02 20:00:01")],
    ),
    "the last day to claim was 31 Mar 2026": (
        'terms = "aws-bedrock"\nstart = 2026-01-01\nend = 2026-01-31',
        [("2026-01-02 10:00:01", "2026-01-02 20:00:01")],
    ),
    "the credit is below the least that is paid, USD 1": (
        'terms = "aws-bedrock"\nmonthly_fee = 5\nstart = 2026-04-01\nend = 2026-04-30',
        [FOUR[3], FOUR[2]],
    ),
    "no credit is due so close to the target": (
        'terms = "mistral.basic"\nstart = 2026-04-01\nend = 2026-04-30',
        [("2026-04-02 10:00:01", "2026-04-02 13:50:01")],
    ),
    "nothing of the period is covered": (
        'terms = "aws-bedrock"\nstart = 2025-04-01\nend = 2025-04-30',
        [],
    ),
}


@pytest.mark.parametrize("reason", REASONS)
def test_what_is_not_claimable_says_why(tmp_path: Path, reason: str) -> None:
    text, outages = REASONS[reason]
    mine = contract(text, 'provider = "acme"\nsurface = "api_inference"\n')
    [found] = estimated(world(tmp_path, *outages), mine)
    assert claim_words(found, date(2026, 5, 10)) == f"not claimable because {reason}"


def test_credits_nobody_saw_are_not_known(tmp_path: Path) -> None:
    groq = contract(
        'terms = "groq-performance"\nstart = 2026-04-01\nend = 2026-04-30',
        'provider = "acme"\nsurface = "api_inference"\n',
    )
    [found] = estimated(world(tmp_path, *FOUR), groq)
    assert credit_words(found.credits) == "not known"
    assert claim_words(found, AFTERWARDS) == (
        "perhaps claimable with no last day in the terms seen: "
        "the credits of these terms were not seen"
    )
    assert "latency (99 %) is not estimable" in doubt_words(found)


def test_a_month_half_of_which_nobody_saw_has_no_estimate(tmp_path: Path) -> None:
    snapshot = world(tmp_path, coverage=[covered("2026-04-20", "2026-05-10")])
    [found] = estimated(snapshot, contract())
    assert (found.availability, found.why) == (None, "only 36 % of the period is covered")
    assert found.target == "no data"


def test_uncovered_days_widen_the_interval(tmp_path: Path) -> None:
    snapshot = world(tmp_path, coverage=[covered("2026-04-04", "2026-05-10")])
    [found] = estimated(snapshot, contract())
    assert found.availability is not None
    assert (found.availability.low, found.availability.value) == (90, 100)
    assert credit_words(found.credits) == "100 %, 25 %, 10 % or none"


def test_a_surface_of_several_regions_needs_the_one_of_the_contract(tmp_path: Path) -> None:
    snapshot = world(
        tmp_path,
        components=[component(of, region=of) for of in ("east", "west")],
        coverage=[covered("2026-01-01", "2026-05-10", of=of) for of in ("east", "west")],
        states=[state("major", *FOUR[3], of="east", post="p")],
        posts=[post("p", *FOUR[3], of=["east"])],
    )
    [found] = estimated(snapshot, contract())
    assert found.why == "name one of its 2 regions in the contract"
    assert found.target == "not estimable"
    west = contract('region = "west"\nstart = 2026-04-01\nend = 2026-04-30')
    assert estimated(snapshot, west)[0].down_s == (0, 0, 0)
    with pytest.raises(QuestionError, match="no component is in region 'north'"):
        estimated(snapshot, contract('region = "north"\nstart = 2026-04-01'))


def test_a_contract_that_has_not_begun_has_no_period(tmp_path: Path) -> None:
    assert estimated(world(tmp_path), contract("start = 2026-06-01")) == ()


def test_rows_carry_the_interval_the_deadline_and_the_caveat(tmp_path: Path) -> None:
    snapshot = world(tmp_path, ("2026-04-02 10:00", "2026-04-02 10:43"))
    rows = contract_rows(snapshot, [contract()], ask()).to_dicts()
    assert [row["metric"] for row in rows] == ["sla_availability", "sla_credit"]
    availability, credit = rows
    assert availability["low"] < 0.999 < availability["value"] < availability["high"]
    assert (credit["value"], credit["low"], credit["high"]) == (0, 0, 10)
    for row in rows:
        assert row["caveat"] == INDICATIVE
        assert (row["deadline"], row["n"], row["status"]) == (date(2026, 6, 30), 1, "ok")
        assert (row["interval"], row["basis"]) == ("unknown", "component_states")


def test_a_contract_of_nobody_is_named(tmp_path: Path) -> None:
    wrong = contract(base=BEDROCK.replace("acme", "nobody"))
    with pytest.raises(QuestionError, match="contract 'mine': no provider 'nobody'"):
        contract_rows(world(tmp_path), [wrong], ask())


def test_public_terms_are_estimated_as_if_they_had_been_agreed(tmp_path: Path) -> None:
    outage = "2026-04-02 10:00:01", "2026-04-02 20:00:01"
    snapshot = world(
        tmp_path,
        providers=[provider_row("acme"), provider_row("cohere")],
        coverage=[covered("2026-03-01", "2026-05-10", provider="cohere")],
        states=[state("major", *outage, provider="cohere", post="p")],
        posts=[post("p", *outage, provider="cohere")],
    )
    asked = ask(providers=["cohere", "acme"], since="2026-04-15", until="2026-05-01")
    rows = sla(snapshot, asked).filter(metric="sla_credit")
    [row] = rows.filter(provider="cohere").to_dicts()
    assert (row["terms"], row["period"], row["value"]) == ("cohere-saas", "2026-04", 10)


def test_terms_nobody_looked_up_are_unknown_and_have_no_number(tmp_path: Path) -> None:
    rows = sla(world(tmp_path), ask(providers=["acme"], since="2026-04-01", until="2026-05-01"))
    assert rows["value"].is_null().all()
    assert set(rows["terms"]) == {"unknown"}
    assert set(rows["target_met"]) == {"not estimable"}
    assert set(rows["claim"]) == {
        "not claimable because no target is public (its terms were not looked up)"
    }


def test_a_day_later_never_takes_from_the_time_down(tmp_path: Path) -> None:
    began = datetime(2026, 4, 20, 10, tzinfo=UTC)
    found = []
    for n, days in enumerate((1, 2, 3)):
        now = began + timedelta(days=days)
        folder = tmp_path / str(n)
        folder.mkdir()
        snapshot = made(
            folder,
            as_of=now,
            coverage=[covered("2026-01-01", now)],
            states=[state("major", began, post="p")],
            posts=[post("p", began)],
        )
        [one] = estimated(snapshot, contract())
        assert one.running
        assert one.down_s is not None
        found.append(one.down_s)
    assert found == [(n * 86400 - 60, n * 86400, n * 86400) for n in (1, 2, 3)]
