"""Write portfolios as rows, for command line, files and notebooks (METHODOLOGY, "Portfolio")."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, TypeVar

import polars as pl

from analytics.answer import INSUFFICIENT, OK, SCHEMA, framed, row
from analytics.memo import once
from analytics.metrics.frequency import DAY_S
from analytics.portfolio.coincidence import (
    OVERLAP,
    STARTS,
    TOO_LITTLE,
    Coincidence,
    coincidences,
    named_upstreams,
    tier_of,
)
from analytics.portfolio.failover import Failover, Plan, fail_over
from analytics.portfolio.joint import Best, Joint, best, drawn, interval, joint, pairs, upside
from analytics.portfolio.pool import ALONE, FEW_DAYS, Candidate, Pool, pools
from analytics.portfolio.upstream import UPSTREAM, upstream_coincidences
from analytics.question import Question, QuestionError, as_weighed, combine_of, everything
from analytics.scope import known_providers
from analytics.snapshot import Snapshot
from analytics.statistics.bootstrap import Array, percentiles

#: Value, low and high are about the provider together with ``others``; n counts the times that
#: all were down, or the starts near each other.
PORTFOLIO: Mapping[str, Any] = {
    **SCHEMA,
    # Slugs, in the order in which they are used; null where there is nobody.
    "others": pl.String,
    "other_basis": pl.String,
    # Seconds in which all were down, in spite of the failover where there is one.
    "joint_s": pl.Int64,
    # The same if none had to do with another.
    "independent_s": pl.Float64,
    # The most it may be, where no joint second was seen.
    "bound_s": pl.Float64,
    # Seconds in which the provider alone was down.
    "alone_s": pl.Int64,
    "delay_s": pl.Int64,
    # How many are used together, and of how many choices this is the best.
    "k": pl.Int64,
    "choices": pl.Int64,
    # Share of draws in which it is.
    "win_share": pl.Float64,
    # Without any tie: chance of as much; of the moves by few weeks; adjusted for the pairs;
    # chance of the most unusual pair.
    "p_value": pl.Float64,
    "p_near": pl.Float64,
    "p_adjusted": pl.Float64,
    "p_any": pl.Float64,
    "weeks": pl.Int64,
    "pairs": pl.Int64,
    # More than chance, no evidence, cannot be told, or too little data.
    "evidence": pl.String,
    # What points to a common cause beside: upstream named, same region, time alone.
    "tier": pl.String,
    "upstreams": pl.String,
    "common_days": pl.Float64,
    # Why a provider takes no part.
    "catch": pl.String,
}
#: Metrics of coincidence, by what coincides.
TESTED = {OVERLAP: "joint_overlap", STARTS: "joint_starts", UPSTREAM: "upstream_overlap"}
#: Why a provider is tested against no cloud.
NO_CLOUD = "no cloud observed for as long"
SIZES = (2, 3)
NO_PLAN = Plan()
#: Pairs whose draws are held at once, and rows that are: some tens of megabytes.
AT_ONCE = 500
T = TypeVar("T")


def _asked(question: Question, plan: Plan = NO_PLAN, /) -> Hashable:
    return everything(question), plan


@once(_asked)
def portfolio(snapshot: Snapshot, question: Question, plan: Plan = NO_PLAN) -> pl.DataFrame:
    """Measure each two together, the best choices, what failing over saves, and coincidence.

    Args:
        snapshot: Where the providers are.
        question: Providers, surfaces, window and rule. Its least state has a part under
            incident_open only.
        plan: Whom to use first and then; without, the best pair of each surface.

    Returns:
        Columns of ``PORTFOLIO``.

    Raises:
        QuestionError: Primary or fallback is not known, or not among the providers asked about.
    """
    asked = set(question.providers)
    if asked and (strange := [one for one in plan.order if one not in asked]):
        raise QuestionError(f"{strange[0]!r} is not among the providers asked about")
    if plan.order:
        known_providers(snapshot, replace(question, providers=plan.order))
    rows = (
        found
        for pool in pools(snapshot, question)
        for found in _rows(snapshot, as_weighed(question), pool, plan)
    )
    parts = [framed(some, PORTFOLIO) for some in _batches(rows)]
    return pl.concat([framed([], PORTFOLIO), *parts])


def _batches(each: Iterable[T]) -> Iterator[list[T]]:
    """Yield so many at once as the draws of their days, or their rows, fit the memory."""
    left = iter(each)
    while some := list(islice(left, AT_ONCE)):
        yield some


def _rows(
    snapshot: Snapshot, question: Question, pool: Pool, plan: Plan
) -> Iterator[dict[str, Any]]:
    write = _Writer(snapshot, question, pool)
    for one, why in pool.absent:
        yield write.absent(one, why)
    yield from _upstream_rows(snapshot, question, pool)
    two = pairs(pool)
    if not two:
        return
    own = drawn(pool, pool.down)
    for some in _batches(two):
        shares = drawn(pool, [found.spans for found in some])
        for found, draws in zip(some, shares, strict=True):
            yield write.joint(found, draws)
            yield write.lift(found, draws, own)
    bests = [choice for k in SIZES if (choice := best(pool, k)) is not None]
    for choice in bests:
        [draws] = drawn(pool, [choice.joint.spans])
        yield write.best(choice, draws)
    order = _order(pool, plan, bests)
    for delay in plan.delays_s if order else ():
        yield from write.failover(fail_over(pool, order, delay))
    for by in (OVERLAP, STARTS):
        tested = {found.places: found for found in coincidences(pool, by)}
        for found in two:
            yield write.coincidence(found, by, tested.get((found.places[0], found.places[1])))


def _upstream_rows(snapshot: Snapshot, question: Question, pool: Pool) -> Iterator[dict[str, Any]]:
    """Yield how each provider of a surface coincides with clouds, or that nothing can be told."""
    known = [one for one, why in pool.absent if why in (ALONE, FEW_DAYS)]
    everyone = [*pool.members, *known]
    found = upstream_coincidences(snapshot, question, everyone)
    for beneath, tested in found:
        both = joint(beneath, (0, 1))
        yield _Writer(snapshot, question, beneath).coincidence(both, UPSTREAM, tested)
    told = {beneath.members[0].provider for beneath, _ in found}
    for one in everyone:
        if one.provider not in told:
            line = _Writer(snapshot, question, pool).absent(one, NO_CLOUD)
            yield {**line, "metric": TESTED[UPSTREAM], "unit": "times", "evidence": TOO_LITTLE}


def _order(pool: Pool, plan: Plan, bests: Sequence[Best]) -> tuple[int, ...]:
    """Return the places of primary and fallbacks; none where one takes no part."""
    if not plan.order:
        return bests[0].order if bests else ()
    places = [pool.place(provider) for provider in plan.order]
    found = tuple(place for place in places if place is not None)
    return found if len(found) == len(places) else ()


class _Writer:
    """Write the rows of one pool."""

    def __init__(self, snapshot: Snapshot, question: Question, pool: Pool) -> None:
        """Hold what every row says."""
        self._snapshot = snapshot
        self._question = question
        self._pool = pool
        self._named = named_upstreams(snapshot)

    def _row(self, places: Sequence[int], metric: str, unit: str, **numbers: Any) -> dict[str, Any]:
        first, *others = (self._pool.members[place] for place in places)
        return row(
            self._snapshot,
            self._question,
            self._pool.scopes[places[0]],
            metric,
            unit,
            rule=self._question.named_rule,
            combine=combine_of(self._question),
            basis=first.basis,
            others=",".join(one.provider for one in others),
            other_basis=",".join(dict.fromkeys(one.basis for one in others)),
            common_days=self._pool.seconds / DAY_S,
            **numbers,
        )

    def absent(self, one: Candidate, why: str) -> dict[str, Any]:
        """Write who takes no part."""
        return row(
            self._snapshot,
            self._question,
            one.scope,
            "joint_availability",
            "fraction",
            rule=self._question.named_rule,
            combine=combine_of(self._question),
            n=0,
            status=INSUFFICIENT,
            basis=one.basis,
            catch=why,
        )

    def joint(self, found: Joint, draws: Array) -> dict[str, Any]:
        """Write the time in which not both were down."""
        return self._row(
            found.places,
            "joint_availability",
            "fraction",
            **self._seconds(found),
            **upside(found, draws),
            n=found.episodes,
            status=OK if found.enough else INSUFFICIENT,
        )

    def lift(self, found: Joint, draws: Array, own: Array) -> dict[str, Any]:
        """Write the joint downtime as a multiple of the independent one."""
        apart = own[[*found.places]].prod(axis=0)
        low = high = None
        if found.seconds and (apart > 0).all():
            low, high = percentiles(draws / apart)
        return self._row(
            found.places,
            "joint_lift",
            "times",
            **self._seconds(found),
            value=found.lift,
            low=low,
            high=high,
            n=found.episodes,
            status=OK if found.enough and found.lift is not None else INSUFFICIENT,
        )

    def best(self, found: Best, draws: Array) -> dict[str, Any]:
        """Write the choice of so many that was down together least."""
        return self._row(
            found.order,
            "joint_best",
            "fraction",
            **self._seconds(found.joint, found.order[0]),
            **upside(found.joint, draws),
            n=found.joint.episodes,
            k=len(found.order),
            choices=found.among,
            win_share=found.wins,
            status=OK if found.joint.enough else INSUFFICIENT,
        )

    def failover(self, found: Failover) -> Iterator[dict[str, Any]]:
        """Write what a failover leaves down, and what it saves."""
        pool = self._pool
        [draws] = drawn(pool, [found.spans])
        together = joint(pool, found.order)
        low, high = percentiles(draws) if found.seconds else interval(together, draws)
        numbers = {
            "n": len(pool.own_episodes[found.order[0]]),
            "joint_s": found.seconds,
            "alone_s": found.alone,
            "delay_s": found.delay_s,
        }
        yield self._row(
            found.order,
            "failover_availability",
            "fraction",
            value=1 - found.seconds / pool.seconds,
            low=None if high is None else 1 - high,
            high=None if low is None else 1 - low,
            status=OK if together.enough else INSUFFICIENT,
            **numbers,
        )
        yield self._row(found.order, "failover_saved", "seconds", value=found.saved, **numbers)

    def coincidence(self, pair: Joint, by: str, found: Coincidence | None) -> dict[str, Any]:
        """Write what a test of two said; None where there is too little to test."""
        one, other = (self._pool.members[place] for place in pair.places)
        tier, upstreams = tier_of(self._named, one, other)
        told: dict[str, Any] = {"n": 0, "status": INSUFFICIENT, "evidence": TOO_LITTLE}
        if found is not None:
            told = {
                "value": found.seen / found.expected if found.expected else None,
                "n": found.seen if by == STARTS else pair.episodes,
                "p_value": found.p,
                "p_near": found.near,
                "p_adjusted": found.adjusted,
                "p_any": found.any_pair,
                "weeks": found.weeks,
                "pairs": found.pairs,
                "evidence": found.evidence,
            }
        return self._row(
            pair.places, TESTED[by], "times", **told, tier=tier, upstreams=",".join(upstreams)
        )

    def _seconds(self, found: Joint, first: int | None = None) -> dict[str, Any]:
        place = found.places[0] if first is None else first
        return {
            "joint_s": found.seconds,
            "independent_s": found.independent,
            "bound_s": found.bound,
            "alone_s": self._pool.own_seconds[place],
        }
