"""Downtime of two providers: how it adds up, and when both were down at once."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import polars as pl

from dashboard.charts.palette import GUIDE, UTC, pair_scales, time_axis
from dashboard.charts.state_colours import STATE_COLOURS
from dashboard.charts.timeline import timeline_chart


def downtime_chart(
    rows: pl.DataFrame, spans: pl.DataFrame, names: Mapping[str, str], unit: str
) -> alt.LayerChart:
    """Draw a step line per provider over the window; grey where not both observed.

    Args:
        rows: Columns name, at (UTC), total (in ``unit``), shown (in words).
        spans: Columns start_at, end_at (UTC), both (whether both were observed), words.
        names: Slug to name of the two providers, in their order.
        unit: Unit of ``total``, for the axis.
    """
    look = pair_scales(names)
    legend = alt.Legend(orient="top", title=None, columns=1, symbolSize=400)
    lines = (
        alt.Chart(rows)
        .mark_line(interpolate="step-after", strokeWidth=2.2)
        .encode(
            x=alt.X("at:T", scale=UTC, title="Time (UTC)", axis=_axis(spans)),
            y=alt.Y("total:Q", title=f"Down so far, {unit}", scale=_from_nought(rows)),
            color=alt.Color("name:N", scale=look.colour, legend=legend),
            strokeDash=alt.StrokeDash("name:N", scale=look.dash),
            tooltip=[
                alt.Tooltip("name:N", title="Provider"),
                alt.Tooltip(
                    "utcyearmonthdatehoursminutes(at):T", title="To (UTC)", format="%Y-%m-%d %H:%M"
                ),
                alt.Tooltip("shown:N", title="Down so far"),
            ],
        )
    )
    chart: alt.LayerChart = (unobserved_layer(spans) + lines).properties(height=300)
    return chart


def _from_nought(rows: pl.DataFrame) -> alt.Scale:
    """Scale the totals; up to 1 where all are 0, whose labels would be 0.000000."""
    return alt.Scale() if (rows["total"] > 0).any() else alt.Scale(domain=[0, 1])


def unobserved_layer(spans: pl.DataFrame) -> alt.Chart:
    """Draw the whole window: nothing where both were observed, grey elsewhere.

    Columns: start_at, end_at (UTC), both, words (how long).
    """
    chart: alt.Chart = (
        alt.Chart(spans)
        .mark_rect(color=GUIDE)
        .encode(
            x=alt.X("start_at:T", scale=UTC, title="Time (UTC)", axis=_axis(spans)),
            x2="end_at:T",
            opacity=alt.condition("datum.both", alt.value(0), alt.value(0.35)),
            tooltip=[
                alt.Tooltip("both:N", title="Both observed"),
                alt.Tooltip("words:N", title="For"),
            ],
        )
    )
    return chart


def _axis(spans: pl.DataFrame) -> alt.Axis:
    """Make the time axis of the whole window."""
    return time_axis(spans["start_at"], spans["end_at"])


def shared_timeline_chart(
    posts: pl.DataFrame, spans: pl.DataFrame, overlaps: pl.DataFrame, names: Mapping[str, str]
) -> alt.LayerChart:
    """Draw the posts of two providers over the window, and when both were down.

    Args:
        posts: Columns of ``timeline_chart``.
        spans: Columns start_at, end_at (UTC), both (whether both were observed), words.
        overlaps: Columns start_at, end_at (UTC), row (its label), words.
        names: Slug to name of the two providers, in their order.
    """
    order = [*names.values(), *overlaps["row"].unique()]
    rows = alt.Scale(domain=order)
    y = alt.Y("name:N", scale=rows, title=None, axis=alt.Axis(labelLimit=160))
    axis = _axis(spans)
    both = (
        alt.Chart(overlaps)
        .mark_bar(color=STATE_COLOURS["major"], stroke=STATE_COLOURS["major"], strokeWidth=1)
        .encode(
            x=alt.X("start_at:T", scale=UTC, axis=axis),
            x2="end_at:T",
            y=alt.Y("row:N", scale=rows),
            tooltip=[alt.Tooltip("words:N", title="Both down for")],
        )
    )
    layers = [unobserved_layer(spans), timeline_chart(posts, axis).encode(y=y)]
    return alt.LayerChart(layer=layers if overlaps.is_empty() else [*layers, both])


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
