"""The tables of open incidents, their forecasts, and who is up meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

import polars as pl

from analytics.forecast.calibration import LEAST_TOLD
from analytics.wording.forecast import NO_FORECAST, between, clock, has_forecast
from analytics.wording.numbers import BLANK, format_duration, format_share, format_surface
from dashboard.shown_text import http_url, to_line
from dashboard.tables.shared import IMPACT_MARKS

#: Characters of an update that a table shows.
SHOWN = 160
LEARNED = {"own": "own posts", "pooled": "posts of all"}
#: Heading of the column of clock times where the reader's zone is another than UTC.
YOURS = "Half over by (your time)"


def open_table(opened: pl.DataFrame) -> pl.DataFrame:
    """Show open incidents with their newest update.

    Returns:
        One row per incident, columns as ``columns.OPEN`` sets them up.
    """
    mark = pl.col("impact").replace_strict(IMPACT_MARKS, default="")
    return opened.select(
        pl.col("name").alias("Provider"),
        pl.col("title").alias("Open post"),
        pl.col("surfaces").map_elements(_surfaces, pl.String).alias("Surfaces"),
        pl.concat_str(mark, "impact", separator=" ").str.strip_chars().alias("Impact"),
        pl.col("stage").alias("Stage"),
        pl.col("published_at").alias("Posted (UTC)"),
        pl.col("open_s").map_elements(format_duration, pl.String).alias("Open so far"),
        pl.col("updated_at").alias("Newest update (UTC)"),
        pl.col("update_text").map_elements(_shortened, pl.String).alias("It says"),
        pl.col("url").map_elements(http_url, pl.String).alias("Source"),
    )


def _surfaces(names: pl.Series) -> str:
    return ", ".join(map(format_surface, names))


def _shortened(text: str) -> str:
    line = to_line(text)
    return line if len(line) <= SHOWN else f"{line[:SHOWN].rstrip()}…"


def forecast_table(opened: pl.DataFrame, zone: tzinfo | None) -> pl.DataFrame:
    """Show how long open incidents may last, as clock times.

    Args:
        opened: As from ``now.open_now``.
        zone: That of the reader; None: not known, or UTC.

    Returns:
        One row per incident, columns as ``columns.FORECAST`` sets them up.
    """
    rows = [_forecast(row, zone) for row in opened.iter_rows(named=True)]
    return pl.DataFrame(rows, infer_schema_length=None)


def _forecast(row: Mapping[str, Any], zone: tzinfo | None) -> dict[str, Any]:
    whose = {"Provider": row["name"], "Open post": row["title"]}
    seen, shown = row["read_at"], has_forecast(row)
    half = clock(row["median_at"], seen) if shown else f"none: {NO_FORECAST[row['status']]}"
    yours = {}
    if zone is not None:
        yours = {YOURS: clock(row["median_at"], seen, zone) if shown else BLANK}
    told = shown and row["held_n"] >= LEAST_TOLD
    return {
        **whose,
        "Half over by (UTC)": half,
        **yours,
        "50 % between (UTC)": between(row["low_50_at"], row["high_50_at"], seen),
        "80 % between (UTC)": between(row["low_80_at"], row["high_80_at"], seen),
        "Within 60 min": format_share(row["ends_within_60_min"]) if shown else BLANK,
        "n": f"{row['n']:,}" if shown else BLANK,
        "From": LEARNED[row["history"]] if shown else BLANK,
        "80 % band held before": _held(row, told) if shown else BLANK,
    }


def _held(row: Mapping[str, Any], told: bool) -> str:
    if not told:
        return f"too few to tell ({row['held_n']})"
    return f"{format_share(row['held_80'])} of {row['held_n']:,}"


def up_table(states: pl.DataFrame) -> pl.DataFrame:
    """Show how providers are on the surfaces with an open incident.

    Returns:
        One row per surface and provider, columns as ``columns.NOW`` sets them up.
    """
    return states.select(
        pl.col("surface").map_elements(format_surface, pl.String).alias("Surface"),
        pl.col("name").alias("Provider"),
        pl.col("state").alias("State, as posted"),
        pl.col("read_at").alias("Seen (UTC)"),
    )
