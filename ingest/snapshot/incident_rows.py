"""Rows of ``incidents`` and ``incident_components`` from one merged incident."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingest.incidents.incident import IncidentReport, recovered_at, worst_state
from ingest.incidents.timing import ABSENCE, whole_seconds
from ingest.intervals import total
from ingest.labels import stated_window
from ingest.labels.surfaces import surface_of_text, surface_of_title
from ingest.models import SEVERITY, Impact, Page, State
from ingest.snapshot.incident_labels import IncidentLabels
from ingest.states.components import UNATTRIBUTED, keyword_in
from ingest.states.spans import Span, spans_during

#: An incident that names this many components, all the page has, is bulk-linked.
BULK_LINKED_FROM = 3

#: Identical short posts from this many on are an automatic monitor's.
AUTO_REPEATS = 3

AUTO_BELOW_S = 15 * 60

DEGRADED, PARTIAL = SEVERITY[State.DEGRADED], SEVERITY[State.PARTIAL]

UPSTREAM_COMPONENT = re.compile(r"model providers?|downstream|upstream|third.part", re.IGNORECASE)

IMPACT_ORDER = {
    Impact.NONE: 0,
    Impact.MAINTENANCE: 0,
    Impact.MINOR: 1,
    Impact.MAJOR: 2,
    Impact.CRITICAL: 3,
}


@dataclass(frozen=True, slots=True)
class IncidentContext:
    """Facts an incident cannot know of itself. ``impacts``: its impact in each version.

    ``components_then``: those the page is known to have had when the incident appeared.
    ``aliases``: its other ids.
    """

    as_of: datetime
    impacts: Sequence[str]
    revision_count: int
    removed_at: datetime | None
    repeats: int
    component_names: Mapping[str, str]
    components_then: frozenset[str]
    aliases: Sequence[str]


def incident_row(
    incident: IncidentReport,
    page: Page,
    spans: Mapping[str, Sequence[Span]],
    labels: IncidentLabels,
    context: IncidentContext,
) -> dict[str, Any]:
    """Return the row of table ``incidents`` of one incident.

    Args:
        incident: the incident.
        page: its page.
        spans: component_id -> component states.
        labels: what its words say.
        context: what only the whole page tells.
    """
    row = incident.row
    return {
        "provider": page.provider,
        "page_key": page.page_key,
        "incident_id": incident.incident_id,
        "aliases": list(context.aliases),
        "outage_id": row["outage_id"] or incident.incident_id,
        "kind": row["kind"],
        "title": row["title"],
        "status": row["status"] or "",
        "stage": row["stage"],
        "first_impact": context.impacts[0],
        "impact": row["impact"] or Impact.UNKNOWN,
        "max_impact": max(context.impacts, key=lambda i: IMPACT_ORDER.get(Impact(i), -1)),
        "scheduled_start_at": row["scheduled_start_at"],
        "scheduled_end_at": row["scheduled_end_at"],
        "impact_seconds": _impact_seconds(incident, spans, context.as_of),
        "flags": sorted(_flags(incident, context)),
        "url": row["link"] or f"{page.base_url}/incidents/{incident.incident_id}",
        "update_count": len(incident.updates),
        "revision_count": context.revision_count,
        "first_seen_at": row["first_seen_at"],
        "removed_at": context.removed_at,
        "last_listed_at": incident.last_listed_at,
        "unlisted_at": incident.times.resolved_at if incident.last_listed_at else None,
        "class": labels.given.name,
        "class_basis": labels.given.basis,
        "class_reason": labels.given.reason,
        "causes": list(labels.causes),
        **_time_columns(incident, labels.window),
        **_window_columns(labels.window),
    }


def _time_columns(
    incident: IncidentReport, window: stated_window.StatedWindow | None
) -> dict[str, Any]:
    start_at, start_basis = _impact_start(incident, window)
    end_at, end_basis = _impact_end(incident, window)
    times = incident.times
    return {
        "started_at": times.started_at,
        "resolved_at": times.resolved_at,
        "start_basis": times.start_basis,
        "end_basis": times.end_basis,
        "impact_start_at": start_at,
        "impact_end_at": end_at,
        "impact_start_basis": start_basis,
        "impact_end_basis": end_basis,
        "published_at": times.published_at,
        "open_seconds": times.open_seconds,
        "duration_quality": times.duration_quality,
    }


def _window_columns(window: stated_window.StatedWindow | None) -> dict[str, Any]:
    return {
        "stated_start_at": window.start_at if window else None,
        "stated_end_at": window.end_at if window else None,
        "stated_text": window.text if window else None,
        "stated_confidence": window.confidence if window else None,
    }


def _flags(incident: IncidentReport, context: IncidentContext) -> set[str]:
    times = incident.times
    short = times.open_seconds is not None and times.open_seconds < AUTO_BELOW_S
    names = [context.component_names[c] for c in incident.named if c in context.component_names]
    then = context.components_then
    held = {
        "retrospective": times.retrospective,
        "backdated": times.backdated,
        "zombie": times.zombie,
        "auto": short and context.repeats >= AUTO_REPEATS,
        "bulk_linked": len(then) >= BULK_LINKED_FROM and then <= incident.named,
        "upstream": any(UPSTREAM_COMPONENT.search(name) for name in names),
        "removed": context.removed_at is not None,
        "reopened": len(incident.listings) > 1,
    }
    return {flag for flag, holds in held.items() if holds}


def _impact_start(
    incident: IncidentReport, window: stated_window.StatedWindow | None
) -> tuple[datetime | None, str]:
    if window is not None:
        return window.start_at, "stated"
    if incident.onset_stated and incident.row["started_at"] is not None:
        return incident.row["started_at"], "stated"
    hit = [
        m.at
        for mentions in incident.mentions.values()
        for m in mentions
        if m.new is not None and SEVERITY.get(m.new, 0) >= DEGRADED
    ]
    stated_hits = [
        i.start_at for i in incident.impacts or () if SEVERITY.get(i.state, 0) >= DEGRADED
    ]
    if stated_hits:
        return min(stated_hits), "impact"
    if hit:
        return min(hit), "transition"
    times = incident.times
    if times.started_at and times.published_at and times.started_at < times.published_at:
        return times.started_at, "display"
    return times.published_at, "posted" if times.published_at else "none"


def _impact_end(
    incident: IncidentReport, window: stated_window.StatedWindow | None
) -> tuple[datetime | None, str]:
    if window is not None:
        return window.end_at, "stated"
    if incident.times.resolved_at is None:
        return None, "none"
    back_at = recovered_at(incident.impacts or ())
    if back_at is not None:
        return back_at, "impact"
    back = [
        m.at
        for mentions in incident.mentions.values()
        for m in mentions
        if m.new is State.OPERATIONAL and m.old is not State.OPERATIONAL
    ]
    if back:
        return max(back), "transition"
    absent = incident.times.end_basis == ABSENCE
    return incident.times.resolved_at, "absence" if absent else "resolved"


def _impact_seconds(
    incident: IncidentReport, spans: Mapping[str, Sequence[Span]], as_of: datetime
) -> int | None:
    """Seconds during which any component of the incident was partial or worse.

    By its stated impacts, where the page states them; else by replay while it was open.
    """
    if incident.impacts is not None:
        hurt = [i for i in incident.impacts if SEVERITY.get(i.state, 0) >= PARTIAL]
        return total([(whole_seconds(i.start_at), whole_seconds(i.end_at or as_of)) for i in hurt])
    if not any(m.new for mentions in incident.mentions.values() for m in mentions):
        return None
    start = incident.times.published_at
    if start is None:
        return None
    end = incident.times.resolved_at or as_of
    opened, closed = whole_seconds(start), whole_seconds(end)
    bad = [
        (max(opened, whole_seconds(s.start)), min(closed, whole_seconds(s.end or as_of)))
        for component in incident.named
        for s in spans_during(spans.get(component, ()), start, end)
        if SEVERITY.get(s.state, 0) >= PARTIAL
    ]
    return total(bad)


def component_rows(
    incident: IncidentReport, page: Page, surfaces: Mapping[str, tuple[str, str]]
) -> list[dict[str, Any]]:
    """Return the rows of ``incident_components``; one without components is ``unattributed``.

    Its updates may still name components, often ones deleted since: those are rows too.
    """
    base = {
        "provider": page.provider,
        "page_key": page.page_key,
        "incident_id": incident.incident_id,
    }
    rows: list[dict[str, Any]] = []
    if not any(c in surfaces for c in incident.declared):
        surface, basis = _surface_of(incident, page)
        unnamed = {"component_id": UNATTRIBUTED, "surface": surface, "surface_basis": basis}
        rows.append({**base, **unnamed, "relation": "declared", "worst_state": None})
    for component in sorted(c for c in incident.named if c in surfaces):
        stated = any(i.component_id == component for i in incident.impacts or ())
        moved = stated or any(m.old is not m.new for m in incident.transitions(component))
        surface, basis = surfaces[component]
        rows.append(
            {
                **base,
                "component_id": component,
                "surface": surface,
                "surface_basis": basis,
                "relation": "transitioned" if moved else "declared",
                "worst_state": worst_state(incident.states(component)),
            }
        )
    return rows


def _surface_of(incident: IncidentReport, page: Page) -> tuple[str, str]:
    """By its title; by the keyword in its text where only that makes it the provider's."""
    title = incident.row["title"]
    keyword = (
        None if incident.named or keyword_in(page, [title]) else keyword_in(page, incident.texts)
    )
    return (
        surface_of_text(keyword, page.category)
        if keyword
        else surface_of_title(title, page.category)
    )
