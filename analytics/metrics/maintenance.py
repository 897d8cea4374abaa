"""Tell whether planned work was announced and kept to its hours.

METHODOLOGY, "Transparency".
"""

from __future__ import annotations

from dataclasses import replace

import narwhals as nw
import polars as pl

from analytics.incident_selection import PLANNED, READ, on_surfaces, took_place
from analytics.question import MAINTENANCE, Question
from analytics.scope import SCOPE, window_of
from analytics.snapshot import Snapshot, fetched
from analytics.statistics.proportions import shares

#: A maintenance announced less than this before its start is unannounced.
AHEAD_S = 24 * 3600
#: One that lasts longer than this beyond its scheduled end is an overrun: schedules are in
#: minutes, and pages that close a maintenance by themselves do so within the next one.
OVERRUN_S = 60
#: What is read of maintenances: what was scheduled, and what came of it.
SCHEDULED = (
    *("published_s", "started_s", "resolved_s"),
    *("scheduled_start_s", "scheduled_end_s"),
)


def of_maintenances(question: Question) -> Question:
    """Ask about maintenances, whatever classes and states the question is about."""
    return replace(question, classes=(MAINTENANCE,), minimum=None)


def maintenance_shares(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Return the shares of maintenances that were unannounced, and that overran.

    Of those that began inside the window: n counts those with a known announcement and start,
    and those with a known end, scheduled and actual.

    Returns:
        Columns provider, surface, metric, value, low, high, n and status; in no order.
    """
    start_s, end_s = window_of(snapshot, question)
    inside = (nw.col("started_s") >= start_s) & (nw.col("started_s") < end_s)
    with snapshot.related(*READ) as read:
        every = on_surfaces(read, of_maintenances(question))
        took = every.filter(PLANNED, took_place(), inside)
        found = fetched(took.select(*SCOPE, *SCHEDULED))
    ahead = pl.coalesce("scheduled_start_s", "started_s") - pl.col("published_s")
    beyond = pl.col("resolved_s") - pl.col("scheduled_end_s")
    counts = found.group_by(SCOPE).agg(
        (ahead < AHEAD_S).sum().alias("unannounced"),
        ahead.count().alias("announced"),
        (beyond > OVERRUN_S).sum().alias("overran"),
        beyond.count().alias("ended"),
    )
    return shares(counts, OF_MAINTENANCES)


#: What of maintenances is counted, and of how many.
OF_MAINTENANCES = {
    "maintenance_unannounced": ("unannounced", "announced"),
    "maintenance_overrun": ("overran", "ended"),
}
