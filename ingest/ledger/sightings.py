"""Flatten parsed payloads into frames: the one place where objects become rows.

A frame holds a row each time a source said something it had not just said; the ``polls``
frame holds a row for every capture, so silence and absence stay visible. The components of a
capture are told apart by a key over all of them, so that which captures showed which of them
does not depend on how the captures were cut into files.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from ingest.ledger.posted_values import CHANGE, IMPACT, INSTANT, change_structs, impact_structs
from ingest.models import (
    CLOCK_SKEW,
    Capture,
    Component,
    FetchFailure,
    Incident,
    Parsed,
    ReadError,
    ReadFailure,
    State,
    Update,
)

#: ``page_id``: what the document itself calls its page; null where it does not say.
ORIGIN = {
    "page_key": pl.String,
    "page_id": pl.String,
    "url": pl.String,
    "shape": pl.String,
    "captured_at": INSTANT,
}

#: Fields whose change makes a new version of an incident (never ``updated_at``).
INCIDENT_FIELDS = {
    "title": pl.String,
    "status": pl.String,
    "impact": pl.String,
    "created_at": INSTANT,
    "started_at": INSTANT,
    "monitoring_at": INSTANT,
    "resolved_at": INSTANT,
    "scheduled_start_at": INSTANT,
    "scheduled_end_at": INSTANT,
    "component_ids": pl.String,
    "impacts": pl.List(IMPACT),
}
#: Fields whose change makes a new version of an update.
UPDATE_FIELDS = {
    "status": pl.String,
    "body": pl.String,
    "created_at": INSTANT,
    "display_at": INSTANT,
    "changes": pl.List(CHANGE),
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
        "horizon_at": INSTANT,
        "until_at": INSTANT,
        "complete_since": INSTANT,
        "skew_s": pl.Int64,
        "roster": pl.Boolean,
        "records": pl.Int64,
        "rejected": pl.Int64,
        "newest_item_at": INSTANT,
        "oldest_item_at": INSTANT,
        "present": pl.String,
        "shown": pl.String,
        "unread_open": pl.Boolean,
        "unread_over": pl.String,
        "components_key": pl.String,
    },
    "incidents": {
        **ORIGIN,
        "sha256": pl.String,
        "incident_id": pl.String,
        "kind": pl.String,
        "stage": pl.String,
        **INCIDENT_FIELDS,
        "listed_at": INSTANT,
        "link": pl.String,
        "update_ids": pl.String,
        "also_known_by": pl.String,
        "measured": pl.Boolean,
        "untold": pl.Boolean,
        "outage_id": pl.String,
        "deleted_at": INSTANT,
    },
    "updates": {
        **ORIGIN,
        "sha256": pl.String,
        "incident_id": pl.String,
        "update_id": pl.String,
        "stage": pl.String,
        **UPDATE_FIELDS,
        "edited_at": INSTANT,
    },
    "components": {
        **ORIGIN,
        "components_key": pl.String,
        "component_id": pl.String,
        "name": pl.String,
        "group_name": pl.String,
        "region": pl.String,
        "state": pl.String,
        "state_since_at": INSTANT,
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
        "last_at": INSTANT,
        "n": pl.Int64,
    },
}

Frames = dict[str, pl.DataFrame]
Reading = Parsed | ReadError | None
"""What a capture was read as; None when it had no body to read."""


def sightings(readings: Iterable[tuple[Capture, Reading]]) -> Frames:
    """Flatten readings into sightings.

    Equal sightings in a row are one row.

    Args:
        readings: captures and what they say, ordered by page, address and time.

    Returns:
        The frames of ``SCHEMAS``.
    """
    rows = _Rows()
    for capture, reading in readings:
        rows.add(capture, reading)
    return rows.frames()


class _Rows:
    """Collect rows, and the last thing each source said of each record."""

    def __init__(self) -> None:
        """Begin without rows."""
        self.rows: dict[str, list[Sequence[Any]]] = {name: [] for name in SCHEMAS}
        self.last: dict[tuple[str, ...], Any] = {}
        self.component_keys: set[tuple[Any, ...]] = set()
        self.last_components: dict[tuple[Any, ...], tuple[object, str | None]] = {}
        self.notices: Counter[tuple[Any, ...]] = Counter()
        self.notice_last: dict[tuple[Any, ...], datetime] = {}
        self.notice_origin: dict[tuple[Any, ...], tuple[Any, ...]] = {}

    def add(self, capture: Capture, reading: Reading) -> None:
        """Add the rows of one capture."""
        page_id = reading.page_id if isinstance(reading, Parsed) else None
        source = (capture.page_key, page_id, capture.url)
        origin = (*source, capture.shape, capture.captured_at)
        if not isinstance(reading, Parsed):
            self.rows["polls"].append((*_poll(capture, reading, origin), None))
            return
        here = (*source, reading.shape, capture.captured_at)
        self.rows["polls"].append(
            (*_poll(capture, reading, origin), self._components(reading, here))
        )
        for incident in reading.incidents:
            self._incident(incident, here, capture.sha256)
        for day in reading.posted_days:
            seconds = (day.partial_seconds, day.major_seconds)
            if self._is_new("day", here, (day.component_id, str(day.day)), seconds):
                self.rows["posted_days"].append((*here, day.component_id, day.day, *seconds))
        for ratio in reading.posted_ratios:
            window = (ratio.component_id, ratio.window_start, ratio.window_end)
            if self._is_new("ratio", here, tuple(map(str, window)), (ratio.ratio, ratio.rule)):
                self.rows["posted_ratios"].append((*here, *window, ratio.ratio, ratio.rule))
        for notice in (*reading.rejects, *reading.warnings):
            key = (*here[:4], notice.kind, notice.record, notice.reason)
            self.notices[key] += 1
            self.notice_origin.setdefault(key, here)
            self.notice_last[key] = capture.captured_at

    def _is_new(
        self, what: str, here: tuple[Any, ...], key: tuple[str, ...], value: object
    ) -> bool:
        slot = (what, *here[:4], *key)
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

    def _components(self, reading: Parsed, here: tuple[Any, ...]) -> str | None:
        """Add the components of a capture once for each key; return their key."""
        source, shown = here[:4], (reading.components, reading.unread_components)
        last = self.last_components.get(source)
        if last is not None and last[0] == shown:
            return last[1]
        rows = [*map(_component_row, reading.components), *_unread_rows(reading.unread_components)]
        key = hashlib.sha256(repr(rows).encode()).hexdigest()[:16] if rows else None
        self.last_components[source] = shown, key
        if key is not None and (*source, key) not in self.component_keys:
            self.component_keys.add((*source, key))
            self.rows["components"].extend((*here, key, *row) for row in rows)
        return key

    def frames(self) -> Frames:
        """Return everything added so far, as the frames of ``SCHEMAS``."""
        self.rows["notices"] = [
            (*self.notice_origin[key], *key[4:], self.notice_last[key], n)
            for key, n in self.notices.items()
        ]
        return {
            name: pl.DataFrame(self.rows[name], schema=schema, orient="row")
            for name, schema in SCHEMAS.items()
        }


def _skew(capture: Capture) -> int | None:
    """Return by how many seconds our clock was ahead, where the servers disagreed with it."""
    said = capture.headers.get(CLOCK_SKEW)
    return None if said is None else int(said)


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
        else iter({*reading.unread_incidents, *(i.incident_id for i in reading.incidents)})
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
        _skew(capture),
        reading.roster,
        len(reading.incidents) + len(reading.components) + len(reading.posted_days),
        len(reading.rejects),
        max(times, default=None),
        min(times, default=None),
        " ".join(sorted(ids)) if listed else None,
        None if reading.horizon is not None or not read else _shown(reading),
        reading.unread_open,
        " ".join(reading.unread_over) or None,
    )


def _shown(reading: Parsed) -> str:
    """Return the ids of the incidents that a list of the present shows, refused ones too."""
    shown = {*reading.unread_incidents, *(one.incident_id for one in reading.incidents)}
    return " ".join(sorted(shown))


def _component_row(component: Component) -> tuple[Any, ...]:
    return (
        component.component_id,
        component.name,
        component.group,
        component.region,
        component.state,
        component.state_since,
        component.start_date,
    )


def _unread_rows(component_ids: Iterable[str]) -> list[tuple[Any, ...]]:
    """Return rows of components that could not be read: in what state they are is unknown."""
    return [(one, None, None, None, State.UNKNOWN, None, None) for one in sorted(component_ids)]


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
        None if incident.impacts is None else impact_structs(incident.impacts),
        incident.listed_at,
        incident.url,
        " ".join(sorted(update.update_id for update in incident.updates)),
        incident.also_known_by,
        incident.measured,
        incident.untold,
        incident.outage_id,
        incident.deleted_at,
    )


def _update_row(update: Update) -> tuple[Any, ...]:
    return (
        update.update_id,
        update.stage,
        update.status,
        update.body,
        update.created_at,
        update.display_at,
        None if update.changes is None else change_structs(update.changes),
        update.edited_at,
    )
