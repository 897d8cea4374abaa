"""Folds about how long incidents last: the curve, how good forecasts were, what comes next."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from analytics import Question, Snapshot
from analytics.directory import captured_providers, provider_names
from analytics.forecast.backtest import GIVEN, score_forecasts
from analytics.forecast.hazard import hazards
from analytics.forecast.survival import LEAST_CURVE, survival
from dashboard.charts.durations import (
    calibration_chart,
    describe_calibration,
    describe_survival,
    survival_chart,
)
from dashboard.charts.palette import provider_colour
from dashboard.session.pinned_snapshot import definition_link
from dashboard.tables.columns import BACKTEST
from dashboard.tables.now import backtest_table, hazard_table
from dashboard.widgets.chart import show_chart
from dashboard.widgets.data_table import show_downloads, show_rows
from dashboard.widgets.fold import fold


def show_backtest(snapshot: Snapshot, whom: Sequence[str]) -> None:
    """Show in a fold how past forecasts did, of some providers, or of all that have any.

    Args:
        snapshot: Where the past is from.
        whom: Slugs; empty: all.
    """
    with fold("How good such forecasts were", "backtest") as opened:
        if not opened:
            return
        asked = tuple(sorted(whom or captured_providers(snapshot)))
        rows = score_forecasts(snapshot, Question(asked))
        if rows.is_empty():
            st.markdown("No provider has enough posts for a forecast, so none was scored.")
            return
        names = provider_names(snapshot)
        given = rows.filter(method=GIVEN)
        words = describe_calibration(given, names)
        st.markdown(
            "Every past incident, forecast again from what was known then. Landmarks share "
            f"incidents, so their n must not be added up. {definition_link('Forecast')}"
        )
        show_chart(calibration_chart(given, names), words)
        show_rows(backtest_table(rows, names), BACKTEST, words=words)
        show_downloads(rows, "backtest", snapshot, Question(asked))


def show_hazards(snapshot: Snapshot, whom: Collection[str]) -> None:
    """Show in a fold the chance of a new incident within a day, where that has shown skill.

    Args:
        snapshot: Where the past is from.
        whom: Slugs of the providers that are known now.
    """
    with fold("Experimental: a new post within 24 hours", "hazard") as opened:
        if not opened:
            return
        asked = tuple(sorted(whom))
        rows = hazards(snapshot, Question(asked)) if asked else None
        if rows is None or rows.is_empty():
            st.markdown(
                "No provider that is known now has a past in which such a forecast did better "
                "than the usual share of days with a post."
            )
            return
        st.markdown(
            "From the rate of the last 56 covered days and the day of the week. Shown only where "
            "it did better, over the provider's past, than the share of all earlier days with a "
            f"post. Not a promise, and not yet a method. {definition_link('Forecast')}"
        )
        show_rows(hazard_table(rows, provider_names(snapshot)), {}, words="Chances by provider.")
        show_downloads(rows, "hazard", snapshot, Question(asked))


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
