"""Measure how incidents move: stages, acknowledgement, gaps.

METHODOLOGY, "Stages".
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import polars as pl
from scipy import special

from analytics.answer import NUMBER, OK, TAIL, answered
from analytics.memo import once
from analytics.metrics.durations import timed
from analytics.metrics.frequency import begun
from analytics.metrics.stage_moves import POST, STAGES, gaps, regressions, silences, steps
from analytics.question import MAINTENANCE, Question, nothing, selection
from analytics.scope import SCOPE, epoch, scopes
from analytics.snapshot import Snapshot, fetched, legible
from analytics.statistics.durations import grouped
from analytics.statistics.estimates import LEAST, MEDIAN, P90, at_least, estimates, estimates_of
from analytics.statistics.proportions import shares

STEPS = tuple(combinations(STAGES, 2))
#: After one of these a post is over, until it speaks of trouble again.
CLOSED = ("resolved", "postmortem")
#: The incident of an update as a number, for what is worked out of all of them at once.
NUMBER_OF_POST = ["post"]
#: What orders the updates of an incident, and what is read of them besides: none of their words.
ORDERING = ("update_id", "stage", "created_s", "display_s")
OF_UPDATES = (*POST, *ORDERING, "created_at", "display_at", "edited_s")
#: From the start of impact to the first update, where the text states that start.
LAG = pl.col("published_s") - pl.col("impact_start_s")
STATED = pl.col("impact_start_basis") == "stated"

#: Estimated of whatever has a length, and which quantile each is.
LENGTH = {MEDIAN: 0.5, P90: 0.9}
#: Unit of each metric, in the order of the rows: of steps, and of what is told.
STEPPED = {
    **{f"{a}_to_{b}_{name}": "seconds" for a, b in STEPS for name in LENGTH},
    "regressions": "moves back",
    "regressed": "fraction",
}
TOLD = {
    **{f"acknowledgement_lag_{name}": "seconds" for name in LENGTH},
    "acknowledgement_known": "fraction",
    **{f"{of}_{name}": "seconds" for of in ("update_gap", "longest_silence") for name in LENGTH},
}


@once(selection)
def stages(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Measure stage lengths, acknowledgement lag, update gaps and silences.

    n counts incidents. ``a_to_b``: from first entering a to first entering b (resolved: the last
    time), of incidents for which b is the next stage they have. What would be negative is left
    out.

    Returns:
        Columns of ``answer.SCHEMA``.
    """
    followed = with_number(
        snapshot, timed(begun_incidents(snapshot, question)).select(*SCOPE, *POST)
    )
    stepped = steps_of(
        followed.join(known_steps(snapshot), on="post"),
        followed.join(known_regressions(snapshot), on="post"),
    )
    found = at_least(pl.concat([stepped, told(snapshot, question)]))
    return answered(snapshot, question, scopes(snapshot, question), {**STEPPED, **TOLD}, found)


def steps_of(passed: pl.DataFrame, fallen: pl.DataFrame) -> pl.DataFrame:
    """Estimate the length of each step of the incidents of each scope, and count moves back.

    Args:
        passed: Columns provider, surface, stage, next_stage and seconds of each step.
        fallen: Columns provider, surface and regressions of each incident.

    Returns:
        Columns provider, surface, metric, value, low, high, n and status; in no order.
    """
    named = pl.format("{}_to_{}", "stage", "next_stage")
    lengths = passed.select(*SCOPE, "seconds", of=named, ended=pl.lit(value=True))
    n, back = pl.len().cast(pl.Int64), pl.col("regressions")
    counted = fallen.group_by(SCOPE).agg(
        back.sum().alias("value"), (back > 0).sum().alias("some"), n.alias("n")
    )
    moves = counted.select(
        *SCOPE,
        pl.lit("regressions").alias("metric"),
        pl.col("value").cast(pl.Float64),
        pl.lit(None, pl.Float64).alias("low"),
        pl.lit(None, pl.Float64).alias("high"),
        "n",
        pl.lit(OK).alias("status"),
    )
    went = shares(counted, {"regressed": ("some", "n")})
    return pl.concat([estimates_of(lengths, [*LENGTH]), moves, went])


