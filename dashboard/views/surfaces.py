"""Surfaces: which surface fails at which provider, and how did a component get its surface?"""

from dataclasses import replace

import streamlit as st

from analytics import QuestionError
from analytics.evidence import freshness
from analytics.read_models.open_incidents import ongoing
from analytics.read_models.surface_matrix import mapping, matrix
from analytics.wording.comparison import basis_sentence
from analytics.wording.numbers import format_count
from analytics.wording.overview import ongoing_sentence, uncollected_sentence
from analytics.wording.surfaces import mapping_sentence, matrix_sentence, quiet_providers_sentence
from dashboard.charts.matrix import matrix_chart
from dashboard.filters.asked_question import link_to, read_question
from dashboard.session.pinned_snapshot import current_snapshot, definition_link, stop_page
from dashboard.style import on_dark_page
from dashboard.tables.columns import MAPPING, MATRIX
from dashboard.tables.surfaces import by_provider, linked_matrix, mapping_table, matrix_cells
from dashboard.widgets.captions import show_captions
from dashboard.widgets.chart import show_chart
from dashboard.widgets.data_table import show_data, show_downloads, show_rows
from dashboard.widgets.fold import fold

st.title("Surfaces")
snapshot = current_snapshot()
try:
    question = replace(read_question(snapshot), surface=None)
    rows = matrix(snapshot, question)
except QuestionError as error:
    st.info(f"This cannot be asked: {error}.")
    stop_page()
summary = matrix_sentence(rows)
st.markdown(summary)

if rows.is_empty():
    st.info("Choose other providers, or collect them: `statusledger collect`.")
else:
    show_chart(matrix_chart(matrix_cells(rows), on_dark_page()), summary)
    st.caption(
        "Minutes down per 30 observed days. *+ ?*: more unknown than down. *†*: less than half of "
        "the window covered. Dashed: not reported. Neither that nor *no data* means up."
    )
    with fold("How to read this", "reading") as opened:
        told = (
            "A surface is down while any of its components is. The colours step at 99.99, 99.95, "
            "99.9, 99.5 and 99 % availability. *Not reported*: no component of the surface is "
            "known. *No data*: no coverage in this window. *Too little data*: less than 30 days "
            "observed. Not compared: rows without a surface, rows covered for less than half of "
            "the window, and rows made of whole posts. "
            f"{definition_link('Availability rules')} · {definition_link('Surfaces')}"
        )
        if opened:
            st.markdown(told)
            show_captions(
                uncollected_sentence(freshness.uncollected(snapshot)),
                basis_sentence(rows, snapshot.table("providers")),
                quiet_providers_sentence(rows, question.narrowed),
                ongoing_sentence(ongoing(snapshot, question)),
            )
    show_data(linked_matrix(rows, link_to), "surfaces", snapshot, question, config=MATRIX)

st.header("Which component is which surface", anchor=False)
known = mapping(snapshot, question)
st.caption(mapping_sentence(known))
for provider, name, its in by_provider(known):
    with fold(f"{name} ({format_count(its.height, 'component')})", f"of-{provider}") as opened:
        if opened:
            show_rows(mapping_table(its), MAPPING, height="content")
show_downloads(known, "mapping", snapshot, question)
