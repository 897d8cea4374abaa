"""Stated causes as bars, what is not stated first."""

from __future__ import annotations

import altair as alt
import polars as pl

from dashboard.charts.palette import BAR_HEIGHT, INK, PROVIDER_COLOURS
from dashboard.charts.state_colours import STATE_COLOURS


def cause_chart(rows: pl.DataFrame) -> alt.LayerChart:
    """Draw one bar per stated cause in the order given; grey where nothing is stated.

    Columns: cause (words), stated (whether it is one), share (fraction), posts (words).
    """
    base = alt.Chart(rows, height=alt.Step(BAR_HEIGHT)).encode(
        x=alt.X(
            "share:Q",
            title="Share of posts",
            scale=alt.Scale(domain=[0, 1.25]),
            axis=alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1]),
        ),
        y=alt.Y("cause:N", sort=None, title=None, axis=alt.Axis(labelLimit=160)),
        tooltip=[
            alt.Tooltip("cause:N", title="Stated cause"),
            alt.Tooltip("posts:N", title="Posts"),
        ],
    )
    colours = [STATE_COLOURS["unknown"], PROVIDER_COLOURS[0]]
    bars = base.mark_bar().encode(
        color=alt.Color(
            "stated:N", scale=alt.Scale(domain=[False, True], range=colours), legend=None
        )
    )
    words = base.mark_text(align="left", dx=4, color=INK).encode(text="posts:N")
    return alt.LayerChart(layer=[bars, words])
