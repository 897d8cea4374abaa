"""Durations of posts: one dot each, the share still open, and how often forecasts held."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from analytics.wording.numbers import format_duration, format_share
from dashboard.charts import vega
from dashboard.charts.palette import GUIDE, INK, pair_scales, provider_colour
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
CURVE_HEIGHT = 260
#: Times below the axis that say how many incidents were still open and followed.
COUNTED = (5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, DAY, 7 * DAY)
#: A curve on a logarithmic axis begins here.
FIRST = MINUTE
#: What the band is to hold.
PROMISED = 0.8
#: Share below which nobody is left, but for rounding.
NOBODY = 1e-9
LANDMARK_HEIGHT = 22
OPEN_FOR = vega.quantitative(
    "seconds",
    title="Open for",
    scale={"type": "log", "nice": False},
    axis={"values": list(TICKS), "labelExpr": IN_WORDS, "labelOverlap": True},
)


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
        "x": OPEN_FOR,
        "y": vega.quantitative("low", scale={"domain": [0, 1]}),
        "y2": {"field": "high"},
    }
    line = {
        "x": OPEN_FOR,
        "y": share,
        "tooltip": [
            vega.tooltip("after", "After"),
            vega.tooltip("words", "Still open"),
            vega.tooltip("at_risk", "At risk"),
        ],
    }
    half = {"y": vega.quantitative("half")}
    below = {"x": OPEN_FOR, "y": vega.constant(CURVE_HEIGHT - 8), "text": vega.nominal("words")}
    small: Spec = {"fontSize": 11, "color": INK}
    layers = [
        vega.mark("area", "steps", band, interpolate="step-after", color=colour, opacity=0.2),
        vega.mark("rule", "half", half, strokeDash=[4, 4], color=GUIDE),
        vega.mark("line", "steps", line, interpolate="step-after", color=colour, strokeWidth=2),
        vega.mark("text", "counts", below, **small),
    ]
    frames = {"steps": steps, "half": pl.DataFrame({"half": [0.5]}), "counts": counts}
    return vega.layered(layers, frames, height=CURVE_HEIGHT)


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
    n, longest, left = curve["at_risk"][0], curve["seconds"][-1], curve["still_open"][-1]
    told = []
    # Who was open after the last end seen may have ended unseen, unless nobody was.
    known = [seconds for seconds in COUNTED if seconds <= longest or left < NOBODY]
    for seconds in known or [longest]:
        before = curve.filter(pl.col("seconds") <= seconds)
        share = 1.0 if before.is_empty() else before["still_open"][-1]
        told.append(f"{format_share(share)} after {format_duration(seconds)}")
    return f"Of {n:,} posts there were still open: {', '.join(told)}."


def calibration_chart(rows: pl.DataFrame, names: Mapping[str, str]) -> Chart:
    """Draw the share held with its interval, a row per provider and landmark, beside the promise.

    Args:
        rows: Rows of one method, with the columns of ``backtest.BACKTEST``.
        names: Slug to name.
    """
    dots = calibration_dots(rows, names)
    labels = dots["label"].to_list()
    whom = dots["name"].unique(maintain_order=True).to_list()
    slugs = dots["provider"].unique(maintain_order=True).to_list()
    scale = {"domain": whom, "range": [provider_colour(slug) for slug in slugs]}
    row = {"y": vega.nominal("label", sort=labels, title=None, axis={"labelLimit": 320})}
    share = {"domain": [0.4, 1], "clamp": True}
    axis = {"format": "%", "tickCount": 6}
    colour = {"color": vega.nominal("name", scale=scale, legend=None)}
    held = vega.quantitative("held", title="Held by the 80 % band", scale=share, axis=axis)
    reach = vega.quantitative("low", scale=share)
    point = {**row, "x": held, **colour, "tooltip": [vega.tooltip("words", "Held")]}
    line = {**row, "x": reach, "x2": {"field": "high"}, **colour}
    layers = [
        vega.mark("rule", "promise", {"x": vega.quantitative("at", scale=share)}, color=GUIDE),
        vega.mark("rule", "dots", line, strokeWidth=2),
        vega.mark("point", "dots", point, filled=True, size=60),
    ]
    frames = {"promise": pl.DataFrame({"at": [PROMISED]}), "dots": dots}
    return vega.layered(layers, frames, height={"step": LANDMARK_HEIGHT})


def calibration_dots(rows: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    """Return what the picture shows.

    Returns:
        Columns provider, name, label, held, low, high (fractions), words.
    """
    after = pl.col("landmark_s").map_elements(format_duration, pl.String)
    return rows.select(
        "provider",
        pl.col("provider").replace_strict(names).alias("name"),
        pl.format("{} after {}", pl.col("provider").replace_strict(names), after).alias("label"),
        pl.col("coverage_80").alias("held"),
        pl.col("coverage_80_low").alias("low"),
        pl.col("coverage_80_high").alias("high"),
        pl.format(
            "{} of {}", pl.col("coverage_80").map_elements(format_share, pl.String), pl.col("n")
        ).alias("words"),
    )


def describe_calibration(rows: pl.DataFrame, names: Mapping[str, str]) -> str:
    """Describe the picture in words, for those who do not see it."""
    told = [
        f"{label}: {words}"
        for label, words in calibration_dots(rows, names).select("label", "words").iter_rows()
    ]
    return f"Share of outcomes that the 80 % band held. {'; '.join(told)}."
