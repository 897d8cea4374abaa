"""Days as bars: in the colour of the worst state, the stronger the longer it lasted."""

from __future__ import annotations

from math import ceil

import altair as alt
import polars as pl

from dashboard.charts.palette import BAR_HEIGHT, LEGEND_COLUMNS, LEGEND_LAYOUT, UTC
from dashboard.charts.state_colours import STATE_COLOURS

#: Minutes from which a day has its full colour; ten seconds must not paint a day.
FULL_MINUTES = 240
#: Dates the axis has room for.
TICKS = 13
#: Even the shortest trouble must be seen.
FAINTEST = 0.45
#: Where a bad state stands in a list; below 0 for any other.
BAD = "indexof(['degraded', 'partial', 'major'], datum.worst)"


def day_chart(days: pl.DataFrame, zone: str = "UTC") -> alt.LayerChart:
    """Draw one bar per day and row; grey is no data.

    Bad days are the stronger the longer they were. Columns: label, day and next_day (UTC midnight
    of the date), worst, minutes, down and observed (words for the tooltip). ``zone``: the time
    zone the days were cut in.
    """
    labels = days["label"].unique(maintain_order=True).to_list()
    states = list(STATE_COLOURS)
    title = f"Day ({zone})"
    every = alt.TimeIntervalStep(interval="day", step=ceil(days["day"].n_unique() / TICKS))
    axis = alt.Axis(format="%d %b", labelFlush=False, tickCount=every)
    base = alt.Chart(days, height=alt.Step(BAR_HEIGHT)).encode(
        x=alt.X("day:T", scale=UTC, title=title, axis=axis),
        x2="next_day:T",
        y=alt.Y("label:N", sort=labels, title=None, axis=alt.Axis(labelLimit=260)),
        tooltip=[
            alt.Tooltip("label:N", title="Row"),
            alt.Tooltip("utcyearmonthdate(day):T", title=title, format="%Y-%m-%d"),
            alt.Tooltip("worst:N", title="Worst"),
            alt.Tooltip("down:N", title="Partial or major"),
            alt.Tooltip("observed:N", title="Observed"),
        ],
    )
    colour = alt.Color(
        "worst:N",
        title="Worst state of the day",
        scale=alt.Scale(domain=states, range=list(STATE_COLOURS.values())),
        legend=alt.Legend(
            orient="top", columns=LEGEND_COLUMNS, symbolStrokeWidth=0, symbolOpacity=1
        ),
    )
    quiet = (
        base.transform_filter(f"{BAD} < 0")
        .mark_rect(stroke="white", strokeOpacity=0.4, strokeWidth=0.6)
        .encode(color=colour)
    )
    trouble = (
        base.transform_filter(f"{BAD} >= 0")
        .mark_rect(stroke="white", strokeOpacity=0.4, strokeWidth=0.6)
        .encode(
            color=colour,
            opacity=alt.Opacity(
                "minutes:Q",
                legend=None,
                scale=alt.Scale(
                    type="sqrt", domain=[0, FULL_MINUTES], range=[FAINTEST, 1], clamp=True
                ),
            ),
        )
    )
    chart: alt.LayerChart = (quiet + trouble).configure_legend(layout=LEGEND_LAYOUT)
    return chart


def describe_days(days: pl.DataFrame) -> str:
    """Describe the bars in words, for those who do not see them."""
    bad = days.filter(pl.col("worst").is_in(["partial", "major"]))
    dark = days.filter(pl.col("worst") == "no data")
    rows = days["label"].n_unique()
    return (
        f"{rows} rows of days. {len(bad)} of {len(days)} days had a partial or major outage; "
        f"{len(dark)} have no data."
    )
