"""The curve of how long a provider's incidents stay open."""

from __future__ import annotations

import streamlit as st

from analytics import Question, Snapshot
from analytics.forecast.survival import LEAST_CURVE, survival
from dashboard.charts.palette import provider_colour
from dashboard.charts.survival import describe_survival, survival_chart
from dashboard.session.pinned_snapshot import definition_link
from dashboard.widgets.chart import show_chart
from dashboard.widgets.data_table import show_downloads
from dashboard.widgets.fold import fold


def show_survival(snapshot: Snapshot, question: Question) -> None:
    """Show in a fold how many incidents are still open after each time.

    Args:
        snapshot: Where they come from.
        question: Names one provider and one surface.
    """
    with fold("How long posts stay open", "survival") as opened:
        if not opened:
            return
        curve = survival(snapshot, question)
        if curve.is_empty():
            st.markdown(f"Fewer than {LEAST_CURVE} posts in this window: too few for a curve.")
            return
        words = describe_survival(curve)
        st.markdown(words)
        show_chart(survival_chart(curve, provider_colour(question.providers[0])), words)
        st.caption(
            "The band is the 95 % interval of the curve; n counts the posts that were open and "
            "followed until then. Posts still open are not left out. "
            f"{definition_link('Durations')}"
        )
        show_downloads(curve, "survival", snapshot, question)
