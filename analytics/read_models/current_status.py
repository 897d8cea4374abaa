"""Read off what a provider's pages say now, or said last.

METHODOLOGY, "Profiles".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import narwhals as nw
import polars as pl

from analytics.answer import INSTANT
from analytics.evidence.freshness import ended_pages
from analytics.memo import once
from analytics.question import nothing
from analytics.read_models.daily_states import NO_DATA
from analytics.scope import UNATTRIBUTED, stand_ins
from analytics.snapshot import Snapshot, fetched, legible
from ingest.models import SEVERITY, State

#: A post is open and no component is said to be worse than operational.
POST_OPEN = "post open"
#: No post is open, and the page shows no component that could be operational.
NO_POST = "no post open"
KEY = ["page_key", "component_id"]
#: Shapes that show all components of a page, or those of which there is something to say.
ROSTERS = ("roster", "summary")
#: Kind of the warning that a page says of itself what nothing on it shows.
CONTRADICTION = "contradiction"
#: Shapes that say nothing of posts.
MUTE = ("robots", "uptime")
#: Columns of an incident by which a post is told.
OF_POST = (
    *("provider", "page_key", "incident_id", "title", "class", "impact", "status"),
    *("published_at", "flags", "url"),
)
OPEN_POSTS: Mapping[str, Any] = {
    **dict.fromkeys(("key", "title", "class", "impact", "status"), pl.String),
    "published_at": INSTANT,
    # Up to the newest good capture of its page.
    "open_s": pl.Int64,
    # For two weeks.
    "silent": pl.Boolean,
    "url": pl.String,
}
COMPONENTS: Mapping[str, Any] = {
    "surface": pl.String,
    "name": pl.String,
    # ``NO_DATA`` unless known now.
    "state": pl.String,
    # ``NO_DATA`` where nothing told of it at the newest capture of its page.
    "last_state": pl.String,
    # Of last_state.
    "since_at": INSTANT,
    # Until when it is covered.
    "seen_at": INSTANT,
}


@dataclass(frozen=True, slots=True)
class Present:
    """State of a provider at its newest captures.

    ``at``: the newest good capture of any of the provider's pages; None: there is none.
    ``current``: each page that is still read has a good capture within its budget.
    ``doubted``: a page says itself that something is wrong, or its components were not read
    within their budget.
    ``broken``: kind and beginning of a break that lasts on such a page, the oldest; None: there
    is none. What a page says after it is not what it said before.
    ``posts``: open incidents, newest first (columns of ``OPEN_POSTS``).
    ``components``: those still on the page (columns of ``COMPONENTS``).
    """

    at: datetime | None
    current: bool
    doubted: bool
    broken: tuple[str, datetime] | None
    posts: pl.DataFrame
    components: pl.DataFrame

    @property
    def headline(self) -> str:
        """Worst component state, else whether an incident is open; if current and whole."""
        if not self.current or self.broken is not None:
            return NO_DATA
        states = set(self.components["state"].to_list())
        worst = worst_of(states) or State.OPERATIONAL
        if worst is not State.OPERATIONAL:
            return worst
        if not self.posts.is_empty():
            return POST_OPEN
        if not states:
            return NO_POST
        return State.UNKNOWN if self.doubted or states & {NO_DATA, State.UNKNOWN} else worst


def worst_of(states: Iterable[str]) -> State | None:
    """Return the worst of some states; None where none of them says how bad it is.

    >>> worst_of(["operational", "partial", "unknown"])
    <State.PARTIAL: 'partial'>
    """
    there = set(states)
    rated = (state for state in SEVERITY if state in there)
    return max(rated, key=SEVERITY.__getitem__, default=None)


def present(snapshot: Snapshot, provider: str, now: datetime) -> Present:
    """Read off the provider's state, judged current or not at ``now``."""
    pages = _pages(snapshot, provider, now)
    live = pages.join(ended_pages(snapshot), on="page_key", how="anti")
    at = pages["read_at"].max()
    assert at is None or isinstance(at, datetime)
    return Present(
        at=at,
        current=not live.is_empty() and bool(live["current"].all()),
        doubted=_is_doubted(snapshot, live, now),
        broken=_broken(snapshot, live),
        posts=_open_posts(snapshot, provider, pages),
        components=_components(snapshot, provider, live, now),
    )


@once(nothing)
def _newest_readings(snapshot: Snapshot) -> pl.DataFrame:
    """Return the newest good capture of each page, null where each failed.

    Returns:
        provider, page_key and read_at.
    """
    good = pl.col("failure").is_null() & ~pl.col("shape").is_in(MUTE)
    page = ["provider", "page_key"]
    ends = [
        snapshot.table("captures").select(*page, pl.when(good).then("last_at").alias("read_at")),
        snapshot.table("coverage").select(*page, pl.col("end_at").alias("read_at")),
    ]
    return pl.concat(ends).group_by(page).agg(pl.col("read_at").max())


