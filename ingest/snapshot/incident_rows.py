"""Rows of ``incidents`` and ``incident_components`` from one merged incident."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingest.incidents.incident import IncidentReport, recovered_at, stated_window, worst_state
from ingest.incidents.timing import whole_seconds
from ingest.intervals import total
from ingest.labels import classification
from ingest.labels import stated_window as stated
from ingest.models import SEVERITY, Impact, Page, State
from ingest.states.components import UNATTRIBUTED, keyword_in
from ingest.states.replay import Span, during

#: A post that names this many components, all the page has, is bulk-linked.
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


def incident_row(
    post: IncidentReport,
    page: Page,
    spans: Mapping[str, Sequence[Span]],
    context: Context,
) -> dict[str, Any]:
    """The row of table ``incidents`` for ``post``.

    ``spans``: component_id -> component states. ``context``: what only the whole page tells.
    """
    window = stated_window(post)
    worst = worst_state(s for component in post.named for s in post.states(component))
    text = "\n".join(post.texts)
    class_, class_basis = classification.incident_class(
        page.page_key,
        post.incident_id,
        str(post.row["kind"]),
        str(post.row["impact"] or Impact.UNKNOWN),
        str(worst) if worst else None,
        post.row["title"],
        text,
    )
    start_at, start_basis = _impact_start(post, window)
    end_at, end_basis = _impact_end(post, window)
    times = post.times
    return {
        "provider": page.provider,
        "page_key": page.page_key,
        "incident_id": post.incident_id,
        "kind": post.row["kind"],
        "class": class_,
        "class_basis": class_basis,
        "title": post.row["title"],
        "status": post.row["status"] or "",
        "stage": post.row["stage"],
        "first_impact": context.impacts[0],
        "impact": post.row["impact"] or Impact.UNKNOWN,
        "max_impact": max(context.impacts, key=lambda i: IMPACT_ORDER.get(Impact(i), -1)),
        "started_at": times.started_at,
        "resolved_at": times.resolved_at,
        "start_basis": times.start_basis,
        "end_basis": times.end_basis,
        "impact_start_at": start_at,
        "impact_end_at": end_at,
        "impact_start_basis": start_basis,
        "impact_end_basis": end_basis,
        "stated_start_at": window.start_at if window else None,
        "stated_end_at": window.end_at if window else None,
        "stated_text": window.text if window else None,
        "stated_confidence": window.confidence if window else None,
        "causes": list(stated.causes(text)),
        "scheduled_start_at": post.row["scheduled_start_at"],
        "scheduled_end_at": post.row["scheduled_end_at"],
        "published_at": times.published_at,
        "open_seconds": times.open_seconds,
        "impact_seconds": _impact_seconds(post, spans, context.as_of),
        "duration_quality": times.duration_quality,
        "flags": sorted(_flags(post, context)),
        "url": post.row["link"] or f"{page.base_url}/incidents/{post.incident_id}",
        "update_count": len(post.updates),
        "revision_count": context.revision_count,
        "first_seen_at": post.row["first_seen_at"],
        "removed_at": context.removed_at,
    }


@dataclass(frozen=True, slots=True)
class Context:
    """What a post cannot know of itself. ``impacts``: its impact in each version, in time.

    ``components_then``: those the page is known to have had when the post appeared.
    """

    as_of: datetime
    impacts: Sequence[str]
    revision_count: int
    removed_at: datetime | None
    repeats: int
    component_names: Mapping[str, str]
    components_then: frozenset[str]


def _flags(post: IncidentReport, context: Context) -> set[str]:
    times = post.times
    short = times.open_seconds is not None and times.open_seconds < AUTO_BELOW_S
    names = [context.component_names[c] for c in post.named if c in context.component_names]
    then = context.components_then
    held = {
        "retrospective": times.retrospective,
        "backdated": times.backdated,
        "zombie": times.zombie,
        "auto": short and context.repeats >= AUTO_REPEATS,
        "bulk_linked": len(then) >= BULK_LINKED_FROM and then <= post.named,
        "upstream": any(UPSTREAM_COMPONENT.search(name) for name in names),
        "removed": context.removed_at is not None,
    }
    return {flag for flag, holds in held.items() if holds}


def _impact_start(
    post: IncidentReport, window: stated.StatedWindow | None
) -> tuple[datetime | None, str]:
    if window is not None:
        return window.start_at, "stated"
    hit = [
        w.at
        for words in post.words.values()
        for w in words
        if w.new is not None and SEVERITY.get(w.new, 0) >= DEGRADED
    ]
    stated_hits = [i.start_at for i in post.impacts or () if SEVERITY.get(i.state, 0) >= DEGRADED]
    if stated_hits:
        return min(stated_hits), "impact"
    if hit:
        return min(hit), "transition"
    times = post.times
    if times.started_at and times.published_at and times.started_at < times.published_at:
        return times.started_at, "display"
    return times.published_at, "posted" if times.published_at else "none"


def _impact_end(
    post: IncidentReport, window: stated.StatedWindow | None
) -> tuple[datetime | None, str]:
    if window is not None:
        return window.end_at, "stated"
    if post.times.resolved_at is None:
        return None, "none"
    back_at = recovered_at(post.impacts or ())
    if back_at is not None:
        return back_at, "impact"
    back = [
        w.at
        for words in post.words.values()
        for w in words
        if w.new is State.OPERATIONAL and w.old is not State.OPERATIONAL
    ]
    if back:
        return max(back), "transition"
    return post.times.resolved_at, "resolved"


def _impact_seconds(
    post: IncidentReport, spans: Mapping[str, Sequence[Span]], as_of: datetime
) -> int | None:
    """Seconds during which any component of the post was partial or worse.

    By its stated impacts, where the page states them; else by replay while it was open.
    """
    if post.impacts is not None:
        hurt = [i for i in post.impacts if SEVERITY.get(i.state, 0) >= PARTIAL]
        return total([(whole_seconds(i.start_at), whole_seconds(i.end_at or as_of)) for i in hurt])
    if not any(word.new for words in post.words.values() for word in words):
        return None
    start = post.times.published_at
    if start is None:
        return None
    end = post.times.resolved_at or as_of
    opened, closed = whole_seconds(start), whole_seconds(end)
    bad = [
        (max(opened, whole_seconds(s.start)), min(closed, whole_seconds(s.end or as_of)))
        for component in post.named
        for s in during(spans.get(component, ()), start, end)
        if SEVERITY.get(s.state, 0) >= PARTIAL
    ]
    return total(bad)


def component_rows(
    post: IncidentReport, page: Page, surfaces: Mapping[str, tuple[str, str]]
) -> list[dict[str, Any]]:
    """The rows of ``incident_components``; a post that declares none is ``unattributed``.

    Its updates may still name components, often ones deleted since: those are rows too.
    """
    base = {
        "provider": page.provider,
        "page_key": page.page_key,
        "incident_id": post.incident_id,
    }
    rows: list[dict[str, Any]] = []
    if not any(c in surfaces for c in post.declared):
        surface, basis = _surface_of(post, page)
        unnamed = {"component_id": UNATTRIBUTED, "surface": surface, "surface_basis": basis}
        rows.append({**base, **unnamed, "relation": "declared", "worst_state": None})
    for component in sorted(c for c in post.named if c in surfaces):
        stated = any(i.component_id == component for i in post.impacts or ())
        moved = stated or any(w.old is not w.new for w in post.transitions(component))
        surface, basis = surfaces[component]
        rows.append(
            {
                **base,
                "component_id": component,
                "surface": surface,
                "surface_basis": basis,
                "relation": "transitioned" if moved else "declared",
                "worst_state": worst_state(post.states(component)),
            }
        )
    return rows


def _surface_of(post: IncidentReport, page: Page) -> tuple[str, str]:
    """By its title; by the keyword in its text where only that makes it the provider's."""
    title = post.row["title"]
    keyword = None if post.named or keyword_in(page, [title]) else keyword_in(page, post.texts)
    return (
        classification.surface_of_text(keyword)
        if keyword
        else classification.surface_of_title(title)
    )
