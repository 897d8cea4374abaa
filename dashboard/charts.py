"""Altair charts: a frame in, a chart out. Every instant is UTC, and every axis says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zlib import crc32

import altair as alt
import polars as pl

#: Ordered by weight, told apart by lightness as well as hue. Grey is never good news.
STATE_COLOURS: Mapping[str, str] = {
    "operational": "#2a9d6f",
    "maintenance": "#7fa8d9",
    "degraded": "#f4c95d",
    "partial": "#ec7f22",
    "major": "#a3201d",
    "unknown": "#8a8f98",
    "no data": "#d0d4da",
}
#: Okabe and Ito's colours, darkened for contrast; a provider keeps its own on every page.
PROVIDER_COLOURS = ("#0072b2", "#d55e00", "#007a5a", "#a8508c", "#8a6d00", "#2b7fb0", "#5b5b5b")
BAR_HEIGHT = 22
UTC = alt.Scale(type="utc")


def day_bars(days: pl.DataFrame) -> alt.Chart:
    """One bar per day and row, coloured by the day's worst state; grey is no data.

    Columns: label, day (UTC midnight), next_day, worst, down, observed (words for the tooltip).
    """
    labels = days["label"].unique(maintain_order=True).to_list()
    chart: alt.Chart = (
        alt.Chart(days, height=alt.Step(BAR_HEIGHT))
        .mark_rect(stroke="white", strokeOpacity=0.4, strokeWidth=0.6)
        .encode(
            x=alt.X("day:T", scale=UTC, title="Day (UTC)", axis=alt.Axis(format="%d %b")),
            x2="next_day:T",
            y=alt.Y("label:N", sort=labels, title=None, axis=alt.Axis(labelLimit=260)),
            color=alt.Color(
                "worst:N",
                title="Worst state of the day",
                scale=alt.Scale(domain=list(STATE_COLOURS), range=list(STATE_COLOURS.values())),
                legend=alt.Legend(orient="top", symbolStrokeWidth=0),
            ),
            tooltip=[
                alt.Tooltip("label:N", title="Row"),
                alt.Tooltip("utcyearmonthdate(day):T", title="Day (UTC)", format="%Y-%m-%d"),
                alt.Tooltip("worst:N", title="Worst"),
                alt.Tooltip("down:N", title="Partial or major"),
                alt.Tooltip("observed:N", title="Observed"),
            ],
        )
    )
    return chart


def described(days: pl.DataFrame) -> str:
    """What the bars show, in words, for those who do not see them."""
    bad = days.filter(pl.col("worst").is_in(["partial", "major"]))
    dark = days.filter(pl.col("worst") == "no data")
    rows = days["label"].n_unique()
    return (
        f"{rows} rows of days. {len(bad)} of {len(days)} days had a partial or major outage; "
        f"{len(dark)} have no data."
    )


def timeline(posts: pl.DataFrame) -> alt.Chart:
    """Incidents as bars in time, one row per provider.

    Columns: name, slug, started_at, ended_at, title, impact.
    """
    slugs = posts["slug"].unique().sort().to_list()
    chart: alt.Chart = (
        alt.Chart(posts, height=alt.Step(BAR_HEIGHT))
        .mark_bar(strokeWidth=1)
        .encode(
            x=alt.X("started_at:T", scale=UTC, title="Time (UTC)"),
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


def provider_scale(slugs: Sequence[str]) -> alt.Scale:
    """A colour for each provider that depends on its slug alone."""
    colours = [PROVIDER_COLOURS[crc32(slug.encode()) % len(PROVIDER_COLOURS)] for slug in slugs]
    return alt.Scale(domain=list(slugs), range=colours)
