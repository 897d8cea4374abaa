"""List who can be compared on each surface, and over which time.

METHODOLOGY, "Ranking".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import polars as pl

from analytics.comparison.cohort import DAY_S, MIN_DAYS, Cohort, cohorts
from analytics.comparison.shared_window import EVER, instant
from analytics.memo import once
from analytics.question import Question, selection
from analytics.scope import Interval
from analytics.snapshot import Snapshot
from ingest.intervals import total
from ingest.models import time_zone

ELIGIBILITY: Mapping[str, Any] = {
    "surface": pl.String,
    "provider": pl.String,
    # Observed long enough by itself to be compared.
    "entered": pl.Boolean,
    # Observed days; of one that entered, those of the common time.
    "days": pl.Float64,
    # Whether the surface can be compared at all.
    "enough": pl.Boolean,
    # Of the time in which all that entered were observed.
    "common_days": pl.Float64,
    "common_start": pl.Datetime("us", "UTC"),
    "common_end": pl.Datetime("us", "UTC"),
}


@once(selection)
def eligibility(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Tell of each surface and provider whether it is compared.

    Returns:
        Columns of ``ELIGIBILITY``.
    """
    rows = [row for cohort in cohorts(snapshot, question) for row in _rows(cohort)]
    return pl.DataFrame(rows, schema=dict(ELIGIBILITY), orient="row")


def comparable_since(
    snapshot: Snapshot, question: Question, found: pl.DataFrame
) -> dict[str, date]:
    """Find from when on a window would allow a comparison where there is none.

    Surfaces for which too little was ever observed are left out.

    Args:
        snapshot: Where the providers are.
        question: The question without such a surface.
        found: Rows of ``eligibility``.
    """
    dark = set(found.filter(~pl.col("enough"))["surface"])
    if not dark:
        return {}
    wide = cohorts(snapshot, replace(question, since=EVER))
    return {
        cohort.surface: _long_enough_since(cohort.common)
        .astimezone(time_zone(question.zone))
        .date()
        for cohort in wide
        if cohort.surface in dark and cohort.enough
    }


def _long_enough_since(common: Sequence[Interval]) -> datetime:
    missing = MIN_DAYS * DAY_S
    for start, end in reversed(common):
        if end - start >= missing:
            return instant(end - missing)
        missing -= end - start
    return instant(common[0][0])


def _rows(cohort: Cohort) -> list[dict[str, Any]]:
    start, end = (cohort.common[0][0], cohort.common[-1][1]) if cohort.common else (None, None)
    common = {
        "surface": cohort.surface,
        "enough": cohort.enough,
        "common_days": cohort.days,
        "common_start": None if start is None else instant(start),
        "common_end": None if end is None else instant(end),
    }
    return [
        {
            **common,
            "provider": one.scope.provider,
            "entered": one in cohort.members,
            "days": total(one.observed) / DAY_S,
        }
        for one in (*cohort.members, *cohort.left_out)
    ]
