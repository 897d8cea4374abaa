"""The verdict of the health page."""

from __future__ import annotations

from analytics.freshness import Freshness
from dashboard import format as said


def verdict(state: Freshness) -> str:
    """One sentence: how old the data is, and what is wrong."""
    head = f"Newest capture {said.age(state.age)} ({said.instant(state.as_of)})."
    if not state.polled:
        return f"{head} Nothing is polled: this snapshot was made from imported payloads."
    trouble = state.stale + state.failing
    if not trouble:
        return f"{head} All {said.count(state.polled, 'source')} answered within their budget."
    return (
        f"{head} Of {said.count(state.polled, 'source')}, {state.stale} "
        f"are stale and {state.failing} failed at the last attempt."
    )
