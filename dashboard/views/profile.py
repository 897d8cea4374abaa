"""Provider profile: what is one provider's record, and what does it rest on?"""

from dataclasses import replace

import streamlit as st

from analytics import QuestionError
from analytics.evidence.provenance import bases, left_unrated
from analytics.read_models import incident_list, posting_habits, profile, reported_uptime
from analytics.read_models.current_status import present
from analytics.read_models.strips import strips, unit_of
from analytics.read_models.surface_matrix import matrix
from analytics.wording.comparison import basis_sentence, unrated_sentence
from analytics.wording.doubts import doubts_sentence
from analytics.wording.grammar import capitalise
from analytics.wording.numbers import format_day, format_surface
from analytics.wording.overview import STRIP_HEADINGS, explorer_sentence
from analytics.wording.profile import (
    causes_sentence,
    facts_sentence,
    figures_sentence,
    months_sentence,
    origin_list,
    unread_sentence,
)
from analytics.wording.surfaces import matrix_sentence
from dashboard.charts.causes import cause_chart
from dashboard.filters.asked_question import link_params, link_to, read_question
from dashboard.filters.pickers import pick_provider
from dashboard.safe_text import escape_markdown
from dashboard.session.pinned_snapshot import (
    current_snapshot,
    definition_link,
    reader_clock,
    stop_page,
)
from dashboard.tables.columns import FACTS, MONTHS, ORIGIN, POSTS, SURFACES, with_links
from dashboard.tables.profile import (
    cause_bars,
    fact_table,
    known_months,
    month_table,
    newest_incident_table,
    surface_table,
)
from dashboard.tables.shared import with_headings
from dashboard.widgets.captions import show_captions
from dashboard.widgets.chart import show_chart, show_strip
from dashboard.widgets.current_status import show_current_status
from dashboard.widgets.data_table import show_data, show_rows
from dashboard.widgets.metric_cards import show_cards
from dashboard.widgets.verdict_card import how_to_read

NEWEST = 10

st.title("Provider profile")
snapshot = current_snapshot()
try:
    asked = read_question(snapshot)
    start, end = asked.window(snapshot.as_of)
except QuestionError as error:
    st.info(f"This cannot be asked: {error}.")
    stop_page()
chosen = pick_provider(snapshot, asked)
if chosen is None:
    st.info("The registry is empty: there is no provider to show.")
    stop_page()
question = replace(asked, providers=(chosen,))
origin = profile.origin(snapshot, question)
surface = profile.main_surface(snapshot, question, chosen)
now = present(snapshot, chosen, reader_clock())

st.header(escape_markdown(profile.name(snapshot, chosen)))
show_current_status(now, snapshot.simulated)

if now.at is None or surface is None:
    st.info(unread_sentence(origin))
else:
    peers = profile.peers(snapshot, asked, chosen, surface)
    narrow, names = replace(question, surface=surface), snapshot.table("providers")
    numbers = profile.figures(snapshot, narrow, peers)
    st.subheader("In numbers")
    st.caption(f"{capitalise(format_surface(surface))}, {format_day(start)} to {format_day(end)}")
    show_cards(numbers)
    with how_to_read():
        st.markdown(figures_sentence(numbers, surface, asked.surface is not None, len(peers)))
        show_captions(
            basis_sentence(bases(snapshot, narrow), names),
            unrated_sentence(left_unrated(snapshot, narrow), names),
            doubts_sentence(snapshot, dict(names.select("provider", "name").iter_rows()), [chosen]),
            f"How before and peers are found: {definition_link('Profiles')}",
        )
    show_data(numbers, "figures", snapshot, question)

    unit = unit_of(snapshot, question)
    st.subheader(STRIP_HEADINGS[unit])
    parts = strips(snapshot, question)
    show_strip(parts, unit, question)
    show_data(parts, "strip", snapshot, question)

    st.subheader("Availability by month")
    months = known_months(reported_uptime.months_beside(snapshot, question))
    by_month = months_sentence(months, question.zone)
    st.markdown(by_month)
    show_rows(month_table(months), MONTHS, words=by_month)
    show_data(months, "months", snapshot, question)

    st.subheader("Newest incidents")
    found = incident_list.incidents(
        snapshot, question, incident_list.Search(classes=question.classes, kinds=())
    )
    newest = explorer_sentence(found, start, end)
    st.markdown(newest)
    if not found.is_empty():
        names = snapshot.table("providers")
        show_rows(
            newest_incident_table(found.head(NEWEST), names, link_to),
            with_links(POSTS, snapshot.simulated),
            words=newest,
        )
    st.page_link(
        "views/incidents.py",
        label="All in the explorer",
        query_params=link_params(p=chosen),
    )

    st.subheader("Surfaces")
    cells = matrix(snapshot, question)
    by_surface = matrix_sentence(cells)
    st.markdown(by_surface)
    show_rows(surface_table(cells), SURFACES, words=by_surface)
    st.page_link("views/surfaces.py", label="Beside other providers", query_params=link_params())

    with st.expander("Posting habits and stated causes"):
        known = posting_habits.facts(snapshot, question)
        st.markdown(facts_sentence(known))
        for about in posting_habits.ABOUT:
            show_rows(fact_table(known, about), FACTS, height="content")
        show_data(known, "facts", snapshot, question)

        stated = posting_habits.stated_causes(snapshot, question)
        by_cause = causes_sentence(stated)
        st.markdown(by_cause)
        shares = cause_bars(stated)
        if not shares.is_empty():
            show_chart(cause_chart(shares), by_cause)
        show_data(stated, "causes", snapshot, question)

with st.expander("Where this comes from"):
    st.markdown(origin_list(origin, snapshot.simulated))
    show_data(origin, "origin", snapshot, question, config=ORIGIN)
    breaks = profile.breaks(snapshot, question)
    if breaks.is_empty():
        st.caption("No break in the series is known.")
    else:
        st.caption("At a break the source changed: do not compare a series across it.")
        show_rows(with_headings(breaks), ORIGIN)
