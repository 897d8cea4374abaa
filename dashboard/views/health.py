"""Data health: can today's numbers be trusted?"""

import streamlit as st

from analytics.evidence import freshness
from dashboard.filters.pickers import provider_namer
from dashboard.session.health_text import (
    freshness_sentence,
    in_words,
    uncovered_sentence,
    unmapped_sentence,
)
from dashboard.session.pinned_snapshot import current_freshness, current_snapshot, reader_clock
from dashboard.tables.columns import HEALTH
from dashboard.widgets.data_table import show_table
from dashboard.widgets.fold import fold

st.title("Data health")
snapshot = current_snapshot()
named = provider_namer(snapshot)
st.markdown(freshness_sentence(current_freshness()))

st.header("Sources")
sources = freshness.sources(snapshot, reader_clock())
if sources.is_empty():
    st.info("No address has been polled into this snapshot, and no payload imported.")
else:
    st.caption(
        "Every address that was read. *No schedule*: imported, or read once for the past, "
        "so it is never late."
    )
    show_table(sources, "sources", snapshot, worded=in_words(sources, named))

st.header("Pages")
pages = freshness.pages(snapshot)
st.caption(uncovered_sentence(pages))
show_table(pages, "pages", snapshot, worded=in_words(pages.drop("name"), named), config=HEALTH)

st.header("Warnings")
warnings = freshness.warnings(snapshot)
if warnings.is_empty():
    st.info("No record was refused or marked as doubtful.")
else:
    show_table(warnings, "warnings", snapshot, worded=in_words(warnings, named))

with fold("Runs", "runs-of-all") as opened:
    if opened:
        runs = freshness.runs(snapshot)
        if runs.is_empty():
            st.info("No run is known.")
        else:
            st.caption(
                f"The newest {freshness.MOST_RUNS} runs at most. A run that only writes the "
                "snapshot again takes no captures."
            )
            show_table(runs, "runs", snapshot)

with fold("Breaks", "breaks-of-all") as opened:
    if opened:
        breaks = freshness.breaks(snapshot)
        if breaks.is_empty():
            st.info("No break in any series is known.")
        else:
            st.caption("At a break the source changed: do not compare a series across it.")
            show_table(breaks, "breaks", snapshot, worded=in_words(breaks, named))

unmapped = freshness.unmapped(snapshot)
with fold(f"Components without a surface ({len(unmapped):,})", "unmapped-of-all") as opened:
    if opened:
        share = unmapped_sentence(freshness.components(snapshot), len(unmapped))
        if unmapped.is_empty():
            st.info(share)
        else:
            st.caption(share)
            show_table(unmapped, "unmapped", snapshot, worded=in_words(unmapped, named))
