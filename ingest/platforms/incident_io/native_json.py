"""incident.io's own page data: incidents with impacts, structure, uptimes.

Undocumented, so anything of another form is refused. ``published_at`` is the time a post or
an update bears; its id is a ULID, so when it was made is known too, and a post that bears a
time well before that was backdated. An impact says from when to when a component was in which
state; one without an end lasts. It may end long before its post is resolved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from ingest.models import (
    ALWAYS,
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
from ingest.platforms.incident_io.compatible_json import STAGES, STATES, listed_at
from ingest.platforms.incident_io.routes import Window
from ingest.platforms.reading import (
    Notices,
    Raw,
    in_order,
    instant,
    kind_of,
    optional_instant,
    read_components,
    read_each,
    rows_of,
    text,
    word,
)
from ingest.platforms.timestamps import minted

RULE = "incident_io"
#: A record is written within a second of the time it bears, unless it was backdated.
AT_ONCE = timedelta(minutes=1)
TYPES = {"incident": Kind.INCIDENT, "maintenance": Kind.MAINTENANCE}


def incident(row: Raw, notices: Notices) -> Incident:
    """Read an incident with its updates and impacts; it must have both."""
    incident_id = text(row, "id")
    published_at = instant(row, "published_at")
    updates = in_order(read_each(rows_of(row, "updates"), _update, notices, f"{incident_id}/"))
    stage = word(STAGES, row["status"], Stage.UNKNOWN, incident_id, notices)
    kind = word(TYPES, row.get("type") or "incident", Kind.INCIDENT, incident_id, notices)
    named = {text(one, "component_id") for one in row.get("affected_components") or ()}
    impacts = read_each(rows_of(row, "component_impacts"), _impact, notices, f"{incident_id}/")
    return Incident(
        incident_id=incident_id,
        kind=kind if kind is Kind.MAINTENANCE else kind_of(stage, updates),
        title=text(row, "name"),
        status=str(row["status"]),
        stage=stage,
        impact=Impact.UNKNOWN,
        created_at=_posted_at(incident_id, published_at),
        component_ids=tuple(sorted(named)),
        updates=updates,
        listed_at=listed_at(updates, published_at),
        impacts=_sorted(impacts),
    )


def is_whole(row: object) -> bool:
    """Tell a whole incident, with updates and impacts, from its mere headline."""
    return isinstance(row, Mapping) and {"updates", "component_impacts"} <= row.keys()


def _posted_at(record_id: str, published_at: datetime) -> datetime:
    made_at = minted(record_id)
    return made_at if made_at and made_at - published_at > AT_ONCE else published_at


def _update(row: Raw, notices: Notices) -> Update:
    update_id = text(row, "id")
    published_at = instant(row, "published_at")
    named = row.get("component_statuses")
    return Update(
        update_id=update_id,
        stage=word(STAGES, row["to_status"], Stage.UNKNOWN, update_id, notices),
        status=str(row["to_status"]),
        created_at=_posted_at(update_id, published_at),
        display_at=published_at,
        body=row.get("message_string"),
        changes=None if named is None else _changes(named, update_id, notices),
    )


def _changes(rows: Iterable[Raw], update_id: str, notices: Notices) -> tuple[Change, ...]:
    changes = [
        Change(
            component_id=text(row, "component_id"),
            old=None,
            new=word(STATES, row["status"], State.UNKNOWN, update_id, notices),
        )
        for row in rows
    ]
    return tuple(sorted(changes, key=lambda change: change.component_id))


def _impact(row: Raw, notices: Notices) -> PostedImpact:
    start_at, end_at = instant(row, "start_at"), optional_instant(row, "end_at")
    if end_at is not None and end_at < start_at:
        raise ValueError(f"ends at {end_at}, before it starts at {start_at}")
    return PostedImpact(
        component_id=text(row, "component_id"),
        state=word(STATES, row["status"], State.UNKNOWN, str(row.get("id", "?")), notices),
        start_at=start_at,
        end_at=end_at,
    )


def _sorted(impacts: Iterable[PostedImpact]) -> tuple[PostedImpact, ...]:
    return tuple(sorted(impacts, key=lambda i: (i.start_at, i.component_id, i.state)))


def linked(links: Iterable[Raw], impacts: Iterable[Raw], notices: Notices) -> tuple[Incident, ...]:
    """Read the incidents behind a list of impacts, with the impacts of each."""
    posted: dict[str, list[PostedImpact]] = {}
    for incident_id, impact in read_each(impacts, _belonging, notices):
        posted.setdefault(incident_id, []).append(impact)
    found = read_each(
        links, lambda row, to: _link(row, posted.get(text(row, "id"), ()), to), notices
    )
    for incident_id in posted.keys() - {one.incident_id for one in found}:
        reason = f"{len(posted[incident_id])} impacts of a post that is not among the links"
        notices.refuse(incident_id, reason)
    return found


def _belonging(row: Raw, notices: Notices) -> tuple[str, PostedImpact]:
    return text(row, "status_page_incident_id"), _impact(row, notices)


def _link(row: Raw, impacts: Iterable[PostedImpact], notices: Notices) -> Incident:
    incident_id = text(row, "id")
    stage = word(STAGES, row["status"], Stage.UNKNOWN, incident_id, notices)
    published_at = optional_instant(row, "published_at") or minted(incident_id)
    if published_at is None:
        raise ValueError("published_at is missing")
    created_at = _posted_at(incident_id, published_at)
    return Incident(
        incident_id=incident_id,
        kind=kind_of(stage, ()),
        title=text(row, "name"),
        status=str(row["status"]),
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
        return (_component(row["component"], None),)
    if "group" not in row:
        raise ValueError(f"neither a component nor a group, but {', '.join(sorted(row))}")
    group = text(row["group"], "name")
    rows = rows_of(row["group"], "components")
    within = f"{group}/"
    return read_components(
        rows, lambda one, _: _component(one, group), notices, within, "component_id"
    )


def _component(row: Raw, group: str | None) -> Component:
    since = optional_instant(row, "data_available_since")
    return Component(
        component_id=text(row, "component_id"),
        name=text(row, "name"),
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
        since, figure = optional_instant(row, "data_available_since"), float(row["uptime"])
        if not 0 <= figure <= 100:
            raise ValueError(f"an uptime of {figure} %")
        start = first if since is None else max(first, since.date())
        return PostedRatio(text(row, "component_id"), start, last, figure / 100, RULE)

    shown = [row for row in rows if isinstance(row, dict) and {"component_id", "uptime"} <= {*row}]
    return tuple(one for one in read_each(shown, ratio, notices) if one.window_start <= last)
