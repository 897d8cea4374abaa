"""Days as strips of bars, for the tables of a document."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import polars as pl

from analytics.wording.numbers import format_count, format_duration
from dashboard.charts.state_colours import STATE_COLOURS
from dashboard.charts.svg import Day, Svg, day_strip
from dashboard.document.cells import Row

#: Slots of a month, so that the bars of all months stand below each other.
MONTH_DAYS = 31
MONTH_PITCH = 5.0
GLANCE_DAYS = 90
GLANCE_PITCH = 2.5
LEGEND_PITCH = 10.0


def by_month(days: pl.DataFrame) -> Mapping[str, Sequence[Row]]:
    """Split days into those of each month, such as 2026-03."""
    months: defaultdict[str, list[Row]] = defaultdict(list)
    for day in days.iter_rows(named=True):
        months[day["day"].isoformat()[:7]].append(day)
    return months


def month_strip(days: Sequence[Row], month: str) -> Svg:
    """Draw the days of one month (such as 2026-03), each in its slot, by worst state."""
    slots = {day["day"].day: day for day in days}
    bars = [_bar(slots.get(n)) for n in range(1, MONTH_DAYS + 1)]
    return day_strip(bars, f"Days of {month}: {_counted(days)}", MONTH_PITCH)


def recent_strip(days: pl.DataFrame) -> Svg:
    """Draw the last 90 days of a window, oldest first."""
    mine = days.sort("day").tail(GLANCE_DAYS).to_dicts()
    bars = [_bar(day) for day in mine]
    words = f"The last {format_count(len(bars), 'day')}: {_counted(mine)}"
    return day_strip(bars, words, GLANCE_PITCH)


def strip_legend() -> list[tuple[str, Svg]]:
    """List what the bars mean, best first."""
    return [(state, day_strip([Day(state, state)], state, LEGEND_PITCH)) for state in STATE_COLOURS]


def _counted(days: Sequence[Row]) -> str:
    """Count in words how many days had which worst state."""
    found = Counter(day["worst"] for day in days)
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{n} {worst}" for worst, n in ordered) or "none in the window"


def _bar(day: Row | None) -> Day:
    if day is None:
        return Day(None, "")
    down = f", {format_duration(day['down_s'])} partial or worse" if day["down_s"] else ""
    return Day(day["worst"], f"{day['day']}: {day['worst']}{down}")
