"""One number as a document tells it: its value, its interval, and why there is none."""

from __future__ import annotations

from datetime import datetime

from analytics.answer import NO_COVERAGE
from analytics.comparison.cohort import DAY_S
from analytics.metrics.durations import MIN_MEDIAN, MIN_P90
from analytics.metrics.frequency import MIN_COVERED_DAYS
from analytics.wording.numbers import tenths
from dashboard import format as said
from dashboard.document.cells import Cell, Row, Stack

#: Share of time down, in which a thousandth of a percent counts.
FINE = "common_downtime"
GONE = "no coverage"
SHORT = "insufficient"
LEAST = {"_median": MIN_MEDIAN, "_rmst_24h": MIN_MEDIAN, "_p90": MIN_P90}
NO_BREAK = "\N{NO-BREAK SPACE}"


def value(row: Row | None, *notes: str) -> Cell:
    """A number with its unit and ``notes``; below its minimum, the word for that and why."""
    if row is None:
        return Stack(GONE, ("has no component of this surface",))
    if row["value"] is not None:
        return Stack(number(row, row["value"]), notes)
    if beyond(row):
        return Stack(unbroken(said.beyond(row["low"])), (why(row),))
    return Stack(GONE if row["status"] == NO_COVERAGE else SHORT, (why(row),))


def beyond(row: Row) -> bool:
    """Whether a length is only known to be longer than its low end."""
    return row["value"] is None and row["low"] is not None and row["unit"] == "seconds"


def number(row: Row, amount: float) -> str:
    """An amount in the unit of the row."""
    unit = row["unit"]
    if unit.startswith("fraction"):
        if row["metric"] == "availability":
            return percent(amount)
        return unbroken(said.share(amount, 3 if row["metric"] == FINE else 1))
    if unit == "seconds":
        return length(amount)
    if unit.startswith("rank"):
        return f"{amount:.0f} {unit.removeprefix('rank ')}"
    return f"{amount:.2f}" if " per " in unit else f"{amount:,.0f}"


def interval(row: Row | None) -> str:
    """The 95 % interval; a bound beyond everything seen is left open."""
    if row is None or beyond(row) or (row["low"] is None and row["high"] is None):
        return said.NONE
    low, high = (
        None if end is None else f"{end:.0f}" if _rank(row) else number(row, end)
        for end in (row["low"], row["high"])
    )
    if high is None:
        return f"{low} or more"
    return f"up to {high}" if low is None else f"{low} to {high}"


def _rank(row: Row) -> bool:
    unit: str = row["unit"]
    return unit.startswith("rank")


def why(row: Row) -> str:
    """Why a number is not shown, and what it would take."""
    metric, n = row["metric"], row["n"]
    if row["status"] == NO_COVERAGE:
        return "nothing captured vouches for it"
    if metric == "availability":
        return "no second of it is known"
    if metric == "frequency":
        days = tenths(row["covered_s"] / DAY_S)
        return f"{days} of the {MIN_COVERED_DAYS} covered days needed"
    if metric.startswith(("common_", "count_", "downtime_")):
        return "not compared"
    least = next((least for ending, least in LEAST.items() if metric.endswith(ending)), 1)
    return f"n {n}, needs {least}" if n < least else "too many were still open"


def length(amount: float | None) -> str:
    """A length of time in two units at most."""
    return unbroken(said.duration(amount))


def seconds(amount: float) -> str:
    """Exact seconds, with a fraction where a rule weighs them.

    >>> seconds(9959.0), seconds(2987.7)
    ('9,959\\xa0s', '2,987.7\\xa0s')
    """
    return unbroken(f"{amount:,.0f} s" if amount == int(amount) else f"{amount:,.1f} s")


def exact(amount: float | None) -> str:
    """A length twice where that differs: to be read, and to be added up."""
    if amount is None:
        return said.NONE
    short, full = length(amount), seconds(amount)
    return short if short == full else f"{short} ({full})"


def lasted(row: Row, column: str) -> str:
    """How long a post, a row of evidence, lasted or has so far. ``column``: open_s or impact_s."""
    so_far = " so far" if ongoing(row) and row[column] is not None else ""
    return exact(row[column]) + so_far


def ongoing(row: Row) -> bool:
    """Whether a post, a row of evidence, is still open."""
    return row["resolved_at"] is None


def percent(fraction: float | None, digits: int = 3) -> str:
    """A fraction as percent, rounded down."""
    return unbroken(said.percent(fraction, digits))


def bounds(low: float, high: float) -> str:
    """From which availability to which: neither end is rounded towards the other."""
    return unbroken(said.between(low, high))


def coverage(row: Row | None) -> str:
    """The share of the window that is vouched for."""
    return said.NONE if row is None else percent(row["coverage"], 1)


def count(row: Row | None) -> str:
    """The n of a number."""
    return said.NONE if row is None else said.number(row["n"])


def stamp(at: datetime | None) -> str:
    """An instant of UTC to the second, where a heading says that it is UTC."""
    return said.NONE if at is None else unbroken(f"{at:%Y-%m-%d %H:%M:%S}")


def moment(at: datetime | None) -> str:
    """An instant to the second, and which zone."""
    return said.NONE if at is None else unbroken(f"{stamp(at)} UTC")


def unbroken(text: str) -> str:
    """Text that stays on one line."""
    return text.replace(" ", NO_BREAK)
