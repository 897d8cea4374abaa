"""Kener pages: the page's own JSON in epoch seconds, and an RSS of incidents and maintenances.

An incident is over when its end is set, whatever its state sounds like; its ``status`` is
always OPEN. States of maintenances are renewed once an hour, so the window tells. The feed
knows no beginning of an incident and calls the monitors of a global maintenance all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ingest.models import (
    CLOSED_STAGES,
    Component,
    Impact,
    Incident,
    Kind,
    Parsed,
    PostedImpact,
    Stage,
    State,
    Update,
    label_of,
    labelled,
)
from ingest.platforms.contract import WINDOW, Platform, polled
from ingest.platforms.fields import objects, optional_instant, optional_text, rows_of, text
from ingest.platforms.forms import Form, Origin
from ingest.platforms.impacts import throughout
from ingest.platforms.incidents import edited, is_dated, is_epoch, read_updates
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Item, Media, Raw, items
from ingest.platforms.records import by_nothing, read_each, read_incidents, read_items
from ingest.platforms.timestamps import epoch, feed_instant, optional_epoch, stamp
from ingest.platforms.words import INCIDENT_STAGES, MONITOR_STATES, uppercase, word
from ingest.sources import Shape

EVENTS, NOTIFICATIONS, FEED = (
    "/dashboard-apis/events-by-month",
    "/dashboard-apis/notifications",
    "/rss.xml",
)
CARRIED = WINDOW | {"title", "status"}
SHAPES = (
    Shape(
        "events", CARRIED | {"created_at", "component_ids", "impacts", "updates"}, precision_s=60
    ),
    Shape("notifications", CARRIED, precision_s=60),
    Shape("feed", frozenset({"title", "status", "scheduled_start_at", "scheduled_end_at"})),
)
CANCELLED = "CANCELLED"
STAGES = {
    **uppercase(INCIDENT_STAGES),
    **dict.fromkeys(("SCHEDULED", "READY"), Stage.SCHEDULED),
    "ONGOING": Stage.IN_PROGRESS,
    **dict.fromkeys(("COMPLETED", CANCELLED), Stage.COMPLETED),
}
STATES = uppercase({**MONITOR_STATES, "maintenance": State.MAINTENANCE})
GUID = re.compile(r"(incident|maintenance)-(\d+)")
ADDRESS = re.compile(r"/(incident|maintenance)s/(\d+)")
FACT = re.compile(r"^(Status|Scheduled|Affected):[ \t]*(.*)$", re.MULTILINE)
EVERYTHING = "All monitors"
#: The feed alone: the page's own JSON is undocumented, and in part a POST.
SOURCES = polled((FEED, "feed", 5))


def _events(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    now = origin.at
    rows = [*rows_of(data, "incidents"), *rows_of(data, "maintenances")]
    incidents = read_incidents(data["incidents"], _incident, notices, _is_over)
    planned = read_each(
        data["maintenances"], lambda row, to: _maintenance(row, now, to), notices, "maintenance-"
    )
    monitors = {one.component_id: one for row in rows for one in _components(row)}
    return Parsed(
        "events",
        components=tuple(monitors.values()) if incidents or planned else (),
        incidents=(*incidents, *planned),
    )


def _is_over(row: Raw) -> bool:
    """Tell a row that bears its end."""
    return is_epoch(row.get("end_date_time"))


def _components(row: Any) -> list[Component]:
    monitors = objects(row.get("monitors")) if isinstance(row, dict) else []
    return [
        Component(one["monitor_tag"], str(one.get("monitor_name") or one["monitor_tag"]))
        for one in monitors
        if isinstance(one.get("monitor_tag"), str)
    ]


def _incident(row: Raw, notices: Notices) -> Incident:
    incident_id = f"incident-{int(row['id'])}"
    start, end = epoch(row["start_date_time"]), optional_epoch(row.get("end_date_time"))
    updates = read_updates(row.get("comments"), incident_id, _comment, notices)
    state = str(row.get("state") or "")
    said = (
        updates[-1].stage if updates else word(STAGES, state, Stage.UNKNOWN, incident_id, notices)
    )
    if updates and (said is Stage.RESOLVED) is not (end is not None):
        notices.warn("contradictory", incident_id, f"its end is {end}, its last comment is {said}")
    states = _states(row, incident_id, notices)
    trouble = _trouble(incident_id, text(row, "title"), state, said, (start, end))
    return replace(
        trouble,
        created_at=optional_instant(row, "created_at"),
        resolved_at=end or (updates[-1].display_at if said is Stage.RESOLVED and updates else None),
        component_ids=tuple(sorted(states)),
        updates=updates,
        # The feed is dated by the newest comment: so of two the newer one tells how far it is.
        listed_at=max([start, *(one.display_at for one in updates), *([end] if end else [])]),
        impacts=throughout(states, start, end),
    )


def _trouble(
    incident_id: str, title: str, status: str, stage: Stage, span: tuple[datetime, datetime | None]
) -> Incident:
    """Return an incident as each of the page's JSON shows it: once it has an end it is over.

    Args:
        incident_id: Its id.
        title: Its title.
        status: Its word for where it stands.
        stage: What that means while it goes on.
        span: Its beginning and its end.
    """
    start, end = span
    return Incident(
        incident_id=incident_id,
        kind=Kind.INCIDENT,
        title=title.strip(),
        status=status,
        stage=Stage.RESOLVED if end else stage,
        impact=Impact.UNKNOWN,
        started_at=start,
        resolved_at=end,
        listed_at=start,
    )


def _states(row: Raw, record: str, notices: Notices) -> dict[str, State]:
    return {
        text(one, "monitor_tag"): word(
            STATES, one.get("monitor_impact"), State.UNKNOWN, record, notices
        )
        for one in objects(row.get("monitors"))
    }


def _comment(row: Raw, within: str, notices: Notices) -> Update:
    update_id, status = str(int(row["id"])), text(row, "state")
    created_at = optional_instant(row, "created_at")
    return Update(
        update_id=update_id,
        stage=word(STAGES, status, Stage.UNKNOWN, within + update_id, notices),
        status=status,
        created_at=created_at,
        display_at=epoch(row["commented_at"]),
        edited_at=edited(created_at, optional_instant(row, "updated_at")),
        body=optional_text(row, "comment"),
    )


def _maintenance(row: Raw, now: datetime, notices: Notices) -> Incident:
    incident_id = f"maintenance-{int(row['id'])}"
    states = _states(row, incident_id, notices)
    return Plan(
        incident_id,
        text(row, "title"),
        text(row, "status"),
        epoch(row["start_date_time"]),
        epoch(row["end_date_time"]),
        now,
        created_at=optional_instant(row, "created_at"),
        changed_at=optional_instant(row, "updated_at"),
        component_ids=tuple(sorted(states)),
    ).incident()


@dataclass(frozen=True, slots=True)
class Plan:
    """Planned work as read: its window tells where it stands, unless it was cancelled.

    ``changed_at``: when its record was changed last, where that is known.
    """

    incident_id: str
    title: str
    status: str
    start: datetime
    end: datetime
    now: datetime
    created_at: datetime | None = None
    changed_at: datetime | None = None
    component_ids: tuple[str, ...] = ()

    @property
    def stage(self) -> Stage:
        """Return where it stands."""
        if self.status == CANCELLED or self.end <= self.now:
            return Stage.COMPLETED
        return Stage.SCHEDULED if self.now < self.start else Stage.IN_PROGRESS

    def impacts(self) -> tuple[PostedImpact, ...] | None:
        """Return a spell for each monitor it names, once it has begun."""
        if not self.component_ids:
            return None
        if self.status == CANCELLED or self.start > self.now:
            return ()
        return tuple(
            PostedImpact(one, State.MAINTENANCE, self.start, self.end) for one in self.component_ids
        )

    def incident(self) -> Incident:
        """Return it as a maintenance."""
        cancelled = self.status == CANCELLED
        over_at = (self.changed_at or self.now) if cancelled else self.end
        return Incident(
            incident_id=self.incident_id,
            kind=Kind.MAINTENANCE,
            title=self.title.strip(),
            status=self.status,
            stage=self.stage,
            impact=Impact.MAINTENANCE,
            created_at=self.created_at,
            resolved_at=over_at if self.stage is Stage.COMPLETED else None,
            scheduled_start_at=self.start,
            scheduled_end_at=None if cancelled else self.end,
            component_ids=self.component_ids,
            listed_at=self.start,
            impacts=self.impacts(),
        )


def _notifications(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    now = origin.at

    def event(row: Raw, to: Notices) -> Incident:
        named = ADDRESS.search(text(row, "eventURL"))
        if named is None:
            raise ValueError("eventURL names no event")
        incident_id, status = f"{named[1]}-{named[2]}", text(row, "eventStatus")
        start = epoch(row["eventStartDateTime"])
        end = optional_epoch(row.get("eventEndDateTime"))
        if named[1] == "maintenance" and end is not None:
            title = text(row, "eventTitle")
            return Plan(incident_id, title, status, start, end, now).incident()
        stage = word(STAGES, status, Stage.UNKNOWN, incident_id, to)
        return _trouble(incident_id, text(row, "eventTitle"), status, stage, (start, end))

    found = read_incidents(rows_of(data, "notifications"), event, notices, _bears_end, by_nothing)
    return Parsed("notifications", incidents=found)


def _bears_end(row: Raw) -> bool:
    """Tell a notification that bears the end of its event."""
    return is_epoch(row.get("eventEndDateTime"))


def _feed(text: str, origin: Origin, notices: Notices) -> Parsed:
    now = origin.at
    found = read_items(
        items(text), lambda item, to: _item(item, now, to), notices, is_over=_said_over
    )
    named = {name: Component(name, label) for i in found for name, label in _labels(i)}
    return Parsed("feed", components=tuple(named.values()), incidents=found)


def _labels(incident: Incident) -> list[tuple[str, str]]:
    return [(one, label_of(one) or one) for one in incident.component_ids]


def _said_over(item: Item) -> bool:
    """Tell an item that bears a time and says that its incident is over."""
    facts = dict(FACT.findall(item.body))
    return STAGES.get(facts.get("Status", "").strip()) in CLOSED_STAGES and is_dated(item)


def _item(item: Item, now: datetime, notices: Notices) -> Incident:
    if GUID.fullmatch(item.guid) is None:
        raise ValueError("guid names no incident")
    facts = {key: said.strip() for key, said in FACT.findall(item.body)}
    status = facts.get("Status", "")
    title = item.title.partition("] ")[2] or item.title
    if item.guid.startswith("maintenance"):
        start, _, end = facts["Scheduled"].partition(" → ")
        window = feed_instant(start), feed_instant(end)
        return Plan(item.guid, title, status, *window, now).incident()
    at = feed_instant(item.published)
    affected = facts.get("Affected", "")
    names = [] if affected in ("", EVERYTHING) else affected.split(", ")
    body = FACT.sub("", item.body).strip()
    stage = word(STAGES, status, Stage.UNKNOWN, item.guid, notices)
    update = Update(stamp(at), stage, status, None, at, body=body or None)
    return Incident(
        incident_id=item.guid,
        kind=Kind.INCIDENT,
        title=title,
        status=status,
        stage=stage,
        impact=Impact.UNKNOWN,
        component_ids=tuple(labelled(name) for name in names),
        updates=(update,),
        url=item.link or None,
        listed_at=at,
    )


def _is_kener(text: str) -> bool:
    return 'isPermaLink="false">incident-' in text or 'isPermaLink="false">maintenance-' in text


def _has_maintenances(data: Raw) -> bool:
    return all(isinstance(data[key], list) for key in ("incidents", "maintenances"))


FORMS = (
    Form("events", EVENTS, _events, frozenset({"incidents", "maintenances"}), _has_maintenances),
    Form("notifications", NOTIFICATIONS, _notifications, frozenset({"notifications"})),
    Form("feed", FEED, _feed, media=Media.RSS, fits=_is_kener),
    # Nothing was posted; the feed does not say whose it is.
    Form("feed", None, _feed, media=Media.RSS, fits=lambda text: "<item>" not in text),
)

PLATFORM = Platform(
    "kener",
    1,
    SHAPES,
    FORMS,
    SOURCES,
    explicit_window=True,
    present=frozenset({"events", "notifications", "feed"}),
)
