"""incident.io: how to read what its pages serve.

The compatible ``/api/v2`` lists come first: 25 incidents, ordered and cut by each row's newest
update. They name no components; the feed does, without ids. Only the data the page itself is
drawn from (``/proxy/<host>``, undocumented) says which component was in which state when; it
is read where the registry says ``page_data``, in windows of 30 days. Posts have one ULID on
all three, by which they are one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
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
    PostedRatio,
    ReadError,
    ReadFailure,
    Shape,
)
from ingest.platforms import payload
from ingest.platforms.contract import Platform
from ingest.platforms.incident_io import compatible_json, feed, native_json, routes, web_page
from ingest.platforms.incident_io.compatible_json import Raw, defined, read_each, rows_of

#: A compatible list with fewer rows than this was not cut.
LIST_LENGTH = 25
#: Lists of whole posts in the page's own data.
POSTS = ("incidents", "ongoing_incidents", "scheduled_maintenances")
#: What stands beside a list of the page's own data; of anything else it may be but a part.
OWN_KEYS = frozenset(
    {
        *("incidents", "scheduledMaintenances", "dataAvailableSinceRaw", "summary"),
        *("component_impacts", "component_uptimes", "incident_links"),
    }
)

SHAPES = (
    Shape(
        "native",
        frozenset({"title", "status", "created_at", "component_ids", "impacts", "updates"}),
    ),
    Shape("impacts", frozenset({"title", "status", "created_at", "impacts"})),
    Shape(
        "incident",
        frozenset({"title", "status", "impact", "created_at", "resolved_at", "updates"}),
        precision_s=1,
    ),
    Shape(
        "feed",
        frozenset({"title", "status", "created_at", "resolved_at", "component_ids"}),
        precision_s=1,
    ),
    Shape("roster", frozenset()),
    # A part of the components, another part each time, and the open incidents.
    Shape(
        "summary",
        frozenset({"title", "status", "impact", "created_at", "updates"}),
        precision_s=1,
    ),
)


def parse(capture: Capture, page: Page) -> Parsed:
    """Everything one body says. Raises ``ReadError`` only.

    The form of the body decides how it is read, not its address; only HTML must come from
    where the page itself is, since anywhere else it stands for an error.
    """
    body = payload.of(capture)
    try:
        if payload.is_markup(body):
            return _markup(body, capture, page)
        data = defined(payload.document(body))
        return FORMS[_form(data, capture.url)].read(data, capture, page)
    except MISREADINGS as error:
        raise ReadError(ReadFailure.SHAPE_CHANGED, f"{type(error).__name__}: {error}") from error


def _markup(body: bytes, capture: Capture, page: Page) -> Parsed:
    text = payload.text(body)
    if payload.is_html(body):
        if capture.url.rstrip("/") != page.base_url or not web_page.is_page(text):
            raise ReadError(ReadFailure.NOT_JSON, "HTML where data was expected")
        return _page(defined(web_page.data(text)), page)
    is_atom, incidents, notices = feed.incidents(text.encode())
    ours = {urlsplit(url).hostname for url in (page.base_url, *page.alternates)}
    theirs = feed.hosts(incidents)
    if theirs and not theirs & ours:
        raise ReadError(ReadFailure.WRONG_PAGE, f"entries link to {', '.join(sorted(theirs))}")
    horizon = _oldest(incidents) if is_atom else None
    return _parsed("feed", notices, incidents=incidents, horizon=horizon)


def _form(data: Any, url: str = "") -> str:
    """Which of ``FORMS`` a document has."""
    if not isinstance(data, dict):
        raise ReadError(ReadFailure.SHAPE_CHANGED, f"a {type(data).__name__}, not an object")
    keys = data.keys()
    if "lines" in keys:
        return "lines"
    if "incident_updates" in keys:
        return "incident"
    if "incident" in keys or native_json.is_whole(data):
        return "own incident"
    if "component_impacts" in keys:
        return "own impacts"
    if "summary" in keys or "structure" in keys or {"items", "status_page_id"} <= keys:
        return "own structure"
    if "components" in keys:
        return "summary" if "status" in keys else "components"
    if "incidents" in keys:
        own = "/proxy/" in url or any("published_at" in row for row in rows_of(data, "incidents"))
        return "own incidents" if own else "incidents"
    raise ReadError(ReadFailure.SHAPE_CHANGED, f"none of our keys among {sorted(data)[:6]}")


def _lines(data: Raw, capture: Capture, page: Page) -> Parsed:
    """Single incidents: together they vouch for nothing but themselves."""
    _same_page(data["lines"], "page_id", page)
    notices: list[Notice] = []
    incidents = read_each(data["lines"], compatible_json.incident, notices)
    if data["broken"]:
        notices.append(Notice("rejected", "lines", f"{data['broken']} lines are not JSON"))
    return _parsed("incident", notices, incidents=incidents)


def _incident(data: Raw, capture: Capture, page: Page) -> Parsed:
    return _lines({"lines": [data], "broken": 0}, capture, page)


def _incidents(data: Raw, capture: Capture, page: Page) -> Parsed:
    page_id = _page_id(data, page)
    rows = rows_of(data, "incidents")
    _same_page(rows, "page_id", page)
    notices: list[Notice] = []
    incidents = read_each(rows, compatible_json.incident, notices)
    horizon = _oldest(incidents) if len(rows) >= LIST_LENGTH else ALWAYS
    return _parsed("incident", notices, page_id, horizon=horizon, incidents=incidents)


def _summary(data: Raw, capture: Capture, page: Page) -> Parsed:
    page_id = _page_id(data, page)
    notices: list[Notice] = []
    components = read_each(rows_of(data, "components"), compatible_json.component, notices)
    incidents = read_each(data.get("incidents") or (), compatible_json.incident, notices)
    return _parsed("summary", notices, page_id, components=components, incidents=incidents)


def _components(data: Raw, capture: Capture, page: Page) -> Parsed:
    page_id = _page_id(data, page)
    notices: list[Notice] = []
    components = read_each(rows_of(data, "components"), compatible_json.component, notices)
    return _parsed("roster", notices, page_id, components=components, roster=True)


def _own_incident(data: Raw, capture: Capture, page: Page) -> Parsed:
    row = data.get("incident", data)
    _same_page([row], "status_page_id", page)
    notices: list[Notice] = []
    incidents = read_each([row], native_json.incident, notices)
    return _parsed("native", notices, incidents=incidents)


def _own_incidents(data: Raw, capture: Capture, page: Page) -> Parsed:
    rows = rows_of(data, "incidents")
    _same_page(rows, "status_page_id", page)
    notices: list[Notice] = []
    incidents = read_each(rows, native_json.incident, notices)
    window, cut = routes.asked(capture.url), _goes_on(data, notices)
    if window is None or cut:
        return _parsed("native", notices, incidents=incidents)
    until = window.end if window.end <= capture.captured_at else None
    return _parsed("native", notices, horizon=window.start, until=until, incidents=incidents)


def _own_impacts(data: Raw, capture: Capture, page: Page) -> Parsed:
    """Impacts by post. Posts without any are not listed, so absence from here says nothing."""
    notices: list[Notice] = []
    links, impacts = rows_of(data, "incident_links"), rows_of(data, "component_impacts")
    incidents = native_json.linked(links, impacts, notices)
    _goes_on(data, notices)
    window = routes.asked(capture.url)
    uptimes = data.get("component_uptimes") or ()
    ratios = native_json.ratios(uptimes, window, capture.captured_at, notices)
    return _parsed("impacts", notices, incidents=incidents, ratios=ratios)


def _own_structure(data: Raw, capture: Capture, page: Page) -> Parsed:
    summary = data.get("summary", data)
    return _page({**summary, "structure": summary.get("structure", summary)}, page)


def _page(data: Raw, page: Page) -> Parsed:
    """What a page is drawn from: its structure, its whole posts, impacts of these and others.

    Where impacts belong to posts that are not shown whole, the whole ones too count by what
    impacts say of them: the updates of recent posts are to be had elsewhere.
    """
    if not data:
        raise ReadError(ReadFailure.SHAPE_CHANGED, "the page holds none of the data we know")
    notices: list[Notice] = []
    structure = data.get("structure", {})
    if structure:
        _same_page([structure], "status_page_id", page)
    components = native_json.structure(structure.get("items", ()), notices)
    rows = [row for key in POSTS for row in data.get(key, ()) if native_json.is_whole(row)]
    _same_page(rows, "status_page_id", page)
    posts = {one.incident_id: one for one in read_each(rows, native_json.incident, notices)}
    links, impacts = data.get("incident_links", ()), data.get("component_impacts", ())
    linked = {one.incident_id: one for one in native_json.linked(links, impacts, notices)}
    shape = "impacts" if linked.keys() - posts.keys() else "native" if posts else "roster"
    incidents = tuple({**linked, **posts}.values())
    return _parsed(
        shape, notices, components=components, roster=bool(components), incidents=incidents
    )


def _page_id(data: Raw, page: Page) -> str | None:
    if "page" not in data:
        return None
    about = data["page"]
    if not isinstance(about, dict) or not isinstance(about.get("id"), str):
        raise ReadError(ReadFailure.SHAPE_CHANGED, "page is not an object with an id")
    _same_page([about], "id", page)
    return str(about["id"])


def _same_page(rows: Iterable[Any], key: str, page: Page) -> None:
    theirs = {row[key] for row in rows if isinstance(row, dict) and isinstance(row.get(key), str)}
    if page.page_id is not None and theirs - {page.page_id}:
        foreign = ", ".join(sorted(theirs - {page.page_id}))
        raise ReadError(ReadFailure.WRONG_PAGE, f"page {foreign}, expected {page.page_id}")


def _goes_on(data: Raw, notices: list[Notice]) -> bool:
    """Whether a list of the page's own data may be one part of a longer one."""
    unknown = sorted(key for key, value in data.items() if key not in OWN_KEYS and value)
    if unknown:
        reason = f"{', '.join(unknown)}: unknown beside the list, which may go on elsewhere"
        notices.append(Notice("pagination", "list", reason))
    return bool(unknown)


