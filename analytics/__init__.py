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

from analytics.availability import availability
from analytics.budget import budget
from analytics.durations import durations
from analytics.frequency import frequency
from analytics.observed import coverage
from analytics.question import BadQuestion, Question, ask, from_query, to_query
from analytics.ranking import ranking
from analytics.snapshot import NoSnapshot, Snapshot, open_snapshot
from analytics.stages import stages
from analytics.transparency import transparency

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
    "BadQuestion",
    "Metric",
    "NoSnapshot",
    "Question",
    "Snapshot",
    "ask",
    "from_query",
    "open_snapshot",
    "to_query",
]
