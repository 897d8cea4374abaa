"""Hold two providers to the time they have in common.

METHODOLOGY, "Head-to-head".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from analytics.answer import INSTANT, WINDOW
from analytics.comparison.cohort import Cohort, cohorts
from analytics.downtime.combine import Array
from analytics.downtime.observed_states import combined, observe
from analytics.downtime.relational import collected, open_inside
from analytics.incident_selection import selected
from analytics.memo import once
from analytics.metrics.frequency import begun_in, spans_of
from analytics.question import Question, subject
from analytics.snapshot import Frame, Snapshot
from ingest.intervals import total, union

#: Before any status page.
EVER = date(2000, 1, 1)
SEEN: Mapping[str, Any] = {
    "provider": pl.String,
    "observed_s": pl.Int64,
    # Null: never.
    "first_at": INSTANT,
    "last_at": INSTANT,
    **WINDOW,
}


def shared_cohort(snapshot: Snapshot, question: Question) -> Cohort:
    """Return the question's two providers over the time both were observed.

    Nobody is left out, however short that time is.
    """
    [cohort] = cohorts(snapshot, question, 0)
    return cohort


@once(subject)
def seen(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Tell when each was observed by itself.

    Returns:
        Columns of ``SEEN``.
    """
    rows = []
    for seen in observe(snapshot, question):
        scope = seen.scope
        spans = union(span for found in seen.observed.values() for span in found)
        ends = (instant(spans[0][0]), instant(spans[-1][1])) if spans else (None, None)
        rows.append((scope.provider, total(spans), *ends, scope.start, scope.end))
    return pl.DataFrame(rows, schema=dict(SEEN), orient="row")


def instant(second: int) -> datetime:
    """Return epoch seconds as an instant in UTC."""
    return datetime.fromtimestamp(second, UTC)


def covered_by_all(cohort: Cohort) -> Frame:
    """Return the time covered of all as a relation, for each member."""
    return spans_of({one.scope.key: cohort.covered for one in cohort.members})


def begun_in_common(snapshot: Snapshot, question: Question, cohort: Cohort) -> list[pl.DataFrame]:
    """Select each member's incidents whose impact began in the time covered of all."""
    found = begun_in(snapshot, question, covered_by_all(cohort))
    return [
        found.filter(provider=one.scope.provider, surface=one.scope.surface)
        for one in cohort.members
    ]


def open_in_common(snapshot: Snapshot, question: Question, cohort: Cohort) -> list[int]:
    """Count each member's incidents open at some time of the common time."""
    found = nw.from_native(selected(snapshot, question).lazy())
    common = spans_of({one.scope.key: cohort.common for one in cohort.members})
    [opened] = collected(open_inside(found, common))
    n = {(provider, surface): n for provider, surface, n in opened.iter_rows()}
    return [n.get(one.scope.key, 0) for one in cohort.members]


def daily_downtime(snapshot: Snapshot, question: Question, cohort: Cohort) -> Array:
    """Weigh seconds down in each day of the common time: providers by days."""
    return np.array(
        [
            combined(snapshot, question, one.seen, cuts=cohort.edges).summed(cohort.edges)
            for one in cohort.members
        ]
    )
