"""Hours of the week as a grid: how often posts began in each."""

from __future__ import annotations

import polars as pl

from dashboard.charts.palette import DARK_INK, GUIDE, INK, PALE_INK
from dashboard.charts.state_colours import STATE_COLOURS
from dashboard.charts.vega import Chart, Spec, layered, mark, nominal, tooltip

CELL_HEIGHT = 26
SMALL = 10
#: From pale to dark, and which of them are written on in white.
FEW, MANY = "#fff5d6", "#b04a00"
#: Share of the most from which a cell is dark.
DARK_FROM = 0.6


def hour_chart(cells: pl.DataFrame) -> Chart:
    """Draw a grid of days by hours; the number of posts stands in each cell that has any.

    Columns: day, hour (words), rate (null without coverage), share (of the highest rate), shown,
    posts and covered (words for the tooltip).
    """
    grid: Spec = {
        "x": nominal("hour", sort=None, title=None, axis=_axis(labelAngle=0)),
        "y": nominal("day", sort=None, title=None, axis=_axis()),
        "tooltip": [
            tooltip("day", "Day"),
            tooltip("hour", "Hour"),
            tooltip("posts", "Posts begun"),
            tooltip("covered", "Covered"),
        ],
    }
    scale = {"domain": [0, 1], "range": [FEW, MANY]}
    colour = {"field": "share", "type": "quantitative", "scale": scale, "legend": None}
    dark = f"datum.share >= {DARK_FROM}"
    is_dark = cells["share"].fill_null(0) >= DARK_FROM
    some, shown = "datum.shown !== ''", cells["shown"] != ""
    covered = cells["share"].is_not_null()
    edge = {"stroke": GUIDE, "strokeOpacity": 0.3}
    known, unknown = "datum.share !== null", "datum.share === null"
    rates, grey = {**grid, "color": colour}, STATE_COLOURS["no data"]
    layers = [
        (mark("rect", "cells", rates, where=known, **edge), covered),
        (mark("rect", "cells", grid, where=unknown, fill=grey), ~covered),
        (_text(grid, f"{known} && {dark}", PALE_INK), covered & is_dark),
        (_text(grid, f"{known} && {some} && !({dark})", DARK_INK), covered & shown & ~is_dark),
        (_text(grid, unknown, INK), ~covered),
    ]
    drawn = [layer for layer, there in layers if there.any()]
    return layered(drawn, {"cells": cells}, height={"step": CELL_HEIGHT})


def _axis(**more: object) -> Spec:
    return {"domain": False, "ticks": False, "labelFontSize": SMALL, "labelOverlap": True, **more}


def _text(grid: Spec, where: str, ink: str) -> Spec:
    words = {**grid, "text": nominal("shown")}
    return mark("text", "cells", words, where=where, color=ink, fontSize=SMALL)


def describe_hours(cells: pl.DataFrame) -> str:
    """Say in words in which hours most posts began."""
    most = cells.drop_nulls("rate").filter(pl.col("rate") > 0).sort("rate", descending=True).head(3)
    if most.is_empty():
        return "Hours of the week: no post began in covered time."
    found = most.select("day", "hour", "posts").iter_rows()
    told = ", ".join(f"{day} {hour} ({posts})" for day, hour, posts in found)
    return f"Hours of the week in which posts began most often: {told}."
