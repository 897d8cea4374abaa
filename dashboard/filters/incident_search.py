"""The facets of the page Incidents, with how many posts each value has."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analytics import Question, Snapshot
from analytics.question import CLASSES, RELIABILITY
from analytics.read_models.incident_list import Search, facet, incidents
from dashboard.filters.link_check import say_unknown, warn_unmet
from dashboard.filters.pickers import pick_several
from ingest.models import Impact

IMPACTS = tuple(map(str, Impact))
ANYTHING = Search(kinds=())


def search_bar(snapshot: Snapshot, question: Question) -> Search:
    """Draw the facets and read the search from them.

    Raises:
        QuestionError: The question cannot be asked of this snapshot.
    """
    everything = incidents(snapshot, question, ANYTHING)
    left, middle, right = st.columns([3, 3, 3])
    with left:
        classes = _facet("Class", "class", facet(everything, "class"), CLASSES, RELIABILITY)
    with middle:
        impacts = _facet("Impact", "impact", facet(everything, "impact"), IMPACTS, ())
    with right:
        text = st.text_input(
            "Words in the title", key="text", bind="query-params", placeholder="for example: API"
        )
    return Search(classes=classes, impacts=impacts, kinds=(), text=text or "")


def _facet(
    label: str,
    key: str,
    counts: Sequence[tuple[str, int]],
    known: Sequence[str],
    default: Sequence[str],
) -> tuple[str, ...]:
    numbers = {**dict(counts), **{value: 0 for value in known if value not in dict(counts)}}
    chosen = pick_several(
        label,
        key,
        list(numbers),
        default,
        lambda value: f"{value} ({numbers[value]:,})",
        "None chosen: any.",
    )
    warn_unmet(key, label.lower(), chosen, say_unknown, instead=chosen or ["any"])
    return tuple(chosen)
