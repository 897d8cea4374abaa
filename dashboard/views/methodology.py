"""Methodology: how is each number made, and how is it cited?"""

import streamlit as st

from analytics import methodology
from dashboard.session.pinned_snapshot import current_snapshot

snapshot = current_snapshot()
# A phone would scroll sideways for the long names in the table of constants.
st.html("<style>td code { overflow-wrap: anywhere !important; }</style>")
for part in methodology.parts(methodology.text()):
    if part.example:
        with st.expander("Worked example, as the tests run it"):
            st.code(part.text, language="python")
    else:
        st.markdown(part.text)

# The document ends with how to cite.
st.code(methodology.citation(snapshot), language=None, wrap_lines=True)
