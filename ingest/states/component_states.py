"""Make the component states of a page from one basis.

Definition: analytics/METHODOLOGY.md, "One basis". Stated impacts where a page's incidents
have any, else replay of updates and captures, else the time incidents were open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl

from ingest.incidents.incident import IncidentReport, find_stated_window
from ingest.intervals import difference
from ingest.ledger import removals
from ingest.models import Impact, Page, PostedImpact, State
from ingest.platforms.contract import Platform
from ingest.states.components import UNATTRIBUTED, KnownComponent
from ingest.states.replay import (
    Observation,
    Span,
    StatedSpan,
    replay,
    spans_during,
    worst_of_layers,
)

#: Stands for the end of what lasts.
FAR = datetime.max.replace(tzinfo=UTC)
IMPACTS, REPLAY, INCIDENT = "impacts", "replay", "incident"

#: The component state an impact stands for, on pages that never post component states.
STATE_OF_IMPACT = {
    Impact.CRITICAL: State.MAJOR,
    Impact.MAJOR: State.MAJOR,
    Impact.MINOR: State.PARTIAL,
    Impact.NONE: State.DEGRADED,
    Impact.MAINTENANCE: State.MAINTENANCE,
    Impact.UNKNOWN: State.UNKNOWN,
}


def impact_shapes(platform: Platform) -> frozenset[str]:
    """Return the shapes of a platform that carry stated impacts."""
    return frozenset(shape.name for shape in platform.shapes if "impacts" in shape.carries)


def component_states(
    platform: Platform,
    page: Page,
    incidents: Sequence[IncidentReport],
    observed: Mapping[str, Sequence[Observation]],
    components: Mapping[str, KnownComponent],
) -> tuple[str, dict[str, Sequence[Span]]]:
    """Choose the one basis of a page's component states, and make the states from it.

    Stated impacts where its incidents have any, else replay, else the time incidents were
    open: the last only where the page never shows what became of a component.

    Args:
        platform: the engine of the page.
        page: the page.
        incidents: its incidents.
        observed: what captures showed, by component.
        components: its known components.
    """
    if any(i.impacts is not None for i in incidents):
        return platform.impact_basis, _stated_states(incidents, components)
    transitions = any(i.transitions(c) for i in incidents for c in i.mentions)
    if (transitions or observed) and not impact_shapes(platform):
        unread = _unread_spans(incidents, page)
        return REPLAY, {
            c: _with_unread(_replayed(c, incidents, observed), unread) for c in components
        }
    return INCIDENT, _states_while_open(incidents, components)


def _stated_states(
    incidents: Iterable[IncidentReport], components: Iterable[str]
) -> dict[str, Sequence[Span]]:
    stated: dict[str, list[StatedSpan]] = {component: [] for component in components}
    for incident in incidents:
        for i in incident.impacts or ():
            if i.component_id in stated:
                span = (i.state, i.start_at, i.end_at, incident.incident_id)
                stated[i.component_id].append(span)
    return {component: worst_of_layers(found) for component, found in stated.items()}


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


def _replayed(
    component_id: str,
    incidents: Sequence[IncidentReport],
    observed: Mapping[str, Sequence[Observation]],
) -> Sequence[Span]:
    mentions = [m for incident in incidents for m in incident.mentions.get(component_id, ())]
    return replay(mentions, observed.get(component_id, ()))


def _unread_spans(
    incidents: Iterable[IncidentReport], page: Page
) -> list[tuple[datetime, datetime, str]]:
    """List when incidents were open that may be about any component, in time, disjoint.

    Of these only an index is known, which names no component, or they are a provider's by
    their words alone, on a page shared with others. They count as open for all of the window
    their text states, too.
    """
    found = sorted(
        (*_span_open(i, i.times.started_at), i.incident_id)
        for i in incidents
        if (i.row["rank"] != 0 or (page.title_keywords and not i.named))
        and i.row["kind"] == "incident"
        and i.times.started_at is not None
        and i.times.duration_quality != "contradictory"
    )
    spans: list[tuple[datetime, datetime, str]] = []
    for start, end, incident_id in found:
        begin = max(start, spans[-1][1]) if spans else start
        if begin < end:
            spans.append((begin, end, incident_id))
    return spans


def _span_open(incident: IncidentReport, started_at: datetime) -> tuple[datetime, datetime]:
    """Return from when to when an incident was open, or its text says that there was trouble."""
    over_at, window = incident.times.resolved_at or FAR, find_stated_window(incident)
    if window is None:
        return started_at, over_at
    return min(started_at, window.start_at), max(over_at, window.end_at)


def _with_unread(
    spans: Sequence[Span], unread: Iterable[tuple[datetime, datetime, str]]
) -> Sequence[Span]:
    """Add unknown where an incident may have changed the component and nothing says so."""
    unknown = [
        Span(State.UNKNOWN, a, None if b == FAR else b, incident_id)
        for start, end, incident_id in unread
        for a, b in difference(
            [(start, end)], [(s.start, s.end or FAR) for s in spans_during(spans, start, end)]
        )
    ]
    return sorted([*spans, *unknown], key=lambda span: span.start)


def _states_while_open(
    incidents: Iterable[IncidentReport], components: Iterable[str]
) -> dict[str, Sequence[Span]]:
    """Give each component an incident names, or the unattributed one, its impact's state."""
    stated: dict[str, list[StatedSpan]] = {component: [] for component in components}
    for incident in incidents:
        times = incident.times
        if (
            times.started_at is None
            or times.duration_quality == "contradictory"
            or incident.row["kind"] != "incident"
        ):
            continue
        state = STATE_OF_IMPACT[Impact(incident.row["impact"] or Impact.UNKNOWN)]
        # An incident forgotten open says nothing of what came after its last update.
        end = times.last_update_at if times.zombie else times.resolved_at
        spans = [(state, times.started_at, end, incident.incident_id)]
        if times.zombie:
            spans.append((State.UNKNOWN, times.last_update_at, None, incident.incident_id))
        for component in [c for c in incident.named if c in stated] or [UNATTRIBUTED]:
            stated.setdefault(component, []).extend(spans)
    return {component: worst_of_layers(found) for component, found in sorted(stated.items())}


def read_observations(
    sightings: pl.DataFrame, polls: pl.DataFrame, components: Mapping[str, KnownComponent]
) -> dict[str, list[Observation]]:
    """Read what captures showed, each seen until the last unchanged answer of its address."""
    seen = sightings.filter(pl.col("state").is_not_null() & pl.col("state_since_at").is_not_null())
    if seen.is_empty():
        return {}
    runs = polls.select("url", "first_at", "last_at").sort("first_at")
    held = seen.sort("seen_until_at").join_asof(
        runs,
        left_on="seen_until_at",
        right_on="first_at",
        by="url",
        strategy="backward",
        check_sortedness=False,
    )
    until = pl.max_horizontal("seen_until_at", "last_at").max().alias("until")
    rows = (
        held.group_by("component_id", "state", "state_since_at")
        .agg(until)
        .sort("component_id", "state_since_at", "until", "state")
        .iter_rows()
    )
    found: dict[str, list[Observation]] = {}
    for component_id, state, since, seen_until in rows:
        if component_id in components:
            observation = Observation(since, State(state), seen_until)
            found.setdefault(component_id, []).append(observation)
    return found
