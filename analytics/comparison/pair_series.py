"""Tell what the pictures of two providers show (METHODOLOGY, "Head-to-head").

Everything is over the time in which both were observed, unless it says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from analytics.answer import answer
from analytics.comparison.cohort import Member
from analytics.comparison.sensitivity import RULES
from analytics.comparison.shared_window import (
    INSTANT,
    begun_in_common,
    daily_downtime,
    instant,
    open_in_common,
    shared_cohort,
)
from analytics.downtime.observed_states import combined, extremes
from analytics.memo import once
from analytics.metrics.availability import SurfacePart, availability_row
from analytics.metrics.durations import impact_sample, open_sample, timed
from analytics.question import Question, as_weighed, but_rule, everything, selection, subject
from analytics.scope import Interval, epoch
from analytics.snapshot import Snapshot
from ingest.intervals import difference, intersection, union

SPANS: dict[str, Any] = {"start_at": INSTANT, "end_at": INSTANT, "seconds": pl.Int64}
ADDING_UP: dict[str, Any] = {
    "provider": pl.String,
    "at": INSTANT,
    "down_s": pl.Float64,
    "total_s": pl.Float64,
    "covered_s": pl.Int64,
}
LENGTHS: dict[str, Any] = {
    "provider": pl.String,
    "clock": pl.String,
    "seconds": pl.Float64,
    "ongoing": pl.Boolean,
    "began_at": INSTANT,
    "title": pl.String,
    "key": pl.String,
}


@once(subject)
def observed_spans(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Cut the window into spans in which both were observed, or not both.

    Columns: start_at, end_at, seconds, both. In order of time.
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
    """Return when both were down under the rule. Columns: start_at, end_at, seconds."""
    cohort = shared_cohort(snapshot, question)
    one, other = (_down(snapshot, question, member) for member in cohort.members)
    return _spans(intersection(one, other))


def _down(snapshot: Snapshot, question: Question, one: Member) -> list[Interval]:
    found = combined(snapshot, question, one.seen)
    hit = found.weight > 0
    return union(zip(found.start[hit].tolist(), found.end[hit].tolist(), strict=True))


def _spans(found: Sequence[Interval]) -> pl.DataFrame:
    rows = [(instant(start), instant(end), end - start) for start, end in found]
    return pl.DataFrame(rows, schema=SPANS, orient="row")


@once(everything)
def adding_up(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Time down under the rule as it adds up, day by day of the question's zone.

    Columns: provider, at (the end of the day, or where the common time begins), down_s (of
    the day, weighted), total_s (so far), covered_s (of the day, common to both). Days
    without common time are left out.
    """
    cohort = shared_cohort(snapshot, question)
    if not cohort.common:
        return pl.DataFrame(schema=ADDING_UP)
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
    return pl.DataFrame(rows, schema=ADDING_UP, orient="row")


@once(selection)
def lengths(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Return how long each post lasted whose impact began in the common time, by both clocks.

    Columns: provider, clock (open or impact), seconds, ongoing (so far, then), began_at,
    title, key (``<page_key>/<incident_id>``). Posts without a duration are left out, as in
    every duration (METHODOLOGY, "Durations").
    """
    cohort = shared_cohort(snapshot, question)
    frames = [
        part
        for found in begun_in_common(snapshot, question, cohort)
        for part in _lengths(found, snapshot)
    ]
    return pl.concat([pl.DataFrame(schema=LENGTHS), *frames])


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
    """Availability of both over their common time under every rule (``answer.SCHEMA``)."""
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
    """Return what became of one of the two over the common time."""
    coverage = {key: intersection(spans, common) for key, spans in one.scope.coverage.items()}
    seen = replace(one.seen, scope=replace(one.scope, coverage=coverage))
    measured, possible = combined(snapshot, question, seen).total(), None
    if seen.unsure:
        best, worst = (found.total().down_s for found in extremes(snapshot, question, seen))
        possible = best, worst
    return SurfacePart(one.known, measured, n, possible)
