"""Grade a comparison of two providers (METHODOLOGY, "Grades").

Pure: numbers in, a grade out. What is unknown is neither up nor down in the chance; how much of
it would turn the order is the tipping point.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.comparison.standings import side
from analytics.statistics.bootstrap import Array, block_sums, chance_less

CLEAR = "clear"
LIKELY = "likely"
PROVISIONAL = "provisional"
TOO_CLOSE = "too close"
NOT_COMPARABLE = "not comparable"
#: From the most that may be said of the favoured to the least.
GRADES = (CLEAR, LIKELY, PROVISIONAL, TOO_CLOSE, NOT_COMPARABLE)
#: Common days, to the nearest, without which nothing is compared, and below which the grade is
#: provisional at most.
LEAST_DAYS, FULL_DAYS = 30, 90
#: Chances from which a grade is clear, or likely: of two equals one in twenty reaches the first,
#: one in eight the second.
CLEAR_CHANCE, LIKELY_CHANCE = 0.99, 0.95
#: Shares of the unknown that must have been trouble before the order turns.
CLEAR_TIPPING, LIKELY_TIPPING = 0.5, 0.1
#: Distinct ways of counting in another order that a likely grade bears.
LIKELY_CELLS = 1

#: What weighs most against the favoured.
BY_CHANCE = "chance"
BY_UNKNOWN = "unknown"
BY_COUNTING = "counting"
BY_DAYS = "days"
BY_BASIS = "basis"
BY_QUIET = "quiet"
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Compared:
    """Numbers that a grade rests on, of the first of two providers against the second.

    ``chance``: that the first has less trouble. ``signs``: 1 for the first, -1 for the second, 0
    for neither, in each distinct way of counting. ``ahead``: trouble of the second less that of
    the first. ``unknown``: how much more trouble each may have had. ``days``: in common.
    ``coarse``: whether whole incidents stand for the states of each; ``quiet``: whether a page of
    each posts nothing any more.
    """

    chance: float
    signs: tuple[int, ...]
    ahead: float
    unknown: tuple[float, float]
    days: float
    coarse: tuple[bool, bool] = (False, False)
    quiet: tuple[bool, bool] = (False, False)

    @property
    def favoured(self) -> int:
        """Return 1 where the chance favours the first, -1 the second, 0 neither."""
        return side(self.chance)

    @property
    def sure(self) -> float:
        """Return the chance of the favoured."""
        return max(self.chance, 1 - self.chance)

    @property
    def against(self) -> int:
        """Count the ways of counting that favour the other one."""
        return sum(sign == -self.favoured for sign in self.signs)

    @property
    def tipping(self) -> float | None:
        """Share of what is unknown of the favoured that turns the order if it was trouble.

        None where nothing of it is unknown; from 1 on it cannot turn.
        """
        unknown = self.unknown[self.favoured < 0]
        return self.ahead * (self.favoured or 1) / unknown if unknown else None


def grade_of(compared: Compared) -> str:
    """Grade a comparison.

    >>> far = Compared(0.999, (1, 1, 1), 165_000, (310_000, 0), 212)
    >>> grade_of(far), round(far.tipping, 3)
    ('clear', 0.532)
    """
    return judge(compared)[0]


def judge(compared: Compared) -> tuple[str, str]:
    """Grade a comparison, and name what weighs most against the favoured."""
    if round(compared.days) < LEAST_DAYS:
        return NOT_COMPARABLE, BY_DAYS
    tipping = math.inf if compared.tipping is None else compared.tipping
    if not compared.favoured or compared.sure < LIKELY_CHANCE:
        return TOO_CLOSE, BY_CHANCE
    if tipping < LIKELY_TIPPING:
        return TOO_CLOSE, BY_UNKNOWN
    if compared.against > LIKELY_CELLS:
        return TOO_CLOSE, BY_COUNTING
    if round(compared.days) < FULL_DAYS:
        return PROVISIONAL, BY_DAYS
    if _finer(compared):
        return LIKELY, BY_BASIS
    if compared.quiet[compared.favoured < 0]:
        return LIKELY, BY_QUIET
    if compared.against:
        return LIKELY, BY_COUNTING
    if tipping < CLEAR_TIPPING:
        return LIKELY, BY_UNKNOWN
    if compared.sure < CLEAR_CHANCE:
        return LIKELY, BY_CHANCE
    return CLEAR, NOTHING if compared.tipping is None else BY_UNKNOWN


def _finer(compared: Compared) -> bool:
    """Tell whether only the favoured has component states: whole incidents are longer."""
    mine, its = compared.coarse if compared.favoured > 0 else reversed(compared.coarse)
    return its and not mine


def chances(cells: Sequence[Array]) -> Array:
    """Return how often each provider has less trouble than each other: cells by both.

    Days are drawn again, the same ones for all.

    Args:
        cells: Trouble in each way of counting, providers by common days.
    """
    if not cells:
        return np.empty((0, 0, 0))
    drawn = block_sums(np.concatenate(cells)).reshape(len(cells), len(cells[0]), -1)
    return np.array([chance_less(one) for one in drawn])


def weakest(grades: Sequence[str]) -> str:
    """Return the grade of which the least may be said.

    >>> weakest(["clear", "too close", "likely"])
    'too close'
    """
    return max(grades, key=GRADES.index)
