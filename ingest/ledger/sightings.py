"""From parsed payloads to frames: the one place where objects are flattened.

A frame holds a row each time a source said something it had not just said; the ``polls``
frame holds a row for every capture, so silence and absence stay visible.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from ingest.models import (
    Capture,
    Change,
    FetchFailure,
    Incident,
    Parsed,
    PostedImpact,
    ReadError,
    ReadFailure,
    State,
    Update,
)

UTC = pl.Datetime("us", "UTC")
ORIGIN = {"page_key": pl.String, "url": pl.String, "shape": pl.String, "captured_at": UTC}

#: Fields whose change makes a new version of a post (never ``updated_at``).
INCIDENT_FIELDS = {
    "title": pl.String,
    "status": pl.String,
    "impact": pl.String,
    "created_at": UTC,
    "started_at": UTC,
    "monitoring_at": UTC,
    "resolved_at": UTC,
    "scheduled_start_at": UTC,
    "scheduled_end_at": UTC,
    "component_ids": pl.String,
    "impacts": pl.String,
}
#: Fields whose change makes a new version of an update.
UPDATE_FIELDS = {
    "status": pl.String,
    "body": pl.String,
    "created_at": UTC,
    "display_at": UTC,
    "changes": pl.String,
}

SCHEMAS: dict[str, dict[str, Any]] = {
    "polls": {
        **ORIGIN,
        "http_status": pl.Int64,
        "failure": pl.String,
        "message": pl.String,
        "sha256": pl.String,
        "bytes": pl.Int64,
        "read": pl.Boolean,
        "horizon_at": UTC,
        "until_at": UTC,
        "complete_since": UTC,
        "roster": pl.Boolean,
        "records": pl.Int64,
        "rejected": pl.Int64,
        "newest_item_at": UTC,
        "oldest_item_at": UTC,
        "present": pl.String,
    },
    "incidents": {
        **ORIGIN,
        "sha256": pl.String,
        "incident_id": pl.String,
        "kind": pl.String,
        "stage": pl.String,
        **INCIDENT_FIELDS,
        "listed_at": UTC,
        "link": pl.String,
        "update_ids": pl.String,
        "also_known_by": pl.String,
    },
    "updates": {
        **ORIGIN,
        "sha256": pl.String,
        "incident_id": pl.String,
        "update_id": pl.String,
        "stage": pl.String,
        **UPDATE_FIELDS,
        "edited_at": UTC,
    },
    "components": {
        **ORIGIN,
        "seen_until_at": UTC,
        "component_id": pl.String,
        "name": pl.String,
        "group_name": pl.String,
        "region": pl.String,
        "state": pl.String,
        "state_since_at": UTC,
        "start_date": pl.Date,
    },
    "posted_days": {
        **ORIGIN,
        "component_id": pl.String,
        "day": pl.Date,
        "partial_seconds": pl.Int64,
        "major_seconds": pl.Int64,
    },
    "posted_ratios": {
        **ORIGIN,
        "component_id": pl.String,
        "window_start": pl.Date,
        "window_end": pl.Date,
        "ratio": pl.Float64,
        "rule": pl.String,
    },
    "notices": {
        **ORIGIN,
        "kind": pl.String,
        "record": pl.String,
        "reason": pl.String,
        "n": pl.Int64,
    },
}

Frames = dict[str, pl.DataFrame]
Reading = Parsed | ReadError | None
"""What came of one capture; None when it had no body to read."""


def sightings(readings: Iterable[tuple[Capture, Reading]]) -> Frames:
    """Flatten readings, in the order given, which must be by page, address and time.

    Returns the frames of ``SCHEMAS``. Equal sightings in a row are one row.
    """
    rows = _Rows()
    for capture, reading in readings:
        rows.add(capture, reading)
    return rows.frames()


class _Rows:
    """Growing columns, and the last thing each source said of each record."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Sequence[Any]]] = {name: [] for name in SCHEMAS}
        self.last: dict[tuple[str, ...], Any] = {}
        self.components: dict[tuple[str, ...], list[Any]] = {}
        self.notices: Counter[tuple[str, ...]] = Counter()
        self.notice_origin: dict[tuple[str, ...], tuple[Any, ...]] = {}

    def add(self, capture: Capture, reading: Reading) -> None:
        origin = (capture.page_key, capture.url, capture.shape, capture.captured_at)
        self.rows["polls"].append(_poll(capture, reading, origin))
        if not isinstance(reading, Parsed):
            return
        here = (capture.page_key, capture.url, reading.shape, capture.captured_at)
        for incident in reading.incidents:
            self._incident(incident, here, capture.sha256)
        self._components(reading, here)
        for day in reading.posted_days:
            seconds = (day.partial_seconds, day.major_seconds)
            if self._is_new("day", here, (day.component_id, str(day.day)), seconds):
                self.rows["posted_days"].append((*here, day.component_id, day.day, *seconds))
        for ratio in reading.posted_ratios:
            window = (ratio.component_id, ratio.window_start, ratio.window_end)
            if self._is_new("ratio", here, tuple(map(str, window)), (ratio.ratio, ratio.rule)):
                self.rows["posted_ratios"].append((*here, *window, ratio.ratio, ratio.rule))
        for notice in (*reading.rejects, *reading.warnings):
            key = (*here[:3], notice.kind, notice.record, notice.reason)
            self.notices[key] += 1
            self.notice_origin.setdefault(key, here)

    def _is_new(
        self, what: str, here: tuple[Any, ...], key: tuple[str, ...], value: object
    ) -> bool:
        slot = (what, *here[:3], *key)
        if slot in self.last and (self.last[slot] is value or self.last[slot] == value):
            return False
        self.last[slot] = value
        return True

    def _incident(self, incident: Incident, here: tuple[Any, ...], sha256: str | None) -> None:
        if not self._is_new("incident", here, (incident.incident_id,), incident):
            return
        self.rows["incidents"].append((*here, sha256, *_incident_row(incident)))
        for update in incident.updates:
            key = (incident.incident_id, update.update_id)
            if self._is_new("update", here, key, update):
                row = (*here, sha256, incident.incident_id, *_update_row(update))
                self.rows["updates"].append(row)

    def _components(self, reading: Parsed, here: tuple[Any, ...]) -> None:
        for component in reading.components:
            slot = (*here[:3], component.component_id)
            row = self.components.get(slot)
            value = (
                component.component_id,
                component.name,
                component.group,
                component.region,
                component.state,
                component.state_since,
                component.start_date,
            )
            if row is not None and tuple(row[5:]) == value:
                row[4] = here[3]
            else:
                self.components[slot] = grown = [*here, here[3], *value]
                self.rows["components"].append(grown)

    def frames(self) -> Frames:
        self.rows["notices"] = [
            (*self.notice_origin[key], *key[3:], n) for key, n in self.notices.items()
        ]
        return {
            name: pl.DataFrame(self.rows[name], schema=schema, orient="row")
            for name, schema in SCHEMAS.items()
        }


