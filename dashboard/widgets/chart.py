"""A chart on a page, with what it shows in words."""

from __future__ import annotations

import streamlit as st

from dashboard.charts.vega import Chart


def show_chart(chart: Chart, words: str) -> None:
    """Show ``chart``; ``words`` describe it to those who do not see it."""
    st.vega_lite_chart(spec={**chart.spec, "datasets": dict(chart.frames)}, alt=words)
