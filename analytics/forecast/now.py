"""Show what is open at this moment, how long it may last, and who is up meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl

from analytics.answer import INSTANT, framed
from analytics.directory import provider_names
from analytics.forecast.forecast import FORECASTS, forecast, open_incidents
from analytics.forecast.history import FLAGS, page_reads
from analytics.metrics.stage_moves import POST
from analytics.question import RELIABILITY, Question
from analytics.read_models.current_status import POST_OPEN, Present, present
from analytics.read_models.daily_states import NO_DATA
from analytics.read_models.gate import Passage, judge
from analytics.scope import OTHER, UNATTRIBUTED
from analytics.snapshot import Snapshot
from ingest.models import State

#: What a forecast says of an open incident; null where its page is not known now.
TOLD = (
    *("median_at", "low_50_at", "high_50_at", "low_80_at", "high_80_at", "ends_within_60_min"),
    *("n", "history", "landmark_s", "held_80", "held_n", "widened", "status"),
)
OPEN_NOW: Mapping[str, Any] = {
    **dict.fromkeys(("provider", "name", "page_key", "incident_id", "title"), pl.String),
    # Surfaces it touches, as slugs.
    "surfaces": pl.List(pl.String),
    **dict.fromkeys(("impact", "stage", "url"), pl.String),
    "published_at": INSTANT,
    # The newest good capture of its page, and whether that is recent enough to speak of now.
    "read_at": INSTANT,
    "current": pl.Boolean,
    "open_s": pl.Int64,
    # The newest update: when it is displayed, and its words.
    "updated_at": INSTANT,
    "update_text": pl.String,
    **{name: FORECASTS[name] for name in TOLD},
}
UP_NOW: Mapping[str, Any] = {
    **dict.fromkeys(("surface", "provider", "name"), pl.String),
    # Of its worst component; "post open" where only an incident tells of trouble, "no data"
    # where it is not known now.
    "state": pl.String,
    # The newest good capture of its pages.
    "read_at": INSTANT,
}


def open_now(snapshot: Snapshot, now: datetime) -> pl.DataFrame:
    """List the open incidents of all providers, those that began last first.

    One that was forgotten open, or left its page, is not listed.

    Args:
        snapshot: Where they come from.
        now: Whether a page is known now is judged by this clock.

    Returns:
        Columns of ``OPEN_NOW``.
    """
    found = open_incidents(snapshot, Question())
    if found.is_empty():
        return framed((), OPEN_NOW)
    told = forecast(snapshot, Question(tuple(found["provider"].unique().sort())))
    names = provider_names(snapshot)
    touched = (
        snapshot.table("incident_components").group_by(POST).agg(pl.col("surface").unique().sort())
    )
    newest = (
        snapshot.table("updates")
        .sort("display_at", "created_at", nulls_last=False)
        .group_by(POST, maintain_order=True)
        .agg(pl.col("display_at").last(), pl.col("body_text").last())
    )
    age = (pl.lit(now) - pl.col("read_at")).dt.total_seconds()
    current = (age <= pl.col("stale_after_s")).fill_null(value=False)
    rows = (
        found.join(told.select(*POST, *TOLD, "elapsed_s"), on=POST, suffix="_of_forecast")
        .join(touched, on=POST, how="left")
        .join(newest, on=POST, how="left")
        .sort("published_at", "provider", "incident_id", descending=[True, False, False])
        .with_columns(current.alias("current"))
    )
    return rows.select(
        "provider",
        pl.col("provider").replace_strict(names).alias("name"),
        *("page_key", "incident_id", "title"),
        pl.col("surface").fill_null([]).alias("surfaces"),
        *("impact", "stage", "url", "published_at", "read_at", "current"),
        pl.col("elapsed_s").alias("open_s"),
        pl.col("display_at").alias("updated_at"),
        pl.col("body_text").alias("update_text"),
        *(
            pl.when("current").then("status_of_forecast" if name == "status" else name).alias(name)
            for name in TOLD
        ),
    )


def current_providers(snapshot: Snapshot, now: datetime) -> set[str]:
    """Return the providers of whom a page was read within its budget."""
    age = (pl.lit(now) - pl.col("read_at")).dt.total_seconds()
    recent = page_reads(snapshot).filter(age <= pl.col("stale_after_s"))
    return set(snapshot.table("pages").join(recent, on="page_key", how="semi")["provider"])


def forgotten(snapshot: Snapshot) -> int:
    """Count the outages and degradations that are open without a word for two weeks."""
    silent = FLAGS.contains("zombie") & ~FLAGS.contains("removed")
    found = snapshot.table("incidents").filter(
        (pl.col("kind") == "incident")
        & pl.col("class").is_in(RELIABILITY)
        & (pl.col("duration_quality") == "open")
        & silent
    )
    return found.height


def up_now(snapshot: Snapshot, opened: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Say of each surface with an open incident how every provider on it is.

    A provider is up only where ``gate`` says so of the surface, with every component operational,
    and no open incident touches it. One that names no component may touch any.

    Args:
        snapshot: Where it comes from.
        opened: As from ``open_now``.
        now: Whether a page is known now is judged by this clock.

    Returns:
        Columns of ``UP_NOW``, by surface, from the worst to those of whom nothing is known.
    """
    current = opened.filter("current")
    hit = current.explode("surfaces").drop_nulls("surfaces")
    troubled = set(hit.select("surfaces", "provider").iter_rows())
    named = snapshot.table("incident_components").filter(pl.col("component_id") != UNATTRIBUTED)
    nameless = set(current.join(named, on=POST, how="anti")["provider"])
    wanted = {surface for surface, _ in troubled} - {OTHER}
    there = snapshot.table("components").filter(
        pl.col("surface").is_in(wanted) & pl.col("retired_at").is_null()
    )
    names = provider_names(snapshot)
    pairs = sorted(set(there.select("provider", "surface").iter_rows()))
    states = {who: present(snapshot, who, now) for who in {who for who, _ in pairs}}
    rows = (
        {
            "surface": surface,
            "provider": who,
            "name": names[who],
            "state": _state_on(
                snapshot,
                who,
                surface,
                states[who],
                troubled=(surface, who) in troubled or who in nameless,
            ),
            "read_at": states[who].at,
        }
        for who, surface in pairs
    )
    return framed(sorted(rows, key=_from_the_worst), UP_NOW)


def _state_on(
    snapshot: Snapshot, provider: str, surface: str, known: Present, *, troubled: bool
) -> str:
    """Return the state of a provider on a surface, if it is known now.

    Args:
        snapshot: Where it comes from.
        provider: Slug.
        surface: Slug.
        known: State of the provider at its newest captures.
        troubled: An open incident touches the surface, or names no component.
    """
    found = judge(snapshot, provider, surface, State.OPERATIONAL, known)
    if found.passage is Passage.DOWN:
        return str(found.state)
    if troubled and known.current and known.broken is None:
        return POST_OPEN
    return str(State.OPERATIONAL) if found.passage is Passage.UP else NO_DATA


def _from_the_worst(row: Mapping[str, Any]) -> tuple[str, int, str]:
    order = ["major", "partial", "degraded", POST_OPEN, "maintenance", "operational", NO_DATA]
    return row["surface"], order.index(row["state"]), row["name"]
