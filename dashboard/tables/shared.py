"""Columns that several pages show, made from the numbers of read models."""

from __future__ import annotations

from typing import Any

import polars as pl

from analytics import Question, Snapshot, to_query
from analytics.csv_text import escape_csv
from analytics.wording.grammar import AS_POSTED
from analytics.wording.incident import EDITED, RELATIONS, REWRITTEN, WHOLE, describe_flags
from analytics.wording.numbers import (
    ROUNDING_SLACK,
    format_duration,
    format_percent,
    format_surface,
)
from analytics.wording.verdict import short_name
from dashboard.shown_text import http_url
from dashboard.tables.headings import column_heading

Frame = pl.DataFrame
#: Marks beside the impact as posted, from bad to mild, in signs that text fonts have.
IMPACT_MARKS = {"critical": "■", "major": "▲", "minor": "●", "none": "○", "maintenance": "◊"}
INSTANT = pl.Datetime("us", "UTC")


def percent_column(name: str, digits: int = 3) -> pl.Expr:
    """Turn a column of fractions into percent, rounded down."""
    scale = 10**digits
    down: pl.Expr = (pl.col(name) * 100 * scale + ROUNDING_SLACK).floor() / scale
    return down


def strip_bars(parts: Frame, names: Frame | None = None) -> Frame:
    """Make bars for ``strip_chart`` of what was observed at any time.

    Rows are labelled by surface. Where ``names`` are given they are labelled by provider, and by
    surface too where there are several.

    Returns:
        Columns label, start, end, seen_to (UTC), worst, minutes (a day), down, observed (words).
    """
    observed = strip_rows(parts, names)
    start, end = pl.col("start").cast(INSTANT), pl.col("end").cast(INSTANT)
    share = pl.col("covered_s") / pl.col("length_s")
    days = (end - start).dt.total_days()
    bars = observed.with_columns(
        start,
        end,
        (start + (end - start) * share).alias("seen_to"),
        ((pl.col("down_s") + pl.col("degraded_s")) / 60 / days).fill_null(0).alias("minutes"),
        pl.col("down_s").map_elements(format_duration, pl.String, skip_nulls=False).alias("down"),
        share.map_elements(lambda of: format_percent(of, 0), pl.String).alias("observed"),
    )
    shown = "label start end seen_to worst minutes down observed".split()
    return shrink(bars.select(shown))


def strip_rows(parts: Frame, names: Frame | None = None) -> Frame:
    """Label the rows of a strip; see ``strip_bars``.

    Returns:
        The parts that were observed at any time, with the column label.
    """
    observed = parts.filter(pl.col("covered_s").sum().over("provider", "surface") > 0)
    label = pl.col("surface").map_elements(format_surface, pl.String)
    if names is not None:
        observed = observed.join(names.select("provider", "name"), on="provider", how="left")
        name = pl.coalesce("name", "provider").map_elements(short_name, pl.String)
        alone = observed["surface"].n_unique() == 1
        label = name if alone else pl.concat_str(name, label, separator=" · ")
    return observed.with_columns(label.alias("label"))


def rule_dots(rows: Frame, names: Frame) -> Frame:
    """Make dots of availability under every rule for ``rule_chart``.

    Returns:
        Columns label, rule, percent (0 to 100), shown, down (words); no row without a number.
    """
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
    """Name providers with surfaces of which no day is observed."""
    rows = days.group_by("provider", "surface").agg(pl.col("covered_s").sum())
    dark = rows.filter(pl.col("covered_s") == 0).sort("provider", "surface")
    named = dark.join(names.select("provider", "name"), on="provider", how="left")
    words = named.group_by(pl.coalesce("name", "provider"), maintain_order=True).agg("surface")
    return [f"{who}: {', '.join(map(format_surface, its))}" for who, its in words.iter_rows()]


