"""Hours of the week in which a provider's posts began, as a picture with words and rows."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from analytics import Question, Snapshot
from analytics.patterns.rows import hours_of_week, patterns
from analytics.patterns.wording import business_sentence
from analytics.wording.numbers import format_zone
from dashboard.charts.matrix import describe_hours, hour_chart
from dashboard.session.pinned_snapshot import definition_link
from dashboard.tables.hours import hour_cells
from dashboard.widgets.chart import show_chart
from dashboard.widgets.data_table import show_data


def show_hour_heat(snapshot: Snapshot, question: Question, provider: str) -> None:
    """Show the hours of the week of one provider, all its surfaces together unless one is asked.

    Args:
        snapshot: Where the posts are.
        question: Window, zone and classes.
        provider: Slug.
    """
    combine = question.combine if question.surface else question.combine or "any"
    asked = replace(question, providers=(provider,), combine=combine)
    rows = hours_of_week(snapshot, asked)
    if rows.is_empty() or not rows["covered_s"].sum():
        st.info("Nothing of this provider is covered in this window: there is nothing to draw.")
        return
    cells = hour_cells(rows)
    show_chart(hour_chart(cells), describe_hours(cells))
    [business] = patterns(snapshot, asked).filter(metric="business_ratio").to_dicts()
    st.caption(
        f"Posts begun by hour of the week, {format_zone(question.zone)}; the number in a cell "
        "counts them, its colour is their rate over the covered time of that hour. Grey: never "
        "covered. "
        f"{business_sentence(business)} {definition_link('Patterns')}"
    )
    show_data(rows, "hours", snapshot, asked, label="Hours of the week")
