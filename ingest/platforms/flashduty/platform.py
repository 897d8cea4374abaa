"""Flashduty pages: what is open now, the list of changes, and a feed of last states.

A change gives its own start and end in epoch seconds. What a component was stands in the
``component_changes`` of its updates, oldest first; an update without them says nothing of
components. Imported updates have no id. The present state of a component is in no field: it
is made of the changes that are open. The feed tells only how each change ended, not when.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ingest.models import (
    CLOSED_STAGES,
    Component,
    Impact,
    Incident,
    Kind,
    Page,
    Parsed,
    ReadError,
    ReadFailure,
    Stage,
    State,
    Update,
    labelled,
)
from ingest.platforms import payload, words
from ingest.platforms.contract import EVERY_KIND, WINDOW, Platform, source
from ingest.platforms.fields import objects, optional_text, rows_of, text
from ingest.platforms.forms import Form, Origin
from ingest.platforms.identity import same_host, same_page
from ingest.platforms.impacts import present, spells, timeline
from ingest.platforms.incidents import is_epoch, kind_of, oldest, read_changes, read_updates
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Item, Media, Raw, items
from ingest.platforms.records import (
    by_key,
    by_nothing,
    read_components,
    read_each,
    read_incidents,
    read_items,
)
from ingest.platforms.timestamps import epoch, feed_instant, minted, optional_epoch, stamp
from ingest.platforms.words import word
from ingest.sources import Shape, Source

API = "/api/status-page"
ACTIVE, CHANGES, FEED = f"{API}/summary/active", f"{API}/change/list", "/history.rss"
#: The list is asked for by a span: from the beginning to the year 2100.
EVER = "start_at_seconds=0&end_at_seconds=4102444800"
CARRIED = WINDOW | {"title", "status", "component_ids", "impacts", "updates"}
SHAPES = (
    Shape("changes", CARRIED),
    Shape("active", CARRIED),
    Shape("feed", frozenset({"title", "status", "component_ids", "updates"})),
)
STAGES = {
    **words.STAGES,
    "ongoing": Stage.IN_PROGRESS,
    "cancelled": Stage.COMPLETED,
    "canceled": Stage.COMPLETED,
}
STATES = {
    "operational": State.OPERATIONAL,
    "degraded": State.DEGRADED,
    "partial_outage": State.PARTIAL,
    "full_outage": State.MAJOR,
    "under_maintenance": State.MAINTENANCE,
    "maintenance": State.MAINTENANCE,
}
KINDS = {"incident": Kind.INCIDENT, "maintenance": Kind.MAINTENANCE}
#: ``【已解决】`` and the like, before the titles of imported posts.
OVER_TAG = re.compile(r"^\s*【已\w+】\s*")
GUID = re.compile(r"urn:flashduty:change:(\d+)")
FACT = re.compile(r"(Status|Affected components):\s*(.+)", re.DOTALL)


def sources(page: Page) -> Sequence[Source]:
    """Return what is open and the list of changes; the feed in their stead."""
    feed = source(page, FEED, "feed", 5)
    if page.page_id is None:
        return (feed,)
    own = f"{API}/{page.page_id}"
    return (
        source(page, f"{own}/summary/active", "active", 5),
        source(page, f"{own}/change/list?{EVER}", "changes", 15, (feed,)),
    )


def _active(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    about = data["data"]["page"]
    changes = rows_of(data["data"], "active_changes")
    incidents = read_each(changes, _change, notices, refused=notices.lost)
    components = _components(about, incidents, notices)
    if not components and not notices.rejects:
        raise ReadError(ReadFailure.SHAPE_CHANGED, "a page without components")
    return Parsed(
        "active",
        page_id=_same_page([about], origin.page),
        roster=True,
        components=components,
        incidents=incidents,
    )


def _changes(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    rows = rows_of(data["data"], "items")
    incidents = read_incidents(rows, _change, notices, _is_over, by_nothing)
    return Parsed(
        "changes",
        page_id=_same_page(rows, origin.page),
        horizon=oldest(incidents),
        incidents=incidents,
    )


def _together(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    """Read the replies as one file may keep them: what is open, and the list."""
    rows = rows_of(data["changeList"], "items")
    incidents = read_incidents(rows, _change, notices, _is_over, by_nothing)
    about = data["active"]["page"]
    return Parsed(
        "changes",
        page_id=_same_page([about, *rows], origin.page),
        horizon=oldest(incidents),
        components=_components(about, incidents, notices),
        incidents=incidents,
    )


def _same_page(rows: Sequence[Any], page: Page) -> str | None:
    """Return the page's id as text: the documents give it as a number."""
    named = [{"page_id": str(row["page_id"])} for row in objects(rows) if "page_id" in row]
    same_page(named, "page_id", page)
    return named[0]["page_id"] if named else None


