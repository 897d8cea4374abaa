"""Headline numbers as cards: each with its interval, n, coverage, past and peers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl
import streamlit as st

from analytics.metrics.catalogue import METRICS
from analytics.metrics.metric import Way
from analytics.wording import numbers
from analytics.wording.profile import SHORTFALL
from dashboard.session.pinned_snapshot import definition_link

Colour = Literal["normal", "inverse", "off"]


@dataclass(frozen=True, slots=True)
class Unit:
    """Record of how values of a unit are shown, and how far they moved."""

    shown: Callable[[float | None], str]
    moved: Callable[[float], str]


def _points(change: float) -> str:
    return f"{change * 100:+.3f} points"


def _rate(value: float | None) -> str:
    return numbers.BLANK if value is None else f"{value:.1f}"


def _rate_moved(change: float) -> str:
    return f"{change:+.1f}"


def _longer(change: float) -> str:
    return f"{'-' if change < 0 else '+'}{numbers.format_duration(abs(change))}"


UNITS = {
    "fraction": Unit(numbers.format_percent, _points),
    "per 30 days": Unit(_rate, _rate_moved),
    "seconds": Unit(numbers.format_duration, _longer),
}
#: The colour of a change for the better, by which way is good.
COLOURS: Mapping[Way | None, Colour] = {"more": "normal", "less": "inverse", None: "off"}


def show_cards(figures: pl.DataFrame) -> None:
    """Show a card for each row of ``profile.figures``."""
    for column, row in zip(st.columns(len(figures)), figures.iter_rows(named=True), strict=True):
        metric = METRICS[row["metric"]]
        words, colour = change_text(row)
        with column.container(border=True, height="stretch"):
            st.metric(
                metric.label,
                _headline(row),
                words,
                delta_color=colour,
                delta_arrow="auto" if colour != "off" else "off",
                delta_description="on the period before" if words else None,
                help=f"{metric.line} n: {metric.n}. {definition_link(metric.section)}",
            )
            # A percent sign or a number alone on a line is hard to read.
            lines = "  \n".join(card_lines(row))
            st.caption(re.sub(r"(?<=\d) (?=%)|(?<=\bn) (?=\d)", "\N{NO-BREAK SPACE}", lines))


def _unit(row: dict[str, Any]) -> Unit:
    return UNITS[METRICS[row["metric"]].unit]


def _headline(row: dict[str, Any]) -> str:
    if row["value"] is None and row["low"] is not None:
        return numbers.format_beyond(row["low"])
    return _unit(row).shown(row["value"])


def change_text(row: dict[str, Any]) -> tuple[str | None, Colour]:
    """Write the change on the period before, and whether its direction is good.

    None where the change is not known. A change too small to be shown is no change.
    """
    if row["change"] is None:
        return None, "off"
    words = _unit(row).moved(row["change"])
    if not any(c in "123456789" for c in words):
        return "no change", "off"
    return words, COLOURS[METRICS[row["metric"]].better]


def card_lines(row: dict[str, Any]) -> list[str]:
    """Write three lines: what the number rests on, its past and its peers."""
    shown = _unit(row).shown
    return [_basis(row, shown), _before(row, shown), _peers(row, shown)]


def _basis(row: dict[str, Any], shown: Callable[[float | None], str]) -> str:
    covered = numbers.format_percent(row["coverage"], 1)
    rest = f"n {numbers.format_number(row['n'])}, coverage {covered}"
    if row["value"] is None and row["low"] is not None:
        return f"Too many still open to say more: {rest}"
    if row["value"] is None:
        return f"{SHORTFALL[row['status']]}: {rest}"
    if row["down_s"] is not None:
        unknown = (
            f", {numbers.format_duration(row['unknown_s'])} unknown" if row["unknown_s"] else ""
        )
        bounds = (
            ""
            if row["low"] is None
            else f"; {numbers.format_range(row['low'], row['high'])} whatever the unknown was"
        )
        return f"{numbers.format_duration(row['down_s'])} down{unknown}{bounds}; {rest}"
    if row["low"] is None:
        return rest
    high = "?" if row["high"] is None else shown(row["high"])
    return f"95 %: {shown(row['low'])} to {high}; {rest}"


def _before(row: dict[str, Any], shown: Callable[[float | None], str]) -> str:
    n, share = (
        numbers.format_number(row["before_n"]),
        numbers.format_percent(row["before_coverage"], 1),
    )
    covered = f"n {n}, coverage {share}"
    if row["before"] is None:
        return f"Before: not known ({covered})"
    apart = "; coverage differs, not compared" if row["change"] is None and row["value"] else ""
    return f"Before: {shown(row['before'])} ({covered}){apart}"


def _peers(row: dict[str, Any], shown: Callable[[float | None], str]) -> str:
    if not row["peers"]:
        return "Peers: none to compare"
    least = numbers.format_percent(row["peers_coverage"], 1)
    covered = least if row["peers_coverage"] == 1 else f"{least} or more"
    return f"Peers: {shown(row['peers_median'])}, median of {row['peers']} (coverage {covered})"
