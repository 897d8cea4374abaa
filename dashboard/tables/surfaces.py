"""The page Surfaces: cells in words, and the matrix as a table with links."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from textwrap import fill
from typing import Any

import polars as pl

from analytics.read_models.daily_states import NO_DATA
from analytics.read_models.surface_matrix import NOT_REPORTED, NUMBER, TOO_LITTLE
from analytics.wording.numbers import (
    BLANK,
    format_duration,
    format_number,
    format_percent,
    format_surface,
)
from analytics.wording.surfaces import COVERED, STAND_IN, SURFACE_BASIS
from analytics.wording.verdict import short_name
from dashboard.charts.palette import DOWN_LIMITS, DOWN_STEPS

#: Letters in a line of a label.
WIDE = 10
Link = Callable[..., str]
#: How a cell is drawn, and what stands in it where there is no number.
KINDS = {NUMBER: "number", TOO_LITTLE: "grey", NO_DATA: "grey", NOT_REPORTED: "dashed"}
LABELS = {TOO_LITTLE: "too little\ndata", NO_DATA: "no\ndata", NOT_REPORTED: BLANK}


def matrix_cells(rows: pl.DataFrame) -> pl.DataFrame:
    """Make the cells of ``surface_matrix.matrix`` for ``matrix_chart``.

    Returns:
        One row per cell, columns as ``matrix_chart`` takes them.
    """
    return pl.DataFrame(
        [_cell(row) for row in rows.iter_rows(named=True)], infer_schema_length=None
    )


def _cell(row: dict[str, Any]) -> dict[str, Any]:
    minutes = None if row["per_30d_s"] is None else row["per_30d_s"] / 60
    on = None if minutes is None else colour_step(minutes)
    observed = (row["covered_s"] or 0) - (row["unknown_s"] or 0)
    return {
        "provider": fill(short_name(row["name"] or row["provider"]), WIDE),
        "surface": fill(format_surface(row["surface"]), WIDE),
        "cell": row["cell"],
        "kind": KINDS[row["cell"]],
        "step": on,
        "shown": LABELS[row["cell"]] if minutes is None else format_minutes(minutes) + _marks(row),
        "per_30d": BLANK if minutes is None else f"{format_minutes(minutes)} min",
        "down": format_duration(row["down_s"]),
        "availability": format_percent(row["availability"]),
        "n": format_number(row["n"]),
        "coverage": format_percent(row["coverage"], 1),
        "observed": format_duration(observed),
        "unknown": format_duration(row["unknown_s"]),
        "components": f"{row['components']:,}",
    }


def _marks(row: dict[str, Any]) -> str:
    """Mark a doubtful number.

    One mark: the number could more than double if what is unknown was down. The other: it rests on
    less than half of the window.
    """
    doubt = " + ?" if row["unknown_s"] > row["down_s"] else ""
    return doubt + (" †" if row["coverage"] < COVERED else "")


def colour_step(minutes: float) -> str:
    """Find the step of the colour scale for minutes down per 30 days."""
    return list(DOWN_STEPS)[bisect_left(DOWN_LIMITS, minutes)]


def format_minutes(minutes: float) -> str:
    """Write minutes without false precision; some is never written as none.

    >>> [format_minutes(m) for m in (0, 0.02, 3.26, 42.9, 1234.5)]
    ['0', '<0.1', '3.3', '43', '1,234']
    """
    if 0 < minutes < 0.1:
        return "<0.1"
    return f"{minutes:.1f}".removesuffix(".0") if minutes < 10 else f"{minutes:,.0f}"


def linked_matrix(rows: pl.DataFrame, link: Link) -> pl.DataFrame:
    """Add to each cell of the matrix links to the profile and to the posts.

    Returns:
        The same rows, unrounded, with the columns profile and posts (addresses).
    """
    ways = [
        {
            "profile": link("profile", of=row["provider"], surface=row["surface"]),
            "posts": link("incidents", p=row["provider"], surface=row["surface"]),
        }
        for row in rows.iter_rows(named=True)
    ]
    return rows.hstack(pl.DataFrame(ways, schema={"profile": pl.String, "posts": pl.String}))


def by_provider(rows: pl.DataFrame) -> Iterator[tuple[str, str, pl.DataFrame]]:
    """Yield slug, name and components of each provider (rows of ``surface_matrix.mapping``)."""
    for (provider,), its in rows.group_by("provider", maintain_order=True):
        yield str(provider), its["name"][0] or str(provider), its


def mapping_table(rows: pl.DataFrame) -> pl.DataFrame:
    """Show components and their surfaces.

    Returns:
        One row per component, columns as ``columns.MAPPING`` sets them up.
    """
    return rows.select(
        pl.coalesce("name", "provider").alias("Provider"),
        pl.col("component").alias("Component"),
        pl.col("group_name").alias("Group"),
        pl.col("surface").map_elements(format_surface, pl.String).alias("Surface"),
        pl.when("counted")
        .then(pl.col("surface_basis").replace(SURFACE_BASIS))
        .otherwise(pl.lit(STAND_IN))
        .alias("How it was found"),
        pl.col("retired_at").alias("Gone since"),
    )
