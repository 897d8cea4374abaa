"""What pages publish about themselves agrees with what we read of them."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime

import pytest

from ingest.models import PostedImpact, State
from tests.support.captured.feeds import needs_feeds
from tests.support.paths import FEEDS
from tests.support.payloads.acme import acme, parse, utc

pytestmark = [needs_feeds, pytest.mark.captures]

Spans = dict[tuple[str, str], list[tuple[float, float, State]]]
DEEPSEEK = FEEDS / "flashduty" / "deepseek" / "wrapped-202606.json"
HUGGING_FACE = FEEDS / "betterstack" / "huggingface" / "index-20260719-major.json"
TOGETHER = FEEDS / "betterstack" / "together" / "index-20260904-trim2days.json"
WORDS = {
    "degraded": State.DEGRADED,
    "partial_outage": State.PARTIAL,
    "full_outage": State.MAJOR,
}


def joined(impacts: list[tuple[str, str, float, float, State]]) -> Spans:
    """Join spans of one component and post that touch and say the same."""
    found: Spans = defaultdict(list)
    for component, post, start, end, state in impacts:
        spans = found[component, post]
        if spans and spans[-1][1:] == (start, state):
            start = spans.pop()[0]
        spans.append((start, end, state))
    return dict(found)


def test_flashduty_s_own_impacts_are_those_of_the_updates() -> None:
    body = DEEPSEEK.read_bytes()
    page = acme("flashduty", base_url="https://status.deepseek.com")

    def ends(one: PostedImpact) -> tuple[float, float]:
        assert one.end_at is not None
        return one.start_at.timestamp(), one.end_at.timestamp()

    ours = joined(
        [
            (one.component_id, incident.incident_id, *ends(one), one.state)
            for incident in parse(page, body).incidents
            for one in incident.impacts or ()
        ]
    )
    theirs = joined(
        [
            (
                one["component_id"],
                str(one["change_id"]),
                one["start_at_seconds"],
                one["end_at_seconds"],
                WORDS[one["status"]],
            )
            for one in json.loads(body)["structure"]["component_impacts"]
        ]
    )
    assert ours == theirs
    assert len(theirs) == 21


def test_better_stack_s_availability_is_that_of_its_days_where_it_watched_them_all() -> None:
    at: datetime = utc("2026-07-19T14:00:00")
    parsed = parse(acme("better_stack"), HUGGING_FACE.read_bytes(), at)
    published = {one.component_id: one for one in parsed.posted_ratios}
    agreeing = 0
    for component, ratio in published.items():
        days = [one for one in parsed.posted_days if one.component_id == component]
        down = sum(one.major_seconds for one in days)
        if len(days) == 90:
            agreeing += abs(ratio.ratio - (1 - down / (86400 * len(days)))) < 1e-5
    # A group of monitors and one that was added to a page later go by other days.
    assert (len(published), agreeing) == (8, 6)


def test_together_s_availability_leaves_room_for_the_days_that_its_file_still_has() -> None:
    """Of ninety days two are left: what was down on them was down in the whole."""
    page = acme("better_stack", page_id="197766")
    parsed = parse(page, TOGETHER.read_bytes(), utc("2026-09-04T14:00:00"))
    down = dict.fromkeys((one.component_id for one in parsed.components), 0)
    for day in parsed.posted_days:
        down[day.component_id] += day.major_seconds
    lost = {one.component_id: 1 - one.ratio for one in parsed.posted_ratios}
    assert len(lost) == len(parsed.components) == 22
    assert all(lost[one] + 1e-5 >= down[one] / (86_400 * 90) for one in lost)
    agreeing = [one for one in lost if abs(lost[one] - down[one] / (86_400 * 90)) < 1e-5]
    assert len(agreeing) == 4
    assert all(lost[one] == 0 for one in agreeing)
