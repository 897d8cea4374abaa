"""Compare a term with the one before: more trouble, or less, and by how much?

METHODOLOGY, "Renewal and concentration".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from analytics.answer import INSUFFICIENT, OK, SCHEMA, framed, row
from analytics.calendar_days import day_edges
from analytics.comparison.pairwise import BOOTSTRAP, EXACT, MAX_PHI, rate_ratio
from analytics.downtime.observed_states import ObservedStates, combined, observe
from analytics.downtime.regions import regions_of
from analytics.memo import once
from analytics.metrics.frequency import DAY_S, spread, started
from analytics.portfolio.pool import LEAST_DAYS, SEVERAL_REGIONS
from analytics.question import Question, as_weighed, combine_of, everything
from analytics.scope import Interval, Scope, scopes
from analytics.snapshot import Snapshot
from analytics.statistics.bootstrap import DRAWS, SEED, block_sums, percentiles
from analytics.statistics.overlaps import Array, as_spans, within_each

#: Value, low and high are this term's less, or over, those of the term before.
RENEWAL: Mapping[str, Any] = {
    **SCHEMA,
    # Of this term and of the one before: percent of observed time down, or the rate.
    "now": pl.Float64,
    "before": pl.Float64,
    "n_before": pl.Int64,
    "covered_before_s": pl.Int64,
    "p_value": pl.Float64,
    "test": pl.String,
    "catch": pl.String,
}
#: Another seed than that of the term itself: days of two terms are drawn apart.
SEED_BEFORE = SEED + 1
POINTS, RATIO = "percentage points", "times"


@dataclass(frozen=True, slots=True)
class Term:
    """Hold one term of a provider: seconds down and observed, starts and seconds covered, by day.

    ``starts``: when posts or episodes began, in covered time.
    """

    down: Array
    observed: Array
    begun: Array
    covered: Array
    starts: Sequence[int]
    spans: Sequence[Interval]

    @property
    def phi(self) -> float:
        """Spread of the weekly counts."""
        return spread(self.starts, self.spans)

    def drawn(self, part: Array, whole: Array, seed: int) -> Array:
        """Draw days again for a part over a whole."""
        held = whole > 0
        parts, wholes = block_sums(np.array([part, whole])[:, held], DRAWS, seed)
        found: Array = parts / wholes
        return found


@once(everything)
def renewal(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Compare time down and the number of posts with those of the term before.

    The term before is as long, and ends where the window begins. Days of both are drawn again, each
    by itself.

    Returns:
        Columns of ``RENEWAL``.
    """
    before = replace(question, previous=True)
    now_begun, then_begun = started(snapshot, question), started(snapshot, before)
    rows: list[dict[str, Any]] = []
    for scope, seen, earlier in zip(
        scopes(snapshot, question),
        observe(snapshot, question),
        observe(snapshot, before),
        strict=True,
    ):
        several = len(regions_of(snapshot).get(scope.key, ())) > 1 and question.combine is None
        now = _term(snapshot, question, seen, now_begun.get(scope.key, []))
        then = _term(snapshot, before, earlier, then_begun.get(scope.key, []))
        rows += _rows(snapshot, question, scope, now, then, SEVERAL_REGIONS if several else None)
    return framed(rows, RENEWAL)


def _term(
    snapshot: Snapshot, question: Question, seen: ObservedStates, starts: Sequence[int]
) -> Term:
    scope = seen.scope
    edges = day_edges(scope.start_s, scope.end_s, question.zone)
    at = np.array(edges, dtype=np.int64)
    observed = as_spans(span for spans in seen.observed.values() for span in spans)
    return Term(
        combined(snapshot, question, seen, cuts=edges).summed(edges),
        within_each(observed, at),
        np.histogram(np.array(starts, dtype=np.int64), at)[0],
        within_each(as_spans(scope.covered), at),
        starts,
        scope.covered,
    )


def _rows(
    snapshot: Snapshot,
    question: Question,
    scope: Scope,
    now: Term,
    then: Term,
    catch: str | None,
) -> Iterator[dict[str, Any]]:
    """Yield the change in time down, and in the number of posts, of one provider on a surface.

    Args:
        snapshot: Where the incidents are.
        question: What is asked.
        scope: Provider, surface and window.
        now: This term.
        then: The one before.
        catch: Why time down cannot be told; None where it can.
    """
    common: dict[str, Any] = {
        "n": len(now.starts),
        "n_before": len(then.starts),
        "covered_before_s": int(then.covered.sum()),
    }

    def line(metric: str, unit: str, **numbers: Any) -> dict[str, Any]:
        return row(snapshot, question, scope, metric, unit, **common, **numbers)

    stated = {
        "rule": question.named_rule,
        "combine": combine_of(question),
        "minimum": as_weighed(question).minimum,
    }
    if catch is None and _enough(now.observed) and _enough(then.observed):
        yield line("renewal_downtime", POINTS, **stated, **_downtime(now, then))
    else:
        yield line("renewal_downtime", POINTS, **stated, status=INSUFFICIENT, catch=catch)
    numbers: dict[str, Any] = {"status": INSUFFICIENT}
    if _enough(now.covered) and _enough(then.covered) and then.starts:
        numbers = _rates(now, then)
    yield line("renewal_rate", RATIO, **numbers)


def _enough(seconds: Array) -> bool:
    return int(seconds.sum()) >= LEAST_DAYS * DAY_S


def _downtime(now: Term, then: Term) -> dict[str, Any]:
    """Subtract percent of observed time down."""
    shares = [100 * float(one.down.sum() / one.observed.sum()) for one in (now, then)]
    drawn = now.drawn(now.down, now.observed, SEED) - then.drawn(
        then.down, then.observed, SEED_BEFORE
    )
    low, high = percentiles(100 * drawn) if sum(shares) else (None, None)
    return {
        "value": shares[0] - shares[1],
        "low": low,
        "high": high,
        "now": shares[0],
        "before": shares[1],
        "test": BOOTSTRAP,
        "status": OK,
    }


def _rates(now: Term, then: Term) -> dict[str, Any]:
    """Divide rates, exactly where weekly counts are Poisson, else by days drawn again."""
    covered = [int(one.covered.sum()) for one in (now, then)]
    found = rate_ratio(len(now.starts), covered[0], len(then.starts), covered[1])
    numbers: dict[str, Any] = {
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "p_value": found.p,
        "test": EXACT,
        "status": OK,
    }
    if max(now.phi, then.phi) > MAX_PHI:
        mine = now.drawn(now.begun, now.covered, SEED)
        its = then.drawn(then.begun, then.covered, SEED_BEFORE)
        ratios = np.divide(mine, its, out=np.full(len(mine), np.inf), where=its > 0)
        low, high = percentiles(ratios)
        bounds = {"low": low, "high": high if np.isfinite(high) else None}
        numbers |= {**bounds, "p_value": None, "test": BOOTSTRAP}
    return numbers
