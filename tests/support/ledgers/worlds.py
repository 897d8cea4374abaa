"""The components of the invented pages, and their states as spans to compare."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from ingest.incidents.timing import whole_seconds
from ingest.models import Page, State
from ingest.simulation.ground_truth import (
    ScriptedComponent,
)
from ingest.snapshot.tables import Rows

SOLD = {"API": "Platform", "Console": "Platform", "Chat": None}


PARTS = [
    ScriptedComponent(f"id{name}", name, group, date(2026, 2, 1)) for name, group in SOLD.items()
]


PAGE = Page("acme.statuspage.p", "acme", "statuspage", "https://status.acme.test", "p")


Spans = set[tuple[str, State, int, int | None]]  # ends in whole seconds


def ours(rows: Rows) -> Spans:
    columns = ("component_id", "state", "start_at", "end_at")
    return spans([row[column] for column in columns] for row in rows["component_states"])


def spans(found: Iterable[list[Any]]) -> Spans:
    return {(c, State(s), whole_seconds(a), b and whole_seconds(b)) for c, s, a, b in found}
