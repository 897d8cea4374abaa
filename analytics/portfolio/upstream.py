"""Test whether providers fail together with the clouds underneath more than by chance.

METHODOLOGY, "Co-occurrence". Clouds are those of the registry that are collected, with all their
surfaces together: nobody says on which of them a provider stands.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

import polars as pl

from analytics.memo import once
from analytics.portfolio.coincidence import OVERLAP, Coincidence, coincidences
from analytics.portfolio.pool import Candidate, Pool, candidates, pool_of_two
from analytics.question import Question, everything
from analytics.snapshot import Snapshot
from analytics.statistics.week_moves import holm

#: Kind of coincidence that is tested, beside those of one surface.
UPSTREAM = "upstream"
#: Categories of the registry that others stand on.
UNDERNEATH = ("cloud", "upstream")


def _key(question: Question, /) -> Hashable:
    return everything(replace(question, providers=(), surface=None))


@once(_key)
def clouds(snapshot: Snapshot, question: Question) -> tuple[Candidate, ...]:
    """Return the collected clouds, any of whose components may be down."""
    held = snapshot.table("components")["provider"].unique()
    known = snapshot.table("providers").filter(
        pl.col("category").is_in(UNDERNEATH) & pl.col("provider").is_in(held.implode())
    )
    names = tuple(known["provider"].sort())
    if not names:
        return ()
    asked = replace(question, providers=names, surface=None, combine=question.combine or "any")
    # Any of thirty regions says little of one: a cloud in several takes part once one is asked.
    return tuple(one for one in candidates(snapshot, asked) if len(one.regions) <= 1)


def upstream_coincidences(
    snapshot: Snapshot, question: Question, providers: Sequence[Candidate]
) -> list[tuple[Pool, Coincidence]]:
    """Test each provider against each cloud that is another one, over the time of the two.

    Adjusted for all these pairs. The chance that any pair is as unusual as the most unusual one
    is bounded by their number, since each has time of its own.

    Args:
        snapshot: Where the clouds are.
        question: Window, rule and classes.
        providers: Those on one surface.
    """
    found = [
        (pool, tested)
        for one in providers
        for cloud in clouds(snapshot, question)
        if not _one_page(one, cloud)
        for pool in pool_of_two(question, one, cloud)
        for tested in coincidences(pool, OVERLAP)
    ]
    chances = [tested.p for _, tested in found]
    least = min(1.0, len(found) * min(chances, default=1.0))
    return [
        (pool, replace(tested, adjusted=adjusted, any_pair=least, pairs=len(found)))
        for (pool, tested), adjusted in zip(found, holm(chances), strict=True)
    ]


def _one_page(one: Candidate, cloud: Candidate) -> bool:
    """Tell whether both read the same components of one page, or are one provider."""
    if one.provider == cloud.provider:
        return True
    return cloud.provider in one.sharing or one.provider in cloud.sharing
