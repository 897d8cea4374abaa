"""The sentences pages, documents and the command line say; computed, never canned."""

from __future__ import annotations

import math
from datetime import datetime

import polars as pl

from analytics.answer import OK


def league_sentence(league: pl.DataFrame) -> str:
    """What a league table allows one to say: how many, which window, and whether to compare.

    ``league`` as from ``overview.league``.
    """
    if league.is_empty():
        return "Nothing has been collected for this choice, so nothing can be said about it."
    providers = league["provider"].n_unique()
    shown = league.filter((pl.col("status") == OK) & pl.col("availability").is_not_null())
    start, end = league["window_start"][0], league["window_end"][0]
    head = (
        f"{providers} {_s(providers, 'provider')}, {len(league)} "
        f"{_s(len(league), 'row')} of one surface each, {_day(start)} to {_day(end)}, "
        f"rule {league['rule'][0]}."
    )
    if shown.is_empty():
        return f"{head} No row has enough coverage for an availability."
    without = len(league) - len(shown)
    tail = f" {without} without a number: too little is vouched for." if without else ""
    return f"{head}{tail} {_coverage(shown)}"


def _coverage(shown: pl.DataFrame) -> str:
    low, high = shown["coverage"].min(), shown["coverage"].max()
    assert isinstance(low, float)
    assert isinstance(high, float)
    if high - low > 0.05:
        return (
            f"Coverage runs from {low:.0%} to {high:.0%} of the window: "
            "compare only rows observed alike."
        )
    if low >= 0.9995:
        return "The whole window is covered in every row with a number."
    return (
        f"Coverage is at least {math.floor(low * 100)} % of the window in every row with a number."
    )


def explorer_sentence(found: pl.DataFrame, start: datetime, end: datetime) -> str:
    """What a list of posts holds. ``found`` as from ``explorer.incidents``."""
    if found.is_empty():
        return (
            f"No posts between {_day(start)} and {_day(end)} fit this choice. "
            "That nobody posted does not mean that nothing broke."
        )
    providers = found["provider"].n_unique()
    ongoing = int(found["ongoing"].sum())
    open_now = f", {ongoing} still open" if ongoing else ""
    return (
        f"{len(found):,} {_s(len(found), 'post')} by {providers} {_s(providers, 'provider')}, "
        f"{_day(start)} to {_day(end)}, newest first{open_now}."
    )


def _day(at: datetime) -> str:
    return f"{at.day} {at:%b %Y}"


def _s(n: int, word: str) -> str:
    return word if n == 1 else word + "s"
