"""Collect the durations that forecasts learn from (METHODOLOGY, "Forecast")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from analytics.answer import INSTANT
from analytics.memo import once
from analytics.metrics.durations import ENDED, TIMED, UNSEEN
from analytics.metrics.stage_moves import POST
from analytics.metrics.stages import known_updates, with_number
from analytics.question import nothing
from analytics.read_models.current_status import MUTE
from analytics.scope import epoch
from analytics.snapshot import Snapshot
from analytics.statistics.survival import Array, Followed

FLAGS = pl.col("flags").list
PAGE_READS: Mapping[str, Any] = {
    "page_key": pl.String,
    # Its newest good capture that could show incidents.
    "read_at": INSTANT,
    # Null: read on no schedule.
    "stale_after_s": pl.Int64,
}


def _no_gaps() -> Array:
    return np.empty((0, 3))


@dataclass(frozen=True, slots=True, eq=False)
class Believed:
    """Hold durations as they were believed to be, each for some time.

    ``followed``: the durations. ``since_s``, ``until_s``: how long after its beginning each was
    believed, and until when.
    """

    followed: Followed
    since_s: Array
    until_s: Array

    def kept(self, rows: Array) -> Believed:
        """Keep some of them: a mask."""
        return Believed(self.followed.kept(rows), self.since_s[rows], self.until_s[rows])

    def held(self, at: Array) -> Array:
        """Tell which were believed at each time of ``at``: times by durations."""
        passed = at[:, None] - self.followed.begun
        held: Array = (passed >= self.since_s) & (passed < self.until_s)
        return held


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Hold the durations of incidents that were posted while they lasted.

    ``followed``: those of every provider, as they came out. ``providers``: whose each is.
    ``gaps``: of incidents that were closed and opened again: place in ``followed``, and how many
    seconds after its beginning each was closed, and opened again, in order.
    """

    followed: Followed
    providers: Array
    gaps: Array = field(default_factory=_no_gaps)

    def of(self, provider: str) -> Followed:
        """Return the durations of one provider."""
        return self.followed.kept(self.providers == provider)

    def kept(self, rows: Array) -> History:
        """Keep some of them, with their gaps: a mask."""
        gaps = self.gaps[rows[self.gaps[:, 0].astype(int)]]
        gaps[:, 0] = (np.cumsum(rows) - 1)[gaps[:, 0].astype(int)]
        return History(self.followed.kept(rows), self.providers[rows], gaps)

    def closed_at(self, passed_s: float) -> Array:
        """Return the places of incidents that seemed over so long after their beginning."""
        shut = (self.gaps[:, 1] <= passed_s) & (passed_s < self.gaps[:, 2])
        places: Array = self.gaps[shut, 0].astype(int)
        return places

    def believed(self, provider: str | None = None) -> Believed:
        """Return what was believed when: of a provider, else of all.

        An incident that was opened again was open, then over, then open again.
        """
        whole, n = self.followed, len(self.followed.seconds)
        since = np.zeros(n)
        rows: list[tuple[float, int, float, float]] = []
        for place, shut, reopened in self.gaps:
            rows.append((np.inf, int(place), since[int(place)], shut))
            rows.append((shut, int(place), shut, reopened))
            since[int(place)] = reopened
        places = np.concatenate([np.arange(n), [place for _, place, _, _ in rows]]).astype(int)
        seconds = np.concatenate([whole.seconds, [one for one, _, _, _ in rows]])
        from_s = np.concatenate([since, [one for _, _, one, _ in rows]])
        until_s = np.concatenate([np.full(n, np.inf), [one for _, _, _, one in rows]])
        mine = np.ones(len(places), dtype=bool)
        if provider is not None:
            mine = self.providers[places] == provider
        order = np.argsort(seconds, kind="stable")
        order = order[mine[order]]
        last_seen = np.where(np.arange(len(places)) < n, whole.until[places], np.inf)
        told = Followed(seconds[order], whole.begun[places][order], last_seen[order])
        return Believed(told, from_s[order], until_s[order])


def _classes(classes: tuple[str, ...]) -> tuple[str, ...]:
    return classes


