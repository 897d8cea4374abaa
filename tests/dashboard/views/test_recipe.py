"""A page is a script in ``dashboard/views`` and one line in ``dashboard/app.py``."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from analytics import methodology
from tests.support.methodology_text import SECTIONS
from tests.support.pages.page_titles import PAGES
from tests.support.pages.streamlit_pages import DASHBOARD, VIEWS, shown
from tests.support.snapshots import covered, made

SCRIPTS = sorted(path for path in (DASHBOARD / "views").glob("*.py") if path.stem != "__init__")
LINES = re.findall(r'st\.Page\("views/(\w+)\.py"', (DASHBOARD / "app.py").read_text(), re.M)


def test_every_script_has_one_line_in_the_app_and_every_line_a_script() -> None:
    assert sorted(set(LINES)) == [path.stem for path in SCRIPTS]


def test_every_page_is_walked_by_the_tests_of_pages() -> None:
    assert sorted(VIEWS) == sorted(set(LINES))
    assert len(PAGES) == len(VIEWS)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_page_begins_with_the_question_it_answers(script: Path) -> None:
    told = ast.get_docstring(ast.parse(script.read_text(encoding="utf-8")))
    assert told is not None
    assert re.match(r"[A-Z][\w -]+: .+\?$", told)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_page_only_shows_what_others_worked_out(script: Path) -> None:
    tree = ast.parse(script.read_text(encoding="utf-8"))
    imported = {
        (node.module or "").split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
    }
    assert imported <= {"analytics", "dashboard", "dataclasses"}


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_shows_its_one_title(
    view: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made(tmp_path, as_of="2026-01-31", coverage=[covered("2025-06-01", "2026-01-31")]).path
    app = shown(view, path, monkeypatch)
    titles = [element.value for element in app.title]
    answers = {
        "overview": "Acme alone on the API",
        "head_to_head": "Head-to-head",
        "profile": "Acme",
    }
    if view in answers:
        assert titles == [answers[view]]
    elif view == "methodology":
        assert titles == []
        assert methodology.text().startswith("# Methodology\n")
        assert SECTIONS
    else:
        assert len(titles) == 1
        assert titles[0] in {title for _, title in PAGES.values()}
