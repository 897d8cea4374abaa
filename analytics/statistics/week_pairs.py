"""Sum what every two of several series have in common under each move by whole weeks.

METHODOLOGY, "Co-occurrence". Pure; what ``week_moves`` does of two. Whatever the move, only what
lies in the same hour of the week can meet: the weeks are laid one upon another and cut by hours,
or longer slots, so that each part is compared with the few of its slot, and tells by its week
under which move.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.statistics.overlaps import NEVER, Array, length
from analytics.statistics.week_moves import WEEK_S, Circle

HOUR_S = 3600
#: Lengths of slots. Those about as long as the spans leave the fewest parts to compare.
SLOTS_S = (HOUR_S, 4 * HOUR_S, 24 * HOUR_S, WEEK_S)


@dataclass(frozen=True, slots=True)
class _Parts:
    """Hold spans of several series cut by slots: by slot of the week, then by series.

    ``start``, ``end``: seconds in its slot. ``bounds``: where each series of each slot begins.
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
    inside = [circle.cut(spans) for spans in several]
    usual_s = sum(map(length, inside)) / max(sum(map(len, inside)), 1)
    slot_s = next((slot_s for slot_s in SLOTS_S if slot_s >= usual_s), WEEK_S)
    parts = _cut_by_slots(inside, circle, slot_s)
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
    stays, moves = (_cut_by_slots(spans, circle, HOUR_S) for spans in (around, seconds))
    yield from _compared(stays, moves, len(several), circle)


def _cut_by_slots(several: Sequence[Array], circle: Circle, slot_s: int) -> _Parts:
    """Cut spans by slots; one beyond either end goes on at the other."""
    spans, slots = np.concatenate([NEVER, *several]), WEEK_S // slot_s
    first = spans[:, 0] // slot_s
    reach = -(-spans[:, 1] // slot_s) - first
    which = np.repeat(np.arange(len(spans)), reach)
    slot = np.arange(len(which)) + np.repeat(first - np.cumsum(reach) + reach, reach)
    start, end = (spans[which, column] - slot * slot_s for column in (0, 1))
    series = np.repeat(np.arange(len(several)), [*map(len, several)])[which]
    week, of_week = np.divmod(slot % (circle.weeks * slots), slots)
    key = of_week * len(several) + series
    order = np.argsort(key, kind="stable")
    # Small numbers: a billion of them are compared.
    return _Parts(
        series[order].astype(np.int32),
        week[order].astype(np.int32),
        start[order].clip(0, slot_s).astype(np.int32),
        end[order].clip(0, slot_s).astype(np.int32),
        np.concatenate([[0], np.cumsum(np.bincount(key, minlength=slots * len(several)))]),
    )


def _compared(stays: _Parts, moves: _Parts, series: int, circle: Circle) -> Iterator[Array]:
    """Yield of each series that stays the seconds in each later one that moves, by move."""
    weeks = circle.weeks
    # Week less week is a move back where it is negative: the same as one on, a turn later.
    base = moves.series * (2 * weeks) + weeks - moves.week
    for one in range(series):
        found = np.zeros(series * 2 * weeks, dtype=np.int64)
        slots = np.arange(one, len(stays.bounds) - 1, series)
        for at in slots[stays.bounds[slots] < stays.bounds[slots + 1]].tolist():
            mine = slice(*stays.bounds[at : at + 2])
            its = slice(moves.bounds[at + 1], moves.bounds[at - one + series])
            last = np.minimum(stays.end[mine, None], moves.end[its])
            lasted = last - np.maximum(stays.start[mine, None], moves.start[its])
            met = np.flatnonzero(lasted > 0)
            where = (base[its] + stays.week[mine, None]).ravel()[met]
            np.add.at(found, where, lasted.ravel()[met].astype(np.int64))
        yield found.reshape(series, 2, weeks).sum(axis=1)
