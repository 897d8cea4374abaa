"""Provider profile: what one provider's record is, and what it rests on."""

from dataclasses import replace

import streamlit as st

from analytics import BadQuestion, explorer, facts, posted
from analytics import profile as model
from analytics import profile_words as words
from analytics.comparison_words import basis_sentence, unrated_sentence
from analytics.days import last_days
from analytics.matrix import matrix
from analytics.present import present
from analytics.provenance import bases, left_unrated
from analytics.surface_words import matrix_sentence
from analytics.words import explorer_sentence
from dashboard import columns, current, figures, filters, record, tables
from dashboard import format as said
from dashboard.asides import asides
from dashboard.charts import causes, days
from dashboard.twin import twin

NEWEST = 10

st.title("Provider profile")
snapshot = current.snapshot()
try:
    asked = filters.question(snapshot)
    start, end = asked.window(snapshot.as_of)
except BadQuestion as error:
    st.info(f"This cannot be asked: {error}.")
    current.stop()
chosen = record.pick(snapshot, asked)
if chosen is None:
    st.info("The registry is empty: there is no provider to show.")
    current.stop()
question = replace(asked, providers=(chosen,))
origin = model.origin(snapshot, question)
surface = model.main_surface(snapshot, question, chosen)
now = present(snapshot, chosen, current.now())

st.header(said.plain(model.name(snapshot, chosen)))
record.show_present(now, snapshot.simulated)

if now.at is None or surface is None:
    st.info(words.unread_sentence(origin))
else:
    peers = model.peers(snapshot, asked, chosen, surface)
    narrow, names = replace(question, surface=surface), snapshot.table("providers")
    numbers = model.figures(snapshot, narrow, peers)
    st.subheader("In numbers")
    st.markdown(words.figures_sentence(numbers, surface, asked.surface is not None, len(peers)))
    figures.show(numbers)
    asides(
        basis_sentence(bases(snapshot, narrow), names),
        unrated_sentence(left_unrated(snapshot, narrow), names),
    )
    st.caption(f"How before and peers are found: {current.defined('Profiles')}")
    twin(numbers, "figures", snapshot, question)

    st.subheader("Day by day")
    by_day = last_days(snapshot, question)
    bars = tables.day_bars(by_day)
    if bars.is_empty():
        st.info("No component states were observed in this window: there is nothing to draw.")
    else:
        st.altair_chart(days.day_bars(bars, said.zone(question.zone)), alt=days.described(bars))
    st.caption(
        "The last 90 days of the window at most, in the colour of the worst state, the stronger "
        f"the longer it lasted. Grey: no data, which is not up. {current.defined('States')}"
    )
    twin(by_day, "days", snapshot, question)

    st.subheader("Month by month")
    months = posted.months_beside(snapshot, question)
    st.markdown(words.months_sentence(months, question.zone))
    st.dataframe(
        record.months(months),
        column_config=columns.MONTHS,
        hide_index=True,
        placeholder=said.NONE,
        alt=words.months_sentence(months, question.zone),
    )
    twin(months, "months", snapshot, question)

    st.subheader("Newest incidents")
    found = explorer.incidents(
        snapshot, question, explorer.Search(classes=question.classes, kinds=())
    )
    st.markdown(explorer_sentence(found, start, end))
    if not found.is_empty():
        names = snapshot.table("providers")
        st.dataframe(
            record.incidents(found.head(NEWEST), names, filters.link),
            column_config=columns.linked(columns.POSTS, snapshot.simulated),
            hide_index=True,
            placeholder=said.NONE,
            alt=explorer_sentence(found, start, end),
        )
    st.page_link(
        "views/incidents.py", label="All in the explorer", query_params=filters.address(p=chosen)
    )

    st.subheader("Surfaces")
    cells = matrix(snapshot, question)
    st.markdown(matrix_sentence(cells))
    st.dataframe(
        record.surfaces(cells),
        column_config=columns.SURFACES,
        hide_index=True,
        placeholder=said.NONE,
        alt=matrix_sentence(cells),
    )
    st.page_link(
        "views/surfaces.py", label="Beside other providers", query_params=filters.address()
    )

    st.subheader("How its posts move, and what they tell")
    known = facts.facts(snapshot, question)
    st.markdown(words.facts_sentence(known))
    for about in facts.ABOUT:
        st.dataframe(
            record.facts(known, about),
            column_config=columns.FACTS,
            height="content",
            hide_index=True,
            placeholder=said.NONE,
        )
    twin(known, "facts", snapshot, question)

    st.subheader("Stated causes")
    stated = facts.stated_causes(snapshot, question)
    st.markdown(words.causes_sentence(stated))
    shares = record.causes(stated)
    if not shares.is_empty():
        st.altair_chart(causes.shares(shares), alt=words.causes_sentence(stated))
    twin(stated, "causes", snapshot, question)

st.subheader("Where this comes from")
st.markdown(words.origin_list(origin, snapshot.simulated))
twin(origin, "origin", snapshot, question, config=columns.ORIGIN)
breaks = model.breaks(snapshot, question)
if breaks.is_empty():
    st.caption("No break in the series is known.")
else:
    st.caption("Breaks: across these the series must not be read straight through.")
    st.dataframe(tables.headed(breaks), column_config=columns.ORIGIN, hide_index=True)
