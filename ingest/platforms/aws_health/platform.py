"""AWS: the events of its health page, its feeds of updates, and the document before 2022.

``currentevents`` shows what goes on and what has just ended, in UTF-16; what is gone from it is
over. Where it is not to be had, the feed of the newest 50 updates is read: its items have no
event, so the two are never read side by side. A service in a region is a component.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from ingest.models import Component, Incident, Page, Parsed
from ingest.platforms.aws_health import events, feed, legacy
from ingest.platforms.aws_health.services import component
from ingest.platforms.contract import INCIDENTS, Platform, source
from ingest.platforms.fields import objects, rows_of
from ingest.platforms.forms import Form, Origin
from ingest.platforms.incidents import oldest
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Media, Raw, items
from ingest.platforms.records import by_nothing, read_incidents, read_items
from ingest.sources import Shape, Source

CURRENT = "https://health.aws.amazon.com/public/currentevents"
ALL = "https://status.aws.amazon.com/rss/all.rss"
CARRIED = frozenset(
    {"title", "status", "created_at", "resolved_at", "component_ids", "impacts", "updates"}
)
SHAPES = (
    Shape("events", CARRIED - {"created_at"} | {"started_at"}),
    Shape("current", CARRIED),
    Shape("history", CARRIED),
    Shape("legacy", CARRIED, precision_s=60),
    Shape("feed", CARRIED),
)


def sources(page: Page) -> Sequence[Source]:
    """Return the events of the health page; the feed only in their stead."""
    return (source(page, CURRENT, "current", 5, (source(page, ALL, "feed", 5),)),)


def _current(rows: list[Any], origin: Origin, notices: Notices) -> Parsed:
    return _events("current", rows, notices)


def _listed(rows: list[Any], origin: Origin, notices: Notices) -> Parsed:
    return _events("events", rows, notices)


def _history(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    return _events("history", [row for rows in data.values() for row in rows], notices)


def _events(shape: str, rows: list[Any], notices: Notices) -> Parsed:
    found = read_incidents(rows, events.incident, notices, events.is_over, events.known_id)
    named = _each_once(one for row in rows for one in events.components(row))
    horizon = None if shape == "current" else oldest(found)
    return Parsed(
        shape,
        horizon=horizon,
        components=named if found else (),
        incidents=tuple({one.incident_id: one for one in found}.values()),
    )


def _feed(text: str, origin: Origin, notices: Notices) -> Parsed:
    # An item is an update, so a refused one may have told of anything that goes on.
    told = read_items(items(text), feed.told, notices)
    found = feed.incidents(told, notices)
    keys = sorted({one.key for one in told})
    title = text.partition("<title>")[2].partition("</title>")[0]
    name = title.removeprefix("<![CDATA[").removesuffix("]]>").removesuffix(" Service Status")
    return Parsed(
        "feed",
        horizon=oldest(found),
        components=_each_once(component(key, name if len(keys) == 1 else None) for key in keys),
        incidents=found,
    )


def _legacy(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    rows = rows_of(data, "archive"), rows_of(data, "current")
    found: list[Incident] = []
    for archived, listed in zip((True, False), rows, strict=True):
        read = partial(legacy.incident, archived=archived)
        over = partial(legacy.is_over, archived=archived)
        found.extend(read_incidents(listed, read, notices, over, by_nothing))
    named = (
        component(row["service"], row.get("service_name"))
        for row in objects([*rows[0], *rows[1]])
        if isinstance(row.get("service"), str)
    )
    return Parsed(
        "legacy",
        horizon=oldest(found),
        components=_each_once(named) if found else (),
        incidents=tuple({one.incident_id: one for one in found}.values()),
    )


def _each_once(components: Iterable[Component]) -> tuple[Component, ...]:
    return tuple({one.component_id: one for one in components}.values())


def _has(*keys: str) -> Any:
    """Return whether a list holds an object with some keys."""

    def fits(rows: Any) -> bool:
        return isinstance(rows, list) and any(set(keys) <= row.keys() for row in objects(rows))

    return fits


def _by_service(data: Any) -> bool:
    return (
        isinstance(data, dict)
        and all(isinstance(rows, list) for rows in data.values())
        and any(_has("arn", "date")(rows) for rows in data.values())
    )


FORMS = (
    Form("feed", "/rss/all.rss", _feed, media=Media.RSS, fits=lambda text: "status.aws." in text),
    Form("legacy", "/data.json", _legacy, frozenset({"archive", "current"})),
    Form("events", "/public/events", _listed, fits=_has("startTime", "typeCode")),
    Form("current", "/public/currentevents", _current, fits=_has("arn", "date", "event_log")),
    Form("history", "/historyevents.json", _history, fits=_by_service),
    # Nothing goes on; an empty list does not say whose it is.
    Form("current", None, _current, fits=lambda data: isinstance(data, list)),
)

PLATFORM = Platform(
    "aws_health",
    2,
    SHAPES,
    FORMS,
    sources,
    explicit_window=True,
    active_only={"current": INCIDENTS},
)
