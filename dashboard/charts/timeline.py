"""Posts over time, one row per provider."""

from __future__ import annotations

import polars as pl

from dashboard.charts import vega
from dashboard.charts.palette import BAR_HEIGHT, provider_scale, time_axis
from dashboard.charts.vega import Chart, Spec


def timeline_chart(posts: pl.DataFrame) -> Chart:
    """Draw posts as bars in time, one row per provider.

    Columns: name, slug, started_at, ended_at (UTC), title, impact.
    """
    axis = time_axis(posts["started_at"], posts["ended_at"])
    y = vega.nominal("name", title=None, axis={"labelLimit": 260})
    return vega.layered([post_layer(posts, axis, y)], {"posts": posts}, height={"step": BAR_HEIGHT})


def post_layer(posts: pl.DataFrame, axis: Spec, y: Spec) -> Spec:
    """Draw posts as bars on an axis of time, in rows given by ``y``; data ``posts``."""
    slugs = posts["slug"].unique().sort().to_list()
    colour = vega.nominal("slug", scale=provider_scale(slugs), legend=None)
    return vega.mark(
        "bar",
        "posts",
        {
            "x": vega.temporal("started_at", title="Time (UTC)", axis=axis),
            "x2": {"field": "ended_at"},
            "y": y,
            "color": colour,
            # Keeps the shortest visible.
            "stroke": colour,
            "opacity": vega.constant(0.75),
            "tooltip": [
                vega.tooltip("title", "Incident"),
                vega.tooltip("impact", "Impact"),
                vega.tooltip_instant("started_at", "From (UTC)"),
                vega.tooltip_instant("ended_at", "To (UTC)"),
            ],
        },
        strokeWidth=1,
    )
