"""Read instants as pages write them: ISO 8601, epochs, dates of feeds, local times.

What is not understood is refused: no zone is guessed, and none is taken for UTC. Readers of feeds
take a zone they do not know for UTC, and Ruby's form for midnight: so the standard library's
reading of a feed's date is held against our own, and a date on which they differ is refused.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from ingest.models import Page
from ingest.time_zones import time_zone

#: Abbreviations that mean one offset wherever they are used.
FIXED_OFFSETS = {
    "UTC": 0,
    "GMT": 0,
    "EST": -5,
    "EDT": -4,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
    "CET": 1,
    "CEST": 2,
    "JST": 9,
    "SGT": 8,
    "AEST": 10,
    "AEDT": 11,
}

#: A ULID of this millennium: ten characters of time, sixteen of chance.
ULID = re.compile(r"0[0-9A-HJKMNP-TV-Z]{25}")
#: From the digits of a ULID to those that Python counts by.
CROCKFORD = str.maketrans("0123456789ABCDEFGHJKMNPQRSTVWXYZ", "0123456789ABCDEFGHIJKLMNOPQRSTUV")
EPOCH = datetime.fromtimestamp(0, UTC)


@lru_cache(maxsize=65536)
def parse_instant(text: str) -> datetime:
    """Return an ISO 8601 instant in UTC.

    Raises ``ValueError`` when it is malformed, carries no zone (a guess would be a wrong
    number later) or lies outside the years 1 to 9999.
    """
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text} is no time in UTC") from error


def stamp(at: datetime) -> str:
    """Write an instant to the second, as the id of what has no other."""
    return f"{at.replace(microsecond=0, tzinfo=None).isoformat()}Z"


def abbreviated(local: datetime, abbreviation: str, page_zone: str) -> datetime:
    """Return a naive local time with an abbreviated zone as an instant in UTC.

    An abbreviation the page's own zone uses on that date is read by that zone (CST is
    +08:00 on a Shanghai page); otherwise only unambiguous ones are accepted. Raises
    ``ValueError`` for any other: unknown is not UTC.
    """
    zone = time_zone(page_zone)
    for fold in (0, 1):
        there = local.replace(tzinfo=zone, fold=fold)
        if there.tzname() == abbreviation:
            return there.astimezone(UTC)
    if abbreviation not in FIXED_OFFSETS:
        raise ValueError(f"zone {abbreviation!r} is not known on a page in {page_zone}")
    return local.replace(tzinfo=UTC) - timedelta(hours=FIXED_OFFSETS[abbreviation])


def abbreviated_span(
    start: datetime, end: datetime, abbreviation: str, page_zone: str
) -> tuple[datetime, datetime]:
    """Return naive local times, of which only the end names its zone, as instants in UTC.

    Where clocks are set between the two, the start has the page's other abbreviation. Raises
    ``ValueError`` as ``abbreviated`` does.

    >>> night = datetime(2025, 11, 2)
    >>> begun, _ = abbreviated_span(night, night.replace(hour=4), "PST", "America/Los_Angeles")
    >>> begun.isoformat()
    '2025-11-02T07:00:00+00:00'
    """
    zone = time_zone(page_zone)
    over = abbreviated(end, abbreviation, page_zone)
    if abbreviation not in _names(end, zone):
        return abbreviated(start, abbreviation, page_zone), over
    begun = start.replace(tzinfo=zone).astimezone(UTC)
    if abbreviation in _names(start, zone):
        # In an hour that clocks show twice the start is in the second, unless that is too late.
        named = abbreviated(start, abbreviation, page_zone)
        begun = named if named <= over else begun
    return begun, over


def _names(local: datetime, zone: ZoneInfo) -> set[str | None]:
    """Return what a zone is called at a local time, which clocks may show twice."""
    return {local.replace(tzinfo=zone, fold=fold).tzname() for fold in (0, 1)}


def minted(identifier: str) -> datetime | None:
    """Return the instant a ULID was made; None for an id of another kind.

    >>> minted("01KWFYMRXK20CA49GZJNWC9W2B").isoformat()
    '2026-07-01T23:01:22.483000+00:00'
    """
    if not ULID.fullmatch(identifier):
        return None
    return EPOCH + timedelta(milliseconds=int(identifier[:10].translate(CROCKFORD), 32))


#: A number above this counts milliseconds: as seconds it would lie beyond the year 5000.
MILLISECONDS_FROM = 10**11


FEED_DATE = re.compile(
    r"(?:[A-Za-z]{3}, ?)?(?P<day>\d{1,2}) (?P<month>[A-Za-z]{3}) (?P<year>\d{4})"
    r" (?P<clock>\d\d:\d\d(?::\d\d)?)"
    r" ?(?P<zone>[+-]\d\d:?\d\d|[A-Z]{1,5})"
)


OFFSET = re.compile(r"[+-]\d\d:?\d\d")


def epoch(value: Any) -> datetime:
    """Return the instant of an epoch in seconds or milliseconds, a number or digits.

    Raises ``ValueError`` for anything else; a truth value is no number.

    >>> epoch("1767607200").isoformat(), epoch(1767607200500).isoformat()
    ('2026-01-05T10:00:00+00:00', '2026-01-05T10:00:00.500000+00:00')
    """
    if isinstance(value, str) and re.fullmatch(r"\d{1,16}(\.\d+)?", value):
        value = float(value) if "." in value else int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r} is no epoch")
    if isinstance(value, int) and value > MILLISECONDS_FROM:
        return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=value)
    return datetime.fromtimestamp(value, UTC)


def optional_epoch(value: Any) -> datetime | None:
    """Return an epoch's instant; None where it is missing, empty or 0."""
    return None if value in (None, "", 0, "0") else epoch(value)


