"""Months and quarters are those of the contract's zone, and a claim ends on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analytics.sla.period import claim_deadline, contract_periods
from analytics.sla.terms import MONTH, QUARTER, known_terms

LA = "America/Los_Angeles"
FAR = date(2030, 1, 1)


def test_a_month_across_a_change_of_clocks_is_an_hour_shorter_or_longer() -> None:
    year = contract_periods(MONTH, LA, date(2026, 1, 1), date(2027, 1, 1), FAR)
    hours = {month.name: (month.end_s - month.start_s) // 3600 for month in year}
    assert (hours["2026-02"], hours["2026-03"], hours["2026-11"]) == (672, 743, 721)
    assert sum(hours.values()) == 365 * 24


def test_a_quarter_is_three_months_and_is_cut_to_the_contract() -> None:
    found = [*contract_periods(QUARTER, LA, date(2026, 2, 10), date(2026, 8, 1), FAR)]
    assert [(one.name, str(one.first), str(one.after), one.whole) for one in found] == [
        ("2026-Q1", "2026-02-10", "2026-04-01", False),
        ("2026-Q2", "2026-04-01", "2026-07-01", True),
        ("2026-Q3", "2026-07-01", "2026-08-01", False),
    ]
    assert str(found[-1].last) == "2026-09-30"


def test_a_contract_that_runs_on_has_the_periods_begun_by_now() -> None:
    found = contract_periods(MONTH, LA, date(2026, 11, 15), None, date(2027, 1, 1))
    assert [one.name for one in found] == ["2026-11", "2026-12", "2027-01"]


@pytest.mark.parametrize(
    ("days", "months", "last", "deadline"),
    [
        # 2028 has a leap day, 2027 has none.
        (None, 2, date(2027, 12, 31), "2028-02-29"),
        (None, 2, date(2026, 12, 31), "2027-02-28"),
        (30, None, date(2028, 1, 30), "2028-02-29"),
        (30, None, date(2027, 1, 30), "2027-03-01"),
        # Months end when they end.
        (None, 1, date(2026, 1, 31), "2026-02-28"),
        (None, 3, date(2026, 11, 30), "2027-02-28"),
        # Of two limits the earlier.
        (30, 2, date(2026, 1, 31), "2026-03-02"),
        (90, 2, date(2026, 1, 31), "2026-03-31"),
        (0, None, date(2026, 1, 31), "2026-01-31"),
    ],
)
def test_a_claim_ends_on_a_day_of_the_calendar(
    days: int | None, months: int | None, last: date, deadline: str
) -> None:
    terms = replace(known_terms()["aws-bedrock"], claim_days=days, claim_months=months)
    assert str(claim_deadline(terms, last)) == deadline


def test_without_a_limit_there_is_no_deadline() -> None:
    assert claim_deadline(known_terms()["vertex-gemini"], date(2026, 1, 31)) is None
