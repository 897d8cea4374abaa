"""The pages in a real browser, west of Greenwich: times stay UTC, wording stays text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import polars as pl
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from ingest.snapshot.file import METHOD_VERSION
from tests.support.command_line import holding
from tests.support.pages.chromium import CHROMIUM_MARKS, DEFAULT_MS, choose, ready, served
from tests.support.pages.streamlit_pages import HOSTILE
from tests.support.snapshots import covered, made, post, state

pytestmark = CHROMIUM_MARKS
ZONE = "America/Los_Angeles"


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    snapshot = made(
        tmp_path_factory.mktemp("small"),
        as_of="2026-01-31",
        coverage=[covered("2025-06-01", "2026-01-31")],
        states=[state("partial", "2026-01-05 02:00", "2026-01-05 02:30", post="p1")],
        posts=[post("p1", "2026-01-05 02:00", "2026-01-05 02:30", title=HOSTILE)],
    )
    yield from served(holding(snapshot.path.parent / "data", snapshot.path))


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[BrowserContext]:
    """Make a window in which a page finds the scripts that another one brought."""
    made = browser.new_context(timezone_id=ZONE, viewport={"width": 1280, "height": 1500})
    made.set_default_timeout(DEFAULT_MS)
    yield made
    made.close()


@pytest.fixture
def page(window: BrowserContext) -> Iterator[Page]:
    opened = window.new_page()
    yield opened
    opened.close()


def test_days_are_utc_days_west_of_greenwich(small: str, page: Page) -> None:
    ready(page, f"{small}/?win=30d")
    chart = page.get_by_test_id("stVegaLiteChart")
    expect(chart.get_by_text("Day (UTC)")).to_be_visible()
    marks = chart.locator("[aria-roledescription='rect mark'][aria-label*='partial']")
    expect(marks).to_have_count(1)
    assert "Day (UTC): 05 Jan;" in (marks.get_attribute("aria-label") or "")


def test_a_link_restores_the_question(demo: str, page: Page) -> None:
    ready(page, f"{demo}/?rule=strict&win=30d&surface=chat_web&p=northwind-ai")
    expect(page.get_by_text(re.compile(r"1 provider, 1 row, .*, rule strict\."))).to_be_visible()


def test_what_is_chosen_is_in_the_address(demo: str, page: Page) -> None:
    ready(page, demo)
    page.get_by_text("Change", exact=True).click()
    page.get_by_role("radio", name="30d").or_(page.get_by_role("button", name="30d")).click()
    page.wait_for_url("**win=30d**")


def test_a_link_with_days_shows_them_and_says_what_it_cannot_show(demo: str, page: Page) -> None:
    ready(page, f"{demo}/?since=2026-01-05&until=2026-01-15&p=northwind-ai&p=nobody")
    expect(page.get_by_text("5 Jan 2026 to 15 Jan 2026, rule")).to_be_visible()
    told = "The link asked for provider 'nobody', which the registry does not know"
    expect(page.get_by_text(told)).to_be_visible()
    page.get_by_role("link", name="Surfaces", exact=True).click()
    page.wait_for_url("**/surfaces?**p=northwind-ai**")
    expect(page.get_by_text("5 Jan 2026 to 15 Jan 2026, rule")).to_be_visible()


def test_a_link_to_a_profile_restores_provider_and_question(demo: str, page: Page) -> None:
    ready(page, f"{demo}/profile?of=ember-code&surface=billing&rule=strict")
    expect(page.get_by_role("heading", name="Ember Code (invented)")).to_be_visible()
    page.get_by_text("How to read this").first.click()
    expect(page.get_by_text(re.compile(r"^Billing, .*, rule strict\."))).to_be_visible()


def test_the_provider_picked_is_in_the_address(demo: str, page: Page) -> None:
    ready(page, f"{demo}/profile")
    page.get_by_role("combobox", name="Provider", exact=True).click()
    page.get_by_role("option", name="Driftwood Labs").click()
    page.wait_for_url("**of=driftwood-labs**")
    expect(page.get_by_role("heading", name="Driftwood Labs (invented)")).to_be_visible()


def test_what_is_not_reported_is_dashed_and_labelled_in_the_matrix(demo: str, page: Page) -> None:
    ready(page, f"{demo}/surfaces?p=ember-code&p=driftwood-labs")
    chart = page.get_by_test_id("stVegaLiteChart")
    expect(chart.locator("[aria-label*='Cell: not reported']").first).to_be_visible()
    dashed = chart.locator("path[aria-label*='Cell: not reported'][stroke-dasharray]").first
    expect(dashed).to_have_attribute("fill-opacity", "0")


@pytest.mark.parametrize("section", ["Coverage", "How to cite"])
def test_an_address_leads_to_its_section(demo: str, page: Page, section: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 700})
    ready(page, f"{demo}/methodology#{section.lower().replace(' ', '-')}")
    expect(page.get_by_role("heading", name=section, exact=True)).to_be_in_viewport()
    expect(page.get_by_role("heading", name="Methodology", exact=True)).not_to_be_in_viewport()


def test_a_link_to_a_definition_opens_its_section(demo: str, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 700})
    ready(page, f"{demo}/methodology?section=coverage#coverage")
    expect(page.get_by_role("heading", name="Coverage", exact=True)).to_be_in_viewport()
    expect(page.get_by_text("Coverage is the time, for each component,").last).to_be_visible()
    expect(page.get_by_text("Beside every number stands what speaks against it")).to_have_count(1)


def test_the_contents_of_the_methodology_lead_to_its_sections(demo: str, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 700})
    ready(page, f"{demo}/methodology")
    page.get_by_role("link", name="Availability rules", exact=True).first.click()
    expect(page.get_by_role("heading", name="Availability rules", exact=True)).to_be_in_viewport()


def test_csv_parquet_and_json_hold_the_rows_shown_and_the_last_says_of_what(
    small: str, page: Page
) -> None:
    ready(page, f"{small}/?win=30d&rule=strict")
    taken = {}
    for form in ("CSV", "Parquet", "JSON"):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=form, exact=True).first.click()
        taken[form] = waiting.value
    assert [one.suggested_filename for one in taken.values()] == [
        f"league.{ending}" for ending in ("csv", "parquet", "json")
    ]
    [row] = pl.read_csv(taken["CSV"].path()).to_dicts()
    [same] = pl.read_parquet(taken["Parquet"].path()).to_dicts()
    told = json.loads(taken["JSON"].path().read_text(encoding="utf-8"))
    assert list(row) == list(same) == list(told["rows"][0])
    values = ("availability", "rule", "down_s", "n", "coverage", "surface")
    alike = [tuple(one[name] for name in values) for one in (row, same, told["rows"][0])]
    assert alike == [(1 - 1800 / (30 * 86_400), "strict", 1800.0, 1, 1.0, "api_inference")] * 3
    assert told["about"]["question"]["rule"] == ["strict"]
    assert told["about"]["caveat"] == "As posted by the provider, not measured."
    assert told["about"]["method_version"] == METHOD_VERSION
    assert len(told["about"]["snapshot_hash"]) == 64


@pytest.mark.parametrize(
    "path", ["", "head-to-head", "profile", "surfaces", "incidents", "health", "methodology"]
)
def test_a_phone_shows_what_a_page_is_about_in_its_first_200_pixels(
    small: str, page: Page, path: str
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    ready(page, f"{small}/{path}")
    page.wait_for_function("document.querySelector('h1').getBoundingClientRect().top < 200")


def test_a_phone_shows_cards_in_place_of_the_table_and_filters_as_a_sheet(
    demo: str, page: Page
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    ready(page, demo)
    expect(page.locator(".cards article").first).to_be_visible()
    expect(page.get_by_test_id("stDataFrame").first).not_to_be_visible()
    page.get_by_text("Change", exact=True).click()
    sheet = page.locator("details[open]").filter(has_text="Window")
    expect(sheet).to_have_css("position", "fixed")
    box = sheet.bounding_box()
    assert box is not None
    assert (box["x"], box["width"], box["y"] + box["height"]) == (0, 390, 844)
    page.set_viewport_size({"width": 1280, "height": 844})
    expect(page.locator(".cards article").first).not_to_be_visible()
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()


def test_a_hostile_title_is_text(small: str, page: Page) -> None:
    talk: list[str] = []
    page.on("dialog", lambda dialog: (talk.append(dialog.message), dialog.dismiss()))
    ready(page, f"{small}/incidents?win=30d")
    page.get_by_role("link", name=HOSTILE).click()
    page.wait_for_url("**incident=**p1**")
    expect(page.get_by_role("heading", name=HOSTILE)).to_be_visible()
    expect(page.get_by_text("2026-01-05 02:00 UTC").first).to_be_visible()
    assert page.locator("a[href^='javascript']").count() == 0
    assert talk == []


def test_an_address_in_foreign_wording_is_no_link(demo: str, page: Page) -> None:
    ready(page, f"{demo}/?rule=https://evil.test&surface=www.evil.test&zone=me@evil.test")
    expect(page.get_by_text("The link asked for", exact=False)).to_have_count(3)
    assert page.locator("a[href*=evil]").count() == 0


def test_head_to_head_is_linked_from_the_overview_and_links_back_to_itself(
    demo: str, page: Page
) -> None:
    ready(page, f"{demo}/?win=365d&surface=chat_web&p=northwind-ai&p=bluejay-models")
    page.get_by_role("link", name="Compare two head to head").click()
    page.wait_for_url("**/head-to-head?*surface=chat_web*")
    expect(page.get_by_role("heading", level=1, name=re.compile("Bluejay Models"))).to_be_visible()
    change, picker = (
        page.get_by_text("Change", exact=True),
        page.get_by_role("combobox", name="B", exact=True),
    )
    change.click()
    choose(page, picker, "Driftwood Labs")
    page.wait_for_url("**b=driftwood-labs**")
    ready(page, page.url)
    change.click()
    expect(picker).to_have_value("Driftwood Labs (invented)")
    expect(page.get_by_role("heading", level=1, name=re.compile("Driftwood Labs"))).to_be_visible()
    page.get_by_text("How sure?").click()
    expect(page.get_by_text("Ways of counting:")).to_be_visible()


def test_head_to_head_fits_a_phone(demo: str, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    ready(page, f"{demo}/versus?win=365d&a=northwind-ai&b=bluejay-models")
    expect(page.get_by_test_id("stVegaLiteChart").locator("svg")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    widths = [box.bounding_box() for box in page.get_by_test_id("stVegaLiteChart").all()]
    assert all(box is not None and box["width"] <= 390 for box in widths)
