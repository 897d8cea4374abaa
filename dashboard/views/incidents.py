"""Incident explorer: what happened, when, for how long, and what exactly was said."""

import streamlit as st

from analytics import QuestionError
from analytics.evidence import freshness
from analytics.evidence.provenance import left_unrated
from analytics.read_models.incident_list import incidents
from analytics.wording.comparison import unrated_sentence
from analytics.wording.overview import explorer_sentence, uncollected_sentence, unmatched_sentence
from dashboard import format as said
from dashboard.charts import timeline
from dashboard.filters import asked_question
from dashboard.filters.incident_search import search
from dashboard.session import pinned_snapshot
from dashboard.tables import shared
from dashboard.tables.columns import INCIDENTS, linked
from dashboard.widgets.captions import captions
from dashboard.widgets.data_table import downloads
from dashboard.widgets.incident_detail import show_detail

st.title("Incidents")
snapshot = pinned_snapshot.snapshot()
show_detail(snapshot)
try:
    question = asked_question.question(snapshot)
    wanted = search(snapshot, question)
    found = incidents(snapshot, question, wanted)
    start, end = question.window(snapshot.as_of)
except QuestionError as error:
    st.info(f"This cannot be asked: {error}.")
    pinned_snapshot.stop()
st.markdown(explorer_sentence(found, start, end))
names = snapshot.table("providers")
captions(
    unmatched_sentence(found, question.providers, names),
    unrated_sentence(left_unrated(snapshot, question), names),
    uncollected_sentence(freshness.uncollected(snapshot)),
)

if found.is_empty():
    st.info("Widen the window, clear a filter or choose other providers.")
    pinned_snapshot.stop()

st.altair_chart(
    timeline.posts_over_time(shared.timeline(found, names)), alt="When each post's impact was."
)
st.caption("Choose a row to read everything that was posted about it.")
chosen = st.dataframe(
    shared.incidents(found, names),
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
