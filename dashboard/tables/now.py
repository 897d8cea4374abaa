"""The tables of open incidents, their forecasts, and who is up meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

import polars as pl

from analytics.forecast.backtest import GIVEN, MEMORYLESS, SHIFTED
from analytics.forecast.calibration import LEAST_TOLD
from analytics.wording.forecast import NO_FORECAST, between, clock, has_forecast
from analytics.wording.numbers import (
    BLANK,
    format_duration,
    format_number,
    format_share,
    format_surface,
)
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


def backtest_table(rows: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    """Show how past forecasts did, beside what the baselines lost.

    Args:
        rows: Columns of ``backtest.BACKTEST``.
        names: Slug to name.

    Returns:
        One row per provider and landmark, columns as ``columns.BACKTEST`` sets them up.
    """
    minutes = (pl.col("pinball_s") / 60).round(1).alias("minutes")
    lost = rows.select("provider", "landmark_s", "method", minutes).pivot(
        "method", index=["provider", "landmark_s"], values="minutes"
    )
    given = rows.filter(method=GIVEN)
    return given.join(lost, on=["provider", "landmark_s"], maintain_order="left").select(
        pl.col("provider").replace_strict(names).alias("Provider"),
        pl.col("landmark_s").map_elements(format_duration, pl.String).alias("Open for"),
        "n",
        *(
            pl.col(f"coverage_{band}").map_elements(format_share, pl.String).alias(f"{band} % held")
            for band in (50, 80, 90)
        ),
        pl.col("calibration").alias("80 % band"),
        pl.col(GIVEN).alias("Loss min"),
        pl.col(SHIFTED).alias("Shifted min"),
        pl.col(MEMORYLESS).alias("Memoryless min"),
        (pl.col("error_s") / 60).round(1).alias("Median error min"),
    )


def hazard_table(rows: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    """Show the chance of a new incident within a day.

    Args:
        rows: Columns of ``hazard.HAZARDS``.
        names: Slug to name.

    Returns:
        One row per provider: its name, from when, chance, skill and days, in words.
    """
    return rows.select(
        pl.col("provider").replace_strict(names).alias("Provider"),
        pl.col("at").dt.strftime("%Y-%m-%d %H:%M").alias("From (UTC)"),
        pl.col("chance").map_elements(format_share, pl.String).alias("Chance in 24 h"),
        pl.col("skill").map_elements(format_share, pl.String).alias("Smaller error by"),
        pl.col("n").map_elements(format_number, pl.String).alias("Days forecast"),
    )


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
