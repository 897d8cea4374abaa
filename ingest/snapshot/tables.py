"""Turn a merged ledger into the snapshot's tables: pure, page by page; ``as_of`` is data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import polars as pl

from ingest.incidents.incident import IncidentReport, read_incident
from ingest.labels.surfaces import surface_of
from ingest.ledger import removals
from ingest.ledger.aliases import aliases_by_id, with_first_ids
from ingest.ledger.ledger import Ledger
from ingest.ledger.open_list import open_spells
from ingest.ledger.posted_values import posted_impacts
from ingest.models import Impact, Page, PostedImpact
from ingest.platforms import PLATFORMS
from ingest.platforms.contract import Platform
from ingest.snapshot.component_rows import components_at, known_spans, list_components
from ingest.snapshot.file import Row, TableRows
from ingest.snapshot.incident_labels import LabelReader, evidence_of, read_labels
from ingest.snapshot.incident_rows import IncidentContext, component_rows, incident_row
from ingest.snapshot.state_rows import coverage_rows, observation_rows, state_rows
from ingest.snapshot.update_rows import transition_rows, update_table, version_table
from ingest.snapshot.uptime_rows import day_rows, ratio_rows
from ingest.states.component_states import (
    IMPACTS,
    MONITOR,
    Doubts,
    choose_basis,
    component_states,
    impact_shapes,
    measured_states,
)
from ingest.states.components import (
    KnownComponent,
    NamingTimes,
    foreign_incidents,
    ids_by_label,
    incident_in_scope,
    known_components,
    replace_impact_labels,
    replace_labels,
)
from ingest.states.coverage import page_coverage, page_gone_at, unread_spans
from ingest.states.evidence import end_lapsed_impacts, end_of_evidence, find_lapsed, forget_impacts
from ingest.states.observations import read_observations
from ingest.states.open_list_spans import end_listed_impacts
from ingest.states.spans import Span

Rows = dict[str, list[Row]]
#: Tables whose rows are derived page by page.
PAGE_TABLES = (
    *("components", "incidents", "updates", "transitions", "observations"),
    *("incident_components", "component_states", "coverage"),
    *("posted_uptime", "posted_ratios", "versions"),
)

#: What is read of an update.
OF_UPDATES = (
    *("incident_id", "update_id", "stage", "body", "changes"),
    *("created_at", "display_at", "edited_at"),
)


def page_rows(
    page: Page, ledger: Ledger, as_of: datetime, labels: LabelReader = read_labels
) -> dict[str, TableRows]:
    """Return the rows of one page.

    Args:
        page: the page.
        ledger: its share of the ledger.
        as_of: the time of the newest capture used.
        labels: how the words of an incident are read.
    """
    platform = PLATFORMS[page.platform]
    page = with_first_ids(page, ledger.aliases)
    aliases = aliases_by_id(ledger.aliases)
    incidents = _read_incidents(page, ledger, platform, as_of)
    retired = _by_id(removals.retired_components(ledger.polls), "retired_at")
    components = known_components(page, ledger.components, _naming_times(incidents), retired)
    gone = _removed_incidents(ledger)
    evidence = end_of_evidence(incidents, _by_id(gone, "listed_until"))
    incidents = [forget_impacts(i, evidence) for i in incidents if _is_ours(page, i, components)]
    observed = read_observations(ledger.components, components)
    posted = [i for i in incidents if not i.row["measured"]]
    # What monitors show of components stands beside what was posted, and never mixes with it.
    seen = {} if platform.measures else observed
    basis = choose_basis(platform, posted, seen)
    listed = [i.row["listed_at"] for i in incidents]
    states_from = impact_shapes(platform) if basis == IMPACTS else None
    covered = page_coverage(
        page,
        ledger.polls,
        components,
        listed,
        states_from,
        platform.shows_present,
        ledger.components,
    )
    doubts = Doubts(
        last_evidence=evidence,
        ends=page_gone_at(page, ledger.polls),
        unread=unread_spans(ledger.polls, states_from),
        begins={c: spans[0].start for c, spans in covered.items() if spans},
    )
    if states_from is not None:
        # A document that states impacts shows the components of the same moment beside them.
        beside = ledger.components.filter(pl.col("shape").is_in(states_from))
        seen = {} if platform.measures else read_observations(beside, components)
    states = component_states(basis, page, posted, seen, components, doubts)
    measured = measured_states(platform, page, incidents, observed, components, doubts)
    surfaces = {
        c: surface_of(page.base_url, c, known.name, known.group, page.category)
        for c, known in components.items()
    }
    linked = [row for i in incidents for row in component_rows(i, page, surfaces)]
    base = {"provider": page.provider, "page_key": page.page_key}
    ids = {i.incident_id for i in incidents}
    return {
        "components": list_components(base, components, surfaces, linked, ledger.polls, aliases),
        "incidents": _incident_rows(
            page, ledger, incidents, components, surfaces, states, gone, aliases, as_of, labels
        ),
        "updates": update_table(base, ledger, ids),
        "transitions": transition_rows(base, incidents, components),
        "observations": observation_rows(base, observed),
        "incident_components": linked,
        "component_states": [
            *state_rows(base, basis, states, surfaces),
            *state_rows(base, MONITOR, measured, surfaces),
        ],
        "coverage": coverage_rows(base, covered, surfaces),
        "posted_uptime": day_rows(base, page, ledger.posted_days, components),
        "posted_ratios": ratio_rows(base, ledger.posted_ratios, components),
        "versions": version_table(base, ledger, ids),
    }


def _read_incidents(
    page: Page, ledger: Ledger, platform: Platform, as_of: datetime
) -> list[IncidentReport]:
    ids = ids_by_label(ledger.components)
    foreign = foreign_incidents(page, ledger.incidents, ledger.updates, ids)
    others = ~pl.col("incident_id").is_in(foreign)
    lapsed = find_lapsed(platform, ledger.polls, ledger.incidents)
    listed = open_spells(ledger, platform.active_only)
    ordered = ledger.updates.filter(others).sort(
        "incident_id", "display_at", "created_at", "update_id"
    )
    updates: dict[str, list[Row]] = {}
    for update in ordered.select(*OF_UPDATES).to_dicts():
        updates.setdefault(update["incident_id"], []).append(update)
    incidents = []
    for row in ledger.incidents.filter(others).to_dicts():
        incident_id, impacts = row["incident_id"], row["impacts"]
        listings, measured = listed.get(incident_id, ()), bool(row["measured"])
        if listings and measured:
            row["started_at"] = listings[0].started_at
        stated: Sequence[PostedImpact] | None = None
        if impacts is not None:
            stated = replace_impact_labels(posted_impacts(impacts), ids)
            stated = end_listed_impacts(stated, listings, measured=measured)
            stated = end_lapsed_impacts(stated, lapsed.get(incident_id))
        incidents.append(
            read_incident(
                {**row, "component_ids": replace_labels(row["component_ids"], ids)},
                updates.get(incident_id, []),
                as_of,
                impacts=stated,
                # A form of an engine may lack the start that its other forms give.
                explicit=platform.explicit_window and row["started_at"] is not None,
                listings=listings,
                onset_stated=platform.onset_stated,
            )
        )
    return incidents


def _is_ours(page: Page, incident: IncidentReport, components: Iterable[str]) -> bool:
    title, named = incident.row["title"], incident.named
    return incident_in_scope(page, title, incident.texts, named, components)


def _naming_times(incidents: Iterable[IncidentReport]) -> dict[str, NamingTimes]:
    """Find the components incidents name, with the times they did."""
    named: dict[str, NamingTimes] = {}
    for incident in incidents:
        seen = incident.row["first_seen_at"]
        first = incident.times.published_at or seen
        for component in incident.named:
            last = max((m.at for m in incident.mentions.get(component, ())), default=seen)
            known = named.get(component, NamingTimes(seen, first, last))
            named[component] = NamingTimes(
                min(known.first_seen_at, seen),
                min(known.first_named_at, first),
                max(known.last_named_at, last),
            )
    return named


def _removed_incidents(ledger: Ledger) -> pl.DataFrame:
    known = ledger.incident_versions.rename({"known_from": "captured_at"})
    seen = known.select("page_key", "incident_id", "captured_at")
    deleted = removals.deleted_incidents(ledger.incidents)
    absent = removals.removed_incidents(ledger.polls, ledger.incidents, seen)
    withdrawn = removals.withdrawn_plans(ledger.polls, ledger.incidents)
    # What a page says itself comes first, then the list with all of its past.
    return pl.concat([deleted, absent, withdrawn]).unique(
        ["page_key", "incident_id"], keep="first", maintain_order=True
    )


def _by_id(frame: pl.DataFrame, at: str) -> dict[str, datetime]:
    key = frame.columns[1]
    return dict(zip(frame[key].to_list(), frame[at].to_list(), strict=True))


def _incident_rows(
    page: Page,
    ledger: Ledger,
    incidents: Sequence[IncidentReport],
    components: Mapping[str, KnownComponent],
    surfaces: Mapping[str, tuple[str, str]],
    states: Mapping[str, Sequence[Span]],
    gone: pl.DataFrame,
    aliases: Mapping[str, Sequence[str]],
    as_of: datetime,
    labels: LabelReader,
) -> list[Row]:
    versions = ledger.incident_versions.sort("incident_id", "known_from")
    removed = _by_id(gone, "removed_at")
    impacts: dict[str, list[str]] = {}
    for incident_id, impact in versions.select("incident_id", "impact").iter_rows():
        impacts.setdefault(incident_id, []).append(impact or Impact.UNKNOWN)
    repeats = Counter(i.row["title"] for i in incidents)
    names = {c: known.name for c, known in components.items()}
    spans = known_spans(page, components)
    rows = []
    for incident in incidents:
        known = impacts.get(incident.incident_id, [Impact.UNKNOWN])
        context = IncidentContext(
            as_of=as_of,
            impacts=known,
            revision_count=len(known) - 1,
            removed_at=removed.get(incident.incident_id),
            repeats=repeats[incident.row["title"]],
            component_names=names,
            components_then=components_at(spans, incident),
            aliases=aliases.get(incident.incident_id, ()),
        )
        told = labels(incident, evidence_of(incident, page, surfaces))
        rows.append(incident_row(incident, page, states, told, context))
    return rows
