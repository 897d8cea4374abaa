"""Bound the time down by how exactly each start and end is known, and by what is not known.

METHODOLOGY, "SLA estimates". Pure; spans are half-open, in epoch seconds.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analytics.downtime.combine import Pieces, Weighted, pieces
from analytics.scope import Interval, Key
from ingest.intervals import difference, union

#: An instant on the full minute is known to the minute: it lies somewhere in it.
PRECISION_S = 60
#: Stands for time in which no component is covered.
NOBODY: Key = ("", "")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Hold the time down of a window: as told, at least and at most.

    ``likely`` is over the observed time; ``least`` and ``most`` are over the whole window.
    """

    least: Pieces
    likely: Pieces
    most: Pieces

    def without_short(self, seconds: int) -> Bounds:
        """Count every run of downtime shorter than ``seconds`` as up."""
        return Bounds(*(one.without_short(seconds) for one in (self.least, self.likely, self.most)))


def bound_downtime(
    down: Mapping[Key, Sequence[Weighted]],
    coverage: Mapping[Key, Sequence[Interval]],
    unknown: Mapping[Key, Sequence[Interval]],
    window: Interval,
    combine: str,
    cuts: Iterable[int],
) -> Bounds:
    """Bound the time down.

    At least: every start as late and every end as early as its precision allows, and up wherever
    nothing is known. At most: the other way round.

    Args:
        down: Weighted spans of each component.
        coverage: When each component is covered.
        unknown: When each is covered and in a state nobody knows.
        window: What is asked about.
        combine: ``any``, ``all`` or ``mean`` of several components.
        cuts: Instants at which pieces are cut besides.
    """
    cuts = [*cuts, *window]
    known = {key: difference(spans, unknown.get(key, [])) for key, spans in coverage.items()}
    dark = difference([window], union(span for spans in coverage.values() for span in spans))
    whole = {**coverage, NOBODY: dark}
    narrow = {key: narrowed(spans, window) for key, spans in down.items()}
    wide = {key: widened(spans, window) for key, spans in down.items()}

    def assumed(weight: float) -> dict[Key, list[Weighted]]:
        spans = {key: [(a, b, weight) for a, b in spans] for key, spans in unknown.items()}
        return {**spans, NOBODY: [(a, b, weight) for a, b in dark]}

    return Bounds(
        pieces(narrow, whole, combine, cuts, assumed(0.0)),
        pieces(down, known, combine, cuts),
        pieces(wide, whole, combine, cuts, assumed(1.0)),
    )


def precision_of(second: int, window: Interval) -> int:
    """Return within how many seconds after ``second`` the true instant lies.

    What runs on across an end of the window has neither start nor end there.

    >>> precision_of(120, (0, 600)), precision_of(121, (0, 600)), precision_of(600, (0, 600))
    (60, 0, 0)
    """
    return PRECISION_S if second % 60 == 0 and second not in window else 0


def narrowed(spans: Sequence[Weighted], window: Interval) -> list[Weighted]:
    """Begin every run of spans as late as its precision allows.

    >>> narrowed([(60, 300, 0.3), (300, 421, 1.0)], (0, 600))
    [(120, 300, 0.3), (300, 421, 1.0)]
    """
    begins = [start for start, _ in runs(spans)]
    found = []
    for start, end, weight in spans:
        of_run = begins[bisect_right(begins, start) - 1]
        late = max(start, of_run + precision_of(of_run, window))
        if late < end:
            found.append((late, end, weight))
    return found


def widened(spans: Sequence[Weighted], window: Interval) -> list[Weighted]:
    """End every run of spans as late as its precision allows.

    >>> widened([(60, 300, 1.0)], (0, 600))
    [(60, 300, 1.0), (300, 360, 1.0)]
    """
    at_end: dict[int, float] = {}
    for _, end, weight in spans:
        at_end[end] = max(weight, at_end.get(end, 0.0))
    more = []
    for _, end in runs(spans):
        late = min(end + precision_of(end, window), window[1])
        if late > end:
            more.append((end, late, at_end[end]))
    return [*spans, *more]


def runs(spans: Sequence[Weighted]) -> list[Interval]:
    """Return from when to when a component was down without a break."""
    return union((start, end) for start, end, _ in spans)
