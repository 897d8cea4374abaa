"""The question of a page in one line of words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from analytics import Question, QuestionError, Snapshot
from analytics.directory import covered_providers, shared_surface, shared_surfaces
from analytics.question import RELIABILITY
from analytics.rules import CUSTOM, HEADLINE
from analytics.wording.numbers import format_day
from analytics.wording.question import describe_providers, describe_rule, format_choice
from analytics.wording.verdict import short_name
from dashboard.filters.asked_question import ANY, OWN, WEIGHTS, WINDOWS, read_question
from dashboard.filters.opponents import FIRST, SECOND
from dashboard.filters.pickers import provider_namer
from dashboard.shown_text import escape_markdown

#: Addresses of pages.
OVERVIEW, VERSUS, PROFILE = "", "head-to-head", "profile"
SURFACES, INCIDENTS = "surfaces", "incidents"
#: What does not act on a page, by the address of the page: it is kept, and not drawn.
IDLE: Mapping[str, Sequence[str]] = {
    VERSUS: ("p",),
    SURFACES: ("surface",),
    INCIDENTS: ("rule", *WEIGHTS, "classes"),
}
WINDOW_WORDS = {
    **{name: f"last {days} days" for name, days in WINDOWS.items() if days},
    "all": "all that was collected",
}


def question_line(snapshot: Snapshot, page: str) -> str:
    """Say in words what the page asks, in safe Markdown."""
    state = st.session_state
    window = state["win"]
    parts = [
        f"**{format_choice(_surface(snapshot, page))}**",
        _window_words(snapshot) if window == OWN else WINDOW_WORDS[window],
        _whom(snapshot, page),
    ]
    if page != INCIDENTS:
        parts.append(_rule_words(state.get("rule", HEADLINE)))
    return " · ".join(filter(None, parts))


def _surface(snapshot: Snapshot, page: str) -> str | None:
    """Find the surface the page is about; None: all of them."""
    chosen = st.session_state.get("surface", ANY)
    if page == SURFACES:
        return None
    if chosen != ANY:
        return str(chosen)
    if page == VERSUS and SECOND in st.session_state:
        pair = st.session_state[FIRST], st.session_state[SECOND]
        return next(iter(shared_surfaces(snapshot, *pair)), None)
    if page != OVERVIEW:
        return None
    try:
        return shared_surface(snapshot, read_question(snapshot))
    except QuestionError:
        return None


def _whom(snapshot: Snapshot, page: str) -> str:
    state = st.session_state
    if page == VERSUS:
        named = provider_namer(snapshot)
        pair = [short_name(named(state[key])) for key in (FIRST, SECOND) if key in state]
        return escape_markdown(" or ".join(pair))
    count = describe_providers(Question(providers=tuple(state["p"] or covered_providers(snapshot))))
    return f"beside {count}" if page == PROFILE else count


def _rule_words(rule: str) -> str:
    if rule == CUSTOM:
        return "weights of your own (custom)"
    asked = replace(Question(classes=RELIABILITY), rule=rule)
    return describe_rule(asked).replace("_", r"\_")


def _window_words(snapshot: Snapshot) -> str:
    try:
        start, end = read_question(snapshot).window(snapshot.as_of)
    except QuestionError:
        return "days of your own"
    return f"{format_day(start)} to {format_day(end)}"
