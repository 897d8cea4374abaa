"""Days, weeks or months in a strip: the worst state of each, and a line where it was observed."""

from __future__ import annotations

from math import ceil

import polars as pl

from analytics.read_models.strips import DAY, MONTH
from analytics.wording.breaks import MARK
from dashboard.charts.palette import GUIDE, INK
from dashboard.charts.state_colours import STATE_COLOURS
from dashboard.charts.vega import (
    DATE_FORM,
    Chart,
    Spec,
    constant,
    layered,
    mark,
    nominal,
    quantitative,
    temporal,
    tooltip,
    tooltip_instant,
)

ROW_HEIGHT = 28
#: Share of a row that the bars take; the line of what was observed runs below them.
BAR, LINE_AT = 0.7, 0.94
#: Where in a row the mark of a break stands.
MARK_AT = 0.12
#: Minutes a day from which a part has its full colour; ten seconds must not paint a day.
FULL_MINUTES = 240
#: Dates the axis has room for.
TICKS = 13
#: Even the shortest trouble must be seen.
FAINTEST = 0.45
STRENGTH = quantitative(
    "minutes",
    legend=None,
    scale={
        "type": "sqrt",
        "domain": [0, FULL_MINUTES],
        "range": [FAINTEST, 1],
        "clamp": True,
    },
)
#: Where a bad state stands in a list; below 0 for any other.
BAD = "indexof(['degraded', 'partial', 'major'], datum.worst)"


def strip_chart(
    parts: pl.DataFrame, unit: str, zone: str = "UTC", breaks: pl.DataFrame | None = None
) -> Chart:
    """Draw one bar per part and row, and below it a line where it was observed.

    Bad parts are the stronger the longer they were. Columns: label, start and end (UTC midnight
    of the dates), worst, minutes (a day), down and observed (words for the tooltip), seen_to (up
    to where the line runs).

    Args:
        parts: What to draw.
        unit: What the parts are: day, week or month.
        zone: Time zone they were cut in.
        breaks: Where a row must not be read across: columns label, at (UTC), words.
    """
    place = _place(parts, unit, zone)
    bar = {**place, "x2": {"field": "end"}, "color": COLOUR}
    edge: Spec = {"stroke": "white", "strokeOpacity": 0.4, "strokeWidth": 0.6}
    edge |= {"height": {"band": BAR}}
    line = {**place, "x2": {"field": "seen_to"}, "y": {**place["y"], "bandPosition": LINE_AT}}
    layers = [
        mark("rect", "parts", bar, where=f"{BAD} < 0", **edge),
        mark("rect", "parts", {**bar, "opacity": STRENGTH}, where=f"{BAD} >= 0", **edge),
        mark("rule", "parts", line, color=GUIDE, strokeWidth=2),
    ]
    frames = {"parts": parts}
    if breaks is not None and not breaks.is_empty():
        frames["breaks"] = breaks
        layers.append(_break_layer(place))
    return layered(layers, frames, height={"step": ROW_HEIGHT})


def _break_layer(place: Spec) -> Spec:
    """Mark each break at its date, above the bars of its row."""
    at = {
        "x": {**place["x"], "field": "at"},
        "y": {**place["y"], "bandPosition": MARK_AT},
        "text": constant(MARK),
        "tooltip": [
            tooltip("label", "Row"),
            tooltip_instant("at", "Break", DATE_FORM),
            tooltip("words", "What changed"),
        ],
    }
    return mark("text", "breaks", at, fontSize=12, color=INK)


#: Its legend stands below the picture, where it wraps on a phone.
COLOUR = nominal(
    "worst",
    scale={"domain": list(STATE_COLOURS), "range": list(STATE_COLOURS.values())},
    legend=None,
)


def _place(parts: pl.DataFrame, unit: str, zone: str) -> Spec:
    labels = parts["label"].unique(maintain_order=True).to_list()
    every = {"interval": unit, "step": ceil(parts["start"].n_unique() / TICKS)}
    form = "%b %Y" if unit == MONTH else "%d %b"
    return {
        "x": temporal(
            "start",
            title=f"{unit.capitalize()} ({zone})",
            axis={"format": form, "labelFlush": False, "tickCount": every},
        ),
        "y": nominal("label", sort=labels, title=None, axis={"labelLimit": 260}),
        "tooltip": [
            tooltip("label", "Row"),
            tooltip_instant(
                "start", f"Day ({zone})" if unit == DAY else f"From ({zone})", DATE_FORM
            ),
            tooltip("worst", "Worst"),
            tooltip("down", "Partial or major"),
            tooltip("observed", "Observed"),
        ],
    }


def describe_strip(parts: pl.DataFrame, unit: str) -> str:
    """Describe the strip in words, for those who do not see it."""
    bad = parts.filter(pl.col("worst").is_in(["partial", "major"]))
    dark = parts.filter(pl.col("worst") == "no data")
    rows = parts["label"].n_unique()
    return (
        f"{rows} rows of {unit}s. {len(bad)} of {len(parts)} {unit}s had a partial or major "
        f"outage; {len(dark)} have no data."
    )
