"""Say of each provider on whom it rests, and who could stand in for it best.

METHODOLOGY, "Renewal and concentration".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from analytics.answer import INSUFFICIENT, OK, SCHEMA, framed, row
from analytics.memo import once
from analytics.metrics.frequency import DAY_S
from analytics.portfolio.coincidence import named_upstreams
from analytics.portfolio.joint import Joint, drawn, second_sources, upside
from analytics.portfolio.pool import Candidate, Pool, pools
from analytics.question import Question, as_weighed, combine_of, everything
from analytics.scope import ALL_SURFACES, OTHER
from analytics.snapshot import Snapshot
from analytics.statistics.overlaps import length

CONCENTRATION: Mapping[str, Any] = {
    **SCHEMA,
    # The second source: of all on the surface, the one it was down together with least.
    "others": pl.String,
    "other_basis": pl.String,
    # Seconds in which both were down; the most it may be where none was seen; its own.
    "joint_s": pl.Int64,
    "bound_s": pl.Float64,
    "alone_s": pl.Int64,
    # Yes, no or not assessed.
    "alternatives": pl.String,
    # Whom its posts name as upstream, and who reads the same components of one page.
    "upstreams": pl.String,
    "same_page": pl.String,
    # Of the second source's upstreams, those that are its own too.
    "shared_upstreams": pl.String,
    "common_days": pl.Float64,
    "catch": pl.String,
}
YES, NO, NOT_ASSESSED = "yes", "no", "not assessed"


@once(everything)
def concentration(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Name the upstreams of each provider on a surface, and its best second source.

    Args:
        snapshot: Where the providers are.
        question: Who could stand in for whom: the providers, surfaces and window.

    Returns:
        Columns of ``CONCENTRATION``; one row per provider and surface.
    """
    named = named_upstreams(snapshot)
    rows = [
        line
        for pool in pools(snapshot, question)
        for line in _rows(snapshot, as_weighed(question), pool, named)
    ]
    return framed(rows, CONCENTRATION)


def _rows(
    snapshot: Snapshot, question: Question, pool: Pool, named: Mapping[str, frozenset[str]]
) -> Iterator[dict[str, Any]]:
    """Yield the row of each provider of a pool, of those that take no part too.

    Args:
        snapshot: Where the providers are.
        question: What is asked.
        pool: Everybody on a surface.
        named: Provider to whom its posts name as upstream.
    """

    def line(one: Candidate, **numbers: Any) -> dict[str, Any]:
        return row(
            snapshot,
            question,
            pool.scope(one) if one in pool.members else one.scope,
            "second_source",
            "fraction",
            rule=question.named_rule,
            combine=combine_of(question),
            basis=one.basis,
            upstreams=_listed(named.get(one.provider, frozenset())),
            same_page=_listed(one.sharing),
            **numbers,
        )

    for one, why in [*pool.absent, *((one, None) for one in pool.members)]:
        sources = second_sources(pool, one.provider)
        told = alternatives(snapshot, pool, one, sources)
        if not sources:
            yield line(one, n=0, status=INSUFFICIENT, catch=why, alternatives=told)
            continue
        found = sources[0]
        [draws] = drawn(pool, [found.spans])
        place, second = found.places
        other = pool.members[second]
        shared = named.get(one.provider, frozenset()) & named.get(other.provider, frozenset())
        yield line(
            one,
            **upside(found, draws),
            n=found.episodes,
            status=OK if found.enough else INSUFFICIENT,
            others=other.provider,
            other_basis=other.basis,
            joint_s=found.seconds,
            bound_s=found.bound,
            alone_s=length(pool.down[place]),
            alternatives=told,
            shared_upstreams=_listed(shared),
            common_days=pool.seconds / DAY_S,
        )


def alternatives(snapshot: Snapshot, pool: Pool, one: Candidate, sources: Sequence[Joint]) -> str:
    """Say whether others could stand in for a provider: yes, no or not assessed.

    No takes that nobody else is known to have the surface, but those of one page with it.

    Args:
        snapshot: Where the providers are.
        pool: Everybody asked about on the surface.
        one: The provider.
        sources: Its second sources in the pool.
    """
    if sources:
        return YES
    there = providers_on(snapshot, pool.surface)
    alone = there <= one.sharing | {one.provider}
    return NO if alone and one.provider in there else NOT_ASSESSED


def providers_on(snapshot: Snapshot, surface: str) -> frozenset[str]:
    """Return the providers that have a component on a surface; nobody where it is not known."""
    if surface == OTHER:
        return frozenset()
    held = snapshot.table("components")
    here = held if surface == ALL_SURFACES else held.filter(surface=surface)
    return frozenset(here["provider"])


def _listed(slugs: frozenset[str]) -> str:
    return ",".join(sorted(slugs))
