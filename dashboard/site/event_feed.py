"""Feeds of events and of posts, as Atom, and the events as JSON Feed.

A reader tells an entry once and never again when it changes. So what happens is an entry of its
own with an id of its own; the feed of posts is the record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import quote

from lxml import etree

from analytics.read_models.incident_events import IncidentEvent
from analytics.wording.grammar import AS_POSTED
from dashboard.shown_text import SIMULATED, http_url
from dashboard.site.wording import event_sentences, event_title, stamp

ATOM = "http://www.w3.org/2005/Atom"
JSON_FEED = "https://jsonfeed.org/version/1.1"
#: Ids have to be addresses or names for good: whoever publishes, it is the same incident.
TAG = "tag:statusledger,2026:"
#: What may stand in an address as it is; ids of posts may be addresses themselves.
PLAIN = "/:;?#[]@!$&'()*+,=%"


@dataclass(frozen=True, slots=True)
class FeedHead:
    """Hold the head of a feed: its id behind ``TAG``, its title, the newest capture it knows."""

    key: str
    title: str
    as_of: datetime
    simulated: bool

    @property
    def subtitle(self) -> str:
        """Sentence about what every entry rests on."""
        return f"{SIMULATED} {AS_POSTED}" if self.simulated else AS_POSTED


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold an entry: its id behind ``TAG``, what it says, and where the post or its page is."""

    key: str
    title: str
    at: datetime
    updated: datetime
    sentences: tuple[str, ...]
    url: str | None


def event_entries(
    events: Sequence[IncidentEvent],
    names: Mapping[str, str],
    pages: Mapping[str, str],
    note: str,
) -> list[Entry]:
    """Make an entry of each event.

    Args:
        events: The newest first.
        names: Name of each provider, by slug.
        pages: Address of each page, by its key.
        note: A sentence that ends every entry.
    """
    return [
        Entry(
            event.key,
            event_title(event, names.get(event.provider, event.provider)),
            event.at,
            event.at,
            (*event_sentences(event), note),
            _link(event, pages),
        )
        for event in events
    ]


def post_entries(
    events: Sequence[IncidentEvent],
    names: Mapping[str, str],
    pages: Mapping[str, str],
    note: str,
) -> list[Entry]:
    """Make an entry of each incident that has events, with all of them.

    Args:
        events: The newest first.
        names: Name of each provider, by slug.
        pages: Address of each page, by its key.
        note: A sentence that ends every entry.
    """
    posts: dict[tuple[str, str], list[IncidentEvent]] = {}
    for event in events:
        posts.setdefault((event.page_key, event.incident_id), []).append(event)
    return [
        Entry(
            f"{page_key}/{incident_id}",
            f"{names.get(its[0].provider, its[0].provider)}: {its[0].title}",
            its[-1].at,
            its[0].at,
            (*(word for event in reversed(its) for word in event_sentences(event)), note),
            _link(its[0], pages),
        )
        for (page_key, incident_id), its in posts.items()
    ]


def _link(event: IncidentEvent, pages: Mapping[str, str]) -> str | None:
    """Return the address of a post; that of its page where it has none that a reader may follow."""
    return http_url(event.url) or http_url(pages.get(event.page_key))


def _id(key: str) -> str:
    """Write a name for good as an address, which has no blanks and only ASCII.

    >>> _id("events/My vendors")
    'tag:statusledger,2026:events/My%20vendors'
    """
    return TAG + quote(key, safe=PLAIN)


def atom(head: FeedHead, entries: Sequence[Entry]) -> bytes:
    """Write an Atom feed; its own time is that of its newest entry."""
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    _add(feed, "title", head.title)
    _add(feed, "subtitle", head.subtitle)
    _add(feed, "id", _id(head.key))
    newest = max((entry.updated for entry in entries), default=head.as_of)
    _add(feed, "updated", stamp(newest))
    _add(_add(feed, "author"), "name", "Status Ledger")
    for entry in entries:
        one = _add(feed, "entry")
        _add(one, "title", entry.title)
        if entry.url:
            # The first link, since some readers take the first whatever it is.
            _add(one, "link", None, rel="alternate", href=entry.url)
        _add(one, "id", _id(entry.key))
        _add(one, "published", stamp(entry.at))
        _add(one, "updated", stamp(entry.updated))
        _add(one, "content", _html(entry), type="html")
    etree.indent(feed)
    written: bytes = etree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def json_feed(head: FeedHead, entries: Sequence[Entry]) -> bytes:
    """Write the same entries as JSON Feed 1.1."""
    items: list[dict[str, Any]] = [
        {
            "id": _id(entry.key),
            "title": entry.title,
            "content_html": _html(entry),
            "date_published": stamp(entry.at),
            "date_modified": stamp(entry.updated),
            **({"url": entry.url} if entry.url else {}),
        }
        for entry in entries
    ]
    feed = {"version": JSON_FEED, "title": head.title, "description": head.subtitle, "items": items}
    return (json.dumps(feed, ensure_ascii=False, indent=1) + "\n").encode()


def _html(entry: Entry) -> str:
    return "".join(f"<p>{escape(sentence)}</p>" for sentence in entry.sentences)


def _add(parent: Any, name: str, text: str | None = None, **attributes: str) -> Any:
    element = etree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    element.text = text
    return element
