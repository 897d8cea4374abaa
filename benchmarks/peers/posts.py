"""Read posts of a snapshot as peers do: clocks, titles and links as the feed gave them.

And measure the same posts by our own metrics, for the same days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from analytics import METRICS, Snapshot, ask
from analytics.question import CLASSES, MAINTENANCE, MONITOR, RELIABILITY
from benchmarks.peers.explained import Kind, Kinds


@dataclass(frozen=True, slots=True)
class Version:
    """Hold what a capture said of a post, until another said something else."""

    known_from: datetime
    title: str
    links: frozenset[str]
    created_at: datetime
    resolved_at: datetime | None

    @property
    def seconds(self) -> float | None:
        """Return the seconds from the post to its resolution."""
        if self.resolved_at is None:
            return None
        return (self.resolved_at - self.created_at).total_seconds()

    def as_of(self, instant: datetime) -> Version:
        """Return it as it stood at an instant: a resolution after it had not been posted."""
        if self.resolved_at is None or self.resolved_at <= instant:
            return self
        return Version(self.known_from, self.title, self.links, self.created_at, None)


@dataclass(frozen=True, slots=True)
class Post:
    """Hold a post with our own numbers of it, and its versions in order."""

    incident_id: str
    kind: str
    incident_class: str
    open_seconds: int | None
    impact: tuple[datetime, datetime] | None
    surfaces: frozenset[str]
    versions: tuple[Version, ...]

    @property
    def last(self) -> Version:
        """Return the newest version."""
        return self.versions[-1]

    def minutes_open(self) -> float | None:
        """Return the minutes it was open by our clocks."""
        return None if self.open_seconds is None else self.open_seconds / 60


def posts_of(snapshot: Snapshot, provider: str) -> Mapping[str, Post]:
    """Read a provider's posts, by their ids."""
    of = pl.col("provider") == provider
    versions: dict[str, list[Version]] = defaultdict(list)
    incidents = snapshot.table("incidents").filter(of)
    begun = dict(incidents.select("incident_id", "started_at").iter_rows())
    told = snapshot.table("versions").filter(of, pl.col("update_id").is_null())
    for row in told.sort("known_from").iter_rows(named=True):
        created = row["created_at"] or row["started_at"] or begun[row["incident_id"]]
        versions[row["incident_id"]].append(
            Version(
                row["known_from"],
                row["title"],
                frozenset(row["component_ids"] or ()),
                created,
                row["resolved_at"],
            )
        )
    surfaces: dict[str, set[str]] = defaultdict(set)
    for row in snapshot.table("incident_components").filter(of).iter_rows(named=True):
        surfaces[row["incident_id"]].add(row["surface"])
    found = {}
    for row in incidents.iter_rows(named=True):
        start, end = row["impact_start_at"], row["impact_end_at"]
        one = row["incident_id"]
        found[one] = Post(
            one,
            row["kind"],
            row["class"],
            row["open_seconds"],
            None if start is None or end is None else (start, end),
            frozenset(surfaces[one]),
            tuple(versions[one]),
        )
    return found


def names_of(snapshot: Snapshot, provider: str) -> Mapping[str, str]:
    """Read the names of a provider's components, by their ids."""
    rows = snapshot.table("components").filter(pl.col("provider") == provider)
    return {row["component_id"]: row["name"] for row in rows.iter_rows(named=True)}


def begun_in(posts: Iterable[Post], start: datetime, end: datetime) -> list[Post]:
    """Return the posts whose newest version was made in a window."""
    return [post for post in posts if post.versions and start <= post.last.created_at < end]


def measured(
    snapshot: Snapshot,
    metric: str,
    provider: str,
    surface: str,
    days: tuple[date, date],
    kinds: Kinds = frozenset(),
) -> Mapping[str, Any]:
    """Give the row of a metric of ours on one surface, from a day until before another.

    Posts of every class count where that choice is the peer's.
    """
    every = tuple(one for one in CLASSES if one not in (MAINTENANCE, MONITOR))
    question = ask(
        providers=provider,
        surface=surface,
        since=days[0],
        until=days[1],
        classes=every if Kind.CLASS in kinds else RELIABILITY,
    )
    return METRICS[metric](snapshot, question).row(0, named=True)
