"""Numbers as sentences and tables say them: with a unit, without false precision."""

from __future__ import annotations

import math
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


def percent(fraction: float | None, digits: int = 3) -> str:
    """A fraction as percent, rounded down: 99.9999 % is not 100 %.

    >>> percent(0.999996), percent(1.0), percent(None)
    ('99.999 %', '100 %', '–')
    """
    if fraction is None:
        return NONE
    if fraction == 1:
        return "100 %"
    scale = 10**digits
    # A hair's breadth for what binary fractions lose: 0.99 must stay 99.000 %.
    return f"{math.floor(fraction * 100 * scale + 1e-6) / scale:.{digits}f} %"


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