def _components(
    about: Raw, incidents: Sequence[Incident], notices: Notices
) -> tuple[Component, ...]:
    sections = {
        str(one.get("section_id")): optional_text(one, "name")
        for one in objects(about.get("sections"))
    }
    begun = [one for one in incidents if one.stage is not Stage.SCHEDULED]

    def read(row: Raw, to: Notices) -> Component:
        component_id = text(row, "component_id")
        group = sections.get(str(row.get("section_id")))
        return Component(
            component_id, text(row, "name"), group=group, state=present(begun, component_id)
        )

    rows = rows_of(about, "components")
    return read_components(rows, read, notices, by_key("component_id"))


def _change(row: Raw, notices: Notices) -> Incident:
    change_id = str(int(row["change_id"]))
    kind = word(KINDS, row.get("type"), Kind.INCIDENT, change_id, notices)
    start, end = epoch(row["start_at_seconds"]), optional_epoch(row.get("close_at_seconds"))
    status = text(row, "status")
    updates = read_updates(row.get("updates"), change_id, _update, notices)
    stage = word(STAGES, status, Stage.UNKNOWN, change_id, notices)
    over = end if stage in {Stage.RESOLVED, Stage.COMPLETED} else None
    named = {str(one["component_id"]) for one in objects(row.get("affected_components"))}
    shown = timeline(updates)
    planned = kind is Kind.MAINTENANCE
    return Incident(
        incident_id=change_id,
        kind=kind,
        title=OVER_TAG.sub("", text(row, "title")).strip(),
        status=status,
        stage=stage,
        impact=Impact.MAINTENANCE if planned else Impact.UNKNOWN,
        started_at=start,
        resolved_at=over,
        scheduled_start_at=start if planned else None,
        scheduled_end_at=end if planned else None,
        component_ids=tuple(sorted(named.union(*(states for _, states in shown)))),
        updates=updates,
        listed_at=max([start, *(one.display_at for one in updates), *([over] if over else [])]),
        impacts=spells(shown, over),
    )


def _is_over(row: Raw) -> bool:
    """Tell a change that says it is over, and when."""
    closed = STAGES.get(str(row.get("status"))) in CLOSED_STAGES
    return closed and is_epoch(row.get("close_at_seconds"))


def _update(row: Raw, within: str, notices: Notices) -> Update:
    at, status = epoch(row["at_seconds"]), text(row, "status")
    given = optional_text(row, "update_id") or ""
    key = given or f"{stamp(at)}/{status}"
    record = within + key
    return Update(
        update_id=key,
        stage=word(STAGES, status, Stage.UNKNOWN, record, notices),
        status=status,
        created_at=minted(given) or at,
        display_at=at,
        body=optional_text(row, "description"),
        changes=read_changes(
            row.get("component_changes"), ("component_id", "status"), STATES, record, notices
        ),
    )


def _feed(body: str, origin: Origin, notices: Notices) -> Parsed:
    incidents = read_items(items(body), _item, notices)
    same_host(incidents, origin.page)
    return Parsed("feed", incidents=incidents)


def _item(item: Item, notices: Notices) -> Incident:
    named = GUID.fullmatch(item.guid)
    if named is None:
        raise ValueError("guid names no change")
    facts: dict[str, str] = {}
    said: list[str] = []
    for node in payload.elements(item.body).iter("p"):
        line = "".join(node.itertext()).strip()
        fact = FACT.fullmatch(line)
        if fact is None:
            said.append(line)
        else:
            facts[fact[1]] = fact[2]
    status = facts.get("Status", "")
    stage = word(STAGES, status, Stage.UNKNOWN, named[1], notices)
    at = feed_instant(item.published)
    affected = facts.get("Affected components", "")
    components = (labelled(one) for one in re.split(r",\s+", affected) if one)
    # How it ended is told, but not when: the date of an item is that of its change.
    update = Update("last", stage, status, None, at, body="\n".join(said) or None)
    return Incident(
        incident_id=named[1],
        kind=kind_of(stage, ()),
        title=OVER_TAG.sub("", item.title).strip(),
        status=status,
        stage=stage,
        impact=Impact.UNKNOWN,
        component_ids=tuple(components),
        updates=(update,),
        url=item.link or None,
        listed_at=at,
    )


def _holds(*keys: str) -> Any:
    """Return whether the data of a reply have some keys."""

    def fits(data: Raw) -> bool:
        return isinstance(data["data"], dict) and all(key in data["data"] for key in keys)

    return fits


FORMS = (
    Form("active", ACTIVE, _active, frozenset({"data"}), _holds("page", "active_changes")),
    Form("changes", CHANGES, _changes, frozenset({"data"}), _holds("items")),
    Form("changes", CHANGES, _together, frozenset({"active", "changeList"})),
    Form("feed", FEED, _feed, media=Media.RSS, fits=lambda text: "urn:flashduty:" in text),
)

PLATFORM = Platform(
    "flashduty", 1, SHAPES, FORMS, sources, explicit_window=True, active_only={"active": EVERY_KIND}
)
