"""Count starts by whole covered week, and find trend and changes of level in them.

METHODOLOGY, "Patterns".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.metrics.frequency import DAY_S, MIN_WEEKS, WEEK_S, rate, within
from analytics.scope import Interval
from analytics.statistics.change_points import lasting_changes
from analytics.statistics.overlaps import Array
from analytics.statistics.trend import Slope, slope
from ingest.intervals import clip

YEAR_S = 365.25 * DAY_S
#: Weeks below which no change of level is looked for.
LEAST_WEEKS = 52
#: Days of a rolling rate, and from one of them to the next.
ROLLING_DAYS, STEP_DAYS = 90, 30


@dataclass(frozen=True, slots=True)
class Weeks:
    """Hold the weeks that are covered whole, back from the end of the covered time.

    ``starts``: where each begins, ascending; ``counts``: what began in each.
    """

    starts: Array
    counts: Array

    @property
    def trend(self) -> Slope | None:
        """Return the rate over that of a year before; None over too few weeks."""
        if len(self.starts) < MIN_WEEKS:
            return None
        return slope((self.starts - self.starts[0]) / YEAR_S, self.counts)

    @property
    def levels(self) -> tuple[Interval, ...] | None:
        """Return the spans between lasting changes of level; None over too few weeks."""
        if len(self.starts) < LEAST_WEEKS:
            return None
        begins = [0, *lasting_changes(self.counts)]
        at = [int(self.starts[n]) for n in begins]
        return tuple(zip(at, [*at[1:], int(self.starts[-1]) + WEEK_S], strict=True))


def weeks_of(starts: Sequence[int], covered: Sequence[Interval]) -> Weeks:
    """Count starts in each week covered whole.

    Args:
        starts: Epoch seconds.
        covered: Sorted and disjoint.
    """
    if not covered:
        return Weeks(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    end = covered[-1][1]
    ago = [n for a, b in covered for n in range(-(-(end - b) // WEEK_S), (end - a) // WEEK_S)]
    begins = np.sort(end - (np.array(ago, dtype=np.int64) + 1) * WEEK_S)
    at = np.sort(np.array(starts, dtype=np.int64))
    first, last = (np.searchsorted(at, edges) for edges in (begins, begins + WEEK_S))
    return Weeks(begins, last - first)


def rates_within(
    starts: Sequence[int], covered: Sequence[Interval], spans: Sequence[Interval]
) -> Iterator[tuple[Interval, dict[str, float]]]:
    """Yield the rate of starts in the covered time of each span, with its interval.

    Args:
        starts: Epoch seconds, in order.
        covered: Sorted and disjoint.
        spans: From when to when.
    """
    for span in spans:
        seen = clip(covered, *span)
        yield span, rate(within(starts, seen), seen)


def rolling(covered: Sequence[Interval]) -> list[Interval]:
    """Return spans of 90 days back from the end of the covered time, in order of time."""
    if not covered:
        return []
    begin, end = covered[0][0], covered[-1][1]
    ends = range(end, begin + ROLLING_DAYS * DAY_S - 1, -STEP_DAYS * DAY_S)
    return [(one - ROLLING_DAYS * DAY_S, one) for one in reversed(ends)]
