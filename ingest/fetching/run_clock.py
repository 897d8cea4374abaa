"""Our clock against the servers': a run whose clock is far off says so and marks its captures.

A capture's time is ours. Where most servers of a run agree that it is another time, what was
captured did not happen when the archive says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from statistics import median_low

from ingest.models import CLOCK_SKEW, Capture

#: Clocks differ, and an answer may be cached for a while.
TOLERATED = timedelta(minutes=10)


class RunClock:
    """Compares the captures of one run with the ``Date`` of the servers that answered."""

    def __init__(self) -> None:
        """Begin without an answer."""
        self._skews: list[timedelta] = []

    @property
    def skew(self) -> timedelta | None:
        """Return how far our clock is ahead of most servers', if that is too far."""
        if not self._skews:
            return None
        middle = median_low(self._skews)
        return middle if abs(middle) > TOLERATED else None

    def mark(self, capture: Capture) -> Capture:
        """Note a capture, and mark it while our clock is too far off."""
        sent = _sent_at(capture.headers)
        if sent is not None:
            self._skews.append(capture.captured_at - sent)
        if self.skew is None:
            return capture
        seconds = str(round(self.skew.total_seconds()))
        return replace(capture, headers={**capture.headers, CLOCK_SKEW: seconds})

    def line(self) -> str | None:
        """Word what is wrong with our clock, if anything."""
        if self.skew is None:
            return None
        side = "ahead of" if self.skew > timedelta(0) else "behind"
        away = str(abs(self.skew)).split(".")[0]
        return (
            f"this machine's clock is {away} {side} the servers': what was captured is marked; "
            "set the clock"
        )


def _sent_at(headers: Mapping[str, str]) -> datetime | None:
    """Read when an answer was made: its ``Date``, which a cache keeps, and its ``Age``."""
    try:
        made = parsedate_to_datetime(headers["date"])
        age = timedelta(seconds=int(headers.get("age", "0")))
    except (KeyError, ValueError, OverflowError):
        return None
    return None if made.tzinfo is None else made.astimezone(UTC) + age
