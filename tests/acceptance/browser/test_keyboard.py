"""Every page without a mouse: Tab reaches all that can be used, and shows where it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.pages.chromium import CHROMIUM_MARKS, DEFAULT_MS, ready
from tests.support.pages.page_titles import PAGES

pytestmark = CHROMIUM_MARKS
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


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 1500})
    context.set_default_timeout(DEFAULT_MS)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_tab_reaches_whatever_can_be_used_and_shows_where_it_is(
    demo: str, page: Page, name: str
) -> None:
    ready(page, f"{demo}/{PAGES[name][0]}")
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
