"""Cut the ledger by event time: what had been written by an instant, whenever captured.

Unlike an as-of time, this knows only late what happened early: answers from it say
``reconstructed``. Edits made later show through, since a page shows its newest wording.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import polars as pl

from ingest.ledger.ledger import Ledger
from ingest.ledger.versions import INCIDENT_KEY
from ingest.models import Stage


def as_happened_by(found: Ledger, at: datetime) -> Ledger:
    """Return ``found`` without anything written, changed or begun after ``at``."""
    written = pl.coalesce("created_at", "display_at") <= at
    updates = found.updates.filter(written)
    return replace(
        found,
        polls=_polls(found.polls, at),
        incidents=_incidents(found.incidents, updates, at),
        incident_versions=found.incident_versions.join(
            _begun(found.incidents, updates, at).select(INCIDENT_KEY), on=INCIDENT_KEY, how="semi"
        ),
        updates=updates,
        update_versions=found.update_versions.filter(written),
        components=_components(found.components, at),
        posted_days=found.posted_days.filter(pl.col("day") < at.date()),
        posted_ratios=found.posted_ratios.filter(pl.col("window_end") < at.date()),
        aliases=found.aliases.filter(pl.col("at") <= at),
    )


def _polls(polls: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """Cut polls at ``at``: later captures cover the time up to it, and show no absence."""
    later = pl.col("first_at") > at
    return polls.filter(pl.col("horizon_at").is_null() | (pl.col("horizon_at") < at)).with_columns(
        pl.when(later & ~pl.col("roster")).then(None).otherwise(pl.col("present")).alias("present"),
        pl.when(later).then(None).otherwise(pl.col("shown")).alias("shown"),
        *[pl.min_horizontal(c, pl.lit(at)).alias(c) for c in ("first_at", "last_at")],
    )


def _impacts(at: datetime) -> pl.Expr:
    """Keep the stated impacts that had begun; those that ended later still last."""
    impact = pl.element()
    end_at = impact.struct.field("end_at")
    begun = impact.filter(impact.struct.field("start_at") <= at)
    known_end = pl.when(end_at <= at).then(end_at).alias("end_at")
    return pl.col("impacts").list.eval(begun).list.eval(impact.struct.with_fields(known_end))


def _components(components: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """Cut component sightings: a later capture says what was since before ``at``, no more."""
    since = pl.col("state_since_at")
    known = (pl.col("captured_at") <= at) | (since <= at)
    return components.with_columns(
        pl.when(known).then(pl.col("state")).alias("state"),
        pl.when(since <= at).then(since).alias("state_since_at"),
        *[pl.min_horizontal(c, pl.lit(at)).alias(c) for c in ("captured_at", "seen_until_at")],
    )


def _begun(incidents: pl.DataFrame, updates: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """Select incidents with an update by ``at``; those without updates by their creation."""
    updated = incidents.join(updates.select(INCIDENT_KEY), on=INCIDENT_KEY, how="semi")
    silent = incidents.filter(pl.coalesce("created_at", "started_at") <= at)
    return pl.concat([updated, silent]).unique(INCIDENT_KEY).sort(INCIDENT_KEY)


def _incidents(incidents: pl.DataFrame, updates: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """Return incidents as they stood: at the stage of the newest update written by then."""
    last = (
        updates.sort(pl.coalesce("created_at", "display_at"), maintain_order=True)
        .group_by(INCIDENT_KEY)
        .agg(
            pl.col("stage").last().alias("stage_then"), pl.col("status").last().alias("status_then")
        )
    )
    ended = pl.col("resolved_at") <= at
    open_stage = pl.lit(str(Stage.INVESTIGATING))
    return (
        _begun(incidents, updates, at)
        .join(last, on=INCIDENT_KEY, how="left")
        .with_columns(
            pl.when(ended)
            .then(pl.col("stage"))
            .otherwise(pl.coalesce("stage_then", open_stage))
            .alias("stage"),
            pl.when(ended)
            .then(pl.col("status"))
            .otherwise(pl.coalesce("status_then", open_stage))
            .alias("status"),
            *[
                pl.when(pl.col(c) <= at).then(pl.col(c)).alias(c)
                for c in ("resolved_at", "monitoring_at")
            ],
            _impacts(at),
        )
        .drop("stage_then", "status_then")
        .sort(INCIDENT_KEY)
    )
