"""Every page, in both themes, against axe-core's rules, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.support.pages.chromium import CHROMIUM_MARKS, PATIENT_MS, ready
from tests.support.pages.page_titles import PAGES

pytestmark = CHROMIUM_MARKS
#: The page's own style comes with its first elements, in no order.
STYLED = """() => [...document.querySelectorAll('style')]
    .some(style => style.textContent.includes('stCaptionContainer'))"""
#: Rules that Streamlit's own frame breaks, on any page: what we do not draw we cannot mend.
FRAME = {
    "landmark-one-main",
    "region",
}


@pytest.fixture(params=["light", "dark"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(
        color_scheme=request.param, viewport={"width": 1280, "height": 1500}
    )
    context.set_default_timeout(PATIENT_MS)
    opened = context.new_page()
    yield opened
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_used_by_those_who_do_not_see_it(demo: str, page: Page, name: str) -> None:
    ready(page, f"{demo}/{PAGES[name][0]}")
    page.wait_for_function(STYLED)
    found = Axe().run(page).response["violations"]
    told = {
        v["id"]: [node["html"][:200] for node in v["nodes"][:3]]
        for v in found
        if v["id"] not in FRAME
    }
    assert told == {}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_title_and_headings_in_order(demo: str, page: Page, name: str) -> None:
    ready(page, f"{demo}/{PAGES[name][0]}")
    levels = [
        int(one.evaluate("e => e.tagName.slice(1)"))
        for one in page.locator("h1, h2, h3, h4").all()
        if one.is_visible()
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
