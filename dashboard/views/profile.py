"""Provider profile: what one provider's record is, and what it rests on."""

from dataclasses import replace

import streamlit as st

from analytics import QuestionError
from analytics.evidence.provenance import bases, left_unrated
from analytics.read_models import incident_list, posting_habits, reported_uptime
from analytics.read_models import profile as model
from analytics.read_models.current_status import present
from analytics.read_models.daily_states import last_days
from analytics.read_models.surface_matrix import matrix
from analytics.wording import profile as words
from analytics.wording.comparison import basis_sentence, unrated_sentence
from analytics.wording.overview import explorer_sentence
from analytics.wording.surfaces import matrix_sentence
from dashboard import format as said
from dashboard.charts import causes, days
from dashboard.filters import asked_question, pickers
from dashboard.session import pinned_snapshot
from dashboard.tables import columns, profile, shared
from dashboard.widgets import metric_cards
from dashboard.widgets.captions import captions
from dashboard.widgets.data_table import data_table

NEWEST = 10

st.title("Provider profile")
snapshot = pinned_snapshot.snapshot()
try:
    asked = asked_question.question(snapshot)
    start, end = asked.window(snapshot.as_of)
except QuestionError as error:
    st.info(f"This cannot be asked: {error}.")
    pinned_snapshot.stop()
chosen = pickers.pick(snapshot, asked)
if chosen is None:
    st.info("The registry is empty: there is no provider to show.")
    pinned_snapshot.stop()
question = replace(asked, providers=(chosen,))
origin = model.origin(snapshot, question)
surface = model.main_surface(snapshot, question, chosen)
now = present(snapshot, chosen, pinned_snapshot.now())

st.header(said.escape_markdown(model.name(snapshot, chosen)))
profile.show_present(now, snapshot.simulated)

if now.at is None or surface is None:
    st.info(words.unread_sentence(origin))
else:
    peers = model.peers(snapshot, asked, chosen, surface)
    narrow, names = replace(question, surface=surface), snapshot.table("providers")
    numbers = model.figures(snapshot, narrow, peers)
    st.subheader("In numbers")
    st.markdown(words.figures_sentence(numbers, surface, asked.surface is not None, len(peers)))
    metric_cards.show(numbers)
    captions(
        basis_sentence(bases(snapshot, narrow), names),
        unrated_sentence(left_unrated(snapshot, narrow), names),
    )
    st.caption(f"How before and peers are found: {pinned_snapshot.defined('Profiles')}")
    data_table(numbers, "figures", snapshot, question)

    st.subheader("Day by day")
    by_day = last_days(snapshot, question)
    bars = shared.day_bars(by_day)
    if bars.is_empty():
        st.info("No component states were observed in this window: there is nothing to draw.")
    else:
        st.altair_chart(days.day_bars(bars, said.zone(question.zone)), alt=days.described(bars))
    st.caption(
        "The last 90 days of the window at most, in the colour of the worst state, the stronger "
        f"the longer it lasted. Grey: no data, which is not up. {pinned_snapshot.defined('States')}"
    )
    data_table(by_day, "days", snapshot, question)

    st.subheader("Month by month")
    months = reported_uptime.months_beside(snapshot, question)
    st.markdown(words.months_sentence(months, question.zone))
    st.dataframe(
        profile.months(months),
        column_config=columns.MONTHS,
        hide_index=True,
        placeholder=said.NONE,
        alt=words.months_sentence(months, question.zone),
    )
    data_table(months, "months", snapshot, question)

    st.subheader("Newest incidents")
    found = incident_list.incidents(
        snapshot, question, incident_list.Search(classes=question.classes, kinds=())
    )
    st.markdown(explorer_sentence(found, start, end))
    if not found.is_empty():
        names = snapshot.table("providers")
        st.dataframe(
            profile.incidents(found.head(NEWEST), names, asked_question.link),
            column_config=columns.linked(columns.POSTS, snapshot.simulated),
            hide_index=True,
            placeholder=said.NONE,
            alt=explorer_sentence(found, start, end),
        )
    st.page_link(
        "views/incidents.py",
        label="All in the explorer",
        query_params=asked_question.address(p=chosen),
    )

    st.subheader("Surfaces")
    cells = matrix(snapshot, question)
    st.markdown(matrix_sentence(cells))
    st.dataframe(
        profile.surfaces(cells),
        column_config=columns.SURFACES,
        hide_index=True,
        placeholder=said.NONE,
        alt=matrix_sentence(cells),
    )
    st.page_link(
        "views/surfaces.py", label="Beside other providers", query_params=asked_question.address()
    )

    st.subheader("How its posts move, and what they tell")
    known = posting_habits.facts(snapshot, question)
    st.markdown(words.facts_sentence(known))
    for about in posting_habits.ABOUT:
        st.dataframe(
            profile.facts(known, about),
            column_config=columns.FACTS,
            height="content",
            hide_index=True,
            placeholder=said.NONE,
        )
    data_table(known, "facts", snapshot, question)

    st.subheader("Stated causes")
    stated = posting_habits.stated_causes(snapshot, question)
    st.markdown(words.causes_sentence(stated))
    shares = profile.causes(stated)
    if not shares.is_empty():
        st.altair_chart(causes.shares(shares), alt=words.causes_sentence(stated))
    data_table(stated, "causes", snapshot, question)

st.subheader("Where this comes from")
st.markdown(words.origin_list(origin, snapshot.simulated))
data_table(origin, "origin", snapshot, question, config=columns.ORIGIN)
breaks = model.breaks(snapshot, question)
if breaks.is_empty():
    st.caption("No break in the series is known.")
else:
    st.caption("Breaks: across these the series must not be read straight through.")
    st.dataframe(shared.headed(breaks), column_config=columns.ORIGIN, hide_index=True)
