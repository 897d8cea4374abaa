"""Write rows for a register of information: supply chain, substitutes, dependence.

For import into registers of others (DORA, templates B_05.02 and B_07.01), never one itself. What
public status cannot tell is "not assessed", and who has no known identifier has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import polars as pl

from analytics.answer import framed
from analytics.directory import provider_names
from analytics.memo import once
from analytics.portfolio.coincidence import named_upstreams
from analytics.portfolio.joint import alike, joint
from analytics.portfolio.pool import Candidate, Pool, candidates, pool_of
from analytics.question import Question, everything
from analytics.scope import OTHER
from analytics.sla.contract import Contract
from analytics.snapshot import Snapshot

NOT_ASSESSED, YES, NO = "not assessed", "yes", "no"
#: Days observed together below which nothing is said of two providers.
MIN_DAYS = 30
DAY_S = 86_400
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


@dataclass(frozen=True, slots=True)
class SecondSource:
    """Another provider of a service, and how long both were down at once."""

    provider: str
    joint_s: int
    most_s: float | None
    common_s: int


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
    found = []
    for one in contracts:
        known, sources = second_sources(snapshot, one, question)
        best = min(sources, key=_together, default=None)
        row: dict[str, Any] = {
            "contract": one.name,
            "service": one.surface,
            "provider": one.provider,
            "name": names.get(one.provider),
            "lei": leis.get(one.provider),
            "substitutability": NOT_ASSESSED,
            "alternatives": YES if sources else NOT_ASSESSED if known else NO,
            "alternative_names": ", ".join(names.get(s.provider, s.provider) for s in sources),
        }
        if best is not None:
            row |= {"best_second_source": best.provider, "common_s": best.common_s}
            row |= {"joint_down_s": best.joint_s, "joint_down_most_s": best.most_s}
        found.append(row)
    return framed(found, SUBSTITUTES)


def _together(source: SecondSource) -> tuple[float, str]:
    seconds = source.joint_s if source.most_s is None else source.most_s
    return seconds / source.common_s, source.provider


def second_sources(
    snapshot: Snapshot, contract: Contract, question: Question
) -> tuple[bool, list[SecondSource]]:
    """Return whether the question can be open, and the others observed long enough beside it.

    Open: somebody else has the surface, or nothing is known of the contract's own provider.

    Args:
        snapshot: Where the states are.
        contract: Whose provider and surface are meant.
        question: Window, rule and classes.
    """
    on_surface = snapshot.table("components").filter(surface=contract.surface)["provider"]
    providers = {*on_surface.to_list()} if contract.surface != OTHER else set()
    if contract.provider not in providers:
        return True, []
    asked = replace(
        question, providers=tuple(sorted(providers)), surface=contract.surface, combine=None
    )
    # All of them are observed once, and then held against each other two by two.
    found = {one.provider: one for one in _candidates(snapshot, asked)}
    mine = found.pop(contract.provider)
    pairs = (pool_of(asked, contract.surface, [mine, other]) for other in found.values())
    sources = [source for pool in pairs if (source := _source(pool, contract.provider))]
    return bool(found), sources


@once(everything)
def _candidates(snapshot: Snapshot, question: Question) -> tuple[Candidate, ...]:
    return tuple(candidates(snapshot, question))


def _source(pool: Pool, provider: str) -> SecondSource | None:
    """Return the other of two, where both were observed together for long enough."""
    if len(pool.members) < 2 or pool.seconds < MIN_DAYS * DAY_S or alike(pool, (0, 1)):
        return None
    [other] = [one.provider for one in pool.members if one.provider != provider]
    found = joint(pool, (0, 1))
    return SecondSource(other, found.seconds, found.bound, pool.seconds)


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
