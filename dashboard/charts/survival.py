"""The share of incidents still open after each time, as steps, with how many are at risk."""

from __future__ import annotations

import polars as pl

from analytics.wording.numbers import format_duration, format_share
from dashboard.charts import vega
from dashboard.charts.durations import DAY, HOUR, IN_WORDS, MINUTE, TICKS
from dashboard.charts.palette import GUIDE, INK
from dashboard.charts.vega import Chart, Spec

HEIGHT = 260
#: Times below the axis that say how many incidents were still open and followed.
COUNTED = (5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, DAY, 7 * DAY)
#: A curve on a logarithmic axis begins here.
FIRST = MINUTE
SECONDS = vega.quantitative(
    "seconds",
    title="Open for",
    scale={"type": "log", "nice": False},
    axis={"values": list(TICKS), "labelExpr": IN_WORDS, "labelOverlap": True},
)


def survival_chart(curve: pl.DataFrame, colour: str) -> Chart:
    """Draw the curve with its interval, and the number at risk along the axis.

    Args:
        curve: As from ``survival.survival``.
        colour: That of the provider.
    """
    steps, counts = curve_steps(curve), at_risk_at(curve)
    share = vega.quantitative(
        "still_open",
        title="Still open",
        scale={"domain": [0, 1]},
        axis={"format": "%", "tickCount": 5},
    )
    band = {
        "x": SECONDS,
        "y": vega.quantitative("low", scale={"domain": [0, 1]}),
        "y2": {"field": "high"},
    }
    line = {
        "x": SECONDS,
        "y": share,
        "tooltip": [
            vega.tooltip("after", "After"),
            vega.tooltip("words", "Still open"),
            vega.tooltip("at_risk", "At risk"),
        ],
    }
    half = {"y": vega.quantitative("half")}
    below = {"x": SECONDS, "y": vega.constant(HEIGHT - 8), "text": vega.nominal("words")}
    small: Spec = {"fontSize": 11, "color": INK}
    layers = [
        vega.mark("area", "steps", band, interpolate="step-after", color=colour, opacity=0.2),
        vega.mark("rule", "half", half, strokeDash=[4, 4], color=GUIDE),
        vega.mark("line", "steps", line, interpolate="step-after", color=colour, strokeWidth=2),
        vega.mark("text", "counts", below, **small),
    ]
    frames = {"steps": steps, "half": pl.DataFrame({"half": [0.5]}), "counts": counts}
    return vega.layered(layers, frames, height=HEIGHT)


def curve_steps(curve: pl.DataFrame) -> pl.DataFrame:
    """Return what the line goes through; what ended sooner than a minute ended at one.

    Returns:
        Columns seconds, still_open, low, high, at_risk, after, words; the first row is the start.
    """
    whole = curve.select("seconds", "still_open", "low", "high", "at_risk")
    start = whole.head(1).with_columns(
        pl.lit(float(FIRST)).alias("seconds"),
        *(pl.lit(1.0).alias(name) for name in ("still_open", "low", "high")),
    )
    drawn = pl.concat([start, whole.with_columns(pl.col("seconds").clip(lower_bound=FIRST))])
    return drawn.with_columns(
        pl.col("seconds").map_elements(format_duration, pl.String).alias("after"),
        pl.col("still_open").map_elements(format_share, pl.String).alias("words"),
    )


def at_risk_at(curve: pl.DataFrame) -> pl.DataFrame:
    """Count the incidents at risk at the times that the axis names.

    Returns:
        Columns seconds, words.
    """
    longest = curve["seconds"].max()
    assert isinstance(longest, float)
    rows = []
    for seconds in COUNTED:
        reached = curve.filter(pl.col("seconds") >= seconds)
        if seconds <= longest and not reached.is_empty():
            rows.append({"seconds": float(seconds), "words": f"n {reached['at_risk'][0]:,}"})
    return pl.DataFrame(rows, schema={"seconds": pl.Float64, "words": pl.String})


def describe_survival(curve: pl.DataFrame) -> str:
    """Describe the curve in words, for those who do not see it."""
    n = curve["at_risk"][0]
    told = []
    for seconds in COUNTED:
        before = curve.filter(pl.col("seconds") <= seconds)
        share = 1.0 if before.is_empty() else before["still_open"][-1]
        told.append(f"{format_share(share)} after {format_duration(seconds)}")
    return f"Of {n:,} posts there were still open: {', '.join(told)}."
