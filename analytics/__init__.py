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
columns of ``analytics.answer.SCHEMA``. A public name imports its module when it is first
used: the command line needs the names of the metrics in a blink, and SciPy takes a second.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from analytics.metrics.catalogue import MEASUREMENTS

if TYPE_CHECKING:
    import polars as pl

    from analytics.question import Question, QuestionError, ask, from_query, to_query
    from analytics.snapshot import NoSnapshotError, Snapshot, open_snapshot

    METRICS: dict[str, Callable[[Snapshot, Question], pl.DataFrame]]

_MODULES = {
    "NoSnapshotError": "analytics.snapshot",
    "Question": "analytics.question",
    "QuestionError": "analytics.question",
    "Snapshot": "analytics.snapshot",
    "ask": "analytics.question",
    "from_query": "analytics.question",
    "open_snapshot": "analytics.snapshot",
    "to_query": "analytics.question",
}

__all__ = [
    "METRICS",
    "NoSnapshotError",
    "Question",
    "QuestionError",
    "Snapshot",
    "ask",
    "from_query",
    "open_snapshot",
    "to_query",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first asked for."""
    if name == "METRICS":
        value: Any = {
            metric: getattr(import_module(one.module), one.function)
            for metric, one in MEASUREMENTS.items()
        }
    elif name in _MODULES:
        value = getattr(import_module(_MODULES[name]), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value
