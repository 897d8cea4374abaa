"""Overview: who is more reliable, on which surface, and how sure is that?"""

from dataclasses import replace

import streamlit as st

from analytics import Question, QuestionError, Snapshot
from analytics.comparison.ranking import COUNT, grid
from analytics.comparison.sensitivity import by_rule, under_classes
from analytics.directory import provider_names, shared_surface
from analytics.evidence import freshness
from analytics.evidence.provenance import left_unrated, sharing, whole_posts
from analytics.read_models.open_incidents import ongoing
from analytics.read_models.overview import league
from analytics.read_models.strips import strips, unit_of
from analytics.verdict.remedy import remedy
from analytics.verdict.rows import verdict_rows
from analytics.verdict.verdict import Verdict, verdict
from analytics.wording.comparison import (
    basis_sentence,
    classes_sentences,
    sensitivity_sentence,
    unrated_sentence,
)
from analytics.wording.doubts import doubts_sentence
from analytics.wording.grade import absent_words, explain_grade
from analytics.wording.overview import (
    STRIP_HEADINGS,
    league_sentence,
    ongoing_sentence,
    uncollected_sentence,
    undrawn_sentence,
)
from analytics.wording.verdict import word_verdict
from dashboard.charts.rules import rule_chart
from dashboard.charts.standings import describe_standings, standings_chart
from dashboard.filters.asked_question import link_params, read_question, remedy_params
from dashboard.session.pinned_snapshot import current_snapshot, stop_page
from dashboard.style import NARROW, WIDE
from dashboard.tables.league import (
    league_columns,
    league_table,
    note_legend,
    ranked_league,
    ranked_strips,
)
from dashboard.tables.league_cards import league_cards
from dashboard.tables.shared import name_unobserved, rule_dots
from dashboard.tables.standings import standings_rows
from dashboard.widgets.captions import show_captions
from dashboard.widgets.chart import show_chart, show_strip
from dashboard.widgets.data_table import show_data, show_downloads, show_rows
from dashboard.widgets.fold import fold
from dashboard.widgets.report_button import show_report_button
from dashboard.widgets.shared_numbers import show_shared_numbers
from dashboard.widgets.verdict_card import show_headline


def show_answer(snapshot: Snapshot, question: Question) -> Verdict:
    """Show who was down least, how sure that is, and every provider in order."""
    names = provider_names(snapshot)
    found, counts = verdict(snapshot, question), verdict(snapshot, question, COUNT)
    instead = remedy(snapshot, question, found)
    show_headline(word_verdict(found, names, instead))
    if instead is not None:
        params = remedy_params(instead)
        st.page_link("views/overview.py", label="Ask that instead", query_params=params)
    with fold("How sure?", "sure") as opened:
        if opened:
            show_reasons(snapshot, question, found)
    st.page_link(
        "views/head_to_head.py",
        label="Compare two head to head",
        query_params=link_params(),
        icon=":material/compare_arrows:",
    )
    left, right = st.columns([3, 1], gap="medium")
    if found.parties:
        with left:
            dots, unit = standings_rows(found, names)
            st.header(f"{unit.capitalize()}, best first", anchor=False)
            show_chart(standings_chart(dots), describe_standings(dots, unit))
            absent = absent_words(found, names)
            st.caption(f"Dot and 95 % interval.{f' Not compared: {absent}.' if absent else ''}")
        with right:
            show_shared_numbers(found, counts, league(snapshot, question))
    return found


def show_reasons(snapshot: Snapshot, question: Question, found: Verdict) -> None:
    """Show what a verdict rests on, and whether it survives other rules and classes."""
    names, rules = snapshot.table("providers"), by_rule(snapshot, question)
    st.markdown("\n".join(f"- {told}" for told in explain_grade(found, provider_names(snapshot))))
    apart = whole_posts(snapshot, question), sharing(snapshot, question.surface)
    told, dots = sensitivity_sentence(rules, names, *apart), rule_dots(rules, names)
    if not dots.is_empty():
        show_chart(rule_chart(dots), told)
    classes = under_classes(snapshot, question)
    for sentence in (told, *classes_sentences(classes, names)):
        st.markdown(sentence)
    for rows, name, label in (
        (verdict_rows(snapshot, question), "verdict", "Every verdict"),
        (rules, "rules", "Availability under every rule"),
        (classes, "classes", "With and without notices"),
        (grid(snapshot, question), "grid", "Every way of counting"),
    ):
        show_data(rows, name, snapshot, question, label=label)


snapshot = current_snapshot()
try:
    asked = read_question(snapshot)
    question = replace(asked, surface=shared_surface(snapshot, asked))
    rows = league(snapshot, question)
except QuestionError as error:
    st.title("Reliability as posted")
    st.info(f"This cannot be asked: {error}.")
    stop_page()
summary = league_sentence(rows, question.narrowed)
if rows.is_empty():
    st.title("Reliability as posted")
    st.markdown(summary)
    show_captions(uncollected_sentence(freshness.uncollected(snapshot)))
    st.info("Choose other providers or another surface, or collect them: `statusledger collect`.")
    stop_page()

found = show_answer(snapshot, question)
names, unit = snapshot.table("providers"), unit_of(snapshot, question)
st.header(STRIP_HEADINGS[unit], anchor=False)
parts = ranked_strips(strips(snapshot, question), found)
show_strip(parts, unit, snapshot, question, names)

st.header("All numbers", anchor=False)
st.caption(summary)
ordered = ranked_league(rows, found)
with st.container(key=WIDE):
    show_rows(league_table(ordered), league_columns(ordered), words=summary, height="content")
    show_captions(note_legend(ordered))
with st.container(key=NARROW):
    st.html(league_cards(ordered))
called = dict(names.select("provider", "name").iter_rows())
show_captions(doubts_sentence(snapshot, called, ordered["provider"].to_list()))
with st.container(horizontal=True):
    show_downloads(ordered, "league", snapshot, question)
    show_report_button(snapshot, question)
with fold("How to read this", "reading") as opened:
    if opened:
        show_captions(
            uncollected_sentence(freshness.uncollected(snapshot)),
            basis_sentence(rows, names),
            unrated_sentence(left_unrated(snapshot, question), names),
            ongoing_sentence(ongoing(snapshot, question)),
            undrawn_sentence(name_unobserved(parts, names), unit),
        )
        st.markdown(
            "- **Hours down** count over the time in which all compared were covered; the table "
            "takes each provider's own covered time.\n"
            "- **Availability** is the share of observed time not down under the chosen rule; "
            f"*{rows['beside_rule'][0]}* beside it is the same under that rule.\n"
            "- **Incidents** are posts of the chosen classes whose impact began in the window. "
            "**Per 30 days** counts covered days only, and has a 95 % interval.\n"
            "- **Median open** is how long a post stayed open. **Median impact** is how long its "
            "components were partial or worse. Below six posts there is no median, below fifty no "
            "p90.\n"
            "- Providers post with different zeal. A provider that posts less looks better."
        )
show_data(parts, "strip", snapshot, question, label="Data of the strip")
