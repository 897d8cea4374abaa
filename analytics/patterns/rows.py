"""Write time patterns as rows, for command line, files and notebooks.

METHODOLOGY, "Patterns".
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from analytics.answer import INSTANT, INSUFFICIENT, OK, SCHEMA, framed, row
from analytics.comparison.pairwise import rate_ratio
from analytics.downtime.observed_states import ObservedStates, observe
from analytics.downtime.regions import regions_of
from analytics.evidence.provenance import breaks
from analytics.memo import once
from analytics.metrics.frequency import DAY_S, MIN_COVERED_DAYS, PER_DAYS, WEEK_S, started
from analytics.patterns.cost import HOURS_THEMSELVES, HourlyCost, costs
from analytics.patterns.hours import HOUR_S, BusinessHours, counts, exposure
from analytics.patterns.weeks import rates_within, rolling, weeks_of
from analytics.question import Question, as_weighed, combine_of, everything
from analytics.scope import Interval, Scope, scopes
from analytics.snapshot import Snapshot
from analytics.statistics.change_points import LEAST

PATTERNS: Mapping[str, Any] = {
    **SCHEMA,
    # Hour of the week, 0 from Monday 00:00 in the zone.
    "hour": pl.Int64,
    "at": INSTANT,
    "ended_at": INSTANT,
    # Seconds covered of the hour, or of business hours; and of all others.
    "exposed_s": pl.Int64,
    "other_s": pl.Int64,
    # Starts in business hours.
    "n_business": pl.Int64,
    "p_value": pl.Float64,
    "model": pl.String,
    "weeks": pl.Int64,
    # Changes in how the provider posts, near a change of level.
    "beside": pl.String,
    "zone": pl.String,
    "catch": pl.String,
}
#: Bounds of an interval that is made of rules.
RULES = "rules"
SEVERAL_REGIONS = "several regions"


USUAL_HOURS = BusinessHours()


@dataclass(frozen=True, slots=True)
class Habits:
    """Hold the business hours of whoever asks, and what an hour down costs, if known."""

    hours: BusinessHours = USUAL_HOURS
    cost: HourlyCost | None = None


USUAL = Habits()


def _asked(question: Question, habits: Habits = USUAL, /) -> Hashable:
    return everything(question), habits


@once(_asked)
def patterns(snapshot: Snapshot, question: Question, habits: Habits = USUAL) -> pl.DataFrame:
    """Measure when trouble begins, whether it grows, where it changed, and its cost.

    Where one surface is asked about, also each hour of the week, and the rate of each 90 days.

    Args:
        snapshot: Where the incidents are.
        question: Providers, surfaces, window, zone, unit and classes.
        habits: Business hours, in the question's zone, and the cost of an hour.

    Returns:
        Columns of ``PATTERNS``.
    """
    begun = started(snapshot, question)
    rows = [
        {**line, "zone": question.zone}
        for scope, seen in zip(scopes(snapshot, question), observe(snapshot, question), strict=True)
        for line in _rows(snapshot, question, habits, scope, seen, begun.get(scope.key, []))
    ]
    return framed(rows, PATTERNS)


@once(everything)
def hours_of_week(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Measure the rate of each hour of the week, of every scope of the question.

    Returns:
        Columns of ``PATTERNS``.
    """
    begun, unit = started(snapshot, question), f"{question.unit} per {PER_DAYS} days"
    rows = [
        {**_line(snapshot, question, scope, "hour_rate", unit, **hour), "zone": question.zone}
        for scope in scopes(snapshot, question)
        for hour in _hours(scope, begun.get(scope.key, []), question.zone)
    ]
    return framed(rows, PATTERNS)


def _line(
    snapshot: Snapshot, question: Question, scope: Scope, metric: str, unit: str, **numbers: Any
) -> dict[str, Any]:
    """Build one row of posts counted.

    Args:
        snapshot: Where they are.
        question: What is asked.
        scope: Provider, surface and coverage.
        metric: Name of the metric.
        unit: Unit of its value.
        numbers: Values of other columns of ``PATTERNS``.
    """
    more = {name: numbers.pop(name) for name in [*numbers] if name not in SCHEMA}
    numbers = {"minimum": question.minimum, **numbers}
    return {**row(snapshot, question, scope, metric, unit, **numbers), **more}


