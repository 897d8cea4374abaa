"""incident.io's Atom and RSS feeds: one entry per post, rewritten in place.

An entry shows the latest update only, so it is no list of updates: read as one, every post
would begin resolved. What it does say: the title, the stage now, when that began
(``updated``, by which the feed is ordered and cut), when the post was made (its ULID), and
the names of the components, each with its state now, which is not its state then. Two
components may bear one name. The id and the link have a double slash.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html import unescape
from urllib.parse import urlsplit, urlunsplit

from lxml import etree

from ingest.models import (
    ANY_INCIDENT,
    CLOSED_STAGES,
    MISREADINGS,
    Impact,
    Incident,
    Stage,
    labelled,
)
from ingest.platforms import payload
from ingest.platforms.fields import word
from ingest.platforms.identity import INCIDENT_IO, own_id
from ingest.platforms.incident_io.compatible_json import STAGES
from ingest.platforms.incidents import kind_of
from ingest.platforms.notices import Notices, reason
from ingest.platforms.payload import ATOM
from ingest.platforms.timestamps import minted, parse_feed_date, parse_instant

STATUS = re.compile(r"Status:\s*(.+)")
SLASHES = re.compile(r"/{2,}")
COMPONENTS = "Affected components"
#: A body longer than this is read anew each time: remembering it would fill the memory.
LONGEST_REMEMBERED = 2**16
#: The state a component has now, behind its name.
BRACKETS = re.compile(r"\([^()]*\)$")


@dataclass(frozen=True, slots=True)
class Entry:
    """Feed entry before its time and its body are read."""

    link: str
    title: str
    at: str
    body: str


def incidents(body: bytes, notices: Notices) -> tuple[Incident, ...]:
    """Read the incidents of a feed. Raises ``ReadError`` when it is none."""
    is_atom, nodes = payload.entries(body)
    found: list[Incident] = []
    elements = 0
    for entry in map(_atom if is_atom else _rss, nodes):
        elements += entry.body.count("<")
        try:
            if elements > payload.MOST_ELEMENTS_OF_ALL:
                raise ValueError(f"more than {payload.MOST_ELEMENTS_OF_ALL} elements in messages")
            found.append(_incident(entry, is_atom, notices))
        except MISREADINGS as error:
            notices.refuse(entry.link or entry.title or "feed entry", reason(error))
            notices.unread_incidents.add(_code(entry) or ANY_INCIDENT)
            notices.unread_open |= not _is_over(entry, is_atom)
    return tuple(found)


def _atom(node: etree._Element) -> Entry:
    link = node.find(f"{ATOM}link")
    return Entry(
        link=link.get("href", "") if link is not None else "",
        title=node.findtext(f"{ATOM}title", ""),
        at=node.findtext(f"{ATOM}updated", ""),
        body=node.findtext(f"{ATOM}content") or node.findtext(f"{ATOM}summary", ""),
    )


def _rss(node: etree._Element) -> Entry:
    return Entry(
        link=node.findtext("link", ""),
        title=node.findtext("title", ""),
        at=node.findtext("pubDate", ""),
        body=node.findtext("description", ""),
    )


def _at(entry: Entry, is_atom: bool) -> datetime:
    return (parse_instant if is_atom else parse_feed_date)(entry.at)


def _code(entry: Entry) -> str:
    """Return the id of an entry's incident: the last segment of its link."""
    try:
        return urlsplit(entry.link.strip()).path.rstrip("/").rpartition("/")[2]
    except ValueError:
        return ""


def _is_over(entry: Entry, is_atom: bool) -> bool:
    """Tell an entry that bears a time and says that its incident is over."""
    try:
        _at(entry, is_atom)
        status, _ = _shown(entry.body)
    except MISREADINGS:
        return False
    return STAGES.get(status or "") in CLOSED_STAGES


def _incident(entry: Entry, is_atom: bool, notices: Notices) -> Incident:
    link = urlsplit(entry.link.strip())
    path = SLASHES.sub("/", link.path).rstrip("/")
    incident_id = path.rpartition("/")[2]
    if not incident_id:
        raise ValueError("link names no incident")
    own_id(incident_id, INCIDENT_IO)
    at = _at(entry, is_atom)
    status, component_ids = _shown(entry.body)
    if status is None:
        raise ValueError("entry shows no status")
    stage = word(STAGES, status, Stage.UNKNOWN, incident_id, notices)
    if not entry.title.strip():
        notices.refuse(f"{incident_id}/title", "title is missing")
    return Incident(
        incident_id=incident_id,
        kind=kind_of(stage, ()),
        title=unescape(entry.title) if entry.title.strip() else incident_id,
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
    from bs4 import Tag

    shown = payload.tree(said)
    status = STATUS.match(shown.get_text("\n", strip=True))
    heading = shown.find("b", string=COMPONENTS)
    below = heading.find_next("ul") if heading is not None else None
    items = below.find_all("li") if isinstance(below, Tag) else ()
    names = {BRACKETS.sub("", item.get_text(" ", strip=True)).rstrip() for item in items}
    word_of = status[1].strip().lower().replace(" ", "_") if status else None
    return word_of, tuple(sorted(labelled(name) for name in names if name))


#: A feed repeats its entries in every body.
_recall = lru_cache(maxsize=4096)(_read)
