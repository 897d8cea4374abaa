"""Cut a window into a strip of days, weeks or months.

Days for a window of up to 120 days, weeks up to two years, months beyond. A strip ends with the
last day of which anything is known: after that there is nothing to draw.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl

from analytics.answer import SCOPE, blank
from analytics.memo import once
from analytics.question import Question, midnight, selection
from analytics.read_models.daily_states import NO_DATA, daily
from analytics.snapshot import Snapshot
from ingest.models import State

#: Days of the longest window that is drawn by day, and by week.
MOST_DAYS, MOST_WEEKS = 120, 731
DAY, WEEK, MONTH = "day", "week", "month"
#: How a date is cut to the first day of its part; weeks begin on Monday.
EVERY = {DAY: "1d", WEEK: "1w", MONTH: "1mo"}
#: From mild to bad; unknown hides what is milder than degraded.
ORDER = (
    NO_DATA,
    str(State.OPERATIONAL),
    str(State.MAINTENANCE),
    str(State.UNKNOWN),
    str(State.DEGRADED),
    str(State.PARTIAL),
    str(State.MAJOR),
)
STRIPS: Mapping[str, Any] = {
    **SCOPE,
    # Dates of the question's zone, the end exclusive.
    "start": pl.Date,
    "end": pl.Date,
    # Day, week or month.
    "unit": pl.String,
    # A state, or ``NO_DATA``.
    "worst": pl.String,
    # Seconds of the part that were so, and its length; null where nothing was covered.
    "down_s": pl.Int64,
    "degraded_s": pl.Int64,
    "unknown_s": pl.Int64,
    "covered_s": pl.Int64,
    "length_s": pl.Int64,
}


def unit_of(snapshot: Snapshot, question: Question) -> str:
    """Return what a strip of the question's window is cut into: day, week or month."""
    start, end = question.window(snapshot.as_of)
    days = (end - start).days
    return DAY if days <= MOST_DAYS else WEEK if days <= MOST_WEEKS else MONTH


@once(selection)
def strips(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Cut the window of each provider and surface into days, weeks or months.

    Returns:
        Columns of ``STRIPS``; one row per provider, surface and part, oldest first.
    """
    days = daily(snapshot, question)
    last = days.filter(pl.col("covered_s") > 0)["day"].max()
    if not isinstance(last, date):
        return pl.DataFrame(schema=dict(STRIPS))
    unit = unit_of(snapshot, question)
    key = ["provider", "surface", "start"]
    parts = (
        days.filter(pl.col("day") <= last)
        .with_columns(
            pl.col("day").dt.truncate(EVERY[unit]).alias("start"),
            pl.col("worst").cast(pl.Enum(ORDER)),
        )
        .group_by(key, maintain_order=True)
        .agg(
            pl.col("day").min().alias("first"),
            pl.col("day").max().dt.offset_by("1d").alias("end"),
            pl.col("worst").max(),
            pl.col("down_s", "degraded_s", "unknown_s", "covered_s").sum(),
        )
    )
    begin = _seconds([*parts["first"], *parts["end"]], question.zone)
    cut = parts.with_columns(
        pl.col("first").alias("start"),
        pl.lit(unit).alias("unit"),
        pl.col("worst").cast(pl.String),
        (pl.col("end").replace_strict(begin) - pl.col("first").replace_strict(begin)).alias(
            "length_s"
        ),
    )
    return blank(cut.select(list(STRIPS)))


def _seconds(dates: Iterable[date], zone: str) -> dict[date, int]:
    """Return the second at which each date begins in ``zone``."""
    return {day: int(midnight(day, zone).timestamp()) for day in set(dates)}
