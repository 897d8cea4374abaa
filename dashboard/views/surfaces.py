"""Surfaces: which surface fails, at which provider, and how a component got its surface."""

import streamlit as st

from analytics import QuestionError
from analytics.evidence import freshness
from analytics.read_models.open_incidents import ongoing
from analytics.read_models.surface_matrix import mapping, matrix
from analytics.wording.comparison import basis_sentence
from analytics.wording.overview import ongoing_sentence, uncollected_sentence
from analytics.wording.surfaces import mapping_sentence, matrix_sentence, silent_sentence
from dashboard import format as said
from dashboard.charts.matrix import cells
from dashboard.filters import asked_question
from dashboard.session import pinned_snapshot
from dashboard.tables import surfaces
from dashboard.tables.columns import MAPPING, MATRIX
from dashboard.widgets.captions import captions
from dashboard.widgets.data_table import data_table, downloads

st.title("Surfaces")
snapshot = pinned_snapshot.snapshot()
try:
    question = asked_question.question(snapshot)
    rows = matrix(snapshot, question)
except QuestionError as error:
    st.info(f"This cannot be asked: {error}.")
    pinned_snapshot.stop()
st.markdown(matrix_sentence(rows))

if rows.is_empty():
    st.info("Choose other providers, or collect them: `statusledger collect`.")
else:
    st.altair_chart(cells(surfaces.cells(rows)), alt=matrix_sentence(rows))
    st.caption(
        "Minutes down per 30 observed days under the rule; several components of one surface count "
        "as down while any is. The colours step at 99.99, 99.95, 99.9, 99.5 and 99 % of "
        "availability. *+ ?*: the state is unknown for longer than it was down, and unknown is "
        "neither up nor down. *†*: less than half of the window is covered. *Not reported*: no "
        "component of the surface is known, which is not the same as never down. *No data*: "
        "nothing vouches for it in this window. *Too little data*: less than 30 days observed. "
        "What is of no surface, covered for less than half the window or told by whole posts is "
        "not compared. "
        f"{pinned_snapshot.defined('Availability rules')} · {pinned_snapshot.defined('Surfaces')}"
    )
    captions(
        basis_sentence(rows, snapshot.table("providers")),
        silent_sentence(rows, question.narrowed),
        ongoing_sentence(ongoing(snapshot, question)),
        uncollected_sentence(freshness.uncollected(snapshot)),
    )
    data_table(
        surfaces.twin(rows, asked_question.link), "surfaces", snapshot, question, config=MATRIX
    )

st.header("Which component is which surface")
known = mapping(snapshot, question)
st.markdown(mapping_sentence(known))
st.dataframe(
    surfaces.mapping(known),
    column_config=MAPPING,
    hide_index=True,
    placeholder=said.NONE,
    alt=mapping_sentence(known),
)
downloads(known, "mapping", snapshot, question)
