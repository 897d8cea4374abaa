"""Reminders of announced maintenance: some time ahead, and when what was announced changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

import polars as pl

from analytics.directory import provider_names
from analytics.incident_selection import POST, touching
from analytics.question import Question
from analytics.snapshot import Snapshot
from dashboard.site.maintenance_calendar import announced, is_off
from statusledger.alerts.events import Event, narrowed, surfaces_of
from statusledger.alerts.watchlist import EventKind, Watchlist

MOVED, CANCELLED = "moved", "cancelled"


def reminders(
    snapshot: Snapshot, now: datetime, wanted: Watchlist, known: Collection[str]
) -> list[Event]:
    """Find the maintenance to remind of at ``now``, the soonest first.

    One that was reminded of is found again when it is moved or cancelled.

    Args:
        snapshot: Where it is announced.
        now: The reader's time.
        wanted: What to look for, and how long ahead.
        known: Keys of reminders that were sent, or could not be sent yet.
    """
    if EventKind.MAINTENANCE not in wanted.kinds:
        return []
    about = touching(narrowed(snapshot, wanted), Question(providers=wanted.providers))
    coming = (
        announced(snapshot, Question(providers=wanted.providers))
        .filter(pl.col("scheduled_start_at") > now)
        .join(about, on=POST, how="semi")
        .join(surfaces_of(snapshot), on=["page_key", "incident_id"], how="left")
    )
    names = provider_names(snapshot)
    pages = dict(snapshot.table("pages").select("page_key", "base_url").iter_rows())
    found = [
        Event(
            kind=EventKind.MAINTENANCE,
            key=f"{_key(row)}{_start(row)}{step}",
            fresh=True,
            provider=names.get(row["provider"], row["provider"]),
            about=row["title"] or "maintenance",
            word=step.split("-")[-1] if step.endswith((MOVED, CANCELLED)) else "",
            url=row["url"] or pages.get(row["page_key"], ""),
            began_at=row["scheduled_start_at"],
            ended_at=row["scheduled_end_at"],
            surfaces=tuple(row["surfaces"] or ()),
        )
        for row in coming.iter_rows(named=True)
        for step in _steps(row, now, wanted, known)
    ]
    return sorted(found, key=lambda event: (event.began_at, event.key))


def _key(row: Mapping[str, Any]) -> str:
    return f"maintenance:{row['page_key']}/{row['incident_id']}@"


def _start(row: Mapping[str, Any]) -> str:
    return f"{row['scheduled_start_at']:%Y-%m-%dT%H:%M:%SZ}:"


def other_reminders(event: Event, known: Collection[str]) -> tuple[str, ...]:
    """Return the keys of the reminders of the same maintenance that are known, but for its own."""
    maintenance = event.key[: event.key.rindex("@") + 1]
    return tuple(key for key in sorted(known) if key.startswith(maintenance) and key != event.key)


def _steps(
    row: Mapping[str, Any], now: datetime, wanted: Watchlist, known: Collection[str]
) -> Iterator[str]:
    """Yield what to say of a maintenance, if anything: cancelled, moved, or the time ahead.

    Where two times ahead have come only the shorter one is said. A window that was moved is told
    at once, and reminded of under its new start.
    """
    heard = {key.removeprefix(_key(row)) for key in known if key.startswith(_key(row))}
    if is_off(row):
        yield from [CANCELLED] if heard else []
        return
    start = row["scheduled_start_at"]
    due = [ahead for ahead in wanted.ahead if start - ahead <= now]
    step = f"{min(due).total_seconds():.0f}s" if due else "early"
    own = {one.removeprefix(_start(row)) for one in heard if one.startswith(_start(row))}
    if (heard and not own) or f"{step}-{MOVED}" in own:
        yield f"{step}-{MOVED}"
    elif due:
        yield step
