"""One post whole: what it names and what was edited, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analytics.wording.incident import EDITED
from tests.support.pages.streamlit_pages import shown
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


def test_edits_and_components_are_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = made(
        tmp_path,
        as_of="2026-01-31",
        posts=[post("p1", "2026-01-05", "2026-01-06")],
        versions=[
            version("2026-01-05", resolved_at=None),
            version("2026-01-06", resolved_at=at("2026-01-06")),
        ],
    )
    app = shown("incidents", snapshot.path, monkeypatch, incident=f"{page_of(ACME)}/p1")
    components, edits = (table.value.iloc[0] for table in app.dataframe[:2])
    assert edits["What was edited"] == "the end its page states"
    assert (components["Surface"], components["Named by"]) == (
        "API inference",
        "its list of components",
    )


def test_whatever_can_be_edited_has_words(tmp_path: Path) -> None:
    columns = made(tmp_path, as_of="2026-01-31").table("versions").columns
    assert set(EDITED) == set(columns) - SEEN
