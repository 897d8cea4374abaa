"""Rows of tables ``updates``, ``transitions`` and ``versions``."""

from __future__ import annotations

from collections.abc import Collection, Iterable

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


def update_table(base: Row, ledger: Ledger, incident_ids: Collection[str]) -> pl.DataFrame:
    """Return the rows of ``updates`` of some incidents: each update in its newest version.

    Returns:
        The stored columns of ``updates``.
    """
    mine = ledger.updates.filter(pl.col("incident_id").is_in(list(incident_ids)))
    texts = [strip_html(body) if body else None for body in mine["body"].to_list()]
    return _stored(
        "updates",
        mine.with_columns(*_constants(base), pl.Series("body_text", texts, dtype=pl.String)).sort(
            "incident_id", "display_at", "created_at", "update_id"
        ),
    )


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
    here = _constants(base)
    incidents = ledger.incident_versions.filter(mine).with_columns(
        pl.col("component_ids").fill_null("").str.extract_all(r"\S+"),
        _printed("impacts", _impact_text()).alias("impacts"),
    )
    updates = ledger.update_versions.filter(mine).with_columns(
        _printed("changes", _change_text()).alias("changes")
    )
    nested = ("component_ids", "impacts")
    both = pl.concat(
        [
            incidents.select(*here, *SEEN, *OF_INCIDENT, *nested),
            updates.select(*here, *SEEN, *OF_UPDATE, "changes"),
        ],
        how="diagonal",
    )
    return _stored("versions", both)


def _constants(values: Row) -> list[pl.Expr]:
    return [pl.lit(value).alias(name) for name, value in values.items()]


def _stored(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Select the columns that a table stores."""
    return frame.select(pl.col(name).cast(dtype) for name, dtype in stored_columns()[table].items())


def _printed(column: str, word: pl.Expr) -> pl.Expr:
    """Print each list of a column as its words, with a blank between two."""
    return pl.col(column).list.eval(word).list.join(" ")


def _change_text() -> pl.Expr:
    """Print a component change as ``component:old>new``; no old state where none is said."""
    part = pl.element().struct.field
    return pl.format("{}:{}>{}", part("component_id"), part("old").fill_null(""), part("new"))


def _impact_text() -> pl.Expr:
    """Print stated impacts as sorted ``component|state|start|end``; no end while it lasts."""
    part = pl.element().struct.field
    start, end = _iso_text(part("start_at")), _iso_text(part("end_at")).fill_null("")
    return pl.format("{}|{}|{}|{}", part("component_id"), part("state"), start, end).sort()


def _iso_text(at: pl.Expr) -> pl.Expr:
    """Print instants as ``datetime.isoformat`` does: a fraction only where there is one."""
    fraction = pl.when(at.dt.microsecond() == 0).then(pl.lit("")).otherwise(at.dt.strftime("%.6f"))
    return pl.format("{}{}+00:00", at.dt.strftime("%Y-%m-%dT%H:%M:%S"), fraction)
