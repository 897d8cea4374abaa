"""Any RSS or Atom feed of a status page, as the last resort: one entry, one post.

An entry says what it is called, when it was written and what it says; where it stands is
taken from its words, or is unknown. Dates are read by our own table of zones, since the
reader's own guesses some and drops others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import quote

from ingest.models import (
    CLOSED_STAGES,
    MISREADINGS,
    Impact,
    Incident,
    Kind,
    Parsed,
    ReadError,
    ReadFailure,
    Stage,
    Update,
)
from ingest.platforms.contract import Platform, polled
from ingest.platforms.forms import Form, Origin
from ingest.platforms.incidents import kind_of, oldest
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Media
from ingest.platforms.records import by_nothing, read_incidents
from ingest.platforms.timestamps import feed_instant, stamp
from ingest.platforms.words import STAGES
from ingest.sources import Shape

ADDRESS = "/feed"
CARRIED = frozenset({"title", "created_at", "updates"})
#: A document type of its own may define texts without end.
OWN_TYPE = re.compile(r"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
#: What a heading of the newest text, or of the title, says of where a post stands.
HEADED = re.compile(
    r"(?:^|[\[(>])\s*(resolved|completed|monitoring|identified|investigating|in progress|"
    r"verifying|scheduled)\b",
    re.IGNORECASE,
)
#: What feedparser calls a text with markup in it.
MARKUP = ("text/html", "application/xhtml+xml")
TAG = re.compile(r"</?[a-zA-Z][^>]*>")
PLANNED = re.compile(r"\b(scheduled|planned) (maintenance|work)\b|\bmaintenance window\b", re.I)
#: The page's own address, which is that of its feed.
SOURCES = polled(("", "feed", 15))


def _feed(text: str, origin: Origin, notices: Notices) -> Parsed:
    import feedparser

    if OWN_TYPE.search(text):
        raise ReadError(ReadFailure.PARSE, "a feed with a document type of its own")
    # Of a stream it makes no address or path to look behind.
    parsed = feedparser.parse(BytesIO(text.encode()))
    if parsed.bozo and not parsed.entries:
        raise ReadError(ReadFailure.PARSE, f"no feed: {type(parsed.bozo_exception).__name__}")
    if not parsed.version:
        raise ReadError(ReadFailure.SHAPE_CHANGED, "neither RSS nor Atom")
    if parsed.bozo:
        notices.warn("malformed", "feed", "the feed is malformed; its entries are kept")
    rows = [{**entry, "id": entry.get("id") or entry.get("link")} for entry in parsed.entries]
    zone = origin.page.zone
    found = read_incidents(
        rows,
        lambda row, to: _entry(row, zone, to),
        notices,
        lambda row: _is_over(row, zone),
        by_nothing,
    )
    return Parsed("feed", horizon=oldest(found), incidents=found)


def _entry(row: Mapping[str, Any], zone: str, notices: Notices) -> Incident:
    title = _title(row)
    named = str(row.get("id") or "").strip()
    if not named or not title:
        raise ValueError("id or title is missing")
    instants = _instants(row, zone)
    posted_at, changed_at = min(instants), max(instants)
    body = _text(row)
    stage = _stage(title, body)
    update = Update(
        update_id=stamp(changed_at),
        stage=stage,
        status=stage.value,
        created_at=changed_at,
        display_at=changed_at,
        body=body or None,
    )
    planned = PLANNED.search(title) is not None
    return Incident(
        incident_id=quote(named, safe=":/#?&=.,;@+~!*()'%-_"),
        kind=Kind.MAINTENANCE if planned else kind_of(stage, ()),
        title=title,
        status=stage.value,
        stage=stage,
        impact=Impact.UNKNOWN,
        created_at=posted_at,
        updates=(update,),
        url=_address(row),
        listed_at=posted_at,
    )


def _instants(row: Mapping[str, Any], zone: str) -> list[datetime]:
    stamps = [row.get("published"), row.get("updated")]
    instants = [feed_instant(str(one), zone) for one in stamps if one]
    if not instants:
        raise ValueError("a date is missing")
    return instants


def _is_over(row: Mapping[str, Any], zone: str) -> bool:
    """Tell an entry that bears a time and says that its post is over."""
    try:
        _instants(row, zone)
    except MISREADINGS:
        return False
    return _stage(_title(row), _text(row)) in CLOSED_STAGES


def _title(row: Mapping[str, Any]) -> str:
    """Return the title in words; feedparser keeps the tags and entities of one in HTML."""
    title = str(row.get("title") or "")
    if (row.get("title_detail") or {}).get("type") in MARKUP:
        title = unescape(TAG.sub("", title))
    return " ".join(title.split())


def _address(row: Mapping[str, Any]) -> str | None:
    """Return the entry's link; feedparser gives the id of one without, often a tag or a urn."""
    link = str(row.get("link") or "")
    return link if link.startswith(("https://", "http://")) else None


def _text(row: Mapping[str, Any]) -> str:
    contents = row.get("content") or ()
    whole = next((one.get("value") for one in contents if one.get("value")), None)
    return str(whole or row.get("summary") or "").strip()


def _stage(title: str, body: str) -> Stage:
    """Return what the title is headed by, else the first heading in the text."""
    found = HEADED.search(title) or HEADED.search(re.sub(r"<(?!/)[^>]*>", ">", body)[:2000])
    if found is None:
        return Stage.UNKNOWN
    return STAGES[found[1].lower().replace(" ", "_")]


FORMS = (
    Form("feed", ADDRESS, _feed, media=Media.RSS, fits=lambda text: "<item" in text),
    Form("feed", ADDRESS, _feed, media=Media.ATOM, fits=lambda text: "<entry" in text),
    # A feed without an entry does not say whose it is.
    Form("feed", None, _feed, media=Media.RSS),
    Form("feed", None, _feed, media=Media.ATOM),
)

PLATFORM = Platform("feed", 2, (Shape("feed", CARRIED),), FORMS, SOURCES)