def feed_instant(text: str, page_zone: str = "Etc/UTC") -> datetime:
    """Return the instant of a date as feeds write it, RFC 822 or ISO 8601.

    A bare ``Z`` is UTC; abbreviations are read by our own table and the page's zone, never by
    the machine's. Raises ``ValueError`` where there is no zone, or one that we do not know.

    >>> feed_instant("Tue, 15 Sep 2026 02:11:00 Z").isoformat()
    '2026-09-15T02:11:00+00:00'
    >>> feed_instant("Mon, 17 Aug 2026 21:01:19 PDT").isoformat()
    '2026-08-18T04:01:19+00:00'
    """
    stripped = text.strip()
    parts = FEED_DATE.fullmatch(stripped)
    if parts is None:
        return parse_instant(stripped)
    date = f"{parts['year']}-{_month(parts['month']):02}-{int(parts['day']):02}"
    local, zone = f"{date}T{parts['clock']}", parts["zone"]
    if OFFSET.fullmatch(zone):
        return parse_instant(local + zone)
    return abbreviated(datetime.fromisoformat(local), "UTC" if zone == "Z" else zone, page_zone)


def local_instant(text: str, page: Page) -> datetime:
    """Return the instant of a time that may be posted without a zone: the page's.

    Raises ``ValueError`` where the registry gives the page no zone: a guess would be a wrong
    number later.
    """
    value = datetime.fromisoformat(text)
    if value.tzinfo is None and not page.zone_given:
        raise ValueError(f"{text} has no time zone, nor has the page in the registry")
    return in_zone(value, page.zone)


def in_zone(value: datetime, zone: str) -> datetime:
    """Return a local time of a zone in UTC; one with an offset keeps its own meaning.

    Raises ``ValueError`` for a clock time that the zone skips.
    """
    if value.tzinfo is not None:
        return value.astimezone(UTC)
    found = value.replace(tzinfo=time_zone(zone)).astimezone(UTC)
    if found.astimezone(time_zone(zone)).replace(tzinfo=None) != value:
        raise ValueError(f"{value.isoformat()} does not exist in {zone}")
    return found


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


MAIL_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d\d)?")


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
        date = f"{_full_year(year)}-{_month(month):02}-{int(day):02}"
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


def _month(name: str) -> int:
    """Return the number of a month by the three letters its name begins with."""
    if name.lower() not in MONTHS:
        raise ValueError(f"{name!r} is no month")
    return MONTHS.index(name.lower()) + 1


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
    found = MAIL_OFFSET.fullmatch(zone)
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
