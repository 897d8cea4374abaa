"""Set the provider's own percentages by month beside ours, as theirs.

METHODOLOGY, "Profiles".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from analytics.answer import SCOPE, WINDOW, blank
from analytics.calendar_days import whole_months
from analytics.memo import once
from analytics.question import Question, everything
from analytics.read_models.monthly import monthly
from analytics.rules import BESIDE, STATE_RULES
from analytics.snapshot import Snapshot
from ingest.models import State

DAY_S = 86_400
KEY = ["page_key", "component_id"]
#: Where the provider's percentage of a month comes from.
PUBLISHED = "its own percentage"
SECONDS = "its own seconds of each day"
#: Of a provider, on a surface, in a month such as 2026-03.
POSTED_MONTHS: Mapping[str, Any] = {
    **SCOPE,
    "month": pl.String,
    # The least and the most available component by the provider's own account.
    "posted_low": pl.Float64,
    "posted_high": pl.Float64,
    "posted_components": pl.Int64,
    # Of ``PUBLISHED`` and ``SECONDS``.
    "posted_from": pl.String,
    "posted_zone": pl.String,
}
MONTHS_BESIDE: Mapping[str, Any] = {
    "month": pl.String,
    **SCOPE,
    "availability": pl.Float64,
    "rule": pl.String,
    # Availability under ``BESIDE``, the rule theirs follows.
    "beside": pl.Float64,
    **{name: kind for name, kind in POSTED_MONTHS.items() if name.startswith("posted_")},
    "down_s": pl.Float64,
    "covered_s": pl.Int64,
    "unknown_s": pl.Int64,
    "coverage": pl.Float64,
    "n": pl.Int64,
    **WINDOW,
    "status": pl.String,
}


@once(everything)
def months_beside(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Measure the calendar months the window touches, newest first: ours and theirs.

    Returns:
        Columns of ``MONTHS_BESIDE``.
    """
    since, until = whole_months(*question.window(snapshot.as_of), question.zone)
    whole = replace(question, since=since, until=until)
    ours = blank(monthly(snapshot, whole)).rename({"value": "availability"})
    key = ["month", "provider", "surface"]
    other = monthly(snapshot, replace(whole, rule=BESIDE, weights=None))
    return (
        ours.join(other.select(*key, pl.col("value").alias("beside")), on=key, how="left")
        .join(posted_months(snapshot), on=key, how="left")
        .sort("month", "provider", "surface", descending=[True, False, False])
        .select(list(MONTHS_BESIDE))
    )


def posted_months(snapshot: Snapshot) -> pl.DataFrame:
    """List what providers themselves say of calendar months.

    A percentage published for the month wins over the seconds published for its days, which
    make one by Statuspage's formula where no day is missing.

    Returns:
        Columns of ``POSTED_MONTHS``.
    """
    surfaces = snapshot.table("components").select(*KEY, "surface", "start_date")
    zones = snapshot.table("pages").select("page_key", pl.col("zone").alias("posted_zone"))
    published = _published(snapshot)
    daily = _from_days(snapshot, surfaces).join(published, on=[*KEY, "month"], how="anti")
    return (
        pl.concat([published, daily])
        .join(surfaces, on=KEY)
        .join(zones, on="page_key", how="left")
        .group_by("provider", "surface", "month")
        .agg(
            pl.col("ratio").min().alias("posted_low"),
            pl.col("ratio").max().alias("posted_high"),
            pl.len().cast(pl.Int64).alias("posted_components"),
            pl.col("posted_from").unique().sort().str.join(", "),
            pl.col("posted_zone").unique().sort().str.join(", "),
        )
    )


def _published(snapshot: Snapshot) -> pl.DataFrame:
    """Return the percentages published for whole months."""
    first, last = pl.col("window_start"), pl.col("window_end")
    return (
        snapshot.table("posted_ratios")
        .filter((first == first.dt.month_start()) & (last == first.dt.month_end()))
        .sort("known_from")
        .group_by("provider", *KEY, first.dt.strftime("%Y-%m").alias("month"))
        .agg(pl.col("ratio").last())
        .with_columns(pl.lit(PUBLISHED).alias("posted_from"))
    )


def _from_days(snapshot: Snapshot, surfaces: pl.DataFrame) -> pl.DataFrame:
    """Make such percentages of posted seconds, of months without a missing day."""
    weights = STATE_RULES["statuspage"]
    day = pl.col("day")
    first = pl.max_horizontal(day.dt.month_start().min(), pl.col("start_date").first())
    last = pl.min_horizontal(day.dt.month_end().max(), pl.col("last_day").first())
    down = (
        weights[State.MAJOR] * pl.col("major_seconds").sum()
        + weights[State.PARTIAL] * pl.col("partial_seconds").sum()
    )
    return (
        snapshot.table("posted_uptime")
        .with_columns(day.max().over(KEY).alias("last_day"))
        .join(surfaces, on=KEY)
        .group_by("provider", *KEY, day.dt.strftime("%Y-%m").alias("month"))
        .agg(
            (1 - down / (DAY_S * day.n_unique())).alias("ratio"),
            (day.n_unique() == (last - first).dt.total_days() + 1).alias("whole"),
        )
        .filter("whole")
        .drop("whole")
        .with_columns(pl.lit(SECONDS).alias("posted_from"))
    )
