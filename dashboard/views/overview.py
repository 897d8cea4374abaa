"""Overview: who is more reliable, on which surface, and is it known well enough to say."""

import streamlit as st

from analytics import BadQuestion
from analytics.overview import daily, league
from analytics.words import league_sentence
from dashboard import current, filters, tables
from dashboard import format as said
from dashboard.charts import days
from dashboard.columns import LEAGUE

st.title("Reliability as posted")
snapshot = current.snapshot()
try:
    question = filters.question(snapshot)
    rows = league(snapshot, question)
except BadQuestion as error:
    st.info(f"This cannot be asked: {error}.")
    st.stop()
st.markdown(league_sentence(rows))

if rows.is_empty():
    st.info("Choose other providers or another surface, or collect them: `statusledger collect`.")
    st.stop()

st.subheader("Day by day")
by_day = daily(snapshot, question)
bars = tables.day_bars(by_day, snapshot.table("providers"))
if bars.is_empty():
    st.info("No component states were observed in this window: there is nothing to draw.")
else:
    st.altair_chart(days.day_bars(bars), alt=days.described(bars))
st.caption(
    "Each bar is a UTC day in the colour of the worst state any of the row's components had. "
    "Grey: no data, which is not the same as up."
)
dark = tables.unobserved(by_day)
if dark:
    st.caption(f"Not drawn, because nothing vouches for any of their days: {', '.join(dark)}.")

st.subheader("League table")
st.dataframe(
    tables.league(rows),
    column_config=LEAGUE,
    hide_index=True,
    placeholder=said.NONE,
    alt=league_sentence(rows),
)
st.download_button(
    "Download CSV", tables.csv(rows), "overview.csv", "text/csv", on_click="ignore", key="csv"
)
with st.expander("How to read this"):
    st.markdown(
        "- **Availability** is the share of observed time not down under the chosen rule; "
        "*Beside* is the same under the rule most often quoted next to it.\n"
        "- **Incidents** are posts of class outage or degradation whose impact began in the "
        "window; **per 30 days** counts covered days only, with its 95 % interval.\n"
        "- **Median open** is how long a post stayed open; **median impact** how long its "
        "components were partial or worse. Below six posts there is no median.\n"
        "- Providers differ in how zealously they post. A vendor that posts less looks better."
    )
