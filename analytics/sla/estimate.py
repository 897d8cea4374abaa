"""Estimate each period of a contract from what a page posted (METHODOLOGY, "SLA estimates").

Indicative: contracts mostly count the errors of one customer, which no status page shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from analytics.downtime.observed_states import ObservedStates, down_spans, observe
from analytics.downtime.regions import in_region, regions_of
from analytics.question import Question, combine_of
from analytics.scope import Interval, Scope, within
from analytics.sla.bounds import Bounds, bound_downtime
from analytics.sla.contract import Contract
from analytics.sla.credit import Credit, credit_of, meets, possible_credits
from analytics.sla.period import Period, claim_deadline, contract_periods
from analytics.sla.terms import MONTH, QUARTER
from analytics.snapshot import Snapshot
from ingest.models import time_zone

#: Share of a period below which coverage is too little for an estimate.
MIN_COVERAGE = 0.5
MICRO = 10**6
#: Words for a period without an estimate: nobody saw it, or nothing can be held against it.
NO_DATA, NOT_ESTIMABLE = "no data", "not estimable"
#: Days seen before a contract's first day and after its last: an outage across either is as long
#: as it was, not as long as the part inside.
MARGIN_DAYS = 1
#: Months of each kind of period.
MONTHS_OF = {MONTH: 1, QUARTER: 3}


@dataclass(frozen=True, slots=True)
class Availability:
    """Hold the percent of a period available, exactly: at worst, as told, at best."""

    low: Fraction
    value: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class Estimate:
    """Hold what is estimated of a period of a contract.

    ``scope``: the surface over the elapsed part of the period. ``running``: it has not ended.
    ``availability`` is None where too little is covered (``target``: no data) or nothing is
    promised (not estimable). ``why``: the reason, in words. ``credits``: every credit the
    availability may pay. ``down_s`` at least, as told and at most.
    """

    contract: Contract
    period: Period
    scope: Scope
    running: bool
    deadline: date | None
    unknown_s: int
    availability: Availability | None = None
    down_s: tuple[float, float, float] | None = None
    target: str = ""
    likely: Credit | None = None
    credits: tuple[Credit, ...] = ()
    why: str = ""


def estimate_contract(
    snapshot: Snapshot, contract: Contract, question: Question
) -> tuple[Estimate, ...]:
    """Estimate every period of a contract that has begun, the oldest first.

    Args:
        snapshot: Where the states are.
        contract: What was agreed.
        question: Rule, weights, classes and how components are combined.

    Raises:
        QuestionError: There is no such provider, surface or region.
    """
    today = snapshot.as_of.astimezone(time_zone(contract.zone)).date()
    terms = contract.terms
    periods = [
        period
        for period in contract_periods(
            terms.period, contract.zone, contract.start, contract.after, today
        )
        if period.start_s < int(snapshot.as_of.timestamp())
    ]
    if not periods:
        return ()
    margin = timedelta(days=MARGIN_DAYS, seconds=terms.min_outage_s)
    asked = replace(
        question,
        providers=(contract.provider,),
        surface=contract.surface,
        since=periods[0].first - margin,
        until=periods[-1].after + margin,
        zone=contract.zone,
        minimum=None,
        previous=False,
    )
    narrowed = snapshot if contract.region is None else in_region(snapshot, contract.region)
    [seen] = observe(narrowed, asked)
    estimated = _bounds(narrowed, asked, seen, periods).without_short(terms.min_outage_s)
    regions = regions_of(snapshot).get((contract.provider, contract.surface), ())
    several = len(regions) > 1 and contract.region is None and question.combine is None
    why = f"name one of its {len(regions)} regions in the contract" if several else ""
    return tuple(_estimates(contract, periods, seen, estimated, why))


def _bounds(
    snapshot: Snapshot, question: Question, seen: ObservedStates, periods: Sequence[Period]
) -> Bounds:
    scope = seen.scope
    edges = [edge for period in periods for edge in (period.start_s, period.end_s)]
    return bound_downtime(
        down_spans(snapshot, question, seen),
        scope.coverage,
        seen.unknown,
        (scope.start_s, scope.end_s),
        combine_of(question),
        [edge for edge in edges if scope.start_s <= edge <= scope.end_s],
    )


def _estimates(
    contract: Contract,
    periods: Sequence[Period],
    seen: ObservedStates,
    bounds: Bounds,
    why: str,
) -> Iterator[Estimate]:
    whole, terms = seen.scope, contract.terms
    for period in periods:
        span = period.start_s, min(period.end_s, whole.end_s)
        scope = within(whole, *span)
        observed = bounds.likely.between(*span).observed_s
        begun = Estimate(
            contract,
            period,
            replace(scope, start=_instant(span[0]), end=_instant(span[1])),
            running=period.end_s > whole.end_s,
            deadline=claim_deadline(terms, period.last),
            unknown_s=scope.covered_s - observed,
        )
        reason = why or _not_promised(contract)
        unseen = _not_seen(span, scope.covered_s, observed)
        if reason:
            yield replace(begun, target=NOT_ESTIMABLE, why=reason)
        elif unseen:
            yield replace(begun, target=NO_DATA, why=unseen)
        else:
            yield _estimated(begun, bounds, span)


def _instant(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def _not_promised(contract: Contract) -> str:
    """Say why a contract has no estimate; empty where it has a target."""
    terms = contract.terms
    if terms.target is not None:
        return ""
    return f"no target is public ({terms.note or terms.status})"


def _not_seen(span: Interval, covered_s: int, observed_s: int) -> str:
    """Say why too little of a period is known; empty where it is enough."""
    if covered_s == 0:
        return "nothing of the period is covered"
    if observed_s == 0:
        return "every state of the period is unknown"
    if covered_s < MIN_COVERAGE * (span[1] - span[0]):
        return f"only {100 * covered_s // (span[1] - span[0])} % of the period is covered"
    return ""


def _estimated(begun: Estimate, bounds: Bounds, span: Interval) -> Estimate:
    terms = begun.contract.terms
    least, likely, most = (one.between(*span) for one in (bounds.least, bounds.likely, bounds.most))
    value = available(likely.down_s, likely.observed_s)
    # The same seconds added up in another order may differ in the last digit.
    low = min(available(most.down_s, most.observed_s), value)
    high = max(available(least.down_s, least.observed_s), value)
    return replace(
        begun,
        availability=Availability(low, value, high),
        down_s=(least.down_s, likely.down_s, most.down_s),
        target=meets(terms, low, high),
        likely=credit_of(terms, value),
        credits=possible_credits(terms, low, high),
    )


def available(down_s: float, seconds: int) -> Fraction:
    """Return the percent of so many seconds available, exactly to the microsecond down.

    >>> str(available(2592.0, 30 * 86400)), float(available(0.1 + 0.2, 3))
    ('999/10', 90.0)
    """
    down = Fraction(round(down_s * MICRO), MICRO)
    return 100 * (1 - down / seconds)


def amount(contract: Contract, credit: Credit) -> Fraction | None:
    """Return what a credit is in money: of the fees of the period; None where it is not known."""
    if contract.fee is None or credit.percent is None:
        return None
    months = MONTHS_OF[contract.terms.period]
    return contract.fee * months * credit.percent / 100
