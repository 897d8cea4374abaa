"""Say what a contract may pay, until when it can be claimed, and why it cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from analytics.portfolio.concentration import NO
from analytics.sla.contract import OWN, Contract
from analytics.sla.credit import MET, MISSED, Credit
from analytics.sla.estimate import Estimate, amount
from analytics.sla.terms import NONE, UNSEEN, Terms
from analytics.wording.numbers import (
    BLANK,
    format_count,
    format_date,
    format_duration,
    format_share,
)

#: Stands beside every estimate.
INDICATIVE = "Indicative, from public status. Claims need your own logs."
NO_CREDIT, NOT_KNOWN = "none", "not known"


def format_exact(number: Fraction) -> str:
    """Write a percent as its terms do.

    >>> format_exact(Fraction("99.90")), format_exact(Fraction(10))
    ('99.9', '10')
    """
    return f"{float(number):g}"


def format_available(number: Fraction) -> str:
    """Write a percent of time available, cut to three decimals.

    >>> format_available(Fraction(999999, 10000)), format_available(Fraction(100))
    ('99.999 %', '100 %')
    """
    return "100 %" if number == 100 else f"{float(number * 1000 // 1) / 1000:.3f} %"


def credit_words(credits: Sequence[Credit]) -> str:
    """Say what may be due, the most first.

    >>> credit_words([Credit(Fraction(0)), Credit(Fraction(10))])
    '10 % or none'
    >>> credit_words([Credit(Fraction(0))]), credit_words([Credit(None)]), credit_words([])
    ('none', 'not known', '–')
    """
    told = [credit.percent for credit in credits]
    words = [
        NO_CREDIT if one == 0 else f"{format_exact(one)} %"
        for one in sorted({one for one in told if one is not None}, reverse=True)
    ]
    return _or([*words, *([NOT_KNOWN] if None in told else [])]) or BLANK


def money_words(estimate: Estimate) -> str:
    """Say what may be due in money; empty without a fee."""
    sums = {amount(estimate.contract, credit) for credit in estimate.credits}
    known = sorted((one for one in sums if one is not None), reverse=True)
    if not known:
        return ""
    currency = estimate.contract.currency
    return _or([NO_CREDIT if one == 0 else f"{currency} {float(one):,.2f}" for one in known])


def claim_words(estimate: Estimate, today: date) -> str:
    """Say whether a period's credit can be claimed and until when, or why not.

    ``today``: the day of the newest data, in the contract's zone.
    """
    if why := _not_claimable(estimate, today):
        return f"not claimable because {why}"
    deadline = estimate.deadline
    limit = "with no last day in the terms seen"
    if deadline is not None:
        limit = f"until {format_date(deadline)}"
    if estimate.contract.terms.ladder == UNSEEN:
        return f"perhaps claimable {limit}: the credits of these terms were not seen"
    sure = all(credit.percent for credit in estimate.credits)
    money = money_words(estimate)
    paid = f"{credit_words(estimate.credits)}{f' ({money})' if money else ''}"
    return f"{'claimable by these numbers' if sure else 'perhaps claimable'} {limit}: {paid}"


def _not_claimable(estimate: Estimate, today: date) -> str:
    contract, terms, found = estimate.contract, estimate.contract.terms, estimate.availability
    if found is None or terms.target is None:
        return estimate.why
    if estimate.target == MET:
        worst = format_available(found.low)
        return f"the target of {format_exact(terms.target)} % is met, at worst with {worst}"
    if terms.ladder == NONE:
        return "the terms promise no credit"
    if estimate.running:
        return f"the period runs until {format_date(estimate.period.last)}"
    if estimate.deadline is not None and today > estimate.deadline:
        return f"the last day to claim was {format_date(estimate.deadline)}"
    if all(credit.percent == 0 for credit in estimate.credits):
        return "no credit is due so close to the target"
    sums = [amount(contract, credit) for credit in estimate.credits]
    most = max((one for one in sums if one is not None), default=None)
    if most is not None and None not in sums and most < terms.min_credit:
        least = f"{contract.currency} {format_exact(terms.min_credit)}"
        return f"the credit is below the least that is paid, {least}"
    return ""


def doubt_words(estimate: Estimate) -> str:
    """Say what weakens an estimate beside its interval; empty where nothing does."""
    terms, found = estimate.contract.terms, []
    if any(credit.between for credit in estimate.credits):
        found.append("between two bands of the text: the better one is taken")
    if not estimate.period.whole:
        found.append("the contract covers a part of this period")
    if not terms.period_seen:
        found.append("the terms seen name no period: the calendar month is taken")
    if terms.metric:
        found.append(f"the contract counts by {terms.metric}")
    if terms.latency:
        found.append(f"latency ({terms.latency}) is not estimable")
    if terms.status not in ("verified", OWN):
        found.append(f"terms {terms.status.replace('_', ' ')}")
    if terms.bands and terms.credits_status not in ("verified", OWN):
        found.append(f"credits {terms.credits_status}")
    if estimate.deadline and terms.claim_status == "unverified":
        found.append("deadline unverified")
    return "; ".join(found)


def missed_sentence(estimates: Sequence[Estimate]) -> str:
    """Count the periods that missed their target, or may have.

    >>> missed_sentence([])
    'No period can be estimated.'
    """
    known = [one for one in estimates if one.availability is not None]
    if not known:
        return "No period can be estimated."
    missed = sum(one.target == MISSED for one in known)
    maybe = sum(one.target not in (MET, MISSED) for one in known)
    unit = known[0].contract.terms.period
    told = f"The target was missed in {missed} of {format_count(len(known), unit)}"
    return f"{told}{f', and perhaps in {maybe} more' if maybe else ''}."


def probes_sentence(n: int, lead: Mapping[str, Any], unposted: Mapping[str, Any]) -> str:
    """Say what one's own probes show beside an estimate.

    Args:
        n: How many probes there are.
        lead: Row of ``detection_lead_median``.
        unposted: Row of ``unposted_failures``.
    """
    if not unposted["n"]:
        return f"Own probes: {format_count(n, 'probe')}, none failed in covered time."
    apart = f"{format_share(unposted['low'])} to {format_share(unposted['high'])}"
    failed = format_count(unposted["n"], "failed probe")
    told = f"Own probes: no post covers {format_share(unposted['value'])} of {failed} ({apart})."
    seconds = lead["value"]
    if seconds is None:
        few = format_count(lead["n"], "post")
        return f"{told} Failed probes belong to {few}: too few for a time between the two."
    when = "after" if seconds >= 0 else "before"
    typical = (
        f"{format_duration(abs(seconds))} {when} the first failed probe (median, n {lead['n']})"
    )
    return f"{told} Posts came {typical}."


def second_source_sentence(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Say who could stand in for the provider of a contract, and how often both failed.

    Args:
        row: A contract of ``register.SUBSTITUTES``.
        names: Slug to name.
    """
    best = row["best_second_source"]
    if best is None:
        nobody = "nobody else is known to have this surface on a page of its own"
        return f"Second source: {nobody if row['alternatives'] == NO else row['alternatives']}."
    together = format_duration(row["joint_down_s"])
    if not row["joint_down_s"]:
        most = row["joint_down_most_s"]
        bound = "with no outage to bound it" if most is None else f"at most {format_duration(most)}"
        together = f"no minute, {bound},"
    observed = format_duration(row["common_s"])
    who = names.get(best, best)
    return f"Best second source: {who}; both down {together} of {observed} observed together."


def not_begun_words(contract: Contract) -> str:
    """Say why a contract has no period yet."""
    return f"it begins on {format_date(contract.start)}, after the newest data"


def terms_words(terms: Terms) -> str:
    """Describe terms in a line: target, credits, limit, status, source."""
    if terms.target is None:
        promised = "no public target"
    else:
        per = terms.period if terms.period_seen else f"{terms.period} (not stated)"
        promised = f"{format_exact(terms.target)} % of a {per}"
    ladder = [
        f"{format_exact(one.low)} to {format_exact(one.high)} % pays {format_exact(one.credit)} %"
        for one in terms.bands
    ]
    status = terms.status.replace("_", " ")
    dated = f", dated {terms.dated}" if terms.dated else ""
    source = f" ({terms.source}{dated})" if terms.source else ""
    limit = f"claim: {terms.claim}" if terms.claim else ""
    return "; ".join(filter(None, [promised, *ladder, limit, terms.note, f"{status}{source}"]))


def _or(words: Sequence[str]) -> str:
    return " or ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