@once(selection)
def told(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Estimate acknowledgement lags, gaps between updates and silences of each scope.

    Returns:
        Columns as from ``told_of``.
    """
    found = begun_incidents(snapshot, question)
    followed = with_number(snapshot, timed(found).select(*SCOPE, *POST))
    waits = known_gaps(snapshot)
    return told_of(
        live(found).select(SCOPE),
        acknowledgement_lags(found).select(*SCOPE, "seconds"),
        followed.join(waits, on="post", maintain_order="right"),
        followed.join(silences(waits, NUMBER_OF_POST), on="post"),
    )


def told_of(
    posted: pl.DataFrame, lags: pl.DataFrame, between: pl.DataFrame, longest: pl.DataFrame
) -> pl.DataFrame:
    """Estimate acknowledgement lags, gaps between updates and silences of each scope.

    Args:
        posted: Provider and surface of each incident that was posted while it lasted.
        lags: Columns provider, surface and seconds to acknowledge, where known.
        between: Columns provider, surface, post (a number), seconds and ended of each gap
            between updates; those of one post stand together.
        longest: Columns provider, surface, seconds and ended of the longest gap of each.

    Returns:
        Columns provider, surface, metric, value, low, high, n and status; in no order.
    """
    known = lags.group_by(SCOPE).len("known")
    counts = posted.group_by(SCOPE).len("posted").join(known, on=SCOPE, how="left")
    lengths = [
        lags.select(*SCOPE, "seconds", ended=pl.lit(value=True), of=pl.lit("acknowledgement_lag")),
        longest.select(*SCOPE, "seconds", "ended", of=pl.lit("longest_silence")),
    ]
    return pl.concat(
        [
            estimates_of(pl.concat(lengths), [*LENGTH]),
            shares(counts.fill_null(0), {"acknowledgement_known": ("known", "posted")}),
            gap_quantiles(between),
        ]
    )


def begun_incidents(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Select those begun in covered time, without maintenances.

    Returns:
        Columns as from ``incident_selection.facts``.
    """
    found = begun(snapshot, question)
    planned = found["kind"] == MAINTENANCE
    return found.filter(~planned) if planned.any() else found


def updates(snapshot: Snapshot, found: pl.DataFrame) -> pl.DataFrame:
    """Return the updates of ``found`` in the order written.

    Returns:
        Columns ``OF_UPDATES``; ``at_s``, when one was really written, where the page says, else
        when it is displayed; ``rank``, the place of its stage in ``STAGES``, null for others;
        ``over``, whether its stage is one of ``CLOSED``.
    """
    told = snapshot.columns("updates", OF_UPDATES)
    return _in_order(told.join(found.select(POST), on=POST, how="semi"), POST)


def _in_order(told: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Return updates in the order written, as ``updates`` does."""
    ranks = {stage: rank for rank, stage in enumerate(STAGES)}
    return told.with_columns(
        pl.coalesce("created_s", "display_s").alias("at_s"),
        pl.col("stage").replace_strict(ranks, default=None, return_dtype=pl.Int8).alias("rank"),
        pl.col("stage").is_in(CLOSED).alias("over"),
    ).sort(*by, "at_s", "display_s", "rank", "update_id")


@once(nothing)
def _numbered(snapshot: Snapshot) -> pl.DataFrame:
    """Give every incident a number: page_key, incident_id, post.

    A million updates are told apart by it in a fraction of the time and memory that names take.
    """
    with snapshot.related("incidents") as read:
        named = fetched(read["incidents"].select(*POST).unique())
    return named.sort(*POST).with_row_index("post")


def with_number(snapshot: Snapshot, found: pl.DataFrame) -> pl.DataFrame:
    """Add ``post`` to incidents: the number by which ``known_updates`` tells them apart.

    Returns:
        Columns of ``found`` and post.
    """
    return found.join(legible(_numbered(snapshot)), on=POST, maintain_order="left")


@once(nothing)
def known_updates(snapshot: Snapshot) -> pl.DataFrame:
    """Put every update in order.

    Returns:
        Columns post (``with_number``), at_s, rank and over (``updates``).
    """
    with snapshot.related("updates", numbers=_numbered(snapshot)) as read:
        told = read["updates"].select(*POST, *ORDERING).join(read["numbers"], on=POST)
        rows = fetched(told.select("post", *ORDERING))
    return _in_order(rows, NUMBER_OF_POST).select("post", "at_s", "rank", "over")


@once(nothing)
def known_steps(snapshot: Snapshot) -> pl.DataFrame:
    """Measure every step between stages that has a length.

    Returns:
        Columns post, stage, next_stage and seconds, as from ``steps``.
    """
    every = steps(known_updates(snapshot), NUMBER_OF_POST)
    return every.filter(pl.col("seconds").is_not_null()).drop("reason")


@once(nothing)
def known_regressions(snapshot: Snapshot) -> pl.DataFrame:
    """Count how often every incident fell back.

    Returns:
        Columns post and regressions.
    """
    return regressions(known_updates(snapshot), NUMBER_OF_POST)


@once(nothing)
def known_gaps(snapshot: Snapshot) -> pl.DataFrame:
    """Measure every gap between updates.

    Returns:
        Columns post, seconds and ended, as from ``gaps``; those of one incident stand together.
    """
    every = with_number(snapshot, snapshot.columns("incidents", [*POST, "resolved_at"]))
    return gaps(every, known_updates(snapshot), epoch(snapshot.as_of), NUMBER_OF_POST)


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


def gap_quantiles(between: pl.DataFrame) -> pl.DataFrame:
    """Estimate median and 90th percentile over all gaps of each scope; n counts incidents.

    The gaps of one incident are alike, so the interval is Woodruff's, with incidents as the
    units: that of the share of gaps up to the quantile, read off the curve.

    Args:
        between: Columns provider, surface, post (the incident, as a number), seconds and ended;
            the gaps of one incident stand together.

    Returns:
        Columns provider, surface, metric, value, low, high, n and status; in no order.
    """
    lists = between.group_by(SCOPE).agg("post", "seconds", "ended")
    each = lists.with_row_index("of").explode("post", "seconds", "ended")
    of, post = (each[name].cast(pl.Int64).to_numpy() for name in ("of", "post"))
    seconds, ended = each["seconds"].to_numpy(), each["ended"].to_numpy()
    curves = grouped(of, seconds, ended, lists.height)
    begins = np.diff(of, prepend=-1) | np.diff(post, prepend=-1) != 0
    unit = np.cumsum(begins) - 1
    n = np.bincount(of[begins], minlength=lists.height)
    found = []
    for name, p in LENGTH.items():
        value = curves.quantiles(p)
        certain = ended | (seconds > value[of])
        apart = np.bincount(unit, weights=np.where(certain, (seconds <= value[of]) - p, 0.0))
        spread = np.bincount(of[begins], weights=apart**2, minlength=lists.height)
        error = np.sqrt(n / np.maximum(n - 1, 1) * spread) / curves.sizes
        reach = special.ndtri(1 - TAIL) * error
        low = curves.quantiles(np.maximum(p - reach, 1 / curves.sizes))
        high = curves.quantiles(np.minimum(p + reach, 1.0))
        numbers = estimates(n, n >= LEAST[name], value, low, high, curves.longest)
        key = lists.select(*SCOPE, pl.lit(f"update_gap_{name}").alias("metric"))
        found.append(key.hstack(numbers))
    return pl.concat(found).select(*SCOPE, "metric", *NUMBER, "status")
