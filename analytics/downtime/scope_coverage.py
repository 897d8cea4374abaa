"""Sum the covered seconds of each scope, without the spans of its components."""

from __future__ import annotations

import polars as pl

from analytics.downtime.relational import collected, covered_pieces
from analytics.downtime.spans import SPAN
from analytics.memo import once
from analytics.question import Question, subject
from analytics.scope import SCOPE, ScopeTotals, named_scopes, window_of, with_covered
from analytics.snapshot import Snapshot


@once(subject)
def scope_totals(snapshot: Snapshot, question: Question) -> tuple[ScopeTotals, ...]:
    """Return the scopes asked about with their covered seconds, in order of their names.

    Raises:
        QuestionError: There is no such provider or surface.
    """
    covered = covered_rows(snapshot, question)
    lengths = covered.group_by(SCOPE).agg((pl.col("end_s") - pl.col("start_s")).sum())
    covered_s = {(provider, surface): length for provider, surface, length in lengths.iter_rows()}
    return tuple(with_covered(named_scopes(snapshot, question), covered_s))


@once(subject)
def covered_rows(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Return the spans in which any component of a scope was covered, in order of time.

    Returns:
        Columns of ``SCOPE`` and the span, disjoint; some touch.
    """
    read, window = snapshot.relations("coverage"), window_of(snapshot, question)
    [rows] = collected(covered_pieces(read, question, window))
    return rows.sort(*SCOPE, *SPAN)
