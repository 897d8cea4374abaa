"""Lists of what is open and over together: a refused open post leaves the present open."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.models import Page
from tests.ingest.platforms import test_better_stack as better_stack
from tests.ingest.platforms import test_cachet as cachet
from tests.ingest.platforms import test_cstate as cstate
from tests.ingest.platforms import test_datadog_status as datadog
from tests.ingest.platforms import test_flashduty as flashduty
from tests.ingest.platforms import test_kener as kener
from tests.ingest.platforms import test_uptime_kuma as kuma
from tests.support.payloads.acme import parse

OVER = datadog.incident(*datadog.TIMELINE)
OPEN = {**OVER, "currentStatus": "identified", "resolved": False, "resolvedDate": None}


def report(ends_at: str | None) -> bytes:
    odd = {"title": "Slow", "report_type": "manual", "starts_at": "soon", "ends_at": ends_at}
    return better_stack.body(better_stack.RESOURCE, better_stack.row("status_report", "31", **odd))


def fix(status: int) -> bytes:
    return cachet.paged(cachet.incident(), cachet.incident(id=8, name=None, status=status))


def record(end: int | None) -> bytes:
    odd = kener.incident(id=2, title=None, end_date_time=end)
    return kener.events([kener.incident(), odd], [])


def issue(**more: Any) -> bytes:
    return cstate.issues(cstate.post(), cstate.post("odd", title=None, **more))


def notice(active: bool) -> bytes:
    return kuma.history(kuma.post(), kuma.post(id=9, title=None, active=active))


REFUSED = [
    (datadog.PAGE, datadog.config({**OPEN, "title": None}), True),
    (datadog.PAGE, datadog.config({**OVER, "title": None}), False),
    (better_stack.PAGE, report(None), True),
    (better_stack.PAGE, report("2026-01-05T11:00:00Z"), False),
    (cachet.PAGE, fix(2), True),
    (cachet.PAGE, fix(4), False),
    (kener.PAGE, record(None), True),
    (kener.PAGE, record(kener.START + 60), False),
    (cstate.PAGE, issue(), True),
    (cstate.PAGE, issue(resolved=True, resolvedAt="2026-01-10T04:00:00Z"), False),
    (kuma.PAGE, notice(active=True), True),
    (kuma.PAGE, notice(active=False), False),
    (
        flashduty.PAGE,
        flashduty.changes({**flashduty.OPEN, "title": None}, flashduty.change()),
        True,
    ),
    (flashduty.PAGE, flashduty.changes(flashduty.change(title=None), flashduty.change()), False),
]


@pytest.mark.parametrize(("page", "body", "is_open"), REFUSED)
def test_a_refused_post_leaves_the_present_open_unless_it_says_that_it_is_over(
    page: Page, body: bytes, is_open: bool
) -> None:
    parsed = parse(page, body)
    assert len(parsed.rejects) == 1
    assert (parsed.unread_open, len(parsed.unread_incidents)) == (is_open, 1)


@pytest.mark.parametrize(("post", "is_open"), [(OPEN, True), (OVER, False)])
def test_a_refused_update_is_as_open_as_its_post(post: dict[str, Any], is_open: bool) -> None:
    undated = datadog.entry("t9", "identified", "10:40", "degraded", startedAt=None)
    timeline = [undated, *datadog.TIMELINE[1:]]
    parsed = parse(datadog.PAGE, datadog.config({**post, "timeline": timeline}))
    assert [one.record for one in parsed.rejects] == ["i1/t9"]
    assert parsed.unread_open is is_open
