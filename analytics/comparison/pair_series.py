"""Draw up what the pictures of two providers show (METHODOLOGY, "Head-to-head").

Everything is over the time in which both were observed, unless it says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from analytics.answer import INSTANT, answer
from analytics.comparison.cohort import Member
from analytics.comparison.sensitivity import RULES
from analytics.comparison.shared_window import (
    begun_in_common,
    daily_downtime,
    instant,
    open_in_common,
    shared_cohort,
)
from analytics.downtime.observed_states import combined, extremes
from analytics.incident_selection import POST
from analytics.memo import once
from analytics.metrics.availability import SurfacePart, availability_row
from analytics.metrics.durations import impact_sample, open_sample, timed
from analytics.question import Question, as_weighed, but_rule, everything, selection, subject
from analytics.scope import Interval, epoch
from analytics.snapshot import Snapshot
from ingest.intervals import difference, intersection, union

SPANS: Mapping[str, Any] = {"start_at": INSTANT, "end_at": INSTANT, "seconds": pl.Int64}
#: ``both``: whether both were observed.
OBSERVED_SPANS: Mapping[str, Any] = {**SPANS, "both": pl.Boolean}
ADDING_UP: Mapping[str, Any] = {
    "provider": pl.String,
    # The end of the day, or where the common time begins.
    "at": INSTANT,
    # Of the day, weighted.
    "down_s": pl.Float64,
    # So far.
    "total_s": pl.Float64,
    # Of the day, common to both.
    "covered_s": pl.Int64,
}
LENGTHS: Mapping[str, Any] = {
    "provider": pl.String,
    # Open or impact.
    "clock": pl.String,
    # So far, where it is ongoing.
    "seconds": pl.Float64,
    "ongoing": pl.Boolean,
    "began_at": INSTANT,
    "title": pl.String,
    # <page_key>/<incident_id>
    "key": pl.String,
}


@once(subject)
def observed_spans(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Cut the whole window into spans in which both were observed or not both.

    Returns:
        Columns of ``OBSERVED_SPANS``, in order of time.
    """
    start, end = question.window(snapshot.as_of)
    common = shared_cohort(snapshot, question).common
    rest = difference([(epoch(start), epoch(end))], common)
    frames = [
        _spans(found).with_columns(both=pl.lit(both))
        for found, both in ((common, True), (rest, False))
    ]
    return pl.concat(frames).sort("start_at")


@once(everything)
def overlaps(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Find when both were down under the rule.

    Returns:
        Columns of ``SPANS``, in order of time.
    """
    cohort = shared_cohort(snapshot, question)
    one, other = (_down(snapshot, question, member) for member in cohort.members)
    return _spans(intersection(one, other))


def _down(snapshot: Snapshot, question: Question, one: Member) -> list[Interval]:
    found = combined(snapshot, question, one.seen)
    hit = found.weight > 0
    return union(zip(found.start[hit].tolist(), found.end[hit].tolist(), strict=True))


def _spans(found: Sequence[Interval]) -> pl.DataFrame:
    rows = [(instant(start), instant(end), end - start) for start, end in found]
    return pl.DataFrame(rows, schema=dict(SPANS), orient="row")


@once(everything)
def adding_up(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Add up time down under the rule, day by day of the question's zone.

    Days without common time are left out.

    Returns:
        Columns of ``ADDING_UP``.
    """
    cohort = shared_cohort(snapshot, question)
    if not cohort.common:
        return pl.DataFrame(schema=dict(ADDING_UP))
    daily, seconds = daily_downtime(snapshot, question, cohort), cohort.seconds
    seen = np.flatnonzero(seconds > 0)
    begin = instant(cohort.edges[0])
    rows: list[tuple[Any, ...]] = []
    for one, down in zip(cohort.members, daily, strict=True):
        rows.append((one.scope.provider, begin, 0.0, 0.0, 0))
        totals = np.cumsum(down)
        rows += [
            (
                one.scope.provider,
                instant(cohort.edges[day + 1]),
                float(down[day]),
                float(totals[day]),
                int(seconds[day]),
            )
            for day in seen.tolist()
        ]
    return pl.DataFrame(rows, schema=dict(ADDING_UP), orient="row")


@once(selection)
def lengths(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """List how long the incidents of the common time lasted, by both clocks.

    Incidents without a duration are left out, as in every duration (METHODOLOGY, "Durations").

    Returns:
        Columns of ``LENGTHS``.
    """
    cohort = shared_cohort(snapshot, question)
    titles = snapshot.columns("incidents", [*POST, "title"])
    frames = [
        part
        for found in begun_in_common(snapshot, question, cohort)
        for part in _lengths(found.join(titles, on=POST, maintain_order="left"), snapshot)
    ]
    return pl.concat([pl.DataFrame(schema=dict(LENGTHS)), *frames])


def _lengths(found: pl.DataFrame, snapshot: Snapshot) -> Iterator[pl.DataFrame]:
    kept = timed(found)
    hit = kept.filter(pl.col("impact_seconds") > 0)
    end = epoch(snapshot.as_of)
    for clock, held, sample in (
        ("open", kept, open_sample(found, end)),
        ("impact", hit, impact_sample(found)),
    ):
        yield held.select(
            "provider",
            pl.lit(clock).alias("clock"),
            pl.Series("seconds", sample.seconds, dtype=pl.Float64),
            ~pl.Series("ongoing", sample.ended, dtype=pl.Boolean),
            pl.col("impact_start_at").alias("began_at"),
            "title",
            pl.concat_str("page_key", "incident_id", separator="/").alias("key"),
        )


@once(but_rule)
def by_rule(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Measure availability of both over their common time under every rule.

    Returns:
        Columns of ``answer.SCHEMA``.
    """
    cohort = shared_cohort(snapshot, question)
    if not cohort.common:
        return answer([])
    weighed = [as_weighed(replace(question, rule=rule, weights=None)) for rule in RULES]
    counted = {asked.minimum: asked for asked in weighed}
    opened = {
        minimum: open_in_common(snapshot, asked, cohort) for minimum, asked in counted.items()
    }
    return answer(
        availability_row(snapshot, asked, _part(snapshot, asked, one, cohort.common, k))
        for asked in weighed
        for one, k in zip(cohort.members, opened[asked.minimum], strict=True)
    )


def _part(
    snapshot: Snapshot, question: Question, one: Member, common: Sequence[Interval], n: int
) -> SurfacePart:
    """Measure one of the two over the common time."""
    coverage = {key: intersection(spans, common) for key, spans in one.scope.coverage.items()}
    seen = replace(one.seen, scope=replace(one.scope, coverage=coverage))
    measured, possible = combined(snapshot, question, seen).total(), None
    if seen.unsure:
        best, worst = (found.total().down_s for found in extremes(snapshot, question, seen))
        possible = best, worst
    return SurfacePart(one.known.totals, measured, n, possible)
