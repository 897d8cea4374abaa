"""Data inside an Instatus front page: what is open, and the ends of what was.

Its summary gives no end; the page streams ninety days of notices with theirs, and for each
component when it was in which state by which notice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from ingest.models import Kind, PostedImpact, Stage, State, Update
from ingest.platforms import streamed
from ingest.platforms.fields import instant, objects, optional_instant, text
from ingest.platforms.incidents import read_updates
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.records import by_key, read_each
from ingest.platforms.words import word

#: The words that only planned work has.
PLANNED = ("NOTSTARTEDYET", "INPROGRESS", "COMPLETED")
Spells = Mapping[str, list[PostedImpact]]


def data(html: str) -> Raw:
    """Return the object a page is drawn from. Raises ``ValueError`` without one."""
    for one in streamed.objects(html):
        if "activeIncidents" in one and isinstance(one.get("site"), dict):
            return one
    raise ValueError("the page is drawn from nothing we know")


def named(value: Any) -> str:
    """Return a name that may be given in several languages."""
    said = value.get("default") if isinstance(value, dict) else value
    return text({"name": said}, "name").strip()


def components(rows: Any, group: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield the components of a page; one with others below it is their group."""
    for row in objects(rows):
        below = row.get("children")
        if below:
            yield from components(below, named(row.get("name")))
        elif row.get("archivedAt") is None:
            inside = row.get("group")
            above = named(inside.get("name")) if isinstance(inside, dict) else group
            yield {**row, "name": named(row.get("name")), "group": above}


def spells(
    uptimes: Any, states: Mapping[str, State], ends: Mapping[str, datetime], notices: Notices
) -> Spells:
    """Return the impacts of each notice, by its id.

    Args:
        uptimes: What the page says of each component.
        states: The words of the engine with their meaning.
        ends: When notices were over: an impact without an end lasts until then.
        notices: Where refusals and warnings go.

    Returns:
        The impacts in which a component was not operational.
    """
    identify = by_key("noticeId")

    def refused(row: Any) -> None:
        notice = identify(row) if isinstance(row, dict) else None
        if notice is None:  # it may be of one that goes on
            notices.lost()
        else:
            notices.untold.add(notice)

    found: dict[str, list[PostedImpact]] = {}
    for component, said in (uptimes if isinstance(uptimes, dict) else {}).items():

        def read(row: Raw, to: Notices, component: str = component) -> tuple[str, PostedImpact]:
            notice = text(row, "noticeId")
            state = word(states, row.get("status"), State.UNKNOWN, notice, to)
            start = instant(row, "from")
            end = optional_instant(row, "to") or ends.get(notice)
            return notice, PostedImpact(component, state, start, end)

        rows = said.get("outages") if isinstance(said, dict) else ()
        for notice, one in read_each(rows or (), read, notices, f"{component}/", refused):
            lasts = one.end_at is None or one.end_at > one.start_at
            if one.state is not State.OPERATIONAL and lasts:
                found.setdefault(notice, []).append(one)
    return found


def rows(page: Raw) -> Iterator[dict[str, Any]]:
    """Yield each notice of a page once, with its updates where it is open."""
    whole = {"activeIncidents": Kind.INCIDENT, "activeMaintenances": Kind.MAINTENANCE}
    seen: set[Any] = set()
    for key, kind in whole.items():
        for row in objects(page.get(key)):
            seen.add(row.get("id"))
            yield {**row, "kind": kind}
    notices = page.get("notices")
    for row in (notices if isinstance(notices, dict) else {}).values():
        if isinstance(row, dict) and row.get("id") not in seen:
            planned = row.get("status") in PLANNED
            yield {**row, "kind": Kind.MAINTENANCE if planned else Kind.INCIDENT}


def updates(row: Raw, stages: Mapping[str, Stage], notices: Notices) -> tuple[Update, ...]:
    """Read the updates of a notice, oldest first."""

    def read(one: Raw, within: str, to: Notices) -> Update:
        update_id, status, at = text(one, "id"), text(one, "status"), instant(one, "started")
        message = one.get("message")
        body = message.get("default") if isinstance(message, dict) else message
        stage = word(stages, status, Stage.UNKNOWN, within + update_id, to)
        return Update(update_id, stage, status, at, at, body=body)

    return read_updates(row.get("updates"), str(row.get("id")), read, notices)
