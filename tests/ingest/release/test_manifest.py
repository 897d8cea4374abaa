"""A manifest says what columns mean and what was covered, and catalogues can read it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from ingest.release import parquet_release
from ingest.snapshot.data_dictionary import table_meanings
from ingest.snapshot.file import create
from tests.support.snapshots import covered, made, page_row, post

#: A page of which nothing was ever read.
UNREAD = {**page_row("acme"), "page_key": "acme.statuspage.unread"}


def written(place: Path, name: str) -> Path:
    """Write the release of a snapshot of few rows."""
    [path] = place.glob("*.duckdb")
    parquet_release.write(path, place / name, datetime.now(UTC), with_text=False)
    return place / name


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("place")
    made(
        folder,
        as_of="2026-01-11",
        posts=[post("small", "2026-01-05 10:00", "2026-01-05 11:00")],
        coverage=[
            covered("2026-01-01", "2026-01-05"),
            covered("2026-01-04", "2026-01-06", of="chat"),
            covered("2026-01-10", "2026-01-11"),
        ],
        pages=[page_row("acme"), UNREAD],
        simulated=True,
    )
    return folder


@pytest.fixture(scope="module")
def release(place: Path) -> Path:
    return written(place, "release")


def told(release: Path, name: str = "manifest.json") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((release / name).read_text())
    return found


def test_every_column_has_the_type_and_the_meaning_of_the_dictionary(release: Path) -> None:
    with create(Path(":memory:")) as con:
        meanings = table_meanings(con)
    for table, one in told(release)["tables"].items():
        wanted = {name: (kind, means) for name, kind, means in meanings[table].columns}
        found = [(c["name"], (c["type"], c["meaning"])) for c in one["columns"]]
        assert found == [(name, wanted[name]) for name, _ in found]
        assert wanted.keys() - {name for name, _ in found} == set(one["left_out"])
        assert one["about"] == meanings[table].about
        for file in one["files"]:
            assert pq.read_schema(release / file["path"]).names == [name for name, _ in found]


def test_the_coverage_of_each_page_is_told_and_none_is_none(release: Path) -> None:
    assert told(release)["coverage"] == [
        {
            "provider": "acme",
            "page_key": "acme.statuspage.test",
            "from": "2026-01-01T00:00:00Z",
            "to": "2026-01-11T00:00:00Z",
            "share": 0.6,
        },
        {
            "provider": "acme",
            "page_key": "acme.statuspage.unread",
            "from": None,
            "to": None,
            "share": None,
        },
    ]


def test_what_lies_beside_the_folders_is_listed_with_its_hash(release: Path) -> None:
    listed = {file["path"]: file for file in told(release)["beside"]}
    there = {path.name for path in release.iterdir() if path.is_file()}
    assert listed.keys() == there - {"manifest.json"} == {"croissant.json", "restatements.jsonl"}
    for name, file in listed.items():
        body = (release / name).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(body), hashlib.sha256(body).hexdigest())


def test_two_releases_of_a_snapshot_are_equal_to_the_byte(place: Path, release: Path) -> None:
    again = written(place, "again")
    one, other = (
        {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*")}
        for folder in (release, again)
    )
    assert one == other


def test_croissant_describes_every_table_and_column_in_the_form_that_can_be_read(
    release: Path,
) -> None:
    """Readers take a pattern seen from the file itself; with ``containedIn`` they find nothing."""
    dataset = told(release, "croissant.json")
    tables = told(release)["tables"]
    assert dataset["name"]
    assert "not measured" in dataset["description"]
    assert "every row is invented" in dataset["description"]
    files = {one["@id"]: one for one in dataset["distribution"]}
    assert [one["name"] for one in dataset["recordSet"]] == list(tables)
    for records in dataset["recordSet"]:
        columns = tables[records["name"]]["columns"]
        assert [field["name"] for field in records["field"]] == [c["name"] for c in columns]
        for field, column in zip(records["field"], columns, strict=True):
            source = files[field["source"]["fileSet"]["@id"]]
            assert source["includes"] == f"{records['name']}/*.parquet"
            assert "containedIn" not in source
            assert list(release.glob(source["includes"]))
            assert field["source"]["extract"] == {"column": column["name"]}
            assert field["description"]
            assert field.get("repeated", False) is column["type"].endswith("[]")
    names = [one["@id"] for one in (*dataset["distribution"], *dataset["recordSet"])]
    names += [field["@id"] for one in dataset["recordSet"] for field in one["field"]]
    assert len(names) == len(set(names))
