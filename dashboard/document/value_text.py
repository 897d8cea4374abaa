"""One number of a document: its value, its interval, or why there is none."""

from __future__ import annotations

from datetime import datetime

from analytics.answer import NO_COVERAGE
from analytics.comparison.cohort import DAY_S
from analytics.metrics.frequency import MIN_COVERED_DAYS
from analytics.statistics.estimates import MIN_MEDIAN, MIN_P90
from analytics.wording.numbers import (
    BLANK,
    format_beyond,
    format_duration,
    format_number,
    format_percent,
    format_range,
    format_share,
    format_tenths,
)
from dashboard.document.cells import Cell, Row, Stack

#: Share of time down, in which a thousandth of a percent counts.
FINE = "common_downtime"
GONE = "no coverage"
SHORT = "insufficient"
LEAST = {"_median": MIN_MEDIAN, "_rmst_24h": MIN_MEDIAN, "_p90": MIN_P90}
NO_BREAK = "\N{NO-BREAK SPACE}"


def value_cell(row: Row | None, *notes: str) -> Cell:
    """Write a number with its unit and ``notes``, or why there is no number."""
    if row is None:
        return Stack(GONE, ("has no component of this surface",))
    if row["value"] is not None:
        return Stack(amount_text(row, row["value"]), notes)
    if is_beyond(row):
        return Stack(on_one_line(format_beyond(row["low"])), (shortfall_text(row),))
    return Stack(GONE if row["status"] == NO_COVERAGE else SHORT, (shortfall_text(row),))


def is_beyond(row: Row) -> bool:
    """Tell whether a duration is only known to be longer than its low end."""
    return row["value"] is None and row["low"] is not None and row["unit"] == "seconds"


def amount_text(row: Row, amount: float) -> str:
    """Write an amount in the unit of its row."""
    unit = row["unit"]
    if unit.startswith("fraction"):
        if row["metric"] == "availability":
            return percent_text(amount)
        return on_one_line(format_share(amount, 3 if row["metric"] == FINE else 1))
    if unit == "seconds":
        return length_text(amount)
    if unit.startswith("rank"):
        return f"{amount:.0f} {unit.removeprefix('rank ')}"
    return f"{amount:.2f}" if " per " in unit else f"{amount:,.0f}"


def interval_text(row: Row | None) -> str:
    """Write the 95 % interval; a bound beyond everything seen is left open."""
    if row is None or is_beyond(row) or (row["low"] is None and row["high"] is None):
        return BLANK
    low, high = (
        None if end is None else f"{end:.0f}" if _rank(row) else amount_text(row, end)
        for end in (row["low"], row["high"])
    )
    if high is None:
        return f"{low} or more"
    return f"up to {high}" if low is None else f"{low} to {high}"


def _rank(row: Row) -> bool:
    unit: str = row["unit"]
    return unit.startswith("rank")


def shortfall_text(row: Row) -> str:
    """Say why a number is not shown, and what it would take."""
    metric, n = row["metric"], row["n"]
    if row["status"] == NO_COVERAGE:
        return "no capture covers it"
    if metric == "availability":
        return "no second of it is known"
    if metric == "frequency":
        days = format_tenths(row["covered_s"] / DAY_S)
        return f"{days} of the {MIN_COVERED_DAYS} covered days needed"
    if metric.startswith(("common_", "count_", "downtime_")):
        return "not compared"
    least = next((least for ending, least in LEAST.items() if metric.endswith(ending)), 1)
    return f"n {n}, needs {least}" if n < least else "too many were still open"


def length_text(amount: float | None) -> str:
    """Write a length of time in two units at most."""
    return on_one_line(format_duration(amount))


def seconds_text(amount: float) -> str:
    """Write exact seconds, with a fraction where a rule weighs them.

    >>> seconds_text(9959.0).replace(NO_BREAK, " "), seconds_text(2987.7).replace(NO_BREAK, " ")
    ('9,959 s', '2,987.7 s')
    """
    return on_one_line(f"{amount:,.0f} s" if amount == int(amount) else f"{amount:,.1f} s")


def exact_text(amount: float | None) -> str:
    """Write a length in words and in seconds: to be read, and to be added up."""
    if amount is None:
        return BLANK
    short, full = length_text(amount), seconds_text(amount)
    return short if short == full else f"{short} ({full})"


def lasted_text(row: Row, column: str) -> str:
    """Write how long a post, a row of evidence, lasted or has lasted so far.

    ``column``: open_s or impact_s.
    """
    so_far = " so far" if is_ongoing(row) and row[column] is not None else ""
    return exact_text(row[column]) + so_far


def is_ongoing(row: Row) -> bool:
    """Tell whether a post, a row of evidence, is still open."""
    return row["resolved_at"] is None


def percent_text(fraction: float | None, digits: int = 3) -> str:
    """Write a fraction as percent, rounded down."""
    return on_one_line(format_percent(fraction, digits))


def bounds_text(low: float, high: float) -> str:
    """Write the bounds of an availability, both rounded outwards."""
    return on_one_line(format_range(low, high))


def coverage_text(row: Row | None) -> str:
    """Write the share of the window that is covered."""
    return BLANK if row is None else percent_text(row["coverage"], 1)


def count_text(row: Row | None) -> str:
    """Write the n of a number."""
    return BLANK if row is None else format_number(row["n"])


def clock_text(at: datetime | None) -> str:
    """Write an instant of UTC to the second, where a heading says that it is UTC."""
    return BLANK if at is None else on_one_line(f"{at:%Y-%m-%d %H:%M:%S}")


def moment_text(at: datetime | None) -> str:
    """Write an instant to the second with its zone."""
    return BLANK if at is None else on_one_line(f"{clock_text(at)} UTC")


def on_one_line(text: str) -> str:
    """Keep text on one line."""
    return text.replace(" ", NO_BREAK)
