"""Instants that are not ISO 8601 are read exactly, or refused."""

from __future__ import annotations

import codecs
from datetime import datetime

import pytest

from ingest.platforms import payload
from ingest.platforms.timestamps import epoch, feed_instant, in_zone, local_instant
from tests.support.payloads.acme import acme, utc


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("Fri, 02 Jan 2026 00:12:00 Z", "2026-01-02T00:12:00"),
        ("Fri, 02 Jan 2026 00:12:00 PST", "2026-01-02T08:12:00"),
        ("Thu, 18 Sep 2025 22:20:00 +0800", "2025-09-18T14:20:00"),
        ("2 Jan 2026 00:12 GMT", "2026-01-02T00:12:00"),
        ("2026-01-02T00:12:00-05:00", "2026-01-02T05:12:00"),
    ],
)
def test_a_feed_date_is_read_by_its_own_zone(text: str, instant: str) -> None:
    assert feed_instant(text) == utc(instant)


@pytest.mark.parametrize("text", ["Fri, 02 Jan 2026 00:12:00", "Fri, 02 Jan 2026 00:12:00 IST", ""])
def test_a_feed_date_without_a_known_zone_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"zone|isoformat"):
        feed_instant(text)


@pytest.mark.parametrize("value", [True, None, "soon", [1]])
def test_what_is_no_number_is_no_epoch(value: object) -> None:
    with pytest.raises(ValueError, match="no epoch"):
        epoch(value)


def test_a_time_without_a_zone_is_read_by_the_zone_of_the_registry_alone() -> None:
    known = acme("cachet", zone="Europe/Berlin")
    assert local_instant("2026-09-24 17:53:34", known) == utc("2026-09-24T15:53:34")
    with pytest.raises(ValueError, match="no time zone"):
        local_instant("2026-09-24 17:53:34", acme("cachet", zone_given=False))


def test_a_clock_time_that_a_zone_skips_is_refused() -> None:
    with pytest.raises(ValueError, match="does not exist"):
        in_zone(datetime.fromisoformat("2026-03-29T02:30:00"), "Europe/Berlin")


@pytest.mark.parametrize("bom", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_json_in_utf_16_is_read_either_way_round(bom: bytes) -> None:
    order = "utf-16-le" if bom == codecs.BOM_UTF16_LE else "utf-16-be"
    assert payload.opened(bom + '{"é": 1}'.encode(order)) == (payload.Media.JSON, {"é": 1})
