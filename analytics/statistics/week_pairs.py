"""Sum what every two of several series have in common under each move by whole weeks.

METHODOLOGY, "Co-occurrence". Pure; what ``week_moves`` does of two. Whatever the move, only what
lies in the same hour of the week can meet: the weeks are laid one upon another and cut by hours,
so that each part is compared with the few of its hour, and tells by its week under which move.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.statistics.overlaps import NEVER, Array
from analytics.statistics.week_moves import WEEK_S, Circle

HOUR_S = 3600
HOURS = WEEK_S // HOUR_S


@dataclass(frozen=True, slots=True)
class _Parts:
    """Hold spans of several series cut by hours: by hour of the week, then by series.

    ``start``, ``end``: seconds in its hour. ``bounds``: where each series of each hour begins.
    """

    series: Array
    week: Array
    start: Array
    end: Array
    bounds: Array


def overlaps_of_all(several: Sequence[Array], circle: Circle) -> Iterator[Array]:
    """Yield of each series the seconds in both for each move of another.

    Args:
        several: Spans of each series.
        circle: The weeks that count.

    Yields:
        As ``overlaps_by_week`` of it and another, a row for each; zeros up to itself.
    """
    parts = _cut_by_hours([circle.cut(spans) for spans in several], circle)
    yield from _compared(parts, parts, len(several), circle)


def near_of_all(several: Sequence[Array], apart: int, circle: Circle) -> Iterator[Array]:
    """Yield of each series how many instants of both are near, for each move of another.

    Args:
        several: Instants of each series.
        apart: Seconds that two are at most apart.
        circle: The weeks that count.

    Yields:
        A row for each other series, a column for each move; zeros up to itself.
    """
    held = [circle.inside(instants) for instants in several]
    # A second is in the span around an instant, or not: what is summed is a count.
    around = [np.column_stack([at - apart, at + apart + 1]) for at in held]
    seconds = [np.column_stack([at, at + 1]) for at in held]
    stays, moves = _cut_by_hours(around, circle), _cut_by_hours(seconds, circle)
    yield from _compared(stays, moves, len(several), circle)


def _cut_by_hours(several: Sequence[Array], circle: Circle) -> _Parts:
    """Cut spans by hours; one beyond either end goes on at the other."""
    spans = np.concatenate([NEVER, *several])
    first = spans[:, 0] // HOUR_S
    reach = -(-spans[:, 1] // HOUR_S) - first
    which = np.repeat(np.arange(len(spans)), reach)
    hour = np.arange(len(which)) + np.repeat(first - np.cumsum(reach) + reach, reach)
    start, end = (spans[which, column] - hour * HOUR_S for column in (0, 1))
    series = np.repeat(np.arange(len(several)), [*map(len, several)])[which]
    week, of_week = np.divmod(hour % (circle.weeks * HOURS), HOURS)
    key = of_week * len(several) + series
    order = np.argsort(key, kind="stable")
    # Small numbers: a billion of them are compared.
    return _Parts(
        series[order].astype(np.int32),
        week[order].astype(np.int32),
        start[order].clip(0, HOUR_S).astype(np.int16),
        end[order].clip(0, HOUR_S).astype(np.int16),
        np.concatenate([[0], np.cumsum(np.bincount(key, minlength=HOURS * len(several)))]),
    )


def _compared(stays: _Parts, moves: _Parts, series: int, circle: Circle) -> Iterator[Array]:
    """Yield of each series that stays the seconds in each later one that moves, by move."""
    weeks = circle.weeks
    # Week less week is a move back where it is negative: the same as one on, a turn later.
    base = moves.series * (2 * weeks) + weeks - moves.week
    for one in range(series):
        found = np.zeros(series * 2 * weeks, dtype=np.int64)
        for at in range(one, HOURS * series, series):
            mine = slice(*stays.bounds[at : at + 2])
            its = slice(moves.bounds[at + 1], moves.bounds[at - one + series])
            last = np.minimum(stays.end[mine, None], moves.end[its])
            lasted = last - np.maximum(stays.start[mine, None], moves.start[its])
            met = np.flatnonzero(lasted > 0)
            where = (base[its] + stays.week[mine, None]).ravel()[met]
            np.add.at(found, where, lasted.ravel()[met].astype(np.int64))
        yield found.reshape(series, 2, weeks).sum(axis=1)
