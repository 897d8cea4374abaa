"""Rows of tables ``component_states``, ``observations`` and ``coverage``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ingest.labels.surfaces import UNMAPPED
from ingest.snapshot.file import Row
from ingest.states.coverage import CoveredSpan
from ingest.states.observations import Observation
from ingest.states.spans import Span

Surfaces = Mapping[str, tuple[str, str]]
"""Surface and surface basis of each component."""


def state_rows(
    base: Row, basis: str, states: Mapping[str, Sequence[Span]], surfaces: Surfaces
) -> list[Row]:
    """Return the rows of ``component_states``.

    Args:
        base: provider and page_key.
        basis: what the states are made from.
        states: the states of each component.
        surfaces: the surfaces of the components.
    """
    return [
        {
            **base,
            "component_id": component,
            "surface": _surface(component, surfaces),
            "state": span.state,
            "start_at": span.start,
            "end_at": span.end,
            "basis": basis,
            "incident_id": span.incident_id,
        }
        for component, spans in states.items()
        for span in spans
    ]


def observation_rows(base: Row, observed: Mapping[str, Sequence[Observation]]) -> list[Row]:
    """Return the rows of ``observations``."""
    return [
        {
            **base,
            "component_id": component,
            "state": seen.state,
            "since_at": seen.since,
            "seen_from_at": seen.first_at,
            "seen_until_at": seen.last_at,
        }
        for component, observations in observed.items()
        for seen in observations
    ]


def coverage_rows(
    base: Row, covered: Mapping[str, Sequence[CoveredSpan]], surfaces: Surfaces
) -> list[Row]:
    """Return the rows of ``coverage``."""
    return [
        {
            **base,
            "component_id": component,
            "surface": _surface(component, surfaces),
            "start_at": span.start,
            "end_at": span.end,
            "basis": span.basis,
        }
        for component, spans in covered.items()
        for span in spans
    ]


def _surface(component: str, surfaces: Surfaces) -> str:
    return surfaces.get(component, UNMAPPED)[0]
