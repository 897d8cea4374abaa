"""Volcengine's feed of one product in one region: an item is one update, without an id.

Items of one title within a day tell of one event, and all of them are marked as recovered
once it is over: the newest ended it. A region that does not exist is a channel without a
name, which is not one on which all is well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.models import (
    Component,
    Impact,
    Incident,
    Kind,
    Parsed,
    ReadError,
    ReadFailure,
    Stage,
    Update,
    labelled,
)
from ingest.platforms.contract import Platform, polled
from ingest.platforms.forms import Form, Origin
from ingest.platforms.incidents import oldest
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Item, Media, items
from ingest.platforms.records import read_items
from ingest.platforms.timestamps import feed_instant, stamp
from ingest.sources import Shape

FEED = "/rss/zh/cn-beijing/ModelArk"
CARRIED = frozenset({"title", "status", "created_at", "component_ids", "updates"})
OVER = re.compile(r"\s*[(（]已恢复[)）]\s*$")
#: ``Product(Region)服务状态``
CHANNEL = re.compile(r"(?P<product>.+?)[(（](?P<region>.+)[)）]服务状态")
TOGETHER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Told:
    """Hold an item as read."""

    title: str
    at: datetime
    over: bool
    body: str


#: The feed of the models' product in Beijing.
SOURCES = polled((FEED, "feed", 5))


def _feed(body: str, origin: Origin, notices: Notices) -> Parsed:
    title = body.partition("<title>")[2].partition("</title>")[0]
    named = CHANNEL.fullmatch(title)
    if named is None:
        raise ReadError(ReadFailure.SHAPE_CHANGED, "the channel names no product in a region")
    component = Component(labelled(title), named["product"].strip(), region=named["region"])
    told = read_items(items(body), _told, notices)
    incidents = tuple(_incident(chain, component.component_id) for chain in _chains(told))
    return Parsed("feed", horizon=oldest(incidents), components=(component,), incidents=incidents)


def _told(item: Item, notices: Notices) -> Told:
    title = OVER.sub("", item.title).strip()
    if not title:
        raise ValueError("title is missing")
    return Told(title, feed_instant(item.published), OVER.search(item.title) is not None, item.body)


def _chains(told: Sequence[Told]) -> list[list[Told]]:
    chains: list[list[Told]] = []
    running: dict[str, list[Told]] = {}
    for one in sorted(told, key=lambda item: item.at):
        chain = running.get(one.title)
        if chain is None or one.at - chain[-1].at > TOGETHER:
            chain = running[one.title] = []
            chains.append(chain)
        chain.append(one)
    return chains


def _incident(chain: Sequence[Told], component_id: str) -> Incident:
    first, last = chain[0], chain[-1]
    stage = Stage.RESOLVED if last.over else Stage.INVESTIGATING
    updates = tuple(
        Update(
            update_id=f"{stamp(one.at)}/{nr}",
            stage=stage if one is last else Stage.INVESTIGATING,
            status="已恢复" if one.over else "",
            created_at=one.at,
            display_at=one.at,
            body=one.body or None,
        )
        for nr, one in enumerate(chain)
    )
    return Incident(
        incident_id=f"{first.at:%Y%m%dT%H%M%SZ}-{labelled(first.title)}",
        kind=Kind.INCIDENT,
        title=first.title,
        status=updates[-1].status,
        stage=stage,
        impact=Impact.UNKNOWN,
        created_at=first.at,
        component_ids=(component_id,),
        updates=updates,
        listed_at=first.at,
    )


FORMS = (Form("feed", FEED, _feed, media=Media.RSS, fits=lambda text: "服务状态</title>" in text),)

PLATFORM = Platform("volcengine_rss", 1, (Shape("feed", CARRIED),), FORMS, SOURCES)
