"""Rows of an answer as people read them: percent for fractions, durations for seconds."""

from __future__ import annotations

from typing import Any

import polars as pl

from analytics.question import MONITOR
from analytics.wording.grammar import name_some
from analytics.wording.numbers import (
    BLANK,
    format_count,
    format_duration,
    format_percent,
    format_percent_up,
    format_share,
    format_surface,
)

#: Fractions of time, which are cut; any other fraction is a share of things, and rounded.
TIME = (
    *("availability", "coverage", "common_downtime"),
    *("joint_availability", "joint_best", "second_source"),
    *("failover_availability", "sla_availability"),
)
ENDS = ("value", "low", "high")
#: Columns that hold shares of things, whatever the unit of the row.
SHARES = ("coverage_", "held_80", "ends_within_60_min", "pooled")


def rows_in_words(rows: pl.DataFrame) -> pl.DataFrame:
    """Write the numbers of an answer in words.

    Args:
        rows: Rows with the columns of ``answer.SCHEMA``, or of a back-test.

    Returns:
        The same columns. value, low and high (by their unit), coverage and shares (percent) and
        seconds (durations, without the ending _s of their names) are text.
    """
    ends = {
        name: [_end(row, name) for row in rows.iter_rows(named=True)]
        for name in ENDS
        if name in rows.columns
    }
    lengths = [name for name in rows.columns if name.endswith("_s")]
    covered = [name for name in rows.columns if name == "coverage"]
    shares = [name for name in rows.columns if name.startswith(SHARES)]
    return rows.with_columns(
        *(pl.Series(name, told, dtype=pl.String) for name, told in ends.items()),
        *(_each(name, format_duration) for name in lengths),
        *(_each(name, format_share) for name in shares),
        *(_each(name, lambda share: format_percent(share, 1)) for name in covered),
    ).rename({name: name.removesuffix("_s") for name in lengths})


def overrides_sentence(posts: int, components: int) -> str:
    """Say how much of what is asked about was set by hand; empty where nothing was.

    >>> overrides_sentence(1, 2), overrides_sentence(0, 0)
    ('overrides.toml sets 1 post and 2 components here', '')
    """
    told = [format_count(n, what) for n, what in ((posts, "post"), (components, "component")) if n]
    return f"overrides.toml sets {' and '.join(told)} here" if told else ""


def monitors_sentence(rows: pl.DataFrame, names: pl.DataFrame) -> str:
    """Say what monitors measured beside what was posted; empty where that is nothing.

    Args:
        rows: Availability of class monitor, with the columns of ``answer.SCHEMA``.
        names: Table ``providers``.
    """
    called = dict(names.select("provider", "name").iter_rows())
    told = [
        f"{called[who]} down {format_duration(down_s)} on {format_surface(surface)}"
        for who, surface, down_s in rows.select("provider", "surface", "down_s").iter_rows()
        if down_s
    ]
    if not told:
        return ""
    return f"Not counted here, own monitors measured {name_some(told)}: --classes {MONITOR}"


def unfiltered_sentence(rows: pl.DataFrame, every: pl.DataFrame, names: pl.DataFrame) -> str:
    """Say what numbers were if posts of every class counted; empty where that changes none.

    Args:
        rows: Availability or frequency as asked, with the columns of ``answer.SCHEMA``.
        every: The same of posts of every class.
        names: Table ``providers``.
    """
    called = dict(names.select("provider", "name").iter_rows())
    both = rows.join(every, on=["provider", "surface", "metric"], suffix="_every")
    told = []
    for row in both.iter_rows(named=True):
        asked, whole = (_end({**row, "value": row[of]}, "value") for of in ("value", "value_every"))
        if asked != whole:
            where = f"{called[row['provider']]} on {format_surface(row['surface'])}"
            told.append(f"{where} {whole} instead of {asked}")
    return f"With posts of every class: {name_some(told)}" if told else ""


def _each(name: str, told: Any) -> pl.Expr:
    return pl.col(name).map_elements(told, pl.String, skip_nulls=False)


def _end(row: dict[str, Any], name: str) -> str:
    """Write a value or an end of its interval, neither end rounded towards the other."""
    number, unit = row[name], row["unit"]
    if number is None:
        return BLANK
    if unit == "seconds":
        return f"{'-' if number < 0 else ''}{format_duration(abs(number))}"
    if unit.startswith("fraction"):
        if row["metric"] not in TIME:
            return format_share(number)
        return format_percent_up(number) if name == "high" else format_percent(number)
    return f"{number:,.0f}" if number == int(number) else f"{number:,.2f}"
