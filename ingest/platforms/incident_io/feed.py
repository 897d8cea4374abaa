"""incident.io's Atom and RSS feeds: one entry per post, rewritten in place.

An entry shows the latest update only, so it is no list of updates: read as one, every post
would begin resolved. What it does say: the title, the stage now, when that began
(``updated``, by which the feed is ordered and cut), when the post was made (its ULID), and
the names of the components, each with its state now, which is not its state then. Two
components may bear one name. The id and the link have a double slash.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from html import unescape
from urllib.parse import urlsplit, urlunsplit

from ingest.models import CLOSED_STAGES, MISREADINGS, Impact, Incident, Stage, labelled
from ingest.platforms import payload
from ingest.platforms.identity import INCIDENT_IO, own_id
from ingest.platforms.incident_io.compatible_json import STAGES
from ingest.platforms.incidents import kind_of
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Item, items_as_written
from ingest.platforms.records import read_items
from ingest.platforms.timestamps import minted, parse_feed_date
from ingest.platforms.words import word

STATUS = re.compile(r"Status:\s*(.+)")
SLASHES = re.compile(r"/{2,}")
COMPONENTS = "Affected components"
#: A body longer than this is read anew each time: remembering it would fill the memory.
LONGEST_REMEMBERED = 2**16
#: The state a component has now, behind its name.
BRACKETS = re.compile(r"\([^()]*\)$")


def incidents(text: str, notices: Notices) -> tuple[Incident, ...]:
    """Read the incidents of a feed. Raises ``ReadError`` when it is none."""
    return read_items(
        items_as_written(text),
        _incident,
        notices,
        label=lambda item: item.link or item.title or "feed entry",
        is_over=_is_over,
        identify=_code,
    )


def _at(item: Item) -> datetime:
    """Return when the state that an entry shows began; only Atom tells it apart."""
    return parse_feed_date(item.updated or item.published)


def _code(item: Item) -> str:
    """Return the id of an entry's incident: the last segment of its link."""
    try:
        return urlsplit(item.link.strip()).path.rstrip("/").rpartition("/")[2]
    except ValueError:
        return ""


def _is_over(item: Item) -> bool:
    """Tell an entry that bears a time and says that its incident is over."""
    try:
        _at(item)
        status, _ = _shown(item.body)
    except MISREADINGS:
        return False
    return STAGES.get(status or "") in CLOSED_STAGES


def _incident(item: Item, notices: Notices) -> Incident:
    link = urlsplit(item.link.strip())
    path = SLASHES.sub("/", link.path).rstrip("/")
    incident_id = path.rpartition("/")[2]
    if not incident_id:
        raise ValueError("link names no incident")
    own_id(incident_id, INCIDENT_IO)
    at = _at(item)
    status, component_ids = _shown(item.body)
    if status is None:
        raise ValueError("entry shows no status")
    stage = word(STAGES, status, Stage.UNKNOWN, incident_id, notices)
    if not item.title.strip():
        notices.refuse(f"{incident_id}/title", "title is missing")
    return Incident(
        incident_id=incident_id,
        kind=kind_of(stage, ()),
        title=unescape(item.title) if item.title.strip() else incident_id,
        status=status,
        stage=stage,
        impact=Impact.UNKNOWN,
        created_at=minted(incident_id),
        resolved_at=at if stage in CLOSED_STAGES else None,
        component_ids=component_ids,
        url=urlunsplit((link.scheme, link.netloc, path, "", "")),
        listed_at=at.replace(microsecond=0),
    )


def _shown(said: str) -> tuple[str | None, tuple[str, ...]]:
    """Return the status word of an entry, and its components by label."""
    return (_recall if len(said) <= LONGEST_REMEMBERED else _read)(said)


def _read(said: str) -> tuple[str | None, tuple[str, ...]]:
    shown = payload.elements(said)
    status = STATUS.match(payload.words(shown, "\n"))
    heading = next((one for one in shown.iter("b") if one.text == COMPONENTS), None)
    below = None if heading is None else next(iter(heading.xpath("following::ul")), None)
    items = () if below is None else below.iter("li")
    names = {BRACKETS.sub("", payload.words(item, " ")).rstrip() for item in items}
    word_of = status[1].strip().lower().replace(" ", "_") if status else None
    return word_of, tuple(sorted(labelled(name) for name in names if name))


#: A feed repeats its entries in every body.
_recall = lru_cache(maxsize=4096)(_read)
