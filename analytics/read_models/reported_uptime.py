"""The provider's own percentages by month, as theirs, beside ours (METHODOLOGY, "Profiles")."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from analytics.answer import blank
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


@once(everything)
def months_beside(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Whole calendar months the window touches, newest first: our availability and theirs.

    Columns: month, provider, surface, availability, rule, beside (availability under
    ``BESIDE``, the rule theirs follows), posted_low, posted_high (the least and the most
    available component by the provider's own account), posted_components, posted_from (of
    ``PUBLISHED`` and ``SECONDS``), posted_zone, down_s, covered_s, unknown_s, coverage, n,
    window_start, window_end, status.
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
        .select(
            *key,
            "availability",
            "rule",
            "beside",
            "posted_low",
            "posted_high",
            "posted_components",
            "posted_from",
            "posted_zone",
            "down_s",
            "covered_s",
            "unknown_s",
            "coverage",
            "n",
            "window_start",
            "window_end",
            "status",
        )
    )


def posted_months(snapshot: Snapshot) -> pl.DataFrame:
    """Return what providers say of calendar months, in the zone of their page.

    Columns: provider, surface, month, posted_low, posted_high, posted_components,
    posted_from, posted_zone. A percentage published for the month wins over the seconds
    published for its days, which make one by Statuspage's formula where no day is missing.
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
    """Percentages of whole months: provider, page_key, component_id, month, ratio, posted_from."""
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
    """Return months from posted seconds, without a missing day up to the last known."""
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
