"""Draw up what the page Portfolio shows of one order of providers (METHODOLOGY, "Portfolio")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from analytics.answer import INSTANT
from analytics.comparison.shared_window import instant
from analytics.memo import once
from analytics.metrics.frequency import DAY_S
from analytics.portfolio.failover import DELAYS_S, Failover, fail_over
from analytics.portfolio.joint import Joint, alike, joint, second_sources
from analytics.portfolio.pool import Candidate, Pool, pools
from analytics.question import Question, everything
from analytics.snapshot import Snapshot
from analytics.statistics.overlaps import Array, as_spans, both, length, outside

#: Spans in which a provider was down; without a provider, in which all were.
OUTAGES: Mapping[str, Any] = {
    "provider": pl.String,
    "start_at": INSTANT,
    "end_at": INSTANT,
    "seconds": pl.Int64,
}
#: Spans of the window; ``both``: whether all who take part were observed.
OBSERVED: Mapping[str, Any] = {
    "start_at": INSTANT,
    "end_at": INSTANT,
    "both": pl.Boolean,
    "seconds": pl.Int64,
}


@dataclass(frozen=True, slots=True)
class Backed:
    """Hold what is left of a primary's downtime once others stand in for it.

    ``order``: slugs of primary and fallbacks. ``together``: when all were down. ``waits``: the
    failover after each wait.
    """

    order: tuple[str, ...]
    alone_s: int
    together: Joint
    waits: tuple[Failover, ...]

    @property
    def one_page(self) -> bool:
        """True where two of them read the same components of one page."""
        return alike(self.together.pool, self.together.places)

    @property
    def days(self) -> float:
        """Days of common time."""
        return self.together.pool.seconds / DAY_S


@once(everything)
def widest_pool(snapshot: Snapshot, question: Question) -> Pool | None:
    """Return the pool of the surface asked about; without one, of that with the most members.

    None where no two providers can be set against each other.
    """
    found = [pool for pool in pools(snapshot, question) if pool.members]
    return max(found, key=lambda pool: len(pool.members), default=None)


def left_out(snapshot: Snapshot, question: Question) -> list[tuple[Candidate, str]]:
    """Return who takes no part on any surface asked about, and why."""
    return [one for pool in pools(snapshot, question) if not pool.members for one in pool.absent]


def usual_order(pool: Pool) -> tuple[str, ...]:
    """Return the first member, and its best second source; without one, the second member."""
    first, second, *_ = (one.provider for one in pool.members)
    if found := second_sources(pool, first):
        second = pool.members[found[0].places[1]].provider
    return first, second


def backed(pool: Pool, order: Sequence[str]) -> Backed:
    """Weigh an order of members: alone, all together, and with each usual wait."""
    places = [place for one in order if (place := pool.place(one)) is not None]
    return Backed(
        tuple(order),
        length(pool.down[places[0]]),
        joint(pool, places),
        tuple(fail_over(pool, places, delay) for delay in DELAYS_S),
    )


def outages(found: Backed) -> pl.DataFrame:
    """List when each of an order was down in the common time, and when all were.

    Returns:
        Columns of ``OUTAGES``, those of all last.
    """
    pool = found.together.pool
    rows: list[tuple[Any, ...]] = [
        (provider, *span)
        for provider in found.order
        if (place := pool.place(provider)) is not None
        for span in _rows(pool.down[place])
    ]
    rows += [(None, *span) for span in _rows(found.together.spans)]
    return pl.DataFrame(rows, schema=dict(OUTAGES), orient="row")


def observed_of_all(pool: Pool) -> pl.DataFrame:
    """Cut the window into spans in which all members were observed or not.

    Returns:
        Columns of ``OBSERVED``, in order of time.
    """
    scope = pool.members[0].scope
    window = as_spans([(scope.start_s, scope.end_s)])
    rows = [
        (start, end, whole, seconds)
        for spans, whole in ((pool.common, True), (both(window, outside(pool.common)), False))
        for start, end, seconds in _rows(spans)
    ]
    return pl.DataFrame(rows, schema=dict(OBSERVED), orient="row").sort("start_at")


def _rows(spans: Array) -> list[tuple[Any, Any, int]]:
    return [(instant(start), instant(end), end - start) for start, end in spans.tolist()]
