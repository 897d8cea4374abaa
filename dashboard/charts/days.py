"""Days as bars."""

from __future__ import annotations

import altair as alt
import polars as pl

from dashboard.charts.palette import BAR_HEIGHT, STATE_COLOURS, UTC


def day_bars(days: pl.DataFrame) -> alt.Chart:
    """One bar per day and row, coloured by the day's worst state; grey is no data.

    Columns: label, day (UTC midnight), next_day, worst, down, observed (words for the tooltip).
    """
    labels = days["label"].unique(maintain_order=True).to_list()
    chart: alt.Chart = (
        alt.Chart(days, height=alt.Step(BAR_HEIGHT))
        .mark_rect(stroke="white", strokeOpacity=0.4, strokeWidth=0.6)
        .encode(
            x=alt.X("day:T", scale=UTC, title="Day (UTC)", axis=alt.Axis(format="%d %b")),
            x2="next_day:T",
            y=alt.Y("label:N", sort=labels, title=None, axis=alt.Axis(labelLimit=260)),
            color=alt.Color(
                "worst:N",
                title="Worst state of the day",
                scale=alt.Scale(domain=list(STATE_COLOURS), range=list(STATE_COLOURS.values())),
                legend=alt.Legend(orient="top", symbolStrokeWidth=0),
            ),
            tooltip=[
                alt.Tooltip("label:N", title="Row"),
                alt.Tooltip("utcyearmonthdate(day):T", title="Day (UTC)", format="%Y-%m-%d"),
                alt.Tooltip("worst:N", title="Worst"),
                alt.Tooltip("down:N", title="Partial or major"),
                alt.Tooltip("observed:N", title="Observed"),
            ],
        )
    )
    return chart


def described(days: pl.DataFrame) -> str:
    """What the bars show, in words, for those who do not see them."""
    bad = days.filter(pl.col("worst").is_in(["partial", "major"]))
    dark = days.filter(pl.col("worst") == "no data")
    rows = days["label"].n_unique()
    return (
        f"{rows} rows of days. {len(bad)} of {len(days)} days had a partial or major outage; "
        f"{len(dark)} have no data."
    )
