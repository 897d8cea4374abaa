"""The cells of the hours of the week."""

from __future__ import annotations

import polars as pl

from analytics.wording.numbers import format_count, format_duration

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def hour_cells(rows: pl.DataFrame) -> pl.DataFrame:
    """Make the cells of a provider's hours for ``hour_chart``.

    Args:
        rows: As from ``patterns.rows.hours_of_week``, of one scope.

    Returns:
        One row per hour, columns as ``hour_chart`` takes them.
    """
    rates = [
        row["n"] / row["exposed_s"] if row["exposed_s"] else None
        for row in rows.iter_rows(named=True)
    ]
    most = max((rate for rate in rates if rate is not None), default=0) or 1
    return pl.DataFrame(
        {
            "day": [DAYS[hour // 24] for hour in rows["hour"]],
            "hour": [f"{hour % 24:02d}" for hour in rows["hour"]],
            "rate": rates,
            "share": [None if rate is None else rate / most for rate in rates],
            "shown": [
                "–" if rate is None else str(n or "")
                for n, rate in zip(rows["n"], rates, strict=True)
            ],
            "posts": [format_count(n, "post") for n in rows["n"]],
            "covered": [format_duration(seconds) for seconds in rows["exposed_s"]],
        },
        schema_overrides={"rate": pl.Float64, "share": pl.Float64},
    )
