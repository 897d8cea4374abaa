"""What a release says otherwise than the one before it in its folder is in the log."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ingest.release import parquet_release
from ingest.release.manifest import NotAReleaseError
from ingest.release.restatements import FATE, restated
from ingest.snapshot import file
from tests.support.snapshots import (
    Row,
    at,
    covered,
    made,
    page_row,
    post,
    provider_row,
    state,
    update,
)

AS_OF, LATER, LATEST = "2026-01-10", "2026-01-11", "2026-01-12"
SMALL = post("small", "2026-01-05 10:00", "2026-01-05 11:00")
BIG = post("big", "2026-01-06 10:00", "2026-01-06 12:00")
#: A state that lasts, and a message.
LASTS = state("major", "2026-01-09")
#: A state that was over before, and one of which nothing was known up to the end.
OVER = state("major", "2026-01-08", "2026-01-08 12:00")
DARK = state("unknown", "2026-01-09", AS_OF)
SAID = update("small", "resolved", "2026-01-05 11:00", update_id="u")
#: The same rows everywhere, so that a page of which nothing is told stays.
ACME = {"providers": [provider_row("acme")], "pages": [page_row("acme")]}


class Shelf:
    """A folder in which releases follow one another."""

    def __init__(self, place: Path) -> None:
        self.place, self.folder = place, place / "release"

    def release(
        self,
        as_of: str,
        *posts: Row,
        with_text: bool = False,
        **tables: Iterable[Mapping[str, Any]],
    ) -> list[dict[str, Any]]:
        """Release these rows, and return the log."""
        snapshot = made(self.place, as_of=as_of, posts=posts, **{**ACME, **tables})
        parquet_release.write(snapshot.path, self.folder, datetime.now(UTC), with_text=with_text)
        return [json.loads(line) for line in self.log().splitlines()]

    def log(self) -> bytes:
        return (self.folder / "restatements.jsonl").read_bytes()


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_rows_added_changed_and_withdrawn_are_counted_by_table_and_provider(shelf: Shelf) -> None:
    shelf.release(AS_OF, SMALL, BIG)
    milder = {**BIG, "max_impact": "minor", "resolved_at": datetime(2026, 1, 6, 11, tzinfo=UTC)}
    new = post("new", "2026-01-10 10:00", "2026-01-10 11:00")
    [line] = shelf.release(LATER, milder, new)
    assert (line["as_of"], line["before"]["as_of"]) == (
        f"{LATER}T00:00:00+00:00",
        f"{AS_OF}T00:00:00+00:00",
    )
    assert line["snapshot_hash"] != line["before"]["snapshot_hash"]
    assert line["rows"] == {
        "incidents": {"acme": {"added": 1, "changed": 1, "withdrawn": 1}},
        "incident_components": {"acme": {"added": 1, "withdrawn": 1}},
    }
    page = {"provider": "acme", "page_key": "acme.statuspage.test"}
    assert line["incidents"] == [
        {
            **page,
            "incident_id": "big",
            "fate": "changed",
            "fields": {
                "max_impact": ["major", "minor"],
                "resolved_at": ["2026-01-06T12:00:00+00:00", "2026-01-06T11:00:00+00:00"],
                "resolved_s": [1767700800, 1767697200],
            },
        },
        {**page, "incident_id": "small", "fate": "withdrawn", "fields": {}},
    ]


def test_the_log_only_grows_and_the_same_again_adds_nothing(shelf: Shelf) -> None:
    assert shelf.release(AS_OF, SMALL, BIG) == []
    shelf.release(LATER, SMALL)
    first = shelf.log()
    assert len(shelf.release(LATER, SMALL)) == 1
    assert shelf.log() == first
    assert len(shelf.release(LATEST, SMALL, BIG)) == 2
    assert shelf.log().startswith(first)


def became(table: str, before: Row, now: Row) -> list[str]:
    """Return what became of a row since a release of ``AS_OF``."""
    was, is_now = (
        file.framed([{**row, "surface": "api"}], file.stored_columns()[table])
        for row in (before, now)
    )
    fates: list[str] = restated(table, was, is_now, at(AS_OF))[FATE].to_list()
    return fates


@pytest.mark.parametrize(
    ("table", "before", "now", "fates"),
    [
        ("coverage", covered("2026-01-01", AS_OF), covered("2026-01-01", LATER), []),
        ("coverage", covered("2026-01-01", LATER), covered("2026-01-01", AS_OF), ["changed"]),
        ("component_states", LASTS, state("major", "2026-01-09", "2026-01-10 12:00"), []),
        # That it ended before the last release was made, that one did not say.
        ("component_states", LASTS, state("major", "2026-01-09", "2026-01-09 09:00"), ["changed"]),
        ("component_states", LASTS, state("partial", "2026-01-09"), ["added", "withdrawn"]),
        # An end that was told is told otherwise; one at the last capture was none.
        ("component_states", OVER, state("major", "2026-01-08", "2026-01-08 18:00"), ["changed"]),
        ("component_states", OVER, state("major", "2026-01-08"), ["changed"]),
        ("component_states", DARK, state("unknown", "2026-01-09", LATER), []),
        ("component_states", DARK, state("unknown", "2026-01-09"), []),
        ("updates", SAID, {**SAID, "display_at": at("2026-01-05 12:00")}, ["changed"]),
        ("updates", SAID, {**SAID, "update_id": "v"}, ["withdrawn", "added"]),
    ],
)
def test_what_only_goes_on_is_no_restatement(
    table: str, before: Row, now: Row, fates: list[str]
) -> None:
    assert sorted(became(table, before, now)) == sorted(fates)


def test_wording_is_counted_and_not_repeated(shelf: Shelf) -> None:
    shelf.release(AS_OF, {**SMALL, "stated_text": "from ten"}, with_text=True)
    [line] = shelf.release(AS_OF, {**SMALL, "stated_text": "from nine"}, with_text=True)
    assert line["rows"]["incidents"] == {"acme": {"changed": 1}}
    assert [one["fields"] for one in line["incidents"]] == [{}]
    [_, line] = shelf.release(AS_OF, {**SMALL, "stated_text": "from nine"})
    assert line["columns"]["incidents"] == {"added": [], "withdrawn": ["stated_text"]}
    assert line["rows"] == {}


def test_another_method_is_told_where_no_row_moved(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.release(AS_OF, SMALL)
    monkeypatch.setattr(file, "METHOD_VERSION", "99")
    [line] = shelf.release(AS_OF, SMALL)
    assert line["method_version"] == "99"
    assert (line["rows"], line["columns"]) == ({}, {})


def test_a_damaged_release_is_left_as_it_is(shelf: Shelf) -> None:
    shelf.release(AS_OF, SMALL)
    part = shelf.folder / "incidents" / "acme.2026-01.parquet"
    pl.DataFrame({"provider": ["acme"]}).write_parquet(part)
    before = part.read_bytes()
    with pytest.raises(NotAReleaseError, match=r"is damaged.*choose another folder"):
        shelf.release(LATER, BIG)
    assert part.read_bytes() == before
    (shelf.folder / "manifest.json").write_text("{}")
    with pytest.raises(NotAReleaseError, match=r"manifest\.json is damaged"):
        shelf.release(LATER, BIG)


def test_a_release_that_cannot_take_its_place_leaves_the_earlier_one_with_its_log(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.release(AS_OF, SMALL, BIG)
    shelf.release(LATER, SMALL)
    log, rename = shelf.log(), Path.rename

    def refused(path: Path, target: Path) -> Path:
        if target == shelf.folder and (path / "incidents" / "acme.2026-02.parquet").exists():
            raise PermissionError(13, "in use", str(target))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(PermissionError):
        shelf.release(LATEST, SMALL, post("new", "2026-02-01 10:00", "2026-02-01 11:00"))
    assert shelf.log() == log


def test_a_release_killed_before_the_new_one_took_its_place_goes_on_with_its_log(
    shelf: Shelf,
) -> None:
    shelf.release(AS_OF, SMALL)
    [first] = shelf.release(LATER, SMALL, BIG)
    shelf.folder.rename(shelf.place / ".release.earlier")
    log = shelf.release(LATEST, BIG)
    assert (log[0], len(log)) == (first, 2)
    assert not (shelf.place / ".release.earlier").exists()
