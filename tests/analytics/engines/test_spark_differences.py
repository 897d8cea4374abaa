"""What Spark, DuckDB and Polars do otherwise, and what the code does about it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import polars as pl
import pyarrow as pa
import pyarrow.dataset as pa_dataset
import pytest
from polars.testing import assert_frame_equal

from analytics.answer import INSTANT
from analytics.downtime.relational import kept
from analytics.engines.spark_differences import (
    RELEASED,
    declared_answer,
    exchanged,
    packed,
    unpacked,
)
from analytics.engines.spark_release import Release
from analytics.engines.spark_session import spark_session
from analytics.snapshot import Frame
from tests.support.readme import release_line

pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")
ENGINES = ("polars", "duckdb", "spark")
ROWS = pl.DataFrame(
    {
        "provider": ["360", "302", "acme"],
        "at_s": [0, 3 * 86_400 - 1, 1_777_777_777],
        "share": [1.5, 2.5, -1.5],
        "some": [True, False, True],
    }
)


def on(engine: str, spark: Any) -> Frame:
    """Return ``ROWS`` as a relation of an engine."""
    if engine == "polars":
        return nw.from_native(ROWS.lazy())
    rows = exchanged(
        ROWS.drop("some"), {"provider": pl.String, "at_s": pl.Int64, "share": pl.Float64}
    )
    rows = rows.append_column("some", ROWS["some"].to_arrow())
    if engine == "duckdb":
        return nw.from_native(duckdb.connect().from_arrow(rows))
    return nw.from_native(spark.createDataFrame(rows))


def values(frame: Frame) -> list[tuple[Any, ...]]:
    return sorted(frame.collect(backend="polars").to_native().rows())


# ---- types ----


def test_what_comes_back_has_the_types_spark_reads_whatever_polars_called_them() -> None:
    at = datetime(2026, 5, 1, tzinfo=UTC)
    frame = pl.DataFrame(
        {
            "n": pl.Series([1], dtype=pl.Int32),
            "name": pl.Series(["a"], dtype=pl.Categorical),
            "at": pl.Series([at], dtype=pl.Datetime("ms", "Asia/Tokyo")),
            "value": pl.Series([None], dtype=pl.Null),
            "note": pl.Series([None], dtype=pl.Null),
        }
    )
    wanted = {
        "note": pl.String,
        "name": pl.String,
        "n": pl.Int64,
        "at": INSTANT,
        "value": pl.Float64,
    }
    table = exchanged(frame, wanted)
    assert table.schema.types == [
        *(pa.string(), pa.string(), pa.int64(), pa.timestamp("us", "UTC"), pa.float64())
    ]
    assert table.to_pylist() == [{"note": None, "name": "a", "n": 1, "at": at, "value": None}]
    told = "`note` string, `name` string, `n` bigint, `at` timestamp, `value` double"
    assert declared_answer(wanted) == told


def test_a_release_is_read_alike_by_spark_duckdb_polars_and_pyarrow(
    spark: Any, release: Release, folder: Path
) -> None:
    """Types and values; providers called by numbers, columns all null, tables without rows."""
    tables = {name: one for name, one in release.tables.items() if "provider" in one.columns}
    told = {name: pl.DataFrame(one) for name, one in unpacked(packed(tables).toArrow()).items()}
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    for name, ours in told.items():
        relation = con.sql(f"FROM '{folder}/{name}/*.parquet'")
        kinds = dict(zip(relation.columns, map(str, relation.types), strict=True))
        assert dict(tables[name].dtypes) == {one: RELEASED[kind] for one, kind in kinds.items()}
        for theirs in (
            pl.DataFrame(relation.pl()),
            pl.read_parquet(folder / name),
            pl.DataFrame(pa_dataset.dataset(folder / name).to_table()),
        ):
            assert_frame_equal(ours, theirs, check_row_order=False)
    assert set(told["incidents"]["provider"]) == {"302", "360", "acme"}
    assert told["incidents"]["class_reason"].is_null().all()
    assert told["posted_ratios"].is_empty()
    line = release_line("Spark").replace("release/", f"{folder}/")
    unasked = eval(line, {"spark": spark})
    assert unasked.dtypes == tables["incidents"].dtypes


def test_a_column_that_is_never_null_in_its_table_is_null_beside_others(spark: Any) -> None:
    from pyspark.sql import functions

    one = spark.range(2).select(functions.lit("360").alias("provider"), functions.lit(1).alias("n"))
    other = one.select("provider", functions.lit("x").alias("text"))
    found = unpacked(packed({"numbers": one, "texts": other}).toArrow())
    assert found["numbers"].to_pylist() == [{"provider": "360", "n": 1}] * 2
    assert found["texts"].to_pylist() == [{"provider": "360", "text": "x"}] * 2


# ---- arithmetic ----


def test_a_weekday_comes_from_whole_seconds_since_engines_begin_weeks_otherwise(
    spark: Any,
) -> None:
    """1970 began on a Thursday: three days after a Monday."""
    hour = ((nw.col("at_s") // 3600 + 72) % 168).alias("hour")
    told = [values(on(engine, spark).select("provider", hour)) for engine in ENGINES]
    assert told[0] == told[1] == told[2]
    expected = [datetime.fromtimestamp(at, UTC) for at in ROWS["at_s"]]
    hours = [one.weekday() * 24 + one.hour for one in expected]
    assert told[0] == sorted(zip(ROWS["provider"], hours, strict=True))


def test_fractions_become_whole_numbers_otherwise_so_nothing_but_whole_ones_is_cast(
    spark: Any,
) -> None:
    whole = [
        values(on(engine, spark).select("provider", nw.col("share").cast(nw.Int64)))
        for engine in ENGINES
    ]
    cut, rounded = [1, 2, -1], [2, 2, -2]
    assert [[n for _, n in told] for told in whole] == [
        [n for _, n in sorted(zip(ROWS["provider"], numbers, strict=True))]
        for numbers in (cut, rounded, cut)
    ]


def test_a_quantile_between_two_numbers_is_the_same_on_all(spark: Any) -> None:
    third = nw.col("share").quantile(1 / 3, "linear").alias("third")
    told = [values(on(engine, spark).select(third))[0][0] for engine in ENGINES]
    assert told == pytest.approx([ROWS["share"].quantile(1 / 3, "linear")] * 3, rel=1e-12)


def test_truths_are_counted_as_numbers_since_spark_does_not_add_them_up(spark: Any) -> None:
    counted = nw.col("some").cast(nw.Int64).sum().cast(nw.Int64).alias("n")
    assert [values(on(engine, spark).select(counted)) for engine in ENGINES] == [[(2,)]] * 3


def test_relations_are_put_together_with_columns_in_one_order(spark: Any) -> None:
    """DuckDB goes by name; the others refuse, Polars when it is asked for rows."""
    for engine in ENGINES:
        rows = on(engine, spark)
        one, other = rows.select("provider", "at_s"), rows.select("at_s", "provider")
        together = nw.concat([one, other.select("provider", "at_s")])
        assert len(values(together)) == 2 * ROWS.height
        if engine != "duckdb":
            with pytest.raises((nw.exceptions.InvalidOperationError, TypeError), match="at_s"):
                values(nw.concat([one, other]))


def test_nothing_is_among_nothing(spark: Any) -> None:
    for engine in ENGINES:
        assert values(on(engine, spark).filter(nw.col("provider").is_in([]))) == []


# ---- plans ----


def test_what_is_read_twice_is_planned_once(spark: Any) -> None:
    rows = on("spark", spark).filter(nw.col("at_s") > 0)
    again = kept(rows)
    assert values(again) == values(rows)
    plan = again.to_native()._jdf.queryExecution().logical().toString()
    assert "Filter" not in plan


def test_settings_of_the_users_own_stand_and_the_zone_is_utc(spark: Any) -> None:
    own = spark_session()
    names = ("session.timeZone", "shuffle.partitions", "adaptive.enabled", "files.openCostInBytes")
    told = [own.conf.get(f"spark.sql.{name}") for name in names]
    assert told == ["UTC", "2", "false", "5000"]
    assert own.conf.get("spark.sql.execution.arrow.maxBytesPerBatch") == f"{2**31 - 1}"
    assert spark.sparkContext.getConf().get("spark.sql.files.openCostInBytes") == "5000"
