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

from lxml import etree

from ingest.models import CLOSED_STAGES, MISREADINGS, Impact, Incident, Stage, labelled
from ingest.platforms import payload
from ingest.platforms.feed_dates import parse_feed_date
from ingest.platforms.incident_io.compatible_json import STAGES
from ingest.platforms.payload import ATOM
from ingest.platforms.reading import Notices, kind_of, reason, word
from ingest.platforms.timestamps import minted, parse_instant

STATUS = re.compile(r"Status:\s*(.+)")
SLASHES = re.compile(r"/{2,}")
COMPONENTS = "Affected components"
#: The state a component has now, behind its name.
BRACKETS = re.compile(r"\([^()]*\)$")


def incidents(body: bytes, notices: Notices) -> tuple[Incident, ...]:
    """Read the incidents of a feed. Raises ``ReadError`` when it is none."""
    is_atom, nodes = payload.entries(body)
    found: list[Incident] = []
    for node in nodes:
        try:
            found.append(_atom(node, notices) if is_atom else _rss(node, notices))
        except MISREADINGS as error:
            name = node.findtext(f"{ATOM}id" if is_atom else "guid", "feed entry")
            notices.refuse(name, reason(error))
    return tuple(found)


def _atom(node: etree._Element, notices: Notices) -> Incident:
    link = node.find(f"{ATOM}link")
    at = parse_instant(node.findtext(f"{ATOM}updated", ""))
    said = node.findtext(f"{ATOM}content") or node.findtext(f"{ATOM}summary", "")
    address = link.get("href", "") if link is not None else ""
    return _post(address, node.findtext(f"{ATOM}title", ""), at, said, notices)


def _rss(node: etree._Element, notices: Notices) -> Incident:
    at = parse_feed_date(node.findtext("pubDate", ""))
    said, address = node.findtext("description", ""), node.findtext("link", "")
    return _post(address, node.findtext("title", ""), at, said, notices)


def _post(address: str, title: str, at: datetime, said: str, notices: Notices) -> Incident:
    link = urlsplit(address.strip())
    path = SLASHES.sub("/", link.path).rstrip("/")
    incident_id = path.rpartition("/")[2]
    if not incident_id:
        raise ValueError("link names no incident")
    if not title:
        raise ValueError("title is missing")
    status, component_ids = _shown(said)
    if status is None:
        raise ValueError("entry shows no status")
    stage = word(STAGES, status, Stage.UNKNOWN, incident_id, notices)
    return Incident(
        incident_id=incident_id,
        kind=kind_of(stage, ()),
        title=unescape(title),
        status=status,
        stage=stage,
        impact=Impact.UNKNOWN,
        created_at=minted(incident_id),
        resolved_at=at if stage in CLOSED_STAGES else None,
        component_ids=component_ids,
        url=urlunsplit((link.scheme, link.netloc, path, "", "")),
        listed_at=at.replace(microsecond=0),
    )


@lru_cache(maxsize=4096)
def _shown(said: str) -> tuple[str | None, tuple[str, ...]]:
    """Return the status word of an entry, and its components by label."""
    from bs4 import Tag

    shown = payload.tree(said)
    status = STATUS.match(shown.get_text("\n", strip=True))
    heading = shown.find("b", string=COMPONENTS)
    below = heading.find_next("ul") if heading is not None else None
    items = below.find_all("li") if isinstance(below, Tag) else ()
    names = {BRACKETS.sub("", item.get_text(" ", strip=True)).rstrip() for item in items}
    word_of = status[1].strip().lower().replace(" ", "_") if status else None
    return word_of, tuple(sorted(labelled(name) for name in names if name))
