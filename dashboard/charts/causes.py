"""Stated causes as bars, what is not stated first."""

from __future__ import annotations

import polars as pl

from dashboard.charts.palette import BAR_HEIGHT, INK, PROVIDER_COLOURS
from dashboard.charts.state_colours import STATE_COLOURS
from dashboard.charts.vega import Chart, layered, mark, nominal, quantitative, tooltip


def cause_chart(rows: pl.DataFrame) -> Chart:
    """Draw one bar per stated cause in the order given; grey where nothing is stated.

    Columns: cause (words), stated (whether it is one), share (fraction), posts (words).
    """
    place = {
        "x": quantitative(
            "share",
            title="Share of posts",
            scale={"domain": [0, 1.25]},
            axis={"format": ".0%", "values": [0, 0.25, 0.5, 0.75, 1]},
        ),
        "y": nominal("cause", sort=None, title=None, axis={"labelLimit": 160}),
        "tooltip": [tooltip("cause", "Stated cause"), tooltip("posts", "Posts")],
    }
    colours = [STATE_COLOURS["unknown"], PROVIDER_COLOURS[0]]
    stated = nominal("stated", scale={"domain": [False, True], "range": colours}, legend=None)
    bars = mark("bar", "causes", {**place, "color": stated})
    text = {**place, "text": nominal("posts")}
    words = mark("text", "causes", text, align="left", dx=4, color=INK)
    return layered([bars, words], {"causes": rows}, height={"step": BAR_HEIGHT})
