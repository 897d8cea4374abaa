"""Every page, in both themes, against axe-core's rules, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.pages.chromium import CHROMIUM_MARKS, DEFAULT_MS, ready
from tests.support.pages.page_titles import PAGES

pytestmark = CHROMIUM_MARKS
THEMES = ("light", "dark")
#: The page's own style comes with its first elements, in no order.
STYLED = """() => [...document.querySelectorAll('style')]
    .some(style => style.textContent.includes('stCaptionContainer'))"""
#: Rules that Streamlit's own frame breaks, on any page: what we do not draw we cannot mend.
FRAME = {
    "landmark-one-main",
    "region",
}


@pytest.fixture(scope="module")
def windows(browser: Browser) -> Iterator[dict[str, BrowserContext]]:
    """Make a window of each theme, in which a page finds the scripts that another one brought."""
    size = {"width": 1280, "height": 1500}
    made = {theme: browser.new_context(color_scheme=theme, viewport=size) for theme in THEMES}
    for window in made.values():
        window.set_default_timeout(DEFAULT_MS)
    yield made
    for window in made.values():
        window.close()


@pytest.fixture(scope="module", params=product(THEMES, PAGES), ids="-".join)
def page(
    demo: str, windows: dict[str, BrowserContext], request: pytest.FixtureRequest
) -> Iterator[Page]:
    """Make a page in a theme, opened once for all that is asked of it."""
    theme, name = request.param
    opened = windows[theme].new_page()
    ready(opened, f"{demo}/{PAGES[name][0]}")
    opened.wait_for_function(STYLED)
    yield opened
    opened.close()


def test_a_page_can_be_used_by_those_who_do_not_see_it(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    told = {
        v["id"]: [node["html"][:200] for node in v["nodes"][:3]]
        for v in found
        if v["id"] not in FRAME
    }
    assert told == {}


def test_a_page_has_one_title_and_headings_in_order(page: Page) -> None:
    levels = [
        int(one.evaluate("e => e.tagName.slice(1)"))
        for one in page.locator("h1, h2, h3, h4").all()
        if one.is_visible()
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
