"""Where a profile comes from: its pages, and the registry's words for them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from analytics import ask
from analytics.read_models import profile as model
from analytics.wording import profile as words
from analytics.wording.profile import origin_list
from ingest.models import PageStatus
from ingest.registry import SOURCE_CLASSES
from tests.support.pages.profiles import NOW, YEAR
from tests.support.snapshots import ACME, at, made, page_of, page_row, post, provider_row, state


def test_the_source_is_told_page_by_page_with_what_is_to_know(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[YEAR],
        posts=[post("p1", "2025-12-24", "2025-12-25")],
        states=[state("partial", "2025-12-24", "2025-12-25", post="p1")],
        providers=[provider_row(ACME, source_class="large_only", note="Posts in the evening.")],
        pages=[
            page_row(ACME),
            page_row(ACME, page_key="acme.old", status="retired", valid_to=date(2025, 5, 31)),
        ],
        breaks=[
            {
                "provider": ACME,
                "page_key": page_of(ACME),
                "at": at("2025-06-01"),
                "kind": "migration",
                "note": "new engine",
            }
        ],
    )
    question = ask(providers=[ACME])
    newest, old, note = origin_list(model.origin(snapshot, question), False).splitlines()
    assert (
        "Only wide incidents are posted (large_only). 1 post held, the oldest of 24 Dec" in newest
    )
    assert "Covered from 2025-06-01 00:00 UTC to 2026-01-31 00:00 UTC" in newest
    assert "states rest on: replay" in newest
    assert "it is gone. In use until 2025-05-31." in old
    assert "No coverage." in old
    assert note == "- Posts in the evening."
    assert model.breaks(snapshot, question)["note"].to_list() == ["new engine"]


def test_every_word_of_the_registry_has_its_words() -> None:
    assert set(words.PAGE_STATUS) == {str(status) for status in PageStatus}
    assert set(words.SOURCE_CLASSES) == set(SOURCE_CLASSES)
