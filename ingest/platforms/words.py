"""Tell what the words of engines mean; one that nobody knows is ``unknown``, with a warning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from ingest.models import Impact, Stage, State
from ingest.platforms.records import Notices
from ingest.safe_text import LONGEST

T = TypeVar("T")

#: The words that nearly all engines have for the stages of an incident.
INCIDENT_STAGES = {
    "investigating": Stage.INVESTIGATING,
    "identified": Stage.IDENTIFIED,
    "monitoring": Stage.MONITORING,
    "resolved": Stage.RESOLVED,
}
#: The words Atlassian's engine and those made in its likeness have in common.
STAGES = {
    **INCIDENT_STAGES,
    "postmortem": Stage.POSTMORTEM,
    "scheduled": Stage.SCHEDULED,
    "in_progress": Stage.IN_PROGRESS,
    "verifying": Stage.VERIFYING,
    "completed": Stage.COMPLETED,
}
IMPACTS = {
    "none": Impact.NONE,
    "maintenance": Impact.MAINTENANCE,
    "minor": Impact.MINOR,
    "major": Impact.MAJOR,
    "critical": Impact.CRITICAL,
}
#: What an engine with one scale of words calls an incident that leaves a component in a state.
IMPACT_OF = {
    State.OPERATIONAL: Impact.NONE,
    State.MAINTENANCE: Impact.MAINTENANCE,
    State.DEGRADED: Impact.MINOR,
    State.PARTIAL: Impact.MAJOR,
    State.MAJOR: Impact.CRITICAL,
}


def uppercase(known: Mapping[str, T]) -> dict[str, T]:
    """Return words in capitals, with their meaning."""
    return {word.upper(): meaning for word, meaning in known.items()}


def word(known: Mapping[Any, T], said: Any, unknown: T, record: str, notices: Notices) -> T:
    """Return what a word means.

    Args:
        known: The words of the engine with their meaning.
        said: The word in the record.
        unknown: What an unknown word means.
        record: The record's label in the warning about an unknown word.
        notices: Where that warning goes.
    """
    if isinstance(said, str | int) and said in known:
        return known[said]
    shown = repr(said[:LONGEST]) if isinstance(said, str) else f"a {type(said).__name__}"
    notices.warn("unknown_word", record, f"{shown} is not a word we know")
    return unknown
