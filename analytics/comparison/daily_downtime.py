"""Weigh the time down of each day, of all providers of a cohort at once.

METHODOLOGY, "Ranking". Pure. What ``downtime.combine`` does for one provider: their times are laid
one after another, so that no provider's spans meet those of another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from analytics.downtime.combine import Array, Pieces, Weighted
from analytics.scope import Interval, Key

#: So many cells (pieces of time by components) are weighed at once, unless one provider has more.
CELLS = 2_000_000


@dataclass(frozen=True, slots=True)
class Watched:
    """Hold when each component of a provider was observed, and down with which weight."""

    observed: Mapping[Key, Sequence[Interval]]
    down: Mapping[Key, Sequence[Weighted]]

    @property
    def cells(self) -> int:
        """Return how many cells it takes at most."""
        spans = [len(its) for its in (*self.observed.values(), *self.down.values())]
        return 2 * sum(spans) * len(self.observed)


def down_by_day(
    watched: Sequence[Watched], combine: str, edges: Sequence[int], short_s: int
) -> Array:
    """Weigh the seconds down from each edge to the next: providers by days.

    Args:
        watched: The components of each provider.
        combine: How components count together: ``any``, ``all`` or ``mean``.
        edges: Where days begin and end, in epoch seconds; nothing lies outside.
        short_s: A run of downtime shorter than this counts as up.
    """
    days = np.zeros((len(watched), len(edges) - 1))
    first, cells = 0, 0
    for place, one in enumerate(watched):
        if cells and cells + one.cells > CELLS:
            days[first:place] = _summed(watched[first:place], combine, edges, short_s)
            first, cells = place, 0
        cells += one.cells
    days[first:] = _summed(watched[first:], combine, edges, short_s)
    return days


def _summed(watched: Sequence[Watched], combine: str, edges: Sequence[int], short_s: int) -> Array:
    """Weigh the seconds down of each day of some of the providers."""
    begin, whole = edges[0], edges[-1] - edges[0] + 1
    provider = np.array([which for which, one in enumerate(watched) for _ in one.observed], int)
    seen = _spans([its for one in watched for its in one.observed.values()], 2)
    hit = _spans([one.down.get(key, ()) for one in watched for key in one.observed], 3)
    hit = hit[np.argsort(hit[:, 3], kind="stable")]  # the worst is laid last, and stays
    for spans in (seen, hit):
        inside = spans[:, 1:3].clip(begin, edges[-1]) - begin
        spans[:, 1:3] = inside + whole * provider[spans[:, 0].astype(int), None]
    marks = np.unique(np.concatenate([seen[:, 1:3].ravel(), hit[:, 1:3].ravel()]))
    first = np.searchsorted(marks, provider * whole)
    pieces = np.maximum(np.searchsorted(marks, (provider + 1) * whole) - first - 1, 0)
    offset = np.cumsum(pieces) - pieces - first
    cells = np.zeros(pieces.sum(), dtype=bool)
    cells[_expanded(*_reached(seen, marks, offset))] = True
    weight = np.zeros(len(cells))
    starts, counts = _reached(hit, marks, offset)
    weight[_expanded(starts, counts)] = np.repeat(hit[:, 3], counts)
    [known] = np.nonzero(cells)
    at = known - np.repeat(offset, pieces)[known]
    combined = _combined(at, weight[known], combine, max(len(marks) - 1, 0))
    observed = np.zeros(len(combined), dtype=bool)
    observed[at] = True
    found = Pieces(marks[:-1][observed], marks[1:][observed], combined[observed])
    return _by_day(found.without_short(short_s), len(watched), edges, whole)


def _spans(rows: Sequence[Sequence[Interval | Weighted]], width: int) -> Array:
    """Put spans below one another: row, start, end, and the weight where there is one."""
    counts = [len(its) for its in rows]
    flat = np.fromiter(chain.from_iterable(chain.from_iterable(rows)), float)
    return np.column_stack([np.repeat(np.arange(len(rows)), counts), flat.reshape(-1, width)])


def _reached(spans: Array, marks: Array, offset: Array) -> tuple[Array, Array]:
    """Return the first cell of each span, and how many it reaches over."""
    first, last = (np.searchsorted(marks, spans[:, column]) for column in (1, 2))
    return first + offset[spans[:, 0].astype(int)], np.maximum(last - first, 0)


def _expanded(starts: Array, counts: Array) -> Array:
    """Return ``counts`` numbers from each start on."""
    passed = np.cumsum(counts) - counts
    found: Array = np.arange(counts.sum()) + np.repeat(starts - passed, counts)
    return found


def _combined(at: Array, weight: Array, combine: str, pieces: int) -> Array:
    """Combine the weights of the components observed in each piece."""
    if combine == "mean":
        seen = np.bincount(at, minlength=pieces)
        found: Array = np.bincount(at, weights=weight, minlength=pieces) / np.maximum(seen, 1)
        return found
    found = np.full(pieces, float(combine == "all"))
    (np.minimum if combine == "all" else np.maximum).at(found, at, weight)
    return found


def _by_day(down: Pieces, providers: int, edges: Sequence[int], whole: int) -> Array:
    """Sum what was down in each day of each provider, whose times are ``whole`` apart."""
    hit = down.weight > 0
    provider = (down.start[hit] // whole).astype(int)
    start, end = (one[hit] - provider * whole + edges[0] for one in (down.start, down.end))
    first = np.searchsorted(edges, start, "right") - 1
    counts = np.searchsorted(edges, end, "left") - first
    day, which = _expanded(first, counts), np.repeat(np.arange(len(start)), counts)
    bounds = np.asarray(edges)
    lasted = np.minimum(end[which], bounds[day + 1]) - np.maximum(start[which], bounds[day])
    days = len(edges) - 1
    found: Array = np.bincount(
        provider[which] * days + day,
        weights=lasted * down.weight[hit][which],
        minlength=providers * days,
    )
    return found.reshape(providers, days)
