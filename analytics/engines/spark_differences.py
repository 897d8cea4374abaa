"""Settle what Spark does otherwise than Polars, in one place.

METHODOLOGY is the same on every engine. Where the engines are not, the code either keeps to what
all of them do (a narwhals expression that is safe everywhere) or crosses over here:

- Types. What Polars hands over is large_string, string views, lists of these and columns of type
  null; Spark takes none of them from a function over groups. ``exchanged`` casts each column to
  the one Arrow type that Spark reads as the type of the column, and ``declared`` says to Spark
  what the types of files are, so that nothing is guessed.
- Tables of unlike columns. Spark's functions over groups take one frame. ``packed`` puts tables
  into one, a struct column for each, and ``unpacked`` takes them out again.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from analytics.answer import INSTANT

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

#: By the type that a release states of a column, as SQL calls it: what Spark calls it.
RELEASED: Mapping[str, str] = {
    "VARCHAR": "string",
    "VARCHAR[]": "array<string>",
    "BIGINT": "bigint",
    "INTEGER": "int",
    "DOUBLE": "double",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP WITH TIME ZONE": "timestamp",
}
#: By the Polars type of a column of an answer: what Spark calls it, and what it reads as that.
ANSWERED: Mapping[Any, tuple[str, Any]] = {
    pl.String: ("string", pa.string()),
    pl.Int64: ("bigint", pa.int64()),
    pl.Float64: ("double", pa.float64()),
    INSTANT: ("timestamp", pa.timestamp("us", "UTC")),
}
#: Column of ``packed`` that names the table of a row.
TABLE = "table"
#: Column of ``packed`` by which rows are grouped.
GROUP = "provider"


def declared(types: Mapping[str, str]) -> str:
    """Declare columns to Spark: their names, whatever these are, with the types it knows.

    >>> declared({"at": "timestamp", "n": "bigint"})
    '`at` timestamp, `n` bigint'
    """
    return ", ".join(f"`{name}` {kind}" for name, kind in types.items())


def declared_answer(schema: Mapping[str, Any]) -> str:
    """Declare the columns of an answer to Spark.

    Args:
        schema: Polars types by column.
    """
    return declared({name: ANSWERED[dtype][0] for name, dtype in schema.items()})


def exchanged(frame: pl.DataFrame, schema: Mapping[str, Any]) -> pa.Table:
    """Return rows in the Arrow types that Spark reads as those of ``schema``, in its order.

    Args:
        frame: Rows with these columns, of these types or of none where all is null.
        schema: Polars types by column.
    """
    types = pa.schema([(name, ANSWERED[dtype][1]) for name, dtype in schema.items()])
    return frame.select(list(schema)).to_arrow().cast(types)


def packed(tables: Mapping[str, DataFrame]) -> DataFrame:
    """Put tables that have a provider into one frame, a column of structs for each.

    Returns:
        Columns ``provider``, ``table``, and one by the name of each table: its row, else null.
    """
    from pyspark.sql import functions
    from pyspark.sql.types import StructField, StructType

    # A column that is never null in its table would forbid the rows of other tables.
    types = {
        name: StructType([StructField(one.name, one.dataType) for one in table.schema])
        for name, table in tables.items()
    }

    def part(name: str) -> DataFrame:
        own = functions.struct(*(functions.col(f"`{one}`") for one in tables[name].columns))
        structs = (
            (own if other == name else functions.lit(None)).cast(kind).alias(other)
            for other, kind in types.items()
        )
        return tables[name].select(GROUP, functions.lit(name).alias(TABLE), *structs)

    return reduce(lambda one, other: one.unionAll(other), map(part, tables))


def unpacked(rows: pa.Table) -> dict[str, pa.Table]:
    """Take tables out of rows of ``packed``, by their names; one without rows has its columns."""
    names = [name for name in rows.column_names if name not in (GROUP, TABLE)]
    return {
        name: pa.Table.from_struct_array(
            rows.filter(pc.equal(rows[TABLE], name))[name].combine_chunks()
        )
        for name in names
    }
