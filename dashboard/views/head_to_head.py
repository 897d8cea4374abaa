"""Head-to-head: A or B for my use, and is the difference real?"""

import streamlit as st

from analytics import Question, QuestionError, Snapshot
from analytics.comparison import pair_series
from analytics.comparison.head_to_head import alone, side_by_side
from analytics.comparison.ranking import COUNT
from analytics.comparison.shared_window import seen
from analytics.directory import provider_names
from analytics.evidence.provenance import bases, breaks, left_unrated, sharing, whole_posts
from analytics.question import UTC_ZONE
from analytics.read_models.incident_list import Search, incidents
from analytics.read_models.strips import strips, unit_of
from analytics.verdict.remedy import remedy
from analytics.verdict.rows import verdict_rows
from analytics.verdict.verdict import Verdict, verdict
from analytics.wording.breaks import breaks_sentence, describe_breaks
from analytics.wording.comparison import basis_sentence, sensitivity_sentence, unrated_sentence
from analytics.wording.doubts import doubts_sentence
from analytics.wording.grade import explain_grade
from analytics.wording.head_to_head import (
    common_time_sentence,
    lag_sentence,
    never_down_sentence,
    overlap_sentence,
    quiet_sentence,
    rules_sentence,
    still_open_sentence,
)
from analytics.wording.overview import STRIP_HEADINGS
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
from dashboard.charts.standings import describe_standings, standings_chart
from dashboard.filters.asked_question import read_question, remedy_params
from dashboard.filters.opponents import implied_surface, name_pair, pair_params, read_opponents
from dashboard.session.pinned_snapshot import current_snapshot
from dashboard.shown_text import escape_markdown
from dashboard.tables.breaks import window_marks
from dashboard.tables.head_to_head import (
    Frame,
    Names,
    both_down_bars,
    downtime_lines,
    duration_dots,
    own_window_table,
    pair_dots,
    rests_table,
    side_by_side_table,
    with_words,
)
from dashboard.tables.shared import rule_dots, timeline_bars
from dashboard.tables.standings import standings_rows
from dashboard.widgets import head_to_head_captions
from dashboard.widgets.captions import show_captions
from dashboard.widgets.chart import show_chart, show_strip
from dashboard.widgets.data_table import show_data, show_downloads
from dashboard.widgets.fold import fold
from dashboard.widgets.verdict_card import grade_badge, show_headline


def show(snapshot: Snapshot, question: Question) -> None:
    """Show the whole page about two providers on one surface."""
    names = name_pair(snapshot, question)
    paired = side_by_side(snapshot, question)
    found, counts = verdict(snapshot, question), verdict(snapshot, question, COUNT)
    show_verdict(snapshot, question, found, counts)
    if found.parties:
        show_pictures(found, counts, names)
        show_both(snapshot, question, names)
        st.header("What it rests on", anchor=False)
        down_at_once = pair_series.overlaps(snapshot, question)
        st.table(rests_table(found, counts, down_at_once, names), border="horizontal")
    if not paired.is_empty():
        for label, key, part in DETAILS:
            with fold(label, key) as opened:
                if opened:
                    part(snapshot, question, paired, names)
    with fold("Each on its own full window: not comparable", "own") as opened:
        if opened:
            own = alone(snapshot, question)
            st.caption(head_to_head_captions.OWN_WINDOW)
            st.table(own_window_table(own, names), border="horizontal")
            show_downloads(own, "alone", snapshot, question)


def show_verdict(snapshot: Snapshot, question: Question, found: Verdict, counts: Verdict) -> None:
    """Show the verdict, or what would allow one; what it rests on is folded."""
    names = name_pair(snapshot, question)
    instead = remedy(snapshot, question, found)
    show_headline(word_verdict(found, names, instead))
    if instead is not None:
        params = remedy_params(instead, **pair_params(question))
        st.page_link("views/head_to_head.py", label="Ask that instead", query_params=params)
    with fold("How sure?", "sure") as opened:
        if not opened:
            return
        registered, paired = snapshot.table("providers"), side_by_side(snapshot, question)
        st.markdown("\n".join(f"- {told}" for told in explain_grade(found, names)))
        by_count = word_verdict(counts, names)
        st.markdown(f"By incidents: {escape_markdown(by_count.sentence)} {grade_badge(by_count)}")
        show_captions(
            implied_surface(snapshot, question),
            lag_sentence(seen(snapshot, question), names),
            "" if paired.is_empty() else quiet_sentence(paired, names, question.narrowed),
            "" if paired.is_empty() else never_down_sentence(paired, names),
            "" if paired.is_empty() else still_open_sentence(paired, names),
            basis_sentence(bases(snapshot, question), registered),
            unrated_sentence(left_unrated(snapshot, question), registered),
            doubts_sentence(snapshot, names, list(names)),
            head_to_head_captions.VERDICT,
        )
        rows = verdict_rows(snapshot, question)
        show_data(rows, "verdict", snapshot, question, label="What this rests on")


