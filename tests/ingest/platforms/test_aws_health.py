"""AWS: three forms of event, and feeds whose items are updates without one."""

from __future__ import annotations

import json
from typing import Any

from ingest.models import Component, Kind, PostedImpact, Stage, State
from ingest.platforms import PLATFORMS
from tests.support.captured.cases import needs_cases
from tests.support.payloads.acme import acme, by_id, case, parse, utc
from tests.support.payloads.golden import Golden

PAGE = acme("aws_health", base_url="https://health.aws.amazon.com/health/status")
ARN = "arn:aws:health:us-east-1::event/MULTIPLE_SERVICES/AWS_ISSUE/AWS_ISSUE_AB12"
START = 1767607200  # 2026-01-05 10:00 UTC


def change(service: str, status: str, minutes: int) -> dict[str, Any]:
    at = (START + 60 * minutes) * 1000
    return {"service": service, "service_name": "", "current_status": status, "timestamp": at}


def event(**more: Any) -> dict[str, Any]:
    return {
        "date": str(START),
        "arn": ARN,
        "region_name": "N. Virginia",
        "status": "3",
        "service": "multipleservices-us-east-1",
        "service_name": "Multiple services",
        "summary": "[RESOLVED] Increased Error Rates",
        "end_time": str(START + 5400),
        "event_log": [
            {"summary": "x", "message": "Over.", "status": 0, "timestamp": START + 5500},
            {"summary": "x", "message": "Looking.", "status": 1, "timestamp": START},
        ],
        "impacted_services": {
            "bedrock-us-east-1": {"service_name": "Amazon Bedrock", "current": "0", "max": "3"}
        },
        "impacted_service_status_changes": [
            change("bedrock-us-east-1", "3", 1),
            change("bedrock-us-east-1", "0", 30),
        ],
        **more,
    }


LISTED = {
    "service": "BEDROCK",
    "region": "us-east-1",
    "typeCode": "AWS_BEDROCK_OPERATIONAL_ISSUE",
    "startTime": START * 1000,
    "endTime": (START + 1800) * 1000,
    "metadata": {
        "EVENT_LOG": json.dumps([{"message": "Looking.", "status": 1, "timestamp": START}])
    },
}


def legacy(*stamps: str, date: str = "1638895771", **more: Any) -> dict[str, Any]:
    blocks = (f'<div><span class="yellowfg">{one}</span>&nbsp;Words.</div>' for one in stamps)
    return {
        "service_name": "Amazon Elastic Compute Cloud (N. Virginia)",
        "summary": "[RESOLVED] Increased API Error Rates",
        "date": date,
        "status": "2",
        "description": "".join(blocks),
        "service": "ec2-us-east-1",
        **more,
    }


def data(*archive: dict[str, Any], current: tuple[dict[str, Any], ...] = ()) -> bytes:
    return json.dumps({"archive": archive, "current": current}).encode()


def item(title: str, at: str, key: str = "bedrock-us-east-1", text: str = "We look.") -> str:
    number = f"17676{int(at[17:19] + at[20:22] + at[6:7]):05d}"
    return f"""<item><title><![CDATA[{title}]]></title><link>https://status.aws.amazon.com/</link>
<pubDate>{at}</pubDate>
<guid isPermaLink="false">https://status.aws.amazon.com/#{key}_{number}</guid>
<description><![CDATA[{text}]]></description></item>"""


def feed(*items: str) -> bytes:
    head = "<title><![CDATA[Amazon Bedrock (N. Virginia) Service Status]]></title>"
    link = "<link>https://status.aws.amazon.com/</link>"
    return f'<rss version="2.0"><channel>{head}{link}{"".join(items)}</channel></rss>'.encode()


CHAIN = feed(
    item("Service is operating normally: [RESOLVED] Errors", "Mon, 05 Jan 2026 04:00:00 PST"),
    item("Service disruption: Errors", "Mon, 05 Jan 2026 03:00:00 PST"),
    item("Informational message: Errors", "Mon, 05 Jan 2026 02:00:00 PST"),
)
OLD = data(legacy(" 8:49 AM PST", "Dec 8, 12:31 AM PST"))
GOLDEN = (
    Golden(PAGE, "/public/currentevents", ("\ufeff" + json.dumps([event()])).encode("utf-16-be")),
    Golden(PAGE, "/public/events", json.dumps([LISTED]).encode()),
    Golden(PAGE, "/historyevents.json", json.dumps({"bedrock": [event()]}).encode()),
    Golden(PAGE, "/data.json", OLD),
    Golden(PAGE, "/rss/all.rss", CHAIN),
)


def test_a_service_inside_an_event_recovers_by_its_own_changes() -> None:
    parsed = parse(PAGE, GOLDEN[0].body)
    (found,) = parsed.incidents
    assert found.impacts == (
        PostedImpact(
            "bedrock-us-east-1",
            State.MAJOR,
            utc("2026-01-05T10:01:00"),
            utc("2026-01-05T10:30:00"),
        ),
    )
    assert found.resolved_at == utc("2026-01-05T11:30:00")
    assert parsed.components == (
        Component("bedrock-us-east-1", "Amazon Bedrock", region="us-east-1"),
    )


