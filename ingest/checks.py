"""May we believe this capture? Rejects what cannot be true; never labels."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median

import polars as pl

from ingest.models import Capture, Kind, Notice, Parsed

#: Clocks differ; a start further ahead than this is not a start.
FUTURE = timedelta(minutes=10)
#: A page silent for this long, and for four of its own usual gaps, may be a dead copy.
FROZEN = timedelta(days=120)
FROZEN_GAPS = 4


def believe(capture: Capture, parsed: Parsed) -> Parsed:
    """``parsed`` without incidents that start after they were captured.

    Maintenances are announced ahead of time and stay.
    """
    limit = capture.captured_at + FUTURE
    future = [
        i
        for i in parsed.incidents
        if i.kind is Kind.INCIDENT and i.started_at is not None and i.started_at > limit
    ]
    if not future:
        return parsed
    refused = tuple(
        Notice("rejected", i.incident_id, f"starts at {i.started_at}, after it was captured")
        for i in future
    )
    return replace(
        parsed,
        incidents=tuple(i for i in parsed.incidents if i not in future),
        rejects=(*parsed.rejects, *refused),
    )


def doubt_empty(polls: pl.DataFrame) -> pl.DataFrame:
    """Runs of captures in which an empty list counts as a failure once there were records.

    A page that never had any may well be empty; one that had is more likely broken.
    """
    filled = (pl.col("records") > 0).cum_max().shift(1).over("page_key", "url")
    empty = pl.col("read") & (pl.col("records") == 0) & filled.fill_null(value=False)
    nothing = pl.lit(None)
    return polls.sort("page_key", "url", "first_at").with_columns(
        pl.when(empty).then(pl.lit("empty")).otherwise(pl.col("failure")).alias("failure"),
        pl.when(empty)
        .then(pl.lit("list is empty although it held records before"))
        .otherwise(pl.col("message"))
        .alias("message"),
        *[
            pl.when(empty).then(nothing).otherwise(pl.col(c)).alias(c)
            for c in ("horizon_at", "present")
        ],
    )


def frozen(listed: list[datetime], as_of: datetime) -> str | None:
    """Why a page looks abandoned, or None. ``listed``: when its posts last moved."""
    times = sorted(listed)
    if len(times) < 3:
        return None
    gaps = [(b - a).total_seconds() for a, b in itertools.pairwise(times)]
    silent = as_of - times[-1]
    usual = timedelta(seconds=median(gaps))
    if silent <= FROZEN or silent <= FROZEN_GAPS * usual:
        return None
    return f"no post for {silent.days} days, usually one every {usual.days} days"
