"""Collect the durations that forecasts learn from (METHODOLOGY, "Forecast")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from analytics.answer import INSTANT
from analytics.memo import once
from analytics.metrics.durations import ENDED, TIMED, UNSEEN
from analytics.question import nothing
from analytics.scope import epoch
from analytics.snapshot import Snapshot
from analytics.statistics.survival import Array, Followed

POST = ["page_key", "incident_id"]
FLAGS = pl.col("flags").list
#: Shapes that say nothing of incidents.
MUTE = ("robots", "uptime")
PAGE_READS: Mapping[str, Any] = {
    "page_key": pl.String,
    # Its newest good capture that could show incidents.
    "read_at": INSTANT,
    # Null: read on no schedule.
    "stale_after_s": pl.Int64,
}


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Durations of incidents that were posted while they lasted.

    ``followed``: those of every provider. ``providers``: whose each is.
    """

    followed: Followed
    providers: Array

    def of(self, provider: str) -> Followed:
        """Return the durations of one provider."""
        return self.followed.kept(self.providers == provider)


def _classes(classes: tuple[str, ...]) -> tuple[str, ...]:
    return classes


@once(_classes)
def known_history(snapshot: Snapshot, classes: tuple[str, ...]) -> History:
    """Collect the durations of every provider's incidents of some classes.

    Left out is what was posted after the fact, and what has no duration. One that was forgotten
    open lasts at least until its last update, and nothing is known of it from then on; one that
    left its page open, until it left.
    """
    newest = (
        snapshot.table("updates")
        .group_by(POST)
        .agg(pl.coalesce("created_s", "display_s").max().alias("updated_s"))
    )
    listed = pl.col("last_listed_s") - pl.col("published_s") + UNSEEN / 2
    ended = pl.coalesce("open_seconds", listed).cast(pl.Float64)
    lost = (
        pl.when(FLAGS.contains("zombie"))
        .then(pl.coalesce("updated_s", "published_s"))
        .when(FLAGS.contains("removed"))
        .then(pl.coalesce("removed_s", "read_s"))
        .otherwise("read_s")
    )
    found = (
        snapshot.table("incidents")
        .filter(
            (pl.col("kind") == "incident")
            & pl.col("class").is_in(classes)
            & pl.col("duration_quality").is_in(TIMED)
            & pl.col("published_s").is_not_null()
            & ~FLAGS.contains("retrospective")
        )
        .join(newest, on=POST, how="left")
        .join(page_reads(snapshot), on="page_key", how="left")
        .with_columns(
            pl.col("read_at").dt.epoch("s").fill_null(epoch(snapshot.as_of)).alias("read_s")
        )
        .select(
            "provider",
            pl.col("published_s").cast(pl.Float64),
            pl.when(ENDED).then(ended).otherwise(float("inf")).alias("seconds"),
            pl.when(ENDED).then(float("inf")).otherwise(lost.cast(pl.Float64)).alias("until_s"),
        )
        .filter(pl.col("seconds") > 0)
        .sort("seconds", "published_s", "provider")
    )
    columns = (found[name].to_numpy() for name in ("seconds", "published_s", "until_s"))
    return History(Followed(*columns), np.array(found["provider"].to_list(), dtype=str))


@once(nothing)
def page_reads(snapshot: Snapshot) -> pl.DataFrame:
    """Find when each page was read last, and how long that holds.

    Returns:
        Columns of ``PAGE_READS``.
    """
    read = snapshot.table("sources").filter(
        ~pl.col("shape").is_in(MUTE) & pl.col("last_success_at").is_not_null()
    )
    newest: pl.DataFrame = read.group_by("page_key").agg(
        pl.col("last_success_at").clip(upper_bound=snapshot.as_of).max().alias("read_at"),
        pl.col("stale_after_s").min(),
    )
    return newest
