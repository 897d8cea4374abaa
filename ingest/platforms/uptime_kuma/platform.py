"""Uptime Kuma pages, versions 1.23 to 2.5: ``/status/<slug>`` and the JSON behind it.

The page lists what is pinned and what maintenance runs; a post that is gone from it may be
over or unpinned, which only the history tells (from 2.1 on). What its monitors measured is no
post. Its server keeps every body for up to five minutes and does not say how old it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from ingest.models import ALWAYS, Component, Incident, Kind, Page, Parsed
from ingest.platforms.contract import INCIDENTS, Platform, source
from ingest.platforms.fields import objects, optional_text, rows_of, text
from ingest.platforms.forms import Form, Origin
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Media, Raw, items
from ingest.platforms.records import read_components, read_each, read_incidents, read_items
from ingest.platforms.uptime_kuma import measured, posted
from ingest.sources import Shape, Source

API, FOLDER = "/api/status-page", "/status/"
FEED = "/rss"
POSTED = frozenset(
    {"title", "status", "created_at", "resolved_at", "scheduled_start_at", "scheduled_end_at"}
    | {"updates"}
)
MEASURED = frozenset({"title", "status", "started_at", "resolved_at", "component_ids", "impacts"})
SHAPES = (
    Shape("history", POSTED, precision_s=1),
    Shape("page", POSTED, precision_s=1),
    Shape("heartbeat", MEASURED),
    Shape("feed", MEASURED - {"resolved_at"} | {"updates"}),
)


def sources(page: Page) -> Sequence[Source]:
    """Return the page, its history and its beats; the feed where there are no beats."""
    host, _, slug = page.base_url.partition(FOLDER)
    own = f"{host}{API}/{slug}"
    feed = source(page, FEED, "feed", 5)
    return (
        source(page, own, "page", 5),
        source(page, f"{own}/incident-history", "history", 5),
        source(page, f"{host}{API}/heartbeat/{slug}", "heartbeat", 5, (feed,)),
    )


def _page(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    rows = data["incidents"] if "incidents" in data else [data["incident"]]
    told = (row for row in rows if row is not None)
    found = read_incidents(told, posted.post, notices, posted.is_over)
    planned = read_each(
        rows_of(data, "maintenanceList"),
        lambda row, to: [*posted.maintenances(row, origin.at, to)],
        notices,
        "m",
        notices.lost,
    )
    groups = objects(rows_of(data, "publicGroupList"))
    components = tuple(
        one
        for group in groups
        for one in read_components(
            group.get("monitorList") or (), partial(_monitor, group), notices
        )
    )
    return Parsed(
        "page",
        page_id=optional_text(data["config"], "slug"),
        roster=True,
        components=components,
        incidents=(*found, *(run for runs in planned for run in runs)),
    )


def _monitor(group: Raw, row: Raw, notices: Notices) -> Component:
    name = optional_text(group, "name")
    return Component(str(int(row["id"])), text(row, "name"), group=name)


def _history(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    found = read_incidents(rows_of(data, "incidents"), posted.post, notices, posted.is_over)
    # A part of the history is cut by when posts were written, and says nothing of the rest.
    horizon = None if data["hasMore"] else ALWAYS
    return Parsed("history", horizon=horizon, incidents=found)


def _heartbeat(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    lists = data["heartbeatList"]
    if not lists:
        raise ValueError("no monitor has a beat: the page may not exist")
    rows = ({"id": monitor, "beats": beats} for monitor, beats in lists.items())
    now = origin.at
    found = read_components(rows, lambda row, to: _beats(row, now, to), notices)
    return Parsed(
        "heartbeat",
        components=tuple(component for component, _ in found),
        incidents=tuple(one for _, outages in found for one in outages),
    )


def _beats(row: Raw, now: datetime, notices: Notices) -> tuple[Component, list[Incident]]:
    monitor, beats = text(row, "id"), rows_of(row, "beats")
    state = measured.component(monitor, beats, now, notices)
    return state, measured.outages(monitor, beats, notices)


def _feed(body: str, origin: Origin, notices: Notices) -> Parsed:
    read = read_items(items(body), measured.item, notices)
    components = {one.component_id: one for _, one in read if one is not None}
    return Parsed(
        "feed",
        components=tuple(components.values()),
        incidents=tuple(incident for incident, _ in read),
    )


def _is_kuma(body: str) -> bool:
    return "jpmonette/feed" in body and FOLDER in body.partition("<item>")[0]


def _has_beats(data: Any) -> bool:
    return isinstance(data["heartbeatList"], dict)


PAGE_KEYS = frozenset({"config", "publicGroupList", "maintenanceList"})
FORMS = (
    Form("page", API, _page, PAGE_KEYS),
    Form("history", f"{API}/incident-history", _history, frozenset({"incidents", "hasMore"})),
    Form("heartbeat", f"{API}/heartbeat", _heartbeat, frozenset({"heartbeatList"}), _has_beats),
    Form("feed", FEED, _feed, media=Media.RSS, fits=_is_kuma),
)

PLATFORM = Platform(
    "uptime_kuma",
    1,
    SHAPES,
    FORMS,
    sources,
    active_only={"page": frozenset({Kind.MAINTENANCE}), "feed": INCIDENTS},
    measures=True,
    present=frozenset({"heartbeat"}),
)
