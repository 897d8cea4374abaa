"""Judge how fresh the data is: whether today's numbers can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from analytics.answer import BREAK, INSTANT
from analytics.memo import once
from analytics.question import nothing
from analytics.scope import UNATTRIBUTED
from analytics.snapshot import Snapshot

#: Failures that say an address is not to be had, rather than that it is in trouble.
NOT_OFFERED = ("robots", "http_401_403", "http_404_410", "http_4xx")
#: States past the budget, which make `statusledger health` say no.
STALE = ("stale", "never")
#: The troubled first. Partial: an open record of the newest payload was refused.
ORDER = {
    name: place
    for place, name in enumerate(
        ["never", "stale", "failing", "partial", "fresh", "not offered", "no schedule"]
    )
}
#: Read when somebody imports a payload, or once for what it holds of the past: never late.
UNSCHEDULED = "no schedule"
MOST_RUNS = 50
#: A component that a page names.
NAMED = pl.col("component_id") != UNATTRIBUTED
SOURCES: Mapping[str, Any] = {
    "provider": pl.String,
    "url": pl.String,
    "state": pl.String,
    "last_attempt_at": INSTANT,
    "last_success_at": INSTANT,
    "failure": pl.String,
    "message": pl.String,
    "consecutive_failures": pl.Int64,
    "records": pl.Int64,
    "rejected": pl.Int64,
    "partial": pl.Boolean,
    "oldest_item_at": INSTANT,
    "newest_item_at": INSTANT,
}
UNCOLLECTED: Mapping[str, Any] = {"provider": pl.String, "name": pl.String}
SPANS: Mapping[str, Any] = {
    "page_key": pl.String,
    "covered_from": INSTANT,
    "covered_until": INSTANT,
}
PAGES: Mapping[str, Any] = {
    "provider": pl.String,
    "name": pl.String,
    "platform": pl.String,
    "status": pl.String,
    "base_url": pl.String,
    "incidents": pl.UInt32,
    "covered_from": INSTANT,
    "covered_until": INSTANT,
    "note": pl.String,
}
UNMAPPED: Mapping[str, Any] = {
    "provider": pl.String,
    "name": pl.String,
    "component_id": pl.String,
}
RUNS: Mapping[str, Any] = {
    "run_id": pl.String,
    "started_at": INSTANT,
    "finished_at": INSTANT,
    "captures": pl.Int64,
    "failures": pl.Int64,
    "code_version": pl.String,
}
BREAKS: Mapping[str, Any] = {
    "provider": pl.String,
    "page_key": pl.String,
    **BREAK,
}

#: Kinds of breaks after which an address shows nothing of its page.
GONE = ("deleted", "foreign_page", "migration")
GONE_PAGES: Mapping[str, Any] = {
    "provider": pl.String,
    "page_key": pl.String,
    "kind": pl.String,
    "at": INSTANT,
}


@dataclass(frozen=True, slots=True)
class Freshness:
    """Age of the data. ``stale``: addresses silent longer than their budget.

    ``failing``: those that failed at the last attempt and are not stale; ``failed``: stale or not.
    ``polled``: addresses that should answer; ``unscheduled``: those no schedule holds to that.
    ``silent``: names of the providers of stale ones, those silent for longest first, and for how
    long; None: never heard from. ``gone``: pages that are not themselves any more
    (``gone_pages``). ``empty``: nothing was ever asked for or imported.
    """

    as_of: datetime
    age: timedelta
    stale: int
    failing: int
    failed: int
    polled: int
    unscheduled: int
    silent: Mapping[str, timedelta | None]
    gone: pl.DataFrame
    empty: bool


def judged(snapshot: Snapshot, now: datetime) -> pl.DataFrame:
    """Judge each address that was read: fresh, failing, stale and so on.

    Failing at the last attempt goes before ``UNSCHEDULED``, and so does a payload of which an open
    record was refused (partial). Stale is judged at ``now``, not when
    published. What a page never offered, or robots forbid, is no trouble where another address
    stands in.

    Returns:
        Columns of view ``sources``, and ``state``.
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
        .when("partial")
        .then(pl.lit("partial"))
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
    """List each address that was read, the troubled first; see ``judged``.

    Returns:
        Columns of ``SOURCES``.
    """
    order = pl.col("state").replace_strict(ORDER)
    return judged(snapshot, now).sort(order, "provider", "url").select(list(SOURCES))


def freshness(snapshot: Snapshot, now: datetime) -> Freshness:
    """Sum up how fresh all addresses are, for the badge on every page."""
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
        gone=gone_pages(snapshot),
        empty=found.is_empty()
        and all(snapshot.table(name).is_empty() for name in ("coverage", "incidents")),
    )


