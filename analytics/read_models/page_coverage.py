"""Rows of what was read of each page of the registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from analytics.snapshot import Snapshot

#: ``covered_since``: first covered instant; null where nothing is covered. ``components``: those
#: known. ``surfaces``: components that a rule or a list puts on a surface.
PAGE_COVERAGE: Mapping[str, Any] = {
    "page_key": pl.String,
    "covered_since": pl.Datetime("us", "UTC"),
    "components": pl.Int64,
    "surfaces": pl.Int64,
}


def page_coverage(snapshot: Snapshot) -> pl.DataFrame:
    """Say of each page since when it is covered, and how many components are mapped.

    Returns:
        Columns of ``PAGE_COVERAGE``; a row for each page with components or coverage.
    """
    named = snapshot.table("components").filter(pl.col("component_id") != "unattributed")
    mapped = (pl.col("surface_basis") != "unmapped").sum().cast(pl.Int64)
    counted = named.group_by("page_key").agg(
        pl.len().cast(pl.Int64).alias("components"), mapped.alias("surfaces")
    )
    since = (
        snapshot.table("coverage")
        .group_by("page_key")
        .agg(pl.col("start_at").min().alias("covered_since"))
    )
    return (
        since.join(counted, on="page_key", how="full", coalesce=True)
        .select(pl.col(name).cast(kind) for name, kind in PAGE_COVERAGE.items())
        .sort("page_key")
    )
