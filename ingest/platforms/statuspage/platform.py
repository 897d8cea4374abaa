"""Atlassian Statuspage: how to read what its pages serve.

The documented v2 JSON comes first; where robots forbid ``/api/`` (status.claude.com does),
the Atom feed is the index and ``/incidents/<id>.json`` the detail. The list of 50 incidents
is ordered and cut by each row's newest update, so its horizon is the smallest of those.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from ingest.models import (
    ALWAYS,
    MISREADINGS,
    Capture,
    Component,
    Incident,
    Notice,
    Page,
    Parsed,
    PostedDay,
    PostedRatio,
    ReadError,
    ReadFailure,
    Shape,
)
from ingest.platforms import payload
from ingest.platforms.contract import Platform
from ingest.platforms.statuspage import feed, history_index, incident_json, routes, uptime

#: A list with fewer rows than this was not cut: it reaches back to the page's first post.
LIST_LENGTH = 50

EXACT = frozenset(
    {
        "title",
        "status",
        "impact",
        "created_at",
        "started_at",
        "monitoring_at",
        "resolved_at",
        "scheduled_start_at",
        "scheduled_end_at",
        "component_ids",
        "updates",
    }
)
SHAPES = (
    Shape("incident", EXACT),
    Shape("feed", frozenset({"title", "status", "updates"}), precision_s=60),
    Shape("index", frozenset({"title", "impact", "started_at", "resolved_at"}), precision_s=60),
    Shape("roster", EXACT),
    Shape("uptime", frozenset()),
)


def parse(capture: Capture, page: Page) -> Parsed:
    """Everything one body says. Raises ``ReadError`` only.

    The form of the body decides how it is read, not its address: imports and compatible
    hosts serve the same objects elsewhere.
    """
    body = payload.of(capture)
    try:
        if payload.is_markup(body):
            return _markup(body, page)
        return _document(payload.document(body), page)
    except MISREADINGS as error:
        raise ReadError(ReadFailure.SHAPE_CHANGED, f"{type(error).__name__}: {error}") from error


def _markup(body: bytes, page: Page) -> Parsed:
    text = payload.text(body)
    if payload.is_html(body):
        if "uptimeData" not in text:
            raise ReadError(ReadFailure.NOT_JSON, "HTML where data was expected")
        return _timelines(uptime.inside_page(text).values(), ())
    incidents, notices = feed.incidents(text.encode(), page.zone)
    ours = {urlsplit(url).hostname for url in (page.base_url, *page.alternates)}
    foreign = feed.hosts(incidents) - ours
    if incidents and foreign and len(foreign) == len(feed.hosts(incidents)):
        raise ReadError(ReadFailure.WRONG_PAGE, f"entries link to {', '.join(sorted(foreign))}")
    return _posts("feed", None, incidents, notices, horizon=_oldest(incidents))


def _document(data: Any, page: Page) -> Parsed:
    if not isinstance(data, dict):
        raise ReadError(ReadFailure.SHAPE_CHANGED, f"a {type(data).__name__}, not an object")
    if "lines" in data:
        return _history(data["lines"], int(data["broken"]), page)
    if "incident_updates" in data:
        return _detail(data, page)
    page_id = _page_id(data, page)
    if "incidents" in data or "scheduled_maintenances" in data:
        return _lists(data, page_id)
    if "components" in data and isinstance(data["components"], list):
        return _roster(data["components"], page_id)
    if "months" in data:
        return _months(data, page)
    if "timelines" in data:
        return _timelines(data["timelines"].values(), data.get("values") or ())
    if data and all(
        isinstance(v, dict) and {"component", "days"} <= v.keys() for v in data.values()
    ):
        return _timelines(data.values(), ())
    raise ReadError(ReadFailure.SHAPE_CHANGED, f"none of our keys among {sorted(data)[:6]}")


def _page_id(data: Mapping[str, Any], page: Page) -> str | None:
    if "page" not in data:
        return None
    about = data["page"]
    if not isinstance(about, dict) or not isinstance(about.get("id"), str):
        raise ReadError(ReadFailure.SHAPE_CHANGED, "page is not an object with an id")
    _same_page(about["id"], page)
    return str(about["id"])


def _same_page(page_id: str, page: Page) -> None:
    if page.page_id is not None and page_id != page.page_id:
        raise ReadError(ReadFailure.WRONG_PAGE, f"page {page_id}, expected {page.page_id}")


def _lists(data: Mapping[str, Any], page_id: str | None) -> Parsed:
    """Incidents and maintenances, with the roster where the document is a summary."""
    rows = [*_rows(data, "incidents"), *_rows(data, "scheduled_maintenances")]
    incidents, notices = incident_json.incidents(rows)
    summary = "components" in data and "status" in data
    if summary:
        roster, remarks = incident_json.components(_rows(data, "components"))
        parsed = _posts("roster", page_id, incidents, (*notices, *remarks), components=roster)
        return _with_roster(parsed)
    horizon = None
    if "incidents" in data and "scheduled_maintenances" not in data:
        horizon = _oldest(incidents) if len(rows) >= LIST_LENGTH else ALWAYS
    inside = incident_json.components_inside(rows)
    return _posts("incident", page_id, incidents, notices, horizon, inside)


def _history(rows: list[Any], broken: int, page: Page) -> Parsed:
    incidents, notices = incident_json.incidents(rows)
    for row in rows:
        if isinstance(row, dict) and isinstance(row.get("page_id"), str):
            _same_page(row["page_id"], page)
    if broken:
        notices = (*notices, Notice("rejected", "lines", f"{broken} lines are not JSON"))
    inside = incident_json.components_inside(rows)
    return _posts("incident", page.page_id, incidents, notices, _oldest(incidents), inside)


def _detail(data: Mapping[str, Any], page: Page) -> Parsed:
    if isinstance(data.get("page_id"), str):
        _same_page(data["page_id"], page)
    incidents, notices = incident_json.incidents([data])
    inside = incident_json.components_inside([data])
    return _posts("incident", data.get("page_id"), incidents, notices, None, inside)


def _roster(rows: list[Any], page_id: str | None) -> Parsed:
    components, notices = incident_json.components(rows)
    return _with_roster(_posts("roster", page_id, (), notices, components=components))


def _with_roster(parsed: Parsed) -> Parsed:
    return Parsed(
        shape="roster",
        page_id=parsed.page_id,
        roster=True,
        components=parsed.components,
        incidents=parsed.incidents,
        rejects=parsed.rejects,
        warnings=parsed.warnings,
    )


def _months(data: Mapping[str, Any], page: Page) -> Parsed:
    months = _rows(data, "months")
    if any("days" in month for month in months):
        code = str(data.get("id") or data.get("component", {}).get("code") or "")
        if not code:
            raise ReadError(ReadFailure.SHAPE_CHANGED, "uptime months name no component")
        days, ratios = uptime.months(code, months)
        return _uptime((), days, ratios)
    incidents, notices = history_index.incidents(months, page.zone)
    horizon, until = history_index.span(months, page.zone)
    return replace(_posts("index", None, incidents, notices, horizon), until=until)


def _timelines(rows: Iterable[Any], values: Iterable[Any]) -> Parsed:
    components, days = uptime.timelines(rows)
    return _uptime(components, days, uptime.showcase_ratios(values, days))


def _uptime(
    components: tuple[Component, ...],
    days: tuple[PostedDay, ...],
    ratios: tuple[PostedRatio, ...],
) -> Parsed:
    return Parsed("uptime", components=components, posted_days=days, posted_ratios=ratios)


def _rows(data: Mapping[str, Any], key: str) -> list[Any]:
    rows = data.get(key, [])
    if not isinstance(rows, list):
        raise ReadError(ReadFailure.SHAPE_CHANGED, f"{key} is not a list")
    return rows


def _oldest(incidents: Iterable[Incident]) -> datetime | None:
    return min((i.listed_at for i in incidents if i.listed_at is not None), default=None)


def _posts(
    shape: str,
    page_id: str | None,
    incidents: tuple[Incident, ...],
    notices: tuple[Notice, ...],
    horizon: datetime | None = None,
    components: tuple[Component, ...] = (),
) -> Parsed:
    rejects = tuple(n for n in notices if n.kind == "rejected")
    if rejects and not incidents and not components:
        raise ReadError(ReadFailure.PARSE, f"no record is readable; first: {rejects[0].reason}")
    return Parsed(
        shape=shape,
        page_id=page_id,
        horizon=horizon,
        components=components,
        incidents=incidents,
        rejects=rejects,
        warnings=tuple(n for n in notices if n.kind != "rejected"),
    )


def recognise(body: bytes) -> tuple[str, str]:
    """Shape and path of an imported body. Raises ``ReadError`` when it is none of ours."""
    if payload.is_markup(body):
        if payload.is_html(body):
            return "uptime", "/"
        return "feed", "/history.rss" if b"<rss" in body[:600].lower() else "/history.atom"
    head = body[:4096].decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    first = incident_json.first_key_after_page(head)
    if first in LIST_PATHS:
        return LIST_PATHS[first]
    return _recognise_whole(payload.document(body))


LIST_PATHS = {
    "incidents": ("incident", "/api/v2/incidents.json"),
    "scheduled_maintenances": ("incident", "/api/v2/scheduled-maintenances.json"),
}


def _id(data: Mapping[str, Any]) -> str:
    if not isinstance(data.get("id"), str):
        raise ReadError(ReadFailure.SHAPE_CHANGED, "a payload that does not say of what it is")
    return quote(data["id"], safe="")


def _tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _recognise_whole(data: Any) -> tuple[str, str]:
    keys = data.keys() if isinstance(data, dict) else ()
    if "lines" in keys:
        return "incident", "/history"
    if "incident_updates" in keys:
        return "incident", f"/incidents/{_id(data)}.json"
    if "components" in keys and "status" in keys:
        return "roster", "/api/v2/summary.json"
    for key, found in LIST_PATHS.items():
        if key in keys:
            return found
    if "components" in keys and isinstance(data["components"], list):
        return "roster", "/api/v2/components.json"
    if "months" in keys and _tables(data["months"]):
        if any("days" in month for month in data["months"]):
            return "uptime", f"/uptime/{_id(data)}.json"
        return "index", "/history.json"
    if "timelines" in keys:
        return "uptime", "/uptime_showcase"
    if keys and all(
        isinstance(v, dict) and {"component", "days"} <= v.keys() for v in data.values()
    ):
        return "uptime", "/"
    raise ReadError(ReadFailure.SHAPE_CHANGED, "this is no Statuspage payload")


PLATFORM = Platform(
    name="statuspage",
    version=1,
    shapes=SHAPES,
    sources=routes.sources,
    parse=parse,
    follow=routes.follow,
    recognise=recognise,
    indexes=frozenset({"incident", "feed", "index"}),
)
