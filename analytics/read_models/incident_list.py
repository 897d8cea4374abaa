"""List incidents, filtered and counted by facet, and tell one of them whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl

from analytics.incident_selection import reached
from analytics.metrics.versions import changes
from analytics.question import MAINTENANCE, Question
from analytics.snapshot import Snapshot

INCIDENTS: Mapping[str, Any] = {
    # <page_key>/<incident_id>
    "key": pl.String,
    "started_at": pl.Datetime("us", "UTC"),
    "provider": pl.String,
    "title": pl.String,
    "class": pl.String,
    "impact": pl.String,
    "status": pl.String,
    "open_s": pl.Int64,
    "ongoing": pl.Boolean,
    "impact_s": pl.Int64,
    "surfaces": pl.String,
    "flags": pl.String,
    "url": pl.String,
}
IMPACTS = ("none", "maintenance", "minor", "major", "critical", "unknown")


@dataclass(frozen=True, slots=True)
class Search:
    """Facets of the list; an empty tuple means any."""

    classes: tuple[str, ...] = ()
    impacts: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ("incident",)
    text: str = ""


def _asked_for(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Return the incidents that began in the window, of the providers, surface and least state."""
    start, end = question.window(snapshot.as_of)
    linked, told = snapshot.table("incident_components"), snapshot.table("incidents")
    found = told.filter((pl.col("started_at") >= start) & (pl.col("started_at") < end))
    if question.providers:
        found = found.filter(pl.col("provider").is_in(question.providers))
    here = linked
    if question.minimum is not None:
        bad_enough = reached(nw.from_native(linked), nw.from_native(told), question.minimum)
        here = bad_enough.to_native()
    if question.surface is not None:
        here = here.filter(pl.col("surface") == question.surface)
    if question.minimum is not None or question.surface is not None:
        found = found.join(here, on=["page_key", "incident_id"], how="semi")
    return found


def _searched(found: pl.DataFrame, search: Search) -> pl.DataFrame:
    """Return the incidents that a search lets through."""
    for column, wanted in (
        ("class", search.classes),
        ("impact", search.impacts),
        ("kind", search.kinds),
    ):
        if wanted:
            found = found.filter(pl.col(column).is_in(wanted))
    if search.text:
        needle = search.text.lower()
        found = found.filter(pl.col("title").str.to_lowercase().str.contains(needle, literal=True))
    return found


def incidents(snapshot: Snapshot, question: Question, search: Search) -> pl.DataFrame:
    """List the incidents of the window, the newest first.

    The window goes by onset, the least state by what each brought the surface to.

    Returns:
        Columns of ``INCIDENTS``.
    """
    linked = snapshot.table("incident_components")
    found = _searched(_asked_for(snapshot, question), search)
    named = linked.group_by("page_key", "incident_id").agg(
        pl.col("surface").unique().sort().str.join(", ").alias("surfaces")
    )
    ongoing = pl.col("duration_quality") == "open"
    return (
        found.join(named, on=["page_key", "incident_id"], how="left")
        .sort(["started_at", "page_key", "incident_id"], descending=[True, False, False])
        .select(
            pl.concat_str("page_key", "incident_id", separator="/").alias("key"),
            "started_at",
            "provider",
            "title",
            "class",
            "impact",
            "status",
            _open_s(snapshot),
            ongoing.alias("ongoing"),
            pl.col("impact_seconds").alias("impact_s"),
            "surfaces",
            pl.col("flags").list.join(", ").alias("flags"),
            "url",
        )
    )


def _open_s(snapshot: Snapshot) -> pl.Expr:
    """Measure how long each was open, or is so far; a maintenance from its start."""
    planned = pl.col("kind") == MAINTENANCE
    since = pl.when(planned).then("started_at").otherwise("published_at")
    so_far = (pl.lit(snapshot.as_of) - since).dt.total_seconds()
    worked = pl.col("resolved_s") - pl.col("started_s")
    length = pl.when(planned).then(worked).otherwise("open_seconds")
    lasting = pl.col("duration_quality") == "open"
    return pl.when(lasting).then(so_far).otherwise(length).clip(lower_bound=0).alias("open_s")


def facet(found: pl.DataFrame, column: str) -> list[tuple[str, int]]:
    """Count the values of a column, the most frequent first."""
    counts = found.group_by(column).len().sort(["len", column], descending=[True, False])
    return [(str(value), int(n)) for value, n in counts.iter_rows()]


@dataclass(frozen=True, slots=True)
class Detail:
    """Hold an incident with all it said. Frames are empty where there is nothing.

    ``post``: its row of ``incidents``, with open_s as in the list. ``updates``: newest first,
    with what each said of components. ``components``; ``revisions``: what was changed later, as
    from ``versions.changes``. ``evidence``: address, first capture and hash of each version.
    """

    post: dict[str, object]
    updates: pl.DataFrame
    components: pl.DataFrame
    revisions: pl.DataFrame
    evidence: pl.DataFrame


def keys(snapshot: Snapshot, name: str) -> list[str]:
    """Return the keys meant by ``name``: ``<page_key>/<incident_id>``, or the bare id.

    An id that the page gave an incident later names it too.
    """
    page_key, _, incident_id = name.rpartition("/")
    meant = (pl.col("incident_id") == incident_id) | pl.col("aliases").list.contains(incident_id)
    if page_key:
        meant &= pl.col("page_key") == page_key
    found = snapshot.table("incidents").filter(meant).sort("page_key")
    return [f"{page}/{one}" for page, one in found.select("page_key", "incident_id").iter_rows()]


def _moves(snapshot: Snapshot, mine: pl.Expr, names: pl.DataFrame) -> pl.DataFrame:
    """Return in one line what each update of an incident says of components."""
    return (
        snapshot.table("transitions")
        .filter(mine)
        .join(names, on=["page_key", "component_id"], how="left")
        .with_columns(
            pl.format(
                "{}: {} → {}",
                pl.coalesce("name", "component_id"),
                pl.col("old_state").fill_null("?"),
                "new_state",
            ).alias("move")
        )
        .group_by("update_id")
        .agg(pl.col("move").sort().str.join("; ").alias("components"))
    )


def detail(snapshot: Snapshot, key: str) -> Detail | None:
    """Return the incident ``<page_key>/<incident_id>``; None where there is none."""
    page_key, _, incident_id = key.rpartition("/")
    mine = (pl.col("page_key") == page_key) & (pl.col("incident_id") == incident_id)
    post = snapshot.table("incidents").filter(mine).with_columns(_open_s(snapshot))
    if post.is_empty():
        return None
    names = snapshot.table("components").select("page_key", "component_id", "name")
    updates = (
        snapshot.table("updates")
        .filter(mine)
        .join(_moves(snapshot, mine, names), on="update_id", how="left")
        .with_columns(pl.coalesce("created_at", "display_at").alias("posted_at"))
        .sort("posted_at", descending=True)
        .select("posted_at", "display_at", "status", "body_text", "components", "revision_count")
    )
    linked = (
        snapshot.table("incident_components")
        .filter(mine)
        .join(names, on=["page_key", "component_id"], how="left")
        .select("name", "surface", "relation", "worst_state")
    )
    revisions = (
        changes(snapshot)
        .filter(mine)
        .select("known_from", "kind", "after_end", "update_id", "field", "old_value", "new_value")
    )
    evidence = (
        snapshot.table("versions")
        .filter(mine & pl.col("update_id").is_null())
        .sort("known_from")
        .select("known_from", "url", "sha256")
    )
    return Detail(post.to_dicts()[0], updates, linked, revisions, evidence)
