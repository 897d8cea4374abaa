"""A calendar of the maintenance that pages announced."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import narwhals as nw
import polars as pl
from icalendar import Calendar, Event

from analytics.question import Question
from analytics.scope import OTHER, UNATTRIBUTED
from analytics.snapshot import LINKS, Snapshot, fetched, legible
from analytics.wording.grammar import AS_POSTED
from dashboard.shown_text import SIMULATED, http_url
from dashboard.site.wording import clock

CANCELLED = ("cancelled", "canceled")
#: Events of the past that are kept, so that a calendar that once had events is never empty.
MOST = 2000
#: Columns of an incident by which a maintenance is told.
COLUMNS = (
    *("provider", "page_key", "incident_id", "title", "status", "url", "revision_count"),
    *("scheduled_start_at", "scheduled_end_at", "first_seen_at", "removed_at"),
)
#: Readers give an event without an end one of their own; this one is said in words.
NO_END = timedelta(hours=1)


def maintenance_calendar(snapshot: Snapshot, names: Mapping[str, str], question: Question) -> bytes:
    """Write announced maintenance as iCalendar: UTC, one event each, cancelled ones too.

    Args:
        snapshot: What was captured.
        names: Name of each provider, by slug.
        question: Whose, and of which surface; classes and least state are those of trouble.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Status Ledger//Announced maintenance//EN")
    calendar.add("version", "2.0")
    invented = [SIMULATED] if snapshot.simulated else []
    calendar.add("x-wr-calname", "Announced maintenance")
    calendar.add("x-wr-caldesc", " ".join([AS_POSTED, *invented]))
    planned = announced(snapshot, question)
    for row in planned.iter_rows(named=True):
        name = names.get(row["provider"], row["provider"])
        calendar.add_component(_event(row, name, invented))
    written: bytes = calendar.to_ical()
    return written


def announced(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Return the newest maintenances with a planned start, and when each was last rewritten.

    Where a surface or region is asked about: those that name a part of it, or no part at all.
    """
    planned = (nw.col("kind") == "maintenance") & ~nw.col("scheduled_start_at").is_null()
    key = ["page_key", "incident_id"]
    with snapshot.related("incidents", LINKS) as read:
        found = legible(fetched(read["incidents"].filter(planned).select(*COLUMNS)))
        links = read[LINKS]
        if question.surface is not None:
            links = links.filter(
                (nw.col("surface") == question.surface)
                | (nw.col("component_id") == UNATTRIBUTED) & (nw.col("surface") == OTHER)
            )
        if question.surface is not None or snapshot.region is not None:
            found = found.join(fetched(links.select(*key).unique()), on=key, how="semi")
    if question.providers:
        found = found.filter(pl.col("provider").is_in(question.providers))
    newest = found.sort("scheduled_start_at", *key, descending=[True, False, False]).head(MOST)
    seen = snapshot.columns("versions", [*key, "known_from"], newest.select(key))
    written = seen.group_by(key).agg(pl.col("known_from").max())
    return newest.join(written, on=key, how="left", maintain_order="left")


def is_off(row: Mapping[str, Any]) -> bool:
    """Tell whether a maintenance was cancelled, or is announced no longer."""
    return row["removed_at"] is not None or (row["status"] or "").lower() in CANCELLED


def _event(row: Mapping[str, Any], name: str, invented: list[str]) -> Event:
    start, end = row["scheduled_start_at"], row["scheduled_end_at"]
    stated = end is not None and end > start
    off = is_off(row)
    title = " ".join((row["title"] or "maintenance").split())
    event = Event()
    event.add("uid", f"{row['incident_id']}.{row['page_key']}@statusledger")
    event.add("dtstamp", _second(row["known_from"] or row["first_seen_at"]))
    event.add("dtstart", _second(start))
    event.add("dtend", _second(end if stated else start + NO_END))
    event.add("sequence", row["revision_count"] or 0)
    event.add("summary", f"{'Cancelled: ' if off else ''}{name}: {title}")
    event.add("status", "CANCELLED" if off else "CONFIRMED")
    said = [
        f"From {clock(start)} to {clock(end)}."
        if stated
        else f"From {clock(start)}. No end was announced; it is shown as one hour.",
        AS_POSTED,
        *invented,
    ]
    event.add("description", " ".join(said))
    if url := http_url(row["url"]):
        event.add("url", url)
    return event


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)
