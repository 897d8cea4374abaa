"""Azure's status feed: the events in progress, and nothing of what is over.

An empty channel is the normal state. No end is ever given: an event that is gone from the
next capture is over. The categories of an item are its services and regions, in any order.
When an event began stands in its prose, in words that are always the same. What is targeted
at single customers is not in it at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from ingest.models import Component, Incident, Page, Parsed, labelled
from ingest.platforms.azure.regions import REGIONS
from ingest.platforms.contract import INCIDENTS, Platform, source
from ingest.platforms.forms import Form, Origin
from ingest.platforms.incidents import unstaged
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Item, Media, items
from ingest.platforms.records import read_items
from ingest.platforms.timestamps import feed_instant
from ingest.sources import Shape, Source

FEED = "/feed/"
ADDRESS = "https://azure.status.microsoft/en-us/status/feed/"
BEHIND = "https://rssfeed.azure.status.microsoft/en-us/status/feed/"
CARRIED = frozenset({"title", "created_at", "started_at", "component_ids", "updates"})
#: ``Starting at 22:07 UTC on 14 Sep 2026``, or with the month's whole name and a comma.
ONSET = re.compile(r"\bStarting at (\d{1,2}:\d\d) UTC on (\d{1,2}) ([A-Z][a-z]{2})[a-z]*,? (\d{4})")


def sources(page: Page) -> Sequence[Source]:
    """Return the feed; where it redirects to only where it is not to be had itself."""
    return (source(page, ADDRESS, "active", 5, (source(page, BEHIND, "active", 5),)),)


def _feed(text: str, origin: Origin, notices: Notices) -> Parsed:
    incidents = read_items(items(text), _incident, notices)
    components = {one.component_id: one for item in items(text) for one in _components(item)}
    return Parsed(
        "active", components=tuple(components.values()) if incidents else (), incidents=incidents
    )


def _incident(item: Item, notices: Notices) -> Incident:
    if not item.guid or not item.title:
        raise ValueError("guid or title is missing")
    posted_at = feed_instant(item.published)
    return replace(
        unstaged(item.guid, item, posted_at),
        created_at=posted_at,
        started_at=_onset(item.body, posted_at),
        component_ids=tuple(one.component_id for one in _components(item)),
    )


def _onset(body: str, posted_at: datetime) -> datetime | None:
    """Return when an event began by its prose, if that is before its post."""
    said = ONSET.search(body)
    if said is None:
        return None
    clock, day, month, year = said.groups()
    begun = datetime.strptime(f"{year} {month} {day} {clock}", "%Y %b %d %H:%M")
    begun_at = begun.replace(tzinfo=UTC)
    return begun_at if begun_at <= posted_at else None


def _components(item: Item) -> tuple[Component, ...]:
    """Return each service of an item in each of its regions."""
    named = [one for one in item.categories if one]
    services = [one for one in named if one not in REGIONS]
    regions: list[str | None] = [one for one in named if one in REGIONS]
    return tuple(
        Component(labelled(f"{service} - {region}" if region else service), service, region=region)
        for service in services
        for region in regions or [None]
    )


FORMS = (
    Form("active", FEED, _feed, media=Media.RSS, fits=lambda text: "<title>Azure Status<" in text),
)
SHAPES = (Shape("active", CARRIED),)
PLATFORM = Platform(
    "azure", 1, SHAPES, FORMS, sources, active_only={"active": INCIDENTS}, onset_stated=True
)
