"""The button that offers a page's question as a brief."""

from __future__ import annotations

import streamlit as st

from analytics import Question, Snapshot
from dashboard.document.brief import render_brief


def show_report_button(snapshot: Snapshot, question: Question) -> None:
    """Offer the brief for ``question``; it is made when the button is pressed."""
    st.download_button(
        "Brief, 2 pages",
        lambda: render_brief(snapshot, question),
        report_file_name(snapshot, question),
        "text/html",
        on_click="ignore",
        key="report",
        help="The finding, one picture and what it rests on, in one HTML file to hand on.",
    )


def report_file_name(snapshot: Snapshot, question: Question) -> str:
    """Name the file after its providers, its surface and its day."""
    about = question.providers if len(question.providers) <= 3 else ("comparison",)
    where = (question.surface,) if question.surface else ()
    return "-".join(("brief", *about, *where, f"{snapshot.as_of:%Y-%m-%d}")) + ".html"
