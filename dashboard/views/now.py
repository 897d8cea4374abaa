"""Now: what is open, how long may it last, and who is up?"""

import streamlit as st

from analytics.directory import captured_providers
from analytics.forecast.now import current_providers, forgotten, open_now, up_now
from analytics.wording.forecast import forecast_sentence, open_sentence, states_sentence
from analytics.wording.grammar import capitalise
from analytics.wording.numbers import format_surface
from dashboard.session.pinned_snapshot import (
    current_snapshot,
    definition_link,
    reader_clock,
    reader_zone,
    stop_page,
)
from dashboard.shown_text import escape_markdown
from dashboard.tables.columns import FORECAST, OPEN, with_links
from dashboard.tables.now import forecast_table, open_table, up_table
from dashboard.widgets.current_status import badge
from dashboard.widgets.data_table import show_downloads, show_rows
from dashboard.widgets.fold import fold
from dashboard.widgets.forecast import show_backtest, show_hazards

st.title("Now")
snapshot = current_snapshot()
if not captured_providers(snapshot):
    st.info("No page has been read yet, so nothing is known of what is open.")
    stop_page()
clock = reader_clock()
opened = open_now(snapshot, clock)
said = open_sentence(opened, forgotten(snapshot))
st.markdown(said)
if opened.is_empty():
    show_backtest(snapshot, ())
    show_hazards(snapshot, current_providers(snapshot, clock))
    stop_page()

st.header("Open incidents")
show_rows(open_table(opened), with_links(OPEN, snapshot.simulated), words=said)

st.header("How long they may last")
st.markdown(
    "\n".join(
        f"- **{escape_markdown(row['name'])}**, {escape_markdown(row['title'])}. "
        f"{forecast_sentence(row)}"
        for row in opened.iter_rows(named=True)
    )
)
show_rows(forecast_table(opened, reader_zone()), FORECAST, words="The same as a table.")
st.caption(f"All clock times UTC unless a heading says yours. {definition_link('Forecast')}")
show_downloads(opened.drop("surfaces"), "open", snapshot)

states = up_now(snapshot, opened, clock)
if not states.is_empty():
    st.header("Who is up on the same surfaces")
    for (surface,), rows in states.group_by("surface", maintain_order=True):
        marks = " ".join(
            f"{badge(row['state'])} {escape_markdown(row['name'])}"
            for row in rows.iter_rows(named=True)
        )
        named = capitalise(format_surface(str(surface)))
        st.markdown(f"**{named}**: {states_sentence(rows)}.  \n{marks}")
    with fold("As a table", "up") as shown:
        if shown:
            show_rows(up_table(states), {}, words="How each provider is on these surfaces.")
            show_downloads(states, "up", snapshot)

show_backtest(snapshot, opened["provider"].unique().to_list())
show_hazards(snapshot, current_providers(snapshot, clock))
