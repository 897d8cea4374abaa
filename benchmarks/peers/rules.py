"""Round, cut and add up numbers, and match names, as the methods of peers do."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from ingest.intervals import clip, union

Span = tuple[datetime, datetime]


def minutes_up(seconds: float) -> int:
    """Round seconds up to whole minutes, and no time at all to one.

    >>> [minutes_up(seconds) for seconds in (0, 1, 60, 61)]
    [1, 1, 1, 2]
    """
    return max(1, math.ceil(seconds / 60))


def minutes_cut(seconds: float) -> int:
    """Cut seconds to whole minutes.

    >>> minutes_cut(119)
    1
    """
    return int(seconds // 60)


def percent_cut(share: float) -> float:
    """Cut a share to hundredths of a percent.

    >>> percent_cut(0.99999)
    99.99
    """
    return math.floor(share * 10_000 + 1e-9) / 100


def is_about(
    title: str, names: Iterable[str], words: Sequence[str], refused: Sequence[str] = ()
) -> bool:
    """Tell whether a post is about a service: by words of its title, or a linked component.

    Without ``refused``, the title or a name must have one of ``words``. With it, any title will
    do but those with a refused word, and these do where a component's name has one of ``words``.

    >>> is_about("Claude.ai is down", ["Claude Code"], ["claude code"])
    True
    >>> is_about("Errors", [], ["claude api"], refused=["claude.ai"])
    True
    >>> is_about("Claude.ai is down", [], ["claude api"], refused=["claude.ai"])
    False
    """
    linked = any(word in name.lower() for name in names for word in words)
    title = title.lower()
    if refused:
        return linked or not any(word in title for word in refused)
    return linked or any(word in title for word in words)


def merged_share(spans: Iterable[Span], start: datetime, end: datetime) -> float:
    """Return the share of a window outside of all spans together."""
    inside = clip(union(spans), start, end)
    down = sum(((b - a) for a, b in inside), timedelta())
    return 1 - down / (end - start)


def added_minutes(spans: Iterable[Span], since: datetime) -> float:
    """Add up spans that began since an instant, each whole, also where they overlap."""
    return sum((end - start).total_seconds() for start, end in spans if start >= since) / 60


def added_share(minutes: float, days: float) -> float:
    """Return what is left of days after minutes of trouble, never less than nothing.

    >>> added_share(720, 1), added_share(2000, 1)
    (0.5, 0.0)
    """
    return max(0.0, 1 - minutes / (days * 1440))


def share_of_polls(states: Iterable[bool]) -> float | None:
    """Return the share of polls that found all well; None without polls.

    >>> share_of_polls([True, True, False, True])
    0.75
    """
    seen = list(states)
    return sum(seen) / len(seen) if seen else None


MONTHS = (
    "January February March April May June July August September October November December"
).split()
_DATE = rf"(?P<month>{'|'.join(MONTHS)}) (?P<day>\d{{1,2}}), (?P<year>\d{{4}})"
_FROM, _TO = r"(?P<start>\d{1,2}:\d\d)", r"(?P<end>\d{1,2}:\d\d)"
#: The three forms that count: a date before two times, or behind them; UTC is always said.
_STATED = tuple(
    re.compile(form.replace(" ", r"\s+"), re.IGNORECASE)
    for form in (
        rf"On {_DATE}, between {_FROM} UTC and {_TO} UTC",
        rf"between {_FROM} UTC and {_TO} UTC, on {_DATE}",
        rf"On {_DATE}, from {_FROM} (?:UTC )?to {_TO} UTC",
    )
)


def dated_window(texts: Iterable[str]) -> Span | None:
    """Read the first window that a text states with its full date, in UTC.

    >>> text = "On May 2, 2025, between 23:10 UTC and 00:20 UTC, pages were slow."
    >>> [f"{instant:%d %H:%M}" for instant in dated_window([text])]
    ['02 23:10', '03 00:20']
    """
    for text in texts:
        for form in _STATED:
            found = form.search(text)
            if found is None:
                continue
            month = MONTHS.index(found["month"].title()) + 1
            day = datetime(int(found["year"]), month, int(found["day"]), tzinfo=UTC)
            start, end = (day + _clock(found[name]) for name in ("start", "end"))
            return start, end if end > start else end + timedelta(days=1)
    return None


def _clock(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))
