"""One mark per rule: how far an availability depends on what counts as down."""

from __future__ import annotations

import polars as pl

from dashboard.charts.palette import BAR_HEIGHT, GUIDE, LEGEND_COLUMNS, LEGEND_CONFIG
from dashboard.charts.vega import Chart, layered, mark, nominal, quantitative, tooltip

#: Told apart by shape as well as by colour.
SHAPES = ("circle", "square", "diamond", "triangle-up", "cross")
COLOURS = ("#5b5b5b", "#0072b2", "#d55e00", "#a8508c", "#8a6d00")


def rule_chart(rows: pl.DataFrame) -> Chart:
    """Draw one row per provider, one mark per rule, and a line from mild to strict.

    Columns: label, rule, percent (0 to 100), shown (the same in words), down.
    """
    labels = rows["label"].unique(maintain_order=True).to_list()
    rules = rows["rule"].unique(maintain_order=True).to_list()
    place = {
        "y": nominal("label", sort=labels, title=None, axis={"labelLimit": 260}),
        "x": quantitative("percent", title="Availability, %", scale={"zero": False, "nice": True}),
    }
    line = mark(
        "line", "rules", {**place, "detail": nominal("label")}, color=GUIDE, strokeWidth=1.5
    )
    marks = mark(
        "point",
        "rules",
        {
            **place,
            "color": nominal("rule", sort=rules, scale={"domain": rules, "range": list(COLOURS)}),
            "shape": nominal(
                "rule",
                sort=rules,
                title="Rule",
                scale={"domain": rules, "range": list(SHAPES)},
                legend={"orient": "top", "columns": LEGEND_COLUMNS},
            ),
            "tooltip": [
                tooltip("label", "Provider"),
                tooltip("rule", "Rule"),
                tooltip("shown", "Availability"),
                tooltip("down", "Down"),
            ],
        },
        filled=True,
        size=90,
        opacity=1,
    )
    height = {"step": BAR_HEIGHT + 6}
    return layered([line, marks], {"rules": rows}, height=height, config=LEGEND_CONFIG)
