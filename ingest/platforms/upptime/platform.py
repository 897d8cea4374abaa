"""Upptime: ``history/summary.json`` of a repository that checks sites by itself.

Everything in it is measured: the present state, the minutes of each day on which a site was
down, and shares of the last week, month and year. Days are UTC's. What people add stands in
the repository's issues, which are not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from ingest.models import Component, Parsed, PostedDay, PostedRatio, State
from ingest.platforms.contract import Platform, polled
from ingest.platforms.fields import objects, text
from ingest.platforms.forms import Form, Origin
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.records import by_key, read_components, read_each
from ingest.platforms.words import MONITOR_RULE, MONITOR_STATES, word
from ingest.sources import Shape

SUMMARY = "/history/summary.json"
WINDOWS = {"uptimeWeek": 7, "uptimeMonth": 30, "uptimeYear": 365}
MINUTES_A_DAY = 1440
SOURCES = polled((SUMMARY, "summary", 15))


def _summary(rows: list[Any], origin: Origin, notices: Notices) -> Parsed:
    today = origin.at.date()
    components = read_components(rows, _site, notices, by_key("slug"))
    known = {one.component_id for one in components}
    sites = [row for row in objects(rows) if row.get("slug") in known]
    days = (one for row in sites for one in _days(row, notices))
    ratios = read_each((said for row in sites for said in _shares(row, today)), _ratio, notices)
    return Parsed(
        "summary", roster=True, components=components, posted_days=tuple(days), posted_ratios=ratios
    )


def _site(row: Raw, notices: Notices) -> Component:
    slug = text(row, "slug")
    state = word(MONITOR_STATES, row.get("status"), State.UNKNOWN, slug, notices)
    return Component(slug, text(row, "name"), state=state)


def _days(row: Raw, notices: Notices) -> tuple[PostedDay, ...]:
    slug = text(row, "slug")

    def day(one: Raw, to: Notices) -> PostedDay:
        minutes = one["minutes"]
        if isinstance(minutes, bool) or not isinstance(minutes, int | float):
            raise ValueError("minutes are no number")
        if not 0 <= minutes <= MINUTES_A_DAY:
            raise ValueError(f"{minutes} minutes of a day")
        return PostedDay(slug, date.fromisoformat(one["id"]), 0, round(minutes * 60))

    said = row.get("dailyMinutesDown") or {}
    rows = ({"id": when, "minutes": minutes} for when, minutes in said.items())
    return read_each(rows, day, notices, f"{slug}/")


def _shares(row: Raw, today: date) -> Iterator[Raw]:
    for key, days in WINDOWS.items():
        if key in row:
            first = today - timedelta(days=days - 1)
            yield {"id": row["slug"], "said": row[key], "from": first, "to": today}


def _ratio(row: Raw, notices: Notices) -> PostedRatio:
    said = text(row, "said")
    return PostedRatio(
        row["id"], row["from"], row["to"], float(said.rstrip("%")) / 100, MONITOR_RULE
    )


def _lists_sites(data: Any) -> bool:
    rows = objects(data)
    return bool(rows) and all({"slug", "dailyMinutesDown"} <= row.keys() for row in rows)


FORMS = (Form("summary", SUMMARY, _summary, fits=_lists_sites),)
SHAPES = (Shape("summary", frozenset()),)
PLATFORM = Platform(
    "upptime", 1, SHAPES, FORMS, SOURCES, measures=True, present=frozenset({"summary"})
)
