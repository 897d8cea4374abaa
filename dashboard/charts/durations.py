"""Durations of posts, one dot each, on a logarithmic axis."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import polars as pl

from dashboard.charts.palette import GUIDE, INK, pair_scales

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
STATISTICS = ("median", "p90")
ROW_HEIGHT = 84
#: Where on a row, whose dots lie between 0 and 1, other things stand; up is more.
MIDDLE, WORDS_AT, NAME_AT, TOP = 0.5, 1.35, 1.85, 2.1


def duration_chart(
    dots: pl.DataFrame, marks: pl.DataFrame, names: Mapping[str, str]
) -> alt.LayerChart:
    """Draw one row per provider and clock: a line at the median, a dashed one at p90.

    Columns of ``dots``: row, name, seconds (at least 1), offset (0 to 1, so that dots do not
    hide each other), ongoing (drawn hollow), began_at (UTC), title, shown; of ``marks``: row,
    statistic (median or p90), seconds, words.
    """
    look = pair_scales(names)
    rows = dots["row"].unique(maintain_order=True).to_list()
    x = alt.X(
        "seconds:Q",
        title="Duration",
        scale=alt.Scale(type="log", nice=False, padding=16),
        axis=alt.Axis(values=TICKS, labelExpr=IN_WORDS, labelOverlap=True),
    )
    y = alt.Y("row:N", sort=rows, axis=None)
    offset = alt.YOffset("offset:Q", scale=alt.Scale(domain=[-0.1, TOP]))
    points = (
        alt.Chart(dots, height=alt.Step(ROW_HEIGHT))
        .mark_point(size=50, strokeWidth=1.2)
        .encode(
            x=x,
            y=y,
            yOffset=offset,
            color=alt.Color("name:N", scale=look.colour, legend=None),
            fill=alt.Fill("name:N", scale=look.colour, legend=None),
            fillOpacity=alt.condition("datum.ongoing", alt.value(0), alt.value(0.4)),
            shape=alt.Shape("name:N", scale=look.shape, legend=None),
            tooltip=[
                alt.Tooltip("title:N", title="Incident"),
                alt.Tooltip("shown:N", title="Lasted"),
                alt.Tooltip(
                    "utcyearmonthdatehoursminutes(began_at):T",
                    title="From (UTC)",
                    format="%Y-%m-%d %H:%M",
                ),
            ],
        )
    )
    titles = (
        alt.Chart(pl.DataFrame({"row": rows, "offset": NAME_AT}))
        .mark_text(align="left", fontSize=13, color=INK)
        .encode(x=alt.value(0), y=y, yOffset=offset, text="row:N")
    )
    here = alt.Chart(marks.with_columns(offset=pl.lit(MIDDLE))).encode(x=x, y=y, yOffset=offset)
    lines = here.mark_tick(thickness=2.5, size=ROW_HEIGHT * 0.5, color=GUIDE, opacity=1).encode(
        strokeDash=alt.StrokeDash(
            "statistic:N",
            scale=alt.Scale(domain=list(STATISTICS), range=[[1, 0], [4, 3]]),
            legend=None,
        )
    )
    above = alt.Chart(marks.with_columns(offset=pl.lit(WORDS_AT))).encode(x=x, y=y, yOffset=offset)
    left, right = (
        above.transform_filter(alt.FieldEqualPredicate(field="statistic", equal=statistic))
        for statistic in STATISTICS
    )
    # Away from each other, since the two may be near.
    median = left.mark_text(align="right", dx=-4, fontSize=11, color=INK).encode(text="words:N")
    p90 = right.mark_text(align="left", dx=4, fontSize=11, color=INK).encode(text="words:N")
    stated = [] if marks.is_empty() else [lines, median, p90]
    return alt.LayerChart(layer=[points, *stated, titles])


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
