"""incident.io's documents of a world: its own page data, the compatible list, the Atom feed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from ingest.models import (
    CLOSED_STAGES,
    Incident,
    Kind,
    PostedImpact,
    Stage,
    State,
    Update,
    labelled,
)
from tests.support.payloads.incident_io import PAGE, ulid
from tests.support.rendered.statuspage import printable
from tests.support.rendered.world import NAMES, OF_UPDATES, Rendering, World

WORDS = {
    State.OPERATIONAL: "operational",
    State.MAINTENANCE: "under_maintenance",
    State.DEGRADED: "degraded_performance",
    State.PARTIAL: "partial_outage",
    State.MAJOR: "full_outage",
}
STAGES = {
    Stage.SCHEDULED: "maintenance_scheduled",
    Stage.IN_PROGRESS: "maintenance_in_progress",
    Stage.COMPLETED: "maintenance_complete",
}
LOST = ("post-mortems",)


def minted(record_id: str, at: datetime) -> str:
    """Return the id that the engine would have made for a record at an instant."""
    return ulid(at.isoformat(), hashlib.sha256(record_id.encode()).hexdigest()[:16].upper())


def component(component_id: str) -> str:
    """Return a component's id in the form of the engine."""
    return minted(component_id, datetime.fromisoformat("2025-01-01T00:00:00+00:00"))


def own(world: World) -> Iterator[Incident]:
    """Yield the incidents as the page's own data say them; it has no post-mortems."""
    for one in world.incidents:
        updates = [u for u in one.updates if u.stage is not Stage.POSTMORTEM]
        assert one.created_at is not None
        yield replace(
            one,
            incident_id=minted(one.incident_id, one.created_at),
            stage=max(updates, key=_made_at).stage,
            component_ids=tuple(map(component, one.component_ids)),
            updates=tuple(_own_update(u, one.component_ids) for u in updates),
            impacts=tuple(
                replace(i, component_id=component(i.component_id)) for i in one.impacts or ()
            ),
        )


def _made_at(update: Update) -> datetime:
    assert update.created_at is not None
    return update.created_at


def _own_update(update: Update, component_ids: Iterable[str]) -> Update:
    assert update.created_at is not None
    changes = [
        replace(c, component_id=component(c.component_id), old=None) for c in update.changes or ()
    ]
    told = tuple(sorted(changes, key=lambda one: one.component_id))
    return replace(
        update,
        update_id=minted(update.update_id, update.created_at),
        changes=None if update.changes is None else told,
    )


def compatible(world: World) -> Iterator[Incident]:
    """Yield the incidents as the compatible list says them: over at their first resolution."""
    for one in own(world):
        ends = [u.display_at for u in one.updates if u.stage in CLOSED_STAGES]
        yield replace(one, resolved_at=ends[0] if ends else None)


def in_feed(world: World) -> Iterator[Incident]:
    """Yield the incidents as the feed says them: their components by name, their last state."""
    for one in own(world):
        last = one.updates[-1]
        closed = one.stage in CLOSED_STAGES
        planned = one.stage in {*STAGES, Stage.VERIFYING}
        names = {component(key): labelled(name) for key, name in NAMES.items()}
        yield replace(
            one,
            kind=Kind.MAINTENANCE if planned else Kind.INCIDENT,
            title=printable(one.title),
            resolved_at=last.display_at if closed else None,
            component_ids=tuple(names[c] for c in one.component_ids),
        )


def _stamp(at: datetime, finest: str = "milliseconds") -> str:
    return at.isoformat(timespec=finest).replace("+00:00", "Z")


def _word(stage: Stage) -> str:
    return STAGES.get(stage, stage.value)


def incidents(world: World) -> bytes:
    """Render the page's own list of whole incidents."""
    return json.dumps({"incidents": [_row(one) for one in own(world)]}).encode()


def _row(one: Incident) -> dict[str, Any]:
    first = one.updates[0]
    return {
        "id": one.incident_id,
        "status_page_id": PAGE.page_id,
        "type": one.kind.value,
        "name": one.title,
        "status": _word(one.stage),
        "published_at": _stamp(first.display_at),
        "affected_components": [
            {"component_id": c, "status": "full_outage", "current_status": "operational"}
            for c in one.component_ids
        ],
        "component_impacts": [_impact(i, one) for i in one.impacts or ()],
        "updates": [
            {
                "id": u.update_id,
                "published_at": _stamp(u.display_at),
                "to_status": _word(u.stage),
                "message_string": u.body,
                "automated_update": False,
                "component_statuses": None
                if u.changes is None
                else [{"component_id": c.component_id, "status": WORDS[c.new]} for c in u.changes],
            }
            for u in one.updates
        ],
    }


