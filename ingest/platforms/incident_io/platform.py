"""incident.io: the documents its pages serve, and how each is read.

The compatible ``/api/v2`` lists come first: 25 incidents, ordered and cut by each row's newest
update. They name no components; the feed does, without ids. Only the data the page itself is
drawn from (``/proxy/<host>``, undocumented) says which component was in which state when; it
is read where the registry says ``page_data``, in windows of 30 days. Posts have one ULID on
all three, by which they are one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ingest.models import ALWAYS, Page, Parsed, ReadError, ReadFailure
from ingest.platforms import payload
from ingest.platforms.contract import Platform
from ingest.platforms.fields import rows_of
from ingest.platforms.forms import Form, Origin
from ingest.platforms.identity import (
    INCIDENT_IO,
    own_document,
    same_host,
    same_page,
    stated_page_id,
)
from ingest.platforms.incident_io import compatible_json, feed, native_json, routes, web_page
from ingest.platforms.incident_io.compatible_json import defined
from ingest.platforms.incidents import oldest, parts_of
from ingest.platforms.indicator import doubt_indicator
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Media, Raw
from ingest.platforms.records import read_components, refuse_lines
from ingest.sources import Shape

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
        "summary", frozenset({"title", "status", "impact", "created_at", "updates"}), precision_s=1
    ),
)


def _opened(body: bytes) -> tuple[Media, Any]:
    media, data = payload.opened(body)
    return media, defined(own_document(data, INCIDENT_IO))


def _atom(text: str, origin: Origin, notices: Notices) -> Parsed:
    """Read an Atom feed: it alone is known to be cut by the time its entries bear.

    RSS has the time of the latest state on some pages and that of the post on others.
    """
    incidents = feed.incidents(text, notices)
    same_host(incidents, origin.page)
    horizon = oldest(incidents)
    return Parsed("feed", horizon=horizon, incidents=incidents)


def _rss(text: str, origin: Origin, notices: Notices) -> Parsed:
    return replace(_atom(text, origin, notices), horizon=None)


def _html(text: str, origin: Origin, notices: Notices) -> Parsed:
    """Read the page itself; HTML from anywhere else stands for an error."""
    if origin.url.rstrip("/") != origin.page.base_url or not web_page.is_page(text):
        raise ReadError(ReadFailure.NOT_JSON, "HTML where data was expected")
    return _page(defined(web_page.data(text)), origin.page, notices)


def _lines(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    """Read single incidents: together they cover nothing but themselves."""
    page_id = same_page(data["lines"], "page_id", origin.page, INCIDENT_IO)
    incidents = compatible_json.incidents(data["lines"], notices)
    if data["broken"]:
        refuse_lines(data["broken"], notices)
    return Parsed("incident", page_id, incidents=incidents)


def _incident(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    return _lines({"lines": [data], "broken": 0}, origin, notices)


def _incidents(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    if "/proxy/" in origin.url:  # only its address tells an empty list of the page's own data
        return _own_incidents(data, origin, notices)
    page_id = stated_page_id(data, origin.page, INCIDENT_IO)
    rows = rows_of(data, "incidents")
    page_id = same_page(rows, "page_id", origin.page, INCIDENT_IO) or page_id
    incidents = compatible_json.incidents(rows, notices)
    horizon = oldest(incidents) if len(rows) >= LIST_LENGTH else ALWAYS
    return Parsed("incident", page_id=page_id, horizon=horizon, incidents=incidents)


def _summary(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    page_id = stated_page_id(data, origin.page, INCIDENT_IO)
    components = read_components(rows_of(data, "components"), compatible_json.component, notices)
    rows = parts_of(data, "incidents", "summary", notices)
    incidents = compatible_json.incidents(rows, notices)
    doubt_indicator(data, components, incidents, notices)
    return Parsed("summary", page_id=page_id, components=components, incidents=incidents)


def _components(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    page_id = stated_page_id(data, origin.page, INCIDENT_IO)
    components = read_components(rows_of(data, "components"), compatible_json.component, notices)
    return Parsed("roster", page_id=page_id, components=components, roster=True)


def _own_incident(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    row = data.get("incident", data)
    page_id = same_page([row], "status_page_id", origin.page, INCIDENT_IO)
    incidents = native_json.incidents([row], notices)
    return Parsed("native", page_id, incidents=incidents)


def _own_incidents(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    rows = rows_of(data, "incidents")
    page_id = same_page(rows, "status_page_id", origin.page, INCIDENT_IO)
    incidents = native_json.incidents(rows, notices)
    window, cut = routes.asked(origin.url), _goes_on(data, notices)
    if window is None or cut:
        return Parsed("native", page_id, incidents=incidents)
    until = window.end if window.end <= origin.at else None
    return Parsed("native", page_id, window.start, until, incidents=incidents)


def _own_impacts(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    """Read impacts by incident; absence says nothing, as not all have impacts."""
    links, impacts = rows_of(data, "incident_links"), rows_of(data, "component_impacts")
    incidents = native_json.linked(links, impacts, notices)
    _goes_on(data, notices)
    window = routes.asked(origin.url)
    uptimes = data.get("component_uptimes") or ()
    ratios = native_json.ratios(uptimes, window, origin.at, notices)
    return Parsed("impacts", incidents=incidents, posted_ratios=ratios)


def _own_structure(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    summary = data.get("summary", data)
    return _page({**summary, "structure": summary.get("structure", summary)}, origin.page, notices)


def _page(data: Raw, page: Page, notices: Notices) -> Parsed:
    """Read a page's structure, its whole incidents, impacts of these and others.

    Where impacts belong to posts that are not shown whole, the whole ones too count by what
    impacts say of them: the updates of recent posts are to be had elsewhere.
    """
    if not data:
        raise ReadError(ReadFailure.SHAPE_CHANGED, "the page holds none of the data we know")
    structure = data.get("structure", {})
    page_id = same_page([structure], "status_page_id", page, INCIDENT_IO)
    components = native_json.structure(structure.get("items", ()), notices)
    rows = [row for key in POSTS for row in data.get(key, ()) if native_json.is_whole(row)]
    page_id = same_page(rows, "status_page_id", page, INCIDENT_IO) or page_id
    posts = {one.incident_id: one for one in native_json.incidents(rows, notices)}
    links, impacts = data.get("incident_links", ()), data.get("component_impacts", ())
    linked = {one.incident_id: one for one in native_json.linked(links, impacts, notices)}
    shape = "impacts" if linked.keys() - posts.keys() else "native" if posts else "roster"
    incidents = tuple({**linked, **posts}.values())
    return Parsed(
        shape, page_id, components=components, roster=bool(components), incidents=incidents
    )


def _goes_on(data: Raw, notices: Notices) -> bool:
    """Tell a list of the page's own data that may be a part of a longer one."""
    unknown = sorted(key for key, value in data.items() if key not in OWN_KEYS and value)
    if unknown:
        reason = f"{', '.join(unknown)}: unknown beside the list, which may go on elsewhere"
        notices.warn("pagination", "list", reason)
    return bool(unknown)


