"""Dates of feeds, by our own table of zones: what is not understood is refused, never UTC.

Readers of feeds take a zone they do not know for UTC, and Ruby's form for midnight. Here the
standard library's reading is held against our own, and a date on which they differ is refused.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from ingest.platforms.timestamps import FIXED_OFFSETS, parse_instant

MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
#: RFC 822 and its successors: day, month, year, hour, minute, second, zone.
MAIL = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?(\d{1,2})\s+([A-Za-z]{3})[a-z]*\.?,?\s+(\d{4}|\d\d)\s+"
    r"(\d{1,2}):(\d\d)(?::(\d\d))?\s*([A-Za-z+-].*)"
)
#: How Ruby prints a time: date, clock, zone.
RUBY = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) ([A-Z+-].*)")
#: Zones of RFC 822 that mean something else elsewhere.
OF_MAIL = {"CST": -6}
OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d\d)?")


def parse_feed_date(text: str) -> datetime:
    """Return the date of a feed's entry in UTC.

    Raises ``ValueError`` when it is malformed or its zone is not known.

    >>> parse_feed_date("Thu, 09 Jul 2026 12:30:00 CET").isoformat()
    '2026-07-09T11:30:00+00:00'
    >>> parse_feed_date("2026-07-09 12:30:00 UTC").isoformat()
    '2026-07-09T12:30:00+00:00'
    """
    text = text.strip()
    if mail := MAIL.fullmatch(text):
        day, month, year, hour, minute, second, zone = mail.groups()
        number = MONTHS.index(month.lower()) + 1
        date = f"{_full_year(year)}-{number:02}-{int(day):02}"
        local = datetime.fromisoformat(f"{date}T{int(hour):02}:{minute}:{second or '00'}+00:00")
    elif ruby := RUBY.fullmatch(text):
        local = datetime.fromisoformat(f"{ruby[1]}T{ruby[2]}+00:00")
        zone = ruby[3]
    else:
        return parse_instant(text)
    try:
        at = local - _offset(zone)
    except OverflowError as error:
        raise ValueError(f"{text} is no time in UTC") from error
    if _otherwise(text) not in (None, at):
        raise ValueError(f"{text} is read as two times")
    return at


def _full_year(year: str) -> int:
    """Read two digits as RFC 2822 (4.3) says."""
    return int(year) + (0 if len(year) == 4 else 2000 if int(year) < 50 else 1900)


def _offset(zone: str) -> timedelta:
    zone = zone.strip().removesuffix(")").rpartition("(")[0].strip() or zone.strip()
    if zone == "Z":
        return timedelta(0)
    known = {**FIXED_OFFSETS, **OF_MAIL}
    if zone.upper() in known:
        return timedelta(hours=known[zone.upper()])
    found = OFFSET.fullmatch(zone)
    if found is None or int(found[2]) > 14 or int(found[3] or 0) > 59:
        raise ValueError(f"zone {zone!r} is not known")
    away = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return away if found[1] == "+" else -away


def _otherwise(text: str) -> datetime | None:
    """Return what the standard library reads, where it knows the zone."""
    try:
        read = parsedate_to_datetime(text)
    except ValueError:
        return None
    return None if read.tzinfo is None else read.astimezone(UTC)
