"""Posts of a cState site: dated by their authors, in the words and zones they typed.

Nothing in a post says that it is planned: a date to come does, and else its title alone. A
cancelled plan is resolved before it begins and never took place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

from ingest.models import (
    Impact,
    Incident,
    Kind,
    PostedImpact,
    Stage,
    State,
    Update,
    labelled,
)
from ingest.platforms import payload
from ingest.platforms.reading import STAGES, Notices, Raw, text, word

#: Go's print of a time; the word behind the offset may be the offset again.
PRINTED = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.\d+)? ([+-]\d{4})(?: \S+)?")
NO_VALUE = ("", "<no value>")
SEVERITIES = {"notice": Impact.MINOR, "disrupted": Impact.MAJOR, "down": Impact.CRITICAL}
STATES = {"notice": State.DEGRADED, "disrupted": State.PARTIAL, "down": State.MAJOR}
PLANNED_TITLE = re.compile(r"\s*(?:\[?(?:planned|scheduled|maintenance|cancell?ed)\b)", re.I)
#: ``(21:15 — Nov 28)``: no year, no zone.
STAMP = re.compile(r"\((\d{1,2}:\d\d)\s*[—–-]\s*([A-Z][a-z]{2} \d{1,2})\)")


def printed(said: str) -> datetime:
    """Read Go's print of a time, its offset kept. Raises ``ValueError``."""
    parts = PRINTED.fullmatch(said.strip())
    if parts is None:
        raise ValueError(f"{said!r} is no printed time")
    return datetime.strptime(f"{parts[1]} {parts[2]}", "%Y-%m-%d %H:%M:%S %z")


def ended(said: Any, begun_at: datetime) -> datetime | None:
    """Read an end as its author typed it: without a zone it means that of the beginning."""
    if said is None or str(said).strip() in NO_VALUE:
        return None
    value = datetime.fromisoformat(str(said).strip())
    return value.replace(tzinfo=begun_at.tzinfo) if value.tzinfo is None else value


def post_id(permalink: str) -> str:
    """Return the id of a post: the folder it is served in."""
    return text({"id": urlsplit(permalink).path.strip("/").rpartition("/")[2]}, "id")


def post(row: Raw, now: datetime, notices: Notices) -> Incident:
    """Read one post; ``now`` is when the site was built, or else captured."""
    incident_id = post_id(text(row, "permalink"))
    begun = printed(text(row, "createdAt"))
    begun_at = begun.astimezone(UTC)
    over = ended(row.get("resolvedAt"), begun) if row.get("resolved") else None
    over_at = over.astimezone(UTC) if over else None
    title = text(row, "title").strip()
    kind = kind_of(title, begun_at, over_at, now, incident_id, notices)
    severity = str(row.get("severity") or "")
    notice = bool(row.get("informational")) or severity in NO_VALUE
    impact = Impact.NONE
    if severity not in NO_VALUE:
        impact = word(SEVERITIES, severity, Impact.UNKNOWN, incident_id, notices)
    named = tuple(labelled(name) for name in row.get("affected") or () if isinstance(name, str))
    if notice and kind is Kind.INCIDENT and over_at is None:
        # It says nothing of an outage, so nothing is open by it.
        over_at = begun_at
    return written(
        incident_id,
        kind,
        title,
        begun_at,
        over_at,
        now=now,
        impact=impact,
        state=STATES.get(severity, State.UNKNOWN),
        component_ids=named,
        updates=updates(str(row.get("body") or ""), begun),
        url=row.get("permalink"),
        resolved=bool(row.get("resolved")),
        moved_at=printed(row["lastMod"]).astimezone(UTC) if row.get("lastMod") else None,
    )


def kind_of(
    title: str,
    begun_at: datetime,
    over_at: datetime | None,
    now: datetime,
    record: str,
    notices: Notices,
) -> Kind:
    """Tell what is planned: by its date, by an end before its beginning, else by its title."""
    if begun_at > now or (over_at is not None and over_at < begun_at):
        return Kind.MAINTENANCE
    if PLANNED_TITLE.match(title):
        notices.warn("guessed_kind", record, "taken for planned work by its title alone")
        return Kind.MAINTENANCE
    return Kind.INCIDENT


