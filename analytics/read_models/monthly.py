"""Measure availability month by month (METHODOLOGY, "Months")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from analytics.answer import SCHEMA, answer
from analytics.calendar_days import months
from analytics.memo import once
from analytics.metrics.availability import availability_row, measured_parts
from analytics.question import Question, everything
from analytics.scope import window_of
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
    found = months(*window_of(snapshot, question), question.zone)
    spans = [(start, end) for _, start, end in found]
    scopes = measured_parts(snapshot, question, spans)
    rows = [availability_row(snapshot, question, part) for parts in scopes for part in parts]
    names = [name for name, _, _ in found] * len(scopes)
    return answer(rows).select(pl.Series("month", names, dtype=pl.String), *SCHEMA)
