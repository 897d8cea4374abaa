"""When a source is asked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fetching.schedule import JITTER, PARK_AFTER, due, interval, next_attempt
from ingest.models import Capture, FetchFailure
from ingest.sources import Source

NOON = datetime(2026, 7, 9, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
URL = "https://acme.test/list"
FIVE = Source("acme", URL, "list", 5 * MINUTE)
BRISK = replace(FIVE, brisk=2 * MINUTE)
GOOD = Capture("acme", URL, "list", NOON, http_status=200, sha256="a")
DOWN = replace(GOOD, http_status=503, failure=FetchFailure.HTTP_5XX)
GONE = replace(GOOD, http_status=404, failure=FetchFailure.HTTP_404_410)


@pytest.mark.parametrize(("minutes", "expected"), [(4, False), (5, True), (60, True)])
def test_a_source_is_due_when_its_interval_is_over(minutes: int, expected: bool) -> None:
    assert due(FIVE, GOOD, 0, NOON + minutes * MINUTE) is expected


def test_a_source_never_asked_is_due() -> None:
    assert due(FIVE, None, 0, NOON)


def test_a_scheduler_some_seconds_early_misses_no_poll() -> None:
    assert due(FIVE, GOOD, 0, NOON + 5 * MINUTE - timedelta(seconds=20))


@pytest.mark.parametrize(("open_", "minutes"), [(False, 5), (True, 2)])
def test_while_something_is_open_it_is_asked_more_often(open_: bool, minutes: int) -> None:
    assert interval(BRISK, GOOD, 0, open_=open_) == minutes * MINUTE
    assert interval(FIVE, GOOD, 0, open_=open_) == 5 * MINUTE


def test_no_source_is_asked_more_often_than_once_a_minute() -> None:
    hasty = replace(FIVE, every=timedelta(seconds=5), brisk=timedelta(seconds=1))
    assert interval(hasty, GOOD, 0, open_=True) == MINUTE


def test_what_only_others_lead_to_is_asked_when_they_do() -> None:
    assert due(replace(FIVE, every=timedelta(0)), GOOD, 0, NOON)


@pytest.mark.parametrize(
    ("stated", "minutes"),
    [("max-age=0", 5), ("public, max-age=600", 10), ("max-age=999999", 60), ("no-store", 5)],
)
def test_an_answer_good_for_longer_is_not_asked_for_sooner(stated: str, minutes: int) -> None:
    cached = replace(GOOD, headers={"cache-control": stated})
    assert interval(FIVE, cached, 0, open_=False) == minutes * MINUTE


def test_a_source_that_failed_too_often_is_tried_once_a_day() -> None:
    assert interval(FIVE, DOWN, PARK_AFTER - 1, open_=True) == 5 * MINUTE
    assert interval(FIVE, DOWN, PARK_AFTER, open_=True) == timedelta(days=1)
    assert not due(FIVE, DOWN, PARK_AFTER, NOON + timedelta(hours=21))
    assert due(FIVE, DOWN, PARK_AFTER, NOON + timedelta(days=1))


def test_a_host_that_cannot_be_looked_up_is_tried_as_usual_however_often() -> None:
    offline = replace(DOWN, http_status=None, failure=FetchFailure.DNS)
    assert interval(FIVE, offline, 100 * PARK_AFTER, open_=False) == 5 * MINUTE


def test_an_address_that_is_not_to_be_had_is_tried_once_a_day() -> None:
    assert interval(FIVE, GONE, 1, open_=False) == timedelta(days=1)


@given(st.datetimes(NOON.replace(tzinfo=None), timezones=st.just(UTC)))
def test_those_who_choose_their_time_come_a_little_late_and_each_time_anew(at: datetime) -> None:
    last = replace(GOOD, captured_at=at)
    waited = next_attempt(FIVE, last, 0) - at
    assert 5 * MINUTE <= waited <= 5 * MINUTE * (1 + JITTER)
    assert next_attempt(FIVE, last, 0) == at + waited
    later = replace(GOOD, captured_at=at + MINUTE)
    assert next_attempt(FIVE, later, 0) - later.captured_at != waited
