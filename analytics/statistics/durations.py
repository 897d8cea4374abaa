"""Estimate the survival of durations by Kaplan-Meier, of any number of groups at once.

METHODOLOGY, "Durations". Pure. The durations of a group stand side by side, the shortest first, so
that how many are at risk at each is a matter of its place alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analytics.statistics.survival import TOLERANCE, Array

#: So many numbers are worked on at once: some megabytes of them.
CELLS = 2_000_000


@dataclass(frozen=True)
class Durations:
    """Hold the durations of groups in seconds, group after group, the shortest of each first.

    Those not ``ended`` still run; at one length they stand last. ``starts``: where each group
    begins, and where the last one ends.
    """

    seconds: Array
    ended: Array
    starts: Array

    @cached_property
    def sizes(self) -> Array:
        """Number of durations of each group."""
        found: Array = np.diff(self.starts)
        return found

    @cached_property
    def of(self) -> Array:
        """The group of each duration, as a number."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    @cached_property
    def whole(self) -> Array:
        """Tell of each group whether every end was seen."""
        found: Array = self.summed(~self.ended) == 0
        return found

    @cached_property
    def longest(self) -> Array:
        """The longest of each group; NaN of none."""
        return self._last(self.seconds, np.nan)

    @cached_property
    def left(self) -> Array:
        """Survival after the last of each group: the share of which nobody saw the end."""
        return self._last(self.survival, 1.0)

    @cached_property
    def survival(self) -> Array:
        """Survival by Kaplan-Meier after each duration."""
        place = np.arange(len(self.of)) - self.starts[self.of]
        found: Array = 1 - (place + 1) / self.sizes[self.of]
        for groups in _alike(self.sizes, ~self.whole):
            places = np.arange(self.sizes[groups].max())
            there = places < self.sizes[groups, None]
            at = (self.starts[groups, None] + places)[there]
            gone = np.zeros(there.shape)
            gone[there] = self.ended[at] / (self.sizes[self.of[at]] - place[at])
            found[at] = np.cumprod(1 - gone, axis=1)[there]
        return found

    def summed(self, each: Array) -> Array:
        """Sum a number for each duration over its group."""
        found: Array = np.bincount(self.of, weights=each, minlength=len(self.sizes))
        return found

    def quantiles(self, p: float | Array) -> Array:
        """Return of each group the shortest with survival at most 1 - p; infinite: none."""
        above = 1 - np.broadcast_to(p, self.sizes.shape) + TOLERANCE
        passed = self.summed(self.survival > above[self.of]).astype(int)
        return self.at(np.where(passed < self.sizes, passed, -1), np.inf)

    def at(self, places: Array, otherwise: float) -> Array:
        """Return the duration at a place of each group, from 0 on; below 0: ``otherwise``."""
        found: Array = np.full(len(places), otherwise)
        known = places >= 0
        found[known] = self.seconds[self.starts[:-1][known] + places[known]]
        return found

    def restricted_means(self, limits: Array) -> Array:
        """Return the mean of min(T, limit) of each group: the area up to its limit."""
        reached = np.minimum(self.seconds, limits[self.of])
        first = self.starts[:-1][self.sizes > 0]
        widths, still = np.diff(reached, prepend=0.0), np.roll(self.survival, 1)
        widths[first], still[first] = reached[first], 1.0
        beyond = self._last(self.survival, 1.0) * (limits - self._last(reached, 0.0))
        found: Array = self.summed(widths * still) + beyond
        return found

    def group(self, which: int) -> tuple[Array, Array]:
        """Return seconds, and whether each ended, of one group."""
        its = slice(*self.starts[which : which + 2])
        return self.seconds[its], self.ended[its]

    def matrix(self, groups: Array) -> Array:
        """Return the seconds of groups of one size: groups by places."""
        found: Array = self.seconds[self.starts[groups, None] + np.arange(self.sizes[groups[0]])]
        return found

    def _last(self, each: Array, otherwise: float) -> Array:
        found: Array = np.full(len(self.sizes), otherwise)
        some = self.sizes > 0
        found[some] = each[self.starts[1:][some] - 1]
        return found


def grouped(of: Array, seconds: Array, ended: Array, groups: int) -> Durations:
    """Put durations in order.

    Args:
        of: The group of each, as a number from 0 on.
        seconds: How long each lasted.
        ended: Whether its end was seen.
        groups: How many groups there are.
    """
    order = np.lexsort((~ended, seconds, of))
    starts = np.concatenate([[0], np.bincount(of, minlength=groups).cumsum()])
    return Durations(seconds[order].astype(float), ended[order], starts)


def of_a_size(sizes: Array, some: Array, cells: int) -> Iterator[Array]:
    """Yield marked groups of one size at a time, as many as ``CELLS`` allow.

    Args:
        sizes: Size of each group.
        some: Which groups are wanted.
        cells: How many numbers are worked on for each.
    """
    for size in np.unique(sizes[some]).tolist():
        yield from _parts(np.flatnonzero(some & (sizes == size)), max(cells, size))


def _alike(sizes: Array, some: Array) -> Iterator[Array]:
    """Yield marked groups of about one size at a time: the largest has at most twice the least."""
    widths = np.ceil(np.log2(np.maximum(sizes, 1))).astype(int)
    for width in np.unique(widths[some]).tolist():
        yield from _parts(np.flatnonzero(some & (widths == width)), 2**width)


def _parts(groups: Array, cells: int) -> Iterator[Array]:
    step = max(CELLS // cells, 1)
    for first in range(0, len(groups), step):
        yield groups[first : first + step]
