"""What the Overview shows: one row per provider and surface, and one per day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import polars as pl

from analytics.availability import availability, states_inside
from analytics.durations import durations
from analytics.frequency import frequency
from analytics.question import Question
from analytics.rules import BESIDE, HEADLINE
from analytics.scope import Scope, scopes, with_states
from analytics.snapshot import Snapshot
from ingest.intervals import difference, intersection, total, union
from ingest.models import SEVERITY, State

DAY_S = 86_400
KEY = ["provider", "surface"]
#: What a day is drawn as, worst last; a day nobody vouches for is none of them.
DAY_STATES = ("operational", "maintenance", "degraded", "partial", "major", "unknown", "no data")


def league(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """One row per provider and surface: availability, rate, durations, coverage, n.

    Columns: provider, name, surface, availability, rule, beside (availability under the
    rule shown beside), down_s, rate, rate_low, rate_high, open_median_s, impact_median_s,
    n, coverage, unknown_s, status. A number below its minimum is null.
    """
    main = availability(snapshot, question)
    other = HEADLINE if question.rule == BESIDE else BESIDE
    beside = availability(snapshot, replace(question, rule=other, weights=None))
    rate = frequency(snapshot, question)
    lasting = durations(snapshot, question)
    names = snapshot.table("providers").select("provider", "name", "source_class")
    table = main.select(
        *KEY,
        pl.col("value").alias("availability"),
        "rule",
        "down_s",
        "unknown_s",
        "coverage",
        "status",
        "window_start",
        "window_end",
    )
    parts = [
        beside.select(*KEY, pl.col("value").alias("beside"), pl.col("rule").alias("beside_rule")),
        rate.select(
            *KEY,
            "n",
            pl.col("value").alias("rate"),
            pl.col("low").alias("rate_low"),
            pl.col("high").alias("rate_high"),
        ),
        _median(lasting, "open_median"),
        _median(lasting, "impact_median"),
    ]
    for part in parts:
        table = table.join(part, on=KEY, how="left")
    return table.join(names, on="provider", how="left").sort(KEY)


def _median(lasting: pl.DataFrame, metric: str) -> pl.DataFrame:
    mine = lasting.filter(pl.col("metric") == metric)
    return mine.select(*KEY, pl.col("value").alias(f"{metric}_s"))


def daily(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """One row per provider, surface and UTC day of the window, oldest first.

    Columns: provider, surface, day (UTC midnight), worst (of ``DAY_STATES``), down_s
    (partial or worse on any component), degraded_s, unknown_s, covered_s.
    """
    rows = [row for scope in scopes(snapshot, question) for row in _days(snapshot, question, scope)]
    schema: dict[str, Any] = {
        "provider": pl.String,
        "surface": pl.String,
        "day": pl.Datetime("us", "UTC"),
        "worst": pl.String,
        "down_s": pl.Int64,
        "degraded_s": pl.Int64,
        "unknown_s": pl.Int64,
        "covered_s": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _days(snapshot: Snapshot, question: Question, scope: Scope) -> Iterator[dict[str, object]]:
    scope = replace(scope, coverage=with_states(snapshot, scope))
    covered = union(i for spans in scope.coverage.values() for i in spans)
    by_state = states_inside(snapshot, question, scope)
    down = union(by_state[State.PARTIAL] + by_state[State.MAJOR])
    degraded = difference(by_state[State.DEGRADED], down)
    for start in range(scope.start_s // DAY_S * DAY_S, scope.end_s, DAY_S):
        day = [(max(start, scope.start_s), min(start + DAY_S, scope.end_s))]
        seen = intersection(covered, day)
        hit = [s for s, spans in by_state.items() if intersection(spans, seen)]
        yield {
            "provider": scope.provider,
            "surface": scope.surface,
            "day": datetime.fromtimestamp(start, UTC),
            "worst": _worst(hit) if seen else "no data",
            "down_s": total(intersection(down, seen)),
            "degraded_s": total(intersection(degraded, seen)),
            "unknown_s": total(intersection(by_state[State.UNKNOWN], seen)),
            "covered_s": total(seen),
        }


def _worst(states: list[State]) -> str:
    known = [s for s in states if s in SEVERITY]
    worst = max(known, key=lambda s: SEVERITY[s], default=State.OPERATIONAL)
    if State.UNKNOWN in states and SEVERITY[worst] < SEVERITY[State.DEGRADED]:
        return State.UNKNOWN
    return worst


def surfaces(snapshot: Snapshot) -> list[str]:
    """Surfaces any provider has, those most providers share first."""
    shared = (
        snapshot.table("components")
        .filter(pl.col("component_id") != "unattributed")
        .group_by("surface")
        .agg(pl.col("provider").n_unique().alias("providers"))
        .sort(["providers", "surface"], descending=[True, False])
    )
    return shared["surface"].to_list()


def covered_providers(snapshot: Snapshot) -> list[str]:
    """Providers with any coverage, longest vouched for first."""
    spans = snapshot.table("coverage").with_columns(
        (pl.col("end_s") - pl.col("start_s")).alias("length")
    )
    ranked = spans.group_by("provider").agg(pl.col("length").max())
    return ranked.sort(["length", "provider"], descending=[True, False])["provider"].to_list()
