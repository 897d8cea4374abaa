"""Draw days again in pairs: what might as well have happened.

METHODOLOGY, "Ranking".

Pure; a row of a matrix is a provider, a column a day. All providers share the days drawn,
because they share causes, and days come in blocks, because trouble does.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from analytics.answer import TAIL

#: Days in a row that are drawn together; they wrap around at the end.
BLOCK_DAYS = 7
DRAWS = 4000
SEED = 20260302

Array = npt.NDArray[Any]


def block_sums(daily: Array, draws: int = DRAWS, seed: int = SEED) -> Array:
    """Sum over as many days as there are, drawn in blocks: providers by draws.

    The draws depend on the number of days and the seed only, so that sums of different
    matrices over the same days belong together.
    """
    days = daily.shape[1]
    blocks, rest = divmod(days, BLOCK_DAYS)
    starts = _block_starts(days, blocks + (rest > 0), draws, seed)
    after = (np.arange(days)[:, None] + np.arange(BLOCK_DAYS)) % days
    block = daily[:, after]
    whole = block.sum(axis=2)
    sums: Array = np.zeros((len(daily), draws), whole.dtype)
    # Block by block: all draws of one block at once are a fifth of the work of one large array
    # of every block of every draw.
    for drawn in starts[:blocks]:
        sums += whole.take(drawn, axis=1)
    return sums + block[:, :, :rest].sum(axis=2).take(starts[blocks], axis=1) if rest else sums


@lru_cache(maxsize=8)
def _block_starts(days: int, blocks: int, draws: int, seed: int) -> Array:
    """Draw the first day of each block: blocks by draws, the same for all that ask."""
    starts = np.random.default_rng(seed).integers(0, days, (draws, blocks))
    found: Array = np.ascontiguousarray(starts.T)
    found.flags.writeable = False
    return found


def chance_less(drawn: Array) -> Array:
    """Return how often each row is less than each other; ties count half.

    >>> chance_less(np.array([[1, 1, 1, 2], [2, 2, 1, 1]])).tolist()
    [[0.5, 0.625], [0.375, 0.5]]
    """
    first, second = drawn[:, None, :], drawn[None, :, :]
    chances: Array = ((first < second).mean(axis=2) + (first <= second).mean(axis=2)) / 2
    return chances


def ranks(values: Array) -> Array:
    """Rank each value along the first axis, smallest first; equal ones share the best.

    >>> ranks(np.array([3.0, 1.0, 1.0])).tolist()
    [3, 1, 1]
    """
    places: Array = 1 + (values[None, ...] < values[:, None, ...]).sum(axis=1)
    return places


def rank_intervals(values: Array, drawn: Array) -> list[tuple[int, int, int]]:
    """Rank each provider, with the 95 % interval of its rank over the draws.

    Where providers tie in a draw, each may have any of the places they share.
    """
    best = ranks(drawn)
    worst = (drawn[None, ...] <= drawn[:, None, ...]).sum(axis=1)
    low = np.quantile(best, TAIL, axis=1, method="inverted_cdf")
    high = np.quantile(worst, 1 - TAIL, axis=1, method="inverted_cdf")
    found = ranks(values)
    return [
        (int(rank), int(min(rank, a)), int(max(rank, b)))
        for rank, a, b in zip(found, low, high, strict=True)
    ]


def percentiles(drawn: Array) -> tuple[float, float]:
    """Return the middle 95 % of the draws."""
    low, high = np.quantile(drawn, [TAIL, 1 - TAIL], method="inverted_cdf")
    return float(low), float(high)


def two_sided_p(drawn: Array) -> float:
    """Return the two-sided p of a difference from its draws; never zero."""
    rarer = min(int((drawn <= 0).sum()), int((drawn >= 0).sum()))
    return min(1.0, 2 * (1 + rarer) / (1 + len(drawn)))
