"""Two providers, metric by metric: dots with their intervals, each metric on its own scale."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import polars as pl

from dashboard.charts.palette import GUIDE, INK, pair_scales

SLOT_HEIGHT = 24
TITLE, SCALE = "title", "scale"


def pair_chart(
    rows: pl.DataFrame, scales: pl.DataFrame, names: Mapping[str, str]
) -> alt.LayerChart:
    """Draw one panel per metric: its name, a dot and interval per provider, its scale.

    Columns of ``rows``: panel, name, at, low, high (0 to 1 along the panel's own scale; low
    and high null: no interval), label (the value), shown (with its interval), n; of
    ``scales``: panel, at (0 or 1), label. ``names``: slug to name, in their order.

    A concatenation of small charts would not take the width of the page.
    """
    look = pair_scales(names)
    panels = rows["panel"].unique(maintain_order=True).to_list()
    slots = alt.Scale(domain=[TITLE, *names.values(), SCALE], paddingInner=0)
    x = alt.X("at:Q", axis=None, scale=alt.Scale(domain=[-0.06, 1.06], nice=False))
    y = alt.Y("panel:N", sort=panels, axis=None, scale=alt.Scale(paddingInner=0.12))
    offset = alt.YOffset("name:N", scale=slots)
    height = alt.Step(SLOT_HEIGHT, **{"for": "offset"})
    colour = alt.Color(
        "name:N",
        scale=look.colour,
        legend=alt.Legend(orient="top", title=None, columns=1, symbolStrokeWidth=0),
    )
    titles = (
        alt.Chart(pl.DataFrame({"panel": panels, "name": TITLE}), height=height)
        .mark_text(align="left", fontSize=13, color=INK)
        .encode(x=alt.value(0), y=y, yOffset=offset, text="panel:N")
    )
    ends = alt.Chart(scales.with_columns(name=pl.lit(SCALE))).encode(x=x, y=y, yOffset=offset)
    line = ends.mark_line(color=GUIDE, strokeWidth=1).encode(detail="panel:N")
    words = ends.mark_text(dy=9, fontSize=11, color=INK).encode(text="label:N")
    base = alt.Chart(rows).encode(
        y=y,
        yOffset=offset,
        tooltip=[
            alt.Tooltip("panel:N", title="Metric"),
            alt.Tooltip("name:N", title="Provider"),
            alt.Tooltip("shown:N", title="Value and interval"),
            alt.Tooltip("n:Q", title="n"),
        ],
    )
    interval = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", axis=None),
        x2="high:Q",
        color=colour,
        strokeDash=alt.StrokeDash("name:N", scale=look.dash, legend=None),
    )
    dots = base.mark_point(filled=True, size=110, opacity=1).encode(
        x=x, color=colour, shape=alt.Shape("name:N", scale=look.shape)
    )
    values = base.mark_text(dy=-10, fontSize=11, color=INK).encode(x=x, text="label:N")
    chart: alt.LayerChart = titles + line + words + interval + dots + values
    return chart


def describe_pairs(rows: pl.DataFrame) -> str:
    """Describe the dots in words, for those who do not see them."""
    panels_in_words: dict[str, list[str]] = {}
    for panel, name, shown in rows.select("panel", "name", "shown").iter_rows():
        panels_in_words.setdefault(panel, []).append(f"{name} {shown}")
    return ". ".join(f"{panel}: {'; '.join(both)}" for panel, both in panels_in_words.items()) + "."
