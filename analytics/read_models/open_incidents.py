"""Posts that are still open at the newest data, whose end nobody knows yet."""

from __future__ import annotations

import narwhals as nw
import polars as pl

from analytics.incident_selection import asked_for
from analytics.memo import once
from analytics.question import MAINTENANCE, Question, selection
from analytics.snapshot import Snapshot


@once(selection)
def ongoing(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """List providers with an open incident that began before the window ends.

    Columns: provider, name, posts, silent (of them, without a word for two weeks), longest_s
    (from the first posting, or the start of a maintenance, to the newest data). Those with the
    most come first.
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
