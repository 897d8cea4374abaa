"""List the periods of each contract as a page shows them: estimate, credit, last day to claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from analytics.answer import framed
from analytics.question import Question, QuestionError
from analytics.sla.bounds import NOBODY
from analytics.sla.claim import (
    claim_words,
    credit_words,
    doubt_words,
    missed_sentence,
    money_words,
    not_begun_words,
    probes_sentence,
)
from analytics.sla.contract import Contract
from analytics.sla.detection import detection_lines
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
    # met, maybe missed, missed, no data or not estimable.
    "met": pl.String,
    "running": pl.Boolean,
    "credits": pl.String,
    "money": pl.String,
    "deadline": pl.Date,
    "claim": pl.String,
    "doubt": pl.String,
    "coverage": pl.Float64,
}


@dataclass(frozen=True, slots=True)
class ContractRecord:
    """Hold a contract, its periods, and their sum in a sentence.

    ``months``: columns of ``CONTRACT_MONTHS``. ``missed``: how many missed the target.
    ``trouble``: why it has no periods; empty where it has some. ``probed``: one's own probes.
    """

    contract: Contract
    months: pl.DataFrame
    missed: str
    trouble: str = ""
    probed: str = ""


def contract_records(
    snapshot: Snapshot,
    contracts: Iterable[Contract],
    question: Question,
    probes: pl.DataFrame,
) -> tuple[ContractRecord, ...]:
    """Estimate each contract; one that cannot be estimated says why and leaves the others.

    Args:
        snapshot: Where the states are.
        contracts: What was agreed.
        question: Rule and classes.
        probes: Columns of ``detection.PROBES``.
    """
    return tuple(_record(snapshot, contract, question, probes) for contract in contracts)


def _record(
    snapshot: Snapshot, contract: Contract, question: Question, probes: pl.DataFrame
) -> ContractRecord:
    try:
        estimates = estimate_contract(snapshot, contract, question)
    except QuestionError as error:
        nothing = framed([], CONTRACT_MONTHS)
        return ContractRecord(contract, nothing, missed_sentence([]), str(error))
    months = framed(_months(snapshot, estimates), CONTRACT_MONTHS)
    trouble = "" if estimates else not_begun_words(contract)
    told = _probed(snapshot, estimates, question, probes) if estimates else ""
    return ContractRecord(contract, months, missed_sentence(estimates), trouble, told)


def _probed(
    snapshot: Snapshot, estimates: Sequence[Estimate], question: Question, probes: pl.DataFrame
) -> str:
    """Say what one's own probes show over all periods; empty without any."""
    first, last = estimates[0].scope, estimates[-1].scope
    mine = probes.filter(provider=first.provider, surface=first.surface)
    if mine.is_empty():
        return ""
    coverage = {
        NOBODY: [span for one in estimates for span in one.scope.covered],
    }
    whole = replace(first, end=last.end, coverage=coverage)
    asked = replace(question, providers=(first.provider,), surface=first.surface)
    lead, unposted = detection_lines(snapshot, asked, whole, mine)
    return probes_sentence(mine.height, lead, unposted)


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
            "met": one.target,
            "running": one.running,
            "credits": credit_words(one.credits),
            "money": money_words(one) or None,
            "deadline": one.deadline,
            "claim": claim_words(one, today),
            "doubt": doubt_words(one) or None,
            "coverage": one.scope.covered_s / one.scope.window_s,
        }
