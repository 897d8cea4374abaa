"""Incidents: what happened, when, for how long, and what exactly was posted?"""

import streamlit as st

from analytics import QuestionError
from analytics.evidence import freshness
from analytics.evidence.provenance import left_unrated
from analytics.read_models.incident_list import incidents
from analytics.wording.comparison import unrated_sentence
from analytics.wording.numbers import format_count
from analytics.wording.overview import explorer_sentence, uncollected_sentence, unmatched_sentence
from dashboard.charts.timeline import timeline_chart
from dashboard.filters.asked_question import read_question
from dashboard.filters.incident_search import search_bar
from dashboard.session.pinned_snapshot import current_snapshot, stop_page
from dashboard.tables.shared import timeline_bars
from dashboard.widgets.captions import show_captions
from dashboard.widgets.chart import show_chart
from dashboard.widgets.data_table import show_downloads
from dashboard.widgets.fold import fold
from dashboard.widgets.incident_detail import show_detail
from dashboard.widgets.incident_list import show_days, show_incident_table

st.title("Incidents", anchor=False)
snapshot = current_snapshot()
show_detail(snapshot)
said = st.container()
try:
    question = read_question(snapshot)
    wanted = search_bar(snapshot, question)
    found = incidents(snapshot, question, wanted)
    start, end = question.window(snapshot.as_of)
except QuestionError as error:
    st.info(f"This cannot be asked: {error}.")
    stop_page()
summary = explorer_sentence(found, start, end)
said.markdown(summary)
names = snapshot.table("providers")
if found.is_empty():
    st.info("Widen the window, clear a filter or choose other providers.")
else:
    show_chart(timeline_chart(timeline_bars(found, names)), "When each post's impact was.")
    st.header("Day by day", anchor=False)
    st.caption("Marks: the impact in the provider's own word. Times are UTC.")
    show_days(found, question)
    with fold(f"As one table ({format_count(found.height, 'row')})", "table") as opened:
        if opened:
            show_incident_table(found, snapshot, summary)
    show_downloads(found, "incidents", snapshot, question)
with fold("Who is not in this list", "absent") as opened:
    if opened:
        show_captions(
            unmatched_sentence(found, question.providers, names),
            unrated_sentence(left_unrated(snapshot, question), names),
            uncollected_sentence(freshness.uncollected(snapshot)),
        )