def _poll(capture: Capture, reading: Reading, origin: tuple[Any, ...]) -> tuple[Any, ...]:
    failure: FetchFailure | ReadFailure | None = capture.failure
    message: str | None = None
    if isinstance(reading, ReadError):
        failure, message = reading.kind, reading.message
    if not isinstance(reading, Parsed):
        reading = Parsed("")
        read = False
    else:
        read = True
    times = [i.listed_at for i in reading.incidents if i.listed_at is not None]
    listed = reading.roster or reading.horizon is not None
    ids: Iterator[str] = (
        (c.component_id for c in reading.components)
        if reading.roster
        else (i.incident_id for i in reading.incidents)
    )
    return (
        *origin,
        capture.http_status,
        None if failure is None else str(failure),
        message,
        capture.sha256,
        None if capture.body is None else len(capture.body),
        read,
        reading.horizon,
        reading.until,
        capture.complete_since,
        reading.roster,
        len(reading.incidents) + len(reading.components) + len(reading.posted_days),
        len(reading.rejects),
        max(times, default=None),
        min(times, default=None),
        " ".join(sorted(ids)) if listed else None,
    )


def _incident_row(incident: Incident) -> tuple[Any, ...]:
    return (
        incident.incident_id,
        incident.kind,
        incident.stage,
        incident.title,
        incident.status,
        incident.impact,
        incident.created_at,
        incident.started_at,
        incident.monitoring_at,
        incident.resolved_at,
        incident.scheduled_start_at,
        incident.scheduled_end_at,
        " ".join(incident.component_ids),
        None if incident.impacts is None else impacts_text(incident.impacts),
        incident.listed_at,
        incident.url,
        " ".join(sorted(update.update_id for update in incident.updates)),
        incident.also_known_by,
    )


def _update_row(update: Update) -> tuple[Any, ...]:
    return (
        update.update_id,
        update.stage,
        update.status,
        update.body,
        update.created_at,
        update.display_at,
        None if update.changes is None else changes_text(update.changes),
        update.edited_at,
    )


def changes_text(changes: Iterable[Change]) -> str:
    """Component changes as ``component:old>new`` words; a missing old state is left out."""
    return " ".join(f"{c.component_id}:{c.old or ''}>{c.new}" for c in changes)


def changes_of(text: str) -> list[tuple[str, str | None, str]]:
    """The inverse of ``changes_text``: (component_id, old state or None, new state)."""
    found: list[tuple[str, str | None, str]] = []
    for word in text.split():
        component_id, _, states = word.rpartition(":")
        old, _, new = states.partition(">")
        found.append((component_id, old or None, new))
    return found


def impacts_text(impacts: Iterable[PostedImpact]) -> str:
    """Stated impacts as sorted ``component|state|start|end`` words; no end while it lasts."""
    return " ".join(
        sorted(
            f"{i.component_id}|{i.state}|{i.start_at.isoformat()}|"
            f"{'' if i.end_at is None else i.end_at.isoformat()}"
            for i in impacts
        )
    )


def impacts_of(text: str) -> tuple[PostedImpact, ...]:
    """The inverse of ``impacts_text``."""
    found = []
    for word in text.split():
        component_id, state, start, end = word.rsplit("|", 3)
        began, ended = datetime.fromisoformat(start), datetime.fromisoformat(end) if end else None
        found.append(PostedImpact(component_id, State(state), began, ended))
    return tuple(found)
