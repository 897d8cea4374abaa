"""Overview: who is more reliable, on which surface, and how sure is that?"""

from dataclasses import replace

import streamlit as st

from analytics import Question, QuestionError, Snapshot
from analytics.comparison.eligibility import eligibility
from analytics.comparison.pairwise import pairs
from analytics.comparison.ranking import grid
from analytics.comparison.sensitivity import by_rule, leaders, under_classes
from analytics.directory import shared_surface
from analytics.evidence import freshness
from analytics.evidence.provenance import left_unrated, sharing, whole_posts
from analytics.read_models.open_incidents import ongoing
from analytics.read_models.overview import league
from analytics.read_models.strips import strips, unit_of
from analytics.verdict.remedy import remedy
from analytics.verdict.verdict import verdict
from analytics.wording.comparison import (
    absent_sentence,
    basis_sentence,
    classes_sentences,
    ranking_sentence,
    sensitivity_sentence,
    survival_sentences,
    unrated_sentence,
)
from analytics.wording.overview import (
    STRIP_HEADINGS,
    league_sentence,
    ongoing_sentence,
    uncollected_sentence,
    undrawn_sentence,
)
from analytics.wording.verdict import word_verdict
from dashboard.charts.rules import rule_chart
from dashboard.filters.asked_question import link_params, read_question
from dashboard.session.pinned_snapshot import current_snapshot, stop_page
from dashboard.tables.league import league_columns, league_table, note_legend
from dashboard.tables.shared import Frame, name_unobserved, rule_dots
from dashboard.widgets.captions import show_captions
from dashboard.widgets.chart import show_chart, show_strip
from dashboard.widgets.data_table import show_data, show_downloads, show_rows
from dashboard.widgets.report_button import show_report_button
from dashboard.widgets.verdict_card import how_sure, how_to_read, show_finding


def show_comparison(snapshot: Snapshot, question: Question, surface: str) -> None:
    """Show which provider was down least on one surface, and how sure that is."""
    alike = replace(question, surface=surface)
    against, ground = pairs(snapshot, alike), eligibility(snapshot, alike)
    names = snapshot.table("providers")
    called = dict(names.select("provider", "name").iter_rows())
    found = verdict(snapshot, alike)
    show_finding(word_verdict(found, called, remedy(snapshot, alike, found)))
    with how_sure():
        show_sensitivity(snapshot, alike, against, ground)
    st.page_link("views/head_to_head.py", label="Two head to head", query_params=link_params())


def show_sensitivity(snapshot: Snapshot, question: Question, against: Frame, ground: Frame) -> None:
    """Show whether the comparison survives other rules, units and classes."""
    names = snapshot.table("providers")
    absent = absent_sentence(ground, names)
    rules, ways = by_rule(snapshot, question), grid(snapshot, question)
    classes = under_classes(snapshot, question)
    apart = whole_posts(snapshot, question), sharing(snapshot, str(question.surface))
    hangs_on_rule = sensitivity_sentence(rules, names, *apart)
    st.markdown(" ".join(filter(None, [ranking_sentence(against, names), absent])))
    dots = rule_dots(rules, names)
    if not dots.is_empty():
        show_chart(rule_chart(dots), hangs_on_rule)
    for sentence in (
        *survival_sentences(leaders(ways), against, names),
        hangs_on_rule,
        *classes_sentences(classes, names),
    ):
        st.markdown(sentence)
    show_data(rules, "rules", snapshot, question, label="Availability under every rule")
    show_data(classes, "classes", snapshot, question, label="With and without notices")
    show_data(ways, "grid", snapshot, question, label="Every way of counting")
    show_data(against, "pairs", snapshot, question, label="Every pair")


st.title("Reliability as posted")
snapshot = current_snapshot()
try:
    question = read_question(snapshot)
    rows = league(snapshot, question)
except QuestionError as error:
    st.info(f"This cannot be asked: {error}.")
    stop_page()
summary = league_sentence(rows, question.narrowed)
if rows.is_empty():
    st.markdown(summary)
    show_captions(uncollected_sentence(freshness.uncollected(snapshot)))
    st.info("Choose other providers or another surface, or collect them: `statusledger collect`.")
    stop_page()

surface = shared_surface(snapshot, question)
if surface is not None:
    show_comparison(snapshot, question, surface)

names = snapshot.table("providers")
unit = unit_of(snapshot, question)
st.header(STRIP_HEADINGS[unit])
parts = strips(snapshot, question)
show_strip(parts, unit, question, names)
show_data(parts, "strip", snapshot, question)

st.header("League table")
st.markdown(summary)
show_rows(league_table(rows), league_columns(rows), words=summary)
show_captions(note_legend(rows), uncollected_sentence(freshness.uncollected(snapshot)))
show_downloads(rows, "league", snapshot, question)
show_report_button(snapshot, question)

with how_to_read():
    show_captions(
        basis_sentence(rows, names),
        unrated_sentence(left_unrated(snapshot, question), names),
        ongoing_sentence(ongoing(snapshot, question)),
        undrawn_sentence(name_unobserved(parts, names), unit),
    )
    st.markdown(
        "- **Availability** is the share of observed time not down under the chosen rule; "
        f"*{rows['beside_rule'][0]}* beside it is the same under that rule.\n"
        "- **Incidents** are posts of the chosen classes whose impact began in the window. **Per "
        "30 days** counts covered days only, and has a 95 % interval.\n"
        "- **Median open** is how long a post stayed open. **Median impact** is how long its "
        "components were partial or worse. Below six posts there is no median, below fifty no "
        "p90.\n"
        "- Providers post with different zeal. A provider that posts less looks better."
    )
