"""How a post moves: stages, acknowledgement, gaps between updates (METHODOLOGY, "Stages")."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from analytics.answer import INSUFFICIENT, TAIL, answer, row
from analytics.incident_selection import incidents
from analytics.memo import once
from analytics.metrics.durations import (
    MIN_MEDIAN,
    MIN_P90,
    Sample,
    at_least,
    estimate,
    median,
    p90,
    timed,
)
from analytics.metrics.frequency import begun_covered
from analytics.question import Question, selection
from analytics.scope import epoch, scopes
from analytics.snapshot import Snapshot
from analytics.statistics.proportions import share
from analytics.statistics.survival import kaplan_meier

#: In the order in which an incident is expected to pass them.
STAGES = ("investigating", "identified", "monitoring", "resolved")
STEPS = tuple(combinations(STAGES, 2))
#: After one of these a post is over, until it speaks of trouble again.
CLOSED = ("resolved", "postmortem")
#: Why a stage has no length.
NEGATIVE = "negative"
MISSING = "missing"
POST = ["page_key", "incident_id"]
#: From the start of impact to the first update, where the text states that start.
LAG = pl.col("published_s") - pl.col("impact_start_s")
STATED = pl.col("impact_start_basis") == "stated"

Row = tuple[str, str, dict[str, Any]]
"""Metric, unit and numbers of one row."""


@once(selection)
def stages(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Stage lengths, acknowledgement lag, update gaps and silences (``answer.SCHEMA``).

    n counts posts. ``a_to_b``: from first entering a to first entering b (resolved: the last
    time), of posts for which b is the next stage they have. What would be negative is left
    out.
    """
    rows = []
    for scope in scopes(snapshot, question):
        found = begun_covered(incidents(snapshot, question, scope), scope.vouched)
        told = updates(snapshot, found)
        for metric, unit, numbers in (
            *step_rows(timed(found), told),
            *acknowledgement_rows(found),
            *gap_rows(timed(found), told, epoch(snapshot.as_of)),
        ):
            rows.append(row(snapshot, question, scope, metric, unit, **at_least(numbers)))
    return answer(rows)


def updates(snapshot: Snapshot, found: pl.DataFrame) -> pl.DataFrame:
    """Updates of ``found`` in the order written: those of the table, with ``at_s`` and ``rank``.

    ``at_s`` is when one was really written, where the page says, else when it is displayed;
    ``rank`` the place of its stage in ``STAGES``, null for others.
    """
    rank = pl.col("stage").replace_strict(dict(zip(STAGES, range(4), strict=True)), default=None)
    return (
        snapshot.table("updates")
        .join(found.select(POST), on=POST, how="semi")
        .with_columns(pl.coalesce("created_s", "display_s").alias("at_s"), rank.alias("rank"))
        .sort(*POST, "at_s", "display_s", "rank", "update_id")
    )


def steps(told: pl.DataFrame) -> pl.DataFrame:
    """How long each stage of each post lasted, from ``updates``.

    Columns: page_key, incident_id, stage, next_stage, seconds, reason. A stage lasts from its
    first entry to that of the next stage the post has; resolved counts by its last. Without
    a length, ``reason`` says why: ``negative`` (the next was entered before) or ``missing``
    (there is no next).
    """
    final = pl.col("stage") == STAGES[-1]
    entered = pl.when(final.first()).then(pl.col("at_s").last()).otherwise(pl.col("at_s").first())
    passed = (
        told.filter(pl.col("rank").is_not_null())
        .group_by(*POST, "rank", "stage")
        .agg(entered.alias("at_s"))
        .sort(*POST, "rank")
        .with_columns(
            pl.col("stage").shift(-1).over(POST).alias("next_stage"),
            (pl.col("at_s").shift(-1).over(POST) - pl.col("at_s")).alias("seconds"),
        )
        .filter(~final)
    )
    reason = (
        pl.when(pl.col("seconds") < 0)
        .then(pl.lit(NEGATIVE))
        .when(pl.col("next_stage").is_null())
        .then(pl.lit(MISSING))
    )
    length = pl.when(pl.col("seconds") >= 0).then("seconds").alias("seconds")
    return passed.select(*POST, "stage", "next_stage", length, reason.alias("reason"))


def regressions(told: pl.DataFrame) -> pl.DataFrame:
    """How often each post fell back to an earlier stage: page_key, incident_id, regressions."""
    back = pl.col("rank").diff().over(POST) < 0
    return (
        told.filter(pl.col("rank").is_not_null())
        .with_columns(back.alias("back"))
        .group_by(POST, maintain_order=True)
        .agg(pl.col("back").sum().alias("regressions"))
    )


