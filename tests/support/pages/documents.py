"""Half a year of two invented providers, and their document as a reader sees it.

Acme is down for an hour every fourth day and has one post of hostile wording, edited once;
Globex was down for an hour once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lxml.html import HtmlElement, document_fromstring

from analytics import Question, Snapshot, ask
from dashboard.document import render_document
from tests.support.outages import outages
from tests.support.pages.streamlit_pages import HOSTILE
from tests.support.snapshots import ACME, Row, at, covered, made, page_of, post, source, update

START, AS_OF = "2025-12-31", "2026-07-01"
URL = "https://acme.test/api/v2/incidents.json"
FIRST, LATER = "a" * 64, "b" * 64
BOTH = ask(providers=["acme", "globex"], surface="api_inference", since=START)


def version(of: str, known_from: str, sha256: str) -> Row:
    return {
        "provider": ACME,
        "page_key": page_of(ACME),
        "incident_id": of,
        "known_from": at(known_from),
        "url": URL,
        "sha256": sha256,
    }


def half_a_year(tmp_path: Path, **more: Any) -> Snapshot:
    """Make the snapshot; ``more`` replaces whole tables."""
    often, states = outages("acme", range(3, 180, 4))
    once, other = outages("globex", [9])
    bad = post("bad", "2026-01-05", "2026-01-06", title=HOSTILE, url="javascript:alert(1)")
    given: dict[str, Any] = {
        "coverage": [covered(START, AS_OF), covered(START, AS_OF, provider="globex")],
        "posts": [*often, *once, {**bad, "flags": ["auto"]}],
        "states": [*states, *other],
        "updates": [update("bad", "investigating", "2026-01-05", body_text="SECRET WORDING")],
        "versions": [
            version("bad", "2026-01-05 01:00", FIRST),
            version("bad", "2026-01-07", LATER),
        ],
        "captures": source(URL, "2026-06-30"),
    }
    return made(tmp_path, as_of=AS_OF, **{**given, **more})


_written: dict[tuple[Path, Question], HtmlElement] = {}


def page(snapshot: Snapshot, asked: Question = BOTH) -> HtmlElement:
    """Parse the document of a snapshot, written once for all who only read it."""
    if (snapshot.path, asked) not in _written:
        _written[snapshot.path, asked] = document_fromstring(render_document(snapshot, asked))
    return _written[snapshot.path, asked]


def text(element: HtmlElement) -> str:
    """Words as a reader sees them: one blank between words, whatever kind it was."""
    return " ".join(" ".join(element.itertext()).split())


def table(whole: HtmlElement, title: str) -> HtmlElement:
    """Return the first table whose caption begins with ``title``."""
    return next(t for t in whole.iter("table") if text(t.find("caption")).startswith(f"{title}."))


def cells(found: HtmlElement) -> list[list[str]]:
    """Return the words of each cell of a table, row by row."""
    return [[text(cell) for cell in row] for row in found.find("tbody")]


def line(found: HtmlElement, head: str) -> list[str]:
    """Return the one row of a table that begins with ``head``."""
    [row] = [row for row in cells(found) if row[0].startswith(head)]
    return row