@once(_classes)
def known_history(snapshot: Snapshot, classes: tuple[str, ...]) -> History:
    """Collect the durations of every provider's incidents of some classes.

    Left out is what was posted after the fact, and what has no duration. One that was forgotten
    open lasts at least until its last update, and nothing is known of it from then on; one that
    left its page open, until it left.
    """
    newest = (
        snapshot.table("updates")
        .group_by(POST)
        .agg(pl.coalesce("created_s", "display_s").max().alias("updated_s"))
    )
    listed = pl.col("last_listed_s") - pl.col("published_s") + UNSEEN / 2
    ended = pl.coalesce("open_seconds", listed).cast(pl.Float64)
    lost = (
        pl.when(FLAGS.contains("zombie"))
        .then(pl.coalesce("updated_s", "published_s"))
        .when(FLAGS.contains("removed"))
        .then(pl.coalesce("removed_s", "read_s"))
        .otherwise("read_s")
    )
    found = (
        snapshot.table("incidents")
        .filter(
            (pl.col("kind") == "incident")
            & pl.col("class").is_in(classes)
            & pl.col("duration_quality").is_in(TIMED)
            & pl.col("published_s").is_not_null()
            & ~FLAGS.contains("retrospective")
        )
        .join(newest, on=POST, how="left")
        .join(page_reads(snapshot), on="page_key", how="left")
        .with_columns(
            pl.col("read_at").dt.epoch("s").fill_null(epoch(snapshot.as_of)).alias("read_s")
        )
        .select(
            *POST,
            "provider",
            pl.col("published_s").cast(pl.Float64),
            pl.when(ENDED).then(ended).otherwise(float("inf")).alias("seconds"),
            pl.when(ENDED).then(float("inf")).otherwise(lost.cast(pl.Float64)).alias("until_s"),
        )
        .filter(pl.col("seconds") > 0)
        .sort("seconds", "published_s", "provider")
    )
    columns = (found[name].to_numpy() for name in ("seconds", "published_s", "until_s"))
    providers = np.array(found["provider"].to_list(), dtype=str)
    return History(Followed(*columns), providers, _gaps(snapshot, found))


def _gaps(snapshot: Snapshot, found: pl.DataFrame) -> Array:
    """Find when incidents seemed over that were opened again, by their updates."""
    passed = pl.col("at_s") - pl.col("published_s")
    placed = with_number(snapshot, found.select(*POST, "published_s").with_row_index("place"))
    told = (
        known_updates(snapshot)
        .join(placed, on="post", maintain_order="left")
        .sort("place", "at_s", maintain_order=True)
    )
    return gaps_of(told.select("place", passed.cast(pl.Float64).alias("passed_s"), "over"))


def gaps_of(told: pl.DataFrame) -> Array:
    """Find when incidents seemed over that were opened again.

    Args:
        told: Updates in the order in which they came: place of the incident, passed_s (seconds
            after its beginning), over (whether the update says that it is).
    """
    shut = (
        told
        # The first of updates in a row that say the same.
        .filter((pl.col("over") != pl.col("over").shift(1).over("place")).fill_null(value=True))
        .with_columns(pl.col("passed_s").shift(-1).over("place").alias("next_s"))
        .filter(pl.col("over") & (pl.col("passed_s") > 0) & (pl.col("next_s") > pl.col("passed_s")))
    )
    gaps: Array = shut.select("place", "passed_s", "next_s").to_numpy().astype(float)
    return gaps


@once(nothing)
def page_reads(snapshot: Snapshot) -> pl.DataFrame:
    """Find when each page was read last, and how long that holds.

    Returns:
        Columns of ``PAGE_READS``.
    """
    read = snapshot.table("sources").filter(
        ~pl.col("shape").is_in(MUTE) & pl.col("last_success_at").is_not_null()
    )
    newest: pl.DataFrame = read.group_by("page_key").agg(
        pl.col("last_success_at").clip(upper_bound=snapshot.as_of).max().alias("read_at"),
        pl.col("stale_after_s").min(),
    )
    return newest
