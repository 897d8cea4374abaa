"""The list of the page Incidents: day by day, and as one table."""

from __future__ import annotations

import polars as pl
import streamlit as st

from analytics import Question, Snapshot
from analytics.directory import provider_names
from analytics.wording.numbers import BLANK, format_count
from dashboard.filters.asked_question import link_to
from dashboard.session.pinned_snapshot import current_snapshot
from dashboard.tables.columns import INCIDENTS, with_links
from dashboard.tables.incident_days import incident_days
from dashboard.tables.shared import incident_table
from dashboard.widgets.incident_detail import INCIDENT_PARAM

#: Incidents in sight at first, and with each click more.
STEP = 25
SHOWN = "_incidents_shown"


def show_days(found: pl.DataFrame, question: Question) -> None:
    """Show the newest incidents day by day, with a button for older ones.

    Args:
        found: As from ``incident_list.incidents``.
        question: What was asked.
    """
    shown = st.session_state.setdefault(SHOWN, STEP)
    names = provider_names(current_snapshot())
    st.html(incident_days(found.head(shown), names, link_to, question.zone))
    if (older := found.height - shown) > 0:
        label = f"Show older ({format_count(older, 'incident')} more)"
        st.button(label, key="older", on_click=_more)


def _more() -> None:
    st.session_state[SHOWN] += STEP


def show_incident_table(found: pl.DataFrame, snapshot: Snapshot, words: str) -> None:
    """Show incidents as a table of which a row can be chosen, to read all of it.

    Args:
        found: As from ``incident_list.incidents``.
        snapshot: Where the rows come from.
        words: What the table shows, for those who do not see it.
    """
    st.caption("Choose a row to read everything that was posted about it.")
    chosen = st.dataframe(
        incident_table(found, snapshot.table("providers")).to_arrow(),
        column_config=with_links(INCIDENTS, snapshot.simulated),
        hide_index=True,
        placeholder=BLANK,
        on_select="rerun",
        selection_mode="single-row",
        key="chosen",
        alt=words,
    )
    for row in chosen["selection"]["rows"]:
        key = found["key"][row]
        if st.query_params.get(INCIDENT_PARAM) != key:
            st.query_params[INCIDENT_PARAM] = key
            st.rerun()
