"""Every page: opened by its address, against axe-core's rules, on a phone and without a mouse.

A page is opened once for all that is asked of it, in both themes and sizes: to open one takes
longer than to look at it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.support.pages.chromium import CHROMIUM_MARKS, DEFAULT_MS, ready
from tests.support.pages.page_titles import PAGES

pytestmark = CHROMIUM_MARKS
ZONE = "America/Los_Angeles"
WIDE: ViewportSize = {"width": 1280, "height": 1500}
PHONE: ViewportSize = {"width": 390, "height": 844}
#: How often a page is looked at anew while it is drawn in its other theme.
LOOKS = 20
BACKGROUND = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
#: The page's own style comes with its first elements, in no order.
STYLED = """() => [...document.querySelectorAll('style')]
    .some(style => style.textContent.includes('stCaptionContainer'))"""
#: Rules that Streamlit's own frame breaks, on any page: what we do not draw we cannot mend.
FRAME = {
    "landmark-one-main",
    "region",
}
#: Note what can be reached and how it looks, then whether Tab gets there and changes that look.
#: Of a group of radio buttons Tab reaches one, and arrows the others. A table draws on a canvas.
WATCH = """() => {
    const look = element => {
        const looks = [];
        for (let at = element, up = 0; at && up < 5; at = at.parentElement, up++) {
            const style = getComputedStyle(at);
            looks.push([style.outline, style.boxShadow, style.borderColor, style.backgroundColor]);
        }
        return JSON.stringify(looks);
    };
    const still = document.createElement('style');
    still.textContent = '* { transition: none !important; animation: none !important; }';
    document.head.append(still);
    const usable = 'a[href], button, input, select, textarea, summary, canvas, [tabindex]';
    const all = [...document.querySelectorAll(usable)].filter(element =>
        element.tagName !== 'MAIN' && element.tabIndex >= 0 && !element.disabled
        && element.checkVisibility()
        && !element.closest('[inert], [aria-hidden=true]')
        && element.type !== 'radio' && element.role !== 'radio');
    window.waiting = new Map(all.map(element => [element, look(element)]));
    window.unseen = [];
    document.addEventListener('focusin', event => {
        const before = window.waiting.get(event.target);
        if (before === undefined) return;
        const drawn = event.target.closest('[data-testid=stDataFrame]') !== null;
        if (!drawn && look(event.target) === before) window.unseen.push(event.target);
        window.waiting.delete(event.target);
    });
    return all.length;
}"""
NAMED = """elements => elements.map(element => `${element.tagName} ${
    element.ariaLabel || element.innerText || element.outerHTML.slice(0, 120)}`)"""


@dataclass(frozen=True)
class Opened:
    """Hold a page of the demo, and what it asked for until it was all there."""

    name: str
    demo: str
    page: Page
    asked: list[str]


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[BrowserContext]:
    """Make a window in which a page finds the scripts that another one brought."""
    made = browser.new_context(color_scheme="light", viewport=WIDE, timezone_id=ZONE)
    made.set_default_timeout(DEFAULT_MS)
    yield made
    made.close()


@pytest.fixture(scope="module", params=PAGES)
def opened(demo: str, window: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Opened]:
    page, asked = window.new_page(), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    ready(page, f"{demo}/{PAGES[request.param][0]}")
    page.wait_for_function(STYLED)
    yield Opened(request.param, demo, page, asked)
    page.close()


def test_a_page_opens_by_its_address_and_talks_to_this_machine_only(
    opened: Opened, tmp_path: Path
) -> None:
    page, title = opened.page, PAGES[opened.name][1]
    named = {"name": title, "exact": True} if title else {"level": 1}
    expect(page.get_by_role("heading", **named)).to_be_visible()
    expect(page.get_by_text("Simulated data.")).to_be_visible()
    expect(page.get_by_text("As posted by the provider, not measured.")).to_be_visible()
    assert page.get_by_test_id("stException").count() == 0
    assert opened.asked[0].startswith(opened.demo)
    elsewhere = [url for url in opened.asked if not url.startswith((opened.demo, "data:", "blob:"))]
    assert elsewhere == []
    kept = Path(os.environ.get("STATUSLEDGER_SCREENSHOTS", tmp_path))
    kept.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=kept / f"{opened.name}.png")
    assert (kept / f"{opened.name}.png").stat().st_size > 20_000


def broken_rules(page: Page) -> dict[str, list[str]]:
    """Return the rules of axe-core that a page breaks now, each with some elements that do."""
    return {
        rule["id"]: [node["html"][:200] for node in rule["nodes"][:3]]
        for rule in Axe().run(page).response["violations"]
        if rule["id"] not in FRAME
    }


def test_a_page_can_be_used_by_those_who_do_not_see_it(opened: Opened) -> None:
    assert broken_rules(opened.page) == {}


def test_it_can_be_used_as_well_where_all_is_dark(opened: Opened) -> None:
    page = opened.page
    light = page.evaluate(BACKGROUND)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"light => {BACKGROUND} !== light", arg=light)
    # The server draws its charts anew: what counts is how they stay.
    for _ in range(LOOKS):
        if not (broken := broken_rules(page)):
            break
        page.wait_for_timeout(100)
    assert broken == {}
    page.emulate_media(color_scheme="light")
    page.wait_for_function(f"light => {BACKGROUND} === light", arg=light)


def test_a_page_has_one_title_and_headings_in_order(opened: Opened) -> None:
    levels = [
        int(one.evaluate("e => e.tagName.slice(1)"))
        for one in opened.page.locator("h1, h2, h3, h4").all()
        if one.is_visible()
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_tab_reaches_whatever_can_be_used_and_shows_where_it_is(opened: Opened) -> None:
    """After those that look, since it opens what is folded."""
    page = opened.page
    change = page.get_by_text("Change", exact=True)
    if change.count():
        change.click()
        page.get_by_text("Window", exact=True).wait_for()
    page.evaluate("document.activeElement.blur()")
    usable = page.evaluate(WATCH)
    assert usable > 10
    for n in range(2 * usable + 60):
        page.keyboard.press("Tab")
        if n >= usable and page.evaluate("window.waiting.size") == 0:
            break
    assert page.evaluate(f"({NAMED})([...window.waiting.keys()])") == []
    assert page.evaluate(f"({NAMED})(window.unseen)") == []


def test_a_phone_scrolls_down_and_not_sideways(opened: Opened) -> None:
    """Last, since the page is laid out anew."""
    opened.page.set_viewport_size(PHONE)
    # Long tables are laid out twice: what counts is how they stay.
    opened.page.wait_for_function(
        "(it => it.scrollWidth <= it.clientWidth)(document.querySelector('[data-testid=stMain]'))"
    )
