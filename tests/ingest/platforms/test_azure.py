"""Azure: a feed of what goes on, whose categories are services and regions."""

from __future__ import annotations

from ingest.models import Component, Impact, Kind, Stage, labelled
from ingest.platforms import PLATFORMS
from tests.support.captured.cases import needs_cases
from tests.support.payloads.acme import acme, by_id, case, parse, utc
from tests.support.payloads.golden import Golden

PAGE = acme("azure", base_url="https://azure.status.microsoft")


def item(*categories: str, date: str = "Mon, 05 Jan 2026 02:11:00 Z") -> str:
    named = "".join(f"<category>{one}</category>" for one in categories)
    return f"""<item><guid isPermaLink="false">errors-east-us</guid>{named}
<title>Errors - East US </title><description>&lt;p&gt;We look.&lt;/p&gt;</description>
<pubDate>{date}</pubDate></item>"""


def feed(*items: str) -> bytes:
    title = "<title>Azure Status</title>"
    return f'<rss version="2.0"><channel>{title}{"".join(items)}</channel></rss>'.encode()


GOLDEN = (Golden(PAGE, "/feed/", feed(item("Storage", "East US"))),)


def test_an_empty_channel_says_that_nothing_goes_on() -> None:
    parsed = parse(PAGE, feed())
    assert (parsed.incidents, parsed.horizon, parsed.unread_open) == ((), None, False)


def test_each_service_is_a_component_in_each_region() -> None:
    parsed = parse(PAGE, feed(item("Storage", "East US", "West US 2")))
    assert {(one.name, one.region) for one in parsed.components} == {
        ("Storage", "East US"),
        ("Storage", "West US 2"),
    }


def test_an_event_whose_date_is_refused_leaves_the_present_open() -> None:
    parsed = parse(
        PAGE, feed(item("Storage"), item("Storage", date="Monday").replace("errors", "x"))
    )
    assert (len(parsed.incidents), len(parsed.rejects)) == (1, 1)
    assert parsed.unread_open


@needs_cases
def test_two_categories_are_one_service_and_one_region() -> None:
    parsed = case("azure-rss-active", "feed.xml", PAGE, "2026-09-15T04:10:00+00:00")
    post = by_id(parsed)["errors-for-model-requests-east-us"]
    here = labelled("Azure OpenAI Service - East US")
    assert Component(here, "Azure OpenAI Service", region="East US") in parsed.components
    assert post.component_ids == (here,)
    assert post.created_at == utc("2026-09-15T02:11:00")
    assert post.started_at == utc("2026-09-14T22:07:00")
    assert (post.stage, post.impact) == (Stage.INVESTIGATING, Impact.UNKNOWN)
    assert PLATFORMS["azure"].active_only == {"active": frozenset({Kind.INCIDENT})}
