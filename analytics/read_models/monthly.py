"""Measure availability month by month (METHODOLOGY, "Months")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from analytics.answer import SCHEMA
from analytics.calendar_days import months
from analytics.memo import once
from analytics.metrics.availability_parts import part_rows
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
    rows = part_rows(snapshot, question, spans)
    names = [name for name, _, _ in found] * (rows.height // len(found))
    return rows.select(pl.Series("month", names, dtype=pl.String), *SCHEMA)
