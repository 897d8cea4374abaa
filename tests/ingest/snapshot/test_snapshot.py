"""A reader finishes on the snapshot it opened, whatever is published meanwhile."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from pathlib import Path

import polars as pl
import pytest

from analytics import NoSnapshotError, Snapshot, open_snapshot
from analytics.snapshot import fetched, open_current, open_file, resolve
from analytics.sql_query import query
from ingest.snapshot import file
from ingest.snapshot.pointer import KEPT, point_at
from tests.support.paths import ROOT
from tests.support.snapshots import at, made, post

numbers = count()


def publish(data: Path, times: int = 1) -> Path:
    """Publish snapshots of nothing, each a minute newer, under new names; the last one."""
    for _ in range(times):
        as_of = at("2026-01-31") + timedelta(minutes=next(numbers))
        path = data / "snapshots" / f"{as_of:%Y%m%dT%H%M%SZ}-0.duckdb"
        file.write(path, {}, {"as_of": as_of.isoformat()})
        assert point_at(path, as_of, as_of)
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    publish(tmp_path)
    return tmp_path


@pytest.mark.parametrize("small", [True, False])
def test_a_table_can_be_read_when_the_file_has_been_removed(
    data: Path, monkeypatch: pytest.MonkeyPatch, small: bool
) -> None:
    if not small:
        monkeypatch.setattr("analytics.snapshot.SMALL_BYTES", 0)
    with open_snapshot(data) as snapshot:
        publish(data, KEPT)
        assert not snapshot.path.exists()
        with snapshot.related("incidents") as read:
            assert fetched(read["incidents"]).is_empty()
        assert snapshot.table("incidents").is_empty()
        assert snapshot.table("revisions").is_empty()
        assert snapshot.as_of < open_snapshot(data).as_of


def test_some_columns_of_a_table_are_the_same_whether_the_table_was_read_or_not(
    tmp_path: Path,
) -> None:
    posts = [post(name, "2026-01-05", "2026-01-06", title="a\u202eb") for name in "abc"]
    snapshot = made(tmp_path, as_of="2026-01-10", posts=posts)
    key = pl.DataFrame({"incident_id": ["c", "a", "x"]})
    asked = ("incidents", ["incident_id", "title"], key)
    unread = snapshot.columns(*asked)
    assert unread.sort("incident_id").rows() == [("a", "a b"), ("c", "a b")]
    assert snapshot.table("incidents").height == 3
    assert snapshot.columns(*asked).sort("incident_id").equals(unread.sort("incident_id"))
    assert snapshot.columns("incidents", ["title"]).shape == (3, 1)


def test_what_is_open_lets_publishing_and_queries_with_other_settings_pass(data: Path) -> None:
    with open_snapshot(data) as snapshot:
        told = query(data, "SELECT value FROM meta WHERE key = 'as_of'")
        assert told["value"].to_list() == [snapshot.as_of.isoformat()]
        assert query(snapshot.path, "SELECT count(*) AS n FROM pages")["n"].to_list() == [0]


def test_many_threads_read_one_snapshot(data: Path) -> None:
    names = ("incidents", "updates", "coverage", "revisions", "sources", "meta") * 8
    with open_snapshot(data) as snapshot, ThreadPoolExecutor(8) as pool:
        for name, frame in zip(names, pool.map(snapshot.table, names), strict=True):
            assert frame.equals(snapshot.table(name))


def test_many_threads_ask_at_once(data: Path) -> None:
    sql = "SELECT count(*) AS n FROM meta, range(100_000)"
    with ThreadPoolExecutor(8) as pool:
        counts = [frame["n"][0] for frame in pool.map(query, [data] * 16, [sql] * 16)]
    assert set(counts) == {100_000 * open_snapshot(data).table("meta").height}


LINKS = Path("/proc/self/fd")


@pytest.mark.skipif(not LINKS.exists(), reason="no /proc: run this on Linux")
def test_a_closed_or_forgotten_snapshot_holds_no_file(data: Path) -> None:
    def held() -> list[Path]:
        return [path for link in LINKS.iterdir() if data in (path := link.resolve()).parents]

    with open_snapshot(data) as snapshot:
        assert held() == [snapshot.path]
    assert held() == []
    open_snapshot(data)
    gc.collect()
    assert held() == []


@pytest.mark.parametrize("missed", [1, 2])
def test_a_file_removed_before_it_was_open_is_not_the_answer(data: Path, missed: int) -> None:
    opened: list[Path] = []

    def slowly(path: Path) -> Snapshot:
        opened.append(path)
        if len(opened) <= missed:
            publish(data, KEPT)
        return open_file(path)

    with open_current(data, slowly) as snapshot:
        assert snapshot.path == resolve(data) == opened[-1]
    assert len(opened) == missed + 1


def test_a_name_read_before_its_file_was_removed_is_read_again(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, slow = Path.read_text, [True]

    def slowly(path: Path, encoding: str) -> str:
        name = real(path, encoding=encoding)
        if slow and slow.pop():
            publish(data, KEPT)
        return name

    monkeypatch.setattr(Path, "read_text", slowly)
    assert resolve(data).is_file()


def test_a_pointer_to_nothing_says_what_to_run(data: Path) -> None:
    resolve(data).unlink()
    for ask in (open_snapshot, lambda place: query(place, "SELECT 1")):
        with pytest.raises(NoSnapshotError, match="statusledger up"):
            ask(data)


@pytest.mark.parametrize("damage", [b"", b"half a file"])
def test_a_damaged_file_is_one_line(data: Path, damage: bytes) -> None:
    path = resolve(data)
    path.write_bytes(damage)
    for ask in (open_snapshot, lambda place: query(place, "SELECT 1")):
        with pytest.raises(NoSnapshotError, match="is not a snapshot this version can read"):
            ask(data)


def test_a_path_with_a_quote_is_a_path(tmp_path: Path) -> None:
    folder = tmp_path / "it's here"
    folder.mkdir()
    assert made(folder, as_of="2026-01-31").table("incidents").is_empty()


def test_instants_are_utc_whatever_the_zone_of_the_machine(tmp_path: Path) -> None:
    path = made(tmp_path, as_of="2026-01-31", posts=[post("p", "2026-01-30")]).path
    program = (
        "import sys; from analytics import open_snapshot;"
        "print(open_snapshot(sys.argv[1]).table('incidents')['started_at'].dtype.time_zone)"
    )
    command = [sys.executable, "-c", program, str(path)]
    west = {**os.environ, "TZ": "America/Los_Angeles"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=west, cwd=ROOT)
    assert done.stdout == "UTC\n"
    assert pl.Datetime("us", "UTC") == open_snapshot(path).table("incidents")["started_at"].dtype
