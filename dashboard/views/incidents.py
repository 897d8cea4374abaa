"""Incident explorer: what happened, when, for how long, and what exactly was said."""

import streamlit as st

from analytics import BadQuestion, freshness
from analytics.comparison_words import unrated_sentence
from analytics.explorer import incidents
from analytics.provenance import left_unrated
from analytics.words import explorer_sentence, uncollected_sentence, unmatched_sentence
from dashboard import current, filters, tables
from dashboard import format as said
from dashboard.asides import asides
from dashboard.charts import timeline
from dashboard.columns import INCIDENTS, linked
from dashboard.detail import show_detail
from dashboard.search import search
from dashboard.twin import downloads

st.title("Incidents")
snapshot = current.snapshot()
show_detail(snapshot)
try:
    question = filters.question(snapshot)
    wanted = search(snapshot, question)
    found = incidents(snapshot, question, wanted)
    start, end = question.window(snapshot.as_of)
except BadQuestion as error:
    st.info(f"This cannot be asked: {error}.")
    current.stop()
st.markdown(explorer_sentence(found, start, end))
names = snapshot.table("providers")
asides(
    unmatched_sentence(found, question.providers, names),
    unrated_sentence(left_unrated(snapshot, question), names),
    uncollected_sentence(freshness.uncollected(snapshot)),
)

if found.is_empty():
    st.info("Widen the window, clear a filter or choose other providers.")
    current.stop()

st.altair_chart(
    timeline.posts_over_time(tables.timeline(found, names)), alt="When each post's impact was."
)
st.caption("Choose a row to read everything that was posted about it.")
chosen = st.dataframe(
    tables.incidents(found, names),
    column_config=linked(INCIDENTS, snapshot.simulated),
    hide_index=True,
    placeholder=said.NONE,
    on_select="rerun",
    selection_mode="single-row",
    key="chosen",
    alt=explorer_sentence(found, start, end),
)
downloads(found, "incidents", snapshot, question)
for row in chosen["selection"]["rows"]:
    key = found["key"][row]
    if st.query_params.get("incident") != key:
        st.query_params["incident"] = key
        st.rerun()
