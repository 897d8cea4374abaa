"""``query`` reads the snapshot and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analytics.sql_query import QueryRefusedError, QueryTooLargeError, query
from ingest.snapshot.file import write
from tests.support.paths import ROOT


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("written") / "one.duckdb"
    write(path, {}, {"as_of": "2026-01-10T12:00:00+00:00"})
    return path


@pytest.fixture
def snapshot(written: Path, tmp_path: Path) -> Path:
    """Copy the snapshot: what one statement did to it, no other would see."""
    return shutil.copy(written, tmp_path / written.name)


def test_a_select_reads_rows(snapshot: Path) -> None:
    rows = query(snapshot, "SELECT value FROM meta WHERE key = 'as_of'")
    assert rows["value"].to_list() == ["2026-01-10T12:00:00+00:00"]


def test_views_and_time_zones_read_as_utc(snapshot: Path) -> None:
    assert query(snapshot, "SELECT count(*) AS n FROM revisions")["n"].to_list() == [0]
    assert query(snapshot, "SELECT current_setting('TimeZone') AS z")["z"].to_list() == ["UTC"]


def test_a_duration_across_the_end_of_summer_time_has_its_real_hours(snapshot: Path) -> None:
    """DuckDB alone counts days by the machine's zone: findings/duckdb-timestamptz-difference.sh."""
    program = (
        "import pathlib, sys; from analytics.sql_query import query;"
        "print(query(pathlib.Path(sys.argv[1]), sys.argv[2]).item())"
    )
    asked = (
        "SELECT epoch(TIMESTAMPTZ '2026-10-25 12:00:00+00' - TIMESTAMPTZ '2026-10-24 11:00:00+00')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(snapshot), asked],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "TZ": "Europe/Berlin"},
        cwd=ROOT,
    )
    assert done.stdout == "90000.0\n"


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
        "EXPLAIN INSERT INTO meta VALUES ('a', 'b')",
        "EXPLAIN ANALYZE INSERT INTO meta VALUES ('a', 'b')",
        "explain (format json) DELETE FROM meta",
        "/* plan */ EXPLAIN -- a write\n UPDATE meta SET value = ''",
        "EXPLAIN /* ANALYZE */ DROP TABLE meta",
        "EXPLAIN CREATE TABLE t AS SELECT 1",
        "EXPLAIN COPY meta TO '/tmp/out.csv'",
        "EXPLAIN ANALYZE",
        "PREPARE p AS INSERT INTO meta VALUES ('a', 'b')",
        "EXECUTE p",
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


@pytest.mark.parametrize("sql", ["SELECT 1 AS a, 2 AS a", "SELECT * FROM meta m, meta n"])
def test_two_columns_of_one_name_are_told_apart_by_who_asks(snapshot: Path, sql: str) -> None:
    with pytest.raises(QueryRefusedError, match=r"^two columns are called '\w+': .* AS$"):
        query(snapshot, sql)


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


@pytest.mark.parametrize(
    "sql",
    [
        "EXPLAIN SELECT * FROM meta",
        "explain analyze select 1",
        "EXPLAIN (FORMAT json) SELECT 1",
        "/* why */ EXPLAIN FROM meta",
    ],
)
def test_the_plan_of_a_select_may_be_asked_for(snapshot: Path, sql: str) -> None:
    assert query(snapshot, sql).height >= 1


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM range(400000000)",
        "SELECT true FROM range(1000000000000)",
        "SELECT repeat('x', 3000) FROM range(1000000)",
        "SELECT [x, x, x, x] AS l, {'a': x} AS s FROM range(100000000) t(x)",
    ],
)
def test_a_result_that_is_too_large_is_stopped_and_the_limit_named(
    snapshot: Path, sql: str
) -> None:
    with pytest.raises(QueryTooLargeError, match=r"^the result is larger than [\d,]+ (MB|rows)"):
        query(snapshot, sql)


def test_batches_put_together_are_the_rows_asked_for(snapshot: Path) -> None:
    sql = "SELECT x, (x % 3)::VARCHAR::ENUM('0', '1', '2') AS e, [x] AS l FROM range(300000) t(x)"
    rows = query(snapshot, sql)
    assert rows["x"].to_list() == list(range(300_000))
    assert rows["e"].to_list() == ["0", "1", "2"] * 100_000
    assert rows["l"].list.first().to_list() == rows["x"].to_list()


@pytest.mark.parametrize(
    "value",
    [
        "interval 1 day",
        "[interval 1 day]",
        "340282366920938463463374607431768211455::UHUGEINT",
        "170141183460469231731687303715884105727::HUGEINT",
        "'24:00:00'::TIME",
        "{'t': '24:00:00'::TIME}",
        "map {'a': '24:00:00'::TIME}",
        "'12:00:00+05'::TIMETZ",
        "'101'::BIT",
        "union_value(num := 2)",
        "'infinity'::TIMESTAMP_S",
    ],
)
def test_what_would_arrive_as_something_else_is_refused_by_name(snapshot: Path, value: str) -> None:
    with pytest.raises(QueryRefusedError, match=r"^column 'odd' holds .*: cast it to text$"):
        query(snapshot, f"SELECT 1 AS one, {value} AS odd")
    assert query(snapshot, f"SELECT ({value})::VARCHAR AS odd").height == 1


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("sum(5)", "5"),
        ("-1.5::DECIMAL(38, 37)", "-1.5" + "0" * 36),
        ("'23:59:59'::TIME", "23:59:59"),
        ("12345678901234567890::UBIGINT", "12345678901234567890"),
        ("'2020-01-01'::TIMESTAMP_S", "2020-01-01 00:00:00"),
        ("[1, null]", "[1, None]"),
        ("map {'a': 1}", "{'a': 1}"),
    ],
)
def test_what_arrives_as_it_is_is_answered(snapshot: Path, value: str, wanted: str) -> None:
    assert str(query(snapshot, f"SELECT {value} AS c").row(0)[0]) == wanted
