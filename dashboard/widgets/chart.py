"""A chart on a page, with what it shows in words."""

from __future__ import annotations

import polars as pl
import streamlit as st

from analytics import Question
from analytics.wording.numbers import format_zone
from analytics.wording.overview import strip_caption
from dashboard.charts.strips import describe_strip, strip_chart
from dashboard.charts.vega import Chart
from dashboard.tables.shared import strip_bars


def show_chart(chart: Chart, words: str) -> None:
    """Show ``chart``; ``words`` describe it to those who do not see it."""
    st.vega_lite_chart(spec={**chart.spec, "datasets": dict(chart.frames)}, alt=words)


def show_strip(
    parts: pl.DataFrame, unit: str, question: Question, names: pl.DataFrame | None = None
) -> None:
    """Show the window as a strip of days, weeks or months.

    Args:
        parts: As from ``strips.strips``.
        unit: What the parts are: day, week or month.
        question: What was asked.
        names: Columns provider, name, where rows are of several providers.
    """
    bars = strip_bars(parts, names)
    if bars.is_empty():
        st.info("No component states were observed in this window: there is nothing to draw.")
        return
    show_chart(strip_chart(bars, unit, format_zone(question.zone)), describe_strip(bars, unit))
    st.caption(strip_caption(unit))