def _silent(snapshot: Snapshot, stale: pl.DataFrame, now: datetime) -> dict[str, timedelta | None]:
    """Return how long each provider was silent, by its most silent address."""
    worst = (
        stale.join(snapshot.table("providers"), on="provider", how="left")
        .sort("last_success_at", "provider", nulls_last=False)
        .unique("provider", keep="first", maintain_order=True)
        .select(pl.coalesce("name", "provider"), "last_success_at")
    )
    return {name: None if last is None else now - last for name, last in worst.iter_rows()}


@once(nothing)
def gone_pages(snapshot: Snapshot) -> pl.DataFrame:
    """List the pages that do not answer as themselves any more, the longest gone first.

    Given up pages and eras that ended are history, and left out.

    Returns:
        Columns of ``GONE_PAGES``.
    """
    lost = pl.col("ended_at").is_null() & pl.col("kind").is_in(list(GONE))
    return (
        snapshot.table("breaks")
        .filter(lost)
        .join(ended_pages(snapshot), on="page_key", how="anti")
        .sort("at", "page_key", "kind")
        .unique("page_key", keep="first", maintain_order=True)
        .select(list(GONE_PAGES))
    )


def ended_pages(snapshot: Snapshot) -> pl.DataFrame:
    """List the pages that were given up, and those whose era has ended.

    Returns:
        Column page_key.
    """
    ended = pl.col("valid_to") < snapshot.as_of.date()
    over = (pl.col("status") == "retired") | ended.fill_null(value=False)
    return snapshot.table("pages").filter(over).select("page_key")


def uncollected(snapshot: Snapshot) -> pl.DataFrame:
    """List the providers of the registry without any coverage.

    Returns:
        Columns of ``UNCOLLECTED``.
    """
    return (
        snapshot.table("providers")
        .join(snapshot.table("coverage"), on="provider", how="anti")
        .sort("provider")
        .select("provider", "name")
    )


def pages(snapshot: Snapshot) -> pl.DataFrame:
    """List every page of the registry with what is known of it.

    Pages that are not collected have no coverage, which is not "up".

    Returns:
        Columns of ``PAGES``.
    """
    posts = snapshot.table("incidents").group_by("page_key").len("incidents")
    names = snapshot.table("providers").select("provider", "name", "note")
    return (
        snapshot.table("pages")
        .join(names, on="provider", how="left")
        .join(posts, on="page_key", how="left")
        .join(covered_spans(snapshot), on="page_key", how="left")
        .sort(pl.col("covered_from").is_null(), "status", "provider")
        .with_columns(pl.col("incidents").fill_null(0))
        .select(list(PAGES))
    )


def covered_spans(snapshot: Snapshot) -> pl.DataFrame:
    """Return from when until when each page is covered, holes included.

    Returns:
        Columns of ``SPANS``.
    """
    return (
        snapshot.table("coverage")
        .group_by("page_key")
        .agg(
            pl.col("start_at").min().alias("covered_from"),
            pl.col("end_at").max().alias("covered_until"),
        )
    )


def warnings(snapshot: Snapshot) -> pl.DataFrame:
    """List records refused or doubted, the newest first.

    Returns:
        Columns of table ``warnings``.
    """
    return snapshot.table("warnings").sort("at", descending=True)


def unmapped(snapshot: Snapshot) -> pl.DataFrame:
    """List components whose surface nobody has mapped.

    Returns:
        Columns of ``UNMAPPED``.
    """
    return (
        snapshot.table("components")
        .filter((pl.col("surface_basis") == "unmapped") & NAMED)
        .sort("provider", "name")
        .select("provider", "name", "component_id")
    )


def components(snapshot: Snapshot) -> int:
    """Count the known components, without pseudo-components."""
    return snapshot.table("components").filter(NAMED).height


def runs(snapshot: Snapshot) -> pl.DataFrame:
    """List the newest runs on the data folder, at most ``MOST_RUNS``.

    Returns:
        Columns of ``RUNS``.
    """
    newest = snapshot.table("runs").sort("started_at", "run_id", descending=True)
    return newest.head(MOST_RUNS).select(list(RUNS))


def breaks(snapshot: Snapshot) -> pl.DataFrame:
    """List where a series must not be read straight through, the newest first.

    Returns:
        Columns of ``BREAKS``.
    """
    known = snapshot.table("breaks").sort("at", "page_key", descending=[True, False])
    return known.select(list(BREAKS))
