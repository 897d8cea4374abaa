"""Lists of what is open and over together: a refused open post leaves the present open."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ingest.models import Page
from tests.ingest.platforms import test_alibaba as alibaba
from tests.ingest.platforms import test_apple as apple
from tests.ingest.platforms import test_aws_health as aws
from tests.ingest.platforms import test_azure as azure
from tests.ingest.platforms import test_better_stack as better_stack
from tests.ingest.platforms import test_cachet as cachet
from tests.ingest.platforms import test_checkly as checkly
from tests.ingest.platforms import test_cloudflare_status as cloudflare
from tests.ingest.platforms import test_cstate as cstate
from tests.ingest.platforms import test_datadog_status as datadog
from tests.ingest.platforms import test_django_statusboard as statusboard
from tests.ingest.platforms import test_feed as any_feed
from tests.ingest.platforms import test_flashduty as flashduty
from tests.ingest.platforms import test_google_aistudio as studio
from tests.ingest.platforms import test_kener as kener
from tests.ingest.platforms import test_onlineornot as onlineornot
from tests.ingest.platforms import test_pagerduty as pagerduty
from tests.ingest.platforms import test_salesforce as salesforce
from tests.ingest.platforms import test_slack as slack
from tests.ingest.platforms import test_uptime_kuma as kuma
from tests.ingest.platforms import test_volcengine as volcengine
from tests.ingest.platforms import test_xai_rss as xai
from tests.support.payloads.acme import parse

DATE = "Mon, 05 Jan 2026 10:00:00 GMT"
KUMA_POST = f"""<item><title>Errors</title><guid isPermaLink="false">i1-x</guid>
<pubDate>{DATE}</pubDate><description>We look.</description></item>"""
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


def notice(**more: Any) -> bytes:
    return kuma.history(kuma.post(), kuma.post(id=9, title=None, **more))


def shown(end: int | None) -> bytes:
    odd = {"eventURL": "/incidents/2", "eventStatus": "OPEN", "eventTitle": None}
    odd |= {"eventStartDateTime": kener.START, "eventEndDateTime": end}
    well = {**odd, "eventURL": "/incidents/1", "eventTitle": "Errors"}
    return json.dumps({"notifications": [well, odd]}).encode()


def kener_item(status: str, date: str = DATE) -> bytes:
    """Make a feed with a second item, of no incident."""
    rows = "".join(
        f'<item><title>Errors</title><guid isPermaLink="false">{guid}</guid>'
        f"<description>Status: {status}</description><pubDate>{dated}</pubDate></item>"
        for guid, dated in (("incident-1", DATE), ("incident-x", date))
    )
    return f'<rss version="2.0"><channel>{rows}</channel></rss>'.encode()


def statics(title: str) -> bytes:
    """Make the feed of a static site with a second item, of no post."""
    body = cstate.feed(title).decode()
    item = "<item>" + body.partition("<item>")[2].partition("</item>")[0] + "</item>"
    odd = item.replace("https://status.acme.test/issues/slow/", "")
    return body.replace(item, item + odd).encode()


def noted(**more: Any) -> bytes:
    return json.dumps([slack.post(), slack.post(id=8, title=None, **more)]).encode()


def closed(**more: Any) -> bytes:
    odd = {**statusboard.INCIDENT, "id": 2, "name": None, **more}
    return json.dumps([statusboard.INCIDENT, odd]).encode()


def untitled(**more: Any) -> bytes:
    return onlineornot.page(
        onlineornot.POST, {**onlineornot.POST, "id": "i9", "title": None, **more}
    )


def at_apple(**more: Any) -> bytes:
    odd = apple.event(messageId="7", statusType=None, **more)
    return apple.services(Account=[apple.event(), odd])


def recent(resolved_at: str | None) -> bytes:
    odd = {**cloudflare.POST, "id": "odd", "name": None, "resolved_at": resolved_at}
    body = json.loads(cloudflare.summary(cloudflare.POST))
    body["result"]["recent_incidents"] = [odd]
    return json.dumps(body).encode()


def xai_item(status: str, date: str = DATE) -> bytes:
    odd = xai.item("API", "api/INC2", xai.OPENED, status=status).replace("[API] ", "")
    well = xai.item("API", "api/INC1", xai.OPENED, xai.FIXED)
    return xai.feed(odd.replace(DATE, date), well)


def resolved(*updates: dict[str, Any]) -> bytes:
    odd = {"id": "P2", "title": None, "updates": updates, "postmortem": None}
    body = pagerduty.page(pagerduty.update("u1", "investigating", "10:00", "minor")).decode()
    return body.replace(
        '"resolved_incidents": [', f'"resolved_incidents": [{json.dumps(odd)}, '
    ).encode()


def an_event(**more: Any) -> bytes:
    odd = aws.event(arn=f"{aws.ARN}2", **more)
    return json.dumps({"bedrock": [aws.event(), odd]}).encode()


def old(archived: bool, **more: Any) -> bytes:
    well, odd = aws.legacy(" 8:49 AM PST"), aws.legacy("soon", service=None, **more)
    return aws.data(well, odd) if archived else aws.data(well, current=(odd,))


REFUSED = [
    (aws.PAGE, an_event(summary=None), False),
    (aws.PAGE, an_event(summary=None, end_time=None), True),
    (aws.PAGE, old(archived=True, summary="Errors"), False),
    (aws.PAGE, old(archived=True, date="soon"), True),
    (aws.PAGE, old(archived=False), False),
    (aws.PAGE, old(archived=False, summary="Errors"), True),
    (kener.PAGE, shown(None), True),
    (kener.PAGE, shown(kener.START + 60), False),
    (kener.PAGE, kener_item("INVESTIGATING"), True),
    (kener.PAGE, kener_item("RESOLVED"), False),
    (kener.PAGE, kener_item("RESOLVED", "soon"), True),
    (cstate.PAGE, statics("Batch jobs are slow"), True),
    (cstate.PAGE, statics("[Resolved] Batch jobs are slow"), False),
    (cstate.PAGE, cstate.index(cstate.post(), cstate.post("odd", title=None)), True),
    (cstate.PAGE, cstate.index(pinnedIssues=[cstate.post("odd", title=None)]), True),
    (kuma.PAGE, kuma.feed(KUMA_POST, KUMA_POST.replace("i1-x", "odd")), True),
    (volcengine.PAGE, volcengine.feed(volcengine.item("22:10"), volcengine.item("soon")), True),
    (any_feed.PAGE, any_feed.rss(any_feed.item(), any_feed.item(title="", guid="g2")), False),
    (
        any_feed.PAGE,
        any_feed.rss(any_feed.item(), any_feed.item(title="", body="We look.", guid="g2")),
        True,
    ),
    (any_feed.PAGE, any_feed.rss(any_feed.item(), any_feed.item(at="soon", guid="g2")), True),
    (alibaba.PAGE, alibaba.events(alibaba.event(), alibaba.event(id="x", endTime=None)), False),
    (
        alibaba.PAGE,
        alibaba.events(alibaba.event(), alibaba.event(title="[Incident]", id="x", endTime=None)),
        True,
    ),
    (apple.PAGE, at_apple(), False),
    (apple.PAGE, at_apple(epochEndDate=None), True),
    (statusboard.PAGE, closed(), False),
    (statusboard.PAGE, closed(closed=False), True),
    (onlineornot.PAGE, untitled(), False),
    (onlineornot.PAGE, untitled(ended=None), True),
    (
        studio.PAGE,
        studio.rows(studio.row(studio.update(1, 0)), [*studio.row(studio.update(4, 9))[:3], None]),
        True,
    ),
    (slack.PAGE, noted(), False),
    (slack.PAGE, noted(status="active"), True),
    (slack.PAGE, noted(date_created=None, date_updated=None), True),
    (checkly.PAGE, checkly.uptime(checkly.event(), checkly.event(id="e2", name=None)), False),
    (cloudflare.PAGE, recent("2026-01-05T11:00:00Z"), False),
    (cloudflare.PAGE, recent(None), True),
    (pagerduty.PAGE, resolved(pagerduty.update("u9", "resolved", "10:00")), False),
    (pagerduty.PAGE, resolved(), True),
    (azure.PAGE, azure.feed(azure.item("Storage"), azure.item("Storage", date="Monday")), True),
    (xai.PAGE, xai_item("INVESTIGATING"), True),
    (xai.PAGE, xai_item("RESOLVED"), False),
    (xai.PAGE, xai_item("RESOLVED", "soon"), True),
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
    (cstate.PAGE, issue(resolved=True, resolvedAt="soon"), True),
    (kuma.PAGE, notice(active=True), True),
    (kuma.PAGE, notice(active=False), False),
    (kuma.PAGE, notice(active=False, createdDate=None, lastUpdatedDate="soon"), True),
    (
        flashduty.PAGE,
        flashduty.changes({**flashduty.OPEN, "title": None}, flashduty.change()),
        True,
    ),
    (flashduty.PAGE, flashduty.changes(flashduty.change(title=None), flashduty.change()), False),
    (
        flashduty.PAGE,
        flashduty.changes(flashduty.change(title=None, close_at_seconds=0), flashduty.change()),
        True,
    ),
]


@pytest.mark.parametrize(("page", "body", "is_open"), REFUSED)
def test_a_refused_post_leaves_the_present_open_unless_it_says_that_it_is_over(
    page: Page, body: bytes, is_open: bool
) -> None:
    parsed = parse(page, body)
    assert len(parsed.rejects) == 1
    assert (parsed.unread_open, len(parsed.unread_incidents)) == (is_open, 1)


NO_ID = {"id": None, "status": "degraded"}
ENDED = {**salesforce.IMPACT, "endTime": "2026-01-05T11:00:00.000Z"}
UNDATED = {**salesforce.IMPACT, "startTime": None}


def impacts(*rows: dict[str, Any]) -> bytes:
    post = {**salesforce.INCIDENT, "IncidentImpacts": rows}
    return salesforce.instances(salesforce.instance("EU1", Incidents=[post]))


def entries(post: dict[str, Any]) -> bytes:
    first, *rest = post["timeline"]
    named = [*first["componentsAffected"], NO_ID]
    return datadog.config({**post, "timeline": [{**first, "componentsAffected": named}, *rest]})


def concerned(status: str) -> bytes:
    told = pagerduty.update("u1", "investigating", "10:00", "minor")
    told["impacted_business_services"].append({"severity": "outage"})
    last = pagerduty.update("u2", status, "11:00")
    return pagerduty.page(told, last, still_open=status != "resolved")


def changed(end: str | None) -> bytes:
    odd = {**aws.change("s3-us-east-1", "3", 1), "timestamp": None}
    rows = [aws.change("bedrock-us-east-1", "3", 1), odd]
    event = aws.event(impacted_service_status_changes=rows, end_time=end)
    event |= {} if end else {"summary": "Errors", "event_log": []}
    return ("\ufeff" + json.dumps([event])).encode("utf-16-be")


def reported(ends_at: str | None) -> bytes:
    report = json.loads(json.dumps(better_stack.REPORT))
    report["attributes"] |= {"ends_at": ends_at, "aggregate_state": "degraded"}
    odd = better_stack.said("43", "10:30", "downtime")
    odd["attributes"]["published_at"] = None
    told = better_stack.said("41", "10:00", "degraded")
    return better_stack.body(better_stack.RESOURCE, report, told, odd)


@pytest.mark.parametrize(
    ("page", "body", "is_open"),
    [
        (salesforce.PAGE, impacts(ENDED, UNDATED), False),
        (salesforce.PAGE, impacts(salesforce.IMPACT, UNDATED), True),
        (datadog.PAGE, entries(OVER), False),
        (datadog.PAGE, entries(OPEN), True),
        (pagerduty.PAGE, concerned("resolved"), False),
        (pagerduty.PAGE, concerned("identified"), True),
        (aws.PAGE, changed("1767612600"), False),
        (aws.PAGE, changed(None), True),
        (better_stack.PAGE, reported("2026-01-05T11:00:00.000Z"), False),
        (better_stack.PAGE, reported(None), True),
    ],
)
def test_what_a_refused_part_of_a_post_did_is_not_known(
    page: Page, body: bytes, is_open: bool
) -> None:
    parsed = parse(page, body)
    assert len(parsed.rejects) == 1
    assert (parsed.unread_open, parsed.incidents[0].untold) == (is_open, not is_open)


@pytest.mark.parametrize(("post", "is_open"), [(OPEN, True), (OVER, False)])
def test_a_refused_update_is_as_open_as_its_post(post: dict[str, Any], is_open: bool) -> None:
    undated = datadog.entry("t9", "identified", "10:40", "degraded", startedAt=None)
    timeline = [undated, *datadog.TIMELINE[1:]]
    parsed = parse(datadog.PAGE, datadog.config({**post, "timeline": timeline}))
    assert [one.record for one in parsed.rejects] == ["i1/t9"]
    assert parsed.unread_open is is_open
