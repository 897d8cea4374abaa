"""Surfaces: which surface fails, at which provider, and how a component got its surface."""

import streamlit as st

from analytics import BadQuestion, freshness
from analytics.comparison_words import basis_sentence
from analytics.matrix import mapping, matrix
from analytics.ongoing import ongoing
from analytics.surface_words import mapping_sentence, matrix_sentence, silent_sentence
from analytics.words import ongoing_sentence, uncollected_sentence
from dashboard import current, filters, surfaces
from dashboard import format as said
from dashboard.asides import asides
from dashboard.charts.matrix import cells
from dashboard.columns import MAPPING, MATRIX
from dashboard.twin import downloads, twin

st.title("Surfaces")
snapshot = current.snapshot()
try:
    question = filters.question(snapshot)
    rows = matrix(snapshot, question)
except BadQuestion as error:
    st.info(f"This cannot be asked: {error}.")
    current.stop()
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
        f"{current.defined('Availability rules')} · {current.defined('Surfaces')}"
    )
    asides(
        basis_sentence(rows, snapshot.table("providers")),
        silent_sentence(rows, question.narrowed),
        ongoing_sentence(ongoing(snapshot, question)),
        uncollected_sentence(freshness.uncollected(snapshot)),
    )
    twin(surfaces.twin(rows, filters.link), "surfaces", snapshot, question, config=MATRIX)

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
