"""Who can be compared on each surface, and over which time (METHODOLOGY, "Ranking")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from analytics.field import DAY_S, MIN_DAYS, Field, fields
from analytics.figures import tenths
from analytics.meeting import EVER, instant
from analytics.question import Question
from analytics.scope import OTHER, Interval
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


def ground(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """One row per surface and provider, in the order asked for.

    Columns: surface, provider, entered (observed long enough by itself to be compared), days
    (observed days; of one that entered, those of the common time), enough (whether the
    surface can be compared at all), common_days, common_start, common_end (of the time in
    which all that entered were observed).
    """
    rows = [row for field in fields(snapshot, question, question.classes) for row in _rows(field)]
    return pl.DataFrame(rows, schema=GROUND, orient="row")


def comparable_since(
    snapshot: Snapshot, question: Question, found: pl.DataFrame
) -> dict[str, date]:
    """Surfaces on which nobody is compared, with the last first day of a window that would do.

    ``found`` as from ``ground``. Surfaces for which too little was ever observed are left out.
    """
    dark = set(found.filter(~pl.col("enough"))["surface"])
    if not dark:
        return {}
    wide = fields(snapshot, replace(question, since=EVER), question.classes)
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


def not_compared(row: Mapping[str, Any]) -> str | None:
    """Why a provider, a row of ``ground``, is not compared; None where it is."""
    if row["surface"] == OTHER:
        return "what is of no known surface is compared with nothing"
    if not row["entered"]:
        return f"it was observed for {tenths(row['days'])} of the {MIN_DAYS} days needed"
    if row["enough"]:
        return None
    if row["common_days"] >= MIN_DAYS:
        return "nobody else was observed for long enough"
    return f"of the {MIN_DAYS} common days needed there are {tenths(row['common_days'])}"


def _rows(field: Field) -> list[dict[str, Any]]:
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
            "entered": one in field.entrants,
            "days": total(one.observed) / DAY_S,
        }
        for one in (*field.entrants, *field.left_out)
    ]
