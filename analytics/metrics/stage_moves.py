"""Follow incidents from stage to stage, and from update to update.

METHODOLOGY, "Stages". Pure; the updates of an incident stand together, in the order written.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

#: In the order in which an incident is expected to pass them.
STAGES = ("investigating", "identified", "monitoring", "resolved")
#: Why a stage has no length.
NEGATIVE = "negative"
MISSING = "missing"
POST = ["page_key", "incident_id"]


def _next(column: str, by: Sequence[str]) -> pl.Expr:
    """Return the value of the next row, if that is of the same incident: its rows are together."""
    same = pl.all_horizontal(pl.col(name) == pl.col(name).shift(-1) for name in by)
    return pl.when(same).then(pl.col(column).shift(-1))


def steps(told: pl.DataFrame, by: Sequence[str] = POST) -> pl.DataFrame:
    """Measure how long each stage of each incident lasted.

    A stage lasts from its first entry to that of the next stage the incident has; resolved
    counts by its last. Without a length, ``reason`` says why: ``negative`` (the next was
    entered before) or ``missing`` (there is no next).

    Args:
        told: Updates as from ``updates``.
        by: Columns that tell incidents apart.

    Returns:
        Columns of ``by``, stage, next_stage, seconds, reason.
    """
    final, named = pl.col("rank") == len(STAGES) - 1, dict(enumerate(STAGES))
    passed = (
        told.filter(pl.col("rank").is_not_null())
        .group_by(*by, "rank")
        .agg(pl.col("at_s").first(), pl.col("at_s").last().alias("last_s"))
        .with_columns(pl.when(final).then("last_s").otherwise("at_s").alias("at_s"))
        .sort(*by, "rank")
        .with_columns(next_rank=_next("rank", by), passed_s=_next("at_s", by) - pl.col("at_s"))
        .filter(~final)
    )
    reason = (
        pl.when(pl.col("passed_s") < 0)
        .then(pl.lit(NEGATIVE))
        .when(pl.col("next_rank").is_null())
        .then(pl.lit(MISSING))
    )
    stages = pl.Enum(STAGES)
    return passed.select(
        *by,
        pl.col("rank").replace_strict(named, return_dtype=stages).alias("stage"),
        pl.col("next_rank").replace_strict(named, return_dtype=stages).alias("next_stage"),
        pl.when(pl.col("passed_s") >= 0).then("passed_s").alias("seconds"),
        reason.alias("reason"),
    )


def regressions(told: pl.DataFrame, by: Sequence[str] = POST) -> pl.DataFrame:
    """Count how often each incident fell back to an earlier stage.

    Args:
        told: Updates as from ``updates``.
        by: Columns that tell incidents apart.

    Returns:
        Columns of ``by`` and regressions.
    """
    back = _next("rank", by) < pl.col("rank")
    return (
        told.filter(pl.col("rank").is_not_null())
        .with_columns(back.alias("back"))
        .group_by(by, maintain_order=True)
        .agg(pl.col("back").sum().alias("regressions"))
    )


def gaps(
    found: pl.DataFrame, told: pl.DataFrame, as_of_s: int, by: Sequence[str] = POST
) -> pl.DataFrame:
    """Measure the time from each update to the next while an incident is open.

    The last gap of an incident still open runs on to as-of and has not ended.

    Args:
        found: Incidents.
        told: Their updates, and maybe those of others, as from ``updates``.
        as_of_s: As-of in epoch seconds.
        by: Columns that tell incidents apart.

    Returns:
        Columns of ``by``, seconds, ended.
    """
    lasting = found.filter(pl.col("resolved_at").is_null()).select(*by, lasting=pl.lit(True))
    return (
        told.join(found.select(by), on=by, how="semi", maintain_order="left")
        .with_columns(_next("at_s", by).alias("next_s"))
        .filter(~pl.col("over"))
        .join(lasting, on=by, how="left", maintain_order="left")
        .filter(pl.col("next_s").is_not_null() | pl.col("lasting"))
        .select(
            *by,
            (pl.col("next_s").fill_null(as_of_s) - pl.col("at_s")).alias("seconds"),
            pl.col("next_s").is_not_null().alias("ended"),
        )
    )


def silences(between: pl.DataFrame, by: Sequence[str] = POST) -> pl.DataFrame:
    """Keep the longest gap of each incident.

    While an incident is open its longest silence may still be to come: it has not ended.

    Args:
        between: Gaps as from ``gaps``.
        by: Columns that tell incidents apart.

    Returns:
        Columns of ``by``, seconds, ended.
    """
    return between.group_by(by, maintain_order=True).agg(
        pl.col("seconds").max(), pl.col("ended").all()
    )
