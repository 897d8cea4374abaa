"""One post whole: what it names and what was edited, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics.wording.incident import EDITED
from tests.support.pages.streamlit_pages import HOSTILE, shown, words
from tests.support.snapshots import ACME, Row, at, made, page_of, post

#: Columns of a version that say which it is and where it was seen.
SEEN = {
    "provider",
    "page_key",
    "incident_id",
    "update_id",
    "known_from",
    "known_until",
    "url",
    "sha256",
}


def version(known_from: str, **told: Any) -> Row:
    return {
        "provider": ACME,
        "page_key": page_of(ACME),
        "incident_id": "p1",
        "known_from": at(known_from),
        "url": "https://acme.test/incidents.json",
        "sha256": "0" * 64,
        **told,
    }


def rewritten(folder: Path, monkeypatch: pytest.MonkeyPatch, *versions: Row) -> AppTest:
    """Open the page of a post that was captured in these versions."""
    snapshot = made(
        folder,
        as_of="2026-01-31",
        posts=[post("p1", "2026-01-05", "2026-01-06")],
        versions=versions,
    )
    return shown("incidents", snapshot.path, monkeypatch, incident=f"{page_of(ACME)}/p1")


def test_edits_and_components_are_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = rewritten(
        tmp_path,
        monkeypatch,
        version("2026-01-05", resolved_at=None),
        version("2026-01-06", resolved_at=at("2026-01-06")),
    )
    components, edits = (table.value.iloc[0] for table in app.dataframe[:2])
    assert edits["What was edited"] == "the end its page states"
    assert (components["Surface"], components["Named by"]) == (
        "API inference",
        "its list of components",
    )


def test_whatever_can_be_edited_has_words(tmp_path: Path) -> None:
    columns = made(tmp_path, as_of="2026-01-31").table("versions").columns
    assert set(EDITED) == set(columns) - SEEN


def test_what_was_changed_afterwards_is_named_and_marked_word_by_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = at("2026-01-06")
    app = rewritten(
        tmp_path,
        monkeypatch,
        version("2026-01-05", impact="critical", title="API down", resolved_at=None),
        version("2026-01-06", impact="critical", title="API down", resolved_at=ended),
        version("2026-01-09", impact="minor", title="API <b>slow</b>", resolved_at=ended),
        version("2026-01-05", update_id="u1", body="<p>All of it fails &amp; hangs.</p>"),
        version("2026-01-08", update_id="u1", body="Some <img src=x> of it fails & hangs."),
        version("2026-01-05", update_id="u2", body="Gone.", known_until=at("2026-01-07")),
    )
    assert (
        "Changed later: impact made milder, from critical to minor, 2 fields edited and 1 update "
        "withdrawn, 4 of these changes after its end."
    ) in words(app).replace("\\", "")
    paragraphs = [one.proto.body for one in app.get("html") if "<p>" in one.proto.body]
    assert paragraphs == [
        "<p><del>Gone.</del></p>",
        "<p><del>All</del> <ins>Some</ins> of it fails &amp; hangs.</p>",
        "<p>API <del>down</del> <ins>slow</ins></p>",
    ]
    headed = [one for one in words(app).splitlines() if one.startswith("**")]
    assert "**made milder" not in "".join(headed)
    assert "**withdrawn, after its end** · a whole update · 2026-01-07 00:00 UTC" in headed
    assert "**edited, after its end** · text · 2026-01-08 00:00 UTC" in headed


def test_a_post_is_found_by_the_id_its_page_gave_it_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    renamed = {**post("p1", "2026-01-05", "2026-01-06"), "aliases": ["p9"]}
    snapshot = made(tmp_path, as_of="2026-01-31", posts=[renamed])
    told = [
        words(shown("incidents", snapshot.path, monkeypatch, incident=name))
        for name in ("p1", "p9", f"{page_of(ACME)}/p9")
    ]
    assert all("Its page gave it another id since: p9. It is counted once." in one for one in told)


def test_a_post_that_only_went_on_says_of_no_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = rewritten(
        tmp_path,
        monkeypatch,
        version("2026-01-05", status="investigating", resolved_at=None),
        version("2026-01-06", status="resolved", resolved_at=at("2026-01-06")),
    )
    assert "Changed later" not in words(app)
    assert "Texts as they were changed" not in [one.label for one in app.expander]


@pytest.mark.parametrize("hostile", [HOSTILE, "</ins></p><style>*{display:none}</style>"])
def test_a_changed_wording_is_no_markup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hostile: str
) -> None:
    app = rewritten(
        tmp_path,
        monkeypatch,
        version("2026-01-05", update_id="u1", body="Down."),
        version("2026-01-06", update_id="u1", body=hostile.replace("<", "&lt;")),
    )
    [paragraph] = [one.proto.body for one in app.get("html") if "<p>" in one.proto.body]
    left = paragraph.removeprefix("<p><del>Down.</del> <ins>").removesuffix("</ins></p>")
    assert "<" not in left
    assert "&lt;" in left
