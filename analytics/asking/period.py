"""Name a window by a word, for jobs that run again and again: last-month, 2026-10, 90d."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from analytics.question import QuestionError
from ingest.models import time_zone

FORMS = "90d, 2026-10, last-month, last-quarter or contract:NAME"


def period_days(text: str, as_of: datetime, zone: str) -> tuple[date, date]:
    """Return first day and day after the last of a period, in ``zone``.

    Args:
        text: So many days up to the newest data (90d), a month (2026-10), last-month or
            last-quarter.
        as_of: Moment of the newest data.
        zone: IANA zone in which days begin.

    Raises:
        QuestionError: No such period.

    >>> from datetime import UTC
    >>> now = datetime(2026, 11, 29, 8, tzinfo=UTC)
    >>> for text in ("90d", "2026-10", "last-month", "last-quarter"):
    ...     print(text, *period_days(text, now, "Etc/UTC"))
    90d 2026-08-31 2026-11-29
    2026-10 2026-10-01 2026-11-01
    last-month 2026-10-01 2026-11-01
    last-quarter 2026-07-01 2026-10-01
    """
    today = as_of.astimezone(time_zone(zone)).date()
    if found := re.fullmatch(r"([1-9]\d{0,3})d", text):
        return today - timedelta(days=int(found[1])), today
    if found := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text):
        return _months(int(found[1]), int(found[2]), 1)
    if text == "last-month":
        return _months(today.year, today.month - 1, 1)
    if text == "last-quarter":
        return _months(today.year, (today.month - 1) // 3 * 3 - 2, 3)
    raise QuestionError(f"period {text!r} is none of {FORMS}")


def _months(year: int, month: int, n: int) -> tuple[date, date]:
    """Return so many whole months from one on; month 0 is December of the year before."""
    first, after = (divmod(year * 12 + month - 1 + more, 12) for more in (0, n))
    try:
        return date(first[0], first[1] + 1, 1), date(after[0], after[1] + 1, 1)
    except ValueError:
        raise QuestionError(f"{year}-{month:02} is outside the calendar") from None
