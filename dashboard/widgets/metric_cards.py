"""Headline numbers as cards: each with its interval, n, coverage, past and peers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl
import streamlit as st

from analytics.wording.numbers import (
    BLANK,
    format_beyond,
    format_duration,
    format_number,
    format_percent,
    format_range,
)
from analytics.wording.profile import SHORTFALL
from dashboard.session.pinned_snapshot import definition_link

Colour = Literal["normal", "inverse", "off"]


@dataclass(frozen=True, slots=True)
class Card:
    """How one metric is shown. ``better``: whether more of it is good or bad."""

    label: str
    help: str
    section: str
    shown: Callable[[float | None], str]
    moved: Callable[[float], str]
    better: Colour


def _points(change: float) -> str:
    return f"{change * 100:+.3f} points"


def _rate(value: float | None) -> str:
    return BLANK if value is None else f"{value:.1f}"


def _rate_moved(change: float) -> str:
    return f"{change:+.1f}"


def _longer(change: float) -> str:
    return f"{'-' if change < 0 else '+'}{format_duration(abs(change))}"


CARDS = {
    "availability": Card(
        "Availability",
        "Share of observed time not down under the rule, rounded down. n: posts open meanwhile.",
        "Availability rules",
        format_percent,
        _points,
        "normal",
    ),
    "frequency": Card(
        "Incidents per 30 days",
        "Posts whose impact began in the window, per 30 covered days; n: those posts.",
        "Frequency",
        _rate,
        _rate_moved,
        "inverse",
    ),
    "impact_median": Card(
        "Median impact",
        "In half of the posts a component, on whichever surface, was partial or worse for longer. "
        "n: posts with such a component.",
        "Durations",
        format_duration,
        _longer,
        "inverse",
    ),
    "open_median": Card(
        "Median time open",
        "Half of the posts stayed open for longer. That is not downtime. n: posts timed.",
        "Durations",
        format_duration,
        _longer,
        "inverse",
    ),
}


def show_cards(figures: pl.DataFrame) -> None:
    """Show a card for each row of ``profile.figures``."""
    for column, row in zip(st.columns(len(figures)), figures.iter_rows(named=True), strict=True):
        card = CARDS[row["metric"]]
        words, colour = change_text(row)
        with column.container(border=True, height="stretch"):
            st.metric(
                card.label,
                _headline(row, card),
                words,
                delta_color=colour,
                delta_arrow="auto" if colour != "off" else "off",
                delta_description="on the period before" if words else None,
                help=f"{card.help} {definition_link(card.section)}",
            )
            # A percent sign or a number alone on a line is hard to read.
            lines = "  \n".join(card_lines(row))
            st.caption(re.sub(r"(?<=\d) (?=%)|(?<=\bn) (?=\d)", "\N{NO-BREAK SPACE}", lines))


def _headline(row: dict[str, Any], card: Card) -> str:
    if row["value"] is None and row["low"] is not None:
        return format_beyond(row["low"])
    return card.shown(row["value"])


def change_text(row: dict[str, Any]) -> tuple[str | None, Colour]:
    """Write the change on the period before, and whether its direction is good.

    None where the change is not known. A change too small to be shown is no change.
    """
    if row["change"] is None:
        return None, "off"
    card = CARDS[row["metric"]]
    words = card.moved(row["change"])
    return (words, card.better) if any(c in "123456789" for c in words) else ("no change", "off")


def card_lines(row: dict[str, Any]) -> list[str]:
    """Write three lines: what the number rests on, its past and its peers."""
    shown = CARDS[row["metric"]].shown
    return [_basis(row, shown), _before(row, shown), _peers(row, shown)]


def _basis(row: dict[str, Any], shown: Callable[[float | None], str]) -> str:
    rest = f"n {format_number(row['n'])}, coverage {format_percent(row['coverage'], 1)}"
    if row["value"] is None and row["low"] is not None:
        return f"Too many still open to say more: {rest}"
    if row["value"] is None:
        return f"{SHORTFALL[row['status']]}: {rest}"
    if row["down_s"] is not None:
        unknown = f", {format_duration(row['unknown_s'])} unknown" if row["unknown_s"] else ""
        bounds = (
            ""
            if row["low"] is None
            else f"; {format_range(row['low'], row['high'])} whatever the unknown was"
        )
        return f"{format_duration(row['down_s'])} down{unknown}{bounds}; {rest}"
    if row["low"] is None:
        return rest
    high = "?" if row["high"] is None else shown(row["high"])
    return f"95 %: {shown(row['low'])} to {high}; {rest}"


def _before(row: dict[str, Any], shown: Callable[[float | None], str]) -> str:
    n, share = format_number(row["before_n"]), format_percent(row["before_coverage"], 1)
    covered = f"n {n}, coverage {share}"
    if row["before"] is None:
        return f"Before: not known ({covered})"
    apart = "; coverage differs, not compared" if row["change"] is None and row["value"] else ""
    return f"Before: {shown(row['before'])} ({covered}){apart}"


def _peers(row: dict[str, Any], shown: Callable[[float | None], str]) -> str:
    if not row["peers"]:
        return "Peers: none to compare"
    least = format_percent(row["peers_coverage"], 1)
    covered = least if row["peers_coverage"] == 1 else f"{least} or more"
    return f"Peers: {shown(row['peers_median'])}, median of {row['peers']} (coverage {covered})"
