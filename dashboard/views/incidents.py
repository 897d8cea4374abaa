"""Incidents: what happened, when, for how long, and what exactly was posted?"""

import streamlit as st

from analytics import QuestionError
from analytics.evidence import freshness
from analytics.evidence.provenance import left_unrated
from analytics.read_models.incident_list import incidents
from analytics.wording.comparison import unrated_sentence
from analytics.wording.numbers import BLANK
from analytics.wording.overview import explorer_sentence, uncollected_sentence, unmatched_sentence
from dashboard.charts.timeline import timeline_chart
from dashboard.filters.asked_question import read_question
from dashboard.filters.incident_search import search_bar
from dashboard.session.pinned_snapshot import current_snapshot, stop_page
from dashboard.tables.columns import INCIDENTS, with_links
from dashboard.tables.shared import incident_table, timeline_bars
from dashboard.widgets.captions import show_captions
from dashboard.widgets.chart import show_chart
from dashboard.widgets.data_table import show_downloads
from dashboard.widgets.fold import fold
from dashboard.widgets.incident_detail import show_detail

st.title("Incidents")
snapshot = current_snapshot()
show_detail(snapshot)
try:
    question = read_question(snapshot)
    wanted = search_bar(snapshot, question)
    found = incidents(snapshot, question, wanted)
    start, end = question.window(snapshot.as_of)
except QuestionError as error:
    st.info(f"This cannot be asked: {error}.")
    stop_page()
summary = explorer_sentence(found, start, end)
st.markdown(summary)
names = snapshot.table("providers")
with fold("Who is not in this list", "absent") as opened:
    if opened:
        show_captions(
            unmatched_sentence(found, question.providers, names),
            unrated_sentence(left_unrated(snapshot, question), names),
            uncollected_sentence(freshness.uncollected(snapshot)),
        )

if found.is_empty():
    st.info("Widen the window, clear a filter or choose other providers.")
    stop_page()

show_chart(timeline_chart(timeline_bars(found, names)), "When each post's impact was.")
st.caption("Choose a row to read everything that was posted about it.")
chosen = st.dataframe(
    incident_table(found, names).to_arrow(),
    column_config=with_links(INCIDENTS, snapshot.simulated),
    hide_index=True,
    placeholder=BLANK,
    on_select="rerun",
    selection_mode="single-row",
    key="chosen",
    alt=summary,
)
show_downloads(found, "incidents", snapshot, question)
for row in chosen["selection"]["rows"]:
    key = found["key"][row]
    if st.query_params.get("incident") != key:
        st.query_params["incident"] = key
        st.rerun()