def gaps(found: pl.DataFrame, told: pl.DataFrame, as_of_s: int) -> pl.DataFrame:
    """Time from each update of ``found`` to the next, while the post was not closed.

    Columns: page_key, incident_id, seconds, ended. The last one of a post still open runs on
    to as-of and has not ended.
    """
    lasting = found.filter(pl.col("resolved_at").is_null()).select(*POST, lasting=pl.lit(True))
    next_s = pl.col("at_s").shift(-1).over(POST)
    return (
        told.join(found.select(POST), on=POST, how="semi", maintain_order="left")
        .with_columns(next_s.alias("next_s"))
        .filter(~pl.col("stage").is_in(CLOSED))
        .join(lasting, on=POST, how="left", maintain_order="left")
        .filter(pl.col("next_s").is_not_null() | pl.col("lasting"))
        .select(
            *POST,
            (pl.col("next_s").fill_null(as_of_s) - pl.col("at_s")).alias("seconds"),
            pl.col("next_s").is_not_null().alias("ended"),
        )
    )


def silences(between: pl.DataFrame) -> pl.DataFrame:
    """Longest gap of each post, from ``gaps``: page_key, incident_id, seconds, ended.

    While a post is open its longest silence may still be to come: it has not ended.
    """
    return between.group_by(POST, maintain_order=True).agg(
        pl.col("seconds").max(), pl.col("ended").all()
    )


def acknowledgement_lags(found: pl.DataFrame) -> pl.Series:
    """Seconds from the start of impact a post states to its first update, where not negative.

    Without posts made after the fact, which have nothing to acknowledge.
    """
    return live(found).filter(STATED & (LAG >= 0)).select(LAG.alias("seconds")).to_series()


def live(found: pl.DataFrame) -> pl.DataFrame:
    """Those of ``found`` that were posted while there still was something to say."""
    return found.filter(~pl.col("flags").list.contains("retrospective"))


def step_rows(found: pl.DataFrame, told: pl.DataFrame) -> Iterator[Row]:
    """Median and p90 of each step, and how many posts went back."""
    told = told.join(found.select(POST), on=POST, how="semi", maintain_order="left")
    passed = steps(told).filter(pl.col("seconds").is_not_null())
    by_step = passed.partition_by("stage", "next_stage", as_dict=True)
    for step in STEPS:
        seconds = by_step.get(step, passed.clear())["seconds"]
        yield from length_rows("_to_".join(step), seconds)
    back = regressions(told)["regressions"]
    n, some = len(back), int((back > 0).sum())
    total = {"value": float(back.sum()), "n": n} if n else {"n": 0, "status": INSUFFICIENT}
    yield "regressions", "moves back", total
    yield "regressed", "fraction", share(some, n)


def acknowledgement_rows(found: pl.DataFrame) -> Iterator[Row]:
    """Median and p90 of the lag, and the share of posts of which it is known."""
    lags, posts = acknowledgement_lags(found), live(found)
    yield from length_rows("acknowledgement_lag", lags)
    yield "acknowledgement_known", "fraction", share(len(lags), posts.height)


def gap_rows(found: pl.DataFrame, told: pl.DataFrame, as_of_s: int) -> Iterator[Row]:
    """Median and p90 over all gaps, and over each post's longest one."""
    between = gaps(found, told, as_of_s)
    for statistic, p, least in (("median", 0.5, MIN_MEDIAN), ("p90", 0.9, MIN_P90)):
        yield f"update_gap_{statistic}", "seconds", gap_quantile(between, p, least)
    longest = silences(between)
    yield from length_rows("longest_silence", longest["seconds"], longest["ended"])


def length_rows(name: str, seconds: pl.Series, ended: pl.Series | None = None) -> Iterator[Row]:
    """Median and p90 of durations, all of which ended unless told otherwise."""
    all_ended = [True] * len(seconds)
    sample = Sample(
        seconds.cast(pl.Float64).to_list(), all_ended if ended is None else ended.to_list()
    )
    yield f"{name}_median", "seconds", median(sample)
    yield f"{name}_p90", "seconds", p90(sample)


def gap_quantile(between: pl.DataFrame, p: float, least: int) -> dict[str, Any]:
    """A quantile over all gaps, of ``least`` posts at least, which is what n counts.

    The gaps of one post are alike, so the interval is Woodruff's, with posts as the units:
    that of the share of gaps up to the quantile, read off the curve.
    """
    which = between.select(pl.struct(POST).rank("dense")).to_series().to_numpy() - 1
    n = int(which.max()) + 1 if len(which) else 0
    if n < least:
        return {"n": n, "status": INSUFFICIENT}
    seconds, ended = between["seconds"].to_numpy(), between["ended"].to_numpy()
    curve = kaplan_meier(seconds.tolist(), ended.tolist())
    value = curve.quantile(p)
    known = ended | (seconds > value)
    apart = np.bincount(which, weights=np.where(known, (seconds <= value) - p, 0.0), minlength=n)
    error = float(np.sqrt(n / (n - 1) * (apart**2).sum())) / len(seconds)
    reach = float(stats.norm.ppf(1 - TAIL)) * error
    low, high = max(p - reach, 1 / len(seconds)), min(p + reach, 1.0)
    return estimate(n, value, curve.quantile(low), curve.quantile(high), seconds.max())
