"""The pages: one frame around every view. Started by ``statusledger dashboard``."""

from __future__ import annotations

import streamlit as st

from dashboard import current, filters, pickers, style

st.set_page_config(page_title="Status Ledger", layout="wide")
style.readable()

page = st.navigation(
    [
        st.Page("views/overview.py", title="Overview", default=True),
        st.Page("views/versus.py", title="Head-to-head", url_path="versus"),
        st.Page("views/profile.py", title="Provider profile", url_path="profile"),
        st.Page("views/surfaces.py", title="Surfaces", url_path="surfaces"),
        st.Page("views/incidents.py", title="Incidents", url_path="incidents"),
        st.Page("views/health.py", title="Data health", url_path="health"),
        st.Page("views/methodology.py", title="Methodology", url_path=current.METHODOLOGY),
    ],
    position="top",
)
snapshot = current.pin()
if snapshot is not None:
    current.banner(snapshot)
    pickers.turn(page.url_path)
    filters.bar(snapshot)
    page.run()
    current.footer(snapshot)
