"""Dates of feeds: each zone that is known is meant, and no other is taken for UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.platforms.timestamps import parse_feed_date


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("Thu, 09 Jul 2026 12:30:00 GMT", "12:30"),
        ("Thu, 09 Jul 2026 12:30:00 -0000", "12:30"),
        ("Thu, 09 Jul 2026 12:30:00 +0200", "10:30"),
        ("Thu, 09 Jul 2026 12:30:00 +02:00", "10:30"),
        ("Thu, 09 Jul 2026 12:30:00 +0200 (CEST)", "10:30"),
        ("Thu, 09 Jul 2026 12:30:00 CET", "11:30"),
        ("Thu, 09 Jul 2026 12:30:00 CEST", "10:30"),
        ("Thu, 09 Jul 2026 12:30:00 JST", "03:30"),
        ("Thu, 09 Jul 2026 12:30:00 AEDT", "01:30"),
        ("Thu, 09 Jul 2026 12:30:00 UTC+02:00", "10:30"),
        ("Thu, 09 Jul 2026 12:30:00 GMT-3", "15:30"),
        ("Thu, 09 Jul 2026 12:30:00 PDT", "19:30"),
        ("Thu, 09 Jul 2026 12:30:00 CST", "18:30"),
        ("9 Jul 26 12:30 Z", "12:30"),
        ("Thursday, 9 July 2026 12:30:00 utc", "12:30"),
        ("2026-07-09 12:30:00 UTC", "12:30"),
        ("2026-07-09 12:30:00 +0530", "07:00"),
        ("2026-07-09 12:30:00 AEST", "02:30"),
        ("2026-07-09T12:30:00Z", "12:30"),
        ("2026-07-09T12:30:00+02:00", "10:30"),
    ],
)
def test_a_known_zone_is_meant(text: str, clock: str) -> None:
    assert parse_feed_date(text) == datetime.fromisoformat(f"2026-07-09T{clock}:00+00:00")


@pytest.mark.parametrize(
    "text",
    [
        "Thu, 09 Jul 2026 12:30:00",
        "Thu, 09 Jul 2026 12:30:00 BST",
        "Thu, 09 Jul 2026 12:30:00 IST",
        "Thu, 09 Jul 2026 12:30:00 XYZ",
        "Thu, 09 Jul 2026 12:30:00 A",
        "Thu, 09 Jul 2026 12:30:00 +9900",
        "Thu, 09 Jul 2026 12:30:00 Europe/Berlin",
        "Thu, 09 Jul 2026 24:30:00 GMT",
        "Thu, 31 Jun 2026 12:30:00 GMT",
        "Thu, 09 Foo 2026 12:30:00 GMT",
        "2026-07-09 12:30:00",
        "2026-07-09",
        "2026-07-09 12:30:00 BRT",
        "yesterday",
        "",
    ],
)
def test_no_other_zone_is_taken_for_utc(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_feed_date(text)


INSTANTS = st.integers(631_152_000, 3_786_912_000).map(lambda s: datetime.fromtimestamp(s, UTC))


@given(INSTANTS, st.integers(-14 * 60, 14 * 60))
def test_what_the_standard_library_writes_is_read_as_written(at: datetime, minutes: int) -> None:
    there = at.astimezone(timezone(timedelta(minutes=minutes)))
    assert parse_feed_date(format_datetime(there)) == at
