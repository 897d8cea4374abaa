"""Build the league table of the Overview: one row per provider and surface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from analytics.answer import ASKED, NO_COVERAGE, OK, SCOPE, WINDOW, blank
from analytics.memo import once
from analytics.metrics.availability import under_rules
from analytics.metrics.durations import durations
from analytics.metrics.frequency import frequency
from analytics.question import Question, everything
from analytics.read_models.monthly import monthly
from analytics.rules import BESIDE, HEADLINE
from analytics.snapshot import Snapshot
from ingest.models import time_zone

KEY = ["provider", "surface"]
#: Durations of a league table.
STATED = ("median", "p90")
#: Months of the trend shown beside a row.
TREND_MONTHS = 12
LEAGUE: Mapping[str, Any] = {
    **SCOPE,
    "availability": pl.Float64,
    "availability_low": pl.Float64,
    "availability_high": pl.Float64,
    "rule": pl.String,
    "down_s": pl.Float64,
    "unknown_s": pl.Int64,
    # That of the states; of a surface that has none, only incidents, that of the incidents.
    "coverage": pl.Float64,
    "status": pl.String,
    **WINDOW,
    **ASKED,
    # What the availability rests on: component_states, whole_incidents or monitor.
    "basis": pl.String,
    # What the bounds of the availability are about; those of the rate are of sampling.
    "interval": pl.String,
    # Availability under the rule shown beside.
    "beside": pl.Float64,
    "beside_rule": pl.String,
    "n": pl.Int64,
    "rate": pl.Float64,
    "rate_low": pl.Float64,
    "rate_high": pl.Float64,
    # Ending in _beyond_s: what it is only known to be longer than, where too many are still open.
    "open_median_s": pl.Float64,
    "open_median_beyond_s": pl.Float64,
    "open_p90_s": pl.Float64,
    "open_p90_beyond_s": pl.Float64,
    "impact_median_s": pl.Float64,
    "impact_median_beyond_s": pl.Float64,
    "impact_p90_s": pl.Float64,
    "impact_p90_beyond_s": pl.Float64,
    # Availability of each of the last 12 calendar months of the window, null where nothing was
    # observed.
    "trend": pl.List(pl.Float64),
    "name": pl.String,
    "source_class": pl.String,
}


#: Columns of an answer that a row repeats.
FACTS = ("rule", "down_s", "unknown_s", "coverage", "status", *WINDOW, "classes")


@once(everything)
def league(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Build the league table, providers with a number first.

    A number below its minimum is null, and so is what nothing covers.

    Returns:
        Columns of ``LEAGUE``.
    """
    other = HEADLINE if question.rule == BESIDE else BESIDE
    both = under_rules(snapshot, question, [question.rule, other])
    main, beside = (both.filter(pl.col("rule") == rule) for rule in (question.named_rule, other))
    lasting = durations(snapshot, question)
    names = snapshot.table("providers").select("provider", "name", "source_class")
    least = pl.lit(question.minimum, pl.String).alias("minimum")
    table = blank(main).select(
        *KEY, *_named("availability"), *FACTS, least, "method_version", "basis", "interval"
    )
    parts = [
        beside.select(*KEY, pl.col("value").alias("beside"), pl.col("rule").alias("beside_rule")),
        blank(frequency(snapshot, question)).select(
            *KEY, "n", *_named("rate"), pl.col("coverage").alias("posts_covered")
        ),
        *[_duration(lasting, f"{of}_{which}") for of in ("open", "impact") for which in STATED],
        _trend(snapshot, question),
    ]
    for part in (*parts, names):
        key = KEY if "surface" in part.columns else ["provider"]
        table = table.join(part, on=key, how="left", maintain_order="left")
    only_posts = pl.when(pl.col("status") == NO_COVERAGE).then("posts_covered")
    table = table.with_columns(pl.coalesce(only_posts, "coverage").alias("coverage"))
    return table.select(list(LEAGUE)).sort(pl.col("status") != OK, maintain_order=True)


def _named(metric: str) -> tuple[pl.Expr, ...]:
    """Call a value and its interval by their metric."""
    return (
        pl.col("value").alias(metric),
        pl.col("low").alias(f"{metric}_low"),
        pl.col("high").alias(f"{metric}_high"),
    )


def _duration(lasting: pl.DataFrame, metric: str) -> pl.DataFrame:
    mine = lasting.filter(pl.col("metric") == metric)
    beyond = pl.when(pl.col("value").is_null()).then("low")
    return mine.select(
        *KEY, pl.col("value").alias(f"{metric}_s"), beyond.alias(f"{metric}_beyond_s")
    )


def _trend(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    _, end = question.window(snapshot.as_of)
    last = (end - timedelta(microseconds=1)).astimezone(time_zone(question.zone)).date()
    first = (last.year * 12 + last.month - TREND_MONTHS) // 12, (last.month % 12) + 1
    since, until = date(*first, 1), last + timedelta(days=1)
    months = monthly(snapshot, replace(question, since=since, until=until, previous=False))
    return months.group_by(KEY, maintain_order=True).agg(pl.col("value").alias("trend"))
