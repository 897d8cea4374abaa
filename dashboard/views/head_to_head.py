"""Head-to-head: A or B for my use, and is the difference real?"""

import streamlit as st

from analytics import Question, QuestionError, Snapshot
from analytics.comparison import pair_series
from analytics.comparison.head_to_head import alone, side_by_side
from analytics.comparison.pairwise import pairs
from analytics.comparison.shared_window import common_ever, seen
from analytics.evidence.provenance import bases, left_unrated, sharing, whole_posts
from analytics.read_models.incident_list import Search, incidents
from analytics.wording import head_to_head
from analytics.wording.comparison import basis_sentence, sensitivity_sentence, unrated_sentence
from dashboard.charts import downtime, durations
from dashboard.charts import pairs as dots
from dashboard.charts.rules import sensitivity
from dashboard.filters import asked_question, opponents
from dashboard.session import pinned_snapshot
from dashboard.tables import head_to_head as pair_tables
from dashboard.tables import shared as tables
from dashboard.tables.head_to_head import Frame, Names
from dashboard.widgets import head_to_head_captions
from dashboard.widgets.captions import captions
from dashboard.widgets.data_table import data_table, downloads


def show(snapshot: Snapshot, question: Question) -> None:
    names = opponents.called(snapshot, question)
    paired = side_by_side(snapshot, question)
    registered = snapshot.table("providers")
    compared = show_verdict(snapshot, question, paired, names)
    captions(
        basis_sentence(bases(snapshot, question), registered),
        unrated_sentence(left_unrated(snapshot, question), registered),
    )
    if not paired.is_empty():
        show_side_by_side(snapshot, question, paired, names)
    own = alone(snapshot, question)
    with st.expander("Each on its own full window: not comparable", expanded=not compared):
        st.caption(head_to_head_captions.OWN_WINDOW)
        st.table(pair_tables.alone(own, names), border="horizontal")
        downloads(own, "alone", snapshot, question)
    if not paired.is_empty():
        show_downtime(snapshot, question, paired, names)
        show_durations(snapshot, question, paired, names)
        show_rules(snapshot, question, names)


def show_verdict(snapshot: Snapshot, question: Question, paired: Frame, names: Names) -> bool:
    against = pairs(snapshot, question)
    word = head_to_head.verdict(against, names)
    if word is None:
        ever = common_ever(snapshot, question)
        st.info(head_to_head.shortfall(paired, ever))
        if head_to_head.worth_widening(ever):
            st.page_link(
                "views/head_to_head.py",
                label="Ask over all that was collected",
                query_params=asked_question.address(win="all", **opponents.pair(question)),
            )
    else:
        with st.container(border=True):
            st.markdown(word)
            st.caption(head_to_head_captions.VERDICT)
        data_table(against, "verdict", snapshot, question, label="What this rests on")
    captions(
        head_to_head.lag(seen(snapshot, question), names),
        head_to_head.silent(paired, names, question.narrowed),
        head_to_head.spotless(paired, names),
        head_to_head.ongoing(paired, names),
    )
    return word is not None


def show_side_by_side(snapshot: Snapshot, question: Question, paired: Frame, names: Names) -> None:
    st.header("Side by side")
    st.caption(head_to_head.common(paired))
    st.table(pair_tables.side_by_side(paired, names), border="horizontal")
    points, scales = pair_tables.dots(paired, names)
    if not points.is_empty():
        st.altair_chart(dots.paired_dots(points, scales, names), alt=dots.described(points))
        st.caption(head_to_head_captions.DOTS)
    data_table(paired, "side-by-side", snapshot, question)


def show_downtime(snapshot: Snapshot, question: Question, paired: Frame, names: Names) -> None:
    st.header("Time down, as it adds up")
    ground = pair_tables.spans(pair_series.observed_spans(snapshot, question))
    daily = pair_series.adding_up(snapshot, question)
    lines, unit = pair_tables.adding_up(daily, names)
    st.altair_chart(downtime.adding_up(lines, ground, names, unit), alt=downtime.described(lines))
    st.caption(head_to_head_captions.ADDING_UP)
    data_table(daily, "adding-up", snapshot, question)

    st.header("When each had trouble, and when both")
    posts = incidents(snapshot, question, Search(classes=question.classes, kinds=()))
    overlaps = pair_series.overlaps(snapshot, question)
    told = head_to_head.together(overlaps, paired, names)
    st.markdown(told)
    if posts.is_empty():
        st.info(head_to_head_captions.NO_POSTS)
    else:
        bars = tables.timeline(posts, snapshot.table("providers"))
        both = pair_tables.both_down(overlaps)
        alt = f"{downtime.described_timeline(bars, names)} {told}"
        st.altair_chart(downtime.shared_timeline(bars, ground, both, names), alt=alt)
        st.caption(head_to_head_captions.TIMELINE)
    data_table(posts, "posts", snapshot, question, label="Posts")
    data_table(overlaps, "overlaps", snapshot, question, label="Both down")


def show_durations(snapshot: Snapshot, question: Question, paired: Frame, names: Names) -> None:
    st.header("How long posts lasted")
    found = pair_series.lengths(snapshot, question)
    if found.is_empty():
        st.info(head_to_head_captions.NO_DURATIONS)
        return
    points, marks = pair_tables.lengths(found, paired, names)
    st.altair_chart(durations.spread(points, marks, names), alt=durations.described(points, marks))
    st.caption(head_to_head_captions.DURATIONS)
    data_table(found, "durations", snapshot, question)


def show_rules(snapshot: Snapshot, question: Question, names: Names) -> None:
    st.header("Under every rule")
    providers = snapshot.table("providers")
    rules = pair_series.by_rule(snapshot, question)
    strip = sensitivity(tables.by_rule(rules, providers))
    st.altair_chart(strip, alt=head_to_head.under_rules(rules, names))
    whole, shared = whole_posts(snapshot, question), sharing(snapshot, question.surface)
    told = sensitivity_sentence(rules, providers, whole, shared, head_to_head_captions.COMMON)
    st.caption(f"{told} {head_to_head_captions.RULES}")
    data_table(rules, "rules", snapshot, question)


st.title("Head-to-head")
try:
    asked = opponents.pick(
        pinned_snapshot.snapshot(), asked_question.question(pinned_snapshot.snapshot())
    )
    if asked is not None:
        show(pinned_snapshot.snapshot(), asked)
except QuestionError as error:
    st.info(f"This cannot be asked: {error}.")
