"""The document as its readers open it: it loads nothing, prints well, and excludes nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from lxml.html import document_fromstring
from playwright.sync_api import Browser, Page, expect

from dashboard.document import render_document
from dashboard.document.brief import render_brief
from tests.support.outages import HALF_YEAR, outages, world
from tests.support.pages.chromium import CHROMIUM_MARKS, ready
from tests.support.pages.documents import BOTH, half_a_year, text
from tests.support.snapshots import provider_row

pytestmark = CHROMIUM_MARKS

PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Sheet:
    """The document in a browser, with every address it asked for and all it complained of."""

    page: Page
    asked: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    file = folder / "report.html"
    file.write_text(render_document(half_a_year(folder), BOTH), encoding="utf-8")
    return file


@pytest.fixture(params=["light", "dark"])
def sheet(browser: Browser, request: pytest.FixtureRequest, file: Path) -> Iterator[Sheet]:
    context = browser.new_context(color_scheme=request.param, viewport=PHONE)
    opened = Sheet(context.new_page())
    opened.page.on("request", lambda one: opened.asked.append(one.url))
    opened.page.on("console", lambda one: opened.heard.append(one.text))
    opened.page.goto(file.as_uri())
    yield opened
    context.close()


def test_it_asks_for_nothing_and_breaks_no_policy(sheet: Sheet) -> None:
    sheet.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(sheet.page.get_by_role("heading", level=1)).to_have_count(1)
    [itself] = sheet.asked
    assert itself.endswith("/report.html")
    assert sheet.heard == []


def test_its_policy_holds_against_what_should_not_be_there(sheet: Sheet) -> None:
    sheet.page.evaluate(
        """() => {
            const image = document.createElement('img');
            image.src = 'https://elsewhere.test/x.png';
            const script = document.createElement('script');
            script.textContent = 'window.harmed = true';
            document.body.append(image, script);
        }"""
    )
    assert sheet.page.evaluate("window.harmed") is None
    told = " ".join(sheet.heard)
    assert "Executing inline script violates" in told
    assert 'violates the following Content Security Policy directive: "img-src data:"' in told


def test_it_can_be_used_by_those_who_do_not_see_it(sheet: Sheet) -> None:
    found = Axe().run(sheet.page).response["violations"]
    assert {v["id"]: [node["html"][:200] for node in v["nodes"][:3]] for v in found} == {}


def test_on_a_phone_only_tables_scroll_sideways(sheet: Sheet) -> None:
    assert sheet.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_it_prints_on_white_without_what_is_for_the_screen(sheet: Sheet) -> None:
    sheet.page.emulate_media(media="print")
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    assert sheet.page.evaluate(paper) == "rgb(255, 255, 255)"
    expect(sheet.page.get_by_role("navigation")).to_be_hidden()
    heads = "getComputedStyle(document.querySelector('thead')).display"
    assert sheet.page.evaluate(heads) == "table-header-group"
    assert sheet.page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


@pytest.mark.slow
def test_the_button_hands_on_the_answer_to_what_is_chosen(demo: str, browser: Browser) -> None:
    page = browser.new_page()
    ready(page, f"{demo}/?p=northwind-ai&surface=chat_web&win=30d")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Brief, 2 pages").click()
    written = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert waiting.value.suggested_filename.startswith("brief-northwind-ai-chat_web-")
    assert "Northwind AI alone on the chat" in text(document_fromstring(written).find(".//h1"))
    assert "Simulated data." in written
    page.close()


@pytest.mark.parametrize("n", [2, 4, 8])
def test_a_brief_has_at_most_two_pages_however_many_it_is_about(
    browser: Browser, tmp_path: Path, n: int
) -> None:
    names = [f"Provider of many long words {k}" for k in range(n)]
    slugs = [f"p{k}" for k in range(n)]
    told = [outages(slug, range(3, 180, 2 + k)) for k, slug in enumerate(slugs)]
    rows = [{**provider_row(s), "name": name} for s, name in zip(slugs, names, strict=True)]
    file = tmp_path / "brief.html"
    snapshot = world(tmp_path, *told, providers=rows)
    file.write_text(render_brief(snapshot, replace(HALF_YEAR, providers=tuple(slugs))), "utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    assert 1 <= len(re.findall(rb"/Type\s*/Page[^s]", printed)) <= 2
