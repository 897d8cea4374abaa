"""Say of open incidents how long they may last; computed, never canned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

import polars as pl

from analytics.answer import INSUFFICIENT, OK, RECONSTRUCTED
from analytics.forecast.calibration import LEAST_TOLD
from analytics.forecast.forecast import POOLED, STALE
from analytics.forecast.model import LEAST_AT_RISK, LEAST_LIVE, WINDOW_DAYS
from analytics.wording.grammar import NOT_PROOF, agree
from analytics.wording.numbers import (
    BLANK,
    format_count,
    format_day,
    format_duration,
    format_instant,
    format_share,
)

#: Why an open incident has no forecast, by the status of its row.
NO_FORECAST = {
    None: "its page was not read lately",
    STALE: "its page was not read lately",
    INSUFFICIENT: f"fewer than {LEAST_LIVE} posts before, or fewer than {LEAST_AT_RISK} that "
    "lasted as long",
}
#: Before an end that no post seen before had.
BEYOND = "longer than any"


def open_sentence(opened: pl.DataFrame, forgotten: int) -> str:
    """Say how many incidents are open, and of how many that is not known.

    Args:
        opened: As from ``now.open_now``.
        forgotten: Incidents that are open without a word for two weeks.
    """
    aside = ""
    if forgotten:
        aside = (
            f" {format_count(forgotten, 'post')} more {agree(forgotten)} left open without a word "
            "for two weeks, and not counted."
        )
    n = opened.height
    if not n:
        return f"No post is open at the newest captures. {NOT_PROOF}{aside}"
    whom = format_count(opened["provider"].n_unique(), "provider")
    dark = n - int(opened["current"].sum())
    told = f"{format_count(n, 'post')} of {whom} {agree(n, 'are', 'is')} open."
    if dark:
        which = "It is" if n == 1 else f"{dark} of them {agree(dark, 'are', 'is')}"
        told += f" {which} as of an older capture, and not known now."
    return told + aside


def has_forecast(row: Mapping[str, Any]) -> bool:
    """Tell whether an open incident has a forecast."""
    return row["status"] in {OK, RECONSTRUCTED}


def forecast_sentence(row: Mapping[str, Any]) -> str:
    """Say by when it is as likely as not over, between which times most likely, and by what.

    Args:
        row: A row of ``now.open_now``.
    """
    if not has_forecast(row):
        return f"No forecast: {NO_FORECAST[row['status']]}."
    whose = "all providers" if row["history"] == POOLED else "this provider"
    at, posts = row["read_at"], format_count(row["n"], "post")
    low, high = clock(row["low_80_at"], at), clock(row["high_80_at"], at)
    return (
        f"Judging by {posts} of {whose} in the last {WINDOW_DAYS} days that were open as long: as "
        f"likely as not over by {clock(row['median_at'], at)}, with 80 % between {low} and {high}, "
        f"with {format_share(row['ends_within_60_min'])} within 60 min. {calibration_sentence(row)}"
    )


def calibration_sentence(row: Mapping[str, Any]) -> str:
    """Say how often the 80 % band held before.

    >>> past = {"held_80": 0.8, "held_n": 400, "landmark_s": 3600, "widened": False}
    >>> calibration_sentence(past)
    'At 1 h such bands held 80.0 % of 400.'
    >>> calibration_sentence({**past, "held_n": 31})
    'How often such bands held: too few to tell (31).'
    """
    if row["held_n"] < LEAST_TOLD:
        return f"How often such bands held: too few to tell ({row['held_n']})."
    wider = " They are wider than the posts alone say, since they had held too little."
    held = f"{format_share(row['held_80'])} of {row['held_n']:,}"
    when = format_duration(row["landmark_s"]) if row["landmark_s"] else "the beginning"
    return f"At {when} such bands held {held}.{wider if row['widened'] else ''}"


def clock(at: datetime | None, seen: datetime, zone: tzinfo | None = None) -> str:
    """Write a time of day, with its day where that is another than when it was said.

    >>> seen = datetime(2026, 3, 2, 12, 6)
    >>> clock(datetime(2026, 3, 2, 13, 13), seen), clock(datetime(2026, 3, 3, 1, 5), seen)
    ('13:13', '01:05 on 3 Mar 2026')
    >>> clock(None, seen)
    'longer than any'

    Args:
        at: The time; None lies beyond every end that was seen.
        seen: When the forecast was made.
        zone: Zone to write it in; None: as it is.
    """
    if at is None:
        return BEYOND
    if zone is not None:
        at, seen = at.astimezone(zone), seen.astimezone(zone)
    later = "" if at.date() == seen.date() else f" on {format_day(at)}"
    return f"{at:%H:%M}{later}"


def between(low: datetime | None, high: datetime | None, seen: datetime) -> str:
    """Write from when to when a band reaches; blank without one."""
    if low is None:
        return BLANK
    return f"{clock(low, seen)} to {clock(high, seen)}"


def states_sentence(states: pl.DataFrame) -> str:
    """Say of how many providers on a surface it is known that they are up.

    Args:
        states: Rows of ``now.up_now`` of one surface.
    """
    up = states.filter(state="operational").height
    newest = states["read_at"].max()
    at = format_instant(newest) if isinstance(newest, datetime) else BLANK
    return f"{up} of {format_count(states.height, 'provider')} up, as posted by {at}"
