"""Set two providers side by side on one surface (METHODOLOGY, "Head-to-head")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from analytics.answer import ASKED, INSUFFICIENT, OK, WINDOW, blank, framed, row
from analytics.basis import SAMPLING
from analytics.comparison.cohort import Cohort
from analytics.comparison.pairwise import (
    BOOTSTRAP,
    MAX_PHI,
    Difference,
    difference,
    rate_ratio,
    resampled_ratio,
)
from analytics.comparison.shared_window import (
    begun_in_common,
    covered_by_all,
    daily_downtime,
    open_in_common,
    shared_cohort,
)
from analytics.comparison.standings import drawn_shares
from analytics.downtime.combine import Array
from analytics.memo import once
from analytics.metrics.availability import availability
from analytics.metrics.durations import Sample, durations, impact_sample, open_sample
from analytics.metrics.frequency import PER_DAYS, frequency, rate, spread, started_in
from analytics.question import Question, as_weighed, combine_of, everything
from analytics.rules import BESIDE, HEADLINE
from analytics.scope import epoch
from analytics.snapshot import Snapshot
from analytics.statistics.bootstrap import block_sums, percentiles, two_sided_p
from analytics.statistics.estimates import MEDIAN, P90, SEED, at_least, estimated, redrawn
from ingest.intervals import total

DIFFERENCE = "difference"
RATIO = "ratio"
#: Columns of one of the two, which begin with a or b: its slug, and its number.
SIDE: dict[str, Any] = {
    "": pl.String,
    "_value": pl.Float64,
    "_low": pl.Float64,
    "_high": pl.Float64,
    "_n": pl.Int64,
    # Of n, those still open.
    "_running": pl.Int64,
    "_status": pl.String,
    "_basis": pl.String,
}
#: Seconds and fractions are unrounded.
PAIRED: Mapping[str, Any] = {
    "metric": pl.String,
    "unit": pl.String,
    # Null where none applies.
    "rule": pl.String,
    **{f"a{name}": kind for name, kind in SIDE.items()},
    **{f"b{name}": kind for name, kind in SIDE.items()},
    # Difference: a less b. Ratio: a over b. Null: neither.
    "kind": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "test": pl.String,
    # What low and high are about.
    "interval": pl.String,
    "surface": pl.String,
    # Common time: known of both for time down, covered of both for incidents.
    "covered_s": pl.Int64,
    "coverage": pl.Float64,
    **WINDOW,
    "combine": pl.String,
    **ASKED,
}


@once(everything)
def side_by_side(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Measure every metric of the two over their common time, and the difference.

    Returns:
        Columns of ``PAIRED``.
    """
    cohort = shared_cohort(snapshot, question)
    if not cohort.common:
        return framed([], PAIRED)
    return framed(_lines(snapshot, question, cohort), PAIRED)


