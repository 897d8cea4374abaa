"""Every page: opened by its address, against axe-core's rules, and without a mouse.

A page is opened once in each theme for all that is asked of it: to open one takes longer than to
look at it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.pages.chromium import CHROMIUM_MARKS, DEFAULT_MS, ready
from tests.support.pages.page_titles import PAGES

pytestmark = CHROMIUM_MARKS
THEMES = ("light", "dark")
ZONE = "America/Los_Angeles"
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
def windows(browser: Browser) -> Iterator[dict[str, BrowserContext]]:
    """Make a window of each theme, in which a page finds the scripts that another one brought."""
    size = {"width": 1280, "height": 1500}
    made = {
        theme: browser.new_context(color_scheme=theme, viewport=size, timezone_id=ZONE)
        for theme in THEMES
    }
    for window in made.values():
        window.set_default_timeout(DEFAULT_MS)
    yield made
    for window in made.values():
        window.close()


@pytest.fixture(scope="module", params=product(THEMES, PAGES), ids="-".join)
def opened(
    demo: str, windows: dict[str, BrowserContext], request: pytest.FixtureRequest
) -> Iterator[Opened]:
    theme, name = request.param
    page, asked = windows[theme].new_page(), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    ready(page, f"{demo}/{PAGES[name][0]}")
    page.wait_for_function(STYLED)
    yield Opened(name, demo, page, asked)
    page.close()


#: What does not hang on the theme is asked of the light pages alone.
light = pytest.mark.parametrize(
    "opened", list(product(THEMES[:1], PAGES)), ids="-".join, indirect=True
)


@light
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


def test_a_page_can_be_used_by_those_who_do_not_see_it(opened: Opened) -> None:
    found = Axe().run(opened.page).response["violations"]
    told = {
        v["id"]: [node["html"][:200] for node in v["nodes"][:3]]
        for v in found
        if v["id"] not in FRAME
    }
    assert told == {}


def test_a_page_has_one_title_and_headings_in_order(opened: Opened) -> None:
    levels = [
        int(one.evaluate("e => e.tagName.slice(1)"))
        for one in opened.page.locator("h1, h2, h3, h4").all()
        if one.is_visible()
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@light
def test_tab_reaches_whatever_can_be_used_and_shows_where_it_is(opened: Opened) -> None:
    """Last, since it opens what is folded."""
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
