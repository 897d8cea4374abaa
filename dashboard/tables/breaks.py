"""Marks of breaks for pictures of a window, made from the breaks that reach into it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import polars as pl

from dashboard.tables.shared import INSTANT, Frame, strip_rows
from ingest.models import time_zone

#: A mark stands in the middle of its day.
NOON = time(12)
DAY = timedelta(days=1)


def strip_marks(told: Frame, parts: Frame, zone: str, names: Frame | None = None) -> Frame:
    """Make marks for ``strip_chart``: on each row of the provider, at the date of the break.

    A break outside what is drawn is marked at its edge.

    Args:
        told: As from ``describe_breaks``.
        parts: As from ``strips.strips``.
        zone: Zone the parts were cut in.
        names: Columns provider, name, where rows are of several providers.

    Returns:
        Columns label, at (UTC noon of the date), words.
    """
    rows = strip_rows(parts, names)
    if rows.is_empty():
        return pl.DataFrame(schema={"label": pl.String, "at": INSTANT, "words": pl.String})

    def noon(at: datetime) -> datetime:
        return datetime.combine(at.astimezone(time_zone(zone)).date(), NOON, UTC)

    first, last = (pl.lit(datetime.combine(day, NOON, UTC)) for day in _edges(rows))
    labels = rows.select("provider", "label").unique(maintain_order=True)
    return (
        told.with_columns(pl.col("at").map_elements(noon, INSTANT).clip(first, last))
        .join(labels, on="provider", maintain_order="left_right")
        .select("label", "at", "words")
    )


def _edges(rows: Frame) -> tuple[datetime, datetime]:
    first, end = rows.select(pl.col("start").min(), pl.col("end").max()).row(0)
    return first, end - DAY


def window_marks(told: Frame, spans: Frame) -> Frame:
    """Make marks for the pictures of two providers over one window.

    Args:
        told: As from ``describe_breaks``.
        spans: The spans of the whole window, start_at and end_at.

    Returns:
        Columns at (UTC), words.
    """
    first, last = (pl.lit(edge) for edge in (spans["start_at"].min(), spans["end_at"].max()))
    return told.select(pl.col("at").clip(first, last), "words")
