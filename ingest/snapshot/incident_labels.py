"""Read what the words of an incident say: its class, its causes, the window it states.

All of it follows from the incident's own words and times, and from the rules that read them. The
time of the snapshot has no part in it, so what was read once holds until a word changes
(``label_memo``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ingest.incidents.incident import IncidentReport, find_stated_window, worst_state
from ingest.labels.classification import IncidentClass, IncidentEvidence, incident_class
from ingest.labels.stated_causes import causes
from ingest.labels.stated_window import StatedWindow
from ingest.labels.surfaces import UNMAPPED
from ingest.models import SEVERITY, Impact, Kind, Page, State


@dataclass(frozen=True, slots=True)
class IncidentLabels:
    """Hold what the words of one incident say."""

    given: IncidentClass
    causes: tuple[str, ...]
    window: StatedWindow | None


LabelReader = Callable[[IncidentReport, IncidentEvidence], IncidentLabels]
"""A function that gives the labels of an incident, from its evidence without messages."""


def evidence_of(
    incident: IncidentReport, page: Page, surfaces: Mapping[str, tuple[str, str]]
) -> IncidentEvidence:
    """Gather what the class of an incident is decided by, without its messages."""
    worst = {c: worst_state(incident.states(c)) for c in incident.named}
    return IncidentEvidence(
        page_key=page.page_key,
        incident_id=incident.incident_id,
        title=incident.row["title"],
        kind=Kind(incident.row["kind"]),
        impact=Impact(incident.row["impact"] or Impact.UNKNOWN),
        status=incident.row["status"] or "",
        measured=bool(incident.row["measured"]),
        worst_state=worst_state(state for state in worst.values() if state),
        moved=frozenset(
            surfaces.get(component, UNMAPPED)[0]
            for component, state in worst.items()
            if state and SEVERITY[state] >= SEVERITY[State.DEGRADED]
        ),
        category=page.category,
    )


def read_labels(incident: IncidentReport, evidence: IncidentEvidence) -> IncidentLabels:
    """Read the labels of an incident."""
    messages = list(incident.texts)
    return IncidentLabels(
        incident_class(replace(evidence, messages=messages)),
        tuple(causes("\n".join(messages))),
        find_stated_window(incident),
    )
