"""Tell until when an incident without an end says anything of components."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import polars as pl

from ingest.incidents.incident import IncidentReport
from ingest.ledger import removals
from ingest.models import PostedImpact, State
from ingest.platforms.contract import Platform
from ingest.states.observations import Observation
from ingest.states.spans import Span


def end_of_evidence(
    incidents: Iterable[IncidentReport], listed_until: Mapping[str, datetime]
) -> dict[str, datetime]:
    """Find until when incidents say anything that are over without an end.

    One forgotten open, until its last update; one deleted while open, until the last capture
    that listed it.

    Args:
        incidents: the incidents of a page.
        listed_until: when a list that should show it last showed an incident, by id.
    """
    found: dict[str, datetime] = {}
    for incident in incidents:
        times = incident.times
        if times.zombie:
            found[incident.incident_id] = times.last_update_at
        elif times.resolved_at is None and incident.incident_id in listed_until:
            found[incident.incident_id] = listed_until[incident.incident_id]
    return found


def forget_impacts(
    incident: IncidentReport, last_evidence: Mapping[str, datetime]
) -> IncidentReport:
    """End the lasting impacts of an incident with its last evidence; then they are unknown."""
    at = last_evidence.get(incident.incident_id)
    if at is None or incident.impacts is None:
        return incident
    impacts: list[PostedImpact] = []
    for impact in incident.impacts:
        if impact.end_at is not None:
            impacts.append(impact)
            continue
        end = max(at, impact.start_at)
        impacts.append(replace(impact, end_at=end))
        impacts.append(replace(impact, state=State.UNKNOWN, start_at=end))
    return replace(incident, impacts=impacts)


def find_lapsed(
    platform: Platform, polls: pl.DataFrame, incidents: pl.DataFrame
) -> dict[str, tuple[datetime, datetime]]:
    """Find when open incidents were last listed, and when they must have been over, by id.

    Only where incidents give their own window: such a page lists every one without an end.
    """
    if not platform.explicit_window:
        return {}
    still_open = incidents.filter(pl.col("resolved_at").is_null())
    rows = removals.lapsed_incidents(polls, still_open).drop("page_key").iter_rows()
    return {incident_id: (listed, over) for incident_id, listed, over in rows}


def end_lapsed_impacts(
    impacts: Sequence[PostedImpact], lapse: tuple[datetime, datetime] | None
) -> Sequence[PostedImpact]:
    """End the impacts of an incident that is listed no more; from there they are unknown."""
    if lapse is None:
        return impacts
    listed_until, over_by = lapse
    lasting = [i for i in impacts if i.end_at is None]
    return [
        *(i for i in impacts if i.end_at is not None),
        *(replace(i, end_at=listed_until) for i in lasting),
        *(replace(i, state=State.UNKNOWN, start_at=listed_until, end_at=over_by) for i in lasting),
    ]


def until_shown_well(
    spans: Sequence[Span], seen: Iterable[Observation], last_evidence: Container[str]
) -> Sequence[Span]:
    """End what is unknown for want of evidence with the first capture that shows all well."""
    well = [one for one in seen if one.state is State.OPERATIONAL]
    found: list[Span] = []
    for span in spans:
        forgotten = span.state is State.UNKNOWN and span.incident_id in last_evidence
        later = [one for one in well if span.start < one.last_at] if forgotten else []
        ends = [max(one.first_at, one.next_capture(span.start)[1]) for one in later]
        end = min([*ends, *([span.end] if span.end else [])], default=None)
        found.append(replace(span, end=end))
    return found
