"""Measure how incidents move: stages, acknowledgement, gaps.

METHODOLOGY, "Stages".
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl
from scipy import special

from analytics.answer import NUMBER, OK, TAIL, answered
from analytics.memo import once
from analytics.metrics.durations import timed
from analytics.metrics.frequency import begun
from analytics.question import MAINTENANCE, Question, nothing, selection
from analytics.scope import SCOPE, epoch, scopes
from analytics.snapshot import Snapshot, fetched, legible
from analytics.statistics.durations import grouped
from analytics.statistics.estimates import LEAST, MEDIAN, P90, at_least, estimates, estimates_of
from analytics.statistics.proportions import shares

#: In the order in which an incident is expected to pass them.
STAGES = ("investigating", "identified", "monitoring", "resolved")
STEPS = tuple(combinations(STAGES, 2))
#: After one of these a post is over, until it speaks of trouble again.
CLOSED = ("resolved", "postmortem")
#: Why a stage has no length.
NEGATIVE = "negative"
MISSING = "missing"
POST = ["page_key", "incident_id"]
#: What is read of updates: all but their words.
OF_UPDATES = (
    *(*POST, "update_id", "stage", "created_at", "display_at"),
    *("created_s", "display_s", "edited_s"),
)
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
    followed = timed(begun_incidents(snapshot, question)).select(*SCOPE, *POST)
    stepped = steps_of(
        followed.join(known_steps(snapshot), on=POST),
        followed.join(known_regressions(snapshot), on=POST),
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
    followed = timed(found).select(*SCOPE, *POST)
    waits = known_gaps(snapshot)
    return told_of(
        live(found).select(SCOPE),
        acknowledgement_lags(found).select(*SCOPE, "seconds"),
        followed.join(waits, on=POST).sort("at"),
        followed.join(silences(waits), on=POST),
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
        when it is displayed; ``rank``, the place of its stage in ``STAGES``, null for others.
    """
    told = snapshot.columns("updates", OF_UPDATES)
    return _in_order(told.join(found.select(POST), on=POST, how="semi"))


def _in_order(told: pl.DataFrame) -> pl.DataFrame:
    """Return updates in the order written, as ``updates`` does."""
    rank = pl.col("stage").replace_strict(dict(zip(STAGES, range(4), strict=True)), default=None)
    return told.with_columns(
        pl.coalesce("created_s", "display_s").alias("at_s"), rank.alias("rank")
    ).sort(*POST, "at_s", "display_s", "rank", "update_id")


@once(nothing)
def known_updates(snapshot: Snapshot) -> pl.DataFrame:
    """Put every update in order.

    Returns:
        Columns as from ``updates``.
    """
    with snapshot.related("updates", "incidents") as read:
        told = read["updates"].select(*OF_UPDATES)
        return _in_order(legible(fetched(told.join(read["incidents"], on=POST, how="semi"))))


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
    every = snapshot.columns("incidents", [*POST, "resolved_at"])
    told = gaps(every, known_updates(snapshot), epoch(snapshot.as_of))
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
