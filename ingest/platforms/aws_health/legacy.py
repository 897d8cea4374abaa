"""``data.json`` of AWS's old dashboard: a row is one event of one service.

Updates stand in its HTML with clock times of the Pacific coast; a day is given only where the
clock went past midnight. ``date`` is when the first of them was posted.
"""

from __future__ import annotations

import re
from calendar import isleap
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any

from ingest.models import Change, Incident, Stage, State, Update
from ingest.platforms import payload
from ingest.platforms.aws_health.events import RESOLVED, posted
from ingest.platforms.aws_health.services import STATES
from ingest.platforms.fields import text
from ingest.platforms.impacts import spells
from ingest.platforms.incidents import is_epoch
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.timestamps import abbreviated, epoch
from ingest.platforms.words import word
from ingest.time_zones import time_zone

ZONE = "America/Los_Angeles"
CLOCK = re.compile(
    r"(?:(?P<day>[A-Z][a-z]{2} \d{1,2}),?\s+)?(?P<clock>\d{1,2}:\d\d [AP]M) (?P<zone>P[DS]T)"
)
DAY = timedelta(days=1)


#: What an event is made of.
KEYS = ("service", "summary", "date", "status", "description")
_parts = itemgetter(*KEYS)


def incident(row: Raw, notices: Notices, archived: bool) -> Incident:
    """Read one row, or recall what the same row was read as; what is archived is over."""
    try:
        found, remarks = _recall(archived, *_parts(row))
    except (KeyError, TypeError):  # a part is missing, or is a list: nothing to recall it by
        return _incident(row, archived, notices)
    notices.extend(remarks)
    return found


def is_over(row: Raw, archived: bool) -> bool:
    """Tell a row that says it is over, or is archived, and bears the time it was posted."""
    said = str(row.get("summary")).strip().upper()
    return (archived or said.startswith(RESOLVED)) and is_epoch(row.get("date"))


#: Each version of the document repeats all that it listed before.
@lru_cache(maxsize=4096, typed=True)
def _recall(archived: bool, *values: Any) -> tuple[Incident, Notices]:
    notices = Notices()
    return _incident(dict(zip(KEYS, values, strict=True)), archived, notices), notices


def _incident(row: Raw, archived: bool, notices: Notices) -> Incident:
    key, summary = text(row, "service"), text(row, "summary").strip()
    posted_at = epoch(row["date"])
    event_id = f"{key}_{posted_at.timestamp():.0f}"
    peak = word(STATES, str(row.get("status")), State.UNKNOWN, event_id, notices)
    updates = _updates(row.get("description") or "", posted_at)
    over = archived or summary.upper().startswith(RESOLVED)
    ended_at = updates[-1].display_at if over and updates else None
    if over and updates:
        last = updates[-1]
        changes = (Change(key, None, State.OPERATIONAL),)
        updates = (*updates[:-1], replace(last, stage=Stage.RESOLVED, changes=changes))
    return replace(
        posted(row, event_id, posted_at),
        stage=Stage.RESOLVED if over else Stage.INVESTIGATING,
        resolved_at=ended_at,
        component_ids=(key,),
        updates=updates,
        listed_at=posted_at,
        impacts=spells([(posted_at, {key: peak})], ended_at) if ended_at or not over else (),
    )


@lru_cache(maxsize=4096)
def _updates(html: str, posted_at: datetime) -> tuple[Update, ...]:
    found: list[Update] = []
    at = posted_at
    for block in payload.elements(html).iter("div"):
        stamp = block.find("span[@class='yellowfg']")
        if stamp is None:
            continue
        at = _instant(" ".join(payload.words(stamp, " ").split()), at, first=not found)
        body = payload.markup_behind(stamp).replace("\xa0", " ").strip()
        found.append(Update(f"{len(found)}", Stage.INVESTIGATING, "", at, at, body=body or None))
    return tuple(found)


def _instant(said: str, before: datetime, first: bool) -> datetime:
    """Return a clock time's instant: next to its date at first, else later."""
    parts = CLOCK.fullmatch(said)
    if parts is None:
        raise ValueError(f"{said!r} is no time we can read")
    anchor = before.astimezone(time_zone(ZONE))
    if parts["day"]:
        years = (anchor.year, anchor.year + 1)
        leap = parts["day"] == "Feb 29"
        said_days = [f"{year} {parts['day']}" for year in years if not leap or isleap(year)]
        days = [datetime.strptime(day, "%Y %b %d").date() for day in said_days]
    else:
        days = [(anchor + n * DAY).date() for n in (-1, 0, 1)]
    clock = datetime.strptime(parts["clock"], "%I:%M %p").time()
    instants = [abbreviated(datetime.combine(day, clock), parts["zone"], ZONE) for day in days]
    if not instants:
        raise ValueError(f"{said!r} is no day near {anchor:%Y-%m-%d}")
    if first:
        return min(instants, key=lambda one: abs(one - before))
    later = [one for one in instants if one >= before - DAY / 1440]
    return min(later, default=instants[-1])
