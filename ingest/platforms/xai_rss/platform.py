"""xAI's status feed: one item for each service and region that an outage was posted on.

The date of an item is the declared start. Its severity is the present one: ``available`` as
soon as it is over, so what it was is not known. Updates stand in either order. Items of one
title that start within an hour tell of one outage, unless they are of the same service.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from ingest.models import (
    CLOSED_STAGES,
    Component,
    Impact,
    Incident,
    Parsed,
    Stage,
    Update,
    labelled,
)
from ingest.platforms import payload
from ingest.platforms.contract import Platform, polled
from ingest.platforms.forms import Form, Origin
from ingest.platforms.identity import same_host
from ingest.platforms.incidents import in_order, is_dated, kind_of, oldest
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Item, Media, items
from ingest.platforms.records import read_items
from ingest.platforms.timestamps import feed_instant, stamp
from ingest.platforms.words import STAGES, word
from ingest.sources import Shape

FEED = "/feed.xml"
CARRIED = frozenset(
    {"title", "status", "impact", "started_at", "resolved_at", "component_ids", "updates"}
)
TITLE = re.compile(r"\[(?P<tag>[^\]]+)\]\s*(?P<title>.+)", re.DOTALL)
#: ``API (us-east-1.api.x.ai)``: the address in the tag begins with the region.
PLACED = re.compile(r"(?P<name>.+?)\s*\((?P<region>[a-z]+-[a-z]+-\d+)\.[^)]*\)")
STATUS = re.compile(r"Status:\s*(\w+)")
FACT = re.compile(r"^(Status|Severity|Resolved):\s*(.+)$")
SAME_STAGE = "updated"
OVER = "resolved"
SEVERITIES = {
    "degraded": Impact.MINOR,
    "partial_outage": Impact.MAJOR,
    "partial outage": Impact.MAJOR,
    "outage": Impact.CRITICAL,
    "unavailable": Impact.CRITICAL,
    # Said of what is over: the present, not what it was.
    "available": Impact.UNKNOWN,
}
#: Posts of one outage begin within this of the first of them.
TOGETHER = timedelta(minutes=60)
SOURCES = polled((FEED, "feed", 5))


@dataclass(frozen=True, slots=True)
class Post:
    """Hold an item as read: its service and what was posted on it."""

    component: Component
    incident: Incident


def _feed(text: str, origin: Origin, notices: Notices) -> Parsed:
    posts = read_items(items(text), _post, notices, is_over=_is_over)
    found = _with_outages(_merged(posts))
    same_host(found, origin.page)
    components = {post.component.component_id: post.component for post in posts}
    return Parsed(
        "feed", horizon=oldest(found), components=tuple(components.values()), incidents=found
    )


def _is_over(item: Item) -> bool:
    """Tell an item that bears a time and says that its incident is over."""
    status = STATUS.search(item.body)
    return status is not None and status[1].lower() == OVER and is_dated(item)


def _post(item: Item, notices: Notices) -> Post:
    if not item.guid:
        raise ValueError("guid is missing")
    tagged = TITLE.fullmatch(item.title)
    if tagged is None:
        raise ValueError("title names no service")
    component = _component(item.link, tagged["tag"].strip())
    facts, updates = _body(item.body)
    status = facts.get("Status", "").lower()
    severity = facts.get("Severity", "").lower()
    over = status == OVER
    updates = _closed(updates) if over else updates
    resolved_at = None
    if over:
        resolved_at = feed_instant(facts["Resolved"]) if "Resolved" in facts else None
        resolved_at = resolved_at or (updates[-1].display_at if updates else None)
    stages = {**STAGES, "open": Stage.INVESTIGATING, "active": Stage.INVESTIGATING}
    started_at = feed_instant(item.published)
    incident = Incident(
        incident_id=item.guid,
        kind=kind_of(Stage.UNKNOWN, updates),
        title=tagged["title"].strip(),
        status=status,
        stage=word(stages, status, Stage.UNKNOWN, item.guid, notices),
        impact=word(SEVERITIES, severity, Impact.UNKNOWN, item.guid, notices),
        started_at=started_at,
        resolved_at=resolved_at,
        component_ids=(component.component_id,),
        updates=updates,
        url=item.link or None,
        listed_at=started_at,
    )
    return Post(component, incident)


def _component(link: str, tag: str) -> Component:
    """Return the service of an item; its id is the folder its address lies in."""
    folders = urlsplit(link).path.strip("/").split("/")
    component_id = folders[0] if len(folders) > 1 else labelled(tag)
    placed = PLACED.fullmatch(tag)
    if placed is None:
        return Component(component_id, tag)
    return Component(component_id, placed["name"], region=placed["region"])


def _body(html: str) -> tuple[dict[str, str], tuple[Update, ...]]:
    tree = payload.elements(html)
    facts: dict[str, str] = {}
    for node in tree.iter("h3", "p"):
        fact = FACT.fullmatch(payload.words(node, " "))
        if fact is not None:
            facts.setdefault(fact[1], fact[2].strip())
    updates: list[Update] = []
    for block in tree.iter("div"):
        heading, dated = block.find("h3"), block.find("p")
        date = dated.find(".//strong") if dated is not None else None
        if date is None or heading is None:
            continue
        at = feed_instant(payload.words(date))
        status = payload.words(heading, " ")
        told = [payload.words(node, " ") for node in heading.itersiblings("p")]
        update_id = stamp(at)
        stage = STAGES.get(status.lower(), Stage.UNKNOWN)
        body = "\n".join(told) or None
        updates.append(Update(update_id, stage, status, at, at, body=body))
    return facts, _staged(in_order(updates))


def _staged(updates: Iterable[Update]) -> tuple[Update, ...]:
    """Give an update that is only called one the stage of the update before it."""
    found: list[Update] = []
    for one in updates:
        if one.status.lower() == SAME_STAGE:
            before = found[-1].stage if found else Stage.INVESTIGATING
            one = replace(one, stage=before)
        found.append(one)
    return tuple(found)


def _closed(updates: tuple[Update, ...]) -> tuple[Update, ...]:
    """Let the last update of a post that is over end it, whatever it is headed."""
    if not updates or updates[-1].stage in CLOSED_STAGES:
        return updates
    return (*updates[:-1], replace(updates[-1], stage=Stage.RESOLVED))


def _merged(posts: Sequence[Post]) -> list[Incident]:
    """Make one incident of the items that share a guid: one for each of its services."""
    found: dict[str, Incident] = {}
    for post in posts:
        one = post.incident
        first = found.get(one.incident_id)
        if first is None:
            found[one.incident_id] = one
            continue
        named = dict.fromkeys((*first.component_ids, *one.component_ids))
        updates = {u.update_id: u for u in (*first.updates, *one.updates)}
        ends = (first.resolved_at, one.resolved_at)
        found[one.incident_id] = replace(
            first,
            component_ids=tuple(named),
            updates=in_order(updates.values()),
            started_at=min(filter(None, (first.started_at, one.started_at))),
            resolved_at=None if None in ends else max(filter(None, ends)),
        )
    return [*found.values()]


@dataclass(slots=True)
class _Outage:
    outage_id: str
    title: str
    start: datetime
    components: set[str]


def _with_outages(incidents: Sequence[Incident]) -> tuple[Incident, ...]:
    """Name the outage that each post tells of by the id of the first post on it."""
    outages: list[_Outage] = []
    named: dict[str, str] = {}
    dated = [(i.started_at, i.incident_id, i) for i in incidents if i.started_at is not None]
    for start, _, one in sorted(dated, key=lambda known: known[:2]):
        services = {*one.component_ids}
        same = [
            known
            for known in outages
            if known.title == one.title
            and start - known.start <= TOGETHER
            and not known.components & services
        ]
        outage = same[0] if same else _Outage(one.incident_id, one.title, start, set())
        if not same:
            outages.append(outage)
        outage.components |= services
        named[one.incident_id] = outage.outage_id
    return tuple(replace(one, outage_id=named.get(one.incident_id)) for one in incidents)


FORMS = (
    Form(
        "feed", FEED, _feed, media=Media.RSS, fits=lambda text: "AI System Status</title>" in text
    ),
)
SHAPES = (Shape("feed", CARRIED),)
PLATFORM = Platform(
    "xai_rss", 1, SHAPES, FORMS, SOURCES, impact_basis="incident", explicit_window=True
)
