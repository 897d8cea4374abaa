"""The explorer's own facets, with how many posts each value has."""

from __future__ import annotations

import streamlit as st

from analytics import Question, Snapshot
from analytics.explorer import Search, facet, incidents
from analytics.question import RELIABILITY

ANYTHING = Search(kinds=())


def search(snapshot: Snapshot, question: Question) -> Search:
    """Draw the facets and say what they ask for. Raises ``BadQuestion``."""
    everything = incidents(snapshot, question, ANYTHING)
    left, middle, right = st.columns([3, 3, 3])
    with left:
        classes = _facet("Class", "class", facet(everything, "class"), list(RELIABILITY))
    with middle:
        impacts = _facet("Impact", "impact", facet(everything, "impact"), [])
    with right:
        text = st.text_input(
            "Words in the title", key="text", bind="query-params", placeholder="for example: API"
        )
    return Search(classes=classes, impacts=impacts, kinds=(), text=text or "")


def _facet(
    label: str, key: str, counts: list[tuple[str, int]], default: list[str]
) -> tuple[str, ...]:
    numbers = dict(counts)
    chosen = st.multiselect(
        label,
        list(numbers),
        default=[value for value in default if value in numbers],
        format_func=lambda value: f"{value} ({numbers.get(value, 0):,})",
        key=key,
        bind="query-params",
        help="None chosen: any.",
    )
    return tuple(chosen)
