"""Whether planned work was announced and kept to its hours (METHODOLOGY, "Transparency")."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import narwhals as nw
import polars as pl

from analytics.incident_selection import PLANNED, took_place, touching
from analytics.metrics.stages import Row
from analytics.question import MAINTENANCE, Question
from analytics.scope import Scope
from analytics.snapshot import Snapshot
from analytics.statistics.proportions import share

#: A maintenance announced less than this before its start is unannounced.
AHEAD_S = 24 * 3600
#: One that lasts longer than this beyond its scheduled end is an overrun: schedules are in
#: minutes, and pages that close a maintenance by themselves do so within the next one.
OVERRUN_S = 60


def of_maintenances(question: Question) -> Question:
    """The same question about maintenances, whatever classes and states it is about."""
    return replace(question, classes=(MAINTENANCE,), minimum=None)


def maintenance_rows(snapshot: Snapshot, question: Question, scope: Scope) -> Iterator[Row]:
    """Shares of the scope's maintenances that were unannounced, and that overran.

    Of those that began inside the window: n counts those with a known announcement and start,
    and those with a known end, scheduled and actual.
    """
    every = touching(snapshot, replace(question, minimum=None))
    here = every.filter(provider=scope.provider, surface=scope.surface)
    found = nw.from_native(here).filter(PLANNED, took_place()).to_native()
    inside = (pl.col("started_s") >= scope.start_s) & (pl.col("started_s") < scope.end_s)
    ahead = pl.coalesce("scheduled_start_s", "started_s") - pl.col("published_s")
    beyond = pl.col("resolved_s") - pl.col("scheduled_end_s")
    for metric, seconds, holds in (
        ("maintenance_unannounced", ahead, pl.col("seconds") < AHEAD_S),
        ("maintenance_overrun", beyond, pl.col("seconds") > OVERRUN_S),
    ):
        known = found.filter(inside).select(seconds=seconds).drop_nulls()
        yield metric, "fraction of maintenances", share(known.filter(holds).height, known.height)