def _rows(
    snapshot: Snapshot,
    question: Question,
    habits: Habits,
    scope: Scope,
    seen: ObservedStates,
    starts: Sequence[int],
) -> Iterator[dict[str, Any]]:
    """Yield the rows of one provider on one surface.

    Args:
        snapshot: Where the incidents are.
        question: What is asked.
        habits: Business hours, and the cost of an hour.
        scope: Provider, surface and coverage.
        seen: States of its components.
        starts: When incidents or episodes began, in order.
    """
    line = partial(_line, snapshot, question, scope)
    yield line("business_ratio", "times", **_business(habits, scope, starts, question.zone))
    weeks = weeks_of(starts, scope.covered)
    n = int(weeks.counts.sum())
    numbers: dict[str, Any] = {"n": n, "weeks": len(weeks.starts), "status": INSUFFICIENT}
    if (trend := weeks.trend) is not None:
        numbers |= {"value": trend.ratio, "low": trend.low, "high": trend.high, "status": OK}
        numbers["model"] = trend.model
    yield line("trend", "times per year", **numbers)
    unit = f"{question.unit} per {PER_DAYS} days"
    yield from (
        line("level_rate", unit, weeks=len(weeks.starts), **found)
        for found in _levels(snapshot, question, scope, starts, weeks.levels)
    )
    for metric, cost in (("business_downtime", HOURS_THEMSELVES), ("downtime_cost", habits.cost)):
        if cost is not None:
            yield _cost(snapshot, question, habits, scope, seen, metric, cost)
    if question.surface is not None:
        yield from (line("hour_rate", unit, **one) for one in _hours(scope, starts, question.zone))
        for span, found in rates_within(starts, scope.covered, rolling(scope.covered)):
            yield line("rolling_rate", unit, **found, **_span(span))


def _span(span: Interval) -> dict[str, datetime]:
    start, end = (datetime.fromtimestamp(second, UTC) for second in span)
    return {"at": start, "ended_at": end}


def _business(habits: Habits, scope: Scope, starts: Sequence[int], zone: str) -> dict[str, Any]:
    """Divide the rate in business hours by that of all others."""
    inside = habits.hours.cells
    seen, begun = exposure(scope.covered, zone), counts(starts, zone)
    mine, its = int(begun[inside].sum()), int(begun[~inside].sum())
    exposed, other = int(seen[inside].sum()), int(seen[~inside].sum())
    numbers: dict[str, Any] = {
        "n": mine + its,
        "n_business": mine,
        "exposed_s": exposed,
        "other_s": other,
        "status": INSUFFICIENT,
    }
    if scope.covered_s >= MIN_COVERED_DAYS * DAY_S and exposed and other and mine + its:
        found = rate_ratio(mine, exposed, its, other)
        numbers |= {
            "value": found.value,
            "low": found.low,
            "high": found.high,
            "p_value": found.p,
            "status": OK,
        }
    return numbers


def _levels(
    snapshot: Snapshot,
    question: Question,
    scope: Scope,
    starts: Sequence[int],
    levels: Sequence[Interval] | None,
) -> Iterator[dict[str, Any]]:
    """Yield the rate of each level, with what changed in the posting near where it begins.

    Args:
        snapshot: Where breaks are.
        question: What is asked.
        scope: Provider, surface and coverage.
        starts: When incidents began, in order.
        levels: From when to when; None where the weeks are too few.
    """
    if levels is None:
        yield {"n": len(starts), "status": INSUFFICIENT}
        return
    known = breaks(snapshot, question).filter(provider=scope.provider)
    for number, (span, found) in enumerate(rates_within(starts, scope.covered, levels)):
        near = [
            f"{kind} {at:%Y-%m-%d}"
            for kind, at in known.select("kind", "at").iter_rows()
            if number and abs(at.timestamp() - span[0]) <= LEAST * WEEK_S
        ]
        yield {**found, **_span(span), "beside": ", ".join(near) or None}


def _cost(
    snapshot: Snapshot,
    question: Question,
    habits: Habits,
    scope: Scope,
    seen: ObservedStates,
    metric: str,
    cost: HourlyCost,
) -> dict[str, Any]:
    """Write what downtime cost, from the rule that counts least to the one that counts most.

    Args:
        snapshot: Where the incidents are.
        question: What is asked. Its least state has no part where states are weighed.
        habits: Business hours.
        scope: Provider, surface and coverage.
        seen: States of its components.
        metric: Name of the metric.
        cost: Of an hour; for business downtime, the hours themselves.
    """
    unit, scale = ("seconds", HOUR_S) if cost is HOURS_THEMSELVES else ("amount", 1)
    regions = regions_of(snapshot).get(scope.key, ())
    numbers: dict[str, Any] = {"status": INSUFFICIENT}
    catch = SEVERAL_REGIONS if len(regions) > 1 and question.combine is None else None
    if catch is None and any(seen.observed.values()):
        by_hour = scale * cost.by_hour(habits.hours)
        base, low, high = costs(snapshot, question, seen, by_hour)
        numbers = {"value": base, "low": low, "high": high, "interval": RULES, "status": OK}
    line = row(
        snapshot,
        question,
        scope,
        metric,
        unit,
        rule=question.named_rule,
        minimum=as_weighed(question).minimum,
        combine=combine_of(question),
        **numbers,
    )
    return {**line, "catch": catch}


def _hours(scope: Scope, starts: Sequence[int], zone: str) -> Iterator[dict[str, Any]]:
    """Yield the rate of each hour of the week, over the time it was covered."""
    seen, begun = exposure(scope.covered, zone), counts(starts, zone)
    enough = scope.covered_s >= MIN_COVERED_DAYS * DAY_S
    for hour in range(len(seen)):
        n, exposed = int(begun[hour]), int(seen[hour])
        value = n / exposed * PER_DAYS * DAY_S if exposed else np.nan
        known = {"value": value, "status": OK} if enough and exposed else {"status": INSUFFICIENT}
        yield {"n": n, "hour": hour, "exposed_s": exposed, **known}
