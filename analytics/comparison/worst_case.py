"""Test a comparison against all that is unknown (METHODOLOGY, "Ranking")."""

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
    """Certainty about one of a pair, had all that is unknown of it been trouble.

    ``chance`` that it is the better one, and in how many of the ways of counting it is still
    favoured (``agreeing``).
    """

    chance: float
    agreeing: int


def at_worst(
    snapshot: Snapshot, cohort: Cohort, question: Question, measure: str, pair: tuple[int, int]
) -> WorstCase:
    """Compare a pair again in every way, the unknown of the first as trouble.

    All time in which its state is unknown counts as down, and nothing unknown of the other;
    each of its incidents of unknown severity counts as one more, or as one more episode.

    Args:
        snapshot: Where the incidents are.
        cohort: The providers compared.
        question: Rule, unit and classes.
        measure: Count or downtime.
        pair: Places of the two in the cohort.
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
    """Compare time down over the common time and whatever else is unknown of the one."""
    time = union([*cohort.common, *mine.unsure])
    _, most = extremes(snapshot, question, _within(mine, time), cohort.edges)
    least = combined(snapshot, question, _within(its, time), cohort.edges)
    down = [one.without_short(MIN_LENGTH_S).summed(cohort.edges) for one in (most, least)]
    drawn = drawn_shares(np.array(down), cohort.daily(time))
    return float(chance_less(drawn)[0, 1])


def _within(one: Member, time: list[tuple[int, int]]) -> ObservedStates:
    """Cut a member's states to ``time``, in which its unknown stays unknown."""
    coverage = {key: intersection(spans, time) for key, spans in one.scope.coverage.items()}
    observed = {key: difference(spans, one.unknown[key]) for key, spans in coverage.items()}
    return replace(one.seen, scope=replace(one.scope, coverage=coverage), observed=observed)


def _fewer(cohort: Cohort, question: Question, mine: Member, its: Member) -> float:
    """Compare counts, incidents of unknown severity included."""
    doubtful = unrated(mine, question, cohort.covered)
    starts = sorted([*counted(mine, question, cohort.covered), *doubtful])
    others = counted(its, question, cohort.covered)
    (n, time), (k, other_time) = (
        (np.array(len(found)) / phi, np.array(cohort.covered_days) / phi)
        for found in (starts, others)
        for phi in [spread(found, cohort.covered)]
    )
    return float(chance_fewer(n, time, k, other_time))
