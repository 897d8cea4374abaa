"""The pages: one frame around every view. Started by ``statusledger dashboard``."""

from __future__ import annotations

import streamlit as st

from dashboard import style
from dashboard.filters import bar, pickers
from dashboard.session import pinned_snapshot

st.set_page_config(page_title="Status Ledger", layout="wide")
style.readable()

page = st.navigation(
    [
        st.Page("views/overview.py", title="Overview", default=True),
        st.Page("views/head_to_head.py", title="Head-to-head", url_path="versus"),
        st.Page("views/profile.py", title="Provider profile", url_path="profile"),
        st.Page("views/surfaces.py", title="Surfaces", url_path="surfaces"),
        st.Page("views/incidents.py", title="Incidents", url_path="incidents"),
        st.Page("views/health.py", title="Data health", url_path="health"),
        st.Page("views/methodology.py", title="Methodology", url_path=pinned_snapshot.METHODOLOGY),
    ],
    position="top",
)
snapshot = pinned_snapshot.pin()
if snapshot is not None:
    pinned_snapshot.banner(snapshot)
    pickers.turn(page.url_path)
    bar.bar(snapshot)
    page.run()
    pinned_snapshot.footer(snapshot)
