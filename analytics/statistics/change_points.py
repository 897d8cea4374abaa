"""Find where weekly counts change level, by the best of all partitions.

METHODOLOGY, "Patterns". Pure. The series is short, so every partition is weighed: nothing is
approximated, and a constant series has no change.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from analytics.statistics.overlaps import Array

#: Weeks of a segment, at least.
LEAST = 6
#: Price of a change, in logarithms of the number of weeks; a change must be worth both.
PENALTIES = (2.0, 3.0)


def steadied(counts: Sequence[int] | Array) -> Array:
    """Turn counts into values that spread alike, whatever their mean."""
    found: Array = 2 * np.sqrt(np.asarray(counts, dtype=float) + 3 / 8)
    return found


def partition(values: Array, penalty: float, least: int = LEAST) -> tuple[int, ...]:
    """Return where segments begin, but for the first, so that spread and penalties are least.

    >>> partition(np.array([0.0] * 8 + [4.0] * 8), 4)
    (8,)
    >>> partition(np.zeros(40), 4)
    ()

    Args:
        values: One a week.
        penalty: Added for each change.
        least: Length of a segment, at least.
    """
    n = len(values)
    sums = np.concatenate([[0.0], np.cumsum(values)])
    squares = np.concatenate([[0.0], np.cumsum(values**2)])
    costs = np.full(n + 1, np.inf)
    costs[0] = -penalty
    came_from = np.zeros(n + 1, dtype=int)
    for end in range(least, n + 1):
        begins = np.arange(end - least + 1)
        mine = sums[end] - sums[begins]
        spread = squares[end] - squares[begins] - mine**2 / (end - begins)
        found = costs[begins] + spread + penalty
        came_from[end] = best = int(found.argmin())
        costs[end] = found[best]
    at: list[int] = []
    end = n if n >= least else 0
    while (end := int(came_from[end])) > 0:
        at.append(end)
    return tuple(reversed(at))


def lasting_changes(counts: Sequence[int] | Array) -> tuple[int, ...]:
    """Return the weeks from which the level is another one, at the lower and the higher price."""
    values = steadied(counts)
    if len(values) < 2 * LEAST:
        return ()
    every, fewer = (partition(values, k * math.log(len(values))) for k in PENALTIES)
    return tuple(one for one in every if one in fewer)
