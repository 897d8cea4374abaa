"""A user's own probes come in strictly, once, and apart from what pages posted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from ingest.runs.probe_import import FOLDER, SCHEMA, ProbeFileError, import_probes

NOW = datetime(2026, 3, 5, tzinfo=UTC)
CSV = """at,target,ok,latency_ms
2026-03-04T10:00:00Z,eu,true,120
2026-03-04T11:01:00+01:00,eu,0,
"""
LINES = (
    '{"at": "2026-03-04T10:00:00Z", "target": "eu", "ok": true, "latency_ms": 120}\n\n'
    '{"at": "2026-03-04T10:01:00Z", "target": "eu", "ok": false}\n'
)
ROWS = [
    (datetime(2026, 3, 4, 10, tzinfo=UTC), "acme", "api_inference", "eu", True, 120.0),
    (datetime(2026, 3, 4, 10, 1, tzinfo=UTC), "acme", "api_inference", "eu", False, None),
]


def taken(folder: Path, text: str | bytes, name: str = "probes.csv") -> tuple[Path, list[str]]:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    done = import_probes(folder / "data", path, "acme", "api_inference", NOW)
    return folder / "data" / FOLDER, [line.partition(":")[2] for line in done.refused]


def stored(folder: Path) -> list[tuple[object, ...]]:
    return pl.concat(pl.read_parquet(path) for path in folder.glob("*.parquet")).rows()


@pytest.mark.parametrize("text", [CSV, LINES, "\ufeff" + CSV, CSV.replace("\n", "\r\n")])
def test_csv_and_json_lines_hold_the_same_probes(tmp_path: Path, text: str) -> None:
    folder, refused = taken(tmp_path, text)
    assert (stored(folder), refused) == (ROWS, [])
    [path] = folder.glob("*.parquet")
    assert pl.read_parquet_schema(path) == pl.Schema(SCHEMA)


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    folder, _ = taken(tmp_path, CSV)
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    again = import_probes(tmp_path / "data", tmp_path / "probes.csv", "acme", "api_inference", NOW)
    assert again.known_already
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_a_row_that_was_yet_to_come_is_taken_by_a_later_import(tmp_path: Path) -> None:
    folder, [refused] = taken(tmp_path, f"{CSV}2026-03-06T10:00:00Z,eu,true,1\n")
    assert "is yet to come" in refused
    later = NOW + timedelta(days=2)
    again = import_probes(
        tmp_path / "data", tmp_path / "probes.csv", "acme", "api_inference", later
    )
    assert (again.taken, again.known_already, again.refused) == (3, False, ())
    assert len(set(stored(folder))) == 3


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("2026-03-04 10:00,eu,true,1", "names no time zone"),
        ("soon,eu,true,1", "is no time such as"),
        ("2026-03-06T10:00:00Z,eu,true,1", "is yet to come"),
        ("2026-03-04T10:00:00Z, ,true,1", "is no name"),
        ("2026-03-04T10:00:00Z,eu,perhaps,1", "neither true nor false"),
        ("2026-03-04T10:00:00Z,eu,true,-1", "no number of milliseconds"),
        ("2026-03-04T10:00:00Z,eu,true,nan", "no number of milliseconds"),
        ("2026-03-04T10:00:00Z,eu,true", "another number of columns"),
    ],
)
def test_a_row_that_cannot_be_true_is_refused_by_its_line(
    tmp_path: Path, row: str, told: str
) -> None:
    folder, [refused] = taken(tmp_path, f"{CSV}{row}\n")
    assert refused.startswith("4: ")
    assert told in refused
    assert len(stored(folder)) == 2


def test_a_line_that_is_no_object_is_refused_by_its_number(tmp_path: Path) -> None:
    half = r'{"at": "2026-03-04T10:02:00Z", "target": "\ud800", "ok": true}'
    folder, refused = taken(tmp_path, f"{LINES}[1]\n{{'at': 1}}\n{half}\n{'[' * 10**5}\n")
    assert refused == [f"{line}: no object of JSON" for line in (4, 5, 6, 7)]
    assert len(stored(folder)) == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no column 'at'"),
        ("at,ok\n", "no column 'target'; write a head such as at,target,ok,latency_ms"),
        (b"\xff\xfe\x00", "no text in UTF-8"),
        ('at,target,ok\n"2026', "no CSV"),
    ],
)
def test_a_file_that_holds_no_probes_says_what_one_looks_like(
    tmp_path: Path, text: str | bytes, told: str
) -> None:
    with pytest.raises(ProbeFileError, match=told):
        taken(tmp_path, text)
    assert not (tmp_path / "data").exists()


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(ProbeFileError, match="No such file"):
        import_probes(tmp_path, tmp_path / "none.csv", "acme", "api_inference", NOW)