def written(
    incident_id: str,
    kind: Kind,
    title: str,
    begun_at: datetime,
    over_at: datetime | None,
    *,
    now: datetime,
    impact: Impact,
    state: State,
    component_ids: tuple[str, ...],
    updates: tuple[Update, ...],
    url: str | None,
    resolved: bool,
    moved_at: datetime | None = None,
) -> Incident:
    """Put a post together.

    Args:
        incident_id: Its id.
        kind: Planned or not.
        title: Its title.
        begun_at: When it began, or is to begin.
        over_at: When it was over.
        now: When the site was built, or captured.
        impact: Its severity as last written.
        state: What that severity says of its components.
        component_ids: The components it names.
        updates: Its updates.
        url: Its address.
        resolved: Whether its author says that it is over.
        moved_at: When its file was changed last, where that is known.

    Returns:
        The incident.
    """
    planned = kind is Kind.MAINTENANCE
    cancelled = planned and over_at is not None and over_at < begun_at
    stage = Stage.RESOLVED if resolved or over_at else Stage.INVESTIGATING
    if planned:
        running = Stage.SCHEDULED if begun_at > now else Stage.IN_PROGRESS
        stage = Stage.COMPLETED if over_at else running
    impacts = None
    if component_ids:
        lasts = begun_at <= now and not cancelled and (over_at is None or over_at > begun_at)
        shown = State.MAINTENANCE if planned else state
        spells = (PostedImpact(one, shown, begun_at, over_at) for one in component_ids)
        impacts = tuple(spells) if lasts else ()
    return Incident(
        incident_id=incident_id,
        kind=kind,
        title=title,
        status="cancelled" if cancelled else stage.value,
        stage=stage,
        impact=Impact.MAINTENANCE if planned else impact,
        started_at=None if planned else begun_at,
        resolved_at=over_at,
        scheduled_start_at=begun_at if planned else None,
        scheduled_end_at=over_at if planned and not cancelled else None,
        component_ids=component_ids,
        updates=updates,
        url=url,
        listed_at=max(
            [moved_at or min(begun_at, now), *(one.display_at for one in updates)]
            + ([over_at] if over_at else [])
        ),
        impacts=impacts,
    )


def updates(html: str, begun: datetime) -> tuple[Update, ...]:
    """Read the stamped paragraphs of a post, newest first in it, by the offset of its date."""
    found: list[Update] = []
    at = begun
    paragraphs = payload.tree(html).find_all("p") if html.strip() else ()
    for paragraph in reversed(paragraphs):
        said = " ".join(paragraph.get_text(" ").split())
        stamp, heading = STAMP.search(said), paragraph.find("em")
        if stamp is None or heading is None:
            continue
        at = _after(f"{stamp[2]} {stamp[1]}", at)
        status = heading.get_text(strip=True)
        body = said.replace(stamp[0], "").removeprefix(status).strip(" -–")
        stage = STAGES.get(status.lower(), Stage.UNKNOWN)
        instant = at.astimezone(UTC)
        key = f"{instant:%Y-%m-%dT%H:%MZ}/{len(found)}"
        found.append(Update(key, stage, status, None, instant, body=body or None))
    return tuple(found)


def _after(said: str, anchor: datetime) -> datetime:
    """Return a time without a year in the year that puts it next after ``anchor``."""
    years = (anchor.year - 1, anchor.year, anchor.year + 1)
    stamps = [
        datetime.strptime(f"{year} {said}", "%Y %b %d %H:%M").replace(tzinfo=anchor.tzinfo)
        for year in years
    ]
    return next((one for one in stamps if one >= anchor - timedelta(days=1)), stamps[-1])


def built_at(data: Raw) -> datetime:
    """Return when a site was built. Raises ``ValueError`` for a zone that may mean two."""
    from ingest.platforms.timestamps import abbreviated

    stamp = f"{text(data, 'buildDate')} {text(data, 'buildTime')}"
    zone = text(data, "buildTimezone")
    local = datetime.strptime(stamp, "%Y-%m-%d %H:%M")
    if re.fullmatch(r"[+-]\d\d(\d\d)?", zone):
        hours = timezone(timedelta(hours=int(zone[:3]), minutes=int(zone[0] + (zone[3:] or "0"))))
        return local.replace(tzinfo=hours).astimezone(UTC)
    return abbreviated(local, zone, "Etc/UTC")


def begun(rows: Iterable[Incident], now: datetime) -> tuple[Incident, ...]:
    """Return the posts that have begun."""
    starts = ((one, one.started_at or one.scheduled_start_at) for one in rows)
    return tuple(one for one, start in starts if start is not None and start <= now)