def _is_own(data: Raw) -> bool:
    return isinstance(data, dict) and ("incident" in data or native_json.is_whole(data))


def _has_own_posts(data: Raw) -> bool:
    return any("published_at" in row for row in rows_of(data, "incidents"))


def _has_structure(data: Raw) -> bool:
    """Tell the page's own summary from any other document of that name."""
    summary = data.get("summary", data)
    return isinstance(summary, dict) and isinstance(summary.get("structure"), dict)


FORMS = (
    Form("feed", "/feed.rss", _rss, media=Media.RSS),
    Form("feed", "/feed.atom", _atom, media=Media.ATOM),
    Form("native", "/", _html, media=Media.HTML),
    Form("incident", "/history", _lines, frozenset({"lines"})),
    Form("incident", "/incidents/{id}", _incident, frozenset({"incident_updates"})),
    Form("native", "/incidents/{id}", _own_incident, fits=_is_own),
    Form("impacts", "/", _own_impacts, frozenset({"component_impacts"})),
    Form("roster", "/", _own_structure, frozenset({"summary"}), _has_structure),
    Form("roster", "/", _own_structure, frozenset({"structure"}), _has_structure),
    Form("roster", "/", _own_structure, frozenset({"items", "status_page_id"})),
    Form("summary", "/api/v2/summary.json", _summary, frozenset({"components", "status"})),
    Form("roster", "/api/v2/components.json", _components, frozenset({"components"})),
    Form("native", "/", _own_incidents, frozenset({"incidents"}), _has_own_posts),
    Form("incident", "/api/v2/incidents.json", _incidents, frozenset({"incidents"})),
)

PLATFORM = Platform(
    "incident_io",
    1,
    SHAPES,
    FORMS,
    routes.sources,
    opened=_opened,
    follow=routes.follow,
    indexes=frozenset({"roster"}),
)
