"""Sum how long every choice of several series is on at once.

METHODOLOGY, "Portfolio". Pure; spans are those of ``overlaps``. Time is cut wherever any series
turns: few are on in one piece, and only choices among these are added to, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, combinations
from math import comb

import numpy as np

from analytics.statistics.overlaps import NEVER, Array

#: So many choices are added to at once, unless one piece of time has more.
CELLS = 500_000


def choices(n: int, k: int) -> Array:
    """Return every choice of ``k`` of ``n`` in the order of ``combinations``, each a row.

    >>> choices(3, 2).tolist()
    [[0, 1], [0, 2], [1, 2]]
    """
    flat = chain.from_iterable(combinations(range(n), k))
    return np.fromiter(flat, np.int64).reshape(-1, k)


def shared_seconds(several: Sequence[Array], k: int) -> Array:
    """Sum the seconds in which all of each choice of ``k`` are on, in the order of ``choices``.

    >>> shared_seconds([np.array([[0, 9]]), np.array([[5, 20]]), np.array([[8, 30]])], 2).tolist()
    [4, 1, 12]
    """
    n = len(several)
    # Of a choice in order, each place and member adds to where it stands among all, from the end.
    behind = np.array([[comb(n - 1 - one, k - place) for one in range(n)] for place in range(k)])
    found = np.zeros(comb(n, k), dtype=np.int64)
    for on, seconds in _pieces(several):
        some = choices(on.shape[1], k)
        step = max(CELLS // max(len(some), 1), 1)
        for first in range(0, len(on), step):
            members = on[first : first + step]
            at = len(found) - 1 - sum(behind[p][members[:, some[:, p]]] for p in range(k))
            lasted = np.broadcast_to(seconds[first : first + step, None], at.shape)
            np.add.at(found, at.ravel(), lasted.ravel())
    return found


def _pieces(several: Sequence[Array]) -> Iterator[tuple[Array, Array]]:
    """Yield pieces of time by how many are on: which are, in order, and how long it lasts."""
    spans = np.concatenate([NEVER, *several])
    marks = np.unique(spans)
    first, last = (np.searchsorted(marks, spans[:, column]) for column in (0, 1))
    reach = last - first
    ahead = (first - np.cumsum(reach) + reach).astype(np.int32)
    piece = np.arange(reach.sum(), dtype=np.int32) + np.repeat(ahead, reach)
    members = np.arange(len(several), dtype=np.int32)
    member = np.repeat(np.repeat(members, [*map(len, several)]), reach)
    member = member[np.argsort(piece, kind="stable")]
    counts = np.bincount(piece, minlength=max(len(marks) - 1, 0))
    starts, lasts = np.cumsum(counts) - counts, np.diff(marks)
    for size in np.unique(counts[counts > 0]).tolist():
        alike = counts == size
        yield member[starts[alike, None] + np.arange(size)], lasts[alike]
