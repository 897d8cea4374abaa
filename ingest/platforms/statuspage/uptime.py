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
from datetime import date
from typing import Any

from ingest.models import Component, PostedDay, PostedRatio, ReadError, ReadFailure

RULE = "statuspage"
ASSIGNMENT = re.compile(r"\buptimeData\s*=\s*(?=\{)")


def timelines(
    rows: Iterable[Mapping[str, Any]],
) -> tuple[tuple[Component, ...], tuple[PostedDay, ...]]:
    """Read components and daily seconds of ``{component, days}`` objects.

    Used by the showcase and by ``uptimeData``. An ``m`` or ``p`` that is absent is zero.
    """
    seen: list[Component] = []
    posted: list[PostedDay] = []
    for row in rows:
        component = row["component"]
        start = component.get("startDate")
        first = date.fromisoformat(start) if start else None
        code = str(component["code"])
        if component.get("name"):
            seen.append(Component(code, str(component["name"]), start_date=first))
        for day in row["days"]:
            outages = day.get("outages") or {}
            posted.extend(_day(code, day["date"], outages, first))
    return tuple(seen), tuple(posted)


def _day(
    code: str, stamp: str, seconds: Mapping[str, Any], first: date | None
) -> Iterable[PostedDay]:
    on = date.fromisoformat(stamp[:10])
    if first is None or on >= first:
        yield PostedDay(code, on, int(seconds.get("p") or 0), int(seconds.get("m") or 0))


def inside_page(html: str) -> Mapping[str, Any]:
    """Return the ``uptimeData`` object of a front page. Raises ``ReadError``.

    Later pages alias it first, so the assignment whose right side is an object counts.
    """
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
    values: Iterable[Mapping[str, Any]], days: Iterable[PostedDay]
) -> tuple[PostedRatio, ...]:
    """Read the printed 90-, 60- and 30-day percentages, as fractions."""
    last: dict[str, date] = {}
    for day in days:
        last[day.component_id] = max(day.day, last.get(day.component_id, day.day))
    ratios: list[PostedRatio] = []
    for value in values:
        code = str(value["component"])
        for word, length in (("ninety", 90), ("sixty", 60), ("thirty", 30)):
            if code in last and isinstance(value.get(word), int | float):
                start = date.fromordinal(last[code].toordinal() - length + 1)
                ratios.append(PostedRatio(code, start, last[code], value[word] / 100, RULE))
    return tuple(ratios)


def months(
    code: str, rows: Iterable[Mapping[str, Any]]
) -> tuple[tuple[PostedDay, ...], tuple[PostedRatio, ...]]:
    """Read daily seconds and monthly fractions of one component's month pages.

    Days after the page's today carry no date. Months whose ``uptime_percentage`` is null lie
    before the component's start: all their days are no data. In the month of the start the
    days before it read as zeros and cannot be told apart here; the start date settles it.
    """
    posted: list[PostedDay] = []
    ratios: list[PostedRatio] = []
    for row in rows:
        ratio = row.get("uptime_percentage")
        if ratio is None:
            continue
        dated = [day for day in row["days"] if day.get("date")]
        for day in dated:
            posted.extend(_day(code, day["date"], day, None))
        year, month = int(row["year"]), int(row["month"])
        end = date(year, month, monthrange(year, month)[1])
        ratios.append(PostedRatio(code, date(year, month, 1), end, float(ratio), RULE))
    return tuple(posted), tuple(ratios)
