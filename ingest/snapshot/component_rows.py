"""Rows of table ``components``, and the components a page had at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from ingest.incidents.incident import IncidentReport
from ingest.labels.surfaces import UNMAPPED
from ingest.models import Page
from ingest.snapshot.file import Row
from ingest.states.components import (
    UNATTRIBUTED,
    KnownComponent,
)
from ingest.states.coverage import start_of_day


def list_components(
    base: Row,
    components: Mapping[str, KnownComponent],
    surfaces: Mapping[str, tuple[str, str]],
    linked: Iterable[Row],
    polls: pl.DataFrame,
    aliases: Mapping[str, Sequence[str]],
) -> list[Row]:
    """Return the rows of ``components``, with ``unattributed`` where incidents need it.

    Args:
        base: provider and page_key.
        components: the page's known components.
        surfaces: surface and surface basis of each.
        linked: the rows of ``incident_components``.
        polls: runs of captures.
        aliases: other ids of each, oldest first.
    """
    rows = [
        {**base, **_component_row(c, known, surfaces[c]), "aliases": list(aliases.get(c, ()))}
        for c, known in components.items()
    ]
    if any(row["component_id"] == UNATTRIBUTED for row in linked):
        name, first_seen_at = "Not attributed to a component", min(polls["first_at"].to_list())
        unnamed = KnownComponent(UNATTRIBUTED, name, (), None, None, None, first_seen_at, None)
        rows.append({**base, **_component_row(UNATTRIBUTED, unnamed, UNMAPPED), "aliases": []})
    return rows


def _component_row(component_id: str, known: KnownComponent, surface: tuple[str, str]) -> Row:
    return {
        "component_id": component_id,
        "name": known.name,
        "name_history": list(known.name_history),
        "group_name": known.group,
        "region": known.region,
        "surface": surface[0],
        "surface_basis": surface[1],
        "start_date": known.start_date,
        "first_seen_at": known.first_seen_at,
        "retired_at": known.retired_at,
    }


@dataclass(frozen=True, slots=True)
class KnownSpan:
    """Span in which a page is known to have had a component; ``end`` None: it still has.

    ``shown_at``: when the page first showed it; None where incidents only name it.
    """

    component_id: str
    start: datetime
    end: datetime | None
    shown_at: datetime | None


def known_spans(page: Page, components: Mapping[str, KnownComponent]) -> list[KnownSpan]:
    """List when each component of a page is known to have been there."""
    spans = []
    for component_id, known in components.items():
        begins = start_of_day(known.start_date, page.zone) if known.start_date else None
        first_at = min(known.first_seen_at, known.first_named_at or known.first_seen_at)
        shown_at = (begins or known.first_seen_at) if known.shown else None
        left_at = known.retired_at or known.last_named_at
        spans.append(KnownSpan(component_id, begins or first_at, left_at, shown_at))
    return spans


def components_at(spans: Sequence[KnownSpan], incident: IncidentReport) -> frozenset[str]:
    """Return the components the page is known to have had when the incident appeared.

    None before the page is known to have shown any: what an incident names is no roster.
    """
    at = incident.times.published_at
    if at is None or not any(s.shown_at is not None and s.shown_at <= at for s in spans):
        return frozenset()
    return frozenset(
        s.component_id for s in spans if s.start <= at and (s.end is None or at <= s.end)
    )
