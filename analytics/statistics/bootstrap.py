"""Draw days again in pairs: what might as well have happened.

METHODOLOGY, "Ranking".

Pure; a row of a matrix is a provider, a column a day. All providers share the days drawn,
because they share causes, and days come in blocks, because trouble does.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from analytics.answer import TAIL

#: Days in a row that are drawn together; they wrap around at the end.
BLOCK_DAYS = 7
DRAWS = 4000
SEED = 20260302
#: So many are ranked pair by pair, more of them in order.
FEW = 24
#: So many numbers are put in order at once: a few megabytes of them.
CELLS = 500_000

Array = npt.NDArray[Any]


def block_sums(daily: Array, draws: int = DRAWS, seed: int = SEED) -> Array:
    """Sum over as many days as there are, drawn in blocks: providers by draws.

    The draws depend on the number of days and the seed only, so that sums of different
    matrices over the same days belong together.
    """
    days = daily.shape[1]
    rest = days % BLOCK_DAYS
    block, short = np.zeros_like(daily), np.zeros_like(daily)
    for after in range(min(BLOCK_DAYS, days)):
        block = block + np.roll(daily, -after, axis=1)
        if after + 1 == rest:
            short = block
    drawn, weeks = _drawn_blocks(days, draws, seed), np.concatenate([block, short], axis=1)
    sums = np.empty((len(daily), draws))
    step = max(CELLS // draws, 1)
    for first in range(0, len(daily), step):
        some = slice(first, first + step)
        sums[some] = (drawn @ weeks[some].T).T
    return sums


@lru_cache(maxsize=8)
def _drawn_blocks(days: int, draws: int, seed: int) -> Any:
    """Draw blocks, the same for all that ask: a sparse matrix of draws by blocks.

    A block is named by its first day; after those of a week stand those of the days that are left.
    """
    from scipy import sparse

    blocks, rest = divmod(days, BLOCK_DAYS)
    drawn = np.random.default_rng(seed).integers(0, days, (draws, blocks + (rest > 0)))
    drawn[:, blocks:] += days
    ends = np.arange(draws + 1) * drawn.shape[1]
    once = np.ones(drawn.size)
    return sparse.csr_array((once, drawn.ravel(), ends), shape=(draws, 2 * days))


def chance_less(drawn: Array) -> Array:
    """Return how often each row is less than each other; ties count half.

    >>> chance_less(np.array([[1, 1, 1, 2], [2, 2, 1, 1]])).tolist()
    [[0.5, 0.625], [0.375, 0.5]]
    """
    draws = drawn.shape[1]
    # Row by row: all pairs of draws at once are a hundred times the memory of the draws.
    less = np.array([(one < drawn).sum(axis=1) for one in drawn])
    chances: Array = (less / draws + (draws - less.T) / draws) / 2
    return chances


def ranks(values: Array) -> Array:
    """Rank each value along the first axis, smallest first; equal ones share the best.

    >>> ranks(np.array([3.0, 1.0, 1.0])).tolist()
    [3, 1, 1]
    """
    return _places(values)[0]


def _places(values: Array) -> tuple[Array, Array]:
    """Return the best and the worst place of each value among those that equal it."""
    if len(values) <= FEW:
        above = (values[None, ...] < values[:, None, ...]).sum(axis=1)
        return 1 + above, (values[None, ...] <= values[:, None, ...]).sum(axis=1)
    best, worst = np.empty(values.shape, np.int32), np.empty(values.shape, np.int32)
    rows = values.reshape(len(values), -1)
    step = max(CELLS // len(values), 1)
    for first in range(0, rows.shape[1], step):
        part = np.ascontiguousarray(rows[:, first : first + step].T)
        found = _places_by_row(part)
        for told, its in zip((best, worst), found, strict=True):
            told.reshape(rows.shape)[:, first : first + step] = its.T
    return best, worst


def _places_by_row(values: Array) -> tuple[Array, Array]:
    """Return the best and the worst place of each value in its row."""
    order = np.argsort(values, axis=1)
    ordered = np.take_along_axis(values, order, axis=1)
    places = np.broadcast_to(np.arange(1, values.shape[1] + 1, dtype=np.int32), values.shape)
    apart = ordered[:, 1:] != ordered[:, :-1]
    best = np.empty(values.shape, np.int32)
    if apart.all():
        np.put_along_axis(best, order, places, axis=1)
        return best, best
    edge = np.ones((len(values), 1), dtype=bool)
    first = np.maximum.accumulate(np.where(np.hstack([edge, apart]), places, 1), axis=1)
    ends = np.where(np.hstack([apart, edge]), places, values.shape[1])
    last = np.minimum.accumulate(ends[:, ::-1], axis=1)[:, ::-1]
    worst = np.empty_like(best)
    np.put_along_axis(best, order, first, axis=1)
    np.put_along_axis(worst, order, last, axis=1)
    return best, worst


def rank_intervals(values: Array, drawn: Array) -> list[tuple[int, int, int]]:
    """Rank each provider, with the 95 % interval of its rank over the draws.

    Where providers tie in a draw, each may have any of the places they share.
    """
    best, worst = _places(drawn)
    low, high = percentiles(best)[0], percentiles(worst)[1]
    found = ranks(values)
    return [
        (int(rank), int(min(rank, a)), int(max(rank, b)))
        for rank, a, b in zip(found, low, high, strict=True)
    ]


def percentiles(drawn: Array) -> tuple[Any, Any]:
    """Return the middle 95 % of the draws; of several rows, that of each.

    >>> percentiles(np.array([[3.0, 1.0, 2.0], [6.0, 6.0, 5.0]]))[1].tolist()
    [3.0, 6.0]
    """
    ordered = np.sort(drawn, axis=-1)
    low, high = (ordered[..., rank] for rank in _middle(drawn.shape[-1]))
    return (low, high) if drawn.ndim > 1 else (float(low), float(high))


@cache
def _middle(n: int) -> tuple[int, int]:
    """Return the ranks, from 0, that bound the middle 95 % of n numbers in order."""
    low, high = np.quantile(np.arange(n), [TAIL, 1 - TAIL], method="inverted_cdf")
    return int(low), int(high)


def two_sided_p(drawn: Array) -> float:
    """Return the two-sided p of a difference from its draws; never zero."""
    rarer = min(int((drawn <= 0).sum()), int((drawn >= 0).sum()))
    return min(1.0, 2 * (1 + rarer) / (1 + len(drawn)))
