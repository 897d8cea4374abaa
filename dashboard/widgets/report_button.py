"""The button that offers a page's question as one document."""

from __future__ import annotations

import streamlit as st

from analytics import Question, Snapshot
from dashboard.document import render_document


def show_report_button(snapshot: Snapshot, question: Question) -> None:
    """Offer the document for ``question``; it is made when the button is pressed."""
    st.download_button(
        "Report (HTML)",
        lambda: render_document(snapshot, question),
        report_file_name(snapshot, question),
        "text/html",
        on_click="ignore",
        key="report",
        help="Scorecards, comparison, sensitivity, caveats and evidence, in one file to hand on.",
    )


def report_file_name(snapshot: Snapshot, question: Question) -> str:
    """Name the file after its providers, its surface and its day."""
    about = question.providers if len(question.providers) <= 3 else ("comparison",)
    where = (question.surface,) if question.surface else ()
    return "-".join(("report", *about, *where, f"{snapshot.as_of:%Y-%m-%d}")) + ".html"
