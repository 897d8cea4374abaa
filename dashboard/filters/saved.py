"""The questions a user saved, as buttons on every page: "My vendors"."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st

from analytics import Question, QuestionError, Snapshot
from analytics.asking.saved_questions import FILE, SavedQuestion, read_questions
from analytics.directory import covered_providers
from analytics.question import RELIABILITY, UTC_ZONE
from analytics.rules import HEADLINE
from analytics.sla.contract_window import in_period
from dashboard.filters.asked_question import ANY, DEFAULT_WINDOW, OWN, WINDOWS
from dashboard.filters.pickers import provider_finder
from dashboard.session.own_contracts import own_contracts
from dashboard.session.pinned_snapshot import REGION, REGION_CHOSEN


def offer_saved_questions(snapshot: Snapshot) -> None:
    """Offer a button for each saved question; none where nothing is saved.

    A file that cannot be read says why, in place of the buttons.
    """
    place = Path(os.environ.get("STATUSLEDGER_DATA", "data")) / FILE
    if not place.is_file():
        return
    with st.popover("My vendors", help=f"Questions saved in {FILE}"):
        try:
            saved = read_questions(place.read_text(encoding="utf-8"))
        except QuestionError as error:
            st.warning(f"{error}.")
            return
        for name, question in saved.items():
            st.button(name, key=f"saved-{name}", on_click=_apply, args=(snapshot, question))


def _apply(snapshot: Snapshot, question: SavedQuestion) -> None:
    """Set the widgets of the bar to a saved question."""
    find, known = provider_finder(snapshot), covered_providers(snapshot)
    state = st.session_state
    state["p"] = [one for one in map(find, question.providers) if one in known]
    state["_p_chosen"] = True
    state["surface"] = question.surface or ANY
    if question.region is None:
        state.pop(REGION_CHOSEN, None)
        st.query_params.pop(REGION, None)
    else:
        state[REGION_CHOSEN] = st.query_params[REGION] = question.region
    state["rule"] = question.rule or HEADLINE
    state["minimum"] = question.minimum or ANY
    state["classes"] = list(question.classes or RELIABILITY)
    window = question.window or DEFAULT_WINDOW
    if window in WINDOWS:
        state["win"] = window
        return
    now = Question(zone=state.get("zone") or UTC_ZONE)
    asked = in_period(now, snapshot.as_of, window, own_contracts)
    state["win"] = OWN
    state["since"], state["until"], state["zone"] = asked.since, asked.until, asked.zone
