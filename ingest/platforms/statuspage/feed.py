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
from ingest.platforms.identity import STATUSPAGE, own_id
from ingest.platforms.incidents import kind_of
from ingest.platforms.notices import Notices, reason
from ingest.platforms.payload import Item, items_as_written
from ingest.platforms.records import read_items
from ingest.platforms.timestamps import abbreviated, abbreviated_span, parse_feed_date
from ingest.platforms.words import STAGES

SCHEDULED_HEADLINE = "THIS IS A SCHEDULED EVENT"
WINDOW = re.compile(
    r"(?P<day>\w{3} \d{1,2}), (?P<start>\d{1,2}:\d\d)(?: [A-Z]+)? - "
    r"(?:(?P<end_day>\w{3} \d{1,2}), )?(?P<end>\d{1,2}:\d\d) (?P<zone>[A-Z]+)"
)
#: The word of the newest update, as it stands in the body.
NEWEST = re.compile(r"<strong>([^<]*)</strong>")
#: A body longer than this is read anew each time: remembering it would fill the memory.
LONGEST_REMEMBERED = 2**16
#: The word for an update that leaves the stage as it was.
SAME_STAGE = "update"


@dataclass(frozen=True, slots=True)
class Shown:
    """Body of an entry: its updates oldest first, and the window of a scheduled item.

    ``refused``: reasons of the updates that could not be read. ``whole``: the newest could.
    """

    updates: tuple[Update, ...]
    window: tuple[datetime, datetime] | None
    refused: tuple[str, ...]
    whole: bool


def incidents(text: str, zone: str, notices: Notices) -> tuple[Incident, ...]:
    """Read the incidents of a feed. Raises ``ReadError`` when it is none."""
    return read_items(
        items_as_written(text),
        lambda item, to: _read(item, zone, to),
        notices,
        label=lambda item: _code(item) or item.title or "feed entry",
        is_over=_is_over,
        identify=_code,
    )


def _code(item: Item) -> str:
    """Return the id of an entry's incident: the last segment of its link."""
    try:
        return urlsplit(item.link).path.rstrip("/").rpartition("/")[2]
    except ValueError:
        return ""


def _is_over(item: Item) -> bool:
    """Tell an entry that bears a time and whose newest update says that it is over."""
    newest = NEWEST.search(item.body)
    try:
        parse_feed_date(item.published)
    except MISREADINGS:
        return False
    return newest is not None and STAGES.get(_key(newest[1])) in CLOSED_STAGES


def _read(item: Item, zone: str, notices: Notices) -> Incident:
    """Read an entry, or recall what the same entry was read as: a feed repeats most of them."""
    if len(item.body) > LONGEST_REMEMBERED:
        return _incident(item, zone, notices)
    incident, remarks = _recall(item, zone)
    notices.extend(remarks)
    return incident


@lru_cache(maxsize=4096)
def _recall(item: Item, zone: str) -> tuple[Incident, Notices]:
    notices = Notices()
    return _incident(item, zone, notices), notices


def _incident(item: Item, zone: str, notices: Notices) -> Incident:
    code = _code(item)
    if not code:
        raise ValueError("link names no incident")
    own_id(code, STATUSPAGE)
    listed_at = parse_feed_date(item.published)
    shown = _body(item.body, listed_at, zone)
    if not shown.updates:
        raise ValueError(shown.refused[0] if shown.refused else "entry shows no update")
    stage = _last_stage(shown.updates)
    for why in shown.refused:
        notices.refuse(f"{code}/update", why)
    notices.unread_open |= not shown.whole or (bool(shown.refused) and stage not in CLOSED_STAGES)
    if not item.title.strip():
        notices.refuse(f"{code}/title", "title is missing")
    planned = shown.window is not None
    return Incident(
        incident_id=code,
        kind=Kind.MAINTENANCE if planned else kind_of(stage, shown.updates),
        title=item.title if item.title.strip() else code,
        status=stage.value,
        stage=stage,
        impact=Impact.UNKNOWN,
        scheduled_start_at=shown.window[0] if shown.window else None,
        scheduled_end_at=shown.window[1] if shown.window else None,
        updates=shown.updates,
        url=item.link,
        listed_at=listed_at,
    )


