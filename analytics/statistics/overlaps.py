"""Join, cut and compare sorted spans as arrays: the arithmetic of joint downtime.

METHODOLOGY, "Portfolio". Pure; spans are an array of two columns, start and end in epoch
seconds, sorted and disjoint, as from ``as_spans``. Every function is a handful of sorted searches,
so that a thousand pairs of a million spans take seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.intervals import union

Array = npt.NDArray[Any]
NEVER: Array = np.empty((0, 2), dtype=np.int64)
#: Before and after any instant.
FIRST, LAST = np.iinfo(np.int64).min // 4, np.iinfo(np.int64).max // 4


def as_spans(intervals: Iterable[tuple[int, int]]) -> Array:
    """Return intervals as spans, merged."""
    return np.array(union(intervals), dtype=np.int64).reshape(-1, 2)


def length(spans: Array) -> int:
    """Sum the seconds of spans.

    >>> length(as_spans([(0, 10), (5, 20)]))
    20
    """
    return int((spans[:, 1] - spans[:, 0]).sum())


def before(spans: Array, instants: Array) -> Array:
    """Sum the seconds of spans before each instant.

    >>> before(as_spans([(0, 10), (50, 60)]), np.array([5, 20, 55])).tolist()
    [5, 10, 15]
    """
    if not len(spans):
        return np.zeros(len(instants), dtype=np.int64)
    starts, ends = spans.T
    sums = np.zeros(len(spans) + 1, dtype=np.int64)
    np.cumsum(ends - starts, out=sums[1:])
    begun = np.searchsorted(starts, instants, side="right")
    ahead = np.maximum(ends[np.maximum(begun - 1, 0)] - instants, 0)
    found: Array = sums[begun] - np.where(begun > 0, ahead, 0)
    return found


def within_each(spans: Array, edges: Array) -> Array:
    """Sum the seconds of spans from each edge to the next."""
    found: Array = np.diff(before(spans, edges))
    return found


def overlap(one: Array, other: Array) -> int:
    """Sum the seconds in both.

    >>> overlap(as_spans([(0, 10), (50, 60)]), as_spans([(5, 20)]))
    5
    """
    few, many = (one, other) if len(one) < len(other) else (other, one)
    return int((before(many, few[:, 1]) - before(many, few[:, 0])).sum())


def both(one: Array, other: Array) -> Array:
    """Return the spans in which both are.

    >>> both(as_spans([(0, 10), (50, 60)]), as_spans([(5, 55)])).tolist()
    [[5, 10], [50, 55]]
    """
    few, many = (one, other) if len(one) < len(other) else (other, one)
    first = np.searchsorted(many[:, 1], few[:, 0], side="right")
    met = np.searchsorted(many[:, 0], few[:, 1], side="left") - first
    few, first, met = few[met > 0], first[met > 0], met[met > 0]
    upto = np.cumsum(met)
    found = _taken(many, np.arange(met.sum()) + np.repeat(first - upto + met, met))
    # Of those that one span meets, the first alone can begin before it, the last alone end after.
    begin, end = found[upto - met, 0], found[upto - 1, 1]
    found[upto - met, 0] = np.maximum(begin, few[:, 0])
    found[upto - 1, 1] = np.minimum(end, few[:, 1])
    return found


def either(*several: Array) -> Array:
    """Return the spans in which at least one is, merged where they touch.

    >>> either(as_spans([(0, 10)]), as_spans([(10, 15), (20, 30)])).tolist()
    [[0, 15], [20, 30]]
    """
    return merged(np.concatenate([NEVER, *several]))


def merged(spans: Array, gap: int = 0) -> Array:
    """Return spans in any order as sorted ones, merged where no more than ``gap`` lies between.

    >>> merged(np.array([[50, 60], [0, 10], [12, 20]]), 2).tolist()
    [[0, 20], [50, 60]]
    """
    lasting = spans[:, 0] < spans[:, 1]
    if not lasting.all():
        spans = _taken(spans, np.flatnonzero(lasting))
    if not len(spans):
        return NEVER
    # Each sorted for itself: between runs, as many have ended as have begun.
    starts, ends = np.sort(spans[:, 0]), np.sort(spans[:, 1])
    last = np.flatnonzero(starts[1:] - ends[:-1] > gap)
    found: Array = np.empty((2, len(last) + 1), dtype=np.int64).T
    found[0, 0], found[1:, 0] = starts[0], starts[1:][last]
    found[:-1, 1], found[-1, 1] = ends[last], ends[-1]
    return found


def _taken(spans: Array, which: Array) -> Array:
    """Return some of the spans, by their places.

    Starts lie in one piece, and ends: what reads the one does not pass over the other.
    """
    found: Array = np.empty((2, len(which)), dtype=np.int64)
    np.take(spans[:, 0], which, out=found[0])
    np.take(spans[:, 1], which, out=found[1])
    return found.T


def outside(spans: Array) -> Array:
    """Return all time in none of the spans."""
    found: Array = np.column_stack(
        [np.concatenate([[FIRST], spans[:, 1]]), np.concatenate([spans[:, 0], [LAST]])]
    )
    return found


def common(several: Sequence[Array]) -> Array:
    """Return the spans in which all are.

    >>> common([as_spans([(0, 10)]), as_spans([(5, 20)]), as_spans([(0, 7)])]).tolist()
    [[5, 7]]
    """
    [found, *others] = several
    for other in others:
        found = both(found, other)
    return found


def failed_over(downs: Sequence[Array], delay: int) -> Array:
    """Return the spans in which a service is down that fails over in this order.

    Each is left for the next ``delay`` seconds after it went down, and taken up again as soon
    as it is up. Until then its user is down with it; afterwards, when the next one is.

    >>> first, second = as_spans([(0, 10), (50, 60)]), as_spans([(5, 20)])
    >>> length(failed_over([first, second], 2)), length(failed_over([first, second], 0))
    (9, 5)

    Args:
        downs: When each is down, in the order in which they are used.
        delay: Seconds from the start of an outage to the next one.
    """
    [*earlier, found] = downs
    for down in reversed(earlier):
        left = np.minimum(down[:, 0] + delay, down[:, 1])
        waiting, later = down.copy(), down.copy()
        waiting[:, 1], later[:, 0] = left, left
        found = either(waiting, both(later[later[:, 0] < later[:, 1]], found))
    return found
