"""The brief: a finding, a picture, five numbers each, three caveats, and what follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from lxml.html import HtmlElement, document_fromstring

from analytics import Question, Snapshot
from dashboard.document.brief import IN_NUMBERS, IN_PICTURE, render_brief
from tests.support.outages import HALF_YEAR, outages, world
from tests.support.pages.documents import text
from tests.support.snapshots import component, covered, provider_row


def told(snapshot: Snapshot, question: Question = HALF_YEAR) -> HtmlElement:
    return document_fromstring(render_brief(snapshot, question))


def many(tmp_path: Path, n: int) -> HtmlElement:
    named = [outages(f"p{k}", range(3, 180, 2 + k)) for k in range(n)]
    return told(world(tmp_path, *named))


def test_it_finds_and_says_how_sure_and_what_follows(tmp_path: Path) -> None:
    page = told(world(tmp_path, outages("many", range(10, 110)), outages("few", [10, 50])))
    assert text(page.find(".//h1")) == "Few was down less than Many on the API"
    header = text(page.find("body/header"))
    assert "2 h against 4 d in 182 shared days." in header
    assert "Clear every way of counting agrees, and Few left nothing unrated." in header
    headings = [text(one) for one in page.iter("h2")]
    assert headings == [
        "Hours down in 182 shared days",
        "Five numbers each",
        "Three caveats",
        "What to do next",
    ]
    rows = [[text(cell) for cell in row] for row in page.find(".//tbody")]
    assert rows[0] == ["Time down", "2 h", "4 d 4 h"]
    assert rows[1] == ["Incidents", "2", "100"]
    assert len(rows) == 5
    caveats, steps = page.iter("ul")
    assert (len(caveats), len(steps)) == (3, 3)
    assert text(steps[0]) == "Where time down on the API decides, prefer Few."


@pytest.mark.parametrize("n", [2, 4, 8, 10])
def test_four_stand_in_numbers_and_eight_in_the_picture(tmp_path: Path, n: int) -> None:
    page = many(tmp_path, n)
    assert len(page.xpath("//*[local-name()='circle']")) == min(n, IN_PICTURE)
    assert len(page.find(".//thead/tr")) == 1 + min(n, IN_NUMBERS)
    assert ("see the appendix" in text(page)) is (n > IN_NUMBERS)


def test_it_ends_with_what_brings_it_back(tmp_path: Path) -> None:
    snapshot = world(tmp_path, outages("many", range(10, 110)), outages("few", [10, 50]))
    footer = text(told(snapshot).find(".//footer"))
    assert snapshot.digest in footer
    assert "statusledger report --appendix" in footer
    assert "As posted by the provider, not measured." in footer


def test_without_a_surface_it_answers_the_one_most_are_covered_on(tmp_path: Path) -> None:
    chat = [component("chat", provider=who, surface="chat_web") for who in ("a", "b")]
    spans = [covered("2025-12-31", "2026-07-01", of="chat", provider=who) for who in ("a", "b")]
    spans.append(covered("2025-12-31", "2026-07-01", provider="a"))
    page = told(world(tmp_path, components=[*chat, component(provider="a")], coverage=spans))
    assert text(page.find(".//h1")).endswith("on the chat")


def test_what_cannot_be_compared_has_no_picture_and_says_what_can(tmp_path: Path) -> None:
    snapshot = world(tmp_path, outages("many", [150]), outages("few", [160]))
    asked = replace(HALF_YEAR, since=date(2026, 6, 10), providers=("few", "many"))
    page = told(snapshot, asked)
    assert "cannot be compared" in text(page.find(".//h1"))
    assert "Ask again: a window that begins on 1 Jun 2026 has enough." in text(page)


def test_foreign_names_are_text(tmp_path: Path) -> None:
    rows = [{**provider_row("few"), "name": "<b>Few</b>"}, provider_row("many")]
    snapshot = world(
        tmp_path, outages("many", range(10, 110)), outages("few", [10]), providers=rows
    )
    written = render_brief(snapshot, HALF_YEAR)
    assert "<b>Few" not in written
    assert "&lt;b&gt;Few" in written
