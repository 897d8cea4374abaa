"""A chart on a page, with what it shows in words."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl
import streamlit as st

from analytics import Question, Snapshot
from analytics.directory import provider_names
from analytics.evidence.provenance import breaks
from analytics.wording.breaks import breaks_sentence, describe_breaks
from analytics.wording.numbers import format_zone
from analytics.wording.overview import strip_caption
from dashboard.charts.state_colours import STATE_COLOURS
from dashboard.charts.strips import describe_strip, strip_chart
from dashboard.charts.vega import Chart
from dashboard.shown_text import escape_markdown
from dashboard.style import LEGEND
from dashboard.tables.breaks import strip_marks
from dashboard.tables.shared import strip_bars
from dashboard.widgets.captions import show_captions


def show_chart(chart: Chart, words: str) -> None:
    """Show ``chart``; ``words`` describe it to those who do not see it."""
    st.vega_lite_chart(spec={**chart.spec, "datasets": dict(chart.frames)}, alt=words)


def show_strip(
    parts: pl.DataFrame,
    unit: str,
    snapshot: Snapshot,
    question: Question,
    names: pl.DataFrame | None = None,
) -> None:
    """Show the window as a strip of days, weeks or months, with its breaks.

    Args:
        parts: As from ``strips.strips``.
        unit: What the parts are: day, week or month.
        snapshot: Where the parts come from.
        question: What was asked.
        names: Columns provider, name, where rows are of several providers.
    """
    bars = strip_bars(parts, names)
    if bars.is_empty():
        st.info("No component states were observed in this window: there is nothing to draw.")
        return
    told = describe_breaks(breaks(snapshot, question), provider_names(snapshot), question.zone)
    legend = breaks_sentence(told)
    marks = strip_marks(told, parts, question.zone, names)
    chart = strip_chart(bars, unit, format_zone(question.zone), marks)
    show_chart(chart, f"{describe_strip(bars, unit)} {legend}".rstrip())
    st.html(state_legend(bars["worst"].unique()))
    show_captions(strip_caption(unit), escape_markdown(legend))


def state_legend(there: Collection[str]) -> str:
    """Write the colours of the states that are in a picture, each with its name."""
    entries = "".join(
        f'<span><i style="background:{colour}"></i>{state}</span>'
        for state, colour in STATE_COLOURS.items()
        if state in there
    )
    return f'<div class="{LEGEND}">{entries}</div>'
