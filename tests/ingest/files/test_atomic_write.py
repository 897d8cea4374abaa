"""What is written is whole or absent, and what a killed run was writing goes in time."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.archive.store import Archive
from ingest.files import atomic_write
from ingest.release import parquet_release
from ingest.runs import data_folder, publishing
from tests.support.command_line import ACME
from tests.support.ledgers.sightings import NOON, bodies

#: By then a draft from the killed run of the day before is nobody's.
THEN = NOON + timedelta(days=2)


def left(path: Path, at: float = NOON.timestamp()) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half a file")
    os.utime(path, (at, at))
    return path


def test_a_file_appears_when_it_is_finished(tmp_path: Path) -> None:
    path = tmp_path / "one"
    with atomic_write.whole(path) as draft:
        draft.write_text("all of it")
        assert not path.exists()
    assert path.read_text() == "all of it"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_not_finished_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "one"
    path.write_text("before")

    def breaks_off() -> None:
        with atomic_write.whole(path) as draft:
            draft.write_text("half")
            raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        breaks_off()
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_drafts_go_after_a_day_and_nothing_else_does(tmp_path: Path) -> None:
    old = [left(tmp_path / name) for name in (".a.duckdb.1f.tmp", ".a.duckdb.1f.tmp.wal")]
    folder = left(tmp_path / ".release.1f.tmp" / "part.parquet").parent
    os.utime(folder, (NOON.timestamp(), NOON.timestamp()))
    kept = [left(tmp_path / name) for name in ("a.duckdb", "a.tmp", ".hidden", ".a.tmp.txt")]
    kept.append(left(tmp_path / ".b.1f.tmp", (THEN - timedelta(hours=23)).timestamp()))
    atomic_write.clear(tmp_path, NOON + timedelta(hours=23))
    assert all(path.exists() for path in (*old, folder))
    atomic_write.clear(tmp_path, THEN)
    assert sorted(tmp_path.iterdir()) == sorted(kept)


def test_drafts_of_one_name_go_and_others_stay(tmp_path: Path) -> None:
    left(tmp_path / ".out[1].1f.tmp")
    other = left(tmp_path / ".out1.1f.tmp")
    atomic_write.clear(tmp_path, THEN, of="out[1]")
    assert list(tmp_path.iterdir()) == [other]


def test_publishing_clears_up_after_killed_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, out = tmp_path / "data", tmp_path / "elsewhere" / "then.duckdb"
    Archive(data / "archive").append(bodies())
    (data / "providers.toml").write_text(ACME)
    names = ("archive/.1f.tmp", "derived/parsed/.a.parquet.1f.tmp", "snapshots/.CURRENT.1f.tmp")
    names += ("derived/versions/.a.parquet.1f.tmp", "snapshots/.a.duckdb.1f.tmp.wal")
    names += ("derived/labels/.a.json.1f.tmp",)
    gone = [left(data / name) for name in (*names, ".statusledger.duckdb.1f.tmp")]
    gone += [left(out.with_name(f".{out.name}.1f.tmp")), left(tmp_path / ".parquet.1f.tmp")]
    kept = [left(data / ".mine.tmp"), left(out.with_name(".mine.1f.tmp"))]
    monkeypatch.setattr(data_folder, "now", lambda: THEN)
    registry = data_folder.registry_of(data)
    publishing.publish_aside(data, registry, out, None)
    published = publishing.publish_after(data, registry, THEN, 0, 0)
    parquet_release.write(published.path, tmp_path / "parquet", THEN, with_text=False)
    assert [path for path in gone if path.exists()] == []
    assert all(path.exists() for path in kept)