@once(everything)
def alone(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Measure each provider over all that is covered of it in the window.

    The numbers of the Overview: where coverage differs, they are not comparable.

    Returns:
        Columns of ``answer.SCHEMA``, ``blank`` where nothing was covered.
    """
    main = availability(snapshot, question)
    found = pl.concat(
        [
            main,
            availability(snapshot, beside(question)),
            main.with_columns(
                metric=pl.lit("downtime"),
                unit=pl.lit("seconds"),
                value=pl.when(pl.col("value").is_not_null()).then("down_s"),
                low=(1 - pl.col("high")) * pl.col("covered_s"),
                high=(1 - pl.col("low")) * pl.col("covered_s"),
            ),
            frequency(snapshot, question),
            durations(snapshot, question).filter(~pl.col("metric").str.ends_with("rmst_24h")),
        ]
    )
    return blank(found)


def beside(question: Question) -> Question:
    """Ask the same under the rule shown beside the one asked for."""
    other = HEADLINE if question.rule == BESIDE else BESIDE
    return replace(question, rule=other, weights=None)


def _lines(snapshot: Snapshot, question: Question, cohort: Cohort) -> Iterator[dict[str, Any]]:
    found = begun_in_common(snapshot, question, cohort)
    yield from _downtime(snapshot, question, cohort)
    yield _frequency(snapshot, question, cohort)
    opened = [open_sample(mine, epoch(snapshot.as_of)) for mine in found]
    yield from _durations(snapshot, question, cohort, "open", opened)
    hit = [impact_sample(mine) for mine in found]
    yield from _durations(snapshot, question, cohort, "impact", hit)


def _downtime(snapshot: Snapshot, question: Question, cohort: Cohort) -> Iterator[dict[str, Any]]:
    """Measure availability under the rule and the one beside it, and the time down."""
    for asked, metric, unit in (
        (as_weighed(question), "availability", "fraction"),
        (as_weighed(beside(question)), "availability", "fraction"),
        (as_weighed(question), "downtime", "seconds"),
    ):
        n = open_in_common(snapshot, asked, cohort)
        daily = daily_downtime(snapshot, asked, cohort)
        down, drawn = daily.sum(axis=1), _drawn_shares(daily, cohort)
        if metric == "availability":
            values, drawn = 1 - down / total(cohort.common), 1 - drawn
        else:
            values, drawn = down, drawn * total(cohort.common)
        sides = [
            {"value": value, "n": k, "rule": asked.named_rule, **_bounds(of, down_s)}
            for value, k, of, down_s in zip(values.tolist(), n, drawn, down.tolist(), strict=True)
        ]
        known = cohort.comparable_sources and cohort.independent and drawn.size and down.any()
        apart = difference(drawn[0], drawn[1], values[0] - values[1]) if known else None
        yield _line(snapshot, asked, cohort, metric, unit, sides, DIFFERENCE, apart)


def _drawn_shares(daily: Array, cohort: Cohort) -> Array:
    """Draw days again for fractions of time down; none for too few days."""
    return drawn_shares(daily, cohort.seconds) if cohort.enough else np.empty((len(daily), 0))


def _bounds(drawn: Array, down_s: float) -> dict[str, float]:
    """Give an interval where something was down.

    Days cannot be drawn that did not happen.
    """
    if not drawn.size or not down_s:
        return {}
    low, high = percentiles(drawn)
    return {"low": low, "high": high}


def _frequency(snapshot: Snapshot, question: Question, cohort: Cohort) -> dict[str, Any]:
    began = started_in(snapshot, question, covered_by_all(cohort))
    starts = [began.get(one.scope.key, []) for one in cohort.members]
    sides = [rate(mine, cohort.covered) for mine in starts]
    alike = len({one.source_class for one in cohort.members}) == 1
    comparable = cohort.enough and cohort.independent and alike
    apart = _rate_ratio(starts, cohort) if comparable else None
    unit = f"{question.unit} per {PER_DAYS} days"
    return _line(snapshot, question, cohort, "frequency", unit, sides, RATIO, apart)


def _rate_ratio(starts: Sequence[Sequence[int]], cohort: Cohort) -> Difference:
    n, other_n = (len(mine) for mine in starts)
    if max(spread(mine, cohort.covered) for mine in starts) <= MAX_PHI:
        return rate_ratio(n, cohort.covered_days, other_n, cohort.covered_days)
    daily = np.array([np.histogram(mine, cohort.edges)[0] for mine in starts])
    drawn = block_sums(daily[:, cohort.covered_seconds > 0])
    return resampled_ratio(drawn[0], drawn[1], n, other_n)


def _durations(
    snapshot: Snapshot, question: Question, cohort: Cohort, clock: str, samples: Sequence[Sample]
) -> Iterator[dict[str, Any]]:
    """Measure median, 90th percentile and longest by one clock."""
    # Of different seeds: which of A's posts are drawn says nothing of B's.
    ordered = [one.in_order for one in samples]
    drawn = [
        redrawn(one.seconds, one.ended, SEED + k) if one.of.size else None
        for k, one in enumerate(ordered)
    ]
    found = [estimated(one, (MEDIAN, P90)) for one in ordered]
    for name, p in ((MEDIAN, 0.5), (P90, 0.9)):
        sides = [at_least(one[name]).row(0, named=True) for one in found]
        apart = None
        if (
            cohort.enough
            and cohort.independent
            and all(side.get("value") is not None for side in sides)
        ):
            mine, its = (one.quantiles(p) for one in drawn if one is not None)
            apart = quantile_ratio(mine, its, sides[0]["value"], sides[1]["value"])
        running = [one.n - sum(one.ended) for one in samples]
        yield _line(
            snapshot, question, cohort, f"{clock}_{name}", "seconds", sides, RATIO, apart, running
        )
    longest = [_longest(one) for one in samples]
    yield _line(
        snapshot,
        question,
        cohort,
        f"{clock}_longest",
        "seconds",
        [side for side, _ in longest],
        None,
        None,
        [running for _, running in longest],
    )


def _longest(sample: Sample) -> tuple[dict[str, Any], int]:
    """Give the longest of the sample, and 1 if that one is still running."""
    if not sample.n:
        return {"n": 0, "status": INSUFFICIENT}, 0
    seconds, ended = max(zip(sample.seconds, sample.ended, strict=True))
    return {"value": seconds, "n": sample.n, "status": OK}, int(not ended)


def quantile_ratio(drawn: Array, other: Array, value: float, other_value: float) -> Difference:
    """Divide a quantile by another's, each drawn again from its own incidents.

    Where a draw gives neither a quantile, the ratio may be anything.

    Args:
        drawn: The first one's quantile in each draw.
        other: The other one's.
        value: The first one's quantile.
        other_value: The other one's.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = drawn / other
    least, even, most = (np.where(np.isnan(ratios), any_, ratios) for any_ in (0, 1, np.inf))
    low, high = (
        bound if np.isfinite(bound) else None
        for bound in (percentiles(least)[0], percentiles(most)[1])
    )
    ratio = value / other_value if other_value else None
    return Difference(ratio, low, high, two_sided_p(even - 1), BOOTSTRAP)


def _line(
    snapshot: Snapshot,
    question: Question,
    cohort: Cohort,
    metric: str,
    unit: str,
    sides: Sequence[Mapping[str, Any]],
    kind: str | None,
    apart: Difference | None,
    running: Sequence[int | None] = (None, None),
) -> dict[str, Any]:
    """Build one row of ``PAIRED``."""
    of_states = metric in {"availability", "downtime"}
    told = [
        row(snapshot, question, one.known if of_states else one.scope, metric, unit, **side)
        for one, side in zip(cohort.members, sides, strict=True)
    ]
    line: dict[str, Any] = {}
    for which, mine, still in zip("ab", told, running, strict=True):
        line[which] = mine["provider"]
        for name in ("value", "low", "high", "n", "status", "basis"):
            line[f"{which}_{name}"] = mine.get(name)
        line[f"{which}_running"] = still
    known = apart is not None and apart.value is not None
    return {
        **{name: told[0].get(name) for name in PAIRED if name in told[0]},
        **line,
        "kind": kind if known else None,
        "value": apart.value if apart else None,
        "low": apart.low if apart else None,
        "high": apart.high if apart else None,
        "test": apart.test if known and apart else None,
        "interval": SAMPLING if any(one.get("low") is not None for one in told) else None,
        "combine": combine_of(question),
    }
