"""Ask about the days of a period: those of a contract, or those that a word names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from analytics.asking.period import period_days
from analytics.question import Question
from analytics.sla.contract import Contract, find_contract

#: Begins a period that is the days of a contract.
OF_CONTRACT = "contract:"


def in_period(
    question: Question,
    as_of: datetime,
    period: str,
    contracts: Callable[[], Mapping[str, Contract]],
) -> Question:
    """Ask about the days of a period; those of a contract are in its zone.

    Args:
        question: Its zone is that of the days.
        as_of: Moment of the newest data.
        period: Period, as a word.
        contracts: Reads the contracts by name; not called where none is meant.

    Raises:
        QuestionError: No such period.
        TermsError: No such contract, or one cannot be read.
    """
    if not period.startswith(OF_CONTRACT):
        since, until = period_days(period, as_of, question.zone)
        return replace(question, since=since, until=until)
    found = find_contract(contracts(), period.removeprefix(OF_CONTRACT))
    return replace(question, since=found.start, until=found.after, zone=found.zone)
