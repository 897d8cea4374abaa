"""The league table: its columns, their settings, and what marks a doubtful row."""

from __future__ import annotations

from typing import Any

import polars as pl
from streamlit import column_config as column

from analytics.answer import INSUFFICIENT, NO_COVERAGE, WHOLE
from analytics.basis import BY_POST
from analytics.metrics.catalogue import METRICS
from analytics.verdict.verdict import Verdict
from analytics.wording.numbers import BLANK, format_percent, format_surface
from dashboard.charts.svg import data_url, trend_bars
from dashboard.shown_text import escape_markdown
from dashboard.tables.shared import percent_column

#: Marks of a row, by what its numbers rest on.
NOTHING, TOO_LITTLE, PARTLY, POSTS_ONLY = "no data", "too little", "in part", "posts"
#: Of an availability whose states are made of whole posts.
STAR = "*"
#: Of an availability of which more is unknown than was down.
DOUBT = "?"
NOTES = (
    f"{PARTLY}: less than {WHOLE:.0%} of the window is covered, so compare only rows with a "
    f"similar coverage. {STAR}: whole posts count as component states, so do not compare this "
    f"availability with one from component states. {DOUBT}: more time is unknown than was down, "
    f"see the last columns. {POSTS_ONLY}: the surface has no component, only posts, and coverage "
    f"is that of the posts. {TOO_LITTLE}: not enough is known. {NOTHING}: no coverage."
)
#: The same in a few words, below the table where a mark stands in it.
LEGEND = {
    PARTLY: f"less than {WHOLE:.0%} of the window is covered",
    STAR: "whole posts count as component states",
    DOUBT: "more time is unknown than was down",
    POSTS_ONLY: "posts without a component",
    TOO_LITTLE: "not enough is known",
    NOTHING: "no coverage",
}
TREND = "12 months %"
#: Without months worth telling apart, the bars stand on this.
LOWEST = 0.999


AVAILABILITY = f"{METRICS['availability'].label} %"
COVERAGE = f"{METRICS['coverage'].label} %"


def minutes_heading(metric: str) -> str:
    """Write the heading of a column of lengths in minutes.

    >>> minutes_heading("open_median")
    'Median open min'
    """
    return f"{METRICS[metric].label} min"


def league_table(rows: pl.DataFrame) -> pl.DataFrame:
    """Show rows of ``overview.league``: percentages rounded down, whole minutes.

    The beside column is named after its rule; what is not covered stays null.

    Returns:
        One row per provider and surface, columns as ``league_columns`` sets them up.
    """
    least = trend_foot(rows)
    return rows.select(
        pl.coalesce("name", "provider").alias("Provider"),
        pl.col("surface").map_elements(format_surface, pl.String).alias("Surface"),
        percent_column("availability").alias(AVAILABILITY),
        percent_column("beside").alias(_beside(rows)),
        percent_column("coverage", 1).alias(COVERAGE),
        pl.concat_str(_mark(), _by_post() + _doubt(), separator=" ")
        .str.strip_chars()
        .alias("Note"),
        _minutes("down_s").alias("Down min"),
        pl.col("n").alias("Incidents"),
        pl.col("rate").round(1).alias("Per 30 days"),
        pl.struct("rate_low", "rate_high")
        .map_elements(_between, pl.String, skip_nulls=False)
        .alias("95 % interval"),
        _lasting(rows, "open_median"),
        _lasting(rows, "open_p90"),
        pl.col("trend").map_elements(lambda its: _bars(its, least), pl.String).alias(TREND),
        _lasting(rows, "impact_median"),
        _minutes("unknown_s").alias("Unknown min"),
        percent_column("availability_low").alias("At least %"),
    )


def ranked_league(rows: pl.DataFrame, found: Verdict) -> pl.DataFrame:
    """Sort rows of ``overview.league`` by result: the parties of a verdict, then all others.

    Returns:
        The same rows.
    """
    return rows.sort(_place(found), -pl.col("availability"), "provider", nulls_last=True)


def ranked_strips(parts: pl.DataFrame, found: Verdict) -> pl.DataFrame:
    """Sort rows of ``strips.strips`` by result, as the league table is.

    Returns:
        The same rows.
    """
    return parts.sort(_place(found), maintain_order=True)


def _place(found: Verdict) -> pl.Expr:
    place = {one.provider: n for n, one in enumerate(found.parties)}
    return pl.col("provider").replace_strict(place, default=len(place), return_dtype=pl.Int64)


def league_columns(rows: pl.DataFrame) -> dict[str, Any]:
    """Set up the columns of ``league_table``; up to p90 they fit a window of 1,280 pixels."""
    return {**_columns_in_sight(rows), **_columns_beyond(rows)}


def _columns_in_sight(rows: pl.DataFrame) -> dict[str, Any]:
    rule = _beside(rows).removesuffix(" %")
    return {
        "Provider": column.TextColumn(pinned=True, width=176),
        "Surface": column.TextColumn(width=103),
        AVAILABILITY: column.NumberColumn(
            format="%.3f",
            width=97,
            help=METRICS["availability"].line,
        ),
        _beside(rows): column.NumberColumn(
            format="%.3f", width=97, help=f"The same under the rule {rule}."
        ),
        COVERAGE: column.NumberColumn(format="%.1f", width=86, help=METRICS["coverage"].line),
        "Note": column.TextColumn(width=72, help=NOTES),
        "Down min": column.NumberColumn(
            format="localized", width=76, help="Weighted minutes down."
        ),
        "Incidents": column.NumberColumn(
            format="localized", width=72, help="Outages and degradations posted."
        ),
        "Per 30 days": column.NumberColumn(
            format="%.1f", width=84, help="Incidents per 30 covered days."
        ),
        "95 % interval": column.TextColumn(width=93, help="Of the incidents per 30 days."),
        minutes_heading("open_median"): _lasting_column(rows, "open_median", width=118),
        minutes_heading("open_p90"): _lasting_column(rows, "open_p90", width=104),
    }


