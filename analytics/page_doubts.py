"""Doubt a provider's numbers for what was refused of its pages, and for pages that fell quiet.

METHODOLOGY, "Doubts". A number that rests on such a page says so, whatever its value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import narwhals as nw
import polars as pl

from analytics.incident_selection import POST
from analytics.memo import once
from analytics.question import nothing
from analytics.scope import ALL_SURFACES, ScopeKey, ScopeWindow
from analytics.snapshot import Snapshot, fetched, legible

#: Kinds of warnings: of a page that posts nothing any more, of a record that was not read.
QUIET, REFUSED = "stale_suspect", "rejected"
#: Flag of an incident that was forgotten open.
ZOMBIE = "zombie"
#: Incidents forgotten open that are named beside a number.
NAMED = 3


@once(nothing)
def refused_records(snapshot: Snapshot) -> Mapping[str, int]:
    """Count the records of each provider's pages that could not be read, or parts of them."""
    found = _warnings(snapshot, REFUSED).unique(["provider", "page_key", "record"])
    return dict(found.group_by("provider").len().iter_rows())


@once(nothing)
def quiet_providers(snapshot: Snapshot) -> Mapping[str, str]:
    """Return the providers of whom a page posts nothing any more, each with since when."""
    found = _warnings(snapshot, QUIET).sort("page_key").unique("provider", keep="first")
    return dict(found.select("provider", "reason").iter_rows())


def doubts_of(snapshot: Snapshot, scope: ScopeWindow) -> str | None:
    """Name what makes the numbers of a scope doubtful; None where nothing does.

    Codes joined by commas: ``stale_suspect``, and ``zombie:`` with an incident's id for each
    that was forgotten open before the window's end.
    """
    quiet = [QUIET] if scope.provider in quiet_providers(snapshot) else []
    open_then = [
        its for its, start_s in _forgotten(snapshot).get(scope.key, ()) if start_s < scope.end_s
    ]
    named = [f"{ZOMBIE}:{its}" for its in open_then[:NAMED]]
    more = [f"{ZOMBIE}:+{len(open_then) - NAMED}"] if len(open_then) > NAMED else []
    return ",".join([*quiet, *named, *more]) or None


def _warnings(snapshot: Snapshot, kind: str) -> pl.DataFrame:
    """Return the warnings of a kind, each with the provider of its page."""
    pages = snapshot.table("pages").select("page_key", "provider")
    return snapshot.table("warnings").filter(kind=kind).join(pages, on="page_key")


@once(nothing)
def _forgotten(snapshot: Snapshot) -> Mapping[ScopeKey, Sequence[tuple[str, int]]]:
    """Return the incidents forgotten open of each scope, and since when, the newest first."""
    with snapshot.related("incidents", "incident_components") as read:
        open_still = read["incidents"].filter(nw.col("flags").list.contains(ZOMBIE))
        named = read["incident_components"].select(*POST, "surface").unique()
        found = open_still.select(*POST, "started_s").join(named, on=POST)
        rows = legible(fetched(found)).sort(-pl.col("started_s"), *POST, "surface")
    scopes: dict[ScopeKey, dict[str, int]] = {}
    for provider, surface, its, start_s in rows.select(
        "provider", "surface", "incident_id", "started_s"
    ).iter_rows():
        for name in (surface, ALL_SURFACES):
            scopes.setdefault((provider, name), {})[its] = start_s
    return {key: tuple(found.items()) for key, found in scopes.items()}
