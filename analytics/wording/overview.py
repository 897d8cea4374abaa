"""Sentences of the Overview and of the list of incidents; computed, never canned."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

import polars as pl

from analytics.answer import OK
from analytics.wording.grammar import NOT_PROOF, agree, name_some, no_incident_sentence
from analytics.wording.numbers import format_count, format_day, format_duration


def league_sentence(league: pl.DataFrame, narrowed: bool) -> str:
    """Say what a league table holds: how many, which window, and how to compare.

    ``league`` as from ``overview.league``; ``narrowed``: as ``Question.narrowed``.
    """
    if league.is_empty():
        return "Nothing has been collected for this choice, so nothing can be said about it."
    providers = league["provider"].n_unique()
    shown = league.filter((pl.col("status") == OK) & pl.col("availability").is_not_null())
    start, end = league["window_start"][0], league["window_end"][0]
    rows = "1 row" if len(league) == 1 else f"{len(league)} rows of one surface each"
    head = (
        f"{providers} {_s(providers, 'provider')}, {rows}, {format_day(start)} to "
        f"{format_day(end)}, rule {league['rule'][0]}."
    )
    if shown.is_empty():
        return f"{head} No row has enough coverage for an availability."
    without = len(league) - len(shown)
    tail = f" {without} without a number: too little is covered." if without else ""
    return " ".join(
        filter(None, (head + tail, _coverage(shown), no_incident_sentence(_quiet(shown), narrowed)))
    )


def _quiet(shown: pl.DataFrame) -> list[str]:
    """Name the providers with a number, of which no incident began."""
    posted = shown.group_by("provider", "name", maintain_order=True).agg(pl.col("n").sum())
    return [name or slug for slug, name, n in posted.sort("provider").iter_rows() if not n]


def _coverage(shown: pl.DataFrame) -> str:
    low, high = shown["coverage"].min(), shown["coverage"].max()
    assert isinstance(low, float)
    assert isinstance(high, float)
    if high - low > 0.05:
        return (
            f"Coverage runs from {low:.0%} to {high:.0%} of the window: "
            "compare only rows with a similar coverage."
        )
    if low >= 0.9995:
        return "The whole window is covered in every row with a number."
    return (
        f"Coverage is at least {math.floor(low * 100)} % of the window in every row with a number."
    )


STRIP_HEADINGS = {"day": "Day by day", "week": "Week by week", "month": "Month by month"}


def strip_caption(unit: str) -> str:
    """Say how to read a strip of days, weeks or months."""
    return (
        f"Colour: the worst state posted in the {unit}, stronger the longer it lasted. Thin line: "
        "observed. Grey is not up: dark, the page gave no state; light, no data."
    )


def undrawn_sentence(rows: Sequence[str], unit: str) -> str:
    """Name rows of a strip that are not drawn; empty if all are."""
    return f"Not drawn, because no {unit} is covered: {'; '.join(rows)}." if rows else ""


def early_sentence(end: datetime, reached_from: datetime | None) -> str:
    """Say that a window ends before the data begin; else empty.

    ``end`` is exclusive; ``reached_from`` as from ``scope.reached_from``.
    """
    if reached_from is None or end > reached_from:
        return ""
    return (
        f"the window ends at {end:%Y-%m-%d}, before anything is known: "
        f"the data begin at {reached_from:%Y-%m-%d %H:%M} UTC"
    )


def explorer_sentence(found: pl.DataFrame, start: datetime, end: datetime) -> str:
    """Count the posts of a list. ``found`` as from ``incident_list.incidents``."""
    if found.is_empty():
        window = f"{format_day(start)} and {format_day(end)}"
        return f"No posts between {window} fit this choice. {NOT_PROOF}"
    providers = found["provider"].n_unique()
    ongoing = int(found["ongoing"].sum())
    open_now = f", {ongoing} still open" if ongoing else ""
    return (
        f"{len(found):,} {_s(len(found), 'post')} by {providers} {_s(providers, 'provider')}, "
        f"{format_day(start)} to {format_day(end)}, newest first{open_now}."
    )


def unmatched_sentence(found: pl.DataFrame, asked: Sequence[str], names: pl.DataFrame) -> str:
    """Name providers without a post in a list that has posts of others; else empty.

    ``found`` as from ``incident_list.incidents``; ``asked``: slugs; ``names``: provider, name.
    """
    called = dict(names.select("provider", "name").iter_rows())
    there = set(found["provider"])
    without = [called.get(who) or who for who in asked if who not in there]
    if not there or not without:
        return ""
    return f"No post of {name_some(without)} fits this choice. {NOT_PROOF}"


def ongoing_sentence(rows: pl.DataFrame) -> str:
    """Count posts that are still open, and say how they count; empty if none.

    ``rows`` as from ``open_incidents.ongoing``.
    """
    if rows.is_empty():
        return ""
    n, quiet = int(rows["posts"].sum()), int(rows["silent"].sum())
    whose = name_some([name or slug for slug, name in rows.select("provider", "name").iter_rows()])
    aside = f" ({quiet} of them without an update for two weeks)" if quiet else ""
    longest = rows["longest_s"].max()
    assert isinstance(longest, int)
    return (
        f"Still open: {format_count(n, 'post')} of {whose}{aside}, "
        f"{agree(n, 'the longest', 'open')} for {format_duration(longest)} so far. Counted up to "
        "the newest data."
    )


def uncollected_sentence(rows: pl.DataFrame) -> str:
    """Name providers that are not shown because nothing is collected; empty if none.

    ``rows`` as from ``freshness.uncollected``.
    """
    n = rows.height
    if not n:
        return ""
    whose = name_some([name or slug for slug, name in rows.select("provider", "name").iter_rows()])
    return (
        f"Not shown: {whose}. Nothing is collected of {agree(n, 'these providers', 'this one')}, "
        "which is not the same as up. Data health says more."
    )


def _s(n: int, word: str) -> str:
    return word if n == 1 else word + "s"
