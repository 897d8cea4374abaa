"""Measure what failing over from one to others would have left (METHODOLOGY, "Portfolio")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.portfolio.joint import Places
from analytics.portfolio.pool import Pool
from analytics.question import QuestionError
from analytics.statistics.overlaps import Array, both, failed_over, length

MINUTE_S = 60
#: Waits that are weighed where none is asked for.
DELAYS_S = (5 * MINUTE_S, 30 * MINUTE_S)


@dataclass(frozen=True, slots=True)
class Plan:
    """Name whom to use, whom to turn to in which order, and how long that takes.

    Without a primary the best pair is weighed.
    """

    primary: str | None = None
    fallbacks: tuple[str, ...] = ()
    delays_s: tuple[int, ...] = DELAYS_S

    def __post_init__(self) -> None:
        """Refuse what is no plan."""
        if (self.primary is None) != (not self.fallbacks):
            raise QuestionError("a failover takes a primary and at least one fallback")
        if len(set(self.order)) < len(self.order):
            raise QuestionError("a provider stands twice among primary and fallbacks")

    @property
    def order(self) -> tuple[str, ...]:
        """Primary and fallbacks; empty without."""
        return () if self.primary is None else (self.primary, *self.fallbacks)


@dataclass(frozen=True, slots=True)
class Failover:
    """Hold when a service was down that fails over, in the common time of a pool.

    ``order``: primary and fallbacks. ``alone``: seconds in which the primary was.
    """

    pool: Pool
    order: Places
    delay_s: int
    spans: Array
    alone: int

    @property
    def seconds(self) -> int:
        """Seconds down in spite of the failover."""
        return length(self.spans)

    @property
    def saved(self) -> int:
        """Seconds of the primary that it saved."""
        return self.alone - self.seconds


def fail_over(pool: Pool, order: Sequence[int], delay_s: int) -> Failover:
    """Fail over from the first of these members to the next ones.

    The wait counts from the true start of an outage, be it before the common time.

    Args:
        pool: Who takes part.
        order: Places of primary and fallbacks.
        delay_s: Seconds between the start of an outage and the use of the next one.
    """
    down = failed_over([pool.failing[place] for place in order], delay_s)
    alone = length(pool.down[order[0]])
    return Failover(pool, tuple(order), delay_s, both(down, pool.common), alone)


def parse_delay(text: str) -> int:
    """Read a wait such as 90s, 5m or 1h as seconds.

    Raises:
        QuestionError: It is none.

    >>> parse_delay("5m"), parse_delay("0s"), parse_delay("1h")
    (300, 0, 3600)
    """
    units = {"s": 1, "m": MINUTE_S, "h": 60 * MINUTE_S}
    number, unit = text[:-1], text[-1:]
    if unit not in units or not (number.isascii() and number.isdecimal()) or len(number) > 6:
        raise QuestionError(f"delay {text!r} is not a time such as 90s, 5m or 1h")
    return int(number) * units[unit]
