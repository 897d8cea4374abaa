"""Write rows for a register of information: supply chain, substitutes, dependence.

For import into registers of others (DORA, templates B_05.02 and B_07.01), never one itself. What
public status cannot tell is "not assessed", and who has no known identifier has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import polars as pl

from analytics.answer import framed
from analytics.directory import provider_names
from analytics.portfolio.coincidence import named_upstreams
from analytics.portfolio.concentration import NOT_ASSESSED, alternatives, providers_on
from analytics.portfolio.joint import second_sources
from analytics.portfolio.pool import pools
from analytics.question import Question
from analytics.sla.contract import Contract
from analytics.snapshot import Snapshot

STATED, NAMED_IN_POSTS, DIRECT = "stated in the contract", "named in posts", "the contract itself"
#: Who provides, and who provides to whom: rank 1 is the provider of the contract.
SUPPLY_CHAIN: Mapping[str, Any] = {
    "contract": pl.String,
    "service": pl.String,
    "provider": pl.String,
    "name": pl.String,
    # Empty where not known.
    "lei": pl.String,
    "rank": pl.Int64,
    "recipient": pl.String,
    "recipient_lei": pl.String,
    "basis": pl.String,
}
#: What may stand in for the provider of a contract.
SUBSTITUTES: Mapping[str, Any] = {
    "contract": pl.String,
    "service": pl.String,
    "provider": pl.String,
    "name": pl.String,
    "lei": pl.String,
    # A judgement of the user's: not assessed.
    "substitutability": pl.String,
    # yes, no or not assessed.
    "alternatives": pl.String,
    "alternative_names": pl.String,
    "best_second_source": pl.String,
    # Seconds in which both were down, of those observed together; at most, where none was seen.
    "joint_down_s": pl.Int64,
    "joint_down_most_s": pl.Float64,
    "common_s": pl.Int64,
}
#: How much hangs on whom.
DEPENDENCE: Mapping[str, Any] = {
    "provider": pl.String,
    "name": pl.String,
    "contracts": pl.Int64,
    "services": pl.String,
    # Of the fees that are stated in one currency; null where any is missing.
    "fee_share": pl.Float64,
    "upstreams": pl.String,
    # Other providers of contracts that stand on the same.
    "shared_with": pl.String,
}


def supply_chain(snapshot: Snapshot, contracts: Sequence[Contract]) -> pl.DataFrame:
    """List who provides each contract, and on whom that provider is known to stand.

    Returns:
        Columns of ``SUPPLY_CHAIN``.
    """
    names, leis = provider_names(snapshot), _leis(contracts)

    def rows() -> Iterator[dict[str, Any]]:
        for one in contracts:
            about = {"contract": one.name, "service": one.surface}
            first = {"provider": one.provider, "rank": 1, "basis": DIRECT}
            yield {**about, **first, "recipient": None, "recipient_lei": None}
            for upstream, basis in upstreams_of(snapshot, one).items():
                chain = {"provider": upstream, "rank": 2, "basis": basis}
                to = {"recipient": one.provider, "recipient_lei": leis.get(one.provider)}
                yield {**about, **chain, **to}

    found = [
        {**row, "name": names.get(row["provider"]), "lei": leis.get(row["provider"])}
        for row in rows()
    ]
    return framed(found, SUPPLY_CHAIN)


def upstreams_of(snapshot: Snapshot, contract: Contract) -> dict[str, str]:
    """Return on whom a contract's provider stands, each with how that is known."""
    posted = sorted(named_upstreams(snapshot).get(contract.provider, ()))
    return dict.fromkeys(posted, NAMED_IN_POSTS) | dict.fromkeys(contract.upstreams, STATED)


def substitutes(
    snapshot: Snapshot, contracts: Sequence[Contract], question: Question
) -> pl.DataFrame:
    """Say of each contract whether others provide the service, and who fails with it least.

    Args:
        snapshot: Where the states are.
        contracts: What was agreed.
        question: Window, rule and classes.

    Returns:
        Columns of ``SUBSTITUTES``.
    """
    names, leis = provider_names(snapshot), _leis(contracts)
    found = [
        {
            "contract": one.name,
            "service": one.surface,
            "provider": one.provider,
            "name": names.get(one.provider),
            "lei": leis.get(one.provider),
            "substitutability": NOT_ASSESSED,
            **_second_source(snapshot, one, question),
        }
        for one in contracts
    ]
    return framed(found, SUBSTITUTES)


def _second_source(snapshot: Snapshot, contract: Contract, question: Question) -> dict[str, Any]:
    """Return the columns about who could stand in, of everybody who has the surface."""
    there = providers_on(snapshot, contract.surface)
    if contract.provider not in there:
        return {"alternatives": NOT_ASSESSED, "alternative_names": ""}
    asked = replace(
        question, providers=tuple(sorted(there)), surface=contract.surface, combine=None
    )
    [pool] = pools(snapshot, asked)
    everyone = [*pool.members, *(one for one, _ in pool.absent)]
    [mine] = [one for one in everyone if one.provider == contract.provider]
    sources = second_sources(pool, contract.provider)
    slugs = [pool.members[two.places[1]].provider for two in sources]
    names = provider_names(snapshot)
    found = {
        "alternatives": alternatives(snapshot, pool, mine, sources),
        "alternative_names": ", ".join(names.get(who, who) for who in sorted(slugs)),
    }
    if not sources:
        return found
    return {
        **found,
        "best_second_source": slugs[0],
        "joint_down_s": sources[0].seconds,
        "joint_down_most_s": sources[0].bound,
        "common_s": pool.seconds,
    }


def dependence(snapshot: Snapshot, contracts: Sequence[Contract]) -> pl.DataFrame:
    """Say how much hangs on each provider, and who stands on the same others.

    Returns:
        Columns of ``DEPENDENCE``.
    """
    names = provider_names(snapshot)
    providers = list(dict.fromkeys(one.provider for one in contracts))
    upstreams: dict[str, set[str]] = {who: set() for who in providers}
    for one in contracts:
        upstreams[one.provider] |= {*upstreams_of(snapshot, one)}
    shares = _fee_shares(contracts)
    found = []
    for who in providers:
        mine = [one for one in contracts if one.provider == who]
        stand = upstreams[who] | {who}
        shared = [
            other for other in providers if other != who and stand & (upstreams[other] | {other})
        ]
        found.append(
            {
                "provider": who,
                "name": names.get(who),
                "contracts": len(mine),
                "services": ", ".join(sorted({one.surface for one in mine})),
                "fee_share": shares.get(who),
                "upstreams": ", ".join(sorted(upstreams[who])),
                "shared_with": ", ".join(sorted(shared)),
            }
        )
    return framed(found, DEPENDENCE)


def _fee_shares(contracts: Sequence[Contract]) -> dict[str, float]:
    """Return each provider's share of the monthly fees, where all are known in one currency."""
    fees = [(one.provider, one.fee) for one in contracts]
    known = [(who, fee) for who, fee in fees if fee is not None]
    whole = sum((fee for _, fee in known), Fraction(0))
    if len(known) < len(fees) or len({one.currency for one in contracts}) > 1 or not whole:
        return {}
    sums: dict[str, Fraction] = {}
    for who, fee in known:
        sums[who] = sums.get(who, Fraction(0)) + fee
    return {who: float(fee / whole) for who, fee in sums.items()}


def _leis(contracts: Sequence[Contract]) -> dict[str, str]:
    return {one.provider: one.lei for one in contracts if one.lei}
