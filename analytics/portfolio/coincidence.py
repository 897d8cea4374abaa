"""Test whether two providers fail together more than by chance, and say what else points to it.

METHODOLOGY, "Co-occurrence".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import narwhals as nw
import numpy as np
import polars as pl

from analytics.memo import once
from analytics.portfolio.joint import MIN_EPISODES, alike
from analytics.portfolio.pool import Candidate, Pool
from analytics.question import nothing
from analytics.snapshot import Snapshot, fetched, legible
from analytics.statistics.overlaps import Array
from analytics.statistics.week_moves import (
    WEEK_S,
    Circle,
    chance_as_high,
    chance_of_any,
    holm,
    overlaps_by_week,
    rates_by_week,
)
from analytics.statistics.week_pairs import near_of_all, overlaps_of_all

#: Whole weeks below which nothing is tested.
MIN_WEEKS = 60
#: Chance below which two are said to fail together more than by chance.
LEVEL = 0.05
#: Pairs for each week of common time beyond which no adjusted chance can be that low.
MOST_PAIRS_A_WEEK = 0.05
#: Starts no further apart count as near.
NEAR_S = 60 * 60
#: Weeks to either side of the moves that leave a common trend out.
NEAR_WEEKS = 8
OVERLAP, STARTS = "overlap", "starts"
#: What may be said of a pair.
BEYOND = "more than chance"
NO_EVIDENCE = "no evidence"
CANNOT_BE_TOLD = "cannot be told"
TOO_LITTLE = "too little data"
#: What points to a common cause, from the strongest on; one never makes up for another.
NAMED, SAME_REGION, TIME_ONLY = "upstream named", "same region", "time alone"
#: A name is told from ordinary words by its length.
SHORTEST_NAME = 4
UPSTREAM_FLAG, UPSTREAM_CAUSE = "upstream", "upstream_cloud"


@dataclass(frozen=True, slots=True)
class Coincidence:
    """Hold how much of two members coincides, against moves by whole weeks.

    ``seen``: seconds in both, or starts near each other; ``expected``: the mean over moves.
    ``p``: chance of as much without any tie; ``adjusted`` for the number of ``pairs``;
    ``near``: over the moves by few weeks only. ``any_pair``: the chance that any pair of the
    surface is as unusual as the most unusual one.
    """

    places: tuple[int, int]
    by: str
    seen: int
    expected: float
    p: float
    near: float
    adjusted: float
    any_pair: float
    pairs: int
    weeks: int

    @property
    def evidence(self) -> str:
        """Words for what may be said of it."""
        if self.pairs > MOST_PAIRS_A_WEEK * self.weeks:
            return CANNOT_BE_TOLD
        return BEYOND if self.adjusted <= LEVEL else NO_EVIDENCE


def coincidences(pool: Pool, by: str) -> list[Coincidence]:
    """Test every two members of a pool that failed often enough, by overlap or by starts.

    Empty where the common time is too short.
    """
    weeks = pool.seconds // WEEK_S
    if weeks < MIN_WEEKS:
        return []
    circle = _circle(pool)
    often = [place for place in range(len(pool.members)) if _often(pool, place)]
    tested = [two for two in combinations(often, 2) if not alike(pool, two)]
    if not tested:
        return []
    counts, exposed = _counted(pool, often, tested, by, circle), _exposed(pool, tested, circle)
    rates = [rates_by_week(*both) for both in zip(counts, exposed, strict=True)]
    chances = [chance_as_high(found) for found in rates]
    any_pair = chance_of_any(dict(zip(tested, rates, strict=True)), circle.weeks)
    numbers = zip(tested, counts, exposed, rates, chances, holm(chances), strict=True)
    return [
        Coincidence(
            two,
            by,
            int(seen[0]),
            float(np.nanmean(found[1:]) * able[0]),
            chance,
            chance_as_high(found, NEAR_WEEKS),
            adjusted,
            any_pair,
            len(tested),
            weeks,
        )
        for two, seen, able, found, chance, adjusted in numbers
    ]


def _circle(pool: Pool) -> Circle:
    """Return the whole weeks from the first to the last common instant."""
    start, end = int(pool.common[0, 0]), int(pool.common[-1, 1])
    return Circle(end, (end - start) // WEEK_S)


def _often(pool: Pool, place: int) -> bool:
    return len(pool.own_episodes[place]) >= MIN_EPISODES


def _counted(
    pool: Pool, often: Sequence[int], tested: Sequence[tuple[int, int]], by: str, circle: Circle
) -> Array:
    """Return what coincides of each two under each move: a row for each two.

    Args:
        pool: Who takes part.
        often: Places of those that failed often enough, in order.
        tested: Every two of these that are compared, in order.
        by: Overlap or starts.
        circle: The weeks that count.
    """
    downs = [pool.members[place].down for place in often]
    if by == OVERLAP:
        each = overlaps_of_all(downs, circle)
    else:
        each = near_of_all([pool.episodes(down)[:, 0] for down in downs], NEAR_S, circle)
    ones, others = np.searchsorted(often, np.array(tested)).T
    found = np.empty((len(tested), circle.weeks), dtype=np.int64)
    for one, with_others in enumerate(each):
        found[ones == one] = with_others[others[ones == one]]
    return found


def _exposed(pool: Pool, tested: Sequence[tuple[int, int]], circle: Circle) -> Array:
    """Return the seconds in which each two could coincide under each move: a row for each two."""
    observed = [one.observed for one in pool.members]
    return np.array(
        [overlaps_by_week(observed[one], observed[other], circle) for one, other in tested]
    )


def tier_of(
    named: Mapping[str, frozenset[str]], one: Candidate, other: Candidate
) -> tuple[str, tuple[str, ...]]:
    """Say what points to a common cause of two, and whom posts name as upstream of both.

    Args:
        named: Provider to whom its posts name as upstream.
        one: The first.
        other: The second.
    """
    mine = named.get(one.provider, frozenset()) | {one.provider}
    its = named.get(other.provider, frozenset()) | {other.provider}
    if shared := sorted(mine & its):
        return NAMED, tuple(shared)
    if set(one.regions) & set(other.regions):
        return SAME_REGION, ()
    return TIME_ONLY, ()


@once(nothing)
def named_upstreams(snapshot: Snapshot) -> Mapping[str, frozenset[str]]:
    """Return whom the posts of each provider name as what they stand on.

    Of posts flagged as echoes of another provider's trouble, or that state an upstream cloud
    as their cause.
    """
    key = ["page_key", "incident_id"]
    flagged = nw.col("flags").list.contains(UPSTREAM_FLAG)
    stated = nw.col("causes").list.contains(UPSTREAM_CAUSE)
    with snapshot.related("incidents", "updates") as read:
        found_there = read["incidents"].filter(flagged | stated)
        telling = legible(fetched(found_there.select(*key, "provider", "title")))
        of_these = read["updates"].select(*key, "body_text").join(found_there, on=key, how="semi")
        bodies = legible(fetched(of_these))
    words = bodies.group_by(key).agg(pl.col("body_text").str.join(" "))
    text = pl.concat_str("title", "body_text", separator=" ", ignore_nulls=True)
    names = dict(_names(snapshot.table("providers").select("provider", "name").rows()))
    found: dict[str, frozenset[str]] = {}
    rows = telling.join(words, on=key, how="left").select("provider", text)
    for provider, told in rows.iter_rows():
        hit = frozenset(
            who
            for who, its in names.items()
            if who != provider and any(_is_named(one, told) for one in its)
        )
        found[provider] = found.get(provider, frozenset()) | hit
    return found


def _is_named(name: str, text: str) -> bool:
    # Most are not there at all, which a plain search tells in a fraction of the time.
    return name in text and re.search(rf"\b{re.escape(name)}\b", text) is not None


def _names(providers: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, list[str]]]:
    """Yield each provider with those of its names that are told from ordinary words."""
    for provider, name in providers:
        parts = [part.strip() for part in re.split(r"[()/]", name)]
        yield provider, [part for part in parts if len(part) >= SHORTEST_NAME]
