"""Data health: whether today's numbers can be trusted."""

import streamlit as st

from analytics import freshness
from dashboard import current, tables
from dashboard import format as said
from dashboard.columns import HEALTH
from dashboard.health import surfaced, uncovered, verdict

st.title("Data health")
snapshot = current.snapshot()
st.markdown(verdict(current.fresh()))

st.header("Sources")
sources = freshness.sources(snapshot, current.now())
if sources.is_empty():
    st.info("No address has been polled into this snapshot; imported payloads have no schedule.")
else:
    st.dataframe(
        tables.headed(sources), column_config=HEALTH, hide_index=True, placeholder=said.NONE
    )

st.header("Pages")
pages = freshness.pages(snapshot)
st.caption(uncovered(pages))
st.dataframe(tables.headed(pages), column_config=HEALTH, hide_index=True, placeholder=said.NONE)
st.download_button(
    "Download CSV", tables.csv(pages), "pages.csv", "text/csv", on_click="ignore", key="csv"
)

st.header("Warnings")
warnings = freshness.warnings(snapshot)
if warnings.is_empty():
    st.info("No record was refused or doubted.")
else:
    st.dataframe(
        tables.headed(warnings), column_config=HEALTH, hide_index=True, placeholder=said.NONE
    )

st.header("Components without a surface")
unmapped = freshness.unmapped(snapshot)
if unmapped.is_empty():
    st.info(surfaced(len(snapshot.table("components"))))
else:
    st.caption("They count under the surface “other” until `ingest/surfaces.toml` names them.")
    st.dataframe(tables.headed(unmapped), hide_index=True, placeholder=said.NONE)
