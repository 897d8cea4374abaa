"""Measure availability month by month (METHODOLOGY, "Months")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from analytics.answer import SCHEMA, answer
from analytics.calendar_days import months
from analytics.downtime.observed_states import observe
from analytics.memo import once
from analytics.metrics.availability import availability_row, parts
from analytics.question import Question, everything
from analytics.scope import scopes
from analytics.snapshot import Snapshot

#: ``month``: such as 2026-03.
MONTHLY: Mapping[str, Any] = {"month": pl.String, **SCHEMA}


@once(everything)
def monthly(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Measure availability of each calendar month, oldest first.

    A month at the edge of the window holds only the part inside it: window_start and window_end
    say which.

    Returns:
        Columns of ``MONTHLY``.
    """
    names: list[str] = []
    rows = []
    for scope, seen in zip(scopes(snapshot, question), observe(snapshot, question), strict=True):
        found = months(scope.start_s, scope.end_s, question.zone)
        names += [name for name, _, _ in found]
        spans = [(start, end) for _, start, end in found]
        rows += [
            availability_row(snapshot, question, part)
            for part in parts(snapshot, question, scope, seen, spans)
        ]
    return answer(rows).select(pl.Series("month", names, dtype=pl.String), *SCHEMA)
