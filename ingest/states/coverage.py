"""What we can vouch for, per component. Definition: analytics/METHODOLOGY.md, "Coverage"."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import polars as pl

from ingest.intervals import intersection, union
from ingest.models import ALWAYS, Page
from ingest.states.components import UNATTRIBUTED, Member


@dataclass(frozen=True, slots=True)
class CoveredSpan:
    """A span a list answers for: from its horizon to the capture that showed it."""

    start: datetime
    end: datetime
    basis: str


def component_coverage(
    vouched: Iterable[CoveredSpan], begins: datetime, ends: datetime | None
) -> list[CoveredSpan]:
    """Spans from ``begins`` (the component's start) to ``ends`` (its retirement, or None).

    A list that was never cut reaches back to the beginning. Spans stated by an import and
    spans a list answers for are kept apart where only one of them vouches.
    """
    spans = list(vouched)
    lists = union((s.start, s.end) for s in spans if s.basis == "list")
    everything = union((s.start, s.end) for s in spans)
    last = max((end for _, end in everything), default=begins)
    window = [(begins, min(ends, last) if ends else last)]
    found: list[CoveredSpan] = []
    for start, end in intersection(everything, window):
        basis = "list" if intersection([(start, end)], lists) == [(start, end)] else "stated"
        found.append(CoveredSpan(start, end, basis))
    return found


def start_of_day(day: date, zone: str) -> datetime:
    """Midnight of ``day`` in ``zone``, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def page_coverage(
    page: Page,
    polls: pl.DataFrame,
    roster: Mapping[str, Member],
    listed: Iterable[datetime],
    states_from: Collection[str] | None = None,
) -> dict[str, list[CoveredSpan]]:
    """Spans per component id, and for the page's unattributed posts.

    ``polls``: runs of captures. ``listed``: the keys by which the lists are cut, of all posts.
    ``states_from``: the shapes that vouch for component states; None: all of them do.
    """
    good = polls.filter(pl.col("failure").is_null() & pl.col("read"))
    whole_page: list[CoveredSpan] = []
    spans: list[CoveredSpan] = []
    for horizon, stated, last, shape in good.select(
        "horizon_at",
        "complete_since",
        pl.min_horizontal("last_at", "until_at"),
        "shape",
    ).iter_rows():
        tells = states_from is None or shape in states_from
        if stated is not None:
            whole_page.append(CoveredSpan(stated, last, "stated"))
            if tells:
                spans.append(CoveredSpan(stated, last, "stated"))
        elif horizon is not None:
            whole_page.append(CoveredSpan(horizon, last, "list"))
            if tells:
                spans.append(CoveredSpan(horizon, last, "list"))
    claimed = good["complete_since"].drop_nulls()
    beginning = min([*listed, *polls["first_at"], *claimed], default=ALWAYS)
    covered = {UNATTRIBUTED: component_coverage(whole_page, beginning, None)}
    for component, member in roster.items():
        start = member.start_date
        begins = start_of_day(start, page.zone) if start else beginning
        ends = member.retired_at or member.last_named_at
        covered[component] = component_coverage(spans, begins, ends)
    return covered
