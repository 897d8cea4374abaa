"""The tables of a provider's profile, and its current status."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from analytics.answer import OK, RECONSTRUCTED
from analytics.metrics.transparency import NOT_STATED
from analytics.read_models.surface_matrix import NUMBER
from analytics.wording.numbers import (
    BLANK,
    format_beyond,
    format_count,
    format_duration,
    format_percent,
    format_share,
    format_surface,
)
from dashboard.shown_text import http_url
from dashboard.tables.shared import incident_table, percent_column

Link = Callable[..., str]
NOT_KNOWN = "not known"
TOO_FEW = "too few"


def open_incident_table(posts: pl.DataFrame) -> pl.DataFrame:
    """Show open posts.

    Returns:
        One row per post, columns as ``columns.NOW`` sets them up.
    """
    return posts.select(
        pl.col("title").alias("Open post"),
        pl.col("class").alias("Class"),
        pl.col("impact").alias("Impact"),
        pl.col("status").alias("Status"),
        pl.col("published_at").alias("Posted (UTC)"),
        pl.col("open_s").map_elements(format_duration, pl.String).alias("Open so far"),
        pl.col("url").map_elements(http_url, pl.String).alias("Source"),
    )


def month_table(rows: pl.DataFrame) -> pl.DataFrame:
    """Show months: our availability, ours under the rule beside, the provider's own.

    Returns:
        One row per month and surface, columns as ``columns.MONTHS`` sets them up.
    """
    return rows.select(
        pl.col("month").alias("Month"),
        pl.col("surface").map_elements(format_surface, pl.String).alias("Surface"),
        percent_column("availability").alias("Ours %"),
        percent_column("beside").alias("Ours, rule statuspage %"),
        pl.struct("posted_low", "posted_high").map_elements(_theirs, pl.String).alias("Theirs %"),
        pl.col("posted_from").alias("Theirs is"),
        (pl.col("down_s") // 60).cast(pl.Int64).alias("Down min"),
        pl.col("n").alias("Posts open (n)"),
        percent_column("coverage", 1).alias("Coverage %"),
        (pl.col("unknown_s") // 60).cast(pl.Int64).alias("Unknown min"),
    )


def _theirs(row: dict[str, float | None]) -> str:
    low, high = (
        format_percent(row[key]).removesuffix(" %") for key in ("posted_low", "posted_high")
    )
    return low if low == high else f"{low} to {high}"


def known_months(months: pl.DataFrame) -> pl.DataFrame:
    """Leave out the months after the newest of which anything is known.

    Returns:
        The other months, newest first, with the same columns.
    """
    known = (pl.col("coverage") > 0) | pl.col("posted_low").is_not_null()
    newest = months.filter(known)["month"].max()
    return months.filter(pl.col("month") <= newest) if newest is not None else months


def surface_table(cells: pl.DataFrame) -> pl.DataFrame:
    """Show the provider's row of the matrix as a table, the most downtime first.

    Returns:
        One row per surface, columns as ``columns.SURFACES`` sets them up.
    """
    mine = cells.filter(pl.col("components") > 0)
    return mine.sort("per_30d_s", descending=True, nulls_last=True).select(
        pl.col("surface").map_elements(format_surface, pl.String).alias("Surface"),
        (pl.col("per_30d_s") / 60).round(1).alias("Down min per 30 days"),
        percent_column("availability").alias("Availability %"),
        pl.col("n").alias("Posts open (n)"),
        pl.col("components").alias("Components"),
        percent_column("coverage", 1).alias("Coverage %"),
        (pl.col("unknown_s") // 60).cast(pl.Int64).alias("Unknown min"),
        pl.when(pl.col("cell") != NUMBER).then("cell").alias("Note"),
    )


def fact_table(rows: pl.DataFrame, about: str) -> pl.DataFrame:
    """Show the facts about one thing; without n nothing is known.

    Returns:
        One row per fact. Columns: Fact, Value, 95 % interval, n (words).
    """
    return rows.filter(pl.col("about") == about).select(
        pl.col("fact").alias("Fact"),
        pl.struct("value", "low", "unit", "n", "status")
        .map_elements(_fact, pl.String, skip_nulls=False)
        .alias("Value"),
        pl.struct("value", "low", "high", "unit")
        .map_elements(_interval, pl.String, skip_nulls=False)
        .alias("95 % interval"),
        pl.struct("n", "unit").map_elements(_counted, pl.String).alias("n"),
    )


def _counted(row: dict[str, Any]) -> str:
    if row["n"] is None:
        return BLANK
    of = row["unit"].removeprefix("fraction of ")
    plural = of in ("components", "updates", "maintenances")
    return format_count(row["n"], of.removesuffix("s") if plural else "post")


def _fact(row: dict[str, Any]) -> str:
    if not row["n"]:
        return NOT_KNOWN
    if row["status"] not in (OK, RECONSTRUCTED):
        return TOO_FEW
    return (
        format_beyond(row["low"])
        if row["value"] is None
        else _value_text(row["value"], row["unit"])
    )


def _interval(row: dict[str, Any]) -> str:
    if row["value"] is None or row["low"] is None:
        return BLANK
    high = "?" if row["high"] is None else _value_text(row["high"], row["unit"])
    return f"{_value_text(row['low'], row['unit'])} to {high}"


def _value_text(value: float, unit: str) -> str:
    if unit == "seconds":
        return format_duration(value)
    return format_share(value) if unit.startswith("fraction") else f"{value:,.0f}"


def cause_bars(rows: pl.DataFrame) -> pl.DataFrame:
    """Make bars for ``cause_chart``.

    Returns:
        Columns cause (words), stated, share (fraction), posts (words).
    """
    return rows.filter(pl.col("n") > 0).select(
        pl.col("cause").str.replace_all("_", " ").alias("cause"),
        (pl.col("cause") != NOT_STATED).alias("stated"),
        "share",
        pl.struct("share", "posts", "n").map_elements(_of_all, pl.String).alias("posts"),
    )


def _of_all(row: dict[str, Any]) -> str:
    return f"{format_share(row['share'], 0)} ({row['posts']:,} of {row['n']:,})"


def newest_incident_table(found: pl.DataFrame, names: pl.DataFrame, link: Link) -> pl.DataFrame:
    """Show posts as the page Incidents does, with links to their text and evidence.

    Returns:
        One row per post, columns as ``columns.POSTS`` sets them up.
    """
    ways = [link("incidents", incident=key) for key in found["key"]]
    shown = incident_table(found, names).drop("Provider")
    return shown.insert_column(1, pl.Series("Detail", ways, dtype=pl.String))
