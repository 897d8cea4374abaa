"""Instants and abbreviated zones, as feeds write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

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
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


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


def minted(identifier: str) -> datetime | None:
    """Return the instant a ULID was made; None for an id of another kind.

    >>> minted("01KWFYMRXK20CA49GZJNWC9W2B").isoformat()
    '2026-07-01T23:01:22.483000+00:00'
    """
    if not ULID.fullmatch(identifier):
        return None
    milliseconds = 0
    for character in identifier[:10]:
        milliseconds = milliseconds * 32 + CROCKFORD.index(character)
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=milliseconds)
