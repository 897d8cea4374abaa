"""Take the time incidents were open for states, where they never give any themselves."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from ingest.incidents.incident import IncidentReport, StateMention
from ingest.models import Impact, State
from ingest.states.components import UNATTRIBUTED
from ingest.states.open_list_spans import listed_spans
from ingest.states.spans import Span, StatedSpan, worst_of_layers

#: Stands for the end of what lasts.
FAR = datetime.max.replace(tzinfo=UTC)
#: The component state an impact stands for, on pages that never post component states.
STATE_OF_IMPACT = {
    Impact.CRITICAL: State.MAJOR,
    Impact.MAJOR: State.MAJOR,
    Impact.MINOR: State.PARTIAL,
    Impact.NONE: State.DEGRADED,
    Impact.MAINTENANCE: State.MAINTENANCE,
    Impact.UNKNOWN: State.UNKNOWN,
}


def ends_of(
    component: str, incidents: Iterable[IncidentReport], last_evidence: Collection[str]
) -> list[StateMention]:
    """Return when the last open incident that names a component was over, as mentions."""
    naming = [
        (i.times.started_at, None if i.incident_id in last_evidence else i.times.resolved_at, i)
        for i in incidents
        if component in i.named
        and i.row["kind"] == "incident"
        and i.times.started_at is not None
        and i.times.duration_quality != "contradictory"
    ]
    return [
        StateMention(end, incident.incident_id, "", None, None, resolves=True)
        for _, end, incident in naming
        if end is not None
        and not any(a <= end < (b or FAR) for a, b, other in naming if a and other is not incident)
    ]


def states_while_open(
    incidents: Iterable[IncidentReport],
    components: Iterable[str],
    last_evidence: Mapping[str, datetime],
) -> dict[str, Sequence[Span]]:
    """Give each component an incident names, or the unattributed one, its impact's state.

    An incident that is over without an end says nothing of what came after its last evidence:
    from there the state is unknown, until the next incident that names the component.
    """
    stated: dict[str, list[StatedSpan]] = {component: [] for component in components}
    starts: dict[str, list[datetime]] = {}
    for incident in incidents:
        times = incident.times
        if (
            times.started_at is None
            or times.duration_quality == "contradictory"
            or incident.row["kind"] != "incident"
        ):
            continue
        state = STATE_OF_IMPACT[Impact(incident.row["impact"] or Impact.UNKNOWN)]
        last = last_evidence.get(incident.incident_id)
        end = times.resolved_at if last is None else last
        held = [(state, times.started_at, end)]
        if incident.listings:
            measured = bool(incident.row["measured"])
            held = [*listed_spans(state, times.started_at, incident.listings, measured=measured)]
        for component in [c for c in incident.named if c in stated] or [UNATTRIBUTED]:
            mine = stated.setdefault(component, [])
            mine.extend((*span, incident.incident_id) for span in held)
            starts.setdefault(component, []).append(times.started_at)
            if last is not None:
                mine.append((State.UNKNOWN, last, None, incident.incident_id))
    return {
        component: worst_of_layers(_until_next(found, starts.get(component, [])))
        for component, found in sorted(stated.items())
    }


def _until_next(stated: Iterable[StatedSpan], starts: Iterable[datetime]) -> Iterator[StatedSpan]:
    """Let what is unknown for want of evidence last until the next incident begins."""
    begun = sorted(starts)
    for state, start, end, incident_id in stated:
        until = end
        if state is State.UNKNOWN and end is None:
            after = bisect_right(begun, start)
            until = begun[after] if after < len(begun) else None
        yield state, start, until, incident_id
