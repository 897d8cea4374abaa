"""Pages are read in a glance: few words in sight, and everything else one click away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.captured.feeds import needs_feeds
from tests.support.pages.streamlit_pages import shown

pytestmark = [needs_feeds, pytest.mark.captures]
#: Words in sight without tables, at most.
BUDGETS = {"overview": 250, "head_to_head": 350, "profile": 350, "surfaces": 250}
FOLDED = {"expander", "popover"}
SAID = {"title", "header", "subheader", "markdown", "caption", "info", "warning", "text", "metric"}


def in_sight(block: Any) -> Iterator[str]:
    """Yield what a page says before anything is opened."""
    for element in block.children.values():
        if hasattr(element, "children") and element.type not in FOLDED:
            yield from in_sight(element)
        elif element.type in SAID:
            yield str(element.value)


def words_in_sight(app: AppTest) -> int:
    return sum(len(told.split()) for told in in_sight(app.main))


@pytest.mark.parametrize("window", ["90d", "365d", "all"])
@pytest.mark.parametrize("view", BUDGETS)
def test_a_page_keeps_its_budget_of_words(
    posted: Path, view: str, window: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = shown(view, posted, monkeypatch, win=window)
    assert 20 < words_in_sight(app) <= BUDGETS[view]