def test_an_event_of_the_list_gives_its_own_start() -> None:
    (found,) = parse(PAGE, GOLDEN[1].body).incidents
    assert (found.started_at, found.resolved_at) == (
        utc("2026-01-05T10:00:00"),
        utc("2026-01-05T10:30:00"),
    )


def test_an_event_of_the_old_dashboard_is_known_by_its_service_and_date() -> None:
    (found,) = parse(PAGE, OLD).incidents
    assert found.incident_id == "ec2-us-east-1_1638895771"
    assert [u.display_at for u in found.updates] == [
        utc("2021-12-07T16:49:00"),
        utc("2021-12-08T08:31:00"),
    ]
    assert found.stage is Stage.RESOLVED


def test_a_clock_that_goes_past_midnight_is_of_the_next_day() -> None:
    (found,) = parse(
        PAGE, data(legacy("11:50 PM PDT", "12:10 AM PDT", date="1633330200"))
    ).incidents
    assert [u.display_at for u in found.updates] == [
        utc("2021-10-04T06:50:00"),
        utc("2021-10-04T07:10:00"),
    ]


def test_an_event_of_the_old_dashboard_goes_on_into_a_leap_day() -> None:
    row = legacy("11:50 PM PST", "Feb 29, 12:20 AM PST", date="1835423400")
    (found,) = parse(PAGE, data(row)).incidents
    assert [u.display_at for u in found.updates] == [
        utc("2028-02-29T07:50:00"),
        utc("2028-02-29T08:20:00"),
    ]


def test_a_shape_does_not_state_what_its_events_never_give() -> None:
    (found,) = parse(PAGE, GOLDEN[1].body).incidents
    (listed,) = [shape for shape in PLATFORMS["aws_health"].shapes if shape.name == "events"]
    assert found.created_at is None
    assert "created_at" not in listed.carries


def test_updates_of_a_feed_are_one_event_until_one_says_that_it_is_over() -> None:
    again = item("Service impact: Latency", "Mon, 05 Jan 2026 05:00:00 PST")
    body = CHAIN.replace(b"</channel>", again.encode() + b"</channel>")
    first, second = sorted(parse(PAGE, body).incidents, key=lambda i: i.title)
    assert [u.stage for u in first.updates] == [
        Stage.INVESTIGATING,
        Stage.INVESTIGATING,
        Stage.RESOLVED,
    ]
    assert first.impacts is not None
    assert [one.state for one in first.impacts] == [State.DEGRADED, State.MAJOR]
    assert (second.stage, second.title) == (Stage.INVESTIGATING, "Latency")


def test_updates_more_than_a_day_apart_are_two_events() -> None:
    body = feed(
        item("Service impact: Errors", "Wed, 07 Jan 2026 02:00:00 PST"),
        item("Service impact: Errors", "Mon, 05 Jan 2026 02:00:00 PST"),
    )
    assert len(parse(PAGE, body).incidents) == 2


def test_an_event_without_a_date_costs_itself_and_leaves_the_present_open() -> None:
    body = json.dumps([event(), {**event(), "date": "soon", "arn": ARN + "2"}]).encode()
    parsed = parse(PAGE, body)
    assert (len(parsed.incidents), len(parsed.rejects)) == (1, 1)
    assert parsed.unread_open


def test_a_refused_item_leaves_the_present_open() -> None:
    odd = item("Service disruption: Errors", "Wed, 07 Jan 2026 02:00:00 PST")
    parsed = parse(
        PAGE,
        feed(
            odd.replace("07 Jan 2026", "soon"),
            item("Service impact: Errors", "Mon, 05 Jan 2026 02:00:00 PST"),
        ),
    )
    assert (len(parsed.rejects), parsed.unread_open) == (1, True)


@needs_cases
def test_one_item_may_tell_of_a_whole_event_and_another_of_one_that_goes_on() -> None:
    at = "2026-09-05T08:00:00+00:00"
    parsed = case("aws-rss-told-once", "bedrock-us-east-1.rss", PAGE, at)
    posts = by_id(parsed)
    over = posts["bedrock-us-east-1_1788559020"]
    open_still = posts["bedrock-us-east-1_1788336600"]
    assert len(posts) == 2
    assert [(u.stage, u.created_at) for u in over.updates] == [
        (Stage.RESOLVED, utc("2026-09-04T21:57:00"))
    ]
    assert over.started_at is None
    assert over.impacts == ()
    assert open_still.stage is Stage.INVESTIGATING
    assert open_still.impacts is not None
    assert [(one.state, one.end_at) for one in open_still.impacts] == [(State.DEGRADED, None)]
    assert parsed.components == (
        Component("bedrock-us-east-1", "Amazon Bedrock", region="us-east-1"),
    )
    assert PLATFORMS["aws_health"].active_only == {"current": frozenset({Kind.INCIDENT})}
