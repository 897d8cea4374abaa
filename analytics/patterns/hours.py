"""Count starts and covered time by hour of the week in a zone (METHODOLOGY, "Patterns")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

import numpy as np

from analytics.metrics.frequency import DAY_S
from analytics.question import QuestionError
from analytics.scope import Interval
from analytics.statistics.overlaps import Array, as_spans, both, within_each
from ingest.models import time_zone

HOUR_S = 3600
HOURS = 7 * 24
#: Zones set their clocks at multiples of this.
QUARTER_S = 900
#: Seconds from a Monday, midnight, to the epoch.
FROM_MONDAY_S = 3 * DAY_S
WORKING_DAYS = 5


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """Name hours of Monday to Friday, from one up to another, in the question's zone."""

    first: int = 9
    last: int = 17

    def __post_init__(self) -> None:
        """Refuse hours that are none."""
        if not 0 <= self.first < self.last <= 24:
            hours = f"{self.first}-{self.last}"
            raise QuestionError(f"hours {hours!r} are not two of one day, as in 9-17")

    @property
    def cells(self) -> Array:
        """Mark the hours of the week that are meant."""
        hours = np.arange(HOURS)
        of_day = hours % 24
        found: Array = (hours < 24 * WORKING_DAYS) & (self.first <= of_day) & (of_day < self.last)
        return found


def parse_hours(text: str) -> BusinessHours:
    """Read business hours such as 9-17.

    Raises:
        QuestionError: They are none.

    >>> parse_hours("9-17").cells.sum()
    np.int64(40)
    """
    parts = text.split("-")
    if len(parts) != 2 or not all(one.isascii() and one.isdecimal() for one in parts):
        raise QuestionError(f"hours {text!r} are not two of one day, as in 9-17")
    return BusinessHours(int(parts[0]), int(parts[1]))


def exposure(covered: Sequence[Interval] | Array, zone: str) -> Array:
    """Sum the seconds of spans in each hour of the week, from Monday 00:00 on, in a zone.

    An hour that comes twice when clocks are set back counts twice, one left out not at all.

    >>> from datetime import datetime, timezone
    >>> sunday = int(datetime(2026, 3, 8, 8, tzinfo=timezone.utc).timestamp())
    >>> seen = exposure([(sunday, sunday + 23 * 3600)], "America/Los_Angeles")
    >>> seen[6 * 24 : 6 * 24 + 4].tolist(), int(seen.sum()) // 3600
    ([3600, 3600, 0, 3600], 23)
    """
    spans = covered if isinstance(covered, np.ndarray) else as_spans(covered)
    found = np.zeros(HOURS, dtype=np.int64)
    if not len(spans):
        return found
    for start, end, offset in _offsets(int(spans[0, 0]), int(spans[-1, 1]), zone):
        local = both(spans, as_spans([(start, end)])) + offset
        if not len(local):
            continue
        first, last = local[0, 0] // HOUR_S, -(-local[-1, 1] // HOUR_S)
        hours = np.arange(first, last + 1)
        seconds = within_each(local, hours * HOUR_S)
        found += np.bincount(_cells(hours[:-1] * HOUR_S), seconds, HOURS).astype(np.int64)
    return found


def counts(starts: Sequence[int], zone: str) -> Array:
    """Count starts in each hour of the week, from Monday 00:00 on, in a zone."""
    found = np.zeros(HOURS, dtype=np.int64)
    if not len(starts):
        return found
    at = np.array(starts, dtype=np.int64)
    for start, end, offset in _offsets(int(at.min()), int(at.max()) + 1, zone):
        here = at[(at >= start) & (at < end)]
        found += np.bincount(_cells(here + offset), minlength=HOURS)
    return found


def _cells(local: Array) -> Array:
    found: Array = (local + FROM_MONDAY_S) // HOUR_S % HOURS
    return found


def _offsets(start: int, end: int, zone: str) -> list[tuple[int, int, int]]:
    """Cut a span where a zone sets its clocks: start, end and seconds ahead of UTC."""
    first, last = (datetime.fromtimestamp(second, UTC).year for second in (start, end))
    edges, offsets = [start], [0]
    for at, ahead in (one for year in range(first, last + 1) for one in _changes(year, zone)):
        if at <= start:
            offsets[0] = ahead
        elif at < end and ahead != offsets[-1]:
            edges.append(at)
            offsets.append(ahead)
    return list(zip(edges, [*edges[1:], end], offsets, strict=True))


@lru_cache(maxsize=256)
def _changes(year: int, zone: str) -> tuple[tuple[int, int], ...]:
    """Return when a zone sets its clocks in a year of UTC, and to how many seconds ahead of it.

    The first is what holds when the year begins.
    """
    named = time_zone(zone)

    def ahead(second: int) -> int:
        offset = datetime.fromtimestamp(second, UTC).astimezone(named).utcoffset()
        return 0 if offset is None else int(offset.total_seconds())

    begin, end = (int(datetime(one, 1, 1, tzinfo=UTC).timestamp()) for one in (year, year + 1))
    found = [(begin, ahead(begin))]
    for day in range(begin, end, DAY_S):
        if ahead(day + DAY_S) != found[-1][1]:
            for quarter in range(day, day + DAY_S + 1, QUARTER_S):
                if (now := ahead(quarter)) != found[-1][1]:
                    found.append((quarter, now))
    return tuple(found)
