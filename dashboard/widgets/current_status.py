"""The current status of a provider: a badge, a sentence, and what is open or down."""

from __future__ import annotations

import polars as pl
import streamlit as st

from analytics.read_models.current_status import Present
from analytics.wording.profile import current_status_sentence
from dashboard.tables.columns import NOW, with_links
from dashboard.tables.profile import open_incident_table
from dashboard.tables.shared import with_headings
from dashboard.widgets.data_table import show_rows

#: What is not known is grey; nothing else is.
BADGES = {
    "operational": "green",
    "maintenance": "blue",
    "degraded": "yellow",
    "partial": "orange",
    "major": "red",
    "post open": "violet",
}


def badge(state: str) -> str:
    """Write a state as a coloured mark, in Markdown; grey where it is not known."""
    return f":{BADGES.get(state, 'gray')}-badge[{state}]"


def show_current_status(now: Present, simulated: bool) -> None:
    """Show the current status: a badge, a sentence, and what is not operational.

    ``simulated``: the data is invented, and so are the pages it came from.
    """
    st.markdown(f"{badge(now.headline)} {current_status_sentence(now)}")
    if not now.posts.is_empty():
        show_rows(open_incident_table(now.posts), with_links(NOW, simulated))
    amiss = now.components.filter(pl.col("last_state") != "operational")
    if not amiss.is_empty():
        show_rows(with_headings(amiss), NOW)
