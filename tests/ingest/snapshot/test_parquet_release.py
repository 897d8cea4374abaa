"""The release: the snapshot's tables as Parquet, whole, and without the providers' wording."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import duckdb
import pytest

from analytics import open_snapshot
from ingest.snapshot import file as snapshot_file
from tests.support.command_line import STAMPED, cli, only_line, put
from tests.support.command_line import bring as imported


@pytest.fixture
def stored(data: Path, tmp_path: Path) -> Path:
    assert imported(data, put(tmp_path, STAMPED)).exit_code == 0
    return data


def released(stored: Path, folder: Path, *words: str) -> dict[str, object]:
    result = cli(stored, "publish", "--parquet", folder, *words)
    assert (result.exit_code, result.stderr) == (0, "")
    manifest: dict[str, object] = json.loads((folder / "manifest.json").read_text())
    return manifest


def test_the_manifest_names_every_file_with_its_rows_and_its_hash(
    stored: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "release"
    manifest = released(stored, folder)
    with open_snapshot(stored) as snapshot:
        assert manifest["snapshot_hash"] == snapshot.digest
    tables = manifest["tables"]
    assert isinstance(tables, dict)
    assert tables.keys() == snapshot_file.ORDER.keys() - {"meta"}
    told = {file["path"]: file for table in tables.values() for file in table["files"]}
    there = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*.parquet")}
    assert told.keys() == there.keys()
    for name, path in there.items():
        assert told[name]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert told[name]["rows"] == duckdb.read_parquet(str(path)).shape[0]


def test_tables_are_read_back_with_their_provider_and_whole_seconds(
    stored: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "release"
    released(stored, folder)
    rows = duckdb.sql(
        f"SELECT provider, incident_id, published_s FROM read_parquet("
        f"'{folder}/incidents/*/*.parquet', hive_partitioning = true)"
    ).fetchall()
    with open_snapshot(stored) as snapshot:
        wanted = snapshot.table("incidents").select("provider", "incident_id", "published_s")
    assert rows == wanted.rows()


@pytest.mark.parametrize(
    ("words", "columns"), [((), set()), (("--with-text",), {"body_text", "body", "stated_text"})]
)
def test_wording_stays_at_home_unless_asked_for(
    stored: Path, tmp_path: Path, words: tuple[str, ...], columns: set[str]
) -> None:
    folder = tmp_path / "release"
    manifest = released(stored, folder, *words)
    found = {
        column
        for path in folder.rglob("*.parquet")
        for column in duckdb.read_parquet(str(path)).columns
    }
    assert found & {"body_text", "body", "stated_text"} == columns
    assert manifest["with_text"] is bool(words)


def test_an_earlier_release_is_replaced_and_anything_else_is_not(
    stored: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "release"
    released(stored, folder)
    (folder / "stray.parquet").write_bytes(b"")
    released(stored, folder)
    assert not (folder / "stray.parquet").exists()
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []
    mine = tmp_path / "mine"
    put(mine, "thesis.txt", b"dear")
    snapshots = sorted((stored / "snapshots").iterdir())
    result = cli(stored, "publish", "--parquet", mine)
    assert result.exit_code == 2
    assert only_line(result) == f"{mine} is not an earlier release: choose another folder"
    assert (mine / "thesis.txt").read_bytes() == b"dear"
    assert sorted((stored / "snapshots").iterdir()) == snapshots


@pytest.mark.parametrize(
    "words",
    [("--with-text",), ("--parquet", "x", "--out", "y"), ("--parquet", "x", "--as-of", "1")],
)
def test_options_that_do_not_go_together_are_one_line(stored: Path, words: tuple[str, ...]) -> None:
    result = cli(stored, "publish", *words)
    assert result.exit_code == 2
    assert only_line(result)
