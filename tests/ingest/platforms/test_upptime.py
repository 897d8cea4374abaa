"""Upptime: minutes down by day, and no post."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from ingest.models import PostedDay, PostedRatio, State
from ingest.platforms import PLATFORMS
from tests.support.payloads.acme import acme, parse
from tests.support.payloads.golden import Golden

PAGE = acme("upptime")


def site(**more: Any) -> dict[str, Any]:
    return {
        "name": "API",
        "slug": "api",
        "status": "up",
        "uptime": "99.99%",
        "uptimeWeek": "99.50%",
        "dailyMinutesDown": {"2026-01-05": 21},
        **more,
    }


def summary(*sites: dict[str, Any]) -> bytes:
    return json.dumps(sites).encode()


GOLDEN = (Golden(PAGE, "/history/summary.json", summary(site())),)


def test_minutes_down_are_seconds_of_a_day() -> None:
    parsed = parse(PAGE, summary(site()))
    assert parsed.posted_days == (PostedDay("api", date(2026, 1, 5), 0, 1260),)
    week = PostedRatio("api", date(2026, 1, 4), date(2026, 1, 10), 0.995, "monitor")
    assert parsed.posted_ratios == (week,)
    assert parsed.incidents == ()
    assert PLATFORMS["upptime"].measures


def test_a_day_of_more_minutes_than_a_day_has_costs_itself_alone() -> None:
    odd = site(status="down", dailyMinutesDown={"2026-01-05": 2000, "2026-01-06": 1440})
    parsed = parse(PAGE, summary(odd))
    assert [one.day for one in parsed.posted_days] == [date(2026, 1, 6)]
    assert [one.record for one in parsed.rejects] == ["api/2026-01-05"]
    assert [one.state for one in parsed.components] == [State.MAJOR]
