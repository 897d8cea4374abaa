"""The parties of a verdict as rows of a picture, best first."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from analytics.comparison.ranking import DOWNTIME
from analytics.verdict.verdict import Verdict
from analytics.wording.numbers import BLANK, format_rough
from analytics.wording.verdict import NOT_KNOWN, short_name
from dashboard.charts.standings import BEST

#: From so many seconds on the axis is in hours.
HOURS_FROM_S = 2 * 3600
STANDINGS = {
    "label": pl.String,
    "slug": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "shown": pl.String,
    "between": pl.String,
}


def standings_rows(found: Verdict, names: Mapping[str, str]) -> tuple[pl.DataFrame, str]:
    """Make the rows of ``standings_chart``, and their unit.

    Args:
        found: A verdict with parties.
        names: Slug to name.

    Returns:
        Columns of ``STANDINGS``; and the unit: hours or minutes down, or incidents.
    """
    by_time = found.measure == DOWNTIME
    most = max(one.high or one.value for one in found.parties)
    in_hours = by_time and most >= HOURS_FROM_S
    size = 3600 if in_hours else 60 if by_time else 1
    unit = ("hours down" if in_hours else "minutes down") if by_time else "incidents"
    rows = []
    for one in found.parties:
        name = short_name(names[one.provider])
        number = format_rough if by_time else _count
        value, low, high = found.number_of(one), one.low, one.high
        rows.append(
            {
                "label": f"{name} {BEST}" if one.provider == found.favoured else name,
                "slug": one.provider,
                "value": None if value is None else value / size,
                "low": None if low is None else low / size,
                "high": None if high is None else high / size,
                "shown": NOT_KNOWN if value is None else number(value),
                "between": BLANK
                if low is None or high is None
                else f"{number(low)} to {number(high)}",
            }
        )
    return pl.DataFrame(rows, schema=STANDINGS), unit


def _count(n: float) -> str:
    return f"{n:,.0f}"