def show_pictures(found: Verdict, counts: Verdict, names: Names) -> None:
    """Show time down and incidents of both, each with its interval."""
    for column, one in zip(st.columns(2, gap="large"), (found, counts), strict=True):
        with column:
            if not one.parties:
                st.header("Incidents", anchor=False)
                st.info(escape_markdown(word_verdict(one, names).because))
                continue
            dots, unit = standings_rows(one, names)
            st.header(unit.capitalize(), anchor=False)
            show_chart(standings_chart(dots), describe_standings(dots, unit))
    st.caption("Dot and 95 % interval, over the shared days.")


def show_both(snapshot: Snapshot, question: Question, names: Names) -> None:
    """Show the window of both as strips."""
    unit, parts = unit_of(snapshot, question), strips(snapshot, question)
    st.header(STRIP_HEADINGS[unit], anchor=False)
    show_strip(parts, unit, snapshot, question, snapshot.table("providers"))


def show_side_by_side(snapshot: Snapshot, question: Question, paired: Frame, names: Names) -> None:
    """Show the metrics of both side by side, as a table and as dots."""
    st.markdown(common_time_sentence(paired))
    st.caption(head_to_head_captions.DOTS)
    st.table(side_by_side_table(paired, names), border="horizontal")
    points, scales = pair_dots(paired, names)
    if not points.is_empty():
        show_chart(pair_chart(points, scales, names), describe_pairs(points))
    show_data(paired, "side-by-side", snapshot, question)


def show_downtime(snapshot: Snapshot, question: Question, paired: Frame, names: Names) -> None:
    """Show how the time down adds up."""
    spans = with_words(pair_series.observed_spans(snapshot, question))
    daily = pair_series.adding_up(snapshot, question)
    lines, unit = downtime_lines(daily, names)
    marks, legend = find_marks(snapshot, question, spans)
    chart = downtime_chart(lines, spans, names, unit, marks)
    show_chart(chart, f"{describe_downtime(lines)} {legend}".rstrip())
    show_captions(head_to_head_captions.ADDING_UP, escape_markdown(legend))
    show_data(daily, "adding-up", snapshot, question)


def show_timeline(snapshot: Snapshot, question: Question, paired: Frame, names: Names) -> None:
    """Show when each had trouble, and when both were down at once."""
    spans = with_words(pair_series.observed_spans(snapshot, question))
    posts = incidents(snapshot, question, Search(classes=question.classes, kinds=()))
    overlaps = pair_series.overlaps(snapshot, question)
    told = overlap_sentence(overlaps, paired, names)
    st.markdown(told)
    if posts.is_empty():
        st.info(head_to_head_captions.NO_POSTS)
    else:
        bars = timeline_bars(posts, snapshot.table("providers"))
        both = both_down_bars(overlaps)
        marks, legend = find_marks(snapshot, question, spans)
        alt = f"{describe_timeline(bars, names)} {told} {legend}".rstrip()
        show_chart(shared_timeline_chart(bars, spans, both, names, marks), alt)
        show_captions(head_to_head_captions.TIMELINE, escape_markdown(legend))
    show_data(posts, "posts", snapshot, question, label="Posts")
    show_data(overlaps, "overlaps", snapshot, question, label="Both down")


def find_marks(snapshot: Snapshot, question: Question, spans: Frame) -> tuple[Frame, str]:
    """Return the marks of the breaks of both, and what they say in words."""
    told = describe_breaks(breaks(snapshot, question), provider_names(snapshot), UTC_ZONE)
    return window_marks(told, spans), breaks_sentence(told)


def show_durations(snapshot: Snapshot, question: Question, paired: Frame, names: Names) -> None:
    """Show how long the posts of both lasted."""
    found = pair_series.lengths(snapshot, question)
    if found.is_empty():
        st.info(head_to_head_captions.NO_DURATIONS)
        return
    points, marks = duration_dots(found, paired, names)
    show_chart(duration_chart(points, marks, names), describe_durations(points, marks))
    st.caption(head_to_head_captions.DURATIONS)
    show_data(found, "durations", snapshot, question)


def show_rules(snapshot: Snapshot, question: Question, paired: Frame, names: Names) -> None:
    """Show the availability of both under every rule."""
    providers = snapshot.table("providers")
    rules = pair_series.by_rule(snapshot, question)
    strip = rule_chart(rule_dots(rules, providers))
    show_chart(strip, rules_sentence(rules, names))
    whole, shared = whole_posts(snapshot, question), sharing(snapshot, question.surface)
    told = sensitivity_sentence(rules, providers, whole, shared, head_to_head_captions.COMMON)
    st.caption(f"{told} {head_to_head_captions.RULES}")
    show_data(rules, "rules", snapshot, question)


#: What is folded: label, key, and what draws it.
DETAILS = (
    ("Side by side, every metric", "metrics", show_side_by_side),
    ("Time down, as it adds up", "sum", show_downtime),
    ("When each had trouble, and when both", "when", show_timeline),
    ("How long posts lasted", "lasting", show_durations),
    ("Under every rule", "every-rule", show_rules),
)

heading = st.container()
try:
    asked = read_opponents(current_snapshot(), read_question(current_snapshot()))
    if asked is None:
        heading.title("Head-to-head", anchor=False)
    else:
        show(current_snapshot(), asked)
except QuestionError as error:
    heading.title("Head-to-head", anchor=False)
    st.info(f"This cannot be asked: {error}.")
