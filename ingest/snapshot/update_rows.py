"""Rows of tables ``updates``, ``transitions`` and ``versions``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ingest.incidents.html_text import strip_html
from ingest.incidents.incident import IncidentReport
from ingest.ledger.ledger import Ledger
from ingest.snapshot.file import Row

#: Where a version was seen, and until when it held.
SEEN = ("incident_id", "known_from", "known_until", "url", "sha256")
OF_INCIDENT = (
    *("title", "status", "impact", "created_at", "started_at", "monitoring_at"),
    *("resolved_at", "scheduled_start_at", "scheduled_end_at"),
)
OF_UPDATE = ("update_id", "status", "created_at", "display_at", "body")


def update_row(base: Row, update: Mapping[str, Any]) -> Row:
    """Return the row of ``updates`` for the newest version of an update."""
    kept = ("incident_id", "update_id", "status", "stage", "created_at", "display_at", "edited_at")
    return {
        **base,
        **{name: update[name] for name in kept},
        "body_text": strip_html(update["body"]) if update["body"] else None,
        "revision_count": update["revision_count"],
    }


def transition_rows(
    base: Row, incidents: Iterable[IncidentReport], components: Collection[str]
) -> list[Row]:
    """Return the rows of ``transitions``: what updates said of known components."""
    return [
        {
            **base,
            "incident_id": mention.incident_id,
            "update_id": mention.update_id,
            "component_id": component,
            "at": mention.at,
            "old_state": mention.old,
            "new_state": mention.new,
        }
        for incident in incidents
        for component, mentions in incident.mentions.items()
        for mention in mentions
        if mention.new is not None and component in components
    ]


def version_rows(base: Row, ledger: Ledger, incident_ids: Collection[str]) -> list[Row]:
    """Return the rows of ``versions`` of some incidents and their updates.

    What is nested is printed as text here: the columns are part of the snapshot's contract.
    """
    rows: list[Row] = []
    for row in ledger.incident_versions.to_dicts():
        if row["incident_id"] in incident_ids:
            nested = {
                "component_ids": (row["component_ids"] or "").split(),
                "impacts": _impacts_text(row["impacts"]),
            }
            kept = {name: row[name] for name in (*SEEN, *OF_INCIDENT)}
            rows.append({**base, **kept, **nested, "update_id": None})
    for row in ledger.update_versions.to_dicts():
        if row["incident_id"] in incident_ids:
            kept = {name: row[name] for name in (*SEEN, *OF_UPDATE)}
            rows.append({**base, **kept, "changes": _changes_text(row["changes"])})
    return rows


def _changes_text(changes: Iterable[Row] | None) -> str | None:
    """Print component changes as ``component:old>new`` words; no old state where none is said."""
    if changes is None:
        return None
    return " ".join(f"{c['component_id']}:{c['old'] or ''}>{c['new']}" for c in changes)


def _impacts_text(impacts: Iterable[Row] | None) -> str | None:
    """Print stated impacts as sorted ``component|state|start|end`` words; no end while it lasts."""
    if impacts is None:
        return None
    return " ".join(
        sorted(
            f"{i['component_id']}|{i['state']}|{i['start_at'].isoformat()}|"
            f"{'' if i['end_at'] is None else i['end_at'].isoformat()}"
            for i in impacts
        )
    )
