"""PagerDuty status pages: the data in the script element called ``data`` of the front page.

Every incident of the last months stands in it with its updates, newest first; an update names
the services it concerns and how badly. What is resolved is over for all of them, whatever the
last update says of one. The early word ``detected`` comes before anything is confirmed.
"""

from __future__ import annotations

import json
import re

from ingest.models import Change, Component, Impact, Incident, Kind, Parsed, Stage, State, Update
from ingest.platforms.contract import Platform, front_page
from ingest.platforms.fields import instant, objects, optional_instant, optional_text, rows_of, text
from ingest.platforms.forms import Form, Origin
from ingest.platforms.impacts import spells, timeline
from ingest.platforms.incidents import edited, is_time, oldest, read_updates
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Media, Raw
from ingest.platforms.records import by_key, read_components, read_each, read_incidents
from ingest.platforms.words import IMPACT_OF, INCIDENT_STAGES, word
from ingest.sources import Shape

FRONT = "/"
DATA = re.compile(r"<script[^>]*\bid=[\"']data[\"'][^>]*>")
CARRIED = frozenset({"title", "status", "impact", "component_ids", "impacts", "updates"})
STAGES = {"detected": Stage.INVESTIGATING, **INCIDENT_STAGES}
STATES = {
    "all_good": State.OPERATIONAL,
    "minor": State.DEGRADED,
    "major": State.PARTIAL,
    "outage": State.MAJOR,
}
IMPACTS = {word: IMPACT_OF[state] for word, state in STATES.items()}
RANKED = tuple(IMPACTS)


def _page(html: str, origin: Origin, notices: Notices) -> Parsed:
    found = DATA.search(html)
    if found is None:
        raise ValueError("the page holds no data")
    summary = json.loads(html[found.end() :].partition("</script>")[0])["summary"]
    components = read_components(
        rows_of(summary, "post_status_page_services"),
        _service,
        notices,
        by_key("external_business_service_id"),
    )
    incidents = (
        *read_each(rows_of(summary, "open_incidents"), _incident, notices, refused=notices.lost),
        *read_incidents(rows_of(summary, "resolved_incidents"), _incident, notices, _is_over),
    )
    return Parsed("page", horizon=oldest(incidents), components=components, incidents=incidents)


def _is_over(row: Raw) -> bool:
    """Tell a resolved incident of which an update bears a time."""
    return any(is_time(one.get("created_at")) for one in objects(row.get("updates")))


def _service(row: Raw, notices: Notices) -> Component:
    return Component(text(row, "external_business_service_id"), text(row, "name"))


def _incident(row: Raw, notices: Notices) -> Incident:
    incident_id = text(row, "id")
    said = rows_of(row, "updates")
    updates = read_updates(said, incident_id, _update, notices)
    if not updates:
        raise ValueError("shows no update that can be read")
    last = updates[-1]
    over = last.display_at if last.stage is Stage.RESOLVED else None
    shown = timeline(updates)
    words = [str(one.get("severity")) for one in objects(said)]
    worst = max(words, key=lambda one: RANKED.index(one) if one in RANKED else -1)
    return Incident(
        incident_id=incident_id,
        kind=Kind.INCIDENT,
        title=text(row, "title").strip(),
        status=last.status,
        stage=last.stage,
        impact=word(IMPACTS, worst, Impact.UNKNOWN, incident_id, notices),
        component_ids=tuple(sorted({one for _, states in shown for one in states})),
        updates=updates,
        listed_at=updates[0].display_at,
        impacts=spells(shown, over),
    )


def _update(row: Raw, within: str, notices: Notices) -> Update:
    update_id, status = text(row, "id"), text(row, "status")
    record = within + update_id
    stage = word(STAGES, status, Stage.UNKNOWN, record, notices)
    created_at = instant(row, "created_at")

    def change(one: Raw, to: Notices) -> Change:
        said = word(STATES, one.get("severity"), State.UNKNOWN, record, to)
        state = State.OPERATIONAL if stage is Stage.RESOLVED else said
        return Change(text(one, "business_service_id"), None, state)

    services = row.get("impacted_business_services") or ()
    lost = notices.untell(within.rstrip("/"))
    return Update(
        update_id=update_id,
        stage=stage,
        status=status,
        created_at=created_at,
        display_at=optional_instant(row, "reported_at") or created_at,
        edited_at=edited(created_at, optional_instant(row, "updated_at")),
        body=optional_text(row, "message"),
        changes=read_each(services, change, notices, f"{record}/", lost) or None,
    )


def _has_data(html: str) -> bool:
    return DATA.search(html) is not None and "open_incidents" in html


FORMS = (Form("page", FRONT, _page, media=Media.HTML, fits=_has_data),)

PLATFORM = Platform("pagerduty", 1, (Shape("page", CARRIED),), FORMS, front_page)
