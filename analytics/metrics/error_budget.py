"""Measure how much of an error budget is spent, and how fast.

METHODOLOGY, "Error budget".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from analytics.answer import INSUFFICIENT, answer, row
from analytics.downtime.combine import Downtime
from analytics.downtime.scope_coverage import scope_totals
from analytics.memo import once
from analytics.metrics.availability import SurfacePart, measured_parts
from analytics.question import Question, everything
from analytics.scope import ScopeTotals, window_of
from analytics.snapshot import Snapshot

HOUR_S = 3600
#: Lengths of the windows, all ending with the question's, over which the burn is also given.
BURN_WINDOWS_S = {"1h": HOUR_S, "6h": 6 * HOUR_S, "3d": 72 * HOUR_S}


@once(everything)
def budget(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Measure what an objective allows, what is left of it, and the burn.

    ``budget`` and ``budget_left`` in seconds of the observed time, the latter negative when
    overspent. ``burn``: share of the budget that is spent. ``burn_1h``, ``burn_6h`` and
    ``burn_3d`` are the same over the last of the window, where it is that long. Low and high
    of a burn are those of the availability at the same scale; seconds have none, since what
    is unknown has a share in them. The objective is the question's ``slo``.

    Returns:
        Columns of ``answer.SCHEMA``.
    """
    start_s, end_s = window_of(snapshot, question)
    begins = {name: end_s - length for name, length in BURN_WINDOWS_S.items()}
    spans = [(start_s, end_s), *((max(start, start_s), end_s) for start in begins.values())]
    every, found = scope_totals(snapshot, question), measured_parts(snapshot, question, spans)
    return answer(
        line
        for scope, parts in zip(every, found, strict=True)
        for line in _rows(snapshot, question, scope, parts, begins)
    )


def _rows(
    snapshot: Snapshot,
    question: Question,
    scope: ScopeTotals,
    parts: Sequence[SurfacePart],
    begins: Mapping[str, int],
) -> Iterator[dict[str, Any]]:
    """Return the rows of one scope: of the whole window, and of its last hours and days."""
    whole, *lasts = parts
    down_s = whole.measured.down_s
    numbers = whole.numbers(question) | {"low": None, "high": None, "slo": question.slo}
    seconds = allowed(question.slo, whole.measured.observed_s)
    left = seconds - down_s
    yield row(snapshot, question, scope, "budget", "seconds", value=seconds, **numbers)
    yield row(snapshot, question, scope, "budget_left", "seconds", value=left, **numbers)
    metrics = {"burn": (scope.start_s, whole)}
    metrics |= {f"burn_{n}": (s, p) for (n, s), p in zip(begins.items(), lasts, strict=True)}
    for metric, (start, part) in metrics.items():
        low, high = _bounds(part, question.slo)
        numbers = part.numbers(question) | {"low": low, "high": high, "slo": question.slo}
        if start < scope.start_s:
            numbers["status"] = INSUFFICIENT
        value = burn(part.measured, question.slo)
        yield row(snapshot, question, part.scope, metric, "times", value=value, **numbers)


def _bounds(part: SurfacePart, slo: float) -> tuple[float, float] | tuple[None, None]:
    """Bound the burn by what the unknown could make of it, at best and at worst."""
    value = burn(part.measured, slo)
    worst, best = part.bounds
    if value is None or worst is None or best is None:
        return None, None
    # The same share divided in another order may differ in the last digit.
    return min((1 - best) / (1 - slo), value), max((1 - worst) / (1 - slo), value)


def allowed(slo: float, seconds: float) -> float:
    """Return the seconds that may be down under an objective such as 0.999.

    >>> round(allowed(0.999, 30 * 86400) / 60, 1)
    43.2
    """
    return (1 - slo) * seconds


def burn(measured: Downtime, slo: float) -> float | None:
    """Divide down seconds by allowed ones; None where nothing was observed.

    >>> round(burn(Downtime(3600, 30 * 86400), 0.999), 3)
    1.389
    """
    if not measured.observed_s:
        return None
    return measured.down_s / allowed(slo, measured.observed_s)
