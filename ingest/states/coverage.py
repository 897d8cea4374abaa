"""Find the time covered, per component. Definition: analytics/METHODOLOGY.md, "Coverage"."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import polars as pl

from ingest.intervals import intersection, union
from ingest.models import ALWAYS, Page
from ingest.states.components import UNATTRIBUTED, KnownComponent


@dataclass(frozen=True, slots=True)
class CoveredSpan:
    """A span a list covers: from its horizon to the capture that showed it."""

    start: datetime
    end: datetime
    basis: str


def component_coverage(
    covered: Iterable[CoveredSpan], begins: datetime, ends: datetime | None
) -> list[CoveredSpan]:
    """Cut covered spans to a component's life: from ``begins`` to ``ends`` (None: it lasts).

    A list that was never cut reaches back to the beginning. Spans stated by an import and
    spans of a list are kept apart where only one of them covers.
    """
    spans = list(covered)
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
    """Return midnight of ``day`` in ``zone``, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def page_coverage(
    page: Page,
    polls: pl.DataFrame,
    components: Mapping[str, KnownComponent],
    listed: Iterable[datetime],
    states_from: Collection[str] | None = None,
) -> dict[str, list[CoveredSpan]]:
    """Find the covered spans per component id, and for incidents that name no component.

    Args:
        page: the page, whose zone dates the start of a component.
        polls: runs of captures.
        components: its known components.
        listed: the keys by which the lists are cut, of all incidents.
        states_from: the shapes that cover component states; None: all of them do.
    """
    whole_page, spans = _listed_spans(polls, states_from)
    claimed = _good(polls)["complete_since"].drop_nulls()
    beginning = min([*listed, *polls["first_at"], *claimed], default=ALWAYS)
    covered = {UNATTRIBUTED: component_coverage(whole_page, beginning, None)}
    for component_id, known in components.items():
        start = known.start_date
        begins = start_of_day(start, page.zone) if start else beginning
        ends = known.retired_at or known.last_named_at
        covered[component_id] = component_coverage(spans, begins, ends)
    return covered


def _good(polls: pl.DataFrame) -> pl.DataFrame:
    return polls.filter(pl.col("failure").is_null() & pl.col("read"))


def _listed_spans(
    polls: pl.DataFrame, states_from: Collection[str] | None
) -> tuple[list[CoveredSpan], list[CoveredSpan]]:
    """Return the spans lists cover: of incidents, and of component states."""
    of_incidents: list[CoveredSpan] = []
    of_states: list[CoveredSpan] = []
    last = pl.min_horizontal("last_at", "until_at")
    rows = _good(polls).select("horizon_at", "complete_since", last, "shape").iter_rows()
    for horizon, stated, until, shape in rows:
        start = stated if stated is not None else horizon
        if start is not None:
            span = CoveredSpan(start, until, "list" if stated is None else "stated")
            of_incidents.append(span)
            if states_from is None or shape in states_from:
                of_states.append(span)
    return of_incidents, of_states
