"""The verdict on a page: a finding, its numbers, and how sure it is."""

from __future__ import annotations

import streamlit as st

from analytics.verdict.grade import CLEAR, LIKELY, PROVISIONAL
from analytics.wording.verdict import Finding
from dashboard.shown_text import escape_markdown

#: A grade is a word as well as a colour; what is not sure is grey.
COLOURS = {CLEAR: "green", LIKELY: "blue", PROVISIONAL: "violet"}


def show_headline(finding: Finding) -> None:
    """Show a verdict as the title of the page, with its numbers and its grade."""
    st.title(escape_markdown(finding.head), anchor=False)
    st.markdown(f"**{escape_markdown(finding.numbers)}**")
    st.markdown(grade_badge(finding))


def grade_badge(finding: Finding) -> str:
    """Write a grade as a badge with its reason, in Markdown."""
    colour = COLOURS.get(finding.grade.lower(), "gray")
    return f":{colour}-badge[{finding.grade}] {escape_markdown(finding.because)}"
