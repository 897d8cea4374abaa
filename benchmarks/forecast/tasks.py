"""Make task files from a ledger: what was known at each landmark, and no later edit.

``events.csv`` is everything that was posted, in the order in which it was: who answers a task may
use the events up to its time. ``tasks.csv`` are the questions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from analytics import Snapshot
from analytics.forecast.backtest import LANDMARKS_S, LONGEST_S
from analytics.forecast.history import FLAGS, History, gaps_of, page_reads
from analytics.metrics.durations import TIMED
from analytics.metrics.stage_moves import POST
from analytics.metrics.stages import CLOSED
from analytics.question import MONITOR
from analytics.scope import epoch
from analytics.statistics.survival import Followed

Array = npt.NDArray[Any]
#: An incident was posted, has a new update, is over, was seen for the last time.
POSTED, UPDATED, OVER, LAST_SEEN = "posted", "updated", "over", "last seen"
EVENTS = ("at_s", "provider", "incident", "event", "status", "impact", "surfaces")
TASKS = ("task", "provider", "incident", "landmark_min", "at_s")
#: Incidents that come before the first task.
WARM_UP = 50


def write_tasks(snapshot: Snapshot, folder: Path) -> None:
    """Write the task files of a ledger."""
    folder.mkdir(parents=True, exist_ok=True)
    events = events_of(snapshot)
    events.write_csv(folder / "events.csv")
    tasks_of(World(events), epoch(snapshot.as_of)).write_csv(folder / "tasks.csv")


def events_of(snapshot: Snapshot) -> pl.DataFrame:
    """List what was posted of incidents that were followed while they lasted, in order.

    Impact and status are those of the first version that was seen, surfaces those of the
    components that an update speaks of. No title and no message: they are the provider's.

    Returns:
        Columns of ``EVENTS``.
    """
    found = (
        snapshot.table("incidents")
        .filter(
            (pl.col("kind") == "incident")
            & (pl.col("class") != MONITOR)
            & pl.col("duration_quality").is_in(TIMED)
            & pl.col("published_s").is_not_null()
            & ~FLAGS.contains("retrospective")
            & ~FLAGS.contains("zombie")
            & (pl.col("open_seconds").is_null() | (pl.col("open_seconds") > 0))
        )
        .join(page_reads(snapshot), on="page_key", how="left")
        .sort("published_s", "provider", "incident_id")
        .with_row_index("number")
        .with_columns(pl.format("i{}", pl.col("number")).alias("incident"))
    )
    key = found.select(*POST, "provider", "incident")
    began = found.select(
        pl.col("published_s").alias("at_s"),
        *("provider", "incident"),
        pl.lit(POSTED).alias("event"),
        pl.lit(None, pl.String).alias("status"),
        pl.col("first_impact").alias("impact"),
        pl.lit(None, pl.String).alias("surfaces"),
    )
    ended = pl.col("open_seconds").is_not_null()
    over = found.select(
        pl.when(ended)
        .then(pl.col("published_s") + pl.col("open_seconds"))
        .otherwise(pl.col("read_at").dt.epoch("s").fill_null(epoch(snapshot.as_of)))
        .alias("at_s"),
        *("provider", "incident"),
        pl.when(ended).then(pl.lit(OVER)).otherwise(pl.lit(LAST_SEEN)).alias("event"),
        *(pl.lit(None, pl.String).alias(name) for name in ("status", "impact", "surfaces")),
    )
    said = _updates(snapshot).join(key, on=POST)
    told = [began, said.select(EVENTS), over]
    return pl.concat(told, how="vertical_relaxed").sort("at_s", "incident", maintain_order=True)


def _updates(snapshot: Snapshot) -> pl.DataFrame:
    first = (
        snapshot.table("versions")
        .filter(pl.col("update_id").is_not_null())
        .sort("known_from")
        .group_by(*POST, "update_id", maintain_order=True)
        .agg(pl.col("status").first().alias("first_status"))
    )
    surface = snapshot.table("incident_components").select(*POST, "component_id", "surface")
    spoken = (
        snapshot.table("transitions")
        .join(surface, on=[*POST, "component_id"])
        .group_by(*POST, "update_id")
        .agg(pl.col("surface").unique().sort().str.join(" ").alias("surfaces"))
    )
    updates = snapshot.table("updates").drop("provider")
    return (
        updates.join(first, on=[*POST, "update_id"], how="left")
        .join(spoken, on=[*POST, "update_id"], how="left")
        .select(
            *POST,
            pl.coalesce("created_s", "display_s").alias("at_s"),
            pl.lit(UPDATED).alias("event"),
            pl.coalesce("first_status", "status").alias("status"),
            pl.lit(None, pl.String).alias("impact"),
            "surfaces",
        )
    )


@dataclass(frozen=True, eq=False)
class World:
    """Hold everything that was posted, and read incidents and durations from it."""

    events: pl.DataFrame

    @cached_property
    def incidents(self) -> pl.DataFrame:
        """Return when each incident began, how long it lasted, and until when it was seen.

        The shortest come first; one without an end lasts for ever.
        """

        def at(event: str) -> pl.Expr:
            return pl.col("at_s").filter(pl.col("event") == event).first().cast(pl.Float64)

        return (
            self.events.group_by("provider", "incident", maintain_order=True)
            .agg(
                at(POSTED).alias("begun"),
                (at(OVER) - at(POSTED)).fill_null(float("inf")).alias("seconds"),
                at(LAST_SEEN).fill_null(float("inf")).alias("until"),
            )
            .sort("seconds", "begun", "incident")
        )

    @cached_property
    def history(self) -> History:
        """Return the durations that forecasts learn from."""
        found = self.incidents
        columns = (found[name].to_numpy() for name in ("seconds", "begun", "until"))
        providers = np.array(found["provider"].to_list(), dtype=str)
        return History(Followed(*columns), providers, self._gaps())

    def _gaps(self) -> Array:
        """Find when incidents seemed over that were opened again."""
        passed = (pl.col("at_s") - pl.col("begun")).cast(pl.Float64).alias("passed_s")
        told = (
            self.events.filter(event=UPDATED)
            .join(self.incidents.with_row_index("place"), on="incident")
            .sort("place", "at_s", maintain_order=True)
        )
        return gaps_of(told.select("place", passed, pl.col("status").is_in(CLOSED).alias("over")))

    def known_of(self, name: str, landmark_s: float) -> Array:
        """Return the newest value of a column that each incident had shown by a landmark."""
        begun = self.incidents.select("incident", "begun")
        shown = (
            self.events.filter((pl.col("event") == UPDATED) & pl.col(name).is_not_null())
            .join(begun, on="incident")
            .filter(pl.col("at_s") <= pl.col("begun") + landmark_s)
            .group_by("incident", maintain_order=True)
            .agg(pl.col(name).last())
        )
        joined = begun.join(shown, on="incident", how="left", maintain_order="left")
        return np.array(joined[name].fill_null("").to_list(), dtype=str)


def tasks_of(world: World, as_of_s: float, landmarks: Sequence[int] = LANDMARKS_S) -> pl.DataFrame:
    """List the questions: how much longer, of each incident that outlasted a landmark.

    Incidents of the last week are none, nor are the first fifty, nor one that seems over just then.

    Args:
        world: Everything that was posted.
        as_of_s: When the data end.
        landmarks: Seconds after which an incident is asked about.

    Returns:
        Columns of ``TASKS``.
    """
    known = world.incidents.with_row_index("row").sort("begun", "incident").with_row_index("place")
    asked = known.filter(
        (pl.col("place") >= WARM_UP)
        & (pl.col("begun") <= as_of_s - LONGEST_S)
        & pl.col("seconds").is_finite()
    )
    parts = [
        asked.filter(
            (pl.col("seconds") > landmark)
            & ~pl.col("row").is_in(world.history.closed_at(landmark).tolist())
        ).select(
            pl.format("{}@{}", pl.col("incident"), pl.lit(landmark // 60)).alias("task"),
            *("provider", "incident"),
            pl.lit(landmark // 60).alias("landmark_min"),
            (pl.col("begun") + landmark).cast(pl.Int64).alias("at_s"),
        )
        for landmark in landmarks
    ]
    return pl.concat(parts)


def answers(world: World, tasks: pl.DataFrame) -> Array:
    """Return how many minutes really were left at each task, cut at a week."""
    lasted = world.incidents.select("incident", "seconds")
    joined = tasks.join(lasted, on="incident", how="left", maintain_order="left")
    left = joined["seconds"].to_numpy() - joined["landmark_min"].to_numpy() * 60.0
    minutes: Array = np.minimum(left, LONGEST_S) / 60
    return minutes
