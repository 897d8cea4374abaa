"""Measure how much of the window is covered (METHODOLOGY, "Coverage")."""

from __future__ import annotations

import polars as pl

from analytics.answer import answer, row
from analytics.incident_selection import open_during, selected
from analytics.memo import once
from analytics.question import Question, selection
from analytics.scope import scopes, sizes, window_of
from analytics.snapshot import Snapshot


@once(selection)
def coverage(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Measure the share of the window in which at least one component is covered.

    Returns:
        Columns of ``answer.SCHEMA``; n counts incidents open at some time of the window.
    """
    found = open_during(selected(snapshot, question), window_of(snapshot, question))
    opened = sizes(found)
    rows = []
    for scope in scopes(snapshot, question):
        share = scope.covered_s / scope.window_s
        n = opened.get(scope.key, 0)
        rows.append(row(snapshot, question, scope, "coverage", "fraction", value=share, n=n))
    return answer(rows)
