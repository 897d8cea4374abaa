"""Rows of table ``components``, and the components a page had at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
) -> list[Row]:
    """Return the rows of ``components``, with ``unattributed`` where incidents need it.

    Args:
        base: provider and page_key.
        components: the page's known components.
        surfaces: surface and surface basis of each.
        linked: the rows of ``incident_components``.
        polls: runs of captures.
    """
    rows = [{**base, **_component_row(c, known, surfaces[c])} for c, known in components.items()]
    if any(row["component_id"] == UNATTRIBUTED for row in linked):
        name, first_seen_at = "Not attributed to a component", min(polls["first_at"].to_list())
        unnamed = KnownComponent(UNATTRIBUTED, name, (), None, None, None, first_seen_at, None)
        rows.append({**base, **_component_row(UNATTRIBUTED, unnamed, UNMAPPED)})
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


def components_at(
    page: Page, components: Mapping[str, KnownComponent], incident: IncidentReport
) -> frozenset[str]:
    """Return the components the page is known to have had when the incident appeared.

    None before the page is known to have shown any: what an incident names is no roster.
    """
    at = incident.times.published_at
    if at is None or not any(
        known.shown and _since(page, known, known.first_seen_at) <= at
        for known in components.values()
    ):
        return frozenset()
    return frozenset(c for c, known in components.items() if _there(page, known, at))


def _there(page: Page, component: KnownComponent, at: datetime) -> bool:
    known = min(component.first_seen_at, component.first_named_at or component.first_seen_at)
    left = component.retired_at or component.last_named_at
    return _since(page, component, known) <= at and (left is None or at <= left)


def _since(page: Page, component: KnownComponent, known: datetime) -> datetime:
    """Return the start the page states of a component, else when it was first known."""
    return start_of_day(component.start_date, page.zone) if component.start_date else known
