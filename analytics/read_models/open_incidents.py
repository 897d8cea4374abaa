"""Count incidents that are still open at the newest data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals as nw
import polars as pl

from analytics.incident_selection import asked_for
from analytics.memo import once
from analytics.question import MAINTENANCE, Question, selection
from analytics.snapshot import Snapshot

ONGOING: Mapping[str, Any] = {
    "provider": pl.String,
    "name": pl.String,
    "posts": pl.Int64,
    # Of them, without a word for two weeks.
    "silent": pl.Int64,
    # From the first posting, or the start of a maintenance, to the newest data.
    "longest_s": pl.Int64,
}


@once(selection)
def ongoing(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Count each provider's open incidents that began before the window ends.

    Those with the most come first.

    Returns:
        Columns of ``ONGOING``.
    """
    _, end = question.window(snapshot.as_of)
    flags = pl.col("flags").list
    everything = nw.from_native(snapshot.table("incidents"))
    asked: pl.DataFrame = asked_for(everything, question).to_native()
    found = asked.filter(
        (pl.col("duration_quality") == "open")
        & (pl.col("started_at") < end)
        & ~flags.contains("removed")
    )
    if question.providers:
        found = found.filter(pl.col("provider").is_in(question.providers))
    if question.surface is not None:
        linked = snapshot.table("incident_components")
        here = linked.filter(pl.col("surface") == question.surface)
        found = found.join(here, on=["page_key", "incident_id"], how="semi")
    since = pl.when(pl.col("kind") == MAINTENANCE).then("started_at").otherwise("published_at")
    open_s = (pl.lit(snapshot.as_of) - since).dt.total_seconds()
    names = snapshot.table("providers").select("provider", "name")
    return (
        found.group_by("provider")
        .agg(
            pl.len().cast(pl.Int64).alias("posts"),
            flags.contains("zombie").sum().cast(pl.Int64).alias("silent"),
            open_s.max().alias("longest_s"),
        )
        .join(names, on="provider", how="left")
        .sort(pl.col("posts"), pl.col("provider"), descending=[True, False])
        .select("provider", "name", "posts", "silent", "longest_s")
    )
