"""Posts of a cState site: dated by their authors, in the words and zones they typed.

Nothing in a post says that it is planned: a date to come does, and else its title alone. A
cancelled plan is resolved before it begins and never took place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from urllib.parse import urlsplit

from ingest.models import (
    MISREADINGS,
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
from ingest.platforms.fields import text
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.words import STAGES, word

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


def ended(said: Any, zone: tzinfo | None) -> datetime | None:
    """Read an end as its author typed it; one without a zone is of ``zone``."""
    if said is None or str(said).strip() in NO_VALUE:
        return None
    value = datetime.fromisoformat(str(said).strip())
    return value.replace(tzinfo=zone) if value.tzinfo is None else value


def post_id(permalink: str) -> str:
    """Return the id of a post: the folder it is served in."""
    return text({"id": urlsplit(permalink).path.strip("/").rpartition("/")[2]}, "id")


@dataclass(frozen=True, slots=True)
class Post:
    """Hold a post as read, before its dates tell where it stands.

    ``now``: when the site was built, or captured. ``resolved``: its author says that it is
    over. ``moved_at``: when its file was changed last, where that is known.
    """

    incident_id: str
    kind: Kind
    title: str
    begun_at: datetime
    over_at: datetime | None
    now: datetime
    resolved: bool
    updates: tuple[Update, ...] = ()
    url: str | None = None
    impact: Impact = Impact.UNKNOWN
    state: State = State.UNKNOWN
    component_ids: tuple[str, ...] = ()
    moved_at: datetime | None = None

    @property
    def planned(self) -> bool:
        """Tell whether it is maintenance."""
        return self.kind is Kind.MAINTENANCE

    @property
    def cancelled(self) -> bool:
        """Tell whether it was over before it began, and so never was."""
        return self.planned and self.over_at is not None and self.over_at < self.begun_at

    @property
    def stage(self) -> Stage:
        """Return where it stands."""
        if not self.planned:
            over = self.resolved or self.over_at is not None
            return Stage.RESOLVED if over else Stage.INVESTIGATING
        if self.over_at is not None:
            return Stage.COMPLETED
        return Stage.SCHEDULED if self.begun_at > self.now else Stage.IN_PROGRESS

    def impacts(self) -> tuple[PostedImpact, ...] | None:
        """Return one state for each system it names; None where it names none."""
        if not self.component_ids:
            return None
        ended = self.over_at is not None and self.over_at <= self.begun_at
        if self.begun_at > self.now or ended:
            return ()
        state = State.MAINTENANCE if self.planned else self.state
        spans = (PostedImpact(c, state, self.begun_at, self.over_at) for c in self.component_ids)
        return tuple(spans)

    def incident(self) -> Incident:
        """Return it as an incident."""
        moved = [self.moved_at or min(self.begun_at, self.now)]
        moved += [one.display_at for one in self.updates]
        moved += [self.over_at] if self.over_at else []
        return Incident(
            incident_id=self.incident_id,
            kind=self.kind,
            title=self.title,
            status="cancelled" if self.cancelled else self.stage.value,
            stage=self.stage,
            impact=Impact.MAINTENANCE if self.planned else self.impact,
            started_at=None if self.planned else self.begun_at,
            resolved_at=self.over_at,
            scheduled_start_at=self.begun_at if self.planned else None,
            scheduled_end_at=self.over_at if self.planned and not self.cancelled else None,
            component_ids=self.component_ids,
            updates=self.updates,
            url=self.url,
            listed_at=max(moved),
            impacts=self.impacts(),
        )


def is_over(row: Raw) -> bool:
    """Tell a post that says it is resolved, and when."""
    try:
        over_at = ended(row.get("resolvedAt"), UTC)
    except MISREADINGS:
        return False
    return row.get("resolved") is True and over_at is not None


def post(row: Raw, now: datetime, notices: Notices) -> Incident:
    """Read one post; ``now`` is when the site was built, or else captured."""
    incident_id = post_id(text(row, "permalink"))
    begun = printed(text(row, "createdAt"))
    begun_at = begun.astimezone(UTC)
    over = ended(row.get("resolvedAt"), begun.tzinfo) if row.get("resolved") else None
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
    return Post(
        incident_id,
        kind,
        title,
        begun_at,
        over_at,
        now,
        bool(row.get("resolved")),
        updates=updates(str(row.get("body") or ""), begun),
        url=row.get("permalink"),
        impact=impact,
        state=STATES.get(severity, State.UNKNOWN),
        component_ids=named,
        moved_at=printed(row["lastMod"]).astimezone(UTC) if row.get("lastMod") else None,
    ).incident()


def kind_of(
    title: str,
    begun_at: datetime,
    over_at: datetime | None,
    now: datetime,
    record: str,
    notices: Notices,
) -> Kind:
    """Tell what is planned by its date, else by its end, else by its title.

    Args:
        title: Its title.
        begun_at: When it begins.
        over_at: When it was over, which may be before it begins: then it was cancelled.
        now: When the site was built, or captured.
        record: Its label in the warning about a guess.
        notices: Where that warning goes.

    Returns:
        Its kind.
    """
    if begun_at > now or (over_at is not None and over_at < begun_at):
        return Kind.MAINTENANCE
    if PLANNED_TITLE.match(title):
        notices.warn("guessed_kind", record, "taken for planned work by its title alone")
        return Kind.MAINTENANCE
    return Kind.INCIDENT


def updates(html: str, begun: datetime) -> tuple[Update, ...]:
    """Read the stamped paragraphs of a post, by the offset of its date."""
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
    """Return when a site was built. Raises ``ValueError`` for an unclear zone."""
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
