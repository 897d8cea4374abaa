"""Data health: whether today's numbers can be trusted."""

import streamlit as st

from analytics.evidence import freshness
from dashboard.filters import pickers
from dashboard.session import pinned_snapshot
from dashboard.session.health_text import surfaced, uncovered, verdict, worded
from dashboard.tables.columns import HEALTH
from dashboard.widgets.data_table import table

st.title("Data health")
snapshot = pinned_snapshot.snapshot()
named = pickers.namer(snapshot)
st.markdown(verdict(pinned_snapshot.fresh()))

st.header("Sources")
sources = freshness.sources(snapshot, pinned_snapshot.now())
if sources.is_empty():
    st.info("No address has been polled into this snapshot, and no payload imported.")
else:
    st.caption(
        "Every address that was read. *No schedule*: imported, or read once for the past, "
        "so it is never late."
    )
    table(sources, "sources", snapshot, worded=worded(sources, named))

st.header("Pages")
pages = freshness.pages(snapshot)
st.caption(uncovered(pages))
table(pages, "pages", snapshot, worded=worded(pages.drop("name"), named), config=HEALTH)

st.header("Warnings")
warnings = freshness.warnings(snapshot)
if warnings.is_empty():
    st.info("No record was refused or doubted.")
else:
    table(warnings, "warnings", snapshot, worded=worded(warnings, named))

st.header("Runs")
runs = freshness.runs(snapshot)
if runs.is_empty():
    st.info("No run is known.")
else:
    st.caption(
        f"The newest {freshness.RUNS} times the ledger was worked on, at most. No captures are "
        "taken where only the snapshot is written again."
    )
    table(runs, "runs", snapshot)

st.header("Breaks")
breaks = freshness.breaks(snapshot)
if breaks.is_empty():
    st.info("No break in any series is known.")
else:
    st.caption("Across these a series must not be read straight through.")
    table(breaks, "breaks", snapshot, worded=worded(breaks, named))

st.header("Components without a surface")
unmapped = freshness.unmapped(snapshot)
share = surfaced(freshness.components(snapshot), len(unmapped))
if unmapped.is_empty():
    st.info(share)
else:
    st.caption(share)
    table(unmapped, "unmapped", snapshot, worded=worded(unmapped, named))
