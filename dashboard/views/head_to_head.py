"""Head-to-head: A or B for my use, and is the difference real?"""

import streamlit as st

from analytics import Question, QuestionError, Snapshot
from analytics.comparison import pair_series
from analytics.comparison.head_to_head import alone, side_by_side
from analytics.comparison.pairwise import pairs
from analytics.comparison.shared_window import common_ever, seen
from analytics.evidence.provenance import bases, left_unrated, sharing, whole_posts
from analytics.read_models.incident_list import Search, incidents
from analytics.verdict.remedy import remedy
from analytics.verdict.verdict import verdict
from analytics.wording.comparison import basis_sentence, sensitivity_sentence, unrated_sentence
from analytics.wording.doubts import doubts_sentence
from analytics.wording.head_to_head import (
    common_time_sentence,
    lag_sentence,
    never_down_sentence,
    overlap_sentence,
    quiet_sentence,
    rules_sentence,
    shortfall_sentence,
    still_open_sentence,
    verdict_sentence,
)
from analytics.wording.verdict import word_verdict
from dashboard.charts.downtime import (
    describe_downtime,
    describe_timeline,
    downtime_chart,
    shared_timeline_chart,
)
from dashboard.charts.durations import describe_durations, duration_chart
from dashboard.charts.pairs import describe_pairs, pair_chart
from dashboard.charts.rules import rule_chart
from dashboard.filters.asked_question import read_question, remedy_params
from dashboard.filters.opponents import name_pair, pair_params, pick_opponents
from dashboard.session.pinned_snapshot import current_snapshot
from dashboard.tables.head_to_head import (
    Frame,
    Names,
    both_down_bars,
    downtime_lines,
    duration_dots,
    own_window_table,
    pair_dots,
    side_by_side_table,
    with_words,
)
from dashboard.tables.shared import rule_dots, timeline_bars
from dashboard.widgets import head_to_head_captions
from dashboard.widgets.captions import show_captions
from dashboard.widgets.chart import show_chart
from dashboard.widgets.data_table import show_data, show_downloads
from dashboard.widgets.verdict_card import how_sure, how_to_read, show_finding


def show(snapshot: Snapshot, question: Question) -> None:
    """Show the whole page about two providers on one surface."""
    names = name_pair(snapshot, question)
    paired = side_by_side(snapshot, question)
    compared = show_verdict(snapshot, question, paired, names)
    if not paired.is_empty():
        show_side_by_side(snapshot, question, paired, names)
    own = alone(snapshot, question)
    with st.expander("Each on its own full window: not comparable", expanded=not compared):
        st.caption(head_to_head_captions.OWN_WINDOW)
        st.table(own_window_table(own, names), border="horizontal")
        show_downloads(own, "alone", snapshot, question)
    if not paired.is_empty():
        show_downtime(snapshot, question, paired, names)
        show_durations(snapshot, question, paired, names)
        show_rules(snapshot, question, names)


def show_verdict(snapshot: Snapshot, question: Question, paired: Frame, names: Names) -> bool:
    """Show the verdict, or what is missing for one; tell whether there is a verdict."""
    against = pairs(snapshot, question)
    registered = snapshot.table("providers")
    found = verdict(snapshot, question)
    instead = remedy(snapshot, question, found)
    show_finding(word_verdict(found, names, instead))
    if instead is not None:
        st.page_link(
            "views/head_to_head.py",
            label="Ask that instead",
            query_params=remedy_params(instead, **pair_params(question)),
        )
    word = verdict_sentence(against, names)
    if word is None:
        word = shortfall_sentence(paired, common_ever(snapshot, question))
    with how_sure():
        st.markdown(word)
        show_captions(
            lag_sentence(seen(snapshot, question), names),
            quiet_sentence(paired, names, question.narrowed),
            never_down_sentence(paired, names),
            still_open_sentence(paired, names),
            basis_sentence(bases(snapshot, question), registered),
            unrated_sentence(left_unrated(snapshot, question), registered),
            doubts_sentence(snapshot, names, list(names)),
            head_to_head_captions.VERDICT,
        )
        if found.compared:
            show_data(against, "verdict", snapshot, question, label="What this rests on")
    return found.compared


def show_side_by_side(snapshot: Snapshot, question: Question, paired: Frame, names: Names) -> None:
    """Show the metrics of both side by side, as a table and as dots."""
    st.header("Side by side")
    with how_to_read():
        st.markdown(common_time_sentence(paired))
        st.markdown(head_to_head_captions.DOTS)
    st.table(side_by_side_table(paired, names), border="horizontal")
    points, scales = pair_dots(paired, names)
    if not points.is_empty():
        show_chart(pair_chart(points, scales, names), describe_pairs(points))
    show_data(paired, "side-by-side", snapshot, question)


def show_downtime(snapshot: Snapshot, question: Question, paired: Frame, names: Names) -> None:
    """Show how the time down adds up, and when both were down at once."""
    st.header("Time down, as it adds up")
    spans = with_words(pair_series.observed_spans(snapshot, question))
    daily = pair_series.adding_up(snapshot, question)
    lines, unit = downtime_lines(daily, names)
    show_chart(downtime_chart(lines, spans, names, unit), describe_downtime(lines))
    st.caption(head_to_head_captions.ADDING_UP)
    show_data(daily, "adding-up", snapshot, question)

    st.header("When each had trouble, and when both")
    posts = incidents(snapshot, question, Search(classes=question.classes, kinds=()))
    overlaps = pair_series.overlaps(snapshot, question)
    told = overlap_sentence(overlaps, paired, names)
    st.markdown(told)
    if posts.is_empty():
        st.info(head_to_head_captions.NO_POSTS)
    else:
        bars = timeline_bars(posts, snapshot.table("providers"))
        both = both_down_bars(overlaps)
        alt = f"{describe_timeline(bars, names)} {told}"
        show_chart(shared_timeline_chart(bars, spans, both, names), alt)
        st.caption(head_to_head_captions.TIMELINE)
    show_data(posts, "posts", snapshot, question, label="Posts")
    show_data(overlaps, "overlaps", snapshot, question, label="Both down")


def show_durations(snapshot: Snapshot, question: Question, paired: Frame, names: Names) -> None:
    """Show how long the posts of both lasted."""
    st.header("How long posts lasted")
    found = pair_series.lengths(snapshot, question)
    if found.is_empty():
        st.info(head_to_head_captions.NO_DURATIONS)
        return
    points, marks = duration_dots(found, paired, names)
    show_chart(duration_chart(points, marks, names), describe_durations(points, marks))
    st.caption(head_to_head_captions.DURATIONS)
    show_data(found, "durations", snapshot, question)


def show_rules(snapshot: Snapshot, question: Question, names: Names) -> None:
    """Show the availability of both under every rule."""
    st.header("Under every rule")
    providers = snapshot.table("providers")
    rules = pair_series.by_rule(snapshot, question)
    strip = rule_chart(rule_dots(rules, providers))
    show_chart(strip, rules_sentence(rules, names))
    whole, shared = whole_posts(snapshot, question), sharing(snapshot, question.surface)
    told = sensitivity_sentence(rules, providers, whole, shared, head_to_head_captions.COMMON)
    st.caption(f"{told} {head_to_head_captions.RULES}")
    show_data(rules, "rules", snapshot, question)


st.title("Head-to-head")
try:
    asked = pick_opponents(current_snapshot(), read_question(current_snapshot()))
    if asked is not None:
        show(current_snapshot(), asked)
except QuestionError as error:
    st.info(f"This cannot be asked: {error}.")
