"""Sum how long states lasted, of all scopes at once, over arrays.

METHODOLOGY, "Availability rules". Pure. The windows of all components, or of all scopes, lie end
to end on one line, so that one sorted pass serves them all. It is the relation of
``relational.levels_lasted``, cut at instants besides; the tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analytics.downtime.relational import COVERED, OBSERVED, UNSURE, or_unsure
from analytics.scope import Interval
from analytics.statistics.overlaps import Array, before, both, either, merged, outside


@dataclass(frozen=True, slots=True)
class Line:
    """Lay one window for each of many groups end to end, a second apart."""

    start_s: int
    end_s: int

    @property
    def stride(self) -> int:
        """Seconds from the window of a group to that of the next."""
        return self.end_s - self.start_s + 1

    def laid(self, group: Array, start_s: Array, end_s: Array) -> Array:
        """Return spans of groups as spans on the line, cut to the window."""
        at = group.astype(np.int64) * self.stride - self.start_s
        spans = np.empty((len(at), 2), dtype=np.int64)
        np.add(np.maximum(start_s, self.start_s), at, out=spans[:, 0])
        np.add(np.minimum(end_s, self.end_s), at, out=spans[:, 1])
        return spans

    def moved(self, spans: Array, to: Array) -> Array:
        """Return spans of groups as merged spans of the groups they belong to.

        Args:
            spans: On the line, merged, each inside the window of a group.
            to: The group to which each group belongs.
        """
        if np.array_equal(to, np.arange(len(to))):
            return spans
        group = spans[:, 0] // self.stride
        return merged(spans + ((to[group] - group) * self.stride)[:, None])

    def sums(self, spans: Array, groups: int, parts: Sequence[Interval]) -> Array:
        """Sum the seconds of disjoint spans in each part of each group's window.

        Returns:
            A row for each group, a column for each part.
        """
        edges = np.array(parts, dtype=np.int64).reshape(-1, 2) - self.start_s
        at = (np.arange(groups) * self.stride)[:, None, None] + edges
        upto = before(spans, at.ravel()).reshape(at.shape)
        found: Array = upto[:, :, 1] - upto[:, :, 0]
        return found


@dataclass(frozen=True)
class ComponentSpans:
    """Hold when the components of scopes are covered, as spans on a line.

    ``to``: the scope to which each component belongs. ``covered``: when each component is covered;
    ``unknown``: when it was in a state nobody knows. Both are merged.
    """

    line: Line
    to: Array
    covered: Array
    unknown: Array

    def seen(self) -> dict[str, Array]:
        """Return when any component of each scope was covered, observed and unsure."""
        of = self.line.moved
        return {
            COVERED: of(self.covered, self.to),
            OBSERVED: of(self._known, self.to),
            UNSURE: self._unsure,
        }

    def at(self, level: str, bad: Array) -> dict[str, Array]:
        """Return when any component of each scope was at a level and known, and that or unsure.

        Args:
            level: Its name.
            bad: When each component was at the level, in any order.

        Returns:
            Merged spans by level; none that are or unsure where nothing is unsure.
        """
        # Merged before they are cut: fewer are left, and in order of time.
        found = {level: self.line.moved(both(merged(bad), self._known), self.to)}
        if len(self._unsure):
            found[or_unsure(level)] = either(found[level], self._unsure)
        return found

    @cached_property
    def _known(self) -> Array:
        """Spans in which each component was covered and its state known."""
        return both(self.covered, outside(self.unknown))

    @cached_property
    def _unsure(self) -> Array:
        """Spans in which any component of each scope was covered and its state unknown."""
        return self.line.moved(both(self.covered, self.unknown), self.to)


def met(
    line: Line,
    group: Array,
    opened: Array,
    covered: Array,
    groups: int,
    parts: Sequence[Interval],
) -> Array:
    """Count the incidents of each scope that were open in its covered time, part by part.

    Args:
        line: The window of every scope.
        group: The scope of each incident.
        opened: From when until when each was open, in epoch seconds; none without length.
        covered: Covered spans of the scopes, on the line.
        groups: How many scopes there are.
        parts: Starts and ends inside the window; they may overlap.

    Returns:
        A row for each scope, a column for each part.
    """
    every = np.arange(groups)
    counts = np.zeros((groups, len(parts)), dtype=np.int64)
    for number, (start_s, end_s) in enumerate(parts):
        inside = (opened[:, 0] < end_s) & (opened[:, 1] > start_s)
        part = line.laid(every, np.full(groups, start_s), np.full(groups, end_s))
        starts, ends = both(covered, part).T
        its = line.laid(group[inside], *np.clip(opened[inside], start_s, end_s).T)
        seen = np.searchsorted(ends, its[:, 0], "right") < np.searchsorted(starts, its[:, 1])
        counts[:, number] = np.bincount(group[inside][seen], minlength=groups)
    return counts
