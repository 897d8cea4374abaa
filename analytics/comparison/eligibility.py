"""Tell who can be compared on each surface, and over which time (METHODOLOGY, "Ranking")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from analytics.comparison.cohort import DAY_S, MIN_DAYS, Cohort, cohorts
from analytics.comparison.shared_window import EVER, instant
from analytics.memo import once
from analytics.question import Question, selection
from analytics.scope import Interval
from analytics.snapshot import Snapshot
from ingest.intervals import total

GROUND: dict[str, Any] = {
    "surface": pl.String,
    "provider": pl.String,
    "entered": pl.Boolean,
    "days": pl.Float64,
    "enough": pl.Boolean,
    "common_days": pl.Float64,
    "common_start": pl.Datetime("us", "UTC"),
    "common_end": pl.Datetime("us", "UTC"),
}


@once(selection)
def eligibility(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """One row per surface and provider, in the order asked for.

    Columns: surface, provider, entered (observed long enough by itself to be compared), days
    (observed days; of one that entered, those of the common time), enough (whether the
    surface can be compared at all), common_days, common_start, common_end (of the time in
    which all that entered were observed).
    """
    rows = [row for field in cohorts(snapshot, question) for row in _rows(field)]
    return pl.DataFrame(rows, schema=GROUND, orient="row")


def comparable_since(
    snapshot: Snapshot, question: Question, found: pl.DataFrame
) -> dict[str, date]:
    """Surfaces on which nobody is compared, with the last first day of a window that would do.

    ``found`` as from ``eligibility``. Surfaces for which too little was ever observed are left out.
    """
    dark = set(found.filter(~pl.col("enough"))["surface"])
    if not dark:
        return {}
    wide = cohorts(snapshot, replace(question, since=EVER))
    return {
        field.surface: _long_enough_since(field.common).astimezone(ZoneInfo(question.zone)).date()
        for field in wide
        if field.surface in dark and field.enough
    }


def _long_enough_since(common: Sequence[Interval]) -> datetime:
    missing = MIN_DAYS * DAY_S
    for start, end in reversed(common):
        if end - start >= missing:
            return instant(end - missing)
        missing -= end - start
    return instant(common[0][0])


def _rows(field: Cohort) -> list[dict[str, Any]]:
    start, end = (field.common[0][0], field.common[-1][1]) if field.common else (None, None)
    common = {
        "surface": field.surface,
        "enough": field.enough,
        "common_days": field.days,
        "common_start": None if start is None else instant(start),
        "common_end": None if end is None else instant(end),
    }
    return [
        {
            **common,
            "provider": one.scope.provider,
            "entered": one in field.members,
            "days": total(one.observed) / DAY_S,
        }
        for one in (*field.members, *field.left_out)
    ]
