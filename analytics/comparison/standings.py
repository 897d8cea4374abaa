"""Rank providers against each other by one measure (METHODOLOGY, "Ranking")."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import special

from analytics.comparison.cohort import MIN_LENGTH_S, Cohort, Member, counting_states
from analytics.comparison.daily_downtime import Watched, down_by_day
from analytics.downtime.observed_states import combined, down_spans
from analytics.downtime.regions import regions_asked
from analytics.metrics.frequency import PER_DAYS, episodes, interval, spreads, within
from analytics.question import Question, combine_of
from analytics.scope import Interval
from analytics.snapshot import Snapshot
from analytics.statistics.bootstrap import (
    DRAWS,
    SEED,
    Array,
    block_sums,
    chance_less,
    percentiles,
    rank_intervals,
)
from ingest.models import State

#: Chances this near to one half are even: their sums carry rounding.
EVEN = 1e-9
#: What providers have in common whose time down can be ranked; by whether posts stand for states.
STATES_FROM = {False: "from component states", True: "from whole posts"}
MEASURED = "from monitors of its own"
REGIONAL = ", of several regions"
#: Of the rate, before anything was counted: Jeffreys' prior.
PRIOR = 0.5


@dataclass(frozen=True, slots=True)
class Rank:
    """Rank of one provider, with its value and its number of incidents or episodes.

    ``rank`` 1 is the best of ``among`` providers; ``best`` and ``worst`` bound it. ``alike``
    says what they have in common, where only such providers are ranked together.
    """

    value: float
    low: float | None
    high: float | None
    n: int
    down_s: float | None
    rank: int
    best: int
    worst: int
    among: int
    alike: str = ""


@dataclass(frozen=True)
class Ranking:
    """Ranks of a cohort by one measure, in the order of its members. Less is better.

    ``compared``: works out ``better``. ``daily``: counts or weighted down seconds, providers by
    days; ``seconds``: how much of each day is compared. ``spread``: phi of each provider's weekly
    counts, 1 where there are too few weeks.
    """

    ranks: tuple[Rank, ...]
    compared: Callable[[], Array]
    daily: Array
    seconds: Array
    spread: Array

    @cached_property
    def better(self) -> Array:
        """The chance that the row's provider is better than the column's.

        NaN where the two cannot be compared. Of many there are far more pairs than ranks.
        """
        return self.compared()

    def compares(self, one: int, other: int) -> bool:
        """Tell whether these two are ranked, and comparable."""
        return max(one, other) < len(self.ranks) and not np.isnan(self.better[one, other])


def by_count(cohort: Cohort, question: Question) -> Ranking:
    """Rank by how often trouble began, per 30 days.

    Providers are ranked among those who post alike and read other components.
    """
    days = cohort.covered_days
    starts = [counted(one, question, cohort.covered) for one in cohort.members]
    n = np.array([len(one) for one in starts])
    phis = spreads(starts, cohort.covered)
    kinds = np.array([one.source_class for one in cohort.members])
    shape, time = n / phis, days / phis
    comparable = _comparable(cohort.members, kinds)

    def better() -> Array:
        fewer = chance_fewer(shape[:, None], time[:, None], shape, time)
        return np.where(comparable, fewer, np.nan)

    drawn = np.random.default_rng(SEED).gamma(shape[:, None] + PRIOR, size=(len(n), DRAWS))
    drawn /= time[:, None]
    orders = _ranks_among(comparable, n, drawn)
    ranks = []
    for k, phi, kind, order in zip(n.tolist(), phis.tolist(), kinds.tolist(), orders, strict=True):
        low, high = interval(k, days, phi)
        value = k / days * PER_DAYS
        ranks.append(Rank(value, low, high, k, None, *order, kind))
    daily = np.array([np.histogram(one, cohort.edges)[0] for one in starts])
    seconds = cohort.covered_seconds
    return Ranking(tuple(ranks), better, daily, seconds, phis)


def by_downtime(snapshot: Snapshot, cohort: Cohort, question: Question) -> Ranking:
    """Rank by the fraction of time down, in runs of five minutes or more.

    Where nothing was down there is no interval: days cannot be drawn that did not happen.
    Providers are ranked among those whose states are made alike, of other components.
    """
    daily, seconds = daily_down(snapshot, cohort, question), cohort.seconds
    drawn = drawn_shares(daily, seconds)
    down = daily.sum(axis=1)
    made = np.array(
        [
            (MEASURED if one.measured else STATES_FROM[one.by_post]) + REGIONAL * one.regional
            for one in cohort.members
        ]
    )
    mixed = len(set(made.tolist())) > 1
    comparable = _comparable(cohort.members, made)
    orders = _ranks_among(comparable, down, drawn)
    bounds = np.array(percentiles(drawn)).T.tolist()
    posts, ranks = replace(question, unit="posts"), []
    for one, down_s, reach, kind, order in zip(
        cohort.members, down.tolist(), bounds, made.tolist(), orders, strict=True
    ):
        low, high = reach if down_s else (None, None)
        n = len(counted(one, posts, cohort.covered))
        value = down_s / seconds.sum()
        ranks.append(Rank(value, low, high, n, down_s, *order, kind if mixed else ""))

    def better() -> Array:
        # Drawn alike again: kept, the draws of a surface would outlast its ranks.
        return np.where(comparable, chance_less(drawn_shares(daily, seconds)), np.nan)

    return Ranking(tuple(ranks), better, daily, seconds, np.ones(len(daily)))


def daily_down(snapshot: Snapshot, cohort: Cohort, question: Question) -> Array:
    """Weigh the seconds down of each day, in runs of five minutes or more: providers by days."""
    regions, combine = regions_asked(snapshot, question), combine_of(question)
    apart = {
        place: combined(snapshot, question, one.seen, cuts=cohort.edges)
        .without_short(MIN_LENGTH_S)
        .summed(cohort.edges)
        for place, one in enumerate(cohort.members)
        if len({regions.get(key) for key in one.seen.observed} - {None}) > 1
    }
    together = [one for place, one in enumerate(cohort.members) if place not in apart]
    watched = [
        Watched(one.seen.observed, down_spans(snapshot, question, one.seen)) for one in together
    ]
    days = iter(down_by_day(watched, combine, cohort.edges, MIN_LENGTH_S))
    return np.array([apart[n] if n in apart else next(days) for n in range(len(cohort.members))])


def drawn_shares(daily: Array, seconds: Array) -> Array:
    """Draw days again for fractions of the seconds compared: providers by draws."""
    rows = np.array([*daily, seconds])
    drawn = block_sums(rows[:, seconds > 0])
    shares: Array = drawn[:-1]
    shares /= drawn[-1]
    return shares


def _comparable(members: Sequence[Member], kinds: Array) -> Array:
    """Mark each two of one kind that do not read the same components of one page."""
    places = {one.scope.provider: place for place, one in enumerate(members)}
    alike = np.unique(kinds, return_inverse=True)[1]
    comparable: Array = alike[:, None] == alike
    for place, one in enumerate(members):
        comparable[place, [places[name] for name in one.sharing if name in places]] = False
    return comparable


def unrated(one: Member, question: Question, common: Sequence[Interval]) -> list[int]:
    """Return the starts in ``common`` time of incidents of unknown severity, in order."""
    spans = [
        c.span for c in one.incidents if c.its in question.classes and c.worst is State.UNKNOWN
    ]
    return within(sorted(start for start, _ in spans), common)


def counted(one: Member, question: Question, common: Sequence[Interval]) -> list[int]:
    """Return when the incidents or episodes that count began, in ``common`` time."""
    states = counting_states(question)
    spans = [c.span for c in one.incidents if c.its in question.classes and c.worst in states]
    if question.unit == "episodes":
        spans = episodes(spans)
    return within(sorted(start for start, _ in spans), common)


def chance_fewer(n: Array, time: Array, other_n: Array, other_time: Array) -> Array:
    """Return the chance that the first rate is the lower one, given counts over times.

    A rate is Gamma(n + 0.5, time); with phi above 1, both are divided by it beforehand.

    Args:
        n: Counts of the first.
        time: Over how long, in any unit.
        other_n: Counts of the others.
        other_time: Over how long, in the same unit.

    >>> [round(float(chance_fewer(*case)), 3) for case in ((3, 90, 8, 90), (3, 90, 4, 45))]
    [0.936, 0.906]
    """
    share = time / (time + other_time)
    chance: Array = special.betainc(n + PRIOR, other_n + PRIOR, share)
    return chance


def side(chance: float) -> int:
    """Return 1 where a chance favours the first of a pair, -1 the second, 0 neither."""
    return 0 if abs(chance - 0.5) < EVEN else 1 if chance > 0.5 else -1


def _ranks_among(comparable: Array, values: Array, drawn: Array) -> list[tuple[int, int, int, int]]:
    """Rank each provider among those comparable with it."""
    told: dict[bytes, tuple[Array, list[tuple[int, int, int]]]] = {}
    found = []
    for n, row in enumerate(comparable):
        key = row.tobytes()
        if key not in told:
            members = np.flatnonzero(row)
            among = drawn if row.all() else drawn[members]
            told[key] = members, rank_intervals(values[members], among)
        members, ranked = told[key]
        found.append((*ranked[int(np.searchsorted(members, n))], len(members)))
    return found
