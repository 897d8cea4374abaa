"""Two providers on the time they have in common (METHODOLOGY, "Head-to-head")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import polars as pl

from analytics.comparison.cohort import Cohort, Member, cohorts
from analytics.downtime.combine import Array
from analytics.downtime.observed_states import combined, observe
from analytics.incident_selection import open_during, posts
from analytics.memo import once
from analytics.metrics.frequency import begun_covered
from analytics.question import Question, subject
from analytics.scope import Interval
from analytics.snapshot import Snapshot
from ingest.intervals import intersection, total, union

#: Before any status page.
EVER = date(2000, 1, 1)
INSTANT = pl.Datetime("us", "UTC")
SEEN: dict[str, Any] = {
    "provider": pl.String,
    "observed_s": pl.Int64,
    "first_at": INSTANT,
    "last_at": INSTANT,
    "window_start": INSTANT,
    "window_end": INSTANT,
}


def shared_cohort(snapshot: Snapshot, question: Question) -> Cohort:
    """The question's two providers on its surface, over the time in which both were observed.

    Nobody is left out, however short that time is.
    """
    [ground] = cohorts(snapshot, question, 0)
    return ground


def common_ever(snapshot: Snapshot, question: Question) -> int:
    """Seconds in which both were observed, in all that was collected."""
    return total(shared_cohort(snapshot, replace(question, since=EVER, until=None)).common)


@once(subject)
def seen(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """What was observed of each by itself.

    Columns: provider, observed_s, first_at, last_at (null: never), window_start, window_end.
    """
    rows = []
    for seen in observe(snapshot, question):
        scope = seen.scope
        spans = union(span for found in seen.observed.values() for span in found)
        ends = (instant(spans[0][0]), instant(spans[-1][1])) if spans else (None, None)
        rows.append((scope.provider, total(spans), *ends, scope.start, scope.end))
    return pl.DataFrame(rows, schema=SEEN, orient="row")


def instant(second: int) -> datetime:
    """Epoch seconds as an instant in UTC."""
    return datetime.fromtimestamp(second, UTC)


def begun_in(
    snapshot: Snapshot, question: Question, one: Member, common: Sequence[Interval]
) -> pl.DataFrame:
    """Posts of the entrant whose impact began in the common time."""
    return begun_covered(posts(snapshot, question, one.scope), common)


def open_in(snapshot: Snapshot, question: Question, one: Member, common: Sequence[Interval]) -> int:
    """How many posts were open at some time of the common time."""
    found = open_during(posts(snapshot, question, one.scope), one.scope)
    spans = found.select("published_s", "closed_s").iter_rows()
    return sum(bool(intersection([(start, max(end, start + 1))], common)) for start, end in spans)


def daily_downtime(snapshot: Snapshot, question: Question, ground: Cohort) -> Array:
    """Weighted seconds down in each day of the common time, providers by days."""
    return np.array(
        [
            combined(snapshot, question, one.seen, cuts=ground.edges).summed(ground.edges)
            for one in ground.entrants
        ]
    )
