"""Numbers and instants as sentences and tables say them: with a unit, without false precision."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime, timedelta

#: What stands where there is no number.
BLANK = "–"
#: For what binary fractions lose: 0.99 must stay 99.000 %.
ROUNDING_SLACK = 1e-6


def format_duration(seconds: float | None) -> str:
    """Write seconds in two units at most, rounded down.

    >>> [format_duration(s) for s in (9, 75, 3_660, 190_000)]
    ['9 s', '1 min 15 s', '1 h 1 min', '2 d 4 h']
    """
    if seconds is None:
        return BLANK
    left = int(seconds)
    parts: list[tuple[int, str]] = []
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")):
        count, left = divmod(left, size)
        if count or parts:
            parts.append((count, unit))
    return " ".join(f"{n} {unit}" for n, unit in parts[:2] if n) or "0 s"


def format_rough(seconds: float) -> str:
    """Write seconds as a heading does: in one unit from ten hours on.

    >>> [format_rough(s) for s in (75, 4_080, 169_500, 3_000_000)]
    ['1 min 15 s', '1 h 8 min', '47 h', '34 d']
    """
    hours = int(seconds) // 3600
    if hours < 10:
        return format_duration(seconds)
    return f"{hours} h" if hours < 100 else f"{hours // 24} d"


def format_length(seconds: float) -> str:
    """Write how long trouble typically lasts, in whole minutes up to ten hours.

    >>> [format_length(s) for s in (9, 2_997, 4_100, 169_500)]
    ['9 s', '49 min', '1 h 8 min', '47 h']
    """
    return format_rough(seconds - seconds % 60 if seconds >= 60 else seconds)


def format_lengths(least: float, most: float) -> str:
    """Write from how short to how long, in one unit.

    >>> format_lengths(2_460, 5_800), format_lengths(3_000, 3_010), format_lengths(9_000, 90_000)
    ('41 to 96 min', '50 min', '2 to 25 h')
    """
    size, unit = (60, "min") if most < 10 * 3600 else (3600, "h")
    ends = dict.fromkeys(f"{int(seconds // size)}" for seconds in (least, most))
    return f"{' to '.join(ends)} {unit}"


def format_beyond(seconds: float) -> str:
    """Write a duration that is only known to be longer than ``seconds``.

    >>> format_beyond(273_600)
    '> 3 d 4 h'
    """
    return f"> {format_duration(seconds)}"


def format_percent(fraction: float | None, digits: int = 3) -> str:
    """Write a fraction of time as percent, rounded down: 99.9999 % is not 100 %.

    >>> format_percent(0.999996), format_percent(1.0), format_percent(None)
    ('99.999 %', '100 %', '–')
    """
    return _percent(fraction, digits, lambda steps: math.floor(steps + ROUNDING_SLACK))


def format_percent_up(fraction: float | None, digits: int = 3) -> str:
    """Write the upper end of an interval, rounded up, but never to 100 %.

    >>> format_percent_up(0.99950123), format_percent_up(0.999996), format_percent_up(1.0)
    ('99.951 %', '99.999 %', '100 %')
    """
    return _percent(fraction, digits, lambda steps: math.ceil(steps - ROUNDING_SLACK))


def format_range(low: float | None, high: float | None) -> str:
    """Write an interval of fractions of time, both ends rounded outwards.

    >>> format_range(0.9991239, 0.9999991)
    '99.912 % to 99.999 %'
    """
    return f"{format_percent(low)} to {format_percent_up(high)}"


def format_share(fraction: float | None, digits: int = 1) -> str:
    """Write a share of things as percent, rounded to the nearest.

    Not all is never 100 %, and some is never 0 %.

    >>> format_share(0.50981), format_share(0.05668), format_share(0.0)
    ('51.0 %', '5.7 %', '0.0 %')
    >>> format_share(1999 / 2000, 0), format_share(1 / 2000, 0)
    ('99 %', '1 %')
    """
    if fraction is None or fraction == 0:
        return _percent(fraction, digits, round)
    return _percent(fraction, digits, lambda steps: max(round(steps + ROUNDING_SLACK), 1))


def _percent(fraction: float | None, digits: int, whole: Callable[[float], int]) -> str:
    """Write a fraction as percent: below 1 never as 100 %, whichever way ``whole`` rounds."""
    if fraction is None:
        return BLANK
    if fraction == 1:
        return "100 %"
    scale = 10**digits
    steps = min(whole(fraction * 100 * scale), 100 * scale - 1)
    return f"{steps / scale:.{digits}f} %"


def format_number(n: int | None) -> str:
    """Write a count; one that nobody would have seen is blank, not zero.

    >>> format_number(1200), format_number(0), format_number(None)
    ('1,200', '0', '–')
    """
    return BLANK if n is None else f"{n:,}"


def format_count(n: int, one: str, many: str | None = None) -> str:
    """Write a count with its noun in the right form.

    >>> format_count(1, "incident"), format_count(1200, "incident")
    ('1 incident', '1,200 incidents')
    >>> format_count(2, "day of notice", "days of notice")
    '2 days of notice'
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


#: Surfaces that are not called by the words of their name.
SURFACE_WORDS = {
    "crm": "CRM",
    "gov_region": "government region",
    "network_dns_cdn": "network, DNS and CDN",
    "registry_build": "registry and builds",
}


def format_surface(name: str) -> str:
    """Write the name of a surface in words.

    >>> format_surface("chat_web"), format_surface("api_inference")
    ('chat web', 'API inference')
    """
    words = SURFACE_WORDS.get(name) or name.replace("_", " ")
    return words.replace("api", "API", 1) if words.startswith("api") else words


def format_day(at: datetime) -> str:
    """Write a date as a sentence names it.

    >>> format_day(datetime(2026, 7, 9))
    '9 Jul 2026'
    """
    return f"{at.day} {at:%b %Y}"


def format_date(day: date) -> str:
    """Write a day of a calendar as a sentence names it.

    >>> format_date(date(2026, 7, 9))
    '9 Jul 2026'
    """
    return f"{day.day} {day:%b %Y}"


def format_instant(at: datetime | None) -> str:
    """Write an instant to the minute, with its zone.

    >>> format_instant(datetime(2026, 7, 9, 7, 58)), format_instant(None)
    ('2026-07-09 07:58 UTC', '–')
    """
    return BLANK if at is None else f"{at:%Y-%m-%d %H:%M} UTC"


def format_age(length: timedelta) -> str:
    """Write how long ago something was.

    >>> format_age(timedelta(hours=2))
    '2 h ago'
    """
    return f"{format_duration(length.total_seconds())} ago"


def format_zone(name: str) -> str:
    """Write a time zone as an axis names it.

    >>> format_zone("Etc/UTC"), format_zone("Europe/Berlin")
    ('UTC', 'Europe/Berlin')
    """
    return "UTC" if name == "Etc/UTC" else name


def format_tenths(number: float) -> str:
    """Write a number rounded down to one decimal.

    >>> format_tenths(89.96), format_tenths(90)
    ('89.9', '90.0')
    """
    return f"{math.floor(number * 10 + 1e-9) / 10:.1f}"
