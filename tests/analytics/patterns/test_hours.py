"""Test that hours of the week are those of the zone, over every change of clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.comparison.pairwise import rate_ratio
from analytics.patterns.hours import HOURS, BusinessHours, counts, exposure, parse_hours
from analytics.question import QuestionError

ZONES = (
    *("America/Los_Angeles", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe"),
    *("Asia/Kathmandu", "Etc/UTC", "Pacific/Apia"),
)
START = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp())
SECOND = st.integers(START, START + 2 * 365 * 86_400)


@settings(max_examples=25)
@given(SECOND, st.integers(1, 9 * 86_400), st.sampled_from(ZONES))
def test_exposure_is_that_of_each_minute_converted(start: int, lasting: int, zone: str) -> None:
    start -= start % 60
    minutes = range(start, start + lasting - lasting % 60, 60)
    slow = np.zeros(HOURS, dtype=int)
    for minute in minutes:
        local = datetime.fromtimestamp(minute, ZoneInfo(zone))
        slow[24 * local.weekday() + local.hour] += 60
    found = exposure([(start, start + 60 * len(minutes))], zone)
    assert found.tolist() == slow.tolist()
    assert counts([*minutes], zone).tolist() == (slow // 60).tolist()


@given(st.sampled_from(ZONES))
def test_a_whole_year_adds_up_to_its_length_in_utc(zone: str) -> None:
    assert exposure([(START, START + 365 * 86_400)], zone).sum() == 365 * 86_400


def test_the_hour_that_comes_twice_counts_twice() -> None:
    night = int(datetime(2026, 11, 1, 7, tzinfo=UTC).timestamp())  # midnight in California
    found = exposure([(night, night + 25 * 3600)], "America/Los_Angeles")
    sunday = 6 * 24
    assert found[sunday : sunday + 3].tolist() == [3600, 7200, 3600]
    half_past_one = [night + 5400, night + 9000]
    assert counts(half_past_one, "America/Los_Angeles")[sunday + 1] == 2


def test_business_hours_go_by_the_zone() -> None:
    monday = datetime(2026, 3, 2, 17, tzinfo=UTC)
    begun = counts([int(monday.timestamp())], "America/Los_Angeles")
    assert begun[BusinessHours().cells].sum() == 1
    early = counts([int((monday - timedelta(minutes=1)).timestamp())], "America/Los_Angeles")
    assert early[BusinessHours().cells].sum() == 0


def test_the_example_of_the_definition_is_right() -> None:
    """12 starts in 40 h against 8 in 128 h."""
    found = rate_ratio(12, 40, 8, 128)
    numbers = [found.value, found.low, found.high]
    assert [round(x, 2) for x in numbers if x is not None] == [4.80, 1.80, 13.54]
    assert round(found.p, 4) == 0.0006


@pytest.mark.parametrize("text", ["", "9", "17-9", "9-25", "9-17-18", "-1-5", "nine-five", "9-9"])
def test_what_are_no_hours_is_refused(text: str) -> None:
    with pytest.raises(QuestionError, match="as in 9-17"):
        parse_hours(text)
