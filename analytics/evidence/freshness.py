"""Tell what Data health shows: whether today's numbers can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from analytics.scope import UNATTRIBUTED
from analytics.snapshot import Snapshot

#: Failures that say an address is not to be had, rather than that it is in trouble.
NOT_OFFERED = ("robots", "http_401_403", "http_404_410", "http_4xx")
#: States past the budget, which make `statusledger health` say no.
STALE = ("stale", "never")
#: Read when somebody imports a payload, or once for what it holds of the past: never late.
UNSCHEDULED = "no schedule"
RUNS = 50
#: A component that a page names.
NAMED = pl.col("component_id") != UNATTRIBUTED


@dataclass(frozen=True, slots=True)
class Freshness:
    """Record of how old the data is. ``stale``: addresses silent longer than their budget.

    ``failing``: those that failed at the last attempt and are not stale; ``failed``: stale or not.
    ``polled``: addresses that should answer; ``unscheduled``: those no schedule holds to that.
    ``silent``: names of the providers of stale ones, those silent for longest first, and for how
    long; None: never heard from. ``empty``: nothing was ever asked for or imported.
    """

    as_of: datetime
    age: timedelta
    stale: int
    failing: int
    failed: int
    polled: int
    unscheduled: int
    silent: Mapping[str, timedelta | None]
    empty: bool


def judged(snapshot: Snapshot, now: datetime) -> pl.DataFrame:
    """One row per address that was read: the columns of view ``sources``, and its state.

    Column state: fresh, not offered, failing, stale, never, or ``UNSCHEDULED``, which only
    failing at the last attempt goes before. Stale is judged at ``now``, not when published.
    What a page never offered, or robots forbid, is no trouble where another address stands in.
    """
    scheduled = pl.col("stale_after_s").is_not_null()
    stood_in = pl.col("last_success_at").is_not_null().any().over("page_key")
    silent = (pl.lit(now) - pl.col("last_success_at")).dt.total_seconds()
    state = (
        pl.when(
            pl.col("last_success_at").is_null() & pl.col("failure").is_in(NOT_OFFERED) & stood_in
        )
        .then(pl.lit("not offered"))
        .when(pl.col("last_success_at").is_null() & scheduled)
        .then(pl.lit("never"))
        .when(silent > pl.col("stale_after_s"))
        .then(pl.lit("stale"))
        .when(pl.col("failure").is_not_null())
        .then(pl.lit("failing"))
        .when(~scheduled)
        .then(pl.lit(UNSCHEDULED))
        .otherwise(pl.lit("fresh"))
    )
    return (
        snapshot.table("sources")
        .filter(pl.col("shape") != "robots")
        .with_columns(state.alias("state"))
    )


def sources(snapshot: Snapshot, now: datetime) -> pl.DataFrame:
    """One row per address that was read, the troubled first; see ``judged``.

    Columns: provider, url, state, last_attempt_at, last_success_at, failure, message,
    consecutive_failures, records, rejected, oldest_item_at, newest_item_at.
    """
    order = pl.col("state").replace_strict(
        {"never": 0, "stale": 1, "failing": 2, "fresh": 3, "not offered": 4, UNSCHEDULED: 5}
    )
    return (
        judged(snapshot, now)
        .sort(order, "provider", "url")
        .select(
            "provider",
            "url",
            "state",
            "last_attempt_at",
            "last_success_at",
            "failure",
            "message",
            "consecutive_failures",
            "records",
            "rejected",
            "oldest_item_at",
            "newest_item_at",
        )
    )


def freshness(snapshot: Snapshot, now: datetime) -> Freshness:
    """Word the one-line verdict behind the badge on every page."""
    found = sources(snapshot, now)
    states = found["state"]
    polled = ~states.is_in(["not offered", UNSCHEDULED])
    return Freshness(
        as_of=snapshot.as_of,
        age=now - snapshot.as_of,
        stale=int(states.is_in(STALE).sum()),
        failing=int((states == "failing").sum()),
        failed=int((found["failure"].is_not_null() & polled).sum()),
        polled=int(polled.sum()),
        unscheduled=int((states == UNSCHEDULED).sum()),
        silent=_silent(snapshot, found.filter(states.is_in(STALE)), now),
        empty=found.is_empty()
        and all(snapshot.table(name).is_empty() for name in ("coverage", "incidents")),
    )


def _silent(snapshot: Snapshot, stale: pl.DataFrame, now: datetime) -> dict[str, timedelta | None]:
    """By each provider's most silent address."""
    worst = (
        stale.join(snapshot.table("providers"), on="provider", how="left")
        .sort("last_success_at", "provider", nulls_last=False)
        .unique("provider", keep="first", maintain_order=True)
        .select(pl.coalesce("name", "provider"), "last_success_at")
    )
    return {name: None if last is None else now - last for name, last in worst.iter_rows()}


def uncollected(snapshot: Snapshot) -> pl.DataFrame:
    """List providers of the registry without any coverage: provider, name."""
    return (
        snapshot.table("providers")
        .join(snapshot.table("coverage"), on="provider", how="anti")
        .sort("provider")
        .select("provider", "name")
    )


def pages(snapshot: Snapshot) -> pl.DataFrame:
    """Every page of the registry with what is known of it.

    Columns: provider, name, platform, status, base_url, incidents, covered_from,
    covered_until, note. Pages that are not collected have no coverage, which is not "up".
    """
    posts = snapshot.table("incidents").group_by("page_key").len("incidents")
    spans = (
        snapshot.table("coverage")
        .group_by("page_key")
        .agg(
            pl.col("start_at").min().alias("covered_from"),
            pl.col("end_at").max().alias("covered_until"),
        )
    )
    names = snapshot.table("providers").select("provider", "name", "note")
    return (
        snapshot.table("pages")
        .join(names, on="provider", how="left")
        .join(posts, on="page_key", how="left")
        .join(spans, on="page_key", how="left")
        .sort(pl.col("covered_from").is_null(), "status", "provider")
        .select(
            "provider",
            "name",
            "platform",
            "status",
            "base_url",
            pl.col("incidents").fill_null(0),
            "covered_from",
            "covered_until",
            "note",
        )
    )


def warnings(snapshot: Snapshot) -> pl.DataFrame:
    """List records refused or doubted: page_key, at, kind, record, reason, n."""
    return snapshot.table("warnings").sort("at", descending=True)


def unmapped(snapshot: Snapshot) -> pl.DataFrame:
    """Components whose surface nobody has mapped: provider, name, component_id."""
    return (
        snapshot.table("components")
        .filter((pl.col("surface_basis") == "unmapped") & NAMED)
        .sort("provider", "name")
        .select("provider", "name", "component_id")
    )


def components(snapshot: Snapshot) -> int:
    """Return how many components are known; what stands for posts that name none is not one."""
    return snapshot.table("components").filter(NAMED).height


def runs(snapshot: Snapshot) -> pl.DataFrame:
    """List the newest ``RUNS`` runs, newest first.

    Columns: run_id, started_at, finished_at, captures, failures, code_version.
    """
    newest = snapshot.table("runs").sort("started_at", "run_id", descending=True)
    columns = ("run_id", "started_at", "finished_at", "captures", "failures", "code_version")
    return newest.head(RUNS).select(columns)


def breaks(snapshot: Snapshot) -> pl.DataFrame:
    """Return where a series must not be read straight through, newest first.

    Columns: provider, page_key, at, kind, note.
    """
    known = snapshot.table("breaks").sort("at", "page_key", descending=[True, False])
    return known.select("provider", "page_key", "at", "kind", "note")
