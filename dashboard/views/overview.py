"""Overview: who is more reliable, on which surface, and is it known well enough to say."""

from dataclasses import replace

import streamlit as st

from analytics import BadQuestion, freshness
from analytics.comparison_words import (
    absent_sentence,
    basis_sentence,
    classes_sentences,
    ranking_sentence,
    sensitivity_sentence,
    survival_sentences,
    unrated_sentence,
)
from analytics.days import last_days
from analytics.ground import ground
from analytics.ongoing import ongoing
from analytics.overview import league, shared_surface
from analytics.pairs import pairs
from analytics.provenance import left_unrated, sharing, whole_posts
from analytics.ranking import grid
from analytics.sensitivity import by_rule, leaders, under_classes
from analytics.words import league_sentence, ongoing_sentence, uncollected_sentence
from dashboard import current, filters, tables
from dashboard import format as said
from dashboard import league as table
from dashboard.asides import asides
from dashboard.charts import days
from dashboard.charts.rules import sensitivity
from dashboard.kept import kept, of_no_rule
from dashboard.report import report_button
from dashboard.twin import downloads, twin

st.title("Reliability as posted")
snapshot = current.snapshot()
try:
    question = filters.question(snapshot)
    rows = kept(league, snapshot, question)
except BadQuestion as error:
    st.info(f"This cannot be asked: {error}.")
    current.stop()
st.markdown(league_sentence(rows, question.narrowed))
names = snapshot.table("providers")
asides(
    basis_sentence(rows, names),
    unrated_sentence(left_unrated(snapshot, question), names),
    ongoing_sentence(ongoing(snapshot, question)),
    uncollected_sentence(freshness.uncollected(snapshot)),
)

if rows.is_empty():
    st.info("Choose other providers or another surface, or collect them: `statusledger collect`.")
    current.stop()

st.header("League table")
st.dataframe(
    table.shown(rows),
    column_config=table.settings(rows),
    hide_index=True,
    placeholder=said.NONE,
    alt=league_sentence(rows, question.narrowed),
)
downloads(rows, "league", snapshot, question)
report_button(snapshot, question)

st.header("Day by day")
by_day = kept(last_days, snapshot, of_no_rule(question))
bars = tables.day_bars(by_day, names)
if bars.is_empty():
    st.info("No component states were observed in this window: there is nothing to draw.")
else:
    st.altair_chart(days.day_bars(bars, said.zone(question.zone)), alt=days.described(bars))
st.caption(
    "Each bar is a day in the colour of the worst state any of the row's components had, the "
    "stronger the longer it lasted: the last 90 days of the window at most. Grey: no data, "
    "which is not the same as up."
)
dark = tables.unobserved(by_day, names)
if dark:
    st.caption(f"Not drawn, because nothing vouches for any of their days: {'; '.join(dark)}.")
twin(by_day, "days", snapshot, question)

surface = shared_surface(snapshot, question)
if surface is not None:
    st.header(f"Is the gap real? {said.surface(surface)}")
    alike = replace(question, surface=surface)
    against = kept(pairs, snapshot, alike)
    absent = absent_sentence(kept(ground, snapshot, of_no_rule(alike)), names)
    st.markdown(" ".join(filter(None, [ranking_sentence(against, names), absent])))
    st.page_link("views/versus.py", label="Two head to head", query_params=filters.address())
    rules = kept(by_rule, snapshot, of_no_rule(alike))
    dots = tables.by_rule(rules, names)
    apart = whole_posts(snapshot, alike), sharing(snapshot, surface)
    hangs_on_rule = sensitivity_sentence(rules, names, *apart)
    if not dots.is_empty():
        st.altair_chart(sensitivity(dots), alt=hangs_on_rule)
    classes = kept(under_classes, snapshot, alike)
    ways = kept(grid, snapshot, of_no_rule(alike))
    for told in (
        *survival_sentences(leaders(ways), against, names),
        hangs_on_rule,
        *classes_sentences(classes, names),
    ):
        st.markdown(told)
    twin(rules, "rules", snapshot, alike, label="Availability under every rule")
    twin(classes, "classes", snapshot, alike, label="With and without notices")
    twin(ways, "grid", snapshot, alike, label="Every way of counting")
    twin(against, "pairs", snapshot, alike, label="Every pair")

with st.expander("How to read this"):
    st.markdown(
        "- **Availability** is the share of observed time not down under the chosen rule; "
        f"*{rows['beside_rule'][0]}* beside it is the same under that rule.\n"
        "- **Incidents** are posts of the chosen classes whose impact began in the window; **per "
        "30 days** counts covered days only, with its 95 % interval.\n"
        "- **Median open** is how long a post stayed open; **median impact** how long its "
        "components were partial or worse. Below six posts there is no median, below fifty no "
        "p90.\n"
        "- Providers differ in how zealously they post. A vendor that posts less looks better."
    )
