"""Find what an availability pays, and what an interval of it may pay.

Numbers are exact fractions, in percent: at a boundary the last bit decides about money.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from analytics.sla.terms import NONE, OPEN, UNSEEN, Terms

#: No credit: the target is met, or the terms promise none.
NOTHING = Fraction(0)
MET, MAYBE, MISSED = "met", "maybe missed", "missed"


@dataclass(frozen=True, slots=True)
class Credit:
    """Hold the percent of the fee that is due, None where the terms seen do not say.

    ``between``: the availability lies between two bands of the text.
    """

    percent: Fraction | None
    between: bool = False


def is_met(terms: Terms, availability: Fraction) -> bool:
    """Tell whether an availability meets the target; exactly it does unless upper ends pay."""
    if terms.target is None:
        return True
    return availability > terms.target if terms.upper_included else availability >= terms.target


def credit_of(terms: Terms, availability: Fraction) -> Credit:
    """Return what an availability pays; between two bands, what the better one does.

    >>> from analytics.sla.terms import known_terms
    >>> cohere = known_terms()["cohere-saas"]
    >>> [credit_of(cohere, Fraction(at)) for at in ("99.5", "97.985", "97.995")][1:]
    [Credit(percent=Fraction(20, 1), between=False), Credit(percent=Fraction(10, 1), between=True)]
    """
    if is_met(terms, availability) or terms.ladder == NONE:
        return Credit(NOTHING)
    if terms.ladder == UNSEEN:
        return Credit(None)
    for band in terms.bands:
        if _holds(terms, band.low, band.high, availability):
            return Credit(band.credit)
    if terms.ladder == OPEN and availability <= terms.bands[-1].low:
        return Credit(None)
    better = [band.credit for band in terms.bands if band.low >= availability]
    return Credit(better[-1] if better else NOTHING, between=True)


def _holds(terms: Terms, low: Fraction, high: Fraction, value: Fraction) -> bool:
    if terms.upper_included:
        return low < value <= high or low == value == 0
    return low <= value < high


def possible_credits(terms: Terms, low: Fraction, high: Fraction) -> tuple[Credit, ...]:
    """Return every credit that an availability from ``low`` to ``high`` may pay, the least first.

    What the terms do not say stands last.

    Args:
        terms: Target and bands.
        low: Least availability, in percent.
        high: Greatest.
    """
    inside = [edge for edge in terms.limits if low < edge < high]
    points = [low, *inside, high]
    points += [(a + b) / 2 for a, b in pairwise(points)]
    found = {credit_of(terms, point) for point in points}
    return tuple(sorted(found, key=_rank))


def _rank(credit: Credit) -> tuple[bool, Fraction, bool]:
    return credit.percent is None, credit.percent or NOTHING, credit.between


def meets(terms: Terms, low: Fraction, high: Fraction) -> str:
    """Say whether a target is met, maybe missed or missed by an availability between two bounds.

    Args:
        terms: Their target.
        low: Least availability, in percent.
        high: Greatest.
    """
    if is_met(terms, low):
        return MET
    return MAYBE if is_met(terms, high) else MISSED
