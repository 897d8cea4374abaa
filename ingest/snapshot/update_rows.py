"""Rows of tables ``updates``, ``transitions`` and ``versions``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import polars as pl

from ingest.incidents.html_text import strip_html
from ingest.incidents.incident import IncidentReport
from ingest.ledger.ledger import Ledger
from ingest.snapshot.file import Row, stored_columns

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


def version_table(base: Row, ledger: Ledger, incident_ids: Collection[str]) -> pl.DataFrame:
    """Return the rows of ``versions`` of some incidents and their updates.

    What is nested is printed as text here: the columns are part of the snapshot's contract.

    Returns:
        The stored columns of ``versions``.
    """
    mine = pl.col("incident_id").is_in(list(incident_ids))
    here = [pl.lit(value).alias(name) for name, value in base.items()]
    incidents = ledger.incident_versions.filter(mine)
    updates = ledger.update_versions.filter(mine)
    printed = {
        "component_ids": _texts(incidents["component_ids"], _words, pl.List(pl.String)),
        "impacts": _texts(incidents["impacts"], _impacts_text),
    }
    changes = _texts(updates["changes"], _changes_text)
    both = pl.concat(
        [
            incidents.select(*here, *SEEN, *OF_INCIDENT).with_columns(**printed),
            updates.select(*here, *SEEN, *OF_UPDATE).with_columns(changes=changes),
        ],
        how="diagonal",
    )
    return both.select(
        pl.col(name).cast(dtype) for name, dtype in stored_columns()["versions"].items()
    )


def _texts(
    nested: pl.Series, printed: Callable[[Any], object], dtype: Any = pl.String
) -> pl.Series:
    return pl.Series([printed(one) for one in nested.to_list()], dtype=dtype)


def _words(text: str | None) -> list[str]:
    return (text or "").split()


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
