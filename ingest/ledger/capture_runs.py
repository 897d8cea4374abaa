"""Join captures of an address into runs, and say what an unchanged body says again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import polars as pl

from ingest.ledger.sightings import SCHEMAS

#: Captures further apart are no run: nobody looked in between.
LONGEST_PAUSE = timedelta(days=1)
#: Columns of a poll that its body said; an unchanged body says them again.
SAID = (
    *("page_id", "horizon_at", "until_at", "present", "shown", "records", "rejected"),
    *("newest_item_at", "oldest_item_at", "roster", "unread_open", "unread_over", "components_key"),
)
RUN_SCHEMA = {
    "page_key": pl.String,
    "url": pl.String,
    "shape": pl.String,
    "first_at": pl.Datetime("us", "UTC"),
    "last_at": pl.Datetime("us", "UTC"),
    "polls": pl.Int64,
    "longest_pause": pl.Duration("us"),
    **{
        name: dtype
        for name, dtype in SCHEMAS["polls"].items()
        if name not in {"page_key", "url", "shape", "captured_at"}
    },
}


def join_captures(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Join polls into runs of equal outcome and equal body, per address, in time.

    A run has no pause in it that is longer than ``LONGEST_PAUSE``.
    """
    if not frames:
        return pl.DataFrame(schema=RUN_SCHEMA)
    runs = pl.concat([_as_runs(frame) for frame in frames])
    identity = ["page_key", "url", "first_at", "last_at", "sha256", "failure"]
    # One capture imported twice may cover more the second time.
    runs = runs.with_columns(pl.col("complete_since").min().over(identity))
    runs = runs.sort([*identity, "read"], descending=[*[False] * 6, True]).unique(
        subset=identity, keep="first", maintain_order=True
    )
    runs = runs.sort("page_key", "url", "first_at", "last_at", "sha256", "failure")
    same = pl.all_horizontal(
        [
            pl.col(c).eq_missing(pl.col(c).shift(1))
            for c in ("page_key", "url", "failure", "sha256", "complete_since", "skew_s")
        ]
    ) & pl.col("failure").is_null().or_(pl.col("sha256").is_null())
    same &= pl.col("first_at") - pl.col("last_at").shift(1) <= LONGEST_PAUSE
    pause = pl.col("first_at") - pl.col("last_at").shift(1)
    runs = runs.with_columns(
        (~same.fill_null(value=False)).cum_sum().alias("run"), pause.alias("pause")
    )
    return _joined(runs)


def _joined(runs: pl.DataFrame) -> pl.DataFrame:
    """Make one run of those with the same number; a capture that was read tells the rest."""
    lasting = runs.group_by("run", maintain_order=True).agg(
        pl.col("page_key", "url").first(),
        pl.col("first_at").min(),
        pl.col("last_at").max(),
        pl.col("polls").sum(),
        longest_pause(),
        pl.col("read").any(),
    )
    read_first = runs.sort("run", "read", descending=[False, True], maintain_order=True)
    told = read_first.unique("run", keep="first", maintain_order=True)
    rest = [name for name in RUN_SCHEMA if name not in lasting.columns]
    return lasting.join(told.select("run", *rest), on="run", maintain_order="left").select(
        pl.col(c).cast(dtype) for c, dtype in RUN_SCHEMA.items()
    )


def longest_pause() -> pl.Expr:
    """Return the longest pause in some runs that are joined: in one of them, or between two."""
    between = pl.col("pause").slice(1).max()
    return pl.max_horizontal(pl.col("longest_pause").max(), between).alias("longest_pause")


def _as_runs(frame: pl.DataFrame) -> pl.DataFrame:
    if "polls" not in frame.columns:
        frame = frame.with_columns(
            pl.col("captured_at").alias("first_at"),
            pl.col("captured_at").alias("last_at"),
            pl.lit(1, pl.Int64).alias("polls"),
            pl.lit(timedelta(0)).alias("longest_pause"),
        )
    return frame.select(list(RUN_SCHEMA))


def repeat_said(runs: pl.DataFrame) -> pl.DataFrame:
    """Let an unchanged answer (304, or the same body) say again what that body said."""
    said = pl.col("read")
    key = ["page_key", "url", "sha256"]
    return runs.sort("page_key", "url", "first_at").with_columns(
        *[pl.when(said).then(pl.col(c)).forward_fill().over(key).alias(c) for c in SAID],
        said.cum_max().over(key).fill_null(value=False).alias("read"),
    )


def doubt_skewed(runs: pl.DataFrame) -> pl.DataFrame:
    """Let captures of a clock that the servers disagreed with say nothing of their moment.

    What they show of components was so at another time, and their lists cover until the
    earlier of the two times. What their incidents say has times of its own.
    """
    skewed = pl.col("skew_s").is_not_null()
    ahead = pl.duration(seconds=pl.col("skew_s").clip(lower_bound=0))
    return runs.with_columns(
        pl.when(~skewed).then("components_key").alias("components_key"),
        pl.when(skewed)
        .then(pl.min_horizontal("until_at", pl.col("last_at") - ahead))
        .otherwise("until_at")
        .alias("until_at"),
        (pl.col("roster") & ~skewed).alias("roster"),
    )
