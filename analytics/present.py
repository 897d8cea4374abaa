"""What a provider's pages say now, or said last (METHODOLOGY, "Profiles")."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from analytics.days import NO_DATA
from analytics.scope import UNATTRIBUTED, stand_ins
from analytics.snapshot import Snapshot
from ingest.models import SEVERITY, State

#: A post is open and no component is said to be worse than operational.
POST_OPEN = "post open"
#: No post is open, and the page shows no component that could be operational.
NO_POST = "no post open"
KEY = ["page_key", "component_id"]


@dataclass(frozen=True, slots=True)
class Present:
    """``at``: the newest moment anything of the provider is vouched for; None: never.

    ``current``: that moment lies within the budget of every page that is still read.
    ``posts``: open ones, newest first: key, title, class, impact, status, published_at,
    open_s (up to ``at``), silent (for two weeks), url.
    ``components``: those still on the page: surface, name, state (``NO_DATA`` unless current),
    last_state, since_at, seen_at.
    """

    at: datetime | None
    current: bool
    posts: pl.DataFrame
    components: pl.DataFrame

    @property
    def headline(self) -> str:
        """The worst component state, else whether a post is open; ``NO_DATA`` unless current."""
        if not self.current:
            return NO_DATA
        states = set(self.components["state"].to_list())
        known = [State(s) for s in states - {NO_DATA} if State(s) in SEVERITY]
        worst = max(known, key=lambda s: SEVERITY[s], default=State.OPERATIONAL)
        if worst is not State.OPERATIONAL:
            return worst
        if not self.posts.is_empty():
            return POST_OPEN
        if not states:
            return NO_POST
        return State.UNKNOWN if states & {NO_DATA, State.UNKNOWN} else worst


def present(snapshot: Snapshot, provider: str, now: datetime) -> Present:
    """The provider's state at its newest capture, judged current or not at ``now``."""
    mine = pl.col("provider") == provider
    seen = snapshot.table("coverage").filter(mine).group_by(KEY).agg(pl.col("end_at").max())
    pages = _pages(snapshot, seen, now)
    last = seen["end_at"].max()
    assert last is None or isinstance(last, datetime)
    return Present(
        at=last,
        current=not pages.is_empty() and bool(pages["current"].all()),
        posts=_open_posts(snapshot, provider, last),
        components=_components(snapshot, provider, seen, pages),
    )


def _pages(snapshot: Snapshot, seen: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Columns: page_key, page_seen_at, current; without pages of an era that is over."""
    budgets = snapshot.table("sources").group_by("page_key").agg(pl.col("stale_after_s").min())
    silent_s = (pl.lit(now) - pl.col("page_seen_at")).dt.total_seconds()
    return (
        seen.group_by("page_key")
        .agg(pl.col("end_at").max().alias("page_seen_at"))
        .join(_over(snapshot), on="page_key", how="anti")
        .join(budgets, on="page_key", how="left")
        .select(
            "page_key",
            "page_seen_at",
            (silent_s <= pl.col("stale_after_s")).fill_null(False).alias("current"),
        )
    )


def _over(snapshot: Snapshot) -> pl.DataFrame:
    return snapshot.table("pages").filter(pl.col("status") == "retired").select("page_key")


def _components(
    snapshot: Snapshot, provider: str, seen: pl.DataFrame, pages: pl.DataFrame
) -> pl.DataFrame:
    shown = (pl.col("component_id") != UNATTRIBUTED) | pl.col("page_key").is_in(
        list(stand_ins(snapshot))
    )
    lasting = (pl.col("start_at") <= pl.col("end_at")) & (
        pl.col("until_at").is_null() | (pl.col("until_at") > pl.col("end_at"))
    )
    states = (
        snapshot.table("component_states")
        .select(*KEY, "state", "start_at", pl.col("end_at").alias("until_at"))
        .join(seen, on=KEY)
        .filter(lasting)
        .select(*KEY, pl.col("state").alias("last_state"), pl.col("start_at").alias("since_at"))
    )
    # Coverage that ends before the page's own: the component has left the page.
    there = pl.col("end_at").is_null() | (pl.col("end_at") == pl.col("page_seen_at"))
    return (
        snapshot.table("components")
        .filter((pl.col("provider") == provider) & pl.col("retired_at").is_null() & shown)
        .join(_over(snapshot), on="page_key", how="anti")
        .join(seen, on=KEY, how="left")
        .join(pages, on="page_key", how="left")
        .filter(there)
        .join(states, on=KEY, how="left")
        .with_columns(
            pl.when(pl.col("end_at").is_null())
            .then(pl.lit(NO_DATA))
            .otherwise(pl.col("last_state").fill_null(State.OPERATIONAL))
            .alias("last_state")
        )
        .select(
            "surface",
            "name",
            pl.when("current").then("last_state").otherwise(pl.lit(NO_DATA)).alias("state"),
            "last_state",
            "since_at",
            pl.col("end_at").alias("seen_at"),
        )
        .sort("surface", "name")
    )


def _open_posts(snapshot: Snapshot, provider: str, seen_at: datetime | None) -> pl.DataFrame:
    flags = pl.col("flags").list
    seen = pl.lit(seen_at, pl.Datetime("us", "UTC"))
    open_s = (seen - pl.col("published_at")).dt.total_seconds()
    return (
        snapshot.table("incidents")
        .filter(
            (pl.col("provider") == provider)
            & (pl.col("kind") == "incident")
            & (pl.col("duration_quality") == "open")
            & ~flags.contains("removed")
        )
        .sort("published_at", "incident_id", descending=[True, False], nulls_last=True)
        .select(
            pl.concat_str("page_key", "incident_id", separator="/").alias("key"),
            "title",
            "class",
            "impact",
            "status",
            "published_at",
            open_s.alias("open_s"),
            flags.contains("zombie").alias("silent"),
            "url",
        )
    )
