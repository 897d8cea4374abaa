"""From a snapshot to numbers that can be defended.

>>> from analytics import METRICS, ask, open_snapshot
>>> snapshot = open_snapshot("data")
>>> question = ask(providers=["acme"], since="2026-01-01", until="2026-01-31", rule="strict")
>>> answer = METRICS["availability"](snapshot, question)
>>> print(answer.select("surface", "value", "n", "down_s", "coverage", "rule").write_csv())
surface,value,n,down_s,coverage,rule
api_inference,0.9993055555555556,1,1800.0,1.0,strict
<BLANKLINE>

Every metric takes a ``Snapshot`` and a ``Question`` and gives one Polars frame with the
columns of ``analytics.answer.SCHEMA``.
"""

from collections.abc import Callable

import polars as pl

from analytics.comparison.ranking import ranking
from analytics.metrics.availability import availability
from analytics.metrics.coverage import coverage
from analytics.metrics.durations import durations
from analytics.metrics.error_budget import budget
from analytics.metrics.frequency import frequency
from analytics.metrics.stages import stages
from analytics.metrics.transparency import transparency
from analytics.question import Question, QuestionError, ask, from_query, to_query
from analytics.snapshot import NoSnapshotError, Snapshot, open_snapshot

Metric = Callable[[Snapshot, Question], pl.DataFrame]

METRICS: dict[str, Metric] = {
    "availability": availability,
    "frequency": frequency,
    "durations": durations,
    "coverage": coverage,
    "stages": stages,
    "ranking": ranking,
    "transparency": transparency,
    "budget": budget,
}

__all__ = [
    "METRICS",
    "Metric",
    "NoSnapshotError",
    "Question",
    "QuestionError",
    "Snapshot",
    "ask",
    "from_query",
    "open_snapshot",
    "to_query",
]
