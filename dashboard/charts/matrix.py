"""Providers by surfaces: a number in each cell, and a word where there is none."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl
from altair.expr.core import Expression

from dashboard.charts.palette import DARK_INK, DOWN_STEPS, GUIDE, INK, PALE_INK
from dashboard.charts.state_colours import STATE_COLOURS

CELL_HEIGHT = 44
SMALL, USUAL = 10, 12
LINE = 13
LINES, ONE_LINE = "split(datum.label, '\\n')", "replace(datum.label, /\\n/g, ' ')"


def matrix_chart(rows: pl.DataFrame) -> alt.LayerChart:
    """Draw a grid of cells; the longer of the two lists runs down the page.

    Columns: provider and surface (words), kind (number, grey or dashed), step (of
    ``DOWN_STEPS``, null without a number), dark (whether that step is), shown (what stands in
    the cell); for the tooltip cell, per_30d, down, availability, n, coverage, observed,
    unknown, components (words). A line feed breaks a label.
    """
    grid = _grid(rows)
    numbers = (
        grid.transform_filter(alt.datum.kind == "number")
        .mark_rect(stroke=PALE_INK, strokeWidth=2, strokeOpacity=0.6)
        .encode(
            color=alt.Color(
                "step:O",
                title="Minutes down per 30 days",
                scale=alt.Scale(domain=list(DOWN_STEPS), range=list(DOWN_STEPS.values())),
                legend=alt.Legend(
                    orient="top",
                    columns=4,
                    symbolType="square",
                    symbolSize=160,
                    symbolStrokeWidth=0,
                    titleLimit=400,
                ),
            )
        )
    )
    # Its words are marks of their own; read out twice, or empty, it says nothing.
    grey = grid.transform_filter(alt.datum.kind == "grey").mark_rect(
        aria=False, fill=STATE_COLOURS["no data"], stroke=PALE_INK, strokeWidth=2, strokeOpacity=0.6
    )
    dashed = grid.transform_filter(alt.datum.kind == "dashed").mark_rect(
        fillOpacity=0, stroke=GUIDE, strokeDash=[3, 3], strokeWidth=1
    )
    number, dark = rows["kind"] == "number", rows["dark"]
    its = alt.datum.kind == "number"
    layers = [
        (numbers, number),
        (grey, rows["kind"] == "grey"),
        (dashed, rows["kind"] == "dashed"),
        (_text(grid, its & alt.datum.dark, PALE_INK), number & dark),
        (_text(grid, its & ~alt.datum.dark, DARK_INK), number & ~dark),
        (_text(grid, alt.datum.kind == "grey", DARK_INK, SMALL), rows["kind"] == "grey"),
        (_text(grid, alt.datum.kind == "dashed", INK, SMALL), rows["kind"] == "dashed"),
    ]
    # Marks that are not there would be a picture without a name to those who do not see it.
    return alt.LayerChart(layer=[mark for mark, cells in layers if cells.any()])


def _grid(rows: pl.DataFrame) -> alt.Chart:
    lists = {
        key: rows[key].unique(maintain_order=True).to_list() for key in ("provider", "surface")
    }
    across, down = sorted(lists, key=lambda key: (len(lists[key]), key))
    spare = max((label.count("\n") for label in lists[across]), default=0)
    chart: alt.Chart = alt.Chart(rows, height=alt.Step(CELL_HEIGHT)).encode(
        x=alt.X(
            f"{across}:N",
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
        y=alt.Y(
            f"{down}:N",
            sort=lists[down],
            title=None,
            axis=_axis(ONE_LINE, labelLimit=150, labelPadding=6),
        ),
        tooltip=[
            alt.Tooltip("provider:N", title="Provider"),
            alt.Tooltip("surface:N", title="Surface"),
            alt.Tooltip("cell:N", title="Cell"),
            alt.Tooltip("per_30d:N", title="Down per 30 days"),
            alt.Tooltip("down:N", title="Down in the window"),
            alt.Tooltip("availability:N", title="Availability"),
            alt.Tooltip("n:N", title="Posts (n)"),
            alt.Tooltip("coverage:N", title="Coverage"),
            alt.Tooltip("observed:N", title="Observed"),
            alt.Tooltip("unknown:N", title="State unknown"),
            alt.Tooltip("components:N", title="Components"),
        ],
    )
    return chart


def _axis(label: str, **more: Any) -> alt.Axis:
    return alt.Axis(labelExpr=label, labelOverlap=False, domain=False, ticks=False, **more)


def _text(grid: alt.Chart, where: Expression, ink: str, size: int = USUAL) -> alt.Chart:
    # Small words stand in two lines, of which the first would take the middle.
    raised = -size * 0.6 if size == SMALL else 0
    chart: alt.Chart = (
        grid.transform_filter(where)
        .mark_text(color=ink, fontSize=size, lineBreak="\n", dy=raised)
        .encode(text="shown:N")
    )
    return chart
