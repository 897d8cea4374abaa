"""Instants that are not ISO 8601: epochs, feed dates, local times without a zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.pages import Page
from ingest.platforms.timestamps import abbreviated, parse_instant
from ingest.time_zones import time_zone

#: A number above this counts milliseconds: as seconds it would lie beyond the year 5000.
MILLISECONDS_FROM = 10**11
FEED_DATE = re.compile(
    r"(?:[A-Za-z]{3}, ?)?(?P<day>\d{1,2} [A-Za-z]{3} \d{4}) (?P<clock>\d\d:\d\d(?::\d\d)?)"
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
    clock = parts["clock"] if parts["clock"].count(":") == 2 else parts["clock"] + ":00"
    local = datetime.strptime(f"{parts['day']} {clock}", "%d %b %Y %H:%M:%S")
    zone = parts["zone"]
    if OFFSET.fullmatch(zone):
        aware = datetime.strptime(f"{local.isoformat()}{zone.replace(':', '')}", ISO_WITH_OFFSET)
        return aware.astimezone(UTC)
    return abbreviated(local, "UTC" if zone == "Z" else zone, page_zone)


ISO_WITH_OFFSET = "%Y-%m-%dT%H:%M:%S%z"


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
