"""From a snapshot to numbers that can be defended.

>>> from analytics import METRICS, ask, open_snapshot
>>> snapshot = open_snapshot("data")                                    # doctest: +SKIP
>>> METRICS["availability"](snapshot, ask(providers=["anthropic"]))     # doctest: +SKIP

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
