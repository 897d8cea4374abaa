"""What a read model's rows look like on a page: display columns from numbers."""

from __future__ import annotations

from typing import Any

import polars as pl

from analytics import Question, Snapshot, to_query
from analytics.wording import incident
from analytics.wording.grammar import AS_POSTED
from analytics.wording.numbers import (
    ROUNDING_SLACK,
    format_duration,
    format_percent,
    format_surface,
)
from dashboard.safe_text import http_url
from dashboard.tables.headings import column_heading

Frame = pl.DataFrame
INSTANT = pl.Datetime("us", "UTC")


def percent_column(name: str, digits: int = 3) -> pl.Expr:
    """A column of fractions as percent, rounded down."""
    scale = 10**digits
    down: pl.Expr = (pl.col(name) * 100 * scale + ROUNDING_SLACK).floor() / scale
    return down


def day_rows(days: Frame, names: Frame | None = None) -> Frame:
    """Days for ``charts.days``: only rows of which at least one day is observed.

    Labelled by surface, and by provider too where ``names`` are given.
    """
    observed = days.filter(pl.col("covered_s").sum().over("provider", "surface") > 0)
    label = pl.col("surface").map_elements(format_surface, pl.String)
    if names is not None:
        observed = observed.join(names.select("provider", "name"), on="provider", how="left")
        label = pl.concat_str(pl.coalesce("name", "provider"), label, separator=" · ")
    bars = observed.with_columns(
        label.alias("label"),
        pl.col("day").cast(INSTANT),
        (pl.col("day").cast(INSTANT) + pl.duration(days=1)).alias("next_day"),
        ((pl.col("down_s") + pl.col("degraded_s")) / 60).fill_null(0).alias("minutes"),
        pl.col("down_s").map_elements(format_duration, pl.String, skip_nulls=False).alias("down"),
        (pl.col("covered_s") / 86_400)
        .map_elements(lambda share: format_percent(share, 0), pl.String)
        .alias("observed"),
    )
    return shrink(bars.select("label", "day", "next_day", "worst", "minutes", "down", "observed"))


def rule_dots(rows: Frame, names: Frame) -> Frame:
    """Availability under every rule for ``charts.rules``; rows without a number are left out."""
    return (
        rows.filter(pl.col("value").is_not_null())
        .join(names.select("provider", "name"), on="provider", how="left")
        .select(
            pl.coalesce("name", "provider").alias("label"),
            "rule",
            (pl.col("value") * 100).alias("percent"),
            pl.col("value").map_elements(format_percent, pl.String).alias("shown"),
            pl.col("down_s").map_elements(format_duration, pl.String).alias("down"),
        )
    )


def name_unobserved(days: Frame, names: Frame) -> list[str]:
    """Providers with surfaces of which no day is observed, in words."""
    rows = days.group_by("provider", "surface").agg(pl.col("covered_s").sum())
    dark = rows.filter(pl.col("covered_s") == 0).sort("provider", "surface")
    named = dark.join(names.select("provider", "name"), on="provider", how="left")
    told = named.group_by(pl.coalesce("name", "provider"), maintain_order=True).agg("surface")
    return [f"{who}: {', '.join(map(format_surface, its))}" for who, its in told.iter_rows()]


def incident_table(found: Frame, names: Frame) -> Frame:
    """The explorer's list as shown."""
    return found.join(names.select("provider", "name"), on="provider", how="left").select(
        pl.col("started_at").alias("Began (UTC)"),
        pl.coalesce("name", "provider").alias("Provider"),
        pl.col("title").alias("Title"),
        pl.col("class").alias("Class"),
        pl.col("impact").alias("Impact"),
        pl.when("ongoing").then(pl.lit("ongoing")).otherwise("status").alias("Status"),
        pl.struct("open_s", "ongoing")
        .map_elements(open_time, pl.String, skip_nulls=False)
        .alias("Open for"),
        pl.col("impact_s")
        .map_elements(format_duration, pl.String, skip_nulls=False)
        .alias("Impact lasted"),
        pl.col("surfaces").map_elements(_surfaces, pl.String).alias("Surfaces"),
        pl.col("flags")
        .map_elements(lambda its: incident.flags(filter(None, its.split(", "))), pl.String)
        .alias("Flags"),
        pl.col("url").map_elements(http_url, pl.String).alias("Source"),
    )


def _surfaces(slugs: str) -> str:
    return ", ".join(map(format_surface, slugs.split(", ")))


def open_time(row: dict[str, Any]) -> str:
    """How long a post was open, or is so far. ``row``: open_s, ongoing."""
    told = format_duration(row["open_s"])
    return f"{told} so far" if row["ongoing"] else told


def edit_table(revisions: Frame) -> Frame:
    """What was edited in a post, in words. ``revisions`` as from ``explorer.detail``."""
    return revisions.with_columns(pl.col("field").replace(incident.EDITED))


def component_table(linked: Frame) -> Frame:
    """The components of a post, in words. ``linked`` as from ``explorer.detail``."""
    return linked.with_columns(
        pl.col("surface").map_elements(format_surface, pl.String),
        pl.col("relation").replace(incident.RELATIONS),
    )


def timeline_bars(found: Frame, names: Frame) -> Frame:
    """Posts for ``charts.timeline``; one without an end or length lasts its open time."""
    length = pl.coalesce(pl.col("impact_s"), pl.col("open_s"), pl.lit(0))
    return found.join(names.select("provider", "name"), on="provider", how="left").select(
        pl.coalesce("name", "provider").alias("name"),
        pl.col("provider").alias("slug"),
        "started_at",
        (pl.col("started_at") + pl.duration(seconds=length)).alias("ended_at"),
        "title",
        "impact",
    )


def with_headings(rows: Frame) -> Frame:
    """``rows`` under readable headings."""
    return shrink(rows.rename(column_heading))


def shrink(rows: Frame) -> Frame:
    """The same in fewer bytes on their way to a browser.

    Texts that repeat are sent once; whole numbers are no wider than they need to be.
    """
    return rows.with_columns(
        column.cast(pl.Enum(column.drop_nulls().unique(maintain_order=True)))
        if column.dtype == pl.String
        else column.shrink_dtype()
        for column in rows
        if column.dtype.is_integer()
        or (column.dtype == pl.String and 2 * column.n_unique() < len(column))
    )


def describe_rows(snapshot: Snapshot, question: Question) -> dict[str, Any]:
    """What every download says of itself: question, as-of time, snapshot, method, caveat."""
    return {
        "question": to_query(question),
        "as_of": snapshot.as_of.isoformat(),
        "snapshot_hash": snapshot.digest,
        "method_version": snapshot.method_version,
        "simulated": snapshot.simulated,
        "caveat": AS_POSTED,
    }


def to_csv(rows: Frame) -> str:
    """Exactly the rows shown, unrounded and under their own names; lists are joined."""
    text = pl.element().cast(pl.String).fill_null("")
    lists = [
        pl.col(n).list.eval(text).list.join("; ") for n, k in rows.schema.items() if k == pl.List
    ]
    return rows.with_columns(lists).write_csv()
