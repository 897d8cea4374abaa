"""Instatus pages: ``/summary.json`` lists what is open and nothing else.

No end is ever given: a post that is gone from the next summary is over, and it may come back
under the same id. Empty lists are left out of the document, so an absent one is empty, unless
the page's own word says that something is going on. Posts name no components here. The front
page tells ends and components, in data that nobody documents: read where the registry says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

from ingest.models import Component, Impact, Incident, Kind, Page, Parsed, Stage, State
from ingest.platforms.contract import EVERY_KIND, WINDOW, Platform, source
from ingest.platforms.fields import instant, objects, optional_instant, optional_text, rows_of, text
from ingest.platforms.forms import Form, Origin
from ingest.platforms.instatus import web_page
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Media, Raw
from ingest.platforms.records import read_components, read_each
from ingest.platforms.words import IMPACT_OF, INCIDENT_STAGES, uppercase, word
from ingest.sources import Shape, Source

SUMMARY, COMPONENTS, FRONT = "/summary.json", "/v2/components.json", "/"
CARRIED = (WINDOW - {"resolved_at"}) | {"title", "status", "impact"}
SHAPES = (
    Shape("page", CARRIED | {"resolved_at", "component_ids", "impacts", "updates"}),
    Shape("summary", CARRIED),
    Shape("roster", frozenset()),
)
ALL_IS_WELL = "UP"
STAGES = {
    **uppercase(INCIDENT_STAGES),
    "NOTSTARTEDYET": Stage.SCHEDULED,
    "INPROGRESS": Stage.IN_PROGRESS,
    "COMPLETED": Stage.COMPLETED,
}
STATES = {
    "OPERATIONAL": State.OPERATIONAL,
    "DEGRADEDPERFORMANCE": State.DEGRADED,
    "PARTIALOUTAGE": State.PARTIAL,
    "MAJOROUTAGE": State.MAJOR,
    "UNDERMAINTENANCE": State.MAINTENANCE,
}
IMPACTS = {word: IMPACT_OF[state] for word, state in STATES.items()}


def sources(page: Page) -> Sequence[Source]:
    """Return the summary and the components; the page itself where it may be read."""
    polled = source(page, SUMMARY, "summary", 5), source(page, COMPONENTS, "roster", 15)
    return (*polled, source(page, FRONT, "page", 15)) if page.page_data else polled


def _summary(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    about = data["page"]
    status = text(about, "status")
    lists = ("activeIncidents", "activeMaintenances")
    incidents, planned = (rows_of(data, key) if key in data else [] for key in lists)
    if status != ALL_IS_WELL and not (incidents or planned):
        notices.open_unlisted(status)
    return Parsed(
        "summary",
        page_id=optional_text(about, "id"),
        components=_components(data.get("components"), notices),
        incidents=(
            *read_each(incidents, _incident, notices, refused=notices.lost),
            *read_each(planned, _maintenance, notices, refused=notices.lost),
        ),
    )


def _page(html: str, origin: Origin, notices: Notices) -> Parsed:
    data = web_page.data(html)
    rows = [*web_page.rows(data)]
    ends = {str(row["id"]): end for row in rows if (end := optional_instant(row, "resolved"))}
    spells = web_page.spells(data.get("componentsUptime"), STATES, ends, notices)

    def notice(row: Raw, to: Notices) -> Incident:
        post_id = text(row, "id")
        said = {**row, "name": web_page.named(row.get("name"))}
        planned = row["kind"] is Kind.MAINTENANCE
        post = _maintenance({"start": row.get("started"), **said}, to) if planned else None
        named = objects(row.get("components"))
        post = post or _incident(said, to)
        updates = web_page.updates(row, STAGES, to)
        moved = (post.listed_at, ends.get(post_id), *(one.display_at for one in updates))
        return replace(
            post,
            resolved_at=ends.get(post_id),
            component_ids=tuple(sorted(text(one, "id") for one in named)),
            updates=updates,
            listed_at=max(one for one in moved if one is not None),
            impacts=None if planned else tuple(spells.get(post_id, ())),
        )

    components = read_components(
        web_page.components(data["site"].get("components")), _component, notices
    )
    return Parsed(
        "page",
        page_id=optional_text(data["site"], "id"),
        roster=True,
        components=components,
        incidents=read_each(rows, notice, notices, refused=notices.lost),
    )


def _roster(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    rows = rows_of(data, "components")
    components = read_components(rows, _component, notices)
    return Parsed("roster", roster=True, components=components)


def _components(rows: object, notices: Notices) -> tuple[Component, ...]:
    return read_components(objects(rows), _component, notices)


def _component(row: Raw, notices: Notices) -> Component:
    component_id = text(row, "id")
    group = row.get("group")
    return Component(
        component_id,
        text(row, "name"),
        group=optional_text(group, "name") if isinstance(group, dict) else group,
        state=word(STATES, row.get("status"), State.UNKNOWN, component_id, notices),
    )


def _incident(row: Raw, notices: Notices) -> Incident:
    post = _post(row, Kind.INCIDENT, "started", notices)
    impact = word(IMPACTS, row.get("impact"), Impact.UNKNOWN, post.incident_id, notices)
    return replace(post, impact=impact, started_at=instant(row, "started"))


def _maintenance(row: Raw, notices: Notices) -> Incident:
    post = _post(row, Kind.MAINTENANCE, "start", notices)
    start, minutes = instant(row, "start"), row.get("duration")
    end = start + timedelta(minutes=minutes) if isinstance(minutes, int | float) else None
    return replace(post, scheduled_start_at=start, scheduled_end_at=end)


def _post(row: Raw, kind: Kind, start: str, notices: Notices) -> Incident:
    """Read what incidents and maintenances have in common."""
    post_id, status, start_at = _id(row), text(row, "status"), instant(row, start)
    return Incident(
        incident_id=post_id,
        kind=kind,
        title=text(row, "name").strip(),
        status=status,
        stage=word(STAGES, status, Stage.UNKNOWN, post_id, notices),
        impact=Impact.MAINTENANCE if kind is Kind.MAINTENANCE else Impact.UNKNOWN,
        url=optional_text(row, "url"),
        listed_at=optional_instant(row, "updatedAt") or start_at,
    )


def _id(row: Raw) -> str:
    """Return the id of a post: older pages give it in its address only."""
    return str(row.get("id") or "") or text(
        {"id": urlsplit(text(row, "url")).path.rpartition("/")[2]}, "id"
    )


def _says_status(data: Raw) -> bool:
    return isinstance(data["page"], dict) and isinstance(data["page"].get("status"), str)


FORMS = (
    Form("summary", SUMMARY, _summary, frozenset({"page"}), fits=_says_status),
    Form("roster", COMPONENTS, _roster, frozenset({"components"})),
    Form("page", FRONT, _page, media=Media.HTML, fits=lambda html: "activeIncidents" in html),
)

PLATFORM = Platform(
    "instatus",
    1,
    SHAPES,
    FORMS,
    sources,
    explicit_window=True,
    active_only={"summary": EVERY_KIND},
    present=frozenset({"page", "roster"}),
)
