"""The release: the snapshot's tables as Parquet, whole, and without the providers' wording."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics import open_snapshot
from ingest.snapshot import file as snapshot_file
from tests.support.captured.cases import CASES, needs_cases
from tests.support.command_line import ACME, GLOBEX, STAMPED, cli, only_line, put
from tests.support.command_line import bring as imported
from tests.support.payloads.statuspage import incident, incidents_json, update


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("published")
    (folder := place / "data").mkdir()
    (folder / "providers.toml").write_text(ACME + GLOBEX)
    assert imported(folder, put(place, STAMPED)).exit_code == 0
    return folder


@pytest.fixture
def stored(published: Path, data: Path) -> Path:
    return shutil.copytree(published, data, dirs_exist_ok=True)


def released(stored: Path, folder: Path, *words: str) -> dict[str, object]:
    result = cli(stored, "publish", "--parquet", folder, *words)
    assert (result.exit_code, result.stderr) == (0, "")
    manifest: dict[str, object] = json.loads((folder / "manifest.json").read_text())
    return manifest


def released_once(published: Path, place: Path, *words: str) -> Path:
    """Return a folder of ``data`` and the ``release`` made of it, for tests that only read."""
    released(shutil.copytree(published, place / "data"), place / "release", *words)
    return place


@pytest.fixture(scope="module")
def plain(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return released_once(published, tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def worded(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return released_once(published, tmp_path_factory.mktemp("worded"), "--with-text")


def test_the_manifest_names_every_file_with_its_rows_and_its_hash(plain: Path) -> None:
    folder = plain / "release"
    manifest = json.loads((folder / "manifest.json").read_text())
    with open_snapshot(plain / "data") as snapshot:
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


def read_back(folder: Path, table: str) -> dict[str, pl.DataFrame]:
    """Make a table of a release as the readers have it that people use, unasked."""
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        by_duckdb: pl.DataFrame = con.sql(
            f"FROM read_parquet('{folder}/{table}/**/*.parquet')"
        ).pl()
    return {
        "duckdb": by_duckdb,
        "polars": pl.read_parquet(folder / table),
        "pyarrow": pl.DataFrame(pl.from_arrow(pq.read_table(folder / table))),
    }


def test_every_table_is_read_back_as_the_snapshot_has_it(worded: Path) -> None:
    folder = worded / "release"
    with open_snapshot(worded / "data") as snapshot:
        for table in snapshot_file.ORDER.keys() - {"meta"}:
            wanted = snapshot.table(table)
            for reader, found in read_back(folder, table).items():
                assert found.columns == wanted.columns, (table, reader)
                key = list(snapshot_file.ORDER[table])
                assert found.sort(key).equals(wanted.sort(key)), (table, reader)


def test_files_are_plain_and_named_by_provider_and_month(data: Path, tmp_path: Path) -> None:
    posts = [
        incident(name, [update(name, "resolved", f"2026-{month}T10:00:00Z")])
        for name, month in (("a", "01-05"), ("b", "01-06"), ("c", "02-07"))
    ]
    for slug, page in (("acme", b"pppp1111"), ("globex", b"gggg1111")):
        body = incidents_json(*posts).replace(b"pppp1111", page)
        imported(data, put(tmp_path / slug, "2026-03-10T12-00-00Z.json", body), provider=slug)
    folder = tmp_path / "release"
    released(data, folder)
    assert names(folder / "incidents") == [
        "acme.2026-01.parquet",
        "acme.2026-02.parquet",
        "globex.2026-01.parquet",
        "globex.2026-02.parquet",
    ]
    assert names(folder / "providers") == names(folder / "runs") == ["part.parquet"]
    for path in folder.rglob("*"):
        assert "=" not in path.name
        assert path.is_dir() or (path.suffix == ".parquet") is (path.parent.parent == folder)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_row_without_a_time_is_in_a_file_without_a_month(plain: Path) -> None:
    folder = plain / "release"
    with open_snapshot(plain / "data") as snapshot:
        posted = snapshot.table("updates").filter(pl.col("provider") == "acme")
    found = [name for name in names(folder / "updates") if name.startswith("acme")]
    undated = posted.filter(pl.col("created_at").is_null()).height
    assert ("acme.parquet" in found) is bool(undated)


def test_no_column_is_of_a_type_that_another_reader_lacks(worded: Path) -> None:
    for path in (worded / "release").rglob("*.parquet"):
        schema = pq.read_schema(path)
        for field in schema:
            assert not pa.types.is_null(field.type), path
            assert not pa.types.is_unsigned_integer(field.type), path
            assert not pa.types.is_dictionary(field.type), path
            assert not pa.types.is_duration(field.type), path
            assert not pa.types.is_timestamp(field.type) or field.type.unit == "us", path


def copied(case: str, data: Path) -> Path:
    shutil.copy(CASES / case / "providers.toml", data)
    return CASES / case


CAPTURED = ("--platform", "statuspage", "--captured-at", "2026-10-01T12:00:00Z")


@needs_cases
def test_a_ledger_in_which_nothing_happened_has_every_table(data: Path, tmp_path: Path) -> None:
    case, folder = copied("disc-release-empty-table", data), tmp_path / "release"
    for name in ("summary.json", "incidents.json"):
        assert cli(data, "import", case / name, "--provider", "acme", *CAPTURED).exit_code == 0
    manifest = released(data, folder)
    tables = manifest["tables"]
    assert isinstance(tables, dict)
    assert len(tables) == 17
    for table in tables:
        assert tables[table]["files"]
        for found in read_back(folder, table).values():
            assert [column["name"] for column in tables[table]["columns"]] == found.columns
    for reader, found in read_back(folder, "incidents").items():
        assert (found.height, found.schema["provider"]) == (0, pl.String), reader
    assert names(folder / "posted_ratios") == ["part.parquet"]


@needs_cases
def test_providers_whose_names_are_numbers_stay_text(data: Path, tmp_path: Path) -> None:
    case, folder = copied("disc-release-slug-of-digits", data), tmp_path / "release"
    for slug in ("302", "360"):
        words = (case / f"incidents-{slug}.json", "--provider", slug, *CAPTURED)
        assert cli(data, "import", *words).exit_code == 0
    released(data, folder)
    incidents, providers = read_back(folder, "incidents"), read_back(folder, "providers")
    for reader, found in incidents.items():
        assert found.schema["provider"] == pl.String
        assert found.join(providers[reader], on="provider").height == 24
    joined = duckdb.sql(
        f"SELECT count(*) FROM read_parquet('{folder}/incidents/*.parquet') i "
        f"JOIN read_parquet('{folder}/providers/*.parquet') p USING (provider)"
    ).fetchall()
    assert joined == [(24,)]


@pytest.mark.parametrize("slug", ["007", "2026-01-01", "true", "null", "1e5", "0x10"])
def test_a_name_that_readers_take_for_something_else_stays_text(
    data: Path, tmp_path: Path, slug: str
) -> None:
    row = ACME.replace("acme", slug, 2).replace(f"[{slug}", f'["{slug}"', 2)
    (data / "providers.toml").write_text(row)
    assert imported(data, put(tmp_path, STAMPED), provider=slug).exit_code == 0
    folder = tmp_path / "release"
    released(data, folder)
    for found in read_back(folder, "incidents").values():
        assert found["provider"].to_list() == [slug]


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
