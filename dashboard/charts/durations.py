"""Durations of posts, one dot each, on a logarithmic axis."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from dashboard.charts import vega
from dashboard.charts.palette import GUIDE, INK, pair_scales
from dashboard.charts.vega import Chart, Spec

MINUTE, HOUR, DAY = 60, 3600, 86_400
#: Seconds at which the axis may have a tick.
TICKS = (
    *(1, 10, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE),
    *(HOUR, 2 * HOUR, 4 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 30 * DAY, 180 * DAY, 365 * DAY),
)
IN_WORDS = (
    "datum.value < 60 ? datum.value + ' s' : datum.value < 3600 ? datum.value / 60 + ' min' : "
    "datum.value < 86400 ? datum.value / 3600 + ' h' : datum.value / 86400 + ' d'"
)
SECONDS = vega.quantitative(
    "seconds",
    title="Duration",
    scale={"type": "log", "nice": False, "padding": 16},
    axis={"values": list(TICKS), "labelExpr": IN_WORDS, "labelOverlap": True},
)
MEDIAN, P90 = "median", "p90"
ROW_HEIGHT = 84
#: Where on a row, whose dots lie between 0 and 1, other things stand; up is more.
MIDDLE, WORDS_AT, NAME_AT, TOP = 0.5, 1.35, 1.85, 2.1


def duration_chart(dots: pl.DataFrame, marks: pl.DataFrame, names: Mapping[str, str]) -> Chart:
    """Draw one row per provider and clock: a line at the median, a dashed one at p90.

    Columns of ``dots``: row, name, seconds (at least 1), offset (0 to 1, so that dots do not
    hide each other), ongoing (drawn hollow), began_at (UTC), title, shown; of ``marks``: row,
    statistic (median or p90), seconds, words.
    """
    look = pair_scales(names)
    rows = dots["row"].unique(maintain_order=True).to_list()
    row = {
        "y": vega.nominal("row", sort=rows, axis=None),
        "yOffset": vega.quantitative("offset", scale={"domain": [-0.1, TOP]}),
    }
    place = {"x": SECONDS, **row}
    colour = vega.nominal("name", scale=look.colour, legend=None)
    dot = {
        **place,
        "color": colour,
        "fill": colour,
        "fillOpacity": {"condition": {"test": "datum.ongoing", "value": 0}, "value": 0.4},
        "shape": vega.nominal("name", scale=look.shape, legend=None),
        "tooltip": [
            vega.tooltip("title", "Incident"),
            vega.tooltip("shown", "Lasted"),
            vega.tooltip_instant("began_at", "From (UTC)"),
        ],
    }
    name = {"x": vega.constant(0), **row, "text": vega.nominal("row")}
    layers = [
        vega.mark("point", "dots", dot, size=50, strokeWidth=1.2),
        *([] if marks.is_empty() else _quantiles(place)),
        vega.mark("text", "names", name, align="left", fontSize=13, color=INK),
    ]
    frames = {
        "dots": dots,
        "lines": marks.with_columns(offset=pl.lit(MIDDLE)),
        "words": marks.with_columns(offset=pl.lit(WORDS_AT)),
        "names": pl.DataFrame({"row": rows, "offset": NAME_AT}),
    }
    return vega.layered(layers, frames, height={"step": ROW_HEIGHT})


def _quantiles(place: Spec) -> list[Spec]:
    """Draw lines at the median and p90, with their values."""
    dash = vega.nominal(
        "statistic", scale={"domain": [MEDIAN, P90], "range": [[1, 0], [4, 3]]}, legend=None
    )
    line: Spec = {"thickness": 2.5, "size": ROW_HEIGHT * 0.5, "color": GUIDE, "opacity": 1}
    words = {**place, "text": vega.nominal("words")}
    small: Spec = {"fontSize": 11, "color": INK}
    return [
        vega.mark("tick", "lines", {**place, "strokeDash": dash}, **line),
        # Away from each other, since the two may be near.
        vega.mark("text", "words", words, where=_is(MEDIAN), align="right", dx=-4, **small),
        vega.mark("text", "words", words, where=_is(P90), align="left", dx=4, **small),
    ]


def _is(statistic: str) -> str:
    return f"datum.statistic === '{statistic}'"


def describe_durations(dots: pl.DataFrame, marks: pl.DataFrame) -> str:
    """Describe the dots in words, for those who do not see them."""
    stated: dict[str, list[str]] = {}
    for row, words in marks.select("row", "words").iter_rows():
        stated.setdefault(row, []).append(words)
    rows_in_words = [
        f"{row}: {n} {'post' if n == 1 else 'posts'}, "
        f"{', '.join(stated.get(row, ['too few for a median']))}"
        for row, n in dots.group_by("row", maintain_order=True).len().iter_rows()
    ]
    return f"Durations on a logarithmic axis. {'; '.join(rows_in_words)}."
