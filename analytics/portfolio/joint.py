"""Measure when several are down at once, and which several are so least.

METHODOLOGY, "Portfolio".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import prod

import numpy as np

from analytics.metrics.frequency import garwood
from analytics.portfolio.pool import Pool
from analytics.statistics.bootstrap import block_sums, percentiles
from analytics.statistics.joint_spans import choices, shared_seconds
from analytics.statistics.overlaps import Array, common, length, within_each

#: Episodes that each must have had before anything is estimated.
MIN_EPISODES = 10
#: Choices whose chances of being the best are weighed: those that were best.
MOST_WEIGHED = 200

Places = tuple[int, ...]
"""Places of some members in their pool."""


@dataclass(frozen=True)
class Joint:
    """Hold when some members of a pool were all down, in its common time."""

    pool: Pool
    places: Places
    spans: Array

    @cached_property
    def seconds(self) -> int:
        """Seconds in which all were down."""
        return length(self.spans)

    @cached_property
    def episodes(self) -> int:
        """Number of times all were down, an hour apart or more."""
        return len(self.pool.episodes(self.spans))

    @cached_property
    def independent(self) -> float:
        """Seconds in which all would be down if none had to do with another."""
        whole = self.pool.seconds
        return whole * prod(self.pool.own_seconds[place] / whole for place in self.places)

    @property
    def lift(self) -> float | None:
        """Observed joint downtime as a multiple of the independent one."""
        return self.seconds / self.independent if self.independent else None

    @cached_property
    def enough(self) -> bool:
        """True where each was down often enough for an estimate."""
        return all(len(self.pool.own_episodes[place]) >= MIN_EPISODES for place in self.places)

    @cached_property
    def bound(self) -> float | None:
        """Seconds at most, where no joint second was seen; None where one was, or nobody failed.

        That is the most episodes of which none may be seen by chance, each as long as the
        shorter of the members' usual ones.
        """
        own = [self.pool.own_episodes[place] for place in self.places]
        if self.seconds or not all(len(one) for one in own):
            return None
        lasting = min(float(np.median(one[:, 1] - one[:, 0])) for one in own)
        return float(min(garwood(0)[1] * lasting, self.pool.seconds))


@dataclass(frozen=True, slots=True)
class Best:
    """Hold the choice of so many members that was down together least.

    ``order``: its members, the least down first. ``wins``: the share of draws in which it was
    the best of ``among`` choices.
    """

    joint: Joint
    order: Places
    wins: float
    among: int


def joint(pool: Pool, places: Sequence[int]) -> Joint:
    """Find when all of these members of a pool were down."""
    return Joint(pool, tuple(places), common([pool.down[place] for place in places]))


def alike(pool: Pool, places: Sequence[int]) -> bool:
    """Tell whether two of these read the same components of one page."""
    chosen = [pool.members[place] for place in places]
    return any(other.provider in one.sharing for one, other in combinations(chosen, 2))


def pairs(pool: Pool) -> list[Joint]:
    """Find when each two were down together, in the order of the members.

    Without those that read the same components of one page: they are one.
    """
    places = combinations(range(len(pool.members)), 2)
    return [joint(pool, two) for two in places if not alike(pool, two)]


def second_sources(pool: Pool, provider: str) -> list[Joint]:
    """Find a provider together with each that could stand in for it, the best first.

    The best was down together with it least; of equals, the one that was down less itself. Nobody
    where the provider takes no part.
    """
    place = pool.place(provider)
    if place is None:
        return []
    others = [n for n in range(len(pool.members)) if n != place and not alike(pool, (place, n))]
    found = [joint(pool, (place, other)) for other in others]
    return sorted(found, key=lambda two: (two.seconds, length(pool.down[two.places[1]])))


def drawn(pool: Pool, several: Sequence[Array]) -> Array:
    """Draw days again for the share of the time that each of these spans takes: spans by draws."""
    seconds = within_each(pool.common, pool.edges)
    daily = np.array([within_each(spans, pool.edges) for spans in several])
    held = seconds > 0
    busy = daily.any(axis=1)
    sums = block_sums(np.array([*daily[busy], seconds])[:, held])
    shares = np.zeros((len(daily), sums.shape[1]))
    shares[busy] = sums[:-1] / sums[-1]
    return shares


def interval(found: Joint, draws: Array) -> tuple[float | None, float | None]:
    """Return the least and the most share of the time that all are down.

    Where no joint second was seen, days drawn again show none either: the most is then the
    bound.

    Args:
        found: When all were down.
        draws: The share in each draw of days.
    """
    if found.seconds:
        return percentiles(draws)
    if found.bound is None:
        return None, None
    return 0.0, found.bound / found.pool.seconds


def upside(found: Joint, draws: Array) -> dict[str, float | None]:
    """Return the share of the time in which not all were down, with its interval.

    ``draws``: the share down in each draw of days.
    """
    low, high = interval(found, draws)
    return {
        "value": 1 - found.seconds / found.pool.seconds,
        "low": None if high is None else 1 - high,
        "high": None if low is None else 1 - low,
    }


def best(pool: Pool, k: int) -> Best | None:
    """Find the ``k`` members that were down together least, of every choice of so many.

    Of equals, the choice whose best member was down less. Every draw of days is decided
    likewise.
    """
    own = pool.own_seconds
    chosen, apart = _apart(pool, k)
    if not len(chosen):
        return None
    seconds, least_down = shared_seconds(pool.down, k)[apart], np.array(own)[chosen].min(axis=1)
    first_ones = np.lexsort((least_down, seconds))[:MOST_WEIGHED]
    weighed = [joint(pool, places) for places in chosen[first_ones].tolist()]
    orders = {one.places: tuple(sorted(one.places, key=lambda n: (own[n], n))) for one in weighed}
    shares = drawn(pool, [*(one.spans for one in weighed), *pool.down])
    together, alone = shares[: len(weighed)], shares[len(weighed) :]
    first = alone[[orders[one.places][0] for one in weighed]]
    least = together.min(axis=0)
    # Of those that are down together least, the one whose best member is down less; the
    # winner of all days wins what is left equal.
    rest = np.where(together == least, first, np.inf)
    wins = float((rest[0] == rest.min(axis=0)).mean())
    return Best(weighed[0], orders[weighed[0].places], wins, len(chosen))


def _apart(pool: Pool, k: int) -> tuple[Array, Array]:
    """Return the choices of ``k`` members of which no two are alike, and mark them among all."""
    one_page = np.zeros((len(pool.members), len(pool.members)), dtype=bool)
    for two in combinations(range(len(pool.members)), 2):
        one_page[two] = alike(pool, two)
    chosen = choices(len(pool.members), k)
    apart = np.ones(len(chosen), dtype=bool)
    for one, other in combinations(range(k), 2):
        apart &= ~one_page[chosen[:, one], chosen[:, other]]
    return chosen[apart], apart