def _impact(impact: PostedImpact, within: Incident) -> dict[str, Any]:
    return {
        "id": minted(f"{impact.component_id}{impact.start_at}", impact.start_at),
        "component_id": impact.component_id,
        "status_page_incident_id": within.incident_id,
        "start_at": _stamp(impact.start_at),
        "end_at": "$undefined" if impact.end_at is None else _stamp(impact.end_at),
        "status": WORDS[impact.state],
    }


def impacts(world: World) -> bytes:
    """Render the list of impacts, with the links of their incidents."""
    rows = [*own(world)]
    links = [
        {
            "id": one.incident_id,
            "name": one.title,
            "status": _word(one.stage),
            "published_at": _stamp(one.updates[0].display_at),
            "permalink": f"{PAGE.base_url}/incidents/{one.incident_id}",
        }
        for one in rows
    ]
    spans = [_impact(i, one) for one in rows for i in one.impacts or ()]
    return json.dumps({"component_impacts": spans, "incident_links": links}).encode()


def linked(world: World) -> Iterator[Incident]:
    """Yield the incidents as links say them: planned work by its stage alone."""
    for one in own(world):
        planned = one.stage in {*STAGES, Stage.VERIFYING}
        yield replace(one, kind=Kind.MAINTENANCE if planned else Kind.INCIDENT)


def compatible_list(world: World) -> bytes:
    """Render ``/api/v2/incidents.json``, in whole seconds."""
    rows = [
        {
            "id": one.incident_id,
            "name": one.title,
            "status": _word(one.stage),
            "impact": one.impact.value,
            "created_at": _stamp(one.created_at, "seconds") if one.created_at else None,
            "updated_at": _stamp(one.updates[-1].display_at, "seconds"),
            **({"resolved_at": _stamp(one.resolved_at, "seconds")} if one.resolved_at else {}),
            "page_id": PAGE.page_id,
            "incident_updates": [
                {
                    "id": u.update_id,
                    "incident_id": one.incident_id,
                    "status": _word(u.stage),
                    "body": u.body,
                    "created_at": _stamp(_made_at(u), "seconds"),
                    "updated_at": _stamp(u.edited_at or u.display_at, "seconds"),
                    "display_at": _stamp(u.display_at, "seconds"),
                }
                for u in one.updates[::-1]
            ],
        }
        for one in compatible(world)
    ]
    about = {"id": PAGE.page_id, "name": "Acme", "url": PAGE.base_url}
    return json.dumps({"page": about, "incidents": rows}).encode()


def atom(world: World) -> bytes:
    """Render the Atom feed: the last state of each incident, and a double slash."""
    names = {component(key): name for key, name in NAMES.items()}
    entries = []
    for one in own(world):
        last = one.updates[-1]
        link = f"{PAGE.base_url}//incidents/{one.incident_id}"
        word = one.stage.value.replace("_", " ").capitalize()
        items = "".join(f"<li>{escape(names[c])} (Operational)</li>" for c in one.component_ids)
        affected = f"<b>Affected components</b><ul>{items}</ul>" if items else ""
        html = f"<b>Status: {word}</b><br/><br/>{last.body}<br/><br/>{affected}"
        entries.append(
            f'<entry><title type="html"><![CDATA[{escape(printable(one.title))}]]></title>'
            f'<id>{link}</id><link href="{link}"/>'
            f"<updated>{_stamp(last.display_at)}</updated>"
            f'<summary type="html"><![CDATA[{html}]]></summary></entry>'
        )
    head = '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
    return f"{head}<title>Acme</title>{''.join(entries)}</feed>".encode()


RENDERINGS = (
    Rendering(
        "incident_io",
        "native",
        "/proxy/status.acme.test/incidents",
        incidents,
        own,
        OF_UPDATES - {"edited_at"},
        losses=(*LOST, "the state before a change"),
        page_id=PAGE.page_id,
    ),
    Rendering(
        "incident_io",
        "impacts",
        "/proxy/status.acme.test/component_impacts",
        impacts,
        linked,
        losses=(*LOST, "that work was planned, once it says resolved"),
        page_id=PAGE.page_id,
    ),
    Rendering(
        "incident_io",
        "incident",
        "/api/v2/incidents.json",
        compatible_list,
        compatible,
        OF_UPDATES - {"changes"},
        losses=(*LOST, "a resolution after the first"),
        page_id=PAGE.page_id,
    ),
    Rendering(
        "incident_io",
        "feed",
        "/feed.atom",
        atom,
        in_feed,
        losses=(*LOST, "ids of components", "control characters"),
        page_id=PAGE.page_id,
    ),
)
