"""incident.io's own page data: incidents with impacts, structure, uptimes.

Undocumented, so anything of another form is refused. ``published_at`` is the time a post or
an update bears; its id is a ULID, so when it was made is known too, and a post that bears a
time well before that was backdated. An impact says from when to when a component was in which
state; one without an end lasts. It may end long before its post is resolved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ingest.models import (
    ALWAYS,
    CLOSED_STAGES,
    Change,
    Component,
    Impact,
    Incident,
    Kind,
    PostedImpact,
    PostedRatio,
    Stage,
    State,
    Update,
)
from ingest.platforms.fields import content, expected, instant, optional, rows_of, said, text
from ingest.platforms.identity import INCIDENT_IO, own_id
from ingest.platforms.incident_io.compatible_json import STAGES, STATES, is_over, listed_at
from ingest.platforms.incident_io.routes import Window
from ingest.platforms.incidents import is_time, kind_of, parts_of, stage_of, title_of, updates_of
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.records import by_key, label, read_components, read_each, read_incidents
from ingest.platforms.timestamps import minted, parse_instant
from ingest.platforms.words import word

RULE = "incident_io"
SINCE = "data_available_since"
#: A record is written within a second of the time it bears, unless it was backdated.
AT_ONCE = timedelta(minutes=1)
TYPES = {"incident": Kind.INCIDENT, "maintenance": Kind.MAINTENANCE}


def incidents(rows: Iterable[Any], notices: Notices) -> tuple[Incident, ...]:
    """Read incidents with their updates and impacts; they must have both."""
    return read_incidents(rows, _incident, notices, is_over)


def _incident(row: Raw, notices: Notices) -> Incident:
    incident_id = own_id(text(row, "id"), INCIDENT_IO)
    within = f"{incident_id}/"
    parts = Notices()
    rows_of(row, "updates")  # without them it is but a headline
    updates = updates_of(row, "updates", incident_id, _update, parts)
    stage = stage_of(row, STAGES, updates, incident_id, parts)
    kind = word(TYPES, row.get("type") or "incident", Kind.INCIDENT, incident_id, parts)
    declared = parts_of(row, "affected_components", incident_id, parts)
    named = {*read_each(declared, _named, parts, within, parts.lost)}

    def lost(impact: Any) -> None:
        parts.lost()
        named.update(_names(impact))

    impacts = read_each(rows_of(row, "component_impacts"), _impact, parts, within, lost)
    # What a refused part did is not known, but it is over with its incident.
    untold = parts.unread_open and stage in CLOSED_STAGES
    parts.unread_open &= stage not in CLOSED_STAGES
    notices.extend(parts)
    published_at = _published_at(row, incident_id, notices)
    return Incident(
        incident_id=incident_id,
        kind=kind if kind is Kind.MAINTENANCE else kind_of(stage, updates),
        title=title_of(row, "name", incident_id, notices),
        status=said(row, "status"),
        stage=stage,
        impact=Impact.UNKNOWN,
        created_at=_posted_at(incident_id, published_at),
        component_ids=tuple(sorted(named)),
        updates=updates,
        listed_at=listed_at(updates, published_at),
        impacts=_sorted(impacts),
        untold=untold,
    )


def _names(impact: Any) -> set[str]:
    """Return the id of the component an impact is of; none where it cannot be read."""
    known = impact.get("component_id") if isinstance(impact, dict) else None
    return {known} if isinstance(known, str) and known.strip() else set()


def _named(row: Raw, _: Notices) -> str:
    return text(row, "component_id")


def is_whole(row: object) -> bool:
    """Tell a whole incident, with updates and impacts, from its mere headline."""
    return isinstance(row, Mapping) and {"updates", "component_impacts"} <= row.keys()


def _posted_at(record_id: str, published_at: datetime) -> datetime:
    made_at = minted(record_id)
    return made_at if made_at and made_at - published_at > AT_ONCE else published_at


def _published_at(row: Raw, record: str, notices: Notices) -> datetime:
    """Return the time a record bears; else the one its id was made at."""
    made_at = minted(record.rpartition("/")[2])
    if made_at is None:
        return instant(row, "published_at")
    return expected(row, "published_at", instant, record, notices) or made_at


def _update(row: Raw, within: str, notices: Notices) -> Update:
    update_id = text(row, "id")
    record = within + update_id
    published_at = _published_at(row, record, notices)
    return Update(
        update_id=update_id,
        stage=word(STAGES, row.get("to_status"), Stage.UNKNOWN, record, notices),
        status=said(row, "to_status"),
        created_at=_posted_at(update_id, published_at),
        display_at=published_at,
        body=optional(row, "message_string", content, record, notices),
        changes=_changes(row, record, notices),
    )


def _changes(row: Raw, record: str, notices: Notices) -> tuple[Change, ...] | None:
    """Return the component states of an update; None where it says nothing of components."""
    rows = parts_of(row, "component_statuses", record, notices)
    if not rows:
        return () if row.get("component_statuses") == [] else None

    def change(one: Raw, notices: Notices) -> Change:
        state = word(STATES, one.get("status"), State.UNKNOWN, record, notices)
        return Change(component_id=text(one, "component_id"), old=None, new=state)

    changes = read_each(rows, change, notices, f"{record}/", notices.lost)
    return tuple(sorted(changes, key=lambda one: one.component_id)) or None


def _impact(row: Raw, notices: Notices) -> PostedImpact:
    start_at = instant(row, "start_at")
    end_at = instant(row, "end_at") if row.get("end_at") is not None else None
    if end_at is not None and end_at < start_at:
        raise ValueError(f"ends at {end_at}, before it starts at {start_at}")
    return PostedImpact(
        component_id=text(row, "component_id"),
        state=word(STATES, row.get("status"), State.UNKNOWN, label(row), notices),
        start_at=start_at,
        end_at=end_at,
    )


def _sorted(impacts: Iterable[PostedImpact]) -> tuple[PostedImpact, ...]:
    return tuple(sorted(impacts, key=lambda i: (i.start_at, i.component_id, i.state)))


def linked(links: Iterable[Any], impacts: Iterable[Any], notices: Notices) -> tuple[Incident, ...]:
    """Read the incidents behind a list of impacts, with the impacts of each.

    What a refused one did that has ended is unknown from the beginning of its incident on.
    """
    unread: dict[str, list[tuple[str, datetime]]] = {}

    def refused(row: Any) -> None:
        end_at = row.get("end_at") if isinstance(row, dict) else None
        if not is_time(end_at):
            notices.lost()
            return
        incident_id = said(row, "status_page_incident_id")
        notices.untold.add(incident_id)
        ended = [(component, parse_instant(end_at)) for component in _names(row)]
        unread.setdefault(incident_id, []).extend(ended)

    posted: dict[str, list[PostedImpact]] = {}
    for incident_id, impact in read_each(impacts, _belonging, notices, refused=refused):
        posted.setdefault(incident_id, []).append(impact)

    def link(row: Raw, notices: Notices) -> Incident:
        incident_id = text(row, "id")
        read = _link(row, posted.get(incident_id, ()), notices)
        begun_at = read.created_at
        lost = tuple(
            PostedImpact(component, State.UNKNOWN, begun_at, end_at)
            for component, end_at in unread.get(incident_id, ())
            if begun_at is not None and begun_at < end_at
        )
        return replace(read, impacts=(*(read.impacts or ()), *lost))

    found = read_incidents(links, link, notices, is_over)
    for incident_id in posted.keys() - {one.incident_id for one in found}:
        lost = posted[incident_id]
        notices.refuse(incident_id, f"{len(lost)} impacts of an incident that is not linked")
        notices.unread_open |= any(one.end_at is None for one in lost)
    return found


def _belonging(row: Raw, notices: Notices) -> tuple[str, PostedImpact]:
    return text(row, "status_page_incident_id"), _impact(row, notices)


def _link(row: Raw, impacts: Iterable[PostedImpact], notices: Notices) -> Incident:
    incident_id = own_id(text(row, "id"), INCIDENT_IO)
    stage = word(STAGES, row.get("status"), Stage.UNKNOWN, incident_id, notices)
    published_at = optional(row, "published_at", instant, incident_id, notices)
    if published_at is None and (published_at := minted(incident_id)) is None:
        raise ValueError("no time of it can be read")
    created_at = _posted_at(incident_id, published_at)
    return Incident(
        incident_id=incident_id,
        kind=kind_of(stage, ()),
        title=title_of(row, "name", incident_id, notices),
        status=said(row, "status"),
        stage=stage,
        impact=Impact.UNKNOWN,
        created_at=created_at,
        listed_at=listed_at((), created_at),
        impacts=_sorted(impacts),
    )


def structure(items: Iterable[Raw], notices: Notices) -> tuple[Component, ...]:
    """Read the components of a page in their groups.

    A hidden component still is one: posts may name it.
    """
    return tuple(one for found in read_components(items, _item, notices) for one in found)


def _item(row: Raw, notices: Notices) -> tuple[Component, ...]:
    if "component" in row:
        return read_components([row["component"]], _alone, notices, by_key("component_id"))
    if "group" not in row:
        raise ValueError(f"neither a component nor a group, but {', '.join(sorted(row))}")
    group = optional(row["group"], "name", text, "group", notices)

    def component(one: Raw, notices: Notices) -> Component:
        return _component(one, group, notices)

    rows, within = rows_of(row["group"], "components"), f"{group or 'group'}/"
    return read_components(rows, component, notices, by_key("component_id"), within)


def _alone(row: Raw, notices: Notices) -> Component:
    return _component(row, None, notices)


def _component(row: Raw, group: str | None, notices: Notices) -> Component:
    component_id = own_id(text(row, "component_id"), INCIDENT_IO)
    since = optional(row, SINCE, instant, component_id, notices)
    return Component(
        component_id=component_id,
        name=expected(row, "name", text, component_id, notices),
        group=group,
        start_date=since.date() if since is not None and since > ALWAYS else None,
    )


def ratios(
    rows: Iterable[Any], window: Window | None, captured_at: datetime, notices: Notices
) -> tuple[PostedRatio, ...]:
    """Read the page's own uptimes, as fractions over whole days of a past window.

    A component whose data begin inside the window is measured from there. Figures of groups,
    and figures over a time nobody stated, are left out.

    Args:
        rows: The uptimes of a document.
        window: The time it was asked for.
        captured_at: When it was captured.
        notices: Where refusals go.

    Returns:
        The fractions of those components whose window is over.
    """
    if window is None or window.end > captured_at:
        return ()
    first, last = window.start.date(), (window.end - timedelta.resolution).date()

    def ratio(row: Raw, _: Notices) -> PostedRatio:
        since = None if row.get(SINCE) is None else instant(row, SINCE)
        figure = float(row["uptime"])
        if not 0 <= figure <= 100:
            raise ValueError(f"an uptime of {figure} %")
        start = first if since is None else max(first, since.date())
        return PostedRatio(text(row, "component_id"), start, last, figure / 100, RULE)

    shown = [row for row in rows if isinstance(row, dict) and {"component_id", "uptime"} <= {*row}]
    return tuple(one for one in read_each(shown, ratio, notices) if one.window_start <= last)