def incident_table(found: Frame, names: Frame) -> Frame:
    """Show posts as the page Incidents lists them.

    Returns:
        One row per post, columns as ``columns.INCIDENTS`` sets them up.
    """
    return found.join(names.select("provider", "name"), on="provider", how="left").select(
        pl.col("started_at").alias("Began (UTC)"),
        pl.coalesce("name", "provider").alias("Provider"),
        pl.col("title").alias("Title"),
        pl.col("class").alias("Class"),
        pl.concat_str(
            pl.col("impact").replace_strict(IMPACT_MARKS, default=""),
            pl.col("impact"),
            separator=" ",
        )
        .str.strip_chars()
        .alias("Impact"),
        pl.when("ongoing").then(pl.lit("ongoing")).otherwise("status").alias("Status"),
        pl.struct("open_s", "ongoing")
        .map_elements(open_time, pl.String, skip_nulls=False)
        .alias("Open for"),
        pl.col("impact_s")
        .map_elements(format_duration, pl.String, skip_nulls=False)
        .alias("Impact lasted"),
        pl.col("surfaces").map_elements(_surfaces, pl.String).alias("Surfaces"),
        pl.col("flags")
        .map_elements(lambda its: describe_flags(filter(None, its.split(", "))), pl.String)
        .alias("Flags"),
        pl.col("url").map_elements(http_url, pl.String).alias("Source"),
    )


def _surfaces(slugs: str) -> str:
    return ", ".join(map(format_surface, slugs.split(", ")))


def open_time(row: dict[str, Any]) -> str:
    """Write how long a post was open, or is so far. ``row``: open_s, ongoing."""
    words = format_duration(row["open_s"])
    return f"{words} so far" if row["ongoing"] else words


def edit_table(revisions: Frame) -> Frame:
    """Write the edits of a post in words (``revisions`` of ``incident_list.Detail``).

    Returns:
        The same rows, kind and edited field in words; the kind says whether it was over by then.
    """
    later = pl.col("after_end") & (pl.col("kind") != "progress")
    after = pl.when(later).then(pl.lit(", after its end")).otherwise(pl.lit(""))
    kind = pl.concat_str(pl.col("kind").replace(REWRITTEN), after).alias("kind")
    return revisions.with_columns(kind, pl.col("field").replace({**EDITED, **WHOLE})).drop(
        "after_end"
    )


def changed_texts(revisions: Frame) -> Frame:
    """Select the changes of wordings of a post (``revisions`` of ``incident_list.Detail``).

    Returns:
        Columns known_from, kind and field (in words), old_value, new_value.
    """
    texts = revisions.filter(pl.col("field").is_in(["title", "body", *WHOLE]))
    return edit_table(texts).select("known_from", "kind", "field", "old_value", "new_value")


def component_table(linked: Frame) -> Frame:
    """Write the components of a post in words (those of ``incident_list.Detail``).

    Returns:
        The same rows, surface and relation in words.
    """
    return linked.with_columns(
        pl.col("surface").map_elements(format_surface, pl.String),
        pl.col("relation").replace(RELATIONS),
    )


def timeline_bars(found: Frame, names: Frame) -> Frame:
    """Make bars for ``timeline_chart``; without an end or length, of the open time.

    Returns:
        Columns name, slug, started_at, ended_at (UTC), title, impact.
    """
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
    """Rename columns to readable headings.

    Returns:
        The same rows, in fewer bytes.
    """
    return shrink(rows.rename(column_heading))


def shrink(rows: Frame) -> Frame:
    """Write rows in fewer bytes for their way to a browser.

    Texts that repeat are sent once; whole numbers are no wider than they need to be.

    Returns:
        The same rows with narrower types.
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
    """Say what a download is about: question, as-of time, snapshot, method, caveat."""
    return {
        "question": to_query(question),
        "as_of": snapshot.as_of.isoformat(),
        "snapshot_hash": snapshot.digest,
        "method_version": snapshot.method_version,
        "simulated": snapshot.simulated,
        "caveat": AS_POSTED,
    }


def to_csv(rows: Frame) -> str:
    """Write exactly the rows as CSV, unrounded, under their own names; lists joined."""
    text = pl.element().cast(pl.String).fill_null("")
    lists = [
        pl.col(n).list.eval(text).list.join("; ") for n, k in rows.schema.items() if k == pl.List
    ]
    return escape_csv(rows.with_columns(lists)).write_csv()
