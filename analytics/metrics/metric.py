"""Describe metrics and measurements: the shape of what the catalogue lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Way = Literal["more", "less"]


@dataclass(frozen=True, slots=True)
class Measurement:
    """Name a function of a snapshot and a question that gives rows of metrics.

    ``module`` and ``function`` name it without loading it. ``line``: what it measures.
    """

    module: str
    function: str
    line: str


@dataclass(frozen=True, slots=True)
class Metric:
    """Describe a metric, as people read it.

    ``measured``: the name of the measurement whose rows hold it. ``label``: what it is called.
    ``line``: what it says, in a line. ``section``: the heading of METHODOLOGY.md that defines it.
    ``unit``: that of its value. ``n``: what its n counts. ``better``: which way is good, if any.
    """

    measured: str
    label: str
    line: str
    section: str
    unit: str
    n: str
    better: Way | None = None


Words = tuple[str, str]
"""Label and line of a metric."""


class Kind(NamedTuple):
    """Hold what metrics have in common that differ in name, label and line only."""

    measured: str
    section: str
    unit: str
    n: str
    better: Way | None = None


def alike(kind: Kind, **told: Words) -> dict[str, Metric]:
    """Describe the metrics of one kind."""
    measured, section, unit, n, better = kind
    return {
        name: Metric(measured, label, line, section, unit, n, better)
        for name, (label, line) in told.items()
    }
