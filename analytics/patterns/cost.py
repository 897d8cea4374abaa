"""Weigh downtime by what an hour of it costs, by hour of the week (METHODOLOGY, "Patterns")."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analytics.downtime.combine import Pieces
from analytics.downtime.observed_states import ObservedStates, combined
from analytics.patterns.hours import HOUR_S, BusinessHours, exposure
from analytics.question import Question, QuestionError
from analytics.snapshot import Snapshot
from analytics.statistics.overlaps import Array, merged

#: Rules by which the same states cost least, as much as the headline says, and most.
LOW, BASE, HIGH = "statuspage", "incident_io", "strict"


@dataclass(frozen=True, slots=True)
class HourlyCost:
    """Hold the cost of an hour down in business hours, and in all others."""

    business: float
    other: float

    def by_hour(self, hours: BusinessHours) -> Array:
        """Return the cost of each hour of the week."""
        found: Array = np.where(hours.cells, self.business, self.other)
        return found


#: Counts the hours down in business hours themselves.
HOURS_THEMSELVES = HourlyCost(1.0, 0.0)


def parse_cost(text: str) -> HourlyCost:
    """Read what an hour costs, in business hours and in others, such as 1000,200.

    Raises:
        QuestionError: These are not two numbers.

    >>> parse_cost("1000,200")
    HourlyCost(business=1000.0, other=200.0)
    """
    try:
        business, other = (float(part) for part in text.split(","))
    except ValueError:
        business = other = np.nan
    if not (0 <= business < np.inf and 0 <= other < np.inf):
        raise QuestionError(f"cost {text!r} is not two amounts an hour, such as 1000,200")
    return HourlyCost(business, other)


def weigh(found: Pieces, by_hour: Array, zone: str) -> float:
    """Integrate weight times cost over time.

    Args:
        found: Weight down, over observed time.
        by_hour: What each hour of the week costs, an hour.
        zone: Whose hours.
    """
    total = 0.0
    for weight in np.unique(found.weight[found.weight > 0]).tolist():
        here = found.weight == weight
        spans = merged(np.column_stack([found.start[here], found.end[here]]).astype(np.int64))
        total += weight * float(exposure(spans, zone) @ by_hour) / HOUR_S
    return total


def costs(
    snapshot: Snapshot, question: Question, seen: ObservedStates, by_hour: Array
) -> tuple[float, float, float]:
    """Return what downtime cost by the rule asked for, by the lowest and by the highest one.

    The three rules of the bounds weigh the same states; a rule of one's own may lie outside.

    Args:
        snapshot: Where the incidents are.
        question: Rule, classes and zone.
        seen: States of a surface.
        by_hour: What each hour of the week costs, an hour.
    """
    asked = {replace(question, rule=rule, weights=None) for rule in (LOW, BASE, HIGH)} | {question}
    found = {one: weigh(combined(snapshot, one, seen), by_hour, question.zone) for one in asked}
    return found[question], min(found.values()), max(found.values())