def _pages(snapshot: Snapshot, provider: str, now: datetime) -> pl.DataFrame:
    """Return the newest good capture of each page, and whether it is current."""
    budgets = snapshot.table("sources").group_by("page_key").agg(pl.col("stale_after_s").min())
    return (
        _newest_readings(snapshot)
        .filter(provider=provider)
        .join(budgets, on="page_key", how="left")
        .select(
            "page_key",
            "read_at",
            pl.col("stale_after_s").fill_null(0).alias("budget_s"),
            (_seconds(pl.lit(now) - pl.col("read_at")) <= pl.col("stale_after_s"))
            .fill_null(False)
            .alias("current"),
        )
    )


def _is_doubted(snapshot: Snapshot, pages: pl.DataFrame, now: datetime) -> bool:
    """Tell whether a page contradicts itself, or its components were not read for too long."""
    sources = snapshot.table("sources").join(pages, on="page_key", how="semi")
    shown = (
        sources.filter(pl.col("shape").is_in(ROSTERS) & pl.col("last_success_at").is_not_null())
        .group_by("page_key")
        .agg(pl.col("last_success_at").max(), pl.col("stale_after_s").max())
    )
    late = _seconds(pl.lit(now) - pl.col("last_success_at")) > pl.col("stale_after_s")
    warned = snapshot.table("warnings").filter(kind=CONTRADICTION).join(shown, on="page_key")
    newest = pl.col("last_at") >= pl.col("last_success_at")
    return bool(shown.select(late.any()).item()) or not warned.filter(newest).is_empty()


def _seconds(length: pl.Expr) -> pl.Expr:
    return length.dt.total_seconds()


def _broken(snapshot: Snapshot, live: pl.DataFrame) -> tuple[str, datetime] | None:
    """Return kind and beginning of the oldest break that lasts on one of some pages."""
    lasting = snapshot.table("breaks").filter(pl.col("ended_at").is_null())
    found = lasting.join(live, on="page_key", how="semi").sort("at", "kind").select("kind", "at")
    return None if found.is_empty() else found.row(0)


@once(nothing)
def _last_states(snapshot: Snapshot) -> pl.DataFrame:
    """Return the state of each component, and since when, at the newest capture of its page.

    What covers a component may end moments before: a list is read, then the components.
    """
    lasting = (nw.col("start_at") <= nw.col("read_at")) & (
        nw.col("end_at").is_null() | (nw.col("end_at") > nw.col("read_at"))
    )
    readings = _newest_readings(snapshot)
    with snapshot.related("component_states", readings=readings) as read:
        states = read["component_states"].join(read["readings"], on=["provider", "page_key"])
        found = states.filter(lasting).select(*KEY, last_state="state", since_at="start_at")
        return legible(fetched(found))


def _components(
    snapshot: Snapshot, provider: str, pages: pl.DataFrame, now: datetime
) -> pl.DataFrame:
    mine = pl.col("provider") == provider
    own = pl.col("component_id") != UNATTRIBUTED
    seen = snapshot.table("coverage").filter(mine).group_by(KEY).agg(pl.col("end_at").max())
    # Covered less long than the others of its page: the component has left it.
    there = pl.col("end_at").is_null() | (
        pl.col("end_at") == pl.col("end_at").max().over("page_key")
    )
    told = _seconds(pl.col("read_at") - pl.col("end_at")) <= pl.col("budget_s")
    known_now = pl.col("current") & (_seconds(pl.lit(now) - pl.col("end_at")) <= pl.col("budget_s"))
    return (
        snapshot.table("components")
        .filter(mine & pl.col("retired_at").is_null())
        .filter(own | pl.col("page_key").is_in(list(stand_ins(snapshot))))
        .join(pages, on="page_key")
        .join(seen, on=KEY, how="left")
        .filter(there)
        .join(_last_states(snapshot), on=KEY, how="left")
        .with_columns(
            pl.when(told)
            .then(pl.col("last_state").fill_null(State.OPERATIONAL))
            .otherwise(pl.lit(NO_DATA))
            .alias("last_state"),
            pl.when(told).then("since_at").otherwise("end_at").alias("since_at"),
        )
        .select(
            "surface",
            "name",
            pl.when(known_now).then("last_state").otherwise(pl.lit(NO_DATA)).alias("state"),
            "last_state",
            "since_at",
            pl.col("end_at").alias("seen_at"),
        )
        .sort("surface", "name")
    )


@once(nothing)
def open_posts(snapshot: Snapshot) -> pl.DataFrame:
    """Return the incidents of all providers that are open and still listed.

    Returns:
        Columns of table ``incidents`` by which ``OPEN_POSTS`` are told.
    """
    is_open = (nw.col("kind") == "incident") & (nw.col("duration_quality") == "open")
    with snapshot.related("incidents") as read:
        found = legible(fetched(read["incidents"].filter(is_open).select(*OF_POST)))
    return found.filter(~pl.col("flags").list.contains("removed"))


def _open_posts(snapshot: Snapshot, provider: str, pages: pl.DataFrame) -> pl.DataFrame:
    flags = pl.col("flags").list
    # A clock of the page may be ahead of ours.
    open_s = _seconds(pl.col("read_at") - pl.col("published_at")).clip(lower_bound=0)
    return (
        open_posts(snapshot)
        .filter(provider=provider)
        .join(pages, on="page_key", how="left")
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
