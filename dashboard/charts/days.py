"""Days as bars: in the colour of the worst state, the stronger the longer it lasted."""

from __future__ import annotations

from math import ceil

import polars as pl

from dashboard.charts.palette import BAR_HEIGHT, LEGEND_COLUMNS, LEGEND_CONFIG
from dashboard.charts.state_colours import STATE_COLOURS
from dashboard.charts.vega import (
    DAY,
    Chart,
    Spec,
    layered,
    mark,
    nominal,
    quantitative,
    temporal,
    tooltip,
    tooltip_instant,
)

#: Minutes from which a day has its full colour; ten seconds must not paint a day.
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


def day_chart(days: pl.DataFrame, zone: str = "UTC") -> Chart:
    """Draw one bar per day and row; grey is no data.

    Bad days are the stronger the longer they were. Columns: label, day and next_day (UTC midnight
    of the date), worst, minutes, down and observed (words for the tooltip). ``zone``: the time
    zone the days were cut in.
    """
    day = _place(days, f"Day ({zone})")
    edge = {"stroke": "white", "strokeOpacity": 0.4, "strokeWidth": 0.6}
    quiet = mark("rect", "days", day, where=f"{BAD} < 0", **edge)
    trouble = mark("rect", "days", {**day, "opacity": STRENGTH}, where=f"{BAD} >= 0", **edge)
    return layered(
        [quiet, trouble], {"days": days}, height={"step": BAR_HEIGHT}, config=LEGEND_CONFIG
    )


def _place(days: pl.DataFrame, title: str) -> Spec:
    labels = days["label"].unique(maintain_order=True).to_list()
    every = {"interval": "day", "step": ceil(days["day"].n_unique() / TICKS)}
    axis = {"format": "%d %b", "labelFlush": False, "tickCount": every}
    return {
        "x": temporal("day", title=title, axis=axis),
        "x2": {"field": "next_day"},
        "y": nominal("label", sort=labels, title=None, axis={"labelLimit": 260}),
        "tooltip": [
            tooltip("label", "Row"),
            tooltip_instant("day", title, DAY),
            tooltip("worst", "Worst"),
            tooltip("down", "Partial or major"),
            tooltip("observed", "Observed"),
        ],
        "color": nominal(
            "worst",
            title="Worst state of the day",
            scale={"domain": list(STATE_COLOURS), "range": list(STATE_COLOURS.values())},
            legend={
                "orient": "top",
                "columns": LEGEND_COLUMNS,
                "symbolStrokeWidth": 0,
                "symbolOpacity": 1,
            },
        ),
    }


def describe_days(days: pl.DataFrame) -> str:
    """Describe the bars in words, for those who do not see them."""
    bad = days.filter(pl.col("worst").is_in(["partial", "major"]))
    dark = days.filter(pl.col("worst") == "no data")
    rows = days["label"].n_unique()
    return (
        f"{rows} rows of days. {len(bad)} of {len(days)} days had a partial or major outage; "
        f"{len(dark)} have no data."
    )
