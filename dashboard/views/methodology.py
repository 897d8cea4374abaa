"""Methodology: how is each number made, and how is it cited?"""

import streamlit as st

from analytics import methodology
from dashboard.session.pinned_snapshot import SECTION_PARAM, current_snapshot, section_anchor
from dashboard.widgets.fold import fold

#: The first section of each group, and what the group is called.
GROUPS = {
    "Glossary": "Words and sources",
    "Incident classes": "From posts to states",
    "Availability rules": "Numbers",
    "Ranking": "Comparisons",
    "Profiles": "Pages, checks and changes",
}


def show_text(text: str) -> None:
    """Show prose and worked examples in turn."""
    for part in methodology.parts(text):
        if part.example:
            st.caption("Worked example, as the tests run it")
            st.code(part.text, language="python")
        else:
            st.markdown(part.text)


snapshot = current_snapshot()
# A phone would scroll sideways for the long names in the table of constants.
st.html("<style>td code { overflow-wrap: anywhere !important; }</style>")
document = methodology.text()
asked = st.query_params.get(SECTION_PARAM)
for section in methodology.sections(document):
    if not section.title:
        show_text(section.text)
        continue
    if section.title in GROUPS:
        st.header(GROUPS[section.title], anchor=False)
    anchor = section_anchor(section.title)
    st.subheader(section.title, anchor=anchor)
    with fold(
        methodology.first_sentence(section) or "Read", anchor, opened=asked == anchor
    ) as opened:
        if opened:
            show_text(section.text)

# The document ends with how to cite.
st.code(methodology.citation(snapshot), language=None, wrap_lines=True)
st.download_button("The whole text", document, "METHODOLOGY.md", "text/markdown", on_click="ignore")
# The style comes after the first texts and makes them lower: a section that an address leads to
# would slip out of sight. This is the last element, so all others are there.
st.html(
    "<script>document.getElementById(location.hash.slice(1))?.scrollIntoView()</script>",
    unsafe_allow_javascript=True,
)
