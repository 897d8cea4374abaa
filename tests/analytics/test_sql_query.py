"""``query`` reads the snapshot and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.sql_query import QueryRefusedError, QueryTooLargeError, query
from ingest.snapshot.file import write


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    path = tmp_path / "one.duckdb"
    write(path, {}, {"as_of": "2026-01-10T12:00:00+00:00"})
    return path


def test_a_select_reads_rows(snapshot: Path) -> None:
    rows = query(snapshot, "SELECT value FROM meta WHERE key = 'as_of'")
    assert rows["value"].to_list() == ["2026-01-10T12:00:00+00:00"]


def test_views_and_time_zones_read_as_utc(snapshot: Path) -> None:
    assert query(snapshot, "SELECT count(*) AS n FROM revisions")["n"].to_list() == [0]
    assert query(snapshot, "SELECT current_setting('TimeZone') AS z")["z"].to_list() == ["UTC"]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_blob('/etc/hostname')",
        "SELECT * FROM read_parquet('https://example.test/x.parquet')",
        "SELECT * FROM glob('/*')",
        "FROM '/etc/passwd'",
        "SELECT * FROM 'other.duckdb'",
        "ATTACH ':memory:' AS m",
        "ATTACH '/tmp/x.duckdb' AS m",
        "COPY meta TO '/tmp/out.csv'",
        "COPY (SELECT 1) TO '/tmp/out.parquet'",
        "EXPORT DATABASE '/tmp/out'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET memory_limit = '64GB'",
        "RESET memory_limit",
        "PRAGMA enable_profiling",
        "CALL pragma_version()",
        "CREATE TABLE t (x INT)",
        "INSERT INTO meta VALUES ('a', 'b')",
        "DELETE FROM meta",
        "DROP TABLE meta",
        "CHECKPOINT",
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE meta",
        "SELEC 1",
        "",
        "SELECT * FROM snapshot_variable",
    ],
)
def test_anything_else_is_refused_in_one_line(snapshot: Path, sql: str) -> None:
    snapshot_variable = query(snapshot, "SELECT 1 AS one")
    with pytest.raises(QueryRefusedError) as raised:
        query(snapshot, sql)
    assert "\n" not in str(raised.value)
    assert snapshot_variable.height == 1


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM incident",
        "SELECT provder FROM incidents",
        "SELECT incidents.provder FROM incidents",
        "SELECT i.provider FROM incidents",
    ],
)
def test_a_name_that_is_not_there_comes_with_where_names_are(snapshot: Path, sql: str) -> None:
    with pytest.raises(QueryRefusedError, match=r"SHOW ALL TABLES.*data/README\.md"):
        query(snapshot, sql)
    assert "incidents" in query(snapshot, "SHOW ALL TABLES")["name"].to_list()


def test_a_name_that_is_nearly_one_is_suggested(snapshot: Path) -> None:
    with pytest.raises(QueryRefusedError, match='Did you mean "incidents"'):
        query(snapshot, "SELECT * FROM incident")


def test_a_refused_query_leaves_the_snapshot_as_it_was(snapshot: Path) -> None:
    before = snapshot.read_bytes()
    with pytest.raises(QueryRefusedError):
        query(snapshot, "DELETE FROM meta")
    assert snapshot.read_bytes() == before
    assert [p.name for p in snapshot.parent.iterdir()] == [snapshot.name]


def test_a_query_without_end_is_stopped(snapshot: Path) -> None:
    endless = "SELECT count(*) FROM range(1000000000) a, range(1000000000) b"
    with pytest.raises(QueryTooLargeError, match="longer than"):
        query(snapshot, endless, seconds=0.2)


def test_a_query_that_eats_memory_is_stopped(snapshot: Path) -> None:
    greedy = "SELECT string_agg(repeat('x', 1000000), '') FROM range(1000000)"
    with pytest.raises(QueryTooLargeError, match=r"memory|longer"):
        query(snapshot, greedy, seconds=5)
