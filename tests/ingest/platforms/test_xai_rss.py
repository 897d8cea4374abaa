"""xAI: an outage is one item for each service, and severity is that of the present."""

from __future__ import annotations

from collections import Counter

from ingest.models import Component, Impact, Stage
from tests.support.captured.cases import needs_cases
from tests.support.payloads.acme import acme, by_id, case, parse, utc
from tests.support.payloads.golden import Golden

PAGE = acme("xai_rss", base_url="https://status.x.ai")


def said(at: str, heading: str) -> str:
    date = f"Mon, 05 Jan 2026 {at}:00 GMT"
    return f"<div><p><strong>{date}</strong></p><h3>{heading}</h3><p>Words.</p></div>"


def item(
    tag: str = "API Console",
    path: str = "api-console/INCaaaa1111",
    *updates: str,
    status: str = "RESOLVED",
    severity: str = "available",
    resolved: str = "",
) -> str:
    line = f"<p>Resolved: Mon, 05 Jan 2026 {resolved}:00 GMT</p>" if resolved else ""
    return f"""<item><title>[{tag}] Errors</title><link>https://status.x.ai/{path}</link>
<guid isPermaLink="false">{path.rpartition("/")[2]}</guid>
<pubDate>Mon, 05 Jan 2026 10:00:00 GMT</pubDate>
<description><![CDATA[<h3>Status: {status}</h3><p>Severity: {severity}</p>{line}<hr />
<h4>Updates:</h4>{"".join(updates)}]]></description></item>"""


def feed(*items: str) -> bytes:
    title = "<title>xAI System Status</title>"
    return f'<rss version="2.0"><channel>{title}{"".join(items)}</channel></rss>'.encode()


OPENED, FIXED = said("10:20", "Investigating"), said("11:30", "Updated")
GOLDEN = (Golden(PAGE, "/feed.xml", feed(item("API Console", "api-console/INC1", OPENED, FIXED))),)


def test_an_update_ends_a_resolved_post_whatever_it_is_headed() -> None:
    (post,) = parse(PAGE, GOLDEN[0].body).incidents
    assert [(u.stage, u.display_at) for u in post.updates] == [
        (Stage.INVESTIGATING, utc("2026-01-05T10:20:00")),
        (Stage.RESOLVED, utc("2026-01-05T11:30:00")),
    ]
    assert (post.started_at, post.resolved_at) == (
        utc("2026-01-05T10:00:00"),
        utc("2026-01-05T11:30:00"),
    )


def test_a_region_is_read_from_the_address_in_the_tag() -> None:
    body = feed(item("API (us-east-1.api.x.ai)", "api-us-east-1/INC1", OPENED))
    assert parse(PAGE, body).components == (Component("api-us-east-1", "API", region="us-east-1"),)


def test_items_that_share_a_guid_are_one_post_on_several_services() -> None:
    body = feed(item("Grok (Web)", "grok-web/INC1", OPENED), item("API", "api/INC1", OPENED))
    (post,) = parse(PAGE, body).incidents
    assert post.component_ids == ("grok-web", "api")


def test_severity_counts_while_a_post_is_open() -> None:
    body = feed(item("API", "api/INC1", OPENED, status="INVESTIGATING", severity="degraded"))
    (post,) = parse(PAGE, body).incidents
    assert (post.impact, post.stage, post.resolved_at) == (Impact.MINOR, Stage.INVESTIGATING, None)


def test_an_item_without_a_service_costs_itself_alone() -> None:
    nameless = item("API", "api/INC2", OPENED).replace("[API] ", "")
    parsed = parse(PAGE, feed(item("API", "api/INC1", OPENED), nameless))
    assert [*by_id(parsed)] == ["INC1"]
    assert [(one.record, one.reason) for one in parsed.rejects] == [
        ("INC2", "title names no service")
    ]


@needs_cases
def test_seven_posts_are_three_outages() -> None:
    at = "2026-09-04T17:00:00+00:00"
    parsed = case("xai-one-outage-many-items", "feed.xml", PAGE, at)
    posts = by_id(parsed)
    assert len(posts) == 7
    outages = Counter(post.outage_id for post in posts.values())
    assert outages == {"INCacme0001": 5, "INCacme0006": 1, "INCacme0007": 1}
    first = [post for post in posts.values() if post.outage_id == "INCacme0001"]
    assert min(p.started_at for p in first if p.started_at) == utc("2026-09-03T13:30:00")
    assert max(p.resolved_at for p in first if p.resolved_at) == utc("2026-09-03T15:00:00")
    assert len({name for post in first for name in post.component_ids}) == 5
    assert {post.impact for post in posts.values()} == {Impact.UNKNOWN}
    out = [post for post in posts.values() if post.component_ids == ("api-us-east-1",)]
    spans = [p.resolved_at - p.started_at for p in out if p.resolved_at and p.started_at]
    assert sum(span.total_seconds() for span in spans) == 2880
