"""Numbers as sentences and tables say them: with a unit, without false precision."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime

NONE = "–"


def duration(seconds: float | None) -> str:
    """Seconds in two units at most, rounded down.

    >>> [duration(s) for s in (9, 75, 3_660, 190_000)]
    ['9 s', '1 min 15 s', '1 h 1 min', '2 d 4 h']
    """
    if seconds is None:
        return NONE
    left = int(seconds)
    parts: list[tuple[int, str]] = []
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")):
        count, left = divmod(left, size)
        if count or parts:
            parts.append((count, unit))
    return " ".join(f"{n} {unit}" for n, unit in parts[:2] if n) or "0 s"


def beyond(seconds: float) -> str:
    """A length that is only known to be longer than this.

    >>> beyond(273_600)
    '> 3 d 4 h'
    """
    return f"> {duration(seconds)}"


#: For what binary fractions lose: 0.99 must stay 99.000 %.
HAIR = 1e-6


def percent(fraction: float | None, digits: int = 3) -> str:
    """A fraction of time as percent, rounded down: 99.9999 % is not 100 %.

    >>> percent(0.999996), percent(1.0), percent(None)
    ('99.999 %', '100 %', '–')
    """
    return _percent(fraction, digits, lambda steps: math.floor(steps + HAIR))


def percent_up(fraction: float | None, digits: int = 3) -> str:
    """The upper end of an interval, rounded up, but never to 100 %.

    >>> percent_up(0.99950123), percent_up(0.999996), percent_up(1.0)
    ('99.951 %', '99.999 %', '100 %')
    """
    return _percent(fraction, digits, lambda steps: math.ceil(steps - HAIR))


def between(low: float | None, high: float | None) -> str:
    """From which fraction of time to which: neither end is rounded towards the other.

    >>> between(0.9991239, 0.9999991)
    '99.912 % to 99.999 %'
    """
    return f"{percent(low)} to {percent_up(high)}"


def share(fraction: float | None, digits: int = 1) -> str:
    """A share of things as percent, rounded to the nearest; not all is not 100 %, some not 0 %.

    >>> share(0.50981), share(0.05668), share(1999 / 2000, 0), share(1 / 2000, 0), share(0.0)
    ('51.0 %', '5.7 %', '99 %', '1 %', '0.0 %')
    """
    if fraction is None or fraction == 0:
        return _percent(fraction, digits, round)
    return _percent(fraction, digits, lambda steps: max(round(steps + HAIR), 1))


def _percent(fraction: float | None, digits: int, whole: Callable[[float], int]) -> str:
    """Below 1 it never reads as 100 %, whichever way it is rounded."""
    if fraction is None:
        return NONE
    if fraction == 1:
        return "100 %"
    scale = 10**digits
    steps = min(whole(fraction * 100 * scale), 100 * scale - 1)
    return f"{steps / scale:.{digits}f} %"


def number(n: int | None) -> str:
    """How many; unknown where nobody would have seen any.

    >>> number(1200), number(0), number(None)
    ('1,200', '0', '–')
    """
    return NONE if n is None else f"{n:,}"


def count(n: int, one: str, many: str | None = None) -> str:
    """A number of things.

    >>> count(1, "incident"), count(1200, "incident"), count(2, "day of notice", "days of notice")
    ('1 incident', '1,200 incidents', '2 days of notice')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def surface(name: str) -> str:
    """A surface's name in words.

    >>> surface("chat_web"), surface("api_inference")
    ('chat web', 'API inference')
    """
    words = name.replace("_", " ")
    return words.replace("api", "API", 1) if words.startswith("api") else words


def day(at: datetime) -> str:
    """A date as a sentence names it."""
    return f"{at.day} {at:%b %Y}"


def tenths(number: float) -> str:
    """A number rounded down to one decimal.

    >>> tenths(89.96), tenths(90)
    ('89.9', '90.0')
    """
    return f"{math.floor(number * 10 + 1e-9) / 10:.1f}"
