"""Atlassian Statuspage's feeds: one entry an incident, all its updates inside.

Entries carry no impact, no components, no update ids and no years; times are minutes of the
page's zone. The code of a post is the last segment of its link (the Atom id is unrelated).
The list is cut by ``published`` (Atom) or ``pubDate`` (RSS), the time of the newest shown
update; ``updated`` moves with edits and must not be used for that.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from lxml import etree

from ingest.models import CLOSED_STAGES, MISREADINGS, Impact, Incident, Kind, Stage, Update
from ingest.platforms import payload
from ingest.platforms.feed_dates import parse_feed_date
from ingest.platforms.payload import ATOM
from ingest.platforms.reading import STAGES, Notices, kind_of, reason
from ingest.platforms.timestamps import abbreviated, parse_instant

SCHEDULED_HEADLINE = "THIS IS A SCHEDULED EVENT"
WINDOW = re.compile(
    r"(?P<day>\w{3} \d{1,2}), (?P<start>\d{1,2}:\d\d)(?: [A-Z]+)? - "
    r"(?:(?P<end_day>\w{3} \d{1,2}), )?(?P<end>\d{1,2}:\d\d) (?P<zone>[A-Z]+)"
)
#: The word for an update that leaves the stage as it was.
SAME_STAGE = "update"


@dataclass(frozen=True, slots=True)
class Entry:
    """Feed entry before its body is read."""

    link: str
    title: str
    listed_at: datetime
    body: str


def incidents(body: bytes, zone: str, notices: Notices) -> tuple[Incident, ...]:
    """Read the incidents of a feed. Raises ``ReadError`` when it is none."""
    is_atom, nodes = payload.entries(body)
    found: list[Incident] = []
    for node in nodes:
        record = "feed entry"
        try:
            entry = _atom(node) if is_atom else _rss(node)
            record = entry.link.rstrip("/").rpartition("/")[2] or entry.title or record
            found.append(_incident(entry, zone))
        except MISREADINGS as error:
            notices.refuse(record, reason(error) or "a field is missing")
    return tuple(found)


def _atom(node: etree._Element) -> Entry:
    link = node.find(f"{ATOM}link[@rel='alternate']")
    return Entry(
        link=link.get("href", "") if link is not None else "",
        title=node.findtext(f"{ATOM}title", ""),
        listed_at=parse_instant(node.findtext(f"{ATOM}published", "")),
        body=node.findtext(f"{ATOM}content", ""),
    )


def _rss(node: etree._Element) -> Entry:
    return Entry(
        link=node.findtext("link", ""),
        title=node.findtext("title", ""),
        listed_at=parse_feed_date(node.findtext("pubDate", "")),
        body=node.findtext("description", ""),
    )


def _incident(entry: Entry, zone: str) -> Incident:
    code = urlsplit(entry.link).path.rstrip("/").rpartition("/")[2]
    if not code:
        raise ValueError("link names no incident")
    updates, window = _body(entry.body, entry.listed_at, zone)
    if not updates:
        raise ValueError("entry shows no update")
    stage = _last_stage(updates)
    return Incident(
        incident_id=code,
        kind=Kind.MAINTENANCE if window is not None else kind_of(stage, updates),
        title=entry.title,
        status=stage.value,
        stage=stage,
        impact=Impact.UNKNOWN,
        scheduled_start_at=window[0] if window else None,
        scheduled_end_at=window[1] if window else None,
        updates=updates,
        url=entry.link,
        listed_at=entry.listed_at,
    )


def _last_stage(updates: tuple[Update, ...]) -> Stage:
    # Minutes do not order updates within one: a post that was resolved in its newest
    # minute is over, even where an earlier word of that minute is shown above it.
    newest = [u.stage for u in updates if u.display_at == updates[-1].display_at]
    return next((stage for stage in newest if stage in CLOSED_STAGES), newest[-1])


@lru_cache(maxsize=4096)
def _body(
    html: str, listed_at: datetime, zone: str
) -> tuple[tuple[Update, ...], tuple[datetime, datetime] | None]:
    """Return updates oldest first, and the announced window of a scheduled item."""
    from bs4 import Tag

    shown: list[tuple[datetime, str, str]] = []
    window: tuple[datetime, datetime] | None = None
    anchor = listed_at
    for paragraph in payload.tree(html).find_all("p"):
        heading = paragraph.get_text(" ", strip=True)
        if heading.startswith(SCHEDULED_HEADLINE):
            window = _window(heading.removeprefix(SCHEDULED_HEADLINE), listed_at, zone)
        small, word = paragraph.find("small"), paragraph.find("strong")
        if not isinstance(small, Tag) or not isinstance(word, Tag):
            continue
        at = _before(small.get_text(" ", strip=True), anchor, zone)
        anchor = at
        text = "".join(str(node) for node in word.next_siblings)
        shown.append((at, word.get_text(strip=True), text.removeprefix(" - ").strip()))
    return _updates(shown[::-1]), window


def _updates(shown: list[tuple[datetime, str, str]]) -> tuple[Update, ...]:
    updates: list[Update] = []
    ordinals: Counter[tuple[datetime, Stage]] = Counter()
    stage = Stage.INVESTIGATING
    for at, word, text in shown:
        key = word.lower().replace(" ", "_").replace("post-mortem", "postmortem")
        if key != SAME_STAGE:
            stage = STAGES.get(key, Stage.UNKNOWN)
        ordinal = ordinals[at, stage]
        ordinals[at, stage] += 1
        updates.append(
            Update(
                update_id=feed_update_id(at, stage, ordinal),
                stage=stage,
                status=word,
                created_at=None,
                display_at=at,
                body=text,
            )
        )
    return tuple(updates)


def feed_update_id(display_at: datetime, stage: Stage, ordinal: int) -> str:
    """Return the key of an update without an id.

    It is made of its minute, its stage and its place among those of the same.
    """
    return f"{display_at:%Y-%m-%dT%H:%MZ}/{stage}/{ordinal}"


def _before(text: str, anchor: datetime, zone: str) -> datetime:
    """Return a yearless time in the year that puts it nearest before ``anchor``.

    Updates are shown newest first, so each anchors the next older one. A day of slack
    allows for the anchor being the entry's own stamp and for minutes being cut.
    """
    month_day, _, clock = text.partition(",")
    hour_minute, _, abbreviation = clock.strip().partition(" ")
    for year in (anchor.year + 1, anchor.year, anchor.year - 1):
        try:
            at = _instant(year, month_day, hour_minute, abbreviation.strip(), zone)
        except _NoSuchDayError:
            continue
        if at <= anchor + timedelta(days=1):
            return at
    raise ValueError(f"{text!r} fits no year near {anchor:%Y-%m-%d}")


class _NoSuchDayError(ValueError):
    """A 29 February in a year that has none."""


def _instant(year: int, month_day: str, clock: str, abbreviation: str, zone: str) -> datetime:
    month, _, day = month_day.strip().partition(" ")
    text = f"{year} {month} {day.strip()} {clock}"
    try:
        local = datetime.strptime(text, "%Y %b %d %H:%M")
    except ValueError as error:
        if month == "Feb" and day.strip() == "29":
            raise _NoSuchDayError(text) from error
        raise ValueError(f"{month_day}, {clock} is not a date we can read") from error
    return abbreviated(local, abbreviation, zone)


def _window(text: str, posted_at: datetime, zone: str) -> tuple[datetime, datetime] | None:
    """Read ``Apr 7, 13:00 - 14:00 UTC`` or ``Apr 7, 23:00 UTC - Apr 8, 01:00 UTC``."""
    parts = WINDOW.fullmatch(" ".join(text.replace(" ,", ",").split()))
    if parts is None:
        return None
    word = parts["zone"]
    for year in (posted_at.year - 1, posted_at.year, posted_at.year + 1):
        try:
            start = _instant(year, parts["day"], parts["start"], word, zone)
            end = _instant(year, parts["end_day"] or parts["day"], parts["end"], word, zone)
        except _NoSuchDayError:
            continue
        if end < start:
            end = end.replace(year=end.year + 1)
        if start >= posted_at - timedelta(days=180):
            return start, end
    return None