def _oldest(incidents: Iterable[Incident]) -> datetime | None:
    return min((i.listed_at for i in incidents if i.listed_at is not None), default=None)


def _parsed(
    shape: str,
    notices: Iterable[Notice],
    page_id: str | None = None,
    *,
    horizon: datetime | None = None,
    until: datetime | None = None,
    roster: bool = False,
    components: tuple[Component, ...] = (),
    incidents: tuple[Incident, ...] = (),
    ratios: tuple[PostedRatio, ...] = (),
) -> Parsed:
    rejects = tuple(n for n in notices if n.kind == "rejected")
    if rejects and not incidents and not components:
        raise ReadError(ReadFailure.PARSE, f"no record is readable; first: {rejects[0].reason}")
    return Parsed(
        shape=shape,
        page_id=page_id,
        horizon=horizon,
        until=until,
        # A roster of which a part cannot be read is not the whole of it.
        roster=roster and not rejects,
        components=components,
        incidents=incidents,
        posted_ratios=ratios,
        rejects=rejects,
        warnings=tuple(n for n in notices if n.kind != "rejected"),
    )


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of document: the shape and path of its source, and how it is read."""

    shape: str
    path: str
    read: Callable[[Raw, Capture, Page], Parsed]


FORMS = {
    "incidents": Form("incident", "/api/v2/incidents.json", _incidents),
    "incident": Form("incident", "/incidents/{id}", _incident),
    "lines": Form("incident", "/history", _lines),
    "summary": Form("summary", "/api/v2/summary.json", _summary),
    "components": Form("roster", "/api/v2/components.json", _components),
    "own incidents": Form("native", "/", _own_incidents),
    "own incident": Form("native", "/incidents/{id}", _own_incident),
    "own impacts": Form("impacts", "/", _own_impacts),
    "own structure": Form("roster", "/", _own_structure),
}


def recognise(body: bytes) -> tuple[str, str]:
    """Shape and path of an imported body. Raises ``ReadError`` when it is none of ours.

    The page's own data is taken as part of the page: which request brought it is not known.
    """
    if payload.is_markup(body):
        if payload.is_html(body):
            return "native", "/"
        return "feed", "/feed.rss" if b"<rss" in body[:600].lower() else "/feed.atom"
    data = payload.document(body)
    try:
        form = FORMS[_form(data)]
        if "{id}" not in form.path:
            return form.shape, form.path
        return form.shape, form.path.format(id=quote(data.get("incident", data)["id"], safe=""))
    except MISREADINGS as error:
        raise ReadError(
            ReadFailure.SHAPE_CHANGED, f"this is no incident.io payload: {error}"
        ) from error


PLATFORM = Platform(
    name="incident_io",
    version=1,
    shapes=SHAPES,
    sources=routes.sources,
    parse=parse,
    follow=routes.follow,
    recognise=recognise,
    indexes=frozenset({"roster"}),
)
