"""cState: what is dated to come is announced, and a zone is that of the beginning."""

from __future__ import annotations

import json
from typing import Any

from ingest.models import Kind, Parsed, PostedImpact, Stage, State, labelled
from tests.support.captured.cases import needs_cases
from tests.support.payloads.acme import acme, by_id, case, parse, utc
from tests.support.payloads.golden import Golden

PAGE = acme("cstate")


def post(post_id: str = "slow", **more: Any) -> dict[str, Any]:
    return {
        "is": "issue",
        "title": "Batch jobs are slow",
        "createdAt": "2026-01-09 22:00:00 -0500 EST",
        "lastMod": "2026-01-10 04:00:00 +0000 UTC",
        "permalink": f"https://status.acme.test/issues/{post_id}/",
        "severity": "disrupted",
        "resolved": False,
        "informational": False,
        "resolvedAt": "<no value>",
        "affected": ["Batch"],
        **more,
    }


def issues(*posts: dict[str, Any]) -> bytes:
    return json.dumps({"is": "issues", "title": "Issues", "pages": posts}).encode()


def index(*posts: dict[str, Any], status: str = "disrupted", **more: Any) -> bytes:
    system = {"name": "Batch", "category": "Inference", "status": status}
    return json.dumps(
        {
            "is": "index",
            "cStateVersion": "6.0.1",
            "systems": [{**system, "unresolvedIssues": posts}],
            "pinnedIssues": [],
            "buildDate": "2026-01-10",
            "buildTime": "11:00",
            "buildTimezone": "UTC",
            **more,
        }
    ).encode()


BODY = (
    '<p><em>Resolved</em> - Over. <span class="faded">(00:10 — Jan 10)</span></p>'
    '<p><em>Investigating</em> - We look. <span class="faded">(22:05 — Jan 9)</span></p>'
)
ENDED = {"resolved": True, "resolvedAt": "2026-01-10 00:10:00"}


def feed(title: str = "[Resolved] Batch jobs are slow", category: str = "") -> bytes:
    body = BODY.replace("<", "&lt;").replace(">", "&gt;")
    return f"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>
<generator>github.com/cstate</generator><item><title>{title}</title>
<link>https://status.acme.test/issues/slow/</link>
<guid>https://status.acme.test/issues/slow/</guid>
<pubDate>Fri, 09 Jan 2026 22:00:00 -0500</pubDate><category>{category}</category>
<description>{body}</description></item></channel></rss>""".encode()


GOLDEN = (
    Golden(PAGE, "/index.json", index(post())),
    Golden(PAGE, "/issues/index.json", issues(post())),
    Golden(PAGE, "/issues/slow/index.json", json.dumps(post(body=BODY, **ENDED)).encode()),
    Golden(PAGE, "/index.xml", feed()),
)


def test_updates_are_dated_by_the_offset_of_their_post() -> None:
    (found,) = parse(PAGE, GOLDEN[2].body).incidents
    assert [(u.stage, u.display_at, u.body) for u in found.updates] == [
        (Stage.INVESTIGATING, utc("2026-01-10T03:05:00"), "We look."),
        (Stage.RESOLVED, utc("2026-01-10T05:10:00"), "Over."),
    ]
    assert found.resolved_at == utc("2026-01-10T05:10:00")


def test_the_feed_and_the_list_know_a_post_by_one_id() -> None:
    (shown,), (listed,) = (
        parse(PAGE, GOLDEN[3].body).incidents,
        parse(PAGE, issues(post())).incidents,
    )
    assert shown.incident_id == listed.incident_id == "slow"
    assert shown.resolved_at == utc("2026-01-10T05:10:00")


def test_a_post_that_says_nothing_of_an_outage_opens_none() -> None:
    bare = post(severity="<no value>", affected=[])
    (found,) = parse(PAGE, issues(bare)).incidents
    assert (found.stage, found.resolved_at) == (Stage.RESOLVED, found.started_at)


def test_a_post_without_a_date_costs_itself_alone() -> None:
    parsed = parse(PAGE, issues(post(), post("other", createdAt="<no value>")))
    assert [*by_id(parsed)] == ["slow"]
    assert len(parsed.rejects) == 1


ZONES = "eng-cstate-end-without-zone", "issues-2026-11-29T04-00-00Z.json"
PLANS = "eng-cstate-planned-is-not-now"


@needs_cases
def test_an_end_typed_without_a_zone_takes_the_zone_of_its_beginning() -> None:
    posts = by_id(case(*ZONES, PAGE, "2026-11-29T04:00:00+00:00"))
    sign_in = posts["zoneless"]
    assert (sign_in.started_at, sign_in.resolved_at) == (
        utc("2026-11-29T03:00:00"),
        utc("2026-11-29T03:45:00"),
    )
    errors = posts["2026-11-28-elevated-errors"]
    assert (errors.started_at, errors.resolved_at) == (
        utc("2026-11-28T20:05:00"),
        utc("2026-11-28T21:15:00"),
    )
    slow = posts["2026-11-29-batch-slow"]
    assert (slow.started_at, slow.resolved_at, slow.stage) == (
        utc("2026-11-28T23:30:00"),
        None,
        Stage.INVESTIGATING,
    )
    assert [one.state for one in sign_in.impacts or ()] == [State.MAJOR]
    assert [one.state for one in slow.impacts or ()] == [State.DEGRADED, State.DEGRADED]


def _plans(name: str) -> Parsed:
    return case(PLANS, f"{name}-2026-11-29T01-56-00Z.json", PAGE, "2026-11-29T01:56:00+00:00")


@needs_cases
def test_what_is_dated_to_come_is_announced_and_what_was_cancelled_never_was() -> None:
    parsed = _plans("issues")
    posts = by_id(parsed)
    for planned, day in (("m-planned", 5), ("m-planned-info", 6)):
        assert (posts[planned].kind, posts[planned].stage) == (Kind.MAINTENANCE, Stage.SCHEDULED)
        assert posts[planned].scheduled_start_at == utc(f"2026-12-0{day}T02:00:00")
        assert not posts[planned].impacts
    cancelled = posts["m-cancelled"]
    assert (cancelled.kind, cancelled.status) == (Kind.MAINTENANCE, "cancelled")
    assert cancelled.impacts == ()
    outages = [p for p in posts.values() if p.kind is Kind.INCIDENT and p.stage is Stage.RESOLVED]
    (over,) = outages
    start, end = utc("2026-11-28T20:05:00"), utc("2026-11-28T21:15:00")
    assert over.impacts == (PostedImpact(labelled("API"), State.MAJOR, start, end),)
    swap, move = posts["m-finished"], posts["m-running"]
    assert (swap.scheduled_start_at, swap.scheduled_end_at) == (
        utc("2026-11-27T01:00:00"),
        utc("2026-11-27T01:40:00"),
    )
    assert (move.stage, move.scheduled_start_at) == (Stage.IN_PROGRESS, utc("2026-11-29T01:00:00"))
    guessed = {one.record for one in parsed.warnings if one.kind == "guessed_kind"}
    assert guessed == {"m-finished", "m-running"}


@needs_cases
def test_the_work_of_next_week_does_not_colour_a_system_of_today() -> None:
    parsed = _plans("index")
    assert {one.name: one.state for one in parsed.components} == {
        "API": State.OPERATIONAL,
        "Batch": State.DEGRADED,
        "Console": State.DEGRADED,
    }
    open_now = [p.incident_id for p in parsed.incidents if p.kind is Kind.INCIDENT]
    assert open_now == ["2026-11-29-batch-slow"]
