"""Surfaces: which surface fails at which provider, and how did a component get its surface?"""

from dataclasses import replace

import streamlit as st

from analytics import QuestionError
from analytics.evidence import freshness
from analytics.read_models.open_incidents import ongoing
from analytics.read_models.surface_matrix import mapping, matrix
from analytics.wording.comparison import basis_sentence
from analytics.wording.overview import ongoing_sentence, uncollected_sentence
from analytics.wording.surfaces import mapping_sentence, matrix_sentence, quiet_providers_sentence
from dashboard.charts.matrix import matrix_chart
from dashboard.filters.asked_question import link_to, read_question
from dashboard.session.pinned_snapshot import current_snapshot, definition_link, stop_page
from dashboard.tables.columns import MAPPING, MATRIX
from dashboard.tables.surfaces import linked_matrix, mapping_table, matrix_cells
from dashboard.widgets.captions import show_captions
from dashboard.widgets.chart import show_chart
from dashboard.widgets.data_table import show_data, show_downloads, show_rows
from dashboard.widgets.verdict_card import how_to_read

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
    show_chart(matrix_chart(matrix_cells(rows)), summary)
    st.caption(
        "Minutes down per 30 observed days. *+ ?*: more unknown than down. *†*: less than half of "
        "the window covered. Neither *not reported* nor *no data* means up."
    )
    show_captions(uncollected_sentence(freshness.uncollected(snapshot)))
    with how_to_read():
        st.markdown(
            "A surface is down while any of its components is. The colours step at 99.99, 99.95, "
            "99.9, 99.5 and 99 % availability. *Not reported*: no component of the surface is "
            "known. *No data*: no coverage in this window. *Too little data*: less than 30 days "
            "observed. Not compared: rows without a surface, rows covered for less than half of "
            "the window, and rows made of whole posts. "
            f"{definition_link('Availability rules')} · {definition_link('Surfaces')}"
        )
        show_captions(
            basis_sentence(rows, snapshot.table("providers")),
            quiet_providers_sentence(rows, question.narrowed),
            ongoing_sentence(ongoing(snapshot, question)),
        )
    show_data(linked_matrix(rows, link_to), "surfaces", snapshot, question, config=MATRIX)

st.header("Which component is which surface")
known = mapping(snapshot, question)
share = mapping_sentence(known)
with how_to_read():
    st.markdown(share)
show_rows(mapping_table(known), MAPPING, words=share)
show_downloads(known, "mapping", snapshot, question)
