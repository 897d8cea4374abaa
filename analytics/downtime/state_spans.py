"""Sum how long states lasted, of all scopes at once, over arrays.

METHODOLOGY, "Availability rules". Pure. The windows of all components, or of all scopes, lie end
to end on one line, so that one sorted pass and one running maximum serve them all. It is the
relation of ``relational.levels_lasted``, cut at instants besides; the tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.downtime.relational import COVERED, LEVELS, OBSERVED, OPEN, UNSURE, or_unsure
from analytics.scope import Interval
from analytics.statistics.overlaps import Array, before, both, cut, either, merged, outside

#: Rank of a state that nobody knows.
UNKNOWN = -1


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
        """Return spans of groups as spans of the groups they belong to.

        Args:
            spans: On the line, each inside the window of a group.
            to: The group to which each group belongs.
        """
        if np.array_equal(to, np.arange(len(to))):
            return spans
        group = spans[:, 0] // self.stride
        found: Array = spans + ((to[group] - group) * self.stride)[:, None]
        return found

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


@dataclass(frozen=True, slots=True)
class ComponentSpans:
    """Hold what is said of components, as spans on a line, in any order.

    ``covered``: when each is covered. ``states``: its states that count, with ``ranks``: how many
    of ``relational.LEVELS`` each reaches, ``UNKNOWN`` for a state nobody knows. ``opened``: when an
    incident that names it was open; None where that is not asked.
    """

    covered: Array
    states: Array
    ranks: Array
    opened: Array | None = None


def level_sums(
    line: Line, to: Array, groups: int, spans: ComponentSpans, parts: Sequence[Interval]
) -> dict[str, Array]:
    """Sum how long any component of each scope was at each level, part by part.

    Args:
        line: The window of every component.
        to: The scope to which each component belongs.
        groups: How many scopes there are.
        spans: What is said of the components.
        parts: Starts and ends inside the window; they may overlap.

    Returns:
        By level an array with a row for each scope and a column for each part: ``covered``,
        ``observed``, ``unsure``; ``open`` where it is asked, else each of ``relational.LEVELS``;
        and these or unsure.
    """
    nobody_knows = spans.ranks == UNKNOWN
    whole, unknown = merged(spans.covered), merged(spans.states[nobody_knows])
    known = both(whole, outside(unknown)) if len(unknown) else whole
    unsure = merged(line.moved(both(whole, unknown), to))
    lasted = {
        COVERED: merged(line.moved(whole, to)),
        OBSERVED: merged(line.moved(known, to)),
        UNSURE: unsure,
    }
    for level, bad in _levels(spans, known).items():
        lasted[level] = merged(line.moved(bad, to))
        if len(unsure):
            lasted[or_unsure(level)] = either(lasted[level], unsure)
    return {level: line.sums(its, groups, parts) for level, its in lasted.items()}


def _levels(spans: ComponentSpans, known: Array) -> dict[str, Array]:
    """Return when each component was at each level and known."""
    if spans.opened is not None:
        return {OPEN: both(spans.opened, known)}
    found, which = cut(spans.states, known)
    ranks = spans.ranks[which]
    return {str(level): found[ranks >= rank] for rank, level in enumerate(LEVELS, 1)}


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
