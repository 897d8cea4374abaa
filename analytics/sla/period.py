"""Cut a contract into its months or quarters, and date the end of each claim.

Days are those of the contract's zone, so a month across a change of clocks is an hour longer or
shorter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from analytics.question import QuestionError, midnight
from analytics.sla.terms import QUARTER, Terms

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Period:
    """Hold a month or quarter of a contract, cut to the contract's own days.

    ``last``: last day of the whole month or quarter, from which claims are counted. ``start_s`` and
    ``end_s`` are its midnights, in epoch seconds. ``whole``: the contract covers all of it.
    """

    name: str
    first: date
    after: date
    last: date
    start_s: int
    end_s: int
    whole: bool


def contract_periods(
    kind: str, zone: str, first: date, after: date | None, as_of: date
) -> Iterator[Period]:
    """Yield the periods of a contract that had begun on a day.

    Args:
        kind: Month or quarter.
        zone: IANA zone in which days begin.
        first: First day of the contract.
        after: Day after its last; None: it runs on.
        as_of: Periods that begin later are left out.

    >>> la = "America/Los_Angeles"
    >>> months = contract_periods("month", la, date(2026, 3, 1), date(2026, 4, 1), date(2026, 6, 1))
    >>> [(month.name, (month.end_s - month.start_s) // 3600) for month in months]
    [('2026-03', 743)]
    """
    size = 3 if kind == QUARTER else 1
    begins = date(first.year, (first.month - 1) // size * size + 1, 1)
    while begins <= as_of and (after is None or begins < after):
        ends = add_months(begins, size)
        since, until = max(begins, first), ends if after is None else min(ends, after)
        number = f"Q{begins.month // 3 + 1}" if size == 3 else f"{begins.month:02}"
        yield Period(
            f"{begins.year}-{number}",
            since,
            until,
            ends - timedelta(days=1),
            int(midnight(since, zone).timestamp()),
            int(midnight(until, zone).timestamp()),
            (since, until) == (begins, ends),
        )
        begins = ends


def add_months(first: date, months: int) -> date:
    """Return the first day of the month so many months after that of ``first``.

    Raises:
        QuestionError: That is outside the calendar.
    """
    year, month = divmod(first.year * MONTHS + first.month - 1 + months, MONTHS)
    try:
        return date(year, month + 1, 1)
    except ValueError:
        raise QuestionError(f"{year}-{month + 1:02} is outside the calendar") from None


def claim_deadline(terms: Terms, last: date) -> date | None:
    """Return the last day on which a period's credit can be claimed; None where none was seen.

    ``last``: last day of the period. Of several limits the earliest counts.

    >>> from analytics.sla.terms import known_terms
    >>> ends = {"aws-bedrock": date(2027, 12, 31), "cohere-saas": date(2028, 1, 30)}
    >>> for terms, last in ends.items():
    ...     print(claim_deadline(known_terms()[terms], last))
    2028-02-29
    2028-02-29
    """
    limits = []
    if terms.claim_days is not None:
        limits.append(last + timedelta(days=terms.claim_days))
    if terms.claim_months is not None:
        limits.append(add_months(last, terms.claim_months + 1) - timedelta(days=1))
    return min(limits, default=None)
