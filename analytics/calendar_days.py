"""Cut time at the days and calendar months of a zone, in epoch seconds.

METHODOLOGY, "Months".
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from analytics.question import midnight
from ingest.models import time_zone


def day_edges(start_s: int, end_s: int, zone: str) -> list[int]:
    """Return start, every midnight of ``zone`` between, and end, in epoch seconds.

    A day has as many seconds as its zone gives it: 23, 24 or 25 hours as a rule.
    """
    first, last = _day(start_s, zone), _day(end_s, zone)
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    # A day that a zone left out, as Samoa did in 2011, starts and ends at the same instant.
    inner = {s for day in days if start_s < (s := _second(day, zone)) < end_s}
    return sorted({start_s, end_s} | inner)


def months(start_s: int, end_s: int, zone: str) -> list[tuple[str, int, int]]:
    """List the calendar months of ``zone`` that a window touches: name, start and end.

    A name is like 2026-03. The first and the last are cut to the window.
    """
    first, last = _day(start_s, zone).replace(day=1), _day(end_s - 1, zone)
    names = [first]
    while (after := _next_month(names[-1])) <= last:
        names.append(after)
    edges = [start_s, *(_second(month, zone) for month in names[1:]), end_s]
    return [(f"{m:%Y-%m}", a, b) for m, a, b in zip(names, edges, edges[1:], strict=False)]


def whole_months(start: datetime, end: datetime, zone: str) -> tuple[date, date]:
    """Return the first days of a window's first month, and of the one after its last."""
    first = start.astimezone(time_zone(zone)).date()
    last = (end - timedelta(microseconds=1)).astimezone(time_zone(zone)).date()
    return first.replace(day=1), _next_month(last)


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _day(second: int, zone: str) -> date:
    return datetime.fromtimestamp(second, UTC).astimezone(time_zone(zone)).date()


def _second(day: date, zone: str) -> int:
    return int(midnight(day, zone).timestamp())
