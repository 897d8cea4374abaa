"""Tell what the Overview shows: one row per provider and surface."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from analytics.answer import NO_COVERAGE, OK, blank
from analytics.evidence.provenance import bases
from analytics.memo import once
from analytics.metrics.availability import under_rules
from analytics.metrics.durations import durations
from analytics.metrics.frequency import frequency
from analytics.question import Question, everything
from analytics.read_models.monthly import monthly
from analytics.rules import BESIDE, HEADLINE
from analytics.snapshot import Snapshot

KEY = ["provider", "surface"]
#: Durations of a league table.
STATED = ("median", "p90")
#: Months of the trend shown beside a row.
TREND_MONTHS = 12


@once(everything)
def league(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """One row per provider and surface in the order asked, those with a number first.

    Columns: provider, name, source_class, surface, availability, availability_low,
    availability_high, basis (of the component states), rule, beside (availability under the
    rule shown beside), beside_rule, down_s, rate, rate_low, rate_high, open_median_s,
    open_p90_s, impact_median_s, impact_p90_s, the same four ending in _beyond_s (what it is
    only known to be longer than, where too many posts are still open), n, coverage, unknown_s,
    window_start, window_end, classes, minimum, method_version, trend (availability of each of
    the last 12 calendar months of the window, null where nothing was observed), status. A
    number below its minimum is null, and so is what nothing vouches for. ``coverage`` is that
    of the states; of a surface that has none, only posts, that of the posts.
    """
    other = HEADLINE if question.rule == BESIDE else BESIDE
    both = under_rules(snapshot, question, [question.rule, other])
    main, beside = (both.filter(pl.col("rule") == rule) for rule in (question.named_rule, other))
    rate = frequency(snapshot, question)
    lasting = durations(snapshot, question)
    names = snapshot.table("providers").select("provider", "name", "source_class")
    table = blank(main).select(
        *KEY,
        pl.col("value").alias("availability"),
        pl.col("low").alias("availability_low"),
        pl.col("high").alias("availability_high"),
        "rule",
        "down_s",
        "unknown_s",
        "coverage",
        "status",
        "window_start",
        "window_end",
        "classes",
        pl.lit(question.minimum, pl.String).alias("minimum"),
        "method_version",
    )
    parts = [
        bases(snapshot, question),
        beside.select(*KEY, pl.col("value").alias("beside"), pl.col("rule").alias("beside_rule")),
        blank(rate).select(
            *KEY,
            "n",
            pl.col("value").alias("rate"),
            pl.col("low").alias("rate_low"),
            pl.col("high").alias("rate_high"),
            pl.col("coverage").alias("posts_covered"),
        ),
        *[_duration(lasting, f"{of}_{which}") for of in ("open", "impact") for which in STATED],
        _trend(snapshot, question),
    ]
    for part in (*parts, names):
        key = KEY if "surface" in part.columns else ["provider"]
        table = table.join(part, on=key, how="left", maintain_order="left")
    only_posts = pl.when(pl.col("status") == NO_COVERAGE).then("posts_covered")
    table = table.with_columns(pl.coalesce(only_posts, "coverage").alias("coverage"))
    return table.drop("posts_covered").sort(pl.col("status") != OK, maintain_order=True)


def _duration(lasting: pl.DataFrame, metric: str) -> pl.DataFrame:
    mine = lasting.filter(pl.col("metric") == metric)
    beyond = pl.when(pl.col("value").is_null()).then("low")
    return mine.select(
        *KEY, pl.col("value").alias(f"{metric}_s"), beyond.alias(f"{metric}_beyond_s")
    )


def _trend(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    _, end = question.window(snapshot.as_of)
    last = (end - timedelta(microseconds=1)).astimezone(ZoneInfo(question.zone)).date()
    first = (last.year * 12 + last.month - TREND_MONTHS) // 12, (last.month % 12) + 1
    since, until = date(*first, 1), last + timedelta(days=1)
    months = monthly(snapshot, replace(question, since=since, until=until, previous=False))
    return months.group_by(KEY, maintain_order=True).agg(pl.col("value").alias("trend"))
