"""Providers in order, best first: a dot for each, its interval, and its number above it."""

from __future__ import annotations

import polars as pl

from dashboard.charts.palette import INK, provider_scale
from dashboard.charts.vega import Chart, layered, mark, nominal, quantitative, tooltip

ROW_HEIGHT = 42
#: The best stands out by weight and a mark, not by colour.
BEST = "✓"
#: The widest label that a phone has room for beside the picture.
WIDEST = 150


def standings_chart(rows: pl.DataFrame) -> Chart:
    """Draw one row per provider, the best first.

    Columns: label, slug, value, low and high (in one unit; null: not known, no interval), shown
    (the value in words), between (the interval in words). What is not known has no dot.
    """
    labels = rows["label"].to_list()
    best = {"test": f"indexof(datum.value, '{BEST}') > 0", "value": "bold"}
    place = {
        "y": nominal(
            "label",
            sort=labels,
            title=None,
            axis={
                "labelLimit": WIDEST,
                "labelFontSize": 13,
                "labelFontWeight": {"condition": best, "value": "normal"},
                "labelColor": INK,
                "domain": False,
                "ticks": False,
                "labelPadding": 10,
                "labelFlush": False,
                "labelBaseline": "middle",
            },
        )
    }
    # Right of the last dot there must be room for its number.
    most = rows.select(pl.max_horizontal("value", "high").max()).item()
    scale = {"domainMin": 0, "domainMax": (most or 1) * 1.15, "nice": False}
    x = quantitative("value", title=None, scale=scale, axis={"tickCount": 5, "domain": False})
    colour = nominal("slug", scale=provider_scale(rows["slug"].to_list()), legend=None)
    told = [tooltip("label", "Provider"), tooltip("shown", "Value"), tooltip("between", "95 %")]
    line = {**place, "x": {**x, "field": "low"}, "x2": {"field": "high"}, "color": colour}
    dot = {**place, "x": x, "color": colour, "tooltip": told}
    ends = rows.filter(pl.col("high").is_not_null())
    frames = {
        "rows": rows.with_columns(pl.col("value").fill_null(0)),
        "known": rows.filter(pl.col("value").is_not_null()),
    }
    layers = [
        mark("point", "known", dot, filled=True, size=150, opacity=1),
        mark(
            "text",
            "rows",
            {**place, "x": x, "text": nominal("shown")},
            # Above the dot, since at the end of the interval it would read as the end's number.
            align="left",
            dx=-6,
            dy=-15,
            fontSize=13,
            color=INK,
        ),
    ]
    if not ends.is_empty():
        rule = mark("rule", "ends", line, strokeWidth=4, opacity=0.4, strokeCap="round")
        layers.insert(0, rule)
        frames["ends"] = ends
    return layered(layers, frames, height={"step": ROW_HEIGHT})


def describe_standings(rows: pl.DataFrame, unit: str) -> str:
    """Describe the order in words, for those who do not see it."""
    told = "; ".join(f"{label} {shown}" for label, shown in rows.select("label", "shown").rows())
    return f"{unit}, best first: {told}."
