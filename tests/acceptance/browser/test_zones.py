"""2 March 2026 in browsers of three zones: the same seconds, the same UTC clock times."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.captured.feeds import needs_feeds
from tests.support.pages.chromium import CHROMIUM_MARKS, DEFAULT_MS, ready, served

pytestmark = [needs_feeds, pytest.mark.captures, *CHROMIUM_MARKS]
ZONES = ("America/Los_Angeles", "Europe/Berlin", "Asia/Tokyo")
DAY = "p=anthropic&surface=chat_web&win=custom&since=2026-03-02&until=2026-03-03"
POST = "anthropic.statuspage.tymt9n04zgry/0ghc53zpsfmt"


@pytest.fixture(scope="module")
def address(claude: Path) -> Iterator[str]:
    yield from served(claude)


@pytest.fixture(scope="module", params=ZONES)
def window(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    made = browser.new_context(timezone_id=request.param, viewport={"width": 1280, "height": 2500})
    made.set_default_timeout(DEFAULT_MS)
    yield made
    made.close()


@pytest.fixture
def page(window: BrowserContext) -> Iterator[Page]:
    opened = window.new_page()
    yield opened
    opened.close()


def test_chat_was_down_for_9959_seconds_of_that_utc_day(address: str, page: Page) -> None:
    ready(page, f"{address}/?{DAY}")
    bar = page.locator("[aria-roledescription='rect mark'][aria-label*='partial']")
    expect(bar).to_have_count(1)
    assert "Day (UTC): 02 Mar" in (bar.get_attribute("aria-label") or "")
    page.get_by_text("Data of the strip (1 row)").click()
    table = page.get_by_test_id("stExpander").filter(has_text="Data of the strip (1 row)")
    day, rest = "2026-03-02", ["partial", "9959", "7438", "0", "86400", "86400"]
    expect(table.locator("[role=gridcell]")).to_have_text(
        ["anthropic", "chat_web", day, "2026-03-03", "day", *rest]
    )


def test_its_trail_begins_at_11_49_and_12_06_utc(address: str, page: Page) -> None:
    ready(page, f"{address}/incidents?incident={POST}")
    trail = page.get_by_text("investigating ·")
    expect(trail).to_have_text(
        [f"investigating · 2026-03-02 {at} UTC" for at in ("12:21", "12:06", "11:49")]
    )
    told = "In full: open 14,269 s, impact of any component 9,959 s."
    expect(page.get_by_text(told)).to_be_visible()
