"""Three numbers beside a verdict: the time it rests on, how often, and for how long."""

from __future__ import annotations

import polars as pl
import streamlit as st

from analytics.verdict.verdict import Verdict
from analytics.wording.numbers import BLANK, format_count, format_lengths
from dashboard.session.pinned_snapshot import definition_link
from dashboard.style import NUMBERS

#: In place of a median where no provider has incidents enough for one.
TOO_FEW = "too few to say"


def show_shared_numbers(found: Verdict, counts: Verdict, league: pl.DataFrame) -> None:
    """Show the shared days, the incidents and the typical length, from best to worst.

    Args:
        found: Verdict by time down.
        counts: Verdict by incidents.
        league: As from ``overview.league``, of one surface.
    """
    whom = [one.provider for one in found.parties]
    lengths = league.filter(pl.col("provider").is_in(whom))["impact_median_s"].drop_nulls()
    cards = (
        (
            "Shared days",
            f"{found.days:.0f} of {found.window_days:.0f}",
            f"Days on which all compared were covered. {definition_link('Grades')}",
        ),
        (
            "Outages, best to worst",
            _range([f"{one.value:,.0f}" for one in counts.parties]),
            f"Partial or major, of five minutes or more. {definition_link('Ranking')}",
        ),
        (
            "A typical outage lasts",
            format_lengths(*lengths.sort()[[0, -1]]) if len(lengths) else TOO_FEW,
            "Median of the impact, best to worst, of each provider's own covered time: "
            f"{format_count(len(lengths), 'provider')} with six or more. "
            f"{definition_link('Durations')}",
        ),
    )
    with st.container(key=NUMBERS):
        for label, value, help in cards:
            st.metric(label, value, help=help, border=True)


def _range(words: list[str]) -> str:
    """Write the first and the last, once where they are the same."""
    return " to ".join(dict.fromkeys([words[0], words[-1]])) if words else BLANK
