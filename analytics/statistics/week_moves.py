"""Test whether two series coincide more than by chance, by moving one by whole weeks.

METHODOLOGY, "Co-occurrence". A move by whole weeks keeps the hours of the week and the clusters of
both, and breaks only what ties one to the other. Pure; spans are those of ``overlaps``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.statistics.overlaps import Array, as_spans, before, both

WEEK_S = 7 * 86_400
#: A move under which less than this share of the time can be compared is left out.
LEAST_EXPOSED = 0.5
#: Sums of the same parts in another order are equal up to this.
EQUAL = 1e-12


@dataclass(frozen=True, slots=True)
class Circle:
    """Close whole weeks up to an instant: the last is followed by the first."""

    end: int
    weeks: int

    @property
    def length(self) -> int:
        """Return the seconds around."""
        return self.weeks * WEEK_S

    @property
    def start(self) -> int:
        """Return the first instant."""
        return self.end - self.length

    @property
    def moves(self) -> Array:
        """Return the seconds of each move, from none on."""
        found: Array = np.arange(self.weeks) * WEEK_S
        return found

    def cut(self, spans: Array) -> Array:
        """Return the spans inside, from 0 on."""
        inside = both(spans, as_spans([(self.start, self.end)]))
        return inside - self.start if len(inside) else inside

    def inside(self, instants: Array) -> Array:
        """Return the instants inside, from 0 on, sorted."""
        held = (instants >= self.start) & (instants < self.end)
        found: Array = np.sort(instants[held] - self.start)
        return found


def overlaps_by_week(one: Array, other: Array, circle: Circle) -> Array:
    """Sum the seconds in both for each move of the other, by no week to all but one.

    Args:
        one: Spans that stay.
        other: Spans that are moved later, around the circle.
        circle: The weeks that count.
    """
    mine, its = circle.cut(one), circle.cut(other)
    if len(mine) < len(its):  # to move one back is to move the other on
        return _turned(_overlaps(its, mine, circle))
    return _overlaps(mine, its, circle)


def _turned(by_week: Array) -> Array:
    found: Array = np.concatenate([by_week[:1], by_week[:0:-1]])
    return found


def _overlaps(stays: Array, moves: Array, circle: Circle) -> Array:
    whole = int((stays[:, 1] - stays[:, 0]).sum())

    def passed(edges: Array) -> Array:
        moved = edges[:, None] + circle.moves
        found = before(stays, (moved % circle.length).ravel()).reshape(moved.shape)
        turned: Array = found + whole * (moved // circle.length)
        return turned

    found: Array = (passed(moves[:, 1]) - passed(moves[:, 0])).sum(axis=0)
    return found


def rates_by_week(found: Array, exposed: Array) -> Array:
    """Divide by the time that can be compared under each move; NaN where that is too little."""
    enough = (exposed > 0) & (exposed >= LEAST_EXPOSED * exposed[0])
    rates: Array = np.full(len(found), np.nan)
    np.divide(found, exposed, out=rates, where=enough)
    return rates


def chance_as_high(rates: Array, within_weeks: int | None = None) -> float:
    """Return the share of moves, and of none, under which as much coincides as without.

    >>> chance_as_high(np.array([3.0, 1.0, 3.0, 0.0]))
    0.5

    Args:
        rates: By move, from none on.
        within_weeks: Only moves by so many weeks, to either side.
    """
    others = rates[1:]
    if within_weeks is not None:
        moved = np.arange(1, len(rates))
        others = others[np.minimum(moved, len(rates) - moved) <= within_weeks]
    others = others[~np.isnan(others)]
    as_high = int((others >= rates[0] - EQUAL).sum())
    return (1 + as_high) / (1 + len(others))


def chance_of_any(rates: Mapping[tuple[int, int], Array], weeks: int) -> float:
    """Return the chance that any of these pairs coincides as the most unusual one does.

    Each provider is moved by its own multiple of the same weeks, so that each pair moves by the
    difference of the two, and all pairs of a move belong together.

    Args:
        rates: By places of the two, and by move.
        weeks: Number of moves, none among them.
    """
    highest = np.full(weeks, -np.inf)
    moves = np.arange(weeks)
    for (one, other), by_week in rates.items():
        known = np.where(np.isnan(by_week), np.nanmin(by_week), by_week)
        spread = known.std()
        unusual = (known - known.mean()) / spread if spread else np.zeros(weeks)
        highest = np.maximum(highest, unusual[(other - one) * moves % weeks])
    return float((1 + (highest[1:] >= highest[0] - EQUAL).sum()) / weeks)


def holm(chances: Sequence[float]) -> list[float]:
    """Adjust chances for their number, by Holm's way.

    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(chances, kind="stable")
    scaled = np.array(chances)[order] * np.arange(len(chances), 0, -1)
    adjusted = np.empty(len(chances))
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return [float(p) for p in adjusted]
