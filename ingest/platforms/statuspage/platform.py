"""Atlassian Statuspage: the documents its pages serve, and how each is read.

The documented v2 JSON comes first; where robots forbid ``/api/`` (status.claude.com does),
the Atom feed is the index and ``/incidents/<id>.json`` the detail. The list of 50 incidents
is ordered and cut by each row's newest update, so its horizon is the smallest of those.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ingest.models import ALWAYS, Parsed, ReadError, ReadFailure
from ingest.platforms import payload
from ingest.platforms.contract import WINDOW, Platform
from ingest.platforms.fields import rows_of
from ingest.platforms.forms import Form, Origin
from ingest.platforms.identity import STATUSPAGE, own_document, same_host, same_page, stated_page_id
from ingest.platforms.incidents import oldest
from ingest.platforms.indicator import doubt_indicator
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Media, Raw
from ingest.platforms.records import refuse_lines
from ingest.platforms.statuspage import feed, history_index, incident_json, routes, uptime
from ingest.sources import Shape

#: A list with fewer rows than this was not cut: it reaches back to the page's first post.
LIST_LENGTH = 50

EXACT = WINDOW | {
    "title",
    "status",
    "impact",
    "created_at",
    "monitoring_at",
    "component_ids",
    "updates",
}
SHAPES = (
    Shape("incident", EXACT),
    Shape("feed", frozenset({"title", "status", "updates"}), precision_s=60),
    Shape("index", frozenset({"title", "impact", "started_at", "resolved_at"}), precision_s=60),
    Shape("roster", EXACT),
    Shape("uptime", frozenset()),
)


def _opened(body: bytes) -> tuple[Media, Any]:
    media, data = payload.opened(body)
    return media, own_document(data, STATUSPAGE)


def _feed(text: str, origin: Origin, notices: Notices) -> Parsed:
    incidents = feed.incidents(text, origin.page.zone, notices)
    same_host(incidents, origin.page)
    horizon = oldest(incidents)
    return Parsed("feed", horizon=horizon, incidents=incidents)


def _lists(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    """Read a list of posts; only one of incidents alone says what is not there."""
    page_id = stated_page_id(data, origin.page, STATUSPAGE)
    rows = [*_rows(data, "incidents"), *_rows(data, "scheduled_maintenances")]
    incidents = incident_json.incidents(rows, notices)
    horizon = None
    if "incidents" in data and "scheduled_maintenances" not in data:
        horizon = oldest(incidents) if len(rows) >= LIST_LENGTH else ALWAYS
    return Parsed(
        "incident",
        page_id=page_id,
        horizon=horizon,
        components=incident_json.components_inside(rows),
        incidents=incidents,
    )


def roster(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    """Read the components of a page, and the posts that a summary shows beside them."""
    page_id = stated_page_id(data, origin.page, STATUSPAGE)
    rows = [*_rows(data, "incidents"), *_rows(data, "scheduled_maintenances")]
    incidents = incident_json.incidents(rows, notices)
    components = incident_json.components(_rows(data, "components"), notices)
    doubt_indicator(data, components, incidents, notices)
    return Parsed(
        "roster", page_id=page_id, roster=True, components=components, incidents=incidents
    )


def _lines(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    rows = data["lines"]
    page_id = same_page(rows, "page_id", origin.page, STATUSPAGE)
    incidents = incident_json.incidents(rows, notices)
    if data["broken"]:
        refuse_lines(data["broken"], notices)
    return Parsed(
        "incident",
        page_id=page_id,
        horizon=oldest(incidents),
        components=incident_json.components_inside(rows),
        incidents=incidents,
    )


def _incident(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    page_id = same_page([data], "page_id", origin.page, STATUSPAGE)
    incidents = incident_json.incidents([data], notices)
    return Parsed(
        "incident",
        page_id=page_id,
        components=incident_json.components_inside([data]),
        incidents=incidents,
    )


def _index(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    incidents = history_index.incidents(data["months"], origin.page.zone, notices)
    horizon, until = history_index.span(data["months"], origin.page.zone)
    return Parsed("index", horizon=horizon, until=until, incidents=incidents)


def _uptime_months(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    code = str(data.get("id") or data.get("component", {}).get("code") or "")
    if not code:
        raise ReadError(ReadFailure.SHAPE_CHANGED, "uptime months name no component")
    days, ratios = uptime.months(code, data["months"], notices)
    return Parsed("uptime", posted_days=days, posted_ratios=ratios)


def _showcase(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    return _timelines(data["timelines"].values(), notices, data.get("values") or ())


def _bars(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    return _timelines(data.values(), notices)


def _front_page(text: str, origin: Origin, notices: Notices) -> Parsed:
    if "uptimeData" not in text:
        raise ReadError(ReadFailure.NOT_JSON, "HTML where data was expected")
    return _timelines(uptime.inside_page(text).values(), notices)


def _timelines(rows: Iterable[Any], notices: Notices, values: Iterable[Any] = ()) -> Parsed:
    components, days = uptime.timelines(rows, notices)
    ratios = uptime.showcase_ratios(values, days, notices)
    return Parsed("uptime", components=components, posted_days=days, posted_ratios=ratios)


def _rows(data: Raw, key: str) -> list[Any]:
    return rows_of(data, key) if key in data else []


def _has_months(data: Raw) -> bool:
    months = data["months"]
    return isinstance(months, list) and all(isinstance(month, dict) for month in months)


def _has_days(data: Raw) -> bool:
    return _has_months(data) and any("days" in month for month in data["months"])


def _is_own(data: Raw) -> bool:
    """Tell a list of ours from a document that shares a key with it."""
    return "page" in data or data.keys() <= OWN_KEYS


def _has_bars(data: Any) -> bool:
    return (
        isinstance(data, dict)
        and bool(data)
        and all(isinstance(v, dict) and {"component", "days"} <= v.keys() for v in data.values())
    )


OWN_KEYS = frozenset({"page", "status", "components", "incidents", "scheduled_maintenances"})
LISTS = {
    "incidents": "/api/v2/incidents.json",
    "scheduled_maintenances": "/api/v2/scheduled-maintenances.json",
}
SUMMARY = frozenset({"components", "status"})
FORMS = (
    Form("feed", "/history.rss", _feed, media=Media.RSS),
    Form("feed", "/history.atom", _feed, media=Media.ATOM),
    Form("uptime", "/", _front_page, media=Media.HTML),
    Form("incident", "/history", _lines, frozenset({"lines"})),
    Form("incident", "/incidents/{id}.json", _incident, frozenset({"incident_updates"})),
    Form("roster", "/api/v2/summary.json", roster, SUMMARY, _is_own),
    *(
        Form("incident", path, _lists, frozenset({key}), _is_own, leads=key)
        for key, path in LISTS.items()
    ),
    Form("uptime", "/uptime_showcase", _showcase, frozenset({"timelines"})),
    Form("roster", "/api/v2/components.json", roster, frozenset({"components"}), _is_own),
    Form("uptime", "/uptime/{id}.json", _uptime_months, frozenset({"months"}), _has_days),
    Form("index", "/history.json", _index, frozenset({"months"}), _has_months),
    Form("uptime", "/", _bars, fits=_has_bars),
)

PLATFORM = Platform(
    "statuspage",
    2,
    SHAPES,
    FORMS,
    routes.sources,
    opened=_opened,
    follow=routes.follow,
    indexes=frozenset({"incident", "feed", "index"}),
)
