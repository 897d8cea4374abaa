"""Measure how incidents move: stages, acknowledgement, gaps.

METHODOLOGY, "Stages".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
from scipy import special

from analytics.answer import INSUFFICIENT, TAIL, answer, row
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
from analytics.metrics.frequency import begun
from analytics.question import MAINTENANCE, Question, nothing, selection
from analytics.scope import SCOPE, ScopeKey, by_scope, epoch, scopes, sizes
from analytics.snapshot import Snapshot
from analytics.statistics.proportions import share
from analytics.statistics.survival import Array, kaplan_meier

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


@dataclass(frozen=True, slots=True)
class Movement:
    """Movement of the incidents of each scope: values of all of them, in no order.

    ``steps``: seconds of each step of ``STEPS``. ``regressions``: moves back of each incident.
    ``live``: how many were posted while they lasted; ``lags``: seconds to acknowledge, where
    known. ``gaps``: incident (a number), seconds and whether it ended, of each gap between
    updates; ``silences``: seconds and whether it ended, of each longest one.
    """

    steps: Mapping[tuple[ScopeKey, tuple[str, str]], list[int]]
    regressions: Mapping[ScopeKey, Sequence[list[Any]]]
    live: Mapping[ScopeKey, int]
    lags: Mapping[ScopeKey, Sequence[list[Any]]]
    gaps: Mapping[ScopeKey, Sequence[list[Any]]]
    silences: Mapping[ScopeKey, Sequence[list[Any]]]


@once(selection)
def stages(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Measure stage lengths, acknowledgement lag, update gaps and silences.

    n counts incidents. ``a_to_b``: from first entering a to first entering b (resolved: the last
    time), of incidents for which b is the next stage they have. What would be negative is left
    out.

    Returns:
        Columns of ``answer.SCHEMA``.
    """
    moved, told = movement(snapshot, question), told_rows(snapshot, question)
    return answer(
        row(snapshot, question, scope, metric, unit, **at_least(numbers))
        for scope in scopes(snapshot, question)
        for metric, unit, numbers in (*step_rows(moved, scope.key), *told[scope.key])
    )


@once(selection)
def movement(snapshot: Snapshot, question: Question) -> Movement:
    """Return how the incidents begun in covered time moved; maintenances are none."""
    found = begun_incidents(snapshot, question)
    followed = timed(found).select(*SCOPE, *POST)
    waits = known_gaps(snapshot)
    passed = followed.join(known_steps(snapshot), on=POST)
    by_step = passed.group_by(*SCOPE, "stage", "next_stage").agg("seconds")
    return Movement(
        steps={
            ((provider, surface), (stage, after)): its
            for provider, surface, stage, after, its in by_step.iter_rows()
        },
        regressions=by_scope(followed.join(known_regressions(snapshot), on=POST), "regressions"),
        live=sizes(live(found)),
        lags=by_scope(acknowledgement_lags(found), "seconds"),
        gaps=by_scope(followed.join(waits, on=POST).sort("at"), "post", "seconds", "ended"),
        silences=by_scope(followed.join(silences(waits), on=POST), "seconds", "ended"),
    )


