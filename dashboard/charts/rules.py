"""One mark per rule: how far an availability depends on what counts as down."""

from __future__ import annotations

import altair as alt
import polars as pl

from dashboard.charts.palette import BAR_HEIGHT, LEGEND_COLUMNS, LEGEND_LAYOUT

#: Told apart by shape as well as by colour.
SHAPES = ("circle", "square", "diamond", "triangle-up", "cross")
COLOURS = ("#5b5b5b", "#0072b2", "#d55e00", "#a8508c", "#8a6d00")


def rule_chart(rows: pl.DataFrame) -> alt.LayerChart:
    """Draw one row per provider, one mark per rule, and a line from mild to strict.

    Columns: label, rule, percent (0 to 100), shown (the same in words), down.
    """
    labels = rows["label"].unique(maintain_order=True).to_list()
    rules = rows["rule"].unique(maintain_order=True).to_list()
    base = alt.Chart(rows, height=alt.Step(BAR_HEIGHT + 6)).encode(
        y=alt.Y("label:N", sort=labels, title=None, axis=alt.Axis(labelLimit=260)),
        x=alt.X("percent:Q", title="Availability, %", scale=alt.Scale(zero=False, nice=True)),
    )
    line = base.mark_line(color="#8a8f98", strokeWidth=1.5).encode(detail="label:N")
    marks = base.mark_point(filled=True, size=90, opacity=1).encode(
        color=alt.Color("rule:N", sort=rules, scale=alt.Scale(domain=rules, range=COLOURS)),
        shape=alt.Shape(
            "rule:N",
            sort=rules,
            title="Rule",
            scale=alt.Scale(domain=rules, range=SHAPES),
            legend=alt.Legend(orient="top", columns=LEGEND_COLUMNS),
        ),
        tooltip=[
            alt.Tooltip("label:N", title="Provider"),
            alt.Tooltip("rule:N", title="Rule"),
            alt.Tooltip("shown:N", title="Availability"),
            alt.Tooltip("down:N", title="Down"),
        ],
    )
    chart: alt.LayerChart = (line + marks).configure_legend(layout=LEGEND_LAYOUT)
    return chart
