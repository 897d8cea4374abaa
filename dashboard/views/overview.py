"""Overview: who is more reliable, on which surface, and is it known well enough to say."""

from dataclasses import replace

import streamlit as st

from analytics import QuestionError
from analytics.comparison.eligibility import eligibility
from analytics.comparison.pairwise import pairs
from analytics.comparison.ranking import grid
from analytics.comparison.sensitivity import by_rule, leaders, under_classes
from analytics.directory import shared_surface
from analytics.evidence import freshness
from analytics.evidence.provenance import left_unrated, sharing, whole_posts
from analytics.read_models.daily_states import last_days
from analytics.read_models.open_incidents import ongoing
from analytics.read_models.overview import league
from analytics.wording.comparison import (
    absent_sentence,
    basis_sentence,
    classes_sentences,
    ranking_sentence,
    sensitivity_sentence,
    survival_sentences,
    unrated_sentence,
)
from analytics.wording.overview import league_sentence, ongoing_sentence, uncollected_sentence
from dashboard import format as said
from dashboard.charts import days
from dashboard.charts.rules import sensitivity
from dashboard.filters import asked_question
from dashboard.session import pinned_snapshot
from dashboard.session.answer_cache import kept, of_no_rule
from dashboard.tables import league as table
from dashboard.tables import shared
from dashboard.widgets.captions import captions
from dashboard.widgets.data_table import data_table, downloads
from dashboard.widgets.report_button import report_button

st.title("Reliability as posted")
snapshot = pinned_snapshot.snapshot()
try:
    question = asked_question.question(snapshot)
    rows = kept(league, snapshot, question)
except QuestionError as error:
    st.info(f"This cannot be asked: {error}.")
    pinned_snapshot.stop()
st.markdown(league_sentence(rows, question.narrowed))
names = snapshot.table("providers")
captions(
    basis_sentence(rows, names),
    unrated_sentence(left_unrated(snapshot, question), names),
    ongoing_sentence(ongoing(snapshot, question)),
    uncollected_sentence(freshness.uncollected(snapshot)),
)

if rows.is_empty():
    st.info("Choose other providers or another surface, or collect them: `statusledger collect`.")
    pinned_snapshot.stop()

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
bars = shared.day_bars(by_day, names)
if bars.is_empty():
    st.info("No component states were observed in this window: there is nothing to draw.")
else:
    st.altair_chart(days.day_bars(bars, said.zone(question.zone)), alt=days.described(bars))
st.caption(
    "Each bar is a day in the colour of the worst state any of the row's components had, the "
    "stronger the longer it lasted: the last 90 days of the window at most. Grey: no data, "
    "which is not the same as up."
)
dark = shared.unobserved(by_day, names)
if dark:
    st.caption(f"Not drawn, because nothing vouches for any of their days: {'; '.join(dark)}.")
data_table(by_day, "days", snapshot, question)

surface = shared_surface(snapshot, question)
if surface is not None:
    st.header(f"Is the gap real? {said.surface(surface)}")
    alike = replace(question, surface=surface)
    against = kept(pairs, snapshot, alike)
    absent = absent_sentence(kept(eligibility, snapshot, of_no_rule(alike)), names)
    st.markdown(" ".join(filter(None, [ranking_sentence(against, names), absent])))
    st.page_link(
        "views/head_to_head.py", label="Two head to head", query_params=asked_question.address()
    )
    rules = kept(by_rule, snapshot, of_no_rule(alike))
    dots = shared.by_rule(rules, names)
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
    data_table(rules, "rules", snapshot, alike, label="Availability under every rule")
    data_table(classes, "classes", snapshot, alike, label="With and without notices")
    data_table(ways, "grid", snapshot, alike, label="Every way of counting")
    data_table(against, "pairs", snapshot, alike, label="Every pair")

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
