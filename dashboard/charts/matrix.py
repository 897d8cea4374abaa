"""Grids of numbers: providers by surfaces, and days of the week by hours."""

from __future__ import annotations

from typing import Any

import polars as pl

from dashboard.charts.palette import (
    DARK_INK,
    DARK_STEPS,
    DARK_STEPS_ON_DARK,
    DOWN_STEPS,
    DOWN_STEPS_ON_DARK,
    GUIDE,
    INK,
    PALE_INK,
)
from dashboard.charts.state_colours import STATE_COLOURS
from dashboard.charts.vega import Chart, Spec, layered, mark, nominal, tooltip

CELL_HEIGHT = 34
SMALL, USUAL = 10, 12
LINE = 13
HOUR_HEIGHT = 26
#: From pale to dark, as the rate of an hour rises to the highest one.
FEW, MANY = "#fff5d6", "#b04a00"
#: Share of the highest rate from which a cell is dark, and written on in white.
DARK_FROM = 0.6
LINES, ONE_LINE = "split(datum.label, '\\n')", "replace(datum.label, /\\n/g, ' ')"
MINUTES: Spec = {
    "field": "step",
    "type": "ordinal",
    "title": "Minutes down per 30 days",
    "legend": {
        "orient": "top",
        "columns": 4,
        "symbolType": "square",
        "symbolSize": 160,
        "symbolStrokeWidth": 0,
        "titleLimit": 400,
    },
}
TOOLTIPS = {
    "provider": "Provider",
    "surface": "Surface",
    "cell": "Cell",
    "per_30d": "Down per 30 days",
    "down": "Down in the window",
    "availability": "Availability",
    "n": "Posts (n)",
    "coverage": "Coverage",
    "observed": "Observed",
    "unknown": "State unknown",
    "components": "Components",
}


def matrix_chart(rows: pl.DataFrame, dark_page: bool = False) -> Chart:
    """Draw a grid of cells; the longer of the two lists runs down the page.

    Columns: provider and surface (words), kind (number, grey or dashed), step (of
    ``DOWN_STEPS``, null without a number), shown (what stands in the cell); for the tooltip
    cell, per_30d, down, availability, n, coverage, observed, unknown, components (words). A line
    feed breaks a label. ``dark_page``: the page is dark, and the scale begins dark.
    """
    grid = _grid(rows)
    steps = DOWN_STEPS_ON_DARK if dark_page else DOWN_STEPS
    scale = {"domain": list(steps), "range": list(steps.values())}
    edge = {"stroke": PALE_INK, "strokeWidth": 2, "strokeOpacity": 0.1 if dark_page else 0.6}
    number, grey, dashed = (_is(kind) for kind in ("number", "grey", "dashed"))
    numbers = mark(
        "rect", "cells", {**grid, "color": {**MINUTES, "scale": scale}}, where=number, **edge
    )
    # The words in a cell are marks of their own; read out twice, or empty, it says nothing.
    hidden = {"aria": False, "fill": STATE_COLOURS["no data"], **edge}
    outline = {"fillOpacity": 0, "stroke": GUIDE, "strokeDash": [3, 3], "strokeWidth": 1}
    kinds = rows["kind"]
    deep = DARK_STEPS_ON_DARK if dark_page else DARK_STEPS
    dark, is_dark = rows["step"].is_in(deep), f"indexof({list(deep)}, datum.step) >= 0"
    layers = [
        (numbers, kinds == "number"),
        (mark("rect", "cells", grid, where=grey, **hidden), kinds == "grey"),
        (mark("rect", "cells", grid, where=dashed, **outline), kinds == "dashed"),
        (
            _text(grid, f"{number} && {is_dark}", PALE_INK),
            (kinds == "number") & dark.fill_null(False),
        ),
        (
            _text(grid, f"{number} && !({is_dark})", DARK_INK),
            (kinds == "number") & ~dark.fill_null(False),
        ),
        (_text(grid, grey, INK, SMALL), kinds == "grey"),
        (_text(grid, dashed, INK, SMALL), kinds == "dashed"),
    ]
    # Marks that are not there would be a picture without a name to those who do not see it.
    drawn = [layer for layer, cells in layers if cells.any()]
    return layered(drawn, {"cells": rows}, height={"step": CELL_HEIGHT})


def _is(kind: str) -> str:
    return f"datum.kind === '{kind}'"


def _grid(rows: pl.DataFrame) -> Spec:
    lists = {
        key: rows[key].unique(maintain_order=True).to_list() for key in ("provider", "surface")
    }
    across, down = sorted(lists, key=lambda key: (len(lists[key]), key))
    spare = max((label.count("\n") for label in lists[across]), default=0)
    return {
        "x": nominal(
            across,
            sort=lists[across],
            title=None,
            # The first of several lines is put where a single one would be: make room below.
            axis=_axis(
                LINES,
                orient="top",
                labelAngle=0,
                labelFlush=False,
                labelFontSize=SMALL,
                labelPadding=6 + LINE * spare,
            ),
        ),
        "y": nominal(
            down,
            sort=lists[down],
            title=None,
            axis=_axis(ONE_LINE, labelLimit=150, labelPadding=6),
        ),
        "tooltip": [tooltip(field, title) for field, title in TOOLTIPS.items()],
    }


def _axis(label: str, **more: Any) -> Spec:
    return {"labelExpr": label, "labelOverlap": False, "domain": False, "ticks": False, **more}


def _text(grid: Spec, where: str, ink: str, size: int = USUAL) -> Spec:
    # Small words stand in two lines, of which the first would take the middle.
    raised = -size * 0.6 if size == SMALL else 0
    look = {"color": ink, "fontSize": size, "lineBreak": "\n", "dy": raised}
    return mark("text", "cells", {**grid, "text": nominal("shown")}, where=where, **look)


def hour_chart(cells: pl.DataFrame) -> Chart:
    """Draw a grid of days by hours; the number of posts stands in each cell that has any.

    Columns: day, hour (words), rate (null without coverage), share (of the highest rate), shown,
    posts and covered (words for the tooltip).
    """
    grid: Spec = {
        "x": nominal("hour", sort=None, title=None, axis=_hour_axis(labelAngle=0)),
        "y": nominal("day", sort=None, title=None, axis=_hour_axis()),
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
        (_number(grid, f"{known} && {dark}", PALE_INK), covered & is_dark),
        (_number(grid, f"{known} && {some} && !({dark})", DARK_INK), covered & shown & ~is_dark),
        (_number(grid, unknown, INK), ~covered),
    ]
    drawn = [layer for layer, there in layers if there.any()]
    return layered(drawn, {"cells": cells}, height={"step": HOUR_HEIGHT})


def _hour_axis(**more: object) -> Spec:
    look = {"domain": False, "ticks": False, "labelFontSize": SMALL}
    return {**look, "labelOverlap": True, "labelFlush": False, **more}


def _number(grid: Spec, where: str, ink: str) -> Spec:
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
