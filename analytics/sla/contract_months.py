"""List the periods of each contract as a page shows them: estimate, credit, last day to claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from analytics.answer import framed
from analytics.question import Question, QuestionError
from analytics.sla.claim import (
    claim_words,
    credit_words,
    doubt_words,
    missed_sentence,
    money_words,
    not_begun_words,
)
from analytics.sla.contract import Contract
from analytics.sla.estimate import Estimate, estimate_contract
from analytics.snapshot import Snapshot
from ingest.models import time_zone

#: One row per period of a contract, the newest first. Shares are fractions; the rest is in words.
CONTRACT_MONTHS: Mapping[str, Any] = {
    "period": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "target": pl.Float64,
    # met, maybe missed, missed or no data.
    "met": pl.String,
    "running": pl.Boolean,
    "credits": pl.String,
    "money": pl.String,
    "deadline": pl.Date,
    "claim": pl.String,
    "doubt": pl.String,
    "coverage": pl.Float64,
}
NO_DATA = "no data"


@dataclass(frozen=True, slots=True)
class ContractRecord:
    """A contract with its periods (columns of ``CONTRACT_MONTHS``) and their sum in a sentence.

    ``trouble``: why it has no periods; empty where it has some.
    """

    contract: Contract
    months: pl.DataFrame
    missed: str
    trouble: str = ""


def contract_records(
    snapshot: Snapshot, contracts: Iterable[Contract], question: Question
) -> tuple[ContractRecord, ...]:
    """Estimate each contract; one that cannot be estimated says why and leaves the others.

    Args:
        snapshot: Where the states are.
        contracts: What was agreed.
        question: Rule and classes.
    """
    return tuple(_record(snapshot, contract, question) for contract in contracts)


def _record(snapshot: Snapshot, contract: Contract, question: Question) -> ContractRecord:
    try:
        estimates = estimate_contract(snapshot, contract, question)
    except QuestionError as error:
        nothing = framed([], CONTRACT_MONTHS)
        return ContractRecord(contract, nothing, missed_sentence([]), str(error))
    months = framed(_months(snapshot, estimates), CONTRACT_MONTHS)
    trouble = "" if estimates else not_begun_words(contract)
    return ContractRecord(contract, months, missed_sentence(estimates), trouble)


def _months(snapshot: Snapshot, estimates: Sequence[Estimate]) -> Iterator[dict[str, Any]]:
    for one in reversed(estimates):
        contract, found = one.contract, one.availability
        today = snapshot.as_of.astimezone(time_zone(contract.zone)).date()
        numbers = {}
        if found is not None:
            ends = {"value": found.value, "low": found.low, "high": found.high}
            numbers = {name: float(end / 100) for name, end in ends.items()}
        target = contract.terms.target
        yield {
            "period": one.period.name,
            **numbers,
            "target": None if target is None else float(target / 100),
            "met": one.target or NO_DATA,
            "running": one.running,
            "credits": credit_words(one.credits),
            "money": money_words(one) or None,
            "deadline": one.deadline,
            "claim": claim_words(one, today),
            "doubt": doubt_words(one) or None,
            "coverage": one.scope.covered_s / one.scope.window_s,
        }
