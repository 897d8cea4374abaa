"""How much of the window we can vouch for (METHODOLOGY, "Coverage")."""

from __future__ import annotations

import polars as pl

from analytics.answer import answer, row
from analytics.incident_selection import open_during, posts
from analytics.memo import once
from analytics.question import Question, selection
from analytics.scope import scopes
from analytics.snapshot import Snapshot


@once(selection)
def coverage(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Share of the window in which at least one component is vouched for (``answer.SCHEMA``)."""
    rows = []
    for scope in scopes(snapshot, question):
        share = scope.covered_s / scope.window_s
        found = posts(snapshot, question, scope)
        n = open_during(found, scope).height
        rows.append(row(snapshot, question, scope, "coverage", "fraction", value=share, n=n))
    return answer(rows)
