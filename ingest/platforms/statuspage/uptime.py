"""Atlassian Statuspage's own uptime figures, in three forms.

``/uptime_showcase`` (since 2026-09), ``uptimeData`` inside the front page (before), and the
month pages of ``/uptime/<component>.json``. Seconds of partial and major outage are per day
of the page's zone; the month figure is a fraction. None of it is documented, so anything
odd is refused rather than guessed. A day before the component's start is no data.
"""

from __future__ import annotations

import json
import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from ingest.models import Component, PostedDay, PostedRatio, ReadError, ReadFailure
from ingest.platforms import payload
from ingest.platforms.fields import rows_of, said, text
from ingest.platforms.identity import STATUSPAGE, own_id
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.records import read_each

RULE = "statuspage"
ASSIGNMENT = re.compile(r"\buptimeData\s*=\s*(?=\{)")


def timelines(
    rows: Iterable[Any], notices: Notices
) -> tuple[tuple[Component, ...], tuple[PostedDay, ...]]:
    """Read components and daily seconds of ``{component, days}`` objects.

    Used by the showcase and by ``uptimeData``. An ``m`` or ``p`` that is absent is zero.
    """
    read = read_each(rows, _timeline, notices)
    components = tuple(component for component, _ in read if component is not None)
    return components, tuple(day for _, days in read for day in days)


def _timeline(row: Raw, notices: Notices) -> tuple[Component | None, list[PostedDay]]:
    component = row["component"]
    code = own_id(text(component, "code"), STATUSPAGE)
    start = component.get("startDate")
    first = date.fromisoformat(start) if start else None
    name = said(component, "name").strip()
    shown = Component(code, name, start_date=first) if name else None

    def day(one: Raw, _: Notices) -> Iterable[PostedDay]:
        return _day(code, one["date"], one.get("outages") or {}, first)

    days = read_each(rows_of(row, "days"), day, notices, f"{code}/")
    return shown, [one for found in days for one in found]


def _day(
    code: str, stamp: str, seconds: Mapping[str, Any], first: date | None
) -> tuple[PostedDay, ...]:
    on = date.fromisoformat(stamp[:10])
    if first is not None and on < first:
        return ()
    return (PostedDay(code, on, int(seconds.get("p") or 0), int(seconds.get("m") or 0)),)


def inside_page(html: str) -> Mapping[str, Any]:
    """Return the ``uptimeData`` object of a front page. Raises ``ReadError``.

    Later pages alias it first, so the assignment whose right side is an object counts.
    """
    payload.limit_values(html)
    found = ASSIGNMENT.search(html)
    if found is None:
        raise ReadError(ReadFailure.SHAPE_CHANGED, "page holds no uptimeData object")
    try:
        data, _ = json.JSONDecoder(parse_constant=_no_number).raw_decode(html, found.end())
    except ValueError as error:
        raise ReadError(ReadFailure.NOT_JSON, f"uptimeData: {error}") from error
    if not isinstance(data, dict):
        raise ReadError(ReadFailure.SHAPE_CHANGED, "uptimeData is not an object")
    return data


def _no_number(word: str) -> None:
    """Refuse NaN and Infinity, which Python reads and JSON does not have."""
    raise ValueError(f"{word} is no number")


def showcase_ratios(
    values: Iterable[Any], days: Iterable[PostedDay], notices: Notices
) -> tuple[PostedRatio, ...]:
    """Read the printed 90-, 60- and 30-day percentages, as fractions."""
    last: dict[str, date] = {}
    for day in days:
        last[day.component_id] = max(day.day, last.get(day.component_id, day.day))

    def ratios(value: Raw, _: Notices) -> list[PostedRatio]:
        code = text(value, "component")
        return [
            PostedRatio(code, last[code] - timedelta(length - 1), last[code], figure / 100, RULE)
            for word, length in (("ninety", 90), ("sixty", 60), ("thirty", 30))
            if code in last and isinstance(figure := value.get(word), int | float)
        ]

    return tuple(one for found in read_each(values, ratios, notices) for one in found)


def months(
    code: str, rows: Iterable[Any], notices: Notices
) -> tuple[tuple[PostedDay, ...], tuple[PostedRatio, ...]]:
    """Read daily seconds and monthly fractions of one component's month pages.

    Days after the page's today carry no date. Months whose ``uptime_percentage`` is null lie
    before the component's start: all their days are no data. In the month of the start the
    days before it read as zeros and cannot be told apart here; the start date settles it.
    """

    def month(row: Raw, notices: Notices) -> tuple[list[PostedDay], PostedRatio]:
        year, number = int(row["year"]), int(row["month"])
        end = date(year, number, monthrange(year, number)[1])
        ratio = PostedRatio(code, date(year, number, 1), end, float(row["uptime_percentage"]), RULE)
        dated = [
            day for day in rows_of(row, "days") if not isinstance(day, dict) or day.get("date")
        ]
        days = read_each(
            dated, lambda day, _: _day(code, day["date"], day, None), notices, f"{code}/"
        )
        return [day for found in days for day in found], ratio

    measured = [row for row in rows if row.get("uptime_percentage") is not None]
    read = read_each(measured, month, notices, f"{code}/")
    return tuple(day for days, _ in read for day in days), tuple(ratio for _, ratio in read)
