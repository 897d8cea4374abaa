"""Make the component states of a page from one basis.

Definition: analytics/METHODOLOGY.md, "One basis". Stated impacts where a page's incidents
have any, else replay of updates and captures, else the time incidents were open.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ingest.incidents.incident import IncidentReport, StateMention, find_stated_window
from ingest.intervals import difference
from ingest.models import SEVERITY, Page, State
from ingest.platforms.contract import Platform
from ingest.states.components import KnownComponent
from ingest.states.evidence import until_shown_well
from ingest.states.incident_spans import FAR, ends_of, states_while_open
from ingest.states.observations import Observation, shown_throughout
from ingest.states.replay import replay
from ingest.states.spans import UNKNOWN, Span, StatedSpan, spans_during, worst_of, worst_of_layers

IMPACTS, REPLAY, INCIDENT, MONITOR = "impacts", "replay", "incident", "monitor"


def impact_shapes(platform: Platform) -> frozenset[str]:
    """Return the shapes of a platform that carry stated impacts."""
    return frozenset(shape.name for shape in platform.shapes if "impacts" in shape.carries)


def choose_basis(
    platform: Platform, incidents: Iterable[IncidentReport], observed: Collection[str]
) -> str:
    """Choose what the component states of a page are made from.

    Stated impacts where its incidents have any, else replay, else the time incidents were
    open: the last only where incidents never say what became of a component. An engine that
    states impacts does not say it in any other way, so captures of its components alone make
    no replay: between them an incident is all that is known.
    """
    known = list(incidents)
    if any(i.impacts is not None for i in known):
        return platform.impact_basis
    transitions = any(i.transitions(c) for i in known for c in i.mentions)
    if transitions or (observed and not impact_shapes(platform)):
        return REPLAY
    return INCIDENT


@dataclass(frozen=True, slots=True)
class Doubts:
    """Record of what bounds the evidence of a page.

    ``last_evidence``: until when an incident says anything that is over without an end.
    ``ends``: when the page went away, if it did. ``unread``: when an open record could not
    be read. ``begins``: since when each component is covered.
    """

    last_evidence: Mapping[str, datetime] = field(default_factory=dict[str, datetime])
    ends: datetime | None = None
    unread: Sequence[tuple[datetime, datetime | None]] = ()
    begins: Mapping[str, datetime] = field(default_factory=dict[str, datetime])


def component_states(
    basis: str,
    page: Page,
    incidents: Sequence[IncidentReport],
    observed: Mapping[str, Sequence[Observation]],
    components: Mapping[str, KnownComponent],
    doubts: Doubts,
) -> dict[str, Sequence[Span]]:
    """Make the states of each component of a page.

    Args:
        basis: what they are made from.
        page: the page.
        incidents: its incidents.
        observed: what captures showed, by component.
        components: its known components.
        doubts: what bounds the evidence.
    """
    if basis == REPLAY:
        states = _replayed_states(page, incidents, observed, components, doubts)
    elif any(i.impacts is not None for i in incidents):
        stated = _stated_states(incidents, components)
        states = _beside_contradicting(stated, observed, doubts)
    else:
        states = states_while_open(incidents, components, doubts.last_evidence)
        if observed:
            states = _beside_captures(page, states, incidents, observed, components, doubts)
    unread = [(start, end or FAR, None) for start, end in doubts.unread]
    return {
        component: _with_unknown(spans, unread) if component in components else spans
        for component, spans in states.items()
    }


def measured_states(
    platform: Platform,
    page: Page,
    incidents: Sequence[IncidentReport],
    observed: Mapping[str, Sequence[Observation]],
    components: Mapping[str, KnownComponent],
    doubts: Doubts,
) -> dict[str, Sequence[Span]]:
    """Make the states of each component of a page that the page's own monitors measured.

    Args:
        platform: the page's engine.
        page: the page.
        incidents: its incidents, of which only those count that were measured.
        observed: what captures showed, by component.
        components: its known components.
        doubts: what bounds the evidence.
    """
    measured = [i for i in incidents if i.row["measured"]]
    if not platform.measures or not (measured or observed):
        return {}
    basis = IMPACTS if measured else REPLAY
    return component_states(basis, page, measured, observed, components, doubts)


def _stated_states(
    incidents: Iterable[IncidentReport], components: Iterable[str]
) -> dict[str, Sequence[Span]]:
    stated: dict[str, list[StatedSpan]] = {component: [] for component in components}
    for incident in incidents:
        for i in incident.impacts or ():
            if i.component_id in stated:
                span = (i.state, i.start_at, i.end_at, incident.incident_id)
                stated[i.component_id].append(span)
        # What a refused update of it did may be worse than the impacts that are left.
        start, end = incident.times.started_at, incident.times.resolved_at
        if incident.row["untold"] and start is not None and end is not None:
            for component in incident.named & stated.keys() or stated:
                unsure = (State.UNKNOWN, start, end, incident.incident_id)
                stated[component].append(unsure)
    return {component: worst_of_layers(found) for component, found in stated.items()}


def _beside_contradicting(
    stated: Mapping[str, Sequence[Span]],
    observed: Mapping[str, Sequence[Observation]],
    doubts: Doubts,
) -> dict[str, Sequence[Span]]:
    """Lay captures that showed a component worse than its impacts do over these.

    Captures that agree change nothing: the impacts say to the second what they show.
    """
    found: dict[str, Sequence[Span]] = {}
    for component, lasting in stated.items():
        shown = observed.get(component, ())
        spans = found[component] = until_shown_well(lasting, shown, doubts.last_evidence)
        seen = [
            one
            for one in shown
            if one.state is State.OPERATIONAL or not _holds_throughout(spans, one)
        ]
        if all(one.state is State.OPERATIONAL for one in seen):
            continue
        beside = replay([], seen, ends=doubts.ends, begins=doubts.begins.get(component))
        found[component] = worst_of(spans, beside)
    return found


def _holds_throughout(spans: Sequence[Span], seen: Observation) -> bool:
    """Tell whether a component was at least as bad as captures showed, from first to last."""
    shown = SEVERITY.get(seen.state, UNKNOWN)
    as_bad = [(s.start, s.end or FAR) for s in spans if SEVERITY.get(s.state, UNKNOWN) >= shown]
    moment = timedelta(microseconds=1)
    return not difference([(seen.first_at, seen.last_at + moment)], as_bad)


def _replayed_states(
    page: Page,
    incidents: Sequence[IncidentReport],
    observed: Mapping[str, Sequence[Observation]],
    components: Iterable[str],
    doubts: Doubts,
) -> dict[str, Sequence[Span]]:
    known = set(components)
    silent = [span for i in incidents if (span := _silent_span(i, page)) is not None]
    states: dict[str, Sequence[Span]] = {}
    for component in components:
        naming = [i for i in incidents if component in i.mentions]
        seen = observed.get(component, ())
        spans = replay(
            [m for i in naming for m in (*i.mentions[component], *_absence(i))],
            seen,
            last_evidence={
                i.incident_id: at
                for i in naming
                if (at := i.last_listed_at or doubts.last_evidence.get(i.incident_id))
            },
            ends=doubts.ends,
            begins=doubts.begins.get(component),
            silent={
                i.incident_id: (i.times.published_at, i.times.resolved_at)
                for i in naming
                if i.times.published_at is not None and not i.transitions(component)
            },
        )
        about = [
            (start, end, incident.incident_id)
            for start, end, incident in silent
            if component in incident.named or not incident.named & known
        ]
        states[component] = _with_unknown(spans, _disjoint(about), shown_throughout(seen))
    return states


def _absence(incident: IncidentReport) -> list[StateMention]:
    """Return that an incident was over when the list of what is open lacked it, as a mention."""
    at = incident.times.resolved_at
    if incident.last_listed_at is None or at is None:
        return []
    return [StateMention(at, incident.incident_id, "", None, None, resolves=True)]


def _silent_span(
    incident: IncidentReport, page: Page
) -> tuple[datetime, datetime, IncidentReport] | None:
    """Return when an incident may have done anything to components without our reading it.

    While it was open, or its text says that there was trouble: where only an index is known
    of it, or a list that says nothing of components, or it is a provider's by its words alone,
    on a page shared with others. Where but some of its updates are known so, from the first
    of these on.
    """
    times = incident.times
    if (
        incident.row["kind"] != "incident"
        or times.started_at is None
        or times.duration_quality == "contradictory"
    ):
        return None
    start, end = times.started_at, times.resolved_at or FAR
    if incident.row["tells_components"] and not (page.title_keywords and not incident.named):
        coarse = [u["display_at"] for u in incident.updates if u["created_at"] is None]
        if not coarse:
            return None
        start = min(coarse)
    elif (window := find_stated_window(incident)) is not None:
        start, end = min(start, window.start_at), max(end, window.end_at)
    if times.resolved_at is not None:
        # A feed that tells minutes cuts the last one off.
        end += timedelta(seconds=incident.row["precision_s"])
    return start, end, incident


def _disjoint(
    spans: Iterable[tuple[datetime, datetime, str]],
) -> list[tuple[datetime, datetime, str]]:
    """Cut spans so that none overlaps the one before it, in time."""
    found: list[tuple[datetime, datetime, str]] = []
    for start, end, incident_id in sorted(spans):
        begin = max(start, found[-1][1]) if found else start
        if begin < end:
            found.append((begin, end, incident_id))
    return found


def _with_unknown(
    spans: Sequence[Span],
    doubted: Iterable[tuple[datetime, datetime, str | None]],
    known: Sequence[tuple[datetime, datetime]] = (),
) -> Sequence[Span]:
    """Add unknown where something may have changed a component and nothing says so.

    What is known to be down stays so; a milder state may have become worse.

    Args:
        spans: the states of a component that are not operational.
        doubted: when that was, and by which incident, in time and disjoint.
        known: when captures showed all the same what its state was.
    """
    down = [span for span in spans if SEVERITY.get(span.state, UNKNOWN) >= UNKNOWN]
    unknown = [
        Span(State.UNKNOWN, a, None if b == FAR else b, incident_id)
        for start, end, incident_id in doubted
        for a, b in difference(
            [(start, end)],
            [*known, *((s.start, s.end or FAR) for s in spans_during(down, start, end))],
        )
    ]
    if not unknown:
        return spans
    doubts = [(span.start, span.end or FAR) for span in unknown]
    milder = [
        replace(span, start=a, end=None if b == FAR else b)
        for span in spans
        if span not in down
        for a, b in difference([(span.start, span.end or FAR)], doubts)
    ]
    return sorted([*down, *milder, *unknown], key=lambda span: span.start)


def _beside_captures(
    page: Page,
    states: Mapping[str, Sequence[Span]],
    incidents: Sequence[IncidentReport],
    observed: Mapping[str, Sequence[Observation]],
    components: Iterable[str],
    doubts: Doubts,
) -> dict[str, Sequence[Span]]:
    """Lay what captures showed of components over the time incidents were open.

    With the last incident that names a component it is well again. While an incident is open
    that names none of them, what captures do not show is unknown.
    """
    unnamed = [i for i in incidents if not i.named & set(components)]
    silent = [span for i in unnamed if (span := _silent_span(i, page)) is not None]
    about = _disjoint((start, end, incident.incident_id) for start, end, incident in silent)
    found = dict(states)
    for component in components:
        seen = observed.get(component, ())
        over = ends_of(component, incidents, doubts.last_evidence)
        shown = replay(over, seen, ends=doubts.ends, begins=doubts.begins.get(component))
        spans = worst_of(states.get(component, ()), shown)
        found[component] = _with_unknown(spans, about, shown_throughout(seen))
    return found
