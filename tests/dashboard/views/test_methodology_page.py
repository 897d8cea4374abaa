"""The methodology as a page: nothing lost, glossary first, every pointer leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analytics import methodology, open_snapshot
from analytics.methodology import citation
from analytics.metrics.catalogue import METRICS
from dashboard.session.pinned_snapshot import definition_link
from ingest.snapshot.file import METHOD_VERSION
from tests.support.methodology_text import METHODOLOGY, SECTIONS
from tests.support.pages.streamlit_pages import DASHBOARD, opened, shown
from tests.support.pages.streamlit_pages import words as told_by
from tests.support.snapshots import at, covered, made

DOCUMENT = methodology.text()
PARTS = list(methodology.parts(DOCUMENT))
#: The same, each section by itself and without its heading.
SHOWN = [
    part for section in methodology.sections(DOCUMENT) for part in methodology.parts(section.text)
]


def test_the_page_shows_the_document_as_shipped() -> None:
    assert METHODOLOGY.read_text(encoding="utf-8") == DOCUMENT


def test_cutting_loses_no_line() -> None:
    kept = [line for part in PARTS for line in part.text.splitlines() if line]
    assert kept == [
        line.removeprefix("    ") if re.match(r" {4}\S", line) else line
        for line in DOCUMENT.splitlines()
        if line
    ]


def test_only_code_is_put_aside() -> None:
    for part in PARTS:
        assert part.example == part.text.startswith(">>> ")
        assert part.example or ">>>" not in part.text


def test_the_glossary_comes_first_and_how_to_cite_last() -> None:
    assert next(iter(SECTIONS)) == "Glossary"
    assert list(SECTIONS)[-1] == "How to cite"


def test_the_words_every_number_carries_are_in_the_glossary() -> None:
    told = re.findall(r"^\| ([a-z ,]+) \|", SECTIONS["Glossary"], re.MULTILINE)
    known = {word for row in told for word in row.split(", ")}
    assert {"n", "interval", "rule", "window", "coverage", "unknown", "as of"} <= known


def test_every_link_of_the_pages_leads_to_a_section() -> None:
    named = {metric.section for metric in METRICS.values()}
    for path in DASHBOARD.rglob("*.py"):
        named |= set(re.findall(r"defined\(['\"]([^'\"]+)['\"]\)", path.read_text("utf-8")))
    assert named
    assert named <= SECTIONS.keys()


def test_a_link_names_the_anchor_of_its_section() -> None:
    assert definition_link("Availability rules") == (
        "[Availability rules](methodology?section=availability-rules#availability-rules)"
    )


def test_the_page_holds_the_document_and_says_how_to_cite_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made(tmp_path, as_of="2026-01-31", coverage=[covered("2026-01-01", "2026-01-31")]).path
    app = shown("methodology", path, monkeypatch)
    assert [m.value for m in app.markdown] == [p.text for p in SHOWN if not p.example]
    assert [c.value for c in app.code][:-1] == [p.text for p in SHOWN if p.example]
    assert [h.value for h in app.subheader] == list(SECTIONS)
    assert app.code[-1].value == citation(open_snapshot(path))
    assert "As posted by the provider, not measured." in told_by(app)


def test_a_section_is_sent_when_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATUSLEDGER_DATA", str(made(tmp_path, as_of="2026-01-31").path))
    closed, asked = opened("methodology"), opened("methodology", section="coverage")
    assert len(closed.markdown) == 1
    assert SECTIONS["Coverage"].strip()[:100] in told_by(asked)
    assert [len(app.header) for app in (closed, asked)] == [5, 5]


def test_a_citation_names_version_hash_and_moment(tmp_path: Path) -> None:
    snapshot = made(tmp_path, as_of=at("2026-01-31 14:05"))
    told = citation(snapshot)
    assert f"snapshot {snapshot.digest}" in told
    assert f"method version {METHOD_VERSION}" in told
    assert "as of 2026-01-31 14:05 UTC. As posted by the providers, not measured." in told
    assert "INVENTED" not in told
    assert "INVENTED DATA." in citation(made(tmp_path, as_of="2026-01-31", simulated=True))


def test_the_footer_leads_to_the_definitions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = made(tmp_path, as_of="2026-01-31", coverage=[covered("2026-01-01", "2026-01-31")])
    told = told_by(shown("overview", snapshot.path, monkeypatch))
    assert "[what every number means](methodology)" in told
