"""Volcengine: items of one title within a day are one event."""

from __future__ import annotations

import pytest

from ingest.models import Component, ReadError, Stage, labelled
from tests.support.payloads.acme import acme, parse, utc
from tests.support.payloads.golden import Golden

PAGE = acme("volcengine_rss")
TITLE = "模型服务(华北2（北京）)服务状态"


def item(at: str, title: str = "服务异常(已恢复)") -> str:
    return f"""<item><title>{title}</title><link>https://status.acme.test/</link>
<description>话</description><pubDate>Mon, 05 Jan 2026 {at}:00 +0800</pubDate></item>"""


def feed(*items: str, title: str = TITLE) -> bytes:
    head = f"<title>{title}</title>"
    return f'<rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'.encode()


TWO = feed(item("22:20"), item("22:10"))
GOLDEN = (Golden(PAGE, "/rss/zh/cn-beijing/ModelArk", TWO),)


def test_only_the_newest_item_ends_an_event_though_all_are_marked() -> None:
    (found,) = parse(PAGE, TWO).incidents
    assert [(one.stage, one.display_at) for one in found.updates] == [
        (Stage.INVESTIGATING, utc("2026-01-05T14:10:00")),
        (Stage.RESOLVED, utc("2026-01-05T14:20:00")),
    ]


def test_the_channel_names_a_product_in_a_region() -> None:
    (component,) = parse(PAGE, TWO).components
    assert component == Component(labelled(TITLE), "模型服务", region="华北2（北京）")


def test_an_event_that_is_not_marked_goes_on() -> None:
    (found,) = parse(PAGE, feed(item("22:10", "服务异常"))).incidents
    assert found.stage is Stage.INVESTIGATING


def test_a_channel_without_a_name_is_no_region_on_which_all_is_well() -> None:
    with pytest.raises(ReadError, match="names no product"):
        parse(PAGE, feed(title="()服务状态"))
