"""Posts over time, one row per provider."""

from __future__ import annotations

import altair as alt
import polars as pl

from dashboard.charts.palette import BAR_HEIGHT, UTC, provider_scale, time_axis


def timeline_chart(posts: pl.DataFrame, axis: alt.Axis | None = None) -> alt.Chart:
    """Draw posts as bars in time, one row per provider.

    Columns: name, slug, started_at, ended_at (UTC), title, impact. ``axis``: the axis of the
    window; without it the posts make their own.
    """
    own = time_axis(posts["started_at"], posts["ended_at"])
    slugs = posts["slug"].unique().sort().to_list()
    chart: alt.Chart = (
        alt.Chart(posts, height=alt.Step(BAR_HEIGHT))
        .mark_bar(strokeWidth=1)
        .encode(
            x=alt.X("started_at:T", scale=UTC, title="Time (UTC)", axis=axis or own),
            x2="ended_at:T",
            y=alt.Y("name:N", title=None, axis=alt.Axis(labelLimit=260)),
            color=alt.Color("slug:N", scale=provider_scale(slugs), legend=None),
            # Keeps the shortest visible.
            stroke=alt.Stroke("slug:N", scale=provider_scale(slugs), legend=None),
            opacity=alt.value(0.75),
            tooltip=[
                alt.Tooltip("title:N", title="Incident"),
                alt.Tooltip("impact:N", title="Impact"),
                alt.Tooltip(
                    "utcyearmonthdatehoursminutes(started_at):T",
                    title="From (UTC)",
                    format="%Y-%m-%d %H:%M",
                ),
                alt.Tooltip(
                    "utcyearmonthdatehoursminutes(ended_at):T",
                    title="To (UTC)",
                    format="%Y-%m-%d %H:%M",
                ),
            ],
        )
    )
    return chart
