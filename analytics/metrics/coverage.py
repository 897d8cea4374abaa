"""Measure how much of the window is covered (METHODOLOGY, "Coverage")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from analytics.answer import answer, row
from analytics.downtime.scope_coverage import scope_totals
from analytics.incident_selection import open_during, times
from analytics.memo import once
from analytics.question import Question, selection
from analytics.scope import SCOPE, ScopeTotals, window_of
from analytics.snapshot import Snapshot


@once(selection)
def coverage(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Measure the share of the window in which at least one component is covered.

    Returns:
        Columns of ``answer.SCHEMA``; n counts incidents open at some time of the window.
    """
    opened = open_during(times(snapshot, question), window_of(snapshot, question))
    counts = opened.group_by(SCOPE).agg(pl.len().alias("n"))
    return answer(
        row(snapshot, question, scope, "coverage", "fraction", **numbers)
        for scope, numbers in shares(scope_totals(snapshot, question), counts)
    )


def shares(
    totals: Sequence[ScopeTotals], opened: pl.DataFrame
) -> Iterator[tuple[ScopeTotals, dict[str, Any]]]:
    """Give the numbers of each scope's row: pure, whatever engine counted.

    Args:
        totals: The scopes, in the order of the answer.
        opened: Incidents open at some time of the window: columns of ``SCOPE`` and n.
    """
    counts = {(provider, surface): n for provider, surface, n in opened.iter_rows()}
    for scope in totals:
        yield scope, {"value": scope.covered_s / scope.window_s, "n": counts.get(scope.key, 0)}
