"""AWS's old dashboard: each event once, with the window that its own words give."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ingest.ledger.sightings import sightings
from ingest.ledger.versions import fold, merge
from ingest.platforms import PLATFORMS
from tests.support.captured.feeds import capture, needs_feeds, readings, series
from tests.support.ledgers.page_tables import page_tables
from tests.support.paths import FEEDS
from tests.support.payloads.acme import acme, utc

pytestmark = [needs_feeds, pytest.mark.captures]

AWS = FEEDS / "aws" / "aws"
PAGE = acme("aws_health", base_url="https://health.aws.amazon.com/health/status")
DECEMBER = AWS / "data-20211210T234752Z.json"
AT = datetime(2021, 12, 10, 23, 47, 52, tzinfo=UTC)


def test_the_outage_of_december_2021_has_its_real_start_and_end() -> None:
    body = DECEMBER.read_bytes()
    frames = sightings(readings([capture(PAGE, body, AT)], PAGE))
    ledger = merge(fold([frames]), {PAGE.page_key: PLATFORMS[PAGE.platform].shapes})
    rows = page_tables(ledger, [PAGE], AT)["incidents"]
    windows = {row["incident_id"]: (row["impact_start_at"], row["impact_end_at"]) for row in rows}
    assert windows["ec2-us-east-1_1638895771"] == (
        utc("2021-12-07T15:32:00"),
        utc("2021-12-07T23:10:00"),
    )
    assert windows["apigateway-us-east-1_1638919396"] == (
        utc("2021-12-07T17:02:00"),
        utc("2021-12-08T01:01:00"),
    )


def test_each_service_and_date_is_one_event_however_often_it_was_captured() -> None:
    platform = PLATFORMS[PAGE.platform]
    known: set[str] = set()
    for one in series(PAGE, AWS / "series-data-json-202011-202206.tar.xz"):
        parsed = platform.parse(one, PAGE)
        ids = [incident.incident_id for incident in parsed.incidents]
        assert len(ids) == len({*ids})
        assert parsed.rejects == ()
        known |= {*ids}
    assert len(known) == 494
