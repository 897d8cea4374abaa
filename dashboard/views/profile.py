"""Provider profile: what is one provider's record, and what does it rest on?"""

from dataclasses import replace

import streamlit as st

from analytics import QuestionError
from analytics.directory import provider_names
from analytics.evidence.provenance import bases, left_unrated
from analytics.read_models import incident_list, posting_habits, profile, reported_uptime
from analytics.read_models.current_status import present
from analytics.read_models.strips import strips, unit_of
from analytics.read_models.surface_matrix import matrix
from analytics.wording.comparison import basis_sentence, unrated_sentence
from analytics.wording.doubts import doubts_sentence
from analytics.wording.numbers import format_day
from analytics.wording.overview import STRIP_HEADINGS, explorer_sentence
from analytics.wording.profile import (
    causes_sentence,
    down_sentence,
    facts_sentence,
    figures_sentence,
    months_sentence,
    origin_list,
    unread_sentence,
)
from analytics.wording.surfaces import matrix_sentence
from dashboard.charts.causes import cause_chart
from dashboard.filters.asked_question import link_params, link_to, read_question
from dashboard.filters.pickers import PROVIDER_PARAM
from dashboard.session.pinned_snapshot import (
    current_snapshot,
    definition_link,
    reader_clock,
    stop_page,
)
from dashboard.shown_text import escape_markdown
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
from dashboard.widgets.data_table import show_data, show_downloads, show_rows, show_table
from dashboard.widgets.fold import fold
from dashboard.widgets.forecast import show_survival
from dashboard.widgets.hours import show_hour_heat
from dashboard.widgets.metric_cards import show_cards

NEWEST = 10

snapshot = current_snapshot()
heading = st.container()
try:
    asked = read_question(snapshot)
    start, end = asked.window(snapshot.as_of)
except QuestionError as error:
    heading.title("Provider profile", anchor=False)
    st.info(f"This cannot be asked: {error}.")
    stop_page()
chosen = st.session_state.get(PROVIDER_PARAM)
if chosen is None:
    heading.title("Provider profile", anchor=False)
    st.info("The registry is empty: there is no provider to show.")
    stop_page()
question = replace(asked, providers=(chosen,))
origin = profile.origin(snapshot, question)
surface = profile.main_surface(snapshot, question, chosen)
now = present(snapshot, chosen, reader_clock())

st.title(escape_markdown(profile.name(snapshot, chosen)), anchor=False)
show_current_status(now, snapshot.simulated)

if now.at is None or surface is None:
    st.info(unread_sentence(origin))
else:
    peers = profile.peers(snapshot, asked, chosen, surface)
    narrow, names = replace(question, surface=surface), snapshot.table("providers")
    numbers = profile.figures(snapshot, narrow, peers)
    st.header("In numbers")
    st.markdown(f"**{down_sentence(numbers, surface)}** {format_day(start)} to {format_day(end)}.")
    show_cards(numbers)
    with fold("How to read this", "reading") as opened:
        if opened:
            st.markdown(figures_sentence(numbers, surface, asked.surface is not None, len(peers)))
            show_captions(
                basis_sentence(bases(snapshot, narrow), names),
                unrated_sentence(left_unrated(snapshot, narrow), names),
                doubts_sentence(snapshot, provider_names(snapshot), [chosen]),
                f"How before and peers are found: {definition_link('Profiles')}",
            )
            show_downloads(numbers, "figures", snapshot, question)

    unit = unit_of(snapshot, question)
    st.header(STRIP_HEADINGS[unit])
    parts = strips(snapshot, question)
    show_strip(parts, unit, snapshot, question)
    show_data(parts, "strip", snapshot, question)

    st.header("Availability by month")
    months = known_months(reported_uptime.months_beside(snapshot, question))
    by_month = months_sentence(months, question.zone)
    st.markdown(by_month)
    show_rows(month_table(months), MONTHS, words=by_month)
    show_data(months, "months", snapshot, question)

    st.header("Newest incidents")
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

    show_survival(snapshot, narrow)

    with fold("When in the week", "hours-of-week") as opened:
        if opened:
            show_hour_heat(snapshot, question, chosen)
    with fold("By surface", "by-surface") as opened:
        if opened:
            cells = matrix(snapshot, question)
            by_surface = matrix_sentence(cells)
            st.markdown(by_surface)
            show_rows(surface_table(cells), SURFACES, words=by_surface)
            st.page_link(
                "views/surfaces.py", label="Beside other providers", query_params=link_params()
            )

    with fold("Posting habits and stated causes", "habits") as opened:
        if opened:
            known = posting_habits.facts(snapshot, question)
            st.markdown(facts_sentence(known))
            for about in posting_habits.ABOUT:
                show_rows(fact_table(known, about), FACTS, height="content")
            show_downloads(known, "facts", snapshot, question)

            stated = posting_habits.stated_causes(snapshot, question)
            by_cause = causes_sentence(stated)
            st.markdown(by_cause)
            shares = cause_bars(stated)
            if not shares.is_empty():
                show_chart(cause_chart(shares), by_cause)
            show_downloads(stated, "causes", snapshot, question)

with fold("Where this comes from", "origin") as opened:
    if opened:
        st.markdown(origin_list(origin, snapshot.simulated))
        show_table(origin, "origin", snapshot, question, config=ORIGIN)
        breaks = profile.breaks(snapshot, question)
        if breaks.is_empty():
            st.caption("No break in the series is known.")
        else:
            st.caption("At a break the source changed: do not compare a series across it.")
            show_rows(with_headings(breaks), ORIGIN)
