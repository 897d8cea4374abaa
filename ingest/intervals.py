"""Combine half-open intervals ``[start, end)``, for coverage, states and availability.

Works on anything ordered (epoch seconds, datetimes). Results are sorted, disjoint and
never touch. An interval whose end is not after its start is empty and is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

Instant = TypeVar("Instant", int, float, datetime)


def union(intervals: Iterable[tuple[Instant, Instant]]) -> list[tuple[Instant, Instant]]:
    """Return the instants covered by at least one interval."""
    merged: list[tuple[Instant, Instant]] = []
    for start, end in sorted(i for i in intervals if i[0] < i[1]):
        if merged and start <= merged[-1][1]:
            if merged[-1][1] < end:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def intersection(
    left: Iterable[tuple[Instant, Instant]], right: Iterable[tuple[Instant, Instant]]
) -> list[tuple[Instant, Instant]]:
    """Return the instants covered by both sides."""
    a, b = union(left), union(right)
    common: list[tuple[Instant, Instant]] = []
    i = j = 0
    while i < len(a) and j < len(b):
        start, end = max(a[i][0], b[j][0]), min(a[i][1], b[j][1])
        if start < end:
            common.append((start, end))
        if a[i][1] < b[j][1]:
            i += 1
        else:
            j += 1
    return common


def difference(
    left: Iterable[tuple[Instant, Instant]], right: Iterable[tuple[Instant, Instant]]
) -> list[tuple[Instant, Instant]]:
    """Return the instants covered by ``left`` and not by ``right``."""
    holes = union(right)
    rest: list[tuple[Instant, Instant]] = []
    for start, end in union(left):
        at = start
        for hole_start, hole_end in holes:
            if hole_end <= at:
                continue
            if end <= hole_start:
                break
            if at < hole_start:
                rest.append((at, hole_start))
            at = hole_end
            if end <= at:
                break
        if at < end:
            rest.append((at, end))
    return rest


def clip(
    intervals: Iterable[tuple[Instant, Instant]], start: Instant, end: Instant
) -> list[tuple[Instant, Instant]]:
    """Cut intervals to ``[start, end)``, merged."""
    return intersection(intervals, [(start, end)])


def total(intervals: Sequence[tuple[int, int]]) -> int:
    """Sum the seconds of the union of intervals of epoch seconds."""
    return sum(end - start for start, end in union(intervals))
