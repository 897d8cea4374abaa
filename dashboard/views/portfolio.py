"""Portfolio: what would a second vendor have saved?"""

from dataclasses import replace

import streamlit as st

from analytics import QuestionError
from analytics.directory import provider_names
from analytics.portfolio.outages import backed, left_out, observed_of_all, outages, widest_pool
from analytics.portfolio.rows import portfolio
from analytics.portfolio.wording import (
    NOBODY,
    ONE_PAGE,
    backed_sentence,
    best_sentence,
    failover_sentence,
    left_out_sentence,
)
from dashboard.charts.downtime import describe_outages, outage_chart
from dashboard.filters.asked_question import read_question
from dashboard.filters.portfolio import pick_order
from dashboard.session.pinned_snapshot import current_snapshot, definition_link, stop_page
from dashboard.shown_text import escape_markdown
from dashboard.tables.portfolio import ALL_DOWN, observed_spans, outage_bars, pair_table
from dashboard.widgets.captions import show_captions
from dashboard.widgets.chart import show_chart
from dashboard.widgets.data_table import show_data, show_rows

st.title("Portfolio")
snapshot = current_snapshot()
names = provider_names(snapshot)
#: For sentences, which are Markdown.
safe = {slug: escape_markdown(name) for slug, name in names.items()}
try:
    question = read_question(snapshot)
    pool = widest_pool(snapshot, question)
except QuestionError as error:
    st.info(f"This cannot be asked: {error}.")
    stop_page()
if pool is None:
    absent = left_out(snapshot, question)
    st.info(f":gray-badge[no data] {NOBODY} {left_out_sentence(absent, safe)}")
    stop_page()

question = replace(question, surface=pool.surface)
order = pick_order(snapshot, pool)
if len(order) < 2:
    st.info("Choose a fallback: somebody else than the primary.")
    stop_page()
found = backed(pool, order)
if found.one_page:
    st.warning(ONE_PAGE)
st.markdown(backed_sentence(found, safe))
if found.alone_s:
    st.markdown(failover_sentence(found, safe))
bars = outage_bars(outages(found), names)
labels = [*(names[one] for one in order), ALL_DOWN]
chart = outage_chart(bars, observed_spans(observed_of_all(pool)), labels)
show_chart(chart, describe_outages(bars, labels))
st.caption(
    "As posted, under the rule chosen. Grey: not all who take part were observed, so it counts for "
    f"nobody. {definition_link('Portfolio')}"
)
show_data(outages(found), "outages", snapshot, question, label="Outages")

st.header("Every pair", anchor=False)
rows = portfolio(snapshot, question)
show_captions(best_sentence(rows, safe))
pairs = pair_table(rows, names)
if pairs.is_empty():
    st.info(ONE_PAGE)
else:
    show_rows(pairs, {}, words="How much each two were down together.")
show_captions(
    left_out_sentence(pool.absent, safe),
    "Against chance: joint downtime over what it were if neither had to do with the other. *No "
    f"evidence* is not independence. {definition_link('Co-occurrence')}",
)
show_data(rows, "portfolio", snapshot, question)
