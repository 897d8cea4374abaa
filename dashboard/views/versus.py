"""Head-to-head: A or B for my use, and is the difference real?"""

import streamlit as st

from analytics import BadQuestion, Question, Snapshot, traces, verdict
from analytics.comparison_words import (
    basis_sentence,
    sensitivity_sentence,
    unrated_sentence,
)
from analytics.explorer import Search, incidents
from analytics.meeting import common_ever, seen
from analytics.pairs import pairs
from analytics.provenance import bases, left_unrated, sharing, whole_posts
from analytics.versus import alone, side_by_side
from dashboard import current, filters, opponents, pair_tables, tables
from dashboard.asides import asides
from dashboard.charts import downtime, durations
from dashboard.charts import pairs as dots
from dashboard.charts.rules import sensitivity
from dashboard.pair_tables import Frame, Names
from dashboard.twin import downloads, twin


def show(snapshot: Snapshot, question: Question) -> None:
    names = opponents.called(snapshot, question)
    paired = side_by_side(snapshot, question)
    registered = snapshot.table("providers")
    compared = show_verdict(snapshot, question, paired, names)
    asides(
        basis_sentence(bases(snapshot, question), registered),
        unrated_sentence(left_unrated(snapshot, question), registered),
    )
    if not paired.is_empty():
        show_side_by_side(snapshot, question, paired, names)
    own = alone(snapshot, question)
    with st.expander("Each on its own full window: not comparable", expanded=not compared):
        st.caption(verdict.OWN_WINDOW)
        st.table(pair_tables.alone(own, names), border="horizontal")
        downloads(own, "alone", snapshot, question)
    if not paired.is_empty():
        show_downtime(snapshot, question, paired, names)
        show_durations(snapshot, question, paired, names)
        show_rules(snapshot, question, names)


def show_verdict(snapshot: Snapshot, question: Question, paired: Frame, names: Names) -> bool:
    against = pairs(snapshot, question)
    word = verdict.verdict(against, names)
    if word is None:
        ever = common_ever(snapshot, question)
        st.info(verdict.shortfall(paired, ever))
        if verdict.worth_widening(ever):
            st.page_link(
                "views/versus.py",
                label="Ask over all that was collected",
                query_params=filters.address(win="all", **opponents.pair(question)),
            )
    else:
        with st.container(border=True):
            st.markdown(word)
            st.caption(verdict.VERDICT)
        twin(against, "verdict", snapshot, question, label="What this rests on")
    asides(
        verdict.lag(seen(snapshot, question), names),
        verdict.silent(paired, names, question.narrowed),
        verdict.spotless(paired, names),
        verdict.ongoing(paired, names),
    )
    return word is not None


def show_side_by_side(snapshot: Snapshot, question: Question, paired: Frame, names: Names) -> None:
    st.header("Side by side")
    st.caption(verdict.common(paired))
    st.table(pair_tables.side_by_side(paired, names), border="horizontal")
    points, scales = pair_tables.dots(paired, names)
    if not points.is_empty():
        st.altair_chart(dots.paired_dots(points, scales, names), alt=dots.described(points))
        st.caption(verdict.DOTS)
    twin(paired, "side-by-side", snapshot, question)


def show_downtime(snapshot: Snapshot, question: Question, paired: Frame, names: Names) -> None:
    st.header("Time down, as it adds up")
    ground = pair_tables.spans(traces.ground(snapshot, question))
    daily = traces.adding_up(snapshot, question)
    lines, unit = pair_tables.adding_up(daily, names)
    st.altair_chart(downtime.adding_up(lines, ground, names, unit), alt=downtime.described(lines))
    st.caption(verdict.ADDING_UP)
    twin(daily, "adding-up", snapshot, question)

    st.header("When each had trouble, and when both")
    posts = incidents(snapshot, question, Search(classes=question.classes, kinds=()))
    overlaps = traces.overlaps(snapshot, question)
    told = verdict.together(overlaps, paired, names)
    st.markdown(told)
    if posts.is_empty():
        st.info(verdict.NO_POSTS)
    else:
        bars = tables.timeline(posts, snapshot.table("providers"))
        both = pair_tables.both_down(overlaps)
        alt = f"{downtime.described_timeline(bars, names)} {told}"
        st.altair_chart(downtime.shared_timeline(bars, ground, both, names), alt=alt)
        st.caption(verdict.TIMELINE)
    twin(posts, "posts", snapshot, question, label="Posts")
    twin(overlaps, "overlaps", snapshot, question, label="Both down")


def show_durations(snapshot: Snapshot, question: Question, paired: Frame, names: Names) -> None:
    st.header("How long posts lasted")
    found = traces.lengths(snapshot, question)
    if found.is_empty():
        st.info(verdict.NO_DURATIONS)
        return
    points, marks = pair_tables.lengths(found, paired, names)
    st.altair_chart(durations.spread(points, marks, names), alt=durations.described(points, marks))
    st.caption(verdict.DURATIONS)
    twin(found, "durations", snapshot, question)


def show_rules(snapshot: Snapshot, question: Question, names: Names) -> None:
    st.header("Under every rule")
    providers = snapshot.table("providers")
    rules = traces.by_rule(snapshot, question)
    strip = sensitivity(tables.by_rule(rules, providers))
    st.altair_chart(strip, alt=verdict.under_rules(rules, names))
    whole, shared = whole_posts(snapshot, question), sharing(snapshot, question.surface)
    told = sensitivity_sentence(rules, providers, whole, shared, verdict.COMMON)
    st.caption(f"{told} {verdict.RULES}")
    twin(rules, "rules", snapshot, question)


st.title("Head-to-head")
try:
    asked = opponents.pick(current.snapshot(), filters.question(current.snapshot()))
    if asked is not None:
        show(current.snapshot(), asked)
except BadQuestion as error:
    st.info(f"This cannot be asked: {error}.")