def begun_incidents(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Select those begun in covered time, without maintenances.

    Returns:
        Columns as from ``incident_selection.selected``.
    """
    return begun(snapshot, question).filter(pl.col("kind") != MAINTENANCE)


def updates(snapshot: Snapshot, found: pl.DataFrame) -> pl.DataFrame:
    """Return the updates of ``found`` in the order written.

    Returns:
        Columns of table ``updates``; ``at_s``, when one was really written, where the page says,
        else when it is displayed; ``rank``, the place of its stage in ``STAGES``, null for others.
    """
    rank = pl.col("stage").replace_strict(dict(zip(STAGES, range(4), strict=True)), default=None)
    return (
        snapshot.table("updates")
        .join(found.select(POST), on=POST, how="semi")
        .with_columns(pl.coalesce("created_s", "display_s").alias("at_s"), rank.alias("rank"))
        .sort(*POST, "at_s", "display_s", "rank", "update_id")
    )


@once(nothing)
def known_updates(snapshot: Snapshot) -> pl.DataFrame:
    """Put every update in order.

    Returns:
        Columns as from ``updates``.
    """
    return updates(snapshot, snapshot.table("incidents"))


@once(nothing)
def known_steps(snapshot: Snapshot) -> pl.DataFrame:
    """Measure every step between stages that has a length.

    Returns:
        Columns as from ``steps``.
    """
    return steps(known_updates(snapshot)).filter(pl.col("seconds").is_not_null())


@once(nothing)
def known_regressions(snapshot: Snapshot) -> pl.DataFrame:
    """Count how often every incident fell back.

    Returns:
        Columns as from ``regressions``.
    """
    return regressions(known_updates(snapshot))


@once(nothing)
def known_gaps(snapshot: Snapshot) -> pl.DataFrame:
    """Measure every gap between updates.

    Returns:
        Columns as from ``gaps``; at, a number for the gap; post, one for its incident.
    """
    told = gaps(snapshot.table("incidents"), known_updates(snapshot), epoch(snapshot.as_of))
    return told.with_columns(pl.struct(POST).rank("dense").alias("post")).with_row_index("at")


def steps(told: pl.DataFrame) -> pl.DataFrame:
    """Measure how long each stage of each incident lasted.

    A stage lasts from its first entry to that of the next stage the incident has; resolved
    counts by its last. Without a length, ``reason`` says why: ``negative`` (the next was
    entered before) or ``missing`` (there is no next).

    Args:
        told: Updates as from ``updates``.

    Returns:
        Columns page_key, incident_id, stage, next_stage, seconds, reason.
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
    """Count how often each incident fell back to an earlier stage.

    Args:
        told: Updates as from ``updates``.

    Returns:
        Columns page_key, incident_id, regressions.
    """
    back = pl.col("rank").diff().over(POST) < 0
    return (
        told.filter(pl.col("rank").is_not_null())
        .with_columns(back.alias("back"))
        .group_by(POST, maintain_order=True)
        .agg(pl.col("back").sum().alias("regressions"))
    )


def gaps(found: pl.DataFrame, told: pl.DataFrame, as_of_s: int) -> pl.DataFrame:
    """Measure the time from each update to the next while an incident is open.

    The last gap of an incident still open runs on to as-of and has not ended.

    Args:
        found: Incidents.
        told: Their updates, and maybe those of others, as from ``updates``.
        as_of_s: As-of in epoch seconds.

    Returns:
        Columns page_key, incident_id, seconds, ended.
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
    """Keep the longest gap of each incident.

    While an incident is open its longest silence may still be to come: it has not ended.

    Args:
        between: Gaps as from ``gaps``.

    Returns:
        Columns page_key, incident_id, seconds, ended.
    """
    return between.group_by(POST, maintain_order=True).agg(
        pl.col("seconds").max(), pl.col("ended").all()
    )


def acknowledgement_lags(found: pl.DataFrame) -> pl.DataFrame:
    """Add ``seconds`` from the start of impact an incident states to its first update.

    Keeps those where that is known and not negative. Incidents posted after the fact have
    nothing to acknowledge.

    Returns:
        Columns of ``found`` and seconds.
    """
    return live(found).filter(STATED & (LAG >= 0)).with_columns(LAG.alias("seconds"))


def live(found: pl.DataFrame) -> pl.DataFrame:
    """Keep those that were posted while there still was something to say.

    Returns:
        Columns of ``found``.
    """
    return found.filter(~pl.col("flags").list.contains("retrospective"))


def step_rows(moved: Movement, of: ScopeKey) -> Iterator[Row]:
    """Yield median and p90 of each step, and how many incidents went back."""
    for step in STEPS:
        yield from length_rows("_to_".join(step), moved.steps.get((of, step), []))
    [back] = moved.regressions.get(of, [[]])
    n, some = len(back), sum(moves > 0 for moves in back)
    total = {"value": float(sum(back)), "n": n} if n else {"n": 0, "status": INSUFFICIENT}
    yield "regressions", "moves back", total
    yield "regressed", "fraction", share(some, n)


@once(selection)
def told_rows(snapshot: Snapshot, question: Question) -> Mapping[ScopeKey, Sequence[Row]]:
    """Return the rows about acknowledgement and gaps of each scope."""
    moved = movement(snapshot, question)
    keys = [scope.key for scope in scopes(snapshot, question)]
    return {key: [*acknowledgement_rows(moved, key), *gap_rows(moved, key)] for key in keys}


def acknowledgement_rows(moved: Movement, of: ScopeKey) -> Iterator[Row]:
    """Yield median and p90 of the lag, and how often it is known."""
    [lags] = moved.lags.get(of, [[]])
    yield from length_rows("acknowledgement_lag", lags)
    yield "acknowledgement_known", "fraction", share(len(lags), moved.live.get(of, 0))


def gap_rows(moved: Movement, of: ScopeKey) -> Iterator[Row]:
    """Yield median and p90 over all gaps, and over each incident's longest one."""
    which, seconds, ended = map(np.asarray, moved.gaps.get(of, [[], [], []]))
    for statistic, p, least in (("median", 0.5, MIN_MEDIAN), ("p90", 0.9, MIN_P90)):
        quantile = gap_quantile(which, seconds, ended, p, least)
        yield f"update_gap_{statistic}", "seconds", quantile
    yield from length_rows("longest_silence", *moved.silences.get(of, [[], []]))


def length_rows(
    name: str, seconds: Sequence[float], ended: Sequence[bool] | None = None
) -> Iterator[Row]:
    """Yield median and p90 of durations, all of which ended unless told otherwise."""
    sample = Sample(seconds, [True] * len(seconds) if ended is None else ended)
    yield f"{name}_median", "seconds", median(sample)
    yield f"{name}_p90", "seconds", p90(sample)


def gap_quantile(
    which: Array, seconds: Array, ended: Array, p: float, least: int
) -> dict[str, Any]:
    """Estimate a quantile over all gaps, of ``least`` incidents at least.

    The gaps of one incident are alike, so the interval is Woodruff's, with incidents as the
    units: that of the share of gaps up to the quantile, read off the curve.

    Args:
        which: The incident of each gap, as a number.
        seconds: Its length.
        ended: Whether it ended.
        p: Which quantile, as a fraction.
        least: With fewer incidents there is no value.
    """
    known, which = np.unique(which, return_inverse=True)
    n = len(known)
    if n < least:
        return {"n": n, "status": INSUFFICIENT}
    curve = kaplan_meier(seconds, ended)
    value = curve.quantile(p)
    certain = ended | (seconds > value)
    apart = np.bincount(which, weights=np.where(certain, (seconds <= value) - p, 0.0), minlength=n)
    error = float(np.sqrt(n / (n - 1) * (apart**2).sum())) / len(seconds)
    reach = float(special.ndtri(1 - TAIL)) * error
    low, high = max(p - reach, 1 / len(seconds)), min(p + reach, 1.0)
    return estimate(n, value, curve.quantile(low), curve.quantile(high), seconds.max())
