"""Two providers, metric by metric: dots with their intervals, each metric on its own scale."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from dashboard.charts import vega
from dashboard.charts.palette import GUIDE, INK, PairScales, pair_scales
from dashboard.charts.vega import Chart, Spec

SLOT_HEIGHT = 24
TITLE, SCALE = "title", "scale"


def pair_chart(rows: pl.DataFrame, scales: pl.DataFrame, names: Mapping[str, str]) -> Chart:
    """Draw one panel per metric: its name, a dot and interval per provider, its scale.

    Columns of ``rows``: panel, name, at, low, high (0 to 1 along the panel's own scale; low
    and high null: no interval), label (the value), shown (with its interval), n; of
    ``scales``: panel, at (0 or 1), label. ``names``: slug to name, in their order.

    A concatenation of small charts would not take the width of the page.
    """
    panels = rows["panel"].unique(maintain_order=True).to_list()
    slots = {"domain": [TITLE, *names.values(), SCALE], "paddingInner": 0}
    x = vega.quantitative("at", axis=None, scale={"domain": [-0.06, 1.06], "nice": False})
    row = {
        "y": vega.nominal("panel", sort=panels, axis=None, scale={"paddingInner": 0.12}),
        "yOffset": vega.nominal("name", scale=slots),
    }
    title = {"x": vega.constant(0), **row, "text": vega.nominal("panel")}
    end, label = {"x": x, **row}, vega.nominal("label")
    layers = [
        vega.mark("text", "titles", title, align="left", fontSize=13, color=INK),
        vega.mark(
            "line", "ends", {**end, "detail": vega.nominal("panel")}, color=GUIDE, strokeWidth=1
        ),
        vega.mark("text", "ends", {**end, "text": label}, dy=9, fontSize=11, color=INK),
        *_values(x, row, pair_scales(names)),
    ]
    frames = {
        "titles": pl.DataFrame({"panel": panels, "name": TITLE}),
        "ends": scales.with_columns(name=pl.lit(SCALE)),
        "values": rows,
    }
    return vega.layered(layers, frames, height={"step": SLOT_HEIGHT, "for": "offset"})


def _values(x: Spec, row: Spec, look: PairScales) -> list[Spec]:
    """Draw the interval of each provider, its dot and its value."""
    colour = vega.nominal(
        "name",
        scale=look.colour,
        legend={"orient": "top", "title": None, "columns": 1, "symbolStrokeWidth": 0},
    )
    value = {
        **row,
        "tooltip": [
            vega.tooltip("panel", "Metric"),
            vega.tooltip("name", "Provider"),
            vega.tooltip("shown", "Value and interval"),
            vega.quantitative("n", title="n"),
        ],
    }
    interval = {
        **value,
        "x": vega.quantitative("low", axis=None),
        "x2": {"field": "high"},
        "color": colour,
        "strokeDash": vega.nominal("name", scale=look.dash, legend=None),
    }
    at = {**value, "x": x}
    dot = {**at, "color": colour, "shape": vega.nominal("name", scale=look.shape)}
    words = {**at, "text": vega.nominal("label")}
    return [
        vega.mark("rule", "values", interval, strokeWidth=2),
        vega.mark("point", "values", dot, filled=True, size=110, opacity=1),
        vega.mark("text", "values", words, dy=-10, fontSize=11, color=INK),
    ]


def describe_pairs(rows: pl.DataFrame) -> str:
    """Describe the dots in words, for those who do not see them."""
    panels_in_words: dict[str, list[str]] = {}
    for panel, name, shown in rows.select("panel", "name", "shown").iter_rows():
        panels_in_words.setdefault(panel, []).append(f"{name} {shown}")
    return ". ".join(f"{panel}: {'; '.join(both)}" for panel, both in panels_in_words.items()) + "."
