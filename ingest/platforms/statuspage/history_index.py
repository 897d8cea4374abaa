"""Atlassian Statuspage's ``/history.json``: three months of incidents a page.

An entry has a code, a title, an impact and a local time range without years. A post is
filed under the month in which it ended.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from ingest.models import Impact, Incident, Kind, Stage
from ingest.platforms.fields import said, text
from ingest.platforms.identity import STATUSPAGE, own_id
from ingest.platforms.incidents import parts_of, title_of
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.records import read_incidents
from ingest.platforms.timestamps import abbreviated, abbreviated_span
from ingest.platforms.words import IMPACTS
from ingest.time_zones import time_zone

TAG = re.compile(r"<[^<>]+>")
RANGE = re.compile(
    r"(?P<day>\w{3} \d{1,2}), (?P<start>\d{1,2}:\d\d)"
    r"(?: - (?:(?P<end_day>\w{3} \d{1,2}), )?(?P<end>\d{1,2}:\d\d))? (?P<zone>[A-Z]+)"
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def incidents(months: list[Raw], zone: str, notices: Notices) -> tuple[Incident, ...]:
    """Read the incidents of an index page; those that cannot be dated are refused.

    One that is refused may be going on where it is filed under the newest month.
    """
    newest = max(map(_filed, months), default=None)
    found: list[Incident] = []
    for month in months:
        past = _filed(month) != newest

        def incident(row: Raw, notices: Notices, month: Raw = month) -> Incident:
            return _incident(row, month, zone, notices)

        def is_over(row: Raw, past: bool = past) -> bool:
            return past

        rows = parts_of(month, "incidents", str(month.get("name", "month")), notices)
        found.extend(read_incidents(rows, incident, notices, is_over, _code))
    return tuple(found)


def _code(row: Raw) -> str | None:
    return said(row, "code") or None


def _filed(month: Raw) -> tuple[int, int]:
    """Return year and number of a month; of one that cannot be told, the last of all."""
    try:
        return int(month["year"]), MONTHS.index(str(month["name"])[:3]) + 1
    except (KeyError, TypeError, ValueError):
        return 9999, 12


def span(months: list[Raw], zone: str) -> tuple[datetime | None, datetime | None]:
    """Return start of the oldest and end of the newest month of a page, in UTC.

    None where the page has no month that can be told.
    """
    told = []
    for month in months:
        try:
            told.append((int(month["year"]), MONTHS.index(str(month["name"])[:3]) + 1))
        except (KeyError, TypeError, ValueError):
            return None, None
    if not told:
        return None, None
    (first_year, first), (last_year, last) = min(told), max(told)
    after = (last_year + 1, 1) if last == 12 else (last_year, last + 1)
    return _midnight(first_year, first, zone), _midnight(*after, zone)


def _midnight(year: int, month: int, zone: str) -> datetime:
    return datetime(year, month, 1, tzinfo=time_zone(zone)).astimezone(UTC)


def _incident(row: Raw, month: Raw, zone: str, notices: Notices) -> Incident:
    name, year = str(month["name"])[:3], int(month["year"])
    start, end = filed_range(text(row, "timestamp"), name, year, zone)
    code = own_id(text(row, "code"), STATUSPAGE)
    planned = row.get("impact") == "maintenance"
    return Incident(
        incident_id=code,
        kind=Kind.MAINTENANCE if planned else Kind.INCIDENT,
        title=title_of(row, "name", code, notices),
        status="",
        stage=Stage.UNKNOWN,
        impact=IMPACTS.get(said(row, "impact"), Impact.UNKNOWN),
        started_at=start,
        resolved_at=end,
        listed_at=end or start,
    )


def filed_range(stamp: str, month: str, year: int, zone: str) -> tuple[datetime, datetime | None]:
    """Return start and end of an entry, filed under the month it ended in.

    Args:
        stamp: The range as the index shows it, without years.
        month: English name of the month, three letters.
        year: The year of that month.
        zone: The page's zone.

    The end is None when only one time is shown. Raises ``ValueError`` for a form or a zone
    that is not known: a wrong date is worse than none.
    """
    parts = RANGE.fullmatch(" ".join(TAG.sub("", stamp).replace(" ,", ",").split()))
    if parts is None:
        raise ValueError(f"{stamp!r} is not a time range we know")
    start_year = year - 1 if _index(parts["day"]) > MONTHS.index(month) else year
    start = _local(parts["day"], parts["start"], start_year)
    if parts["end"] is None:
        return abbreviated(start, parts["zone"], zone), None
    end_day = parts["end_day"] or parts["day"]
    end_year = start_year + 1 if _index(end_day) < _index(parts["day"]) else start_year
    end = _local(end_day, parts["end"], end_year)
    return abbreviated_span(start, end, parts["zone"], zone)


def _index(month_day: str) -> int:
    return MONTHS.index(month_day[:3])


def _local(month_day: str, clock: str, year: int) -> datetime:
    return datetime.strptime(f"{year} {month_day} {clock}", "%Y %b %d %H:%M")
