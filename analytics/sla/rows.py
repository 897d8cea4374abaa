"""Write estimates as rows, for command line, files and notebooks (METHODOLOGY, "SLA estimates")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import polars as pl

from analytics.answer import INSUFFICIENT, OK, SCHEMA, framed, row
from analytics.calendar_days import whole_months
from analytics.incident_selection import open_in_each, posts
from analytics.memo import once
from analytics.question import Question, QuestionError, combine_of, everything, midnight
from analytics.scope import scopes
from analytics.sla.claim import INDICATIVE, claim_words, credit_words, doubt_words
from analytics.sla.contract import Contract
from analytics.sla.credit import Credit
from analytics.sla.detection import PROBES, detection_lines
from analytics.sla.estimate import Estimate, estimate_contract
from analytics.sla.terms import Terms, known_terms
from analytics.snapshot import Snapshot
from ingest.models import time_zone

#: Metric is sla_availability (low and high by what is not known exactly) or sla_credit, in percent
#: of the period's fees.
SLA: Mapping[str, Any] = {
    **SCHEMA,
    "contract": pl.String,
    "terms": pl.String,
    "period": pl.String,
    # In percent.
    "target": pl.Float64,
    # met, maybe missed, missed, no data or not estimable.
    "target_met": pl.String,
    "running": pl.Boolean,
    # Every credit that may be due, in words.
    "credits": pl.String,
    # Last day to claim.
    "deadline": pl.Date,
    "claim": pl.String,
    "doubt": pl.String,
    "caveat": pl.String,
}
#: Terms of a provider whose terms nobody has looked up.
UNLISTED = "unknown"


@once(everything)
def sla(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Estimate the public terms of each provider, as if they had been agreed for the window.

    Every calendar month of the window counts whole. Whose terms were not looked up has rows without
    a value.

    Returns:
        Columns of ``SLA``.
    """
    first, after = whole_months(*question.window(snapshot.as_of), question.zone)
    contracts = [
        Contract(
            terms.id,
            scope.provider,
            scope.surface,
            terms,
            first,
            after - timedelta(days=1),
            zone=question.zone,
        )
        for scope in scopes(snapshot, replace(question, combine=None))
        for terms in _terms_of(scope.provider)
    ]
    return contract_rows(snapshot, contracts, question)


def _terms_of(provider: str) -> Iterable[Terms]:
    public = [terms for terms in known_terms().values() if terms.provider == provider]
    note = "its terms were not looked up"
    return public or [Terms(UNLISTED, provider, provider, UNLISTED, note=note)]


def contract_rows(
    snapshot: Snapshot,
    contracts: Iterable[Contract],
    question: Question,
    probes: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Estimate contracts, one row per period and metric.

    Args:
        snapshot: Where the states are.
        contracts: What was agreed.
        question: Rule and classes.
        probes: Columns of ``detection.PROBES``; where there are some of a contract's provider and
            surface, its periods have rows about them too.

    Raises:
        QuestionError: A contract names a provider, surface or region that is not there.

    Returns:
        Columns of ``SLA``.
    """
    own = framed([], PROBES) if probes is None else probes
    return framed((line for one in contracts for line in _lines(snapshot, one, question, own)), SLA)


def touching(rows: pl.DataFrame, question: Question) -> pl.DataFrame:
    """Keep the periods that touch the days asked about; all of them where no day is given.

    Returns:
        Columns of ``rows``.
    """
    if question.since is not None:
        since = midnight(question.since, question.zone)
        rows = rows.filter(pl.col("window_end") > since)
    if question.until is not None:
        until = midnight(question.until, question.zone)
        rows = rows.filter(pl.col("window_start") < until)
    return rows


def _lines(
    snapshot: Snapshot, contract: Contract, question: Question, probes: pl.DataFrame
) -> Iterator[dict[str, Any]]:
    try:
        estimates = estimate_contract(snapshot, contract, question)
    except QuestionError as error:
        raise QuestionError(f"contract {contract.name!r}: {error}") from None
    today = snapshot.as_of.astimezone(time_zone(contract.zone)).date()
    mine = probes.filter(provider=contract.provider, surface=contract.surface)
    asked = replace(
        question, providers=(contract.provider,), surface=contract.surface, minimum=None
    )
    if not estimates:
        return
    windows = [(one.scope.start_s, one.scope.end_s) for one in estimates]
    counts = open_in_each(posts(snapshot, asked, estimates[0].scope), windows)
    for estimate, n in zip(estimates, counts, strict=True):
        about = _about(estimate, today)
        for line in _estimated(snapshot, estimate, asked, n):
            yield {**line, **about}
        if not mine.is_empty():
            for line in detection_lines(snapshot, asked, estimate.scope, mine):
                yield {**line, **about}


def _about(estimate: Estimate, today: date) -> dict[str, Any]:
    """Return what every row of a period says of its contract."""
    terms = estimate.contract.terms
    return {
        "contract": estimate.contract.name,
        "terms": terms.id,
        "period": estimate.period.name,
        "target": None if terms.target is None else float(terms.target),
        "target_met": estimate.target,
        "running": estimate.running,
        "credits": credit_words(estimate.credits),
        "deadline": estimate.deadline,
        "claim": claim_words(estimate, today),
        "doubt": doubt_words(estimate) or None,
        "caveat": INDICATIVE,
    }


def _estimated(
    snapshot: Snapshot, estimate: Estimate, question: Question, n: int
) -> Iterator[dict[str, Any]]:
    scope, found = estimate.scope, estimate.availability
    told = {
        "n": n,
        "unknown_s": estimate.unknown_s,
        "down_s": estimate.down_s[1] if estimate.down_s else None,
        "rule": question.named_rule,
        "combine": combine_of(question),
        "status": OK if found else INSUFFICIENT,
    }
    ends = (found.value, found.low, found.high) if found else (None, None, None)
    ends_up = _ends(ends, 100)
    yield row(snapshot, question, scope, "sla_availability", "fraction", **told, **ends_up)
    value = estimate.likely.percent if estimate.likely else None
    due = _ends((value, *_least_and_most(estimate.credits)), 1)
    yield row(snapshot, question, scope, "sla_credit", "percent of the fee", **told, **due)


def _least_and_most(credits: Sequence[Credit]) -> tuple[Fraction | None, Fraction | None]:
    """Return the least and the most that may be due; None where one is not known."""
    known = [credit.percent for credit in credits if credit.percent is not None]
    return (min(known), max(known)) if known and len(known) == len(credits) else (None, None)


def _ends(ends: Sequence[Fraction | None], scale: int) -> dict[str, float | None]:
    told = [None if end is None else float(end / scale) for end in ends]
    return dict(zip(("value", "low", "high"), told, strict=True))
