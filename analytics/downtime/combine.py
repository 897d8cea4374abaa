"""Weigh time down over observed time: the arithmetic under every availability.

METHODOLOGY, "Availability rules". Pure; spans are half-open, in epoch seconds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from analytics.question import MAINTENANCE
from analytics.rules import Weights
from analytics.scope import Interval, Key
from ingest.models import State

Array = npt.NDArray[Any]
StateSpan = tuple[int, int, State, str | None]
"""A span in a state: start, end, state, class of the post that set it (None: no post did)."""
Weighted = tuple[int, int, float]
"""A span with its weight: start and end in epoch seconds, weight in [0, 1]."""


@dataclass(frozen=True, slots=True)
class Downtime:
    """Weighted down seconds, and the seconds they are measured against.

    ``observed_s``: seconds in which at least one component is covered and known.
    """

    down_s: float
    observed_s: int

    @property
    def availability(self) -> float | None:
        """Fraction up; None where nothing was observed."""
        return 1 - self.down_s / self.observed_s if self.observed_s else None


@dataclass(frozen=True, slots=True)
class Pieces:
    """Observed time cut so that the combined weight is constant on each piece.

    Three arrays of one length, in order of time: start, end (epoch seconds), weight.
    """

    start: Array
    end: Array
    weight: Array

    def total(self) -> Downtime:
        """Sum over all observed time."""
        length = self.end - self.start
        return Downtime(float(length @ self.weight), int(length.sum()))

    def between(self, start: int, end: int) -> Downtime:
        """Sum over ``[start, end)``, which must not cut a piece."""
        inside = (self.start >= start) & (self.end <= end)
        return Pieces(self.start[inside], self.end[inside], self.weight[inside]).total()

    def summed(self, edges: Sequence[int]) -> Array:
        """Sum weighted down seconds from each edge to the next; no edge may cut a piece."""
        bucket = np.searchsorted(edges, self.start, side="right") - 1
        down = (self.end - self.start) * self.weight
        sums: Array = np.bincount(bucket, weights=down, minlength=len(edges) - 1)
        return sums

    def without_short(self, seconds: int) -> Pieces:
        """Count every run of downtime shorter than ``seconds`` as up."""
        down = self.weight > 0
        begins = np.ones(len(down), dtype=bool)
        begins[1:] = ~(down[1:] & down[:-1] & (self.start[1:] == self.end[:-1]))
        run = np.cumsum(begins)
        length = np.bincount(run, weights=(self.end - self.start) * down)
        return Pieces(self.start, self.end, np.where(length[run] < seconds, 0.0, self.weight))


def weighted(
    states: Mapping[Key, Iterable[StateSpan]],
    weights: Weights,
    classes: Collection[str] | None = None,
) -> dict[Key, list[Weighted]]:
    """Weigh spans by their state; those that weigh nothing are left out.

    With ``classes``, only states of those classes count, and states no post accounts for. With
    maintenance among them that state weighs as much as a major outage.
    """
    if classes is not None and MAINTENANCE in classes:
        weights = {**weights, State.MAINTENANCE: weights[State.MAJOR]}
    return {
        key: [
            (start, end, weights[state])
            for start, end, state, its in spans
            if weights.get(state, 0) > 0 and (classes is None or its is None or its in classes)
        ]
        for key, spans in states.items()
    }


def downtime(
    down: Mapping[Key, Sequence[Weighted]],
    observed: Mapping[Key, Sequence[Interval]],
    combine: str,
    regions: Mapping[Key, str] = MappingProxyType({}),
) -> Downtime:
    """Integrate the combined weight over the time that was observed (see ``pieces``).

    Args:
        down: When each component was down, and with which weight.
        observed: When the state of each component was known.
        combine: How components count together.
        regions: Region of each component, where it has one.
    """
    return pieces(down, observed, combine, regions=regions).total()


def pieces(
    down: Mapping[Key, Sequence[Weighted]],
    observed: Mapping[Key, Sequence[Interval]],
    combine: str,
    cuts: Iterable[int] = (),
    assumed: Mapping[Key, Sequence[Weighted]] = MappingProxyType({}),
    regions: Mapping[Key, str] = MappingProxyType({}),
) -> Pieces:
    """Combine the weights of the components at each instant of observed time.

    At each instant the components observed then are combined: ``any`` takes the worst,
    ``all`` the best, ``mean`` their mean. In several regions that is so in each of them, and the
    weight is the mean over regions. Concurrent causes on one component never add up.

    Args:
        down: Weighted spans of each component.
        observed: When each component is covered and known.
        combine: ``any``, ``all`` or ``mean``.
        cuts: Instants at which pieces are cut besides.
        assumed: Stands in, span by span, for whatever ``down`` says of a component then.
        regions: Where components lie; one without a region lies in each.
    """
    weighed = [spans for told in (down, assumed) for spans in told.values()]
    edges = np.unique(
        np.array(
            [
                *cuts,
                *(edge for spans in observed.values() for span in spans for edge in span),
                *(edge for spans in weighed for start, end, _ in spans for edge in (start, end)),
            ],
            dtype=np.int64,
        )
    )

    def where(spans: Sequence[Interval | Weighted]) -> list[list[int]]:
        """Return the pieces from which to which each span reaches."""
        ends = [span[:2] for span in spans]
        found: list[list[int]] = edges.searchsorted(ends).tolist() if ends else []
        return found

    shape = (len(observed), max(len(edges) - 1, 0))
    seen, weight = np.zeros(shape, dtype=bool), np.zeros(shape)
    for which, (key, spans) in enumerate(observed.items()):
        for first, last in where(spans):
            seen[which, first:last] = True
        its, instead = down.get(key, ()), assumed.get(key, ())
        for (first, last), (_, _, w) in zip(where(its), its, strict=True):
            here = weight[which, first:last]
            np.maximum(here, w, out=here)
        for (first, last), (_, _, w) in zip(where(instead), instead, strict=True):
            weight[which, first:last] = w
    anybody = seen.any(axis=0)
    lie = [regions.get(key) for key in observed]
    weights = _over_regions(weight, seen, combine, lie)[anybody]
    return Pieces(edges[:-1][anybody], edges[1:][anybody], weights)


def _over_regions(weight: Array, seen: Array, combine: str, lie: Sequence[str | None]) -> Array:
    """Combine the components of each region, and take the mean over the regions seen."""
    named = sorted({region for region in lie if region is not None})
    if len(named) < 2:
        return _combined(weight, seen, combine)
    inside = [[where in (region, None) for where in lie] for region in named]
    weights = np.array([_combined(weight[here], seen[here], combine) for here in inside])
    there = np.array([seen[here].any(axis=0) for here in inside])
    mean: Array = np.sum(weights, axis=0, where=there) / np.maximum(there.sum(axis=0), 1)
    return mean


def _combined(weight: Array, seen: Array, combine: str) -> Array:
    best = np.min(weight, axis=0, where=seen, initial=1.0)
    worst = np.max(weight, axis=0, where=seen, initial=0.0)
    mean = np.sum(weight, axis=0, where=seen) / np.maximum(seen.sum(axis=0), 1)
    found: Array = {"any": worst, "all": best, "mean": mean}[combine]
    return found
