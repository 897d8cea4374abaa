"""Incidents under the days they began on, as HTML: a mark, a time, who, what, and for how long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from html import escape
from itertools import groupby
from typing import Any

import polars as pl

from analytics.question import UTC_ZONE
from analytics.wording.numbers import format_count, format_surface
from analytics.wording.verdict import short_name
from dashboard.charts.palette import provider_colour
from dashboard.charts.state_colours import STATE_COLOURS
from dashboard.shown_text import to_line
from dashboard.style import DAYS
from dashboard.tables.shared import IMPACT_MARKS, open_time
from ingest.models import time_zone

#: The colour beside a mark: as of the state an impact is likest to.
IMPACT_STATES = {
    "critical": "major",
    "major": "partial",
    "minor": "degraded",
    "maintenance": "maintenance",
}
Link = Callable[..., str]
Row = dict[str, Any]


def incident_days(
    found: pl.DataFrame, names: Mapping[str, str], link: Link, zone: str = UTC_ZONE
) -> str:
    """Write incidents day by day, each day with how many of each impact began.

    Args:
        found: As from ``incident_list.incidents``, newest first.
        names: Slug to name.
        link: Writes the address of a page, given its path and what of the question changes.
        zone: Time zone in which days begin.
    """
    days = "".join(
        _day(day, list(rows), names, link)
        for day, rows in groupby(found.iter_rows(named=True), lambda row: _began(row, zone))
    )
    return f'<div class="{DAYS}">{days}</div>'


def _began(row: Row, zone: str) -> date:
    day: date = row["started_at"].astimezone(time_zone(zone)).date()
    return day


def _day(day: date, rows: list[Row], names: Mapping[str, str], link: Link) -> str:
    counts = Counter(row["impact"] or "" for row in rows)
    marked = [impact for impact in (*IMPACT_MARKS, *counts) if impact in counts]
    told = ", ".join(
        f"{IMPACT_MARKS.get(impact, '')} {counts[impact]} {impact or 'of no stated impact'}".strip()
        for impact in dict.fromkeys(marked)
    )
    total = format_count(len(rows), "incident")
    items = "".join(_incident(row, names, link) for row in rows)
    heading = f"{day:%A}, {day.day} {day:%b %Y} <small>{total}: {escape(told)}</small>"
    return f"<h3>{heading}</h3><ul>{items}</ul>"


def _incident(row: Row, names: Mapping[str, str], link: Link) -> str:
    impact, slug = row["impact"] or "", row["provider"]
    edge = STATE_COLOURS[IMPACT_STATES.get(impact, "no data")]
    name = escape(to_line(short_name(names.get(slug) or slug)))
    address = escape(link("incidents", incident=row["key"]))
    title = escape(to_line(row["title"] or "(no title)"))
    return (
        f'<li style="border-color:{edge}"><span>{IMPACT_MARKS.get(impact, "·")}</span>'
        f"<time>{row['started_at']:%H:%M}</time>"
        f'<b><i style="background:{provider_colour(slug)}"></i>{name}</b>'
        f'<a href="{address}">{title}</a><small>{escape(", ".join(_facts(row)))}</small></li>'
    )


def _facts(row: Row) -> Iterator[str]:
    yield row["class"]
    if row["ongoing"]:
        yield "ongoing"
    if row["open_s"] is not None:
        yield f"open {open_time(row)}"
    if row["surfaces"]:
        yield " + ".join(map(format_surface, row["surfaces"].split(", ")))
