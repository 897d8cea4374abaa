"""Tell what the unknown could make of a comparison (METHODOLOGY, "Ranking")."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analytics.comparison.cohort import MIN_LENGTH_S, Cohort, Member
from analytics.comparison.ranking import DOWNTIME, cache_key
from analytics.comparison.sensitivity_grid import cells
from analytics.comparison.standings import chance_fewer, counted, drawn_shares, side, unrated
from analytics.downtime.observed_states import ObservedStates, combined, extremes
from analytics.metrics.frequency import spread
from analytics.question import Question
from analytics.snapshot import Snapshot
from analytics.statistics.bootstrap import chance_less
from ingest.intervals import difference, intersection, union


@dataclass(frozen=True, slots=True)
class WorstCase:
    """Record of how sure one of a pair would be had all that is unknown of it been trouble.

    ``chance`` that it is the better one, and in how many of the ways of counting it is still
    favoured (``agreeing``).
    """

    chance: float
    agreeing: int


def at_worst(
    snapshot: Snapshot, cohort: Cohort, question: Question, measure: str, pair: tuple[int, int]
) -> WorstCase:
    """Compare the first of ``pair`` with the other, asked again in every way.

    All time in which its state is unknown counts as down, and nothing unknown of the other;
    each of its posts of unknown severity counts as one more, or as one more episode.
    """
    mine, its = (cohort.members[rank] for rank in pair)
    found: dict[object, float] = {}

    def chance(asked: Question) -> float:
        key = cache_key(measure, asked)
        if key not in found:
            found[key] = (
                _less_down(snapshot, cohort, asked, mine, its)
                if measure == DOWNTIME
                else _fewer(cohort, asked, mine, its)
            )
        return found[key]

    agreeing = sum(side(chance(cell)) > 0 for cell in cells(question))
    return WorstCase(chance(question), agreeing)


def _less_down(
    snapshot: Snapshot, cohort: Cohort, question: Question, mine: Member, its: Member
) -> float:
    """Over the common time and whatever else is unknown of the one."""
    time = union([*cohort.common, *mine.unsure])
    _, most = extremes(snapshot, question, _within(mine, time), cohort.edges)
    least = combined(snapshot, question, _within(its, time), cohort.edges)
    down = [one.without_short(MIN_LENGTH_S).summed(cohort.edges) for one in (most, least)]
    drawn = drawn_shares(np.array(down), cohort.daily(time))
    return float(chance_less(drawn)[0, 1])


def _within(one: Member, time: list[tuple[int, int]]) -> ObservedStates:
    """Return what was seen of a member in ``time``; its unknown stays unknown."""
    coverage = {key: intersection(spans, time) for key, spans in one.scope.coverage.items()}
    observed = {key: difference(spans, one.unknown[key]) for key, spans in coverage.items()}
    return replace(one.seen, scope=replace(one.scope, coverage=coverage), observed=observed)


def _fewer(cohort: Cohort, question: Question, mine: Member, its: Member) -> float:
    """Its posts of unknown severity counted beside those that count anyway."""
    doubtful = unrated(mine, question, cohort.covered)
    starts = sorted([*counted(mine, question, cohort.covered), *doubtful])
    others = counted(its, question, cohort.covered)
    (n, time), (k, other_time) = (
        (np.array(len(found)) / phi, np.array(cohort.covered_days) / phi)
        for found in (starts, others)
        for phi in [spread(found, cohort.covered)]
    )
    return float(chance_fewer(n, time, k, other_time))