def _last_stage(updates: tuple[Update, ...]) -> Stage:
    # Minutes do not order updates within one: a post that was resolved in its newest
    # minute is over, even where an earlier word of that minute is shown above it.
    newest = [u.stage for u in updates if u.display_at == updates[-1].display_at]
    return next((stage for stage in newest if stage in CLOSED_STAGES), newest[-1])


def _body(html: str, listed_at: datetime, zone: str) -> Shown:
    """Read the body of an entry; an update that cannot be dated is refused."""
    shown: list[tuple[datetime, str, str]] = []
    refused: list[str] = []
    whole = True
    window: tuple[datetime, datetime] | None = None
    anchor = listed_at
    for paragraph in payload.elements(html).iter("p"):
        heading = payload.words(paragraph, " ")
        if heading.startswith(SCHEDULED_HEADLINE):
            window = _window(heading.removeprefix(SCHEDULED_HEADLINE), listed_at, zone)
        small, word = paragraph.find(".//small"), paragraph.find(".//strong")
        if small is None or word is None:
            continue
        try:
            anchor = _before(payload.words(small, " "), anchor, zone)
        except MISREADINGS as error:
            refused.append(reason(error))
            whole = whole and bool(shown)
            continue
        text = payload.markup_behind(word).removeprefix(" - ") + _pasted(paragraph)
        shown.append((anchor, payload.words(word), text.strip()))
    return Shown(_updates(shown[::-1]), window, tuple(refused), whole)


def _pasted(paragraph: etree._Element) -> str:
    """Return what stands between the paragraph of an update and that of the next.

    HTML has no paragraph inside another: one in a text ends that of its update.
    """
    parts = [paragraph.tail or ""]
    for sibling in paragraph.itersiblings():
        words = payload.words(sibling, " ")
        if sibling.find(".//small") is not None or words.startswith(SCHEDULED_HEADLINE):
            break
        parts += [payload.markup(sibling) if words else "", sibling.tail or ""]
    return "".join(parts)


def _updates(shown: list[tuple[datetime, str, str]]) -> tuple[Update, ...]:
    updates: list[Update] = []
    ordinals: Counter[tuple[datetime, Stage]] = Counter()
    stage = Stage.INVESTIGATING
    for at, word, text in shown:
        key = _key(word)
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


def _key(word: str) -> str:
    return word.strip().lower().replace(" ", "_").replace("post-mortem", "postmortem")


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
            local = _local(year, month_day, hour_minute)
        except _NoSuchDayError:
            continue
        at = abbreviated(local, abbreviation.strip(), zone)
        if at <= anchor + timedelta(days=1):
            return at
    raise ValueError(f"{text!r} fits no year near {anchor:%Y-%m-%d}")


class _NoSuchDayError(ValueError):
    """A 29 February in a year that has none."""


def _local(year: int, month_day: str, clock: str) -> datetime:
    month, _, day = month_day.strip().partition(" ")
    text = f"{year} {month} {day.strip()} {clock}"
    try:
        return datetime.strptime(text, "%Y %b %d %H:%M")
    except ValueError as error:
        if month == "Feb" and day.strip() == "29":
            raise _NoSuchDayError(text) from error
        raise ValueError(f"{month_day}, {clock} is not a date we can read") from error


def _window(text: str, posted_at: datetime, zone: str) -> tuple[datetime, datetime] | None:
    """Read ``Apr 7, 13:00 - 14:00 UTC`` or ``Apr 7, 23:00 UTC - Apr 8, 01:00 UTC``."""
    parts = WINDOW.fullmatch(" ".join(text.replace(" ,", ",").split()))
    if parts is None:
        return None
    word = parts["zone"]
    for year in (posted_at.year - 1, posted_at.year, posted_at.year + 1):
        try:
            begun = _local(year, parts["day"], parts["start"])
            over = _local(year, parts["end_day"] or parts["day"], parts["end"])
        except _NoSuchDayError:
            continue
        start, end = abbreviated_span(begun, over, word, zone)
        if end < start:
            over = over.replace(year=over.year + 1)
            start, end = abbreviated_span(begun, over, word, zone)
        if start >= posted_at - timedelta(days=180):
            return start, end
    return None