def _columns_beyond(rows: pl.DataFrame) -> dict[str, Any]:
    scale = f"every row on one scale, from {format_percent(trend_foot(rows))} at the foot to 100 %"
    return {
        TREND: column.ImageColumn(
            width=164,
            help="Availability of each calendar month up to the end of the window, one bar each, "
            f"{scale}. A dot: nothing was observed in that month.",
        ),
        minutes_heading("impact_median"): _lasting_column(rows, "impact_median"),
        "Unknown min": column.NumberColumn(
            format="localized",
            help="Covered, but no component's state is known; not counted as up.",
        ),
        "At least %": column.NumberColumn(
            format="%.3f",
            help="Availability, had every component been down while its state is unknown. "
            "Blank where nothing is unknown.",
        ),
    }


def note_legend(rows: pl.DataFrame) -> str:
    """Explain the marks that stand in the table; empty where none does."""
    notes = rows.select(_mark().alias("mark"), _by_post().alias("star"), _doubt().alias("doubt"))
    there = {mark for name in notes.columns for mark in notes[name]}
    told = [
        f"*{escape_markdown(mark)}*: {words}" for mark, words in LEGEND.items() if mark in there
    ]
    return f"{'; '.join(told)}." if told else ""


def row_notes(rows: pl.DataFrame) -> list[list[str]]:
    """Say in words what is marked in each row; an empty list where nothing is."""
    notes = rows.select(_mark(), _by_post().alias("star"), _doubt().alias("doubt"))
    return [[LEGEND[mark] for mark in marks if mark] for marks in notes.iter_rows()]


def trend_foot(rows: pl.DataFrame) -> float:
    """Return where the scale of the months begins: below the worst, which has a bar."""
    worst = rows.select(pl.col("trend").list.min().min()).item()
    least = min(LOWEST, 1.0 if worst is None else worst)
    return max(0.0, 1 - (1 - least) * 1.25)


def _minutes(name: str) -> pl.Expr:
    return (pl.col(name) // 60).cast(pl.Int64)


def _lasting(rows: pl.DataFrame, of: str) -> pl.Expr:
    """Give the minutes of a quantile; as text where one is only known to be longer."""
    if not _unreached(rows, of):
        return _minutes(f"{of}_s").alias(minutes_heading(of))
    both = pl.struct(pl.col(f"{of}_s").alias("is"), pl.col(f"{of}_beyond_s").alias("beyond"))
    return both.map_elements(_longer, pl.String).alias(minutes_heading(of))


def _longer(of: dict[str, float | None]) -> str | None:
    known, beyond = of["is"], of["beyond"]
    if known is not None:
        return f"{known // 60:,.0f}"
    return None if beyond is None else f"> {beyond // 60:,.0f}"


def _lasting_column(rows: pl.DataFrame, of: str, *, width: int | None = None) -> Any:
    help = f"{METRICS[of].line} n: {METRICS[of].n}."
    if not _unreached(rows, of):
        return column.NumberColumn(format="localized", width=width, help=help)
    longer = f"{help} >: longer than that, as too many are still open."
    return column.TextColumn(alignment="right", width=width, help=longer)


def _unreached(rows: pl.DataFrame, of: str) -> bool:
    return rows[f"{of}_beyond_s"].is_not_null().any()


def _beside(rows: pl.DataFrame) -> str:
    return f"{rows['beside_rule'][0]} %"


def _mark() -> pl.Expr:
    """Mark what a reader must know of a row before its numbers."""
    covered = pl.col("coverage") > 0
    return (
        pl.when((pl.col("status") == NO_COVERAGE) & covered)
        .then(pl.lit(POSTS_ONLY))
        .when(~covered)
        .then(pl.lit(NOTHING))
        .when(pl.col("status") == INSUFFICIENT)
        .then(pl.lit(TOO_LITTLE))
        .when(pl.col("coverage") < WHOLE)
        .then(pl.lit(PARTLY))
        .otherwise(pl.lit(""))
    )


def _by_post() -> pl.Expr:
    """Mark an availability whose component states are made of whole posts."""
    coarse = pl.col("availability").is_not_null() & pl.col("basis").str.contains(BY_POST)
    return pl.when(coarse.fill_null(False)).then(pl.lit(STAR)).otherwise(pl.lit(""))


def _doubt() -> pl.Expr:
    """Mark an availability of which more is unknown than was down."""
    lost = 1 - pl.col("availability")
    unknown = pl.col("availability") - pl.col("availability_low")
    return pl.when((unknown > lost).fill_null(False)).then(pl.lit(DOUBT)).otherwise(pl.lit(""))


def _between(bounds: dict[str, float | None]) -> str:
    low, high = bounds["rate_low"], bounds["rate_high"]
    return BLANK if low is None or high is None else f"{low:.1f} to {high:.1f}"


def _bars(values: pl.Series, least: float) -> str:
    words = ", ".join(format_percent(value) for value in values)
    return data_url(trend_bars(values.to_list(), least, f"Availability by month: {words}"))
