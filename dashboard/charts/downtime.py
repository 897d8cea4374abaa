"""Downtime of two providers: how it adds up, and when both were down at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from analytics.wording.breaks import MARK
from dashboard.charts import vega
from dashboard.charts.palette import BAR_HEIGHT, GUIDE, INK, pair_scales, time_axis
from dashboard.charts.state_colours import STATE_COLOURS
from dashboard.charts.timeline import post_layer
from dashboard.charts.vega import Chart, Spec


def downtime_chart(
    rows: pl.DataFrame,
    spans: pl.DataFrame,
    names: Mapping[str, str],
    unit: str,
    breaks: pl.DataFrame,
) -> Chart:
    """Draw a step line per provider over the window; grey where not both observed.

    Args:
        rows: Columns name, at (UTC), total (in ``unit``), shown (in words).
        spans: Columns start_at, end_at (UTC), both (whether both were observed), words.
        names: Slug to name of the two providers, in their order.
        unit: Unit of ``total``, for the axis.
        breaks: Columns at (UTC), words.
    """
    look = pair_scales(names)
    legend = {"orient": "top", "title": None, "columns": 1, "symbolSize": 400}
    line = {
        "x": vega.temporal("at", title="Time (UTC)", axis=_axis(spans)),
        "y": vega.quantitative("total", title=f"Down so far, {unit}", scale=_from_nought(rows)),
        "color": vega.nominal("name", scale=look.colour, legend=legend),
        "strokeDash": vega.nominal("name", scale=look.dash),
        "tooltip": [
            vega.tooltip("name", "Provider"),
            vega.tooltip_instant("at", "To (UTC)"),
            vega.tooltip("shown", "Down so far"),
        ],
    }
    lines = vega.mark("line", "totals", line, interpolate="step-after", strokeWidth=2.2)
    frames = {"spans": spans, "totals": rows}
    layers = [unobserved_layer(spans), lines, *_break_layers(breaks, frames, _axis(spans))]
    return vega.layered(layers, frames, height=300)


def _break_layers(breaks: pl.DataFrame, frames: dict[str, pl.DataFrame], axis: Spec) -> list[Spec]:
    """Draw a line across the picture at each break, with its mark, and add their frame."""
    if breaks.is_empty():
        return []
    frames["breaks"] = breaks
    told = [vega.tooltip_instant("at", "Break (UTC)"), vega.tooltip("words", "What changed")]
    at = {"x": vega.temporal("at", title="Time (UTC)", axis=axis), "tooltip": told}
    top = {**at, "y": vega.constant(0), "text": vega.constant(MARK)}
    return [
        vega.mark("rule", "breaks", at, color=GUIDE, strokeWidth=2, strokeDash=[3, 3]),
        vega.mark("text", "breaks", top, color=INK, fontSize=12, baseline="top"),
    ]


def _from_nought(rows: pl.DataFrame) -> Spec:
    """Scale the totals; up to 1 where all are 0, whose labels would be 0.000000."""
    return {} if (rows["total"] > 0).any() else {"domain": [0, 1]}


def unobserved_layer(spans: pl.DataFrame) -> Spec:
    """Draw the whole window: nothing where both were observed, grey elsewhere.

    Columns: start_at, end_at (UTC), both, words (how long).
    """
    return vega.mark(
        "rect",
        "spans",
        {
            "x": vega.temporal("start_at", title="Time (UTC)", axis=_axis(spans)),
            "x2": {"field": "end_at"},
            "opacity": {"condition": {"test": "datum.both", "value": 0}, "value": 0.35},
            "tooltip": [vega.tooltip("both", "Both observed"), vega.tooltip("words", "For")],
        },
        color=GUIDE,
    )


def _axis(spans: pl.DataFrame) -> Spec:
    """Make the time axis of the whole window."""
    return time_axis(spans["start_at"], spans["end_at"])


def shared_timeline_chart(
    posts: pl.DataFrame,
    spans: pl.DataFrame,
    overlaps: pl.DataFrame,
    names: Mapping[str, str],
    breaks: pl.DataFrame,
) -> Chart:
    """Draw the posts of two providers over the window, and when both were down.

    Args:
        posts: Columns of ``timeline_chart``.
        spans: Columns start_at, end_at (UTC), both (whether both were observed), words.
        overlaps: Columns start_at, end_at (UTC), row (its label), words.
        names: Slug to name of the two providers, in their order.
        breaks: Columns at (UTC), words.
    """
    rows = {"domain": [*names.values(), *overlaps["row"].unique()]}
    axis = _axis(spans)
    y = vega.nominal("name", scale=rows, title=None, axis={"labelLimit": 160})
    red = STATE_COLOURS["major"]
    both = vega.mark(
        "bar",
        "overlaps",
        {
            "x": vega.temporal("start_at", axis=axis),
            "x2": {"field": "end_at"},
            "y": vega.nominal("row", scale=rows),
            "tooltip": [vega.tooltip("words", "Both down for")],
        },
        color=red,
        stroke=red,
        strokeWidth=1,
    )
    layers = [unobserved_layer(spans), post_layer(posts, axis, y)]
    frames = {"spans": spans, "posts": posts}
    if not overlaps.is_empty():
        layers.append(both)
        frames["overlaps"] = overlaps
    layers += _break_layers(breaks, frames, axis)
    return vega.layered(layers, frames, height={"step": BAR_HEIGHT})


def describe_downtime(rows: pl.DataFrame) -> str:
    """Describe where the lines end in words, for those who do not see them."""
    ends = rows.group_by("name", maintain_order=True).last()
    words = ", ".join(f"{n} {shown}" for n, shown in ends.select("name", "shown").iter_rows())
    return f"Time down as it adds up over the common time. At its end: {words}."


def describe_timeline(posts: pl.DataFrame, names: Mapping[str, str]) -> str:
    """Describe in words how many posts each row of the timeline holds."""
    counts = dict(posts.group_by("name").len().iter_rows())
    words = [f"{counts.get(name, 0):,} of {name}" for name in names.values()]
    return f"Posts over time: {' and '.join(words)}."


def outage_chart(bars: pl.DataFrame, spans: pl.DataFrame, rows: Sequence[str]) -> Chart:
    """Draw when each of several was down over the window, and when all were.

    Args:
        bars: Columns start_at, end_at (UTC), row (its label), all (whether all were down), words.
        spans: Columns start_at, end_at (UTC), both (whether all were observed), words.
        rows: Labels, from the top.
    """
    axis, red, calm = _axis(spans), STATE_COLOURS["major"], STATE_COLOURS["partial"]
    layers = [unobserved_layer(spans)]
    frames = {"spans": spans}
    if not bars.is_empty():
        colour = {"condition": {"test": "datum.all", "value": red}, "value": calm}
        shown = {
            "x": vega.temporal("start_at", title="Time (UTC)", axis=axis),
            "x2": {"field": "end_at"},
            "y": vega.nominal(
                "row", scale={"domain": [*rows]}, title=None, axis={"labelLimit": 160}
            ),
            "color": colour,
            # Keeps the shortest visible.
            "stroke": colour,
            "tooltip": [
                vega.tooltip("row", "Down"),
                vega.tooltip("words", "For"),
                vega.tooltip_instant("start_at", "From (UTC)"),
                vega.tooltip_instant("end_at", "To (UTC)"),
            ],
        }
        layers.append(vega.mark("bar", "outages", shown, strokeWidth=1))
        frames["outages"] = bars
    return vega.layered(layers, frames, height={"step": BAR_HEIGHT})


def describe_outages(bars: pl.DataFrame, rows: Sequence[str]) -> str:
    """Describe in words how many times each row of the picture holds."""
    counts = dict(bars.group_by("row").len().iter_rows())
    return f"Times down: {', '.join(f'{row} {counts.get(row, 0):,}' for row in rows)}."
