"""Statuspage's documents of a world: those the demo serves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from ingest.models import CLOSED_STAGES, MAINTENANCE_STAGES, Incident, Kind, Update
from ingest.simulation import statuspage_pages
from ingest.time_zones import time_zone
from tests.support.rendered.world import OF_UPDATES, Rendering, World

PAGE_ID = "acmeacmeacme"


def rendered(path: str) -> Callable[[World], bytes]:
    """Return what makes the document at a path."""

    def body(world: World) -> bytes:
        found = statuspage_pages.render(world.site, path, {}, world.at)
        assert found is not None
        return found[1]

    return body


def posted(incident: Incident) -> Incident:
    """Return an incident whose record bears the time of its post.

    A post made after the fact is moved to when it was over.
    """
    first = incident.updates[0]
    moved = first.display_at if first.stage in CLOSED_STAGES else None
    return replace(
        incident, created_at=moved or incident.created_at, started_at=incident.created_at
    )


def listed(*kinds: Kind, only_open: bool = False) -> Callable[[World], Iterable[Incident]]:
    """Return what lists some kinds of incident."""

    def says(world: World) -> Iterable[Incident]:
        rows = [posted(one) for one in world.of(*kinds)]
        return [one for one in rows if not (only_open and one.stage in CLOSED_STAGES)]

    return says


def printable(text: str) -> str:
    """Return a text without the characters that XML cannot write."""
    return "".join(one for one in text if one.isprintable())


def shown_at(update: Update) -> datetime:
    return update.display_at


def last_shown(incident: Incident) -> datetime:
    return max(map(shown_at, incident.updates))


def in_feed(world: World) -> Iterable[Incident]:
    """Return the incidents as a feed shows them: planned where an update says so."""
    for one in sorted(world.incidents, key=last_shown)[-statuspage_pages.FEED_LENGTH :]:
        planned = any(update.stage in MAINTENANCE_STAGES for update in one.updates)
        kind = Kind.MAINTENANCE if planned else Kind.INCIDENT
        stage = max(one.updates, key=shown_at).stage
        yield replace(one, kind=kind, title=printable(one.title), stage=stage)


def in_index(world: World) -> Iterable[Incident]:
    """Return the incidents as the index shows them: from the post to the last word."""
    zone = time_zone(world.site.page.zone)
    for one in world.incidents:
        first, last = posted(one).created_at, last_shown(one)
        assert first is not None
        begun, over = first.astimezone(zone), last.astimezone(zone)
        twice = [begun.replace(fold=fold) for fold in (0, 1)]
        # The zone is named once, behind the end: in an hour that comes twice it is that one.
        named = [at for at in twice if at.tzname() == over.tzname()]
        begun = named[-1] if named and named[-1] <= over else begun
        yield replace(one, started_at=begun.astimezone(UTC), resolved_at=last)


OF_FEED = frozenset({"stage", "display_at", "body"})
POSTED = ("when an incident began, for when it was posted",)
RENDERINGS = (
    Rendering(
        "statuspage",
        "incident",
        "/api/v2/incidents.json",
        rendered("/api/v2/incidents.json"),
        listed(Kind.INCIDENT),
        losses=(*POSTED, "maintenances"),
        page_id=PAGE_ID,
    ),
    Rendering(
        "statuspage",
        "incident",
        "/api/v2/scheduled-maintenances.json",
        rendered("/api/v2/scheduled-maintenances.json"),
        listed(Kind.MAINTENANCE),
        losses=(*POSTED, "incidents"),
        page_id=PAGE_ID,
    ),
    Rendering(
        "statuspage",
        "roster",
        "/api/v2/summary.json",
        rendered("/api/v2/summary.json"),
        listed(*Kind, only_open=True),
        OF_UPDATES,
        losses=(*POSTED, "what is over"),
        page_id=PAGE_ID,
    ),
    *(
        Rendering(
            "statuspage",
            "feed",
            path,
            rendered(path),
            in_feed,
            OF_FEED,
            losses=("control characters", "incidents but the newest 25"),
            page_id=PAGE_ID,
        )
        for path in ("/history.atom", "/history.rss")
    ),
    Rendering(
        "statuspage",
        "index",
        "/history.json",
        rendered("/history.json"),
        in_index,
        losses=("an end, for the last word", "which of two hours it began in"),
        page_id=PAGE_ID,
    ),
)
