"""Tell what the words of engines mean; one that nobody knows is ``unknown``, with a warning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from ingest.models import Impact, Stage, State
from ingest.platforms.notices import Notices
from ingest.safe_text import LONGEST

T = TypeVar("T")

#: What our own words for stages and impacts are: those of Atlassian's engine and of those made in
#: its likeness.
STAGES = {one.value: one for one in Stage if one is not Stage.UNKNOWN}
IMPACTS = {one.value: one for one in Impact if one is not Impact.UNKNOWN}
#: Those of them that nearly all engines have: of incidents, and of planned work.
INCIDENT_STAGES = {
    word: STAGES[word] for word in ("investigating", "identified", "monitoring", "resolved")
}
PLANNED_STAGES = {word: STAGES[word] for word in ("scheduled", "in_progress", "completed")}
#: What those engines call the states of components.
STATES = {
    "operational": State.OPERATIONAL,
    "under_maintenance": State.MAINTENANCE,
    "degraded_performance": State.DEGRADED,
    "partial_outage": State.PARTIAL,
    "major_outage": State.MAJOR,
}
#: What monitors say of what they watch.
MONITOR_STATES = {"up": State.OPERATIONAL, "degraded": State.DEGRADED, "down": State.MAJOR}
#: Rule behind an availability that is published: the time in which its own checks failed.
MONITOR_RULE = "monitor"
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
