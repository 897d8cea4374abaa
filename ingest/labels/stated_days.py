"""Read the day a sentence names beside its clocks.

A sentence names a day by its date, by the day of the week, or by its distance to today. A day
that could be two is left unread, and the window with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
MONTHS = {
    name: number
    for number, name in enumerate(
        "jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1
    )
}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_MONTH = (
    r"(?P<{n}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_YEAR = r"(?:,?\s++(?P<{n}>\d{{4}})\b)?"
#: A day by its month's name, in either order, or year first in figures.
DATE = re.compile(
    rf"\b{_MONTH.format(n='month')}\s++(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)"
    rf"{_YEAR.format(n='year')}"
    rf"|\b(?P<first_day>\d{{1,2}})(?:st|nd|rd|th)?\s++(?:of\s++)?"
    rf"{_MONTH.format(n='then_month')}{_YEAR.format(n='then_year')}"
    r"|\b(?P<iso_year>\d{4})-(?P<iso_month>\d{2})-(?P<iso_day>\d{2})\b",
    re.IGNORECASE,
)
_PARTS = (
    ("day", "first_day", "iso_day"),
    ("month", "then_month", "iso_month"),
    ("year", "then_year", "iso_year"),
)
#: The stop of a shortened month ends no sentence.
SHORT_MONTH = re.compile(rf"\b{_MONTH.format(n='month')}(?<=\.)", re.IGNORECASE)
#: A day given in figures: 5/6 may be May or June, so such a window is left out.
FIGURES = re.compile(r"\b\d{1,2}/\d{1,2}\b|\b\d{1,4}(?P<apart>[/.-])\d{1,2}(?P=apart)\d{1,4}\b")
#: Beside the window even two figures are a day: elsewhere they are a version or a share.
FIGURES_NEXT = re.compile(r",?\s++(?:on\s++)?\d{1,4}[/.-]\d{1,2}\b", re.IGNORECASE)
_WEEKDAY = r"\b(?P<weekday>mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?day\b"
#: A day told by its distance to the day of writing.
RELATIVE = re.compile(
    r"\b(?P<today>earlier today|today|this (?:morning|afternoon|evening))\b"
    r"|\b(?P<yesterday>yesterday)\b(?!'s)"
    rf"|\b(?P<before>last\s)?{_WEEKDAY}",
    re.IGNORECASE,
)
#: A day told in a way that could mean several.
VAGUE = re.compile(
    r"\b(?:last (?:week|month|year|night)|next \w+|tomorrow|tonight"
    r"|the (?:day before|(?:previous|next|same|following) day)|(?:on )?the same day"
    r"|(?:an?|one|two|three|several|\d+) (?:days?|weeks?|months?) (?:ago|earlier|before|later)"
    r"|earlier this (?:week|month))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class StatedDays:
    """Hold the days on which a window may begin.

    Attributes:
        days: The days; empty where what the text says names none.
        span: Where in the text a date begins and ends; None where no date names the day.
    """

    days: tuple[date, ...]
    span: tuple[int, int] | None = None


def stated_days(
    text: str, start: int, end: int, posted: date, written: tuple[date, ...]
) -> StatedDays | None:
    """Return the days a stretch of text names, or None where it names none.

    Two dates, a date in figures that could mean two days, or a day told vaguely give no days.

    Args:
        text: The message.
        start: Where the stretch begins.
        end: Where the stretch ends.
        posted: Day on which the incident began; a date without a year lies nearest to it.
        written: Days on which the message may have been written, by the zones it may mean.
    """
    if any(not DATE.fullmatch(found[0]) for found in FIGURES.finditer(text, start, end)):
        return StatedDays(())
    dates = list(DATE.finditer(text, start, end))
    relatives = list(RELATIVE.finditer(text, start, end))
    if len(dates) > 1:
        return StatedDays(())
    if dates:
        day = _named(dates[0], posted)
        weekdays = {w for r in relatives if (w := _weekday(r)) is not None}
        agrees = day is not None and weekdays <= {day.weekday()}
        return StatedDays((day,) if day and agrees else (), dates[0].span())
    if VAGUE.search(text, start, end):
        return StatedDays(())
    if not relatives:
        return None
    resolved = {tuple(_related(found, today) for today in written) for found in relatives}
    return StatedDays(resolved.pop() if len(resolved) == 1 else ())


def _named(found: re.Match[str], posted: date) -> date | None:
    """Return the day a date names, or None where there is no such day."""
    day, month, year = (next(filter(None, map(found.group, names)), "") for names in _PARTS)
    number = int(month) if month.isdigit() else MONTHS[month[:3].lower()]
    years = [int(year)] if year else [posted.year - 1, posted.year, posted.year + 1]
    possible = [d for y in years if (d := _date(y, number, int(day))) is not None]
    return min(possible, key=lambda d: abs(d - posted), default=None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _weekday(found: re.Match[str]) -> int | None:
    return WEEKDAYS.index(found["weekday"].lower()) if found["weekday"] else None


def _related(found: re.Match[str], today: date) -> date:
    """Return the day a word means on the day of writing, the newest one that is past."""
    if found["today"]:
        return today
    if found["yesterday"]:
        return today - DAY
    weekday = _weekday(found) or 0
    back = (today.weekday() - weekday) % 7
    return today - (back or 7 if found["before"] else back) * DAY
