"""xAI's feed of a world: an item for each service of an incident."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape

from ingest.models import CLOSED_STAGES, Impact, Incident, Kind, Stage, Update
from tests.support.rendered.statuspage import printable
from tests.support.rendered.world import NAMES, OF_UPDATES, Rendering, World

SEVERITIES = {Impact.MINOR: "degraded", Impact.MAJOR: "partial_outage", Impact.CRITICAL: "outage"}
OF_ITEMS = OF_UPDATES - {"update_id", "edited_at", "changes"}


def posts(world: World) -> Iterator[Incident]:
    """Yield the incidents that name a service, with the severity they have now."""
    for one in world.of(Kind.INCIDENT):
        updates = tuple(
            replace(u, created_at=u.display_at)
            for u in one.updates
            if u.stage is not Stage.POSTMORTEM
        )
        if not one.component_ids:
            continue
        over = updates[-1].stage in CLOSED_STAGES
        yield replace(
            one,
            title=" ".join(printable(one.title).split()),
            stage=updates[-1].stage,
            impact=one.impact if not over else Impact.UNKNOWN,
            resolved_at=updates[-1].display_at if over else None,
            updates=updates,
        )


def each_alone(world: World) -> Iterator[Incident]:
    """Yield a post for each service of an incident, as most are."""
    for one in posts(world):
        for key in one.component_ids:
            yield replace(one, incident_id=f"{one.incident_id}{key}", component_ids=(key,))


def feed(says: Callable[[World], Iterable[Incident]]) -> Callable[[World], bytes]:
    """Return what makes a feed of some incidents."""

    def render(world: World) -> bytes:
        items = [_item(one, key) for one in says(world) for key in one.component_ids]
        head = "<title>xAI System Status</title><ttl>30</ttl>"
        return f'<rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'.encode()

    return render


def _date(at: datetime) -> str:
    return format_datetime(at, usegmt=True)


def _item(one: Incident, key: str) -> str:
    assert one.started_at is not None
    severity = SEVERITIES.get(one.impact, "available")
    ended = f"<p>Resolved: {_date(one.resolved_at)}</p>" if one.resolved_at else ""
    said = "".join(map(_block, one.updates))
    return (
        f"<item><title>{escape(f'[{NAMES[key]}] {one.title}')}</title>"
        f"<link>https://status.acme.test/{key}/{one.incident_id}</link>"
        f'<guid isPermaLink="false">{one.incident_id}</guid>'
        f"<pubDate>{_date(one.started_at)}</pubDate>"
        f"<description><![CDATA[<h3>Status: {one.stage.value.upper()}</h3>"
        f"<p>Severity: {severity}</p>{ended}<hr /><h4>Updates:</h4>{said}]]></description>"
        f"<category>{severity}</category></item>"
    )


def _block(update: Update) -> str:
    heading = update.stage.value.capitalize()
    date = f"<p><strong>{_date(update.display_at)}</strong></p>"
    return f"<div>{date}<h3>{heading}</h3><p>{update.body}</p></div>"


LOST = (
    "maintenances",
    "incidents without a component",
    "impact, once it is over",
    "post-mortems",
    "when an update was made, for when it is dated",
    "control characters",
)
RENDERINGS = (
    Rendering("xai_rss", "feed", "/feed.xml", feed(posts), posts, OF_ITEMS, 1, LOST),
    Rendering("xai_rss", "feed", "/feed.xml?each", feed(each_alone), each_alone, OF_ITEMS, 1, LOST),
)
