"""Rootly pages: ``/api/v1/incidents.json`` lists the posts that are open, in Statuspage's words.

No end is given: a post that is gone from the next list is over. Words of stage may come
capitalised; a post may have no title, and may be resolved twice: the last one counts.
Known from documentation only; no body of it was seen yet.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest.models import Impact, Incident, Kind, Parsed, Stage, Update
from ingest.platforms.contract import EVERY_KIND, Platform, polled
from ingest.platforms.fields import instant, optional_instant, optional_text, rows_of, text
from ingest.platforms.forms import Form, Origin
from ingest.platforms.identity import stated_page_id
from ingest.platforms.incidents import kind_of, read_updates
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.records import read_each
from ingest.platforms.words import IMPACTS, STAGES, word
from ingest.sources import Shape

LIST = "/api/v1/incidents.json"
CARRIED = frozenset(
    {"title", "status", "impact", "created_at", "started_at", "monitoring_at", "updates"}
)
SOURCES = polled((LIST, "active", 5))


def _active(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    return Parsed(
        "active",
        page_id=stated_page_id(data, origin.page),
        incidents=read_each(rows_of(data, "incidents"), _incident, notices, refused=notices.lost),
    )


def _incident(row: Raw, notices: Notices) -> Incident:
    post_id = text(row, "id")
    updates = read_updates(row.get("incident_updates"), post_id, _update, notices)
    status = text(row, "status")
    stage = word(STAGES, _key(status), Stage.UNKNOWN, post_id, notices)
    resolved = [one.display_at for one in updates if one.stage is Stage.RESOLVED]
    created_at = instant(row, "created_at")
    return Incident(
        incident_id=post_id,
        kind=Kind.MAINTENANCE if row.get("kind") == "scheduled" else kind_of(stage, ()),
        title=_title(row, updates),
        status=status,
        stage=stage,
        impact=word(IMPACTS, row.get("impact", "none"), Impact.UNKNOWN, post_id, notices),
        created_at=created_at,
        started_at=optional_instant(row, "started_at"),
        monitoring_at=optional_instant(row, "monitoring_at"),
        resolved_at=max(resolved, default=None) or optional_instant(row, "resolved_at"),
        updates=updates,
        listed_at=optional_instant(row, "updated_at") or created_at,
    )


def _update(row: Raw, within: str, notices: Notices) -> Update:
    update_id, status = text(row, "id"), text(row, "status")
    created_at = optional_instant(row, "created_at")
    return Update(
        update_id=update_id,
        stage=word(STAGES, _key(status), Stage.UNKNOWN, within + update_id, notices),
        status=status,
        created_at=created_at,
        display_at=optional_instant(row, "display_at") or instant(row, "created_at"),
        body=optional_text(row, "body"),
    )


def _title(row: Raw, updates: Sequence[Update]) -> str:
    """Return the title of a post, else the first sentence of its oldest update."""
    title = optional_text(row, "name") or ""
    first = next((one.body for one in updates if one.body), "")
    return title.strip() or text({"name": first.partition(".")[0].strip()}, "name")


def _key(status: str) -> str:
    return status.strip().lower().replace(" ", "_")


FORMS = (Form("active", LIST, _active, frozenset({"page", "incidents"})),)
SHAPES = (Shape("active", CARRIED),)
PLATFORM = Platform(
    "rootly", 1, SHAPES, FORMS, SOURCES, active_only={"active": EVERY_KIND}, seen=False
)
