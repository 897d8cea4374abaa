"""The frame around every page. Started by ``statusledger dashboard``.

A new page takes three steps: its rows in ``analytics/read_models/<name>.py``, its script in
``dashboard/views/<name>.py``, and one line below.
"""

from __future__ import annotations

import streamlit as st

from dashboard.filters.bar import filter_bar, keep_filters
from dashboard.filters.pickers import note_page
from dashboard.session.pinned_snapshot import (
    METHODOLOGY_PATH,
    pin_snapshot,
    show_banner,
    show_footer,
)
from dashboard.style import show_style

#: Addresses of pages on which no question is asked.
UNASKED = ("now", "contracts", "health", METHODOLOGY_PATH)

#: Address of Head-to-head in old links.
OLD_ADDRESS = "versus"

st.set_page_config(page_title="Status Ledger", layout="wide")
show_style()


VERSUS = st.Page("views/head_to_head.py", title="Head-to-head", url_path="head-to-head")
page = st.navigation(
    [
        st.Page("views/overview.py", title="Overview", default=True),
        st.Page("views/now.py", title="Now", url_path="now"),
        VERSUS,
        st.Page("views/head_to_head.py", url_path=OLD_ADDRESS, visibility="hidden"),
        st.Page("views/profile.py", title="Provider profile", url_path="profile"),
        st.Page("views/surfaces.py", title="Surfaces", url_path="surfaces"),
        st.Page("views/incidents.py", title="Incidents", url_path="incidents"),
        st.Page("views/portfolio.py", title="Portfolio", url_path="portfolio"),
        st.Page("views/contracts.py", title="Contracts", url_path="contracts"),
        st.Page("views/health.py", title="Data health", url_path="health"),
        st.Page("views/methodology.py", title="Methodology", url_path=METHODOLOGY_PATH),
    ],
    position="top",
)
if page.url_path == OLD_ADDRESS:
    asked = {key: st.query_params.get_all(key) for key in st.query_params}
    st.switch_page(VERSUS, query_params=asked)
snapshot = pin_snapshot()
if snapshot is not None:
    show_banner(snapshot)
    note_page(page.url_path)
    if page.url_path in UNASKED:
        keep_filters()
    else:
        filter_bar(snapshot, page.url_path)
    page.run()
    show_footer(snapshot)
