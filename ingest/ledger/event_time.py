"""The ledger by event time: what had been written by an instant, whenever we captured it.

Unlike an as-of time, this knows only late what happened early: answers from it say
``reconstructed``. Edits made later show through, since a page shows its newest wording.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import polars as pl

from ingest.ledger.ledger import Ledger
from ingest.ledger.sightings import impacts_of, impacts_text
from ingest.ledger.versions import POST
from ingest.models import Stage


def as_happened_by(found: Ledger, at: datetime) -> Ledger:
    """``found`` without anything written, changed or begun after ``at``."""
    written = pl.coalesce("created_at", "display_at") <= at
    updates = found.updates.filter(written)
    return replace(
        found,
        polls=_polls(found.polls, at),
        incidents=_incidents(found.incidents, updates, at),
        incident_versions=found.incident_versions.join(
            _begun(found.incidents, updates, at).select(POST), on=POST, how="semi"
        ),
        updates=updates,
        update_versions=found.update_versions.filter(written),
        components=_components(found.components, at),
        posted_days=found.posted_days.filter(pl.col("day") < at.date()),
        posted_ratios=found.posted_ratios.filter(pl.col("window_end") < at.date()),
    )


def _polls(polls: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """Later captures vouch for the time up to ``at``; of what is absent they say nothing."""
    later = pl.col("first_at") > at
    return polls.filter(pl.col("horizon_at").is_null() | (pl.col("horizon_at") < at)).with_columns(
        pl.when(later & ~pl.col("roster")).then(None).otherwise(pl.col("present")).alias("present"),
        *[pl.min_horizontal(c, pl.lit(at)).alias(c) for c in ("first_at", "last_at")],
    )


def _impacts(text: str, at: datetime) -> str:
    """Stated impacts that had begun; those that ended later still last."""
    begun = [i for i in impacts_of(text) if i.start_at <= at]
    return impacts_text(
        replace(i, end_at=i.end_at if i.end_at and i.end_at <= at else None) for i in begun
    )


def _components(components: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """Who they are is known at any time; a state that began later is not."""
    had_begun = pl.col("state_since_at") <= at
    return components.with_columns(
        *[pl.when(had_begun).then(pl.col(c)).alias(c) for c in ("state", "state_since_at")],
        *[pl.min_horizontal(c, pl.lit(at)).alias(c) for c in ("captured_at", "seen_until_at")],
    )


def _begun(incidents: pl.DataFrame, updates: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """Posts of which something had been written; those without any update by their creation."""
    told = incidents.join(updates.select(POST), on=POST, how="semi")
    mute = incidents.filter(pl.coalesce("created_at", "started_at") <= at)
    return pl.concat([told, mute]).unique(POST).sort(POST)


def _incidents(incidents: pl.DataFrame, updates: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """Posts as they stood: their stage is that of the newest update written by then."""
    last = (
        updates.sort(pl.coalesce("created_at", "display_at"), maintain_order=True)
        .group_by(POST)
        .agg(
            pl.col("stage").last().alias("stage_then"), pl.col("status").last().alias("status_then")
        )
    )
    ended = pl.col("resolved_at") <= at
    open_word = pl.lit(str(Stage.INVESTIGATING))
    return (
        _begun(incidents, updates, at)
        .join(last, on=POST, how="left")
        .with_columns(
            pl.when(ended)
            .then(pl.col("stage"))
            .otherwise(pl.coalesce("stage_then", open_word))
            .alias("stage"),
            pl.when(ended)
            .then(pl.col("status"))
            .otherwise(pl.coalesce("status_then", open_word))
            .alias("status"),
            *[
                pl.when(pl.col(c) <= at).then(pl.col(c)).alias(c)
                for c in ("resolved_at", "monitoring_at")
            ],
            pl.col("impacts").map_elements(
                lambda text: _impacts(text, at), pl.String, skip_nulls=True
            ),
        )
        .drop("stage_then", "status_then")
        .sort(POST)
    )
