"""Refuse the values of a query that a frame cannot hold exactly.

Between DuckDB and Polars some types have no counterpart and some values lie outside of it: the
largest UHUGEINT arrives as -1, 24:00 as nothing, an INTERVAL inside a list ends the process.
What would arrive as something else is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

#: Types of DuckDB, by their ids, that have no counterpart.
WITHOUT_COUNTERPART = frozenset(
    {
        "bignum",
        "bit",
        "geometry",
        "interval",
        "time with time zone",
        "uhugeint",
        "union",
        "variant",
    }
)
NESTED = frozenset({"array", "list", "map", "struct"})
#: A day in the units of a time.
A_DAY = {"s": 86_400, "ms": 86_400 * 10**3, "us": 86_400 * 10**6, "ns": 86_400 * 10**9}
#: Seconds since 1970 that still fit when they become milliseconds.
MOST_SECONDS = 2**63 // 1000 - 1
#: First and last day that Python has, in days since 1970: those of the years 1 to 9999.
FIRST_DAY, LAST_DAY = -719_162, 2_932_896


def arrives(dtype: Any) -> bool:
    """Say whether values of a DuckDB type have a counterpart in a frame."""
    if dtype.id in WITHOUT_COUNTERPART:
        return False
    if dtype.id not in NESTED:
        return True
    parts = (part for _, part in dtype.children if isinstance(part, type(dtype)))
    return all(map(arrives, parts))


def is_exact(array: Any) -> bool:
    """Say whether every value of an Arrow array arrives in a frame as what it is."""
    return all(map(_is_exact, _leaves(array)))


def can_be_printed(array: Any) -> bool:
    """Say whether every date and time of an Arrow array is of the years 1 to 9999."""
    return all(map(_can_be_printed, _leaves(array)))


def _leaves(array: Any) -> Iterator[Any]:
    """Yield the arrays of plain values inside an array."""
    kind = array.type
    if isinstance(array, pa.ChunkedArray):
        inside = array.chunks
    elif pa.types.is_map(kind):
        inside = [array.keys, array.items]
    elif pa.types.is_nested(kind):
        inside = array.flatten()
        inside = inside if isinstance(inside, list) else [inside]
    else:
        yield array
        return
    for part in inside:
        yield from _leaves(part)


def _is_exact(array: Any) -> bool:
    kind = array.type
    if pa.types.is_decimal(kind):
        limit: Any = Decimal(10) ** (kind.precision - kind.scale)
        return _within(array, -limit, limit)
    if pa.types.is_time(kind):
        return _within(_whole(array), -1, A_DAY[kind.unit])
    if pa.types.is_timestamp(kind) and kind.unit == "s":
        return _within(_whole(array), -MOST_SECONDS, MOST_SECONDS)
    return True


def _can_be_printed(array: Any) -> bool:
    kind = array.type
    if pa.types.is_date(kind):
        unit = 1 if kind.bit_width == 32 else A_DAY["ms"]
    elif pa.types.is_timestamp(kind):
        unit = A_DAY[kind.unit]
    else:
        return True
    return _within(_whole(array), FIRST_DAY * unit - 1, (LAST_DAY + 1) * unit)


def _whole(array: Any) -> Any:
    return array.cast(pa.int64() if array.type.bit_width == 64 else pa.int32())


def _within(array: Any, below: Any, above: Any) -> bool:
    """Say whether all values lie between two others."""
    ends = pc.min_max(array).as_py()
    return ends["min"] is None or (below < ends["min"] and ends["max"] < above)
