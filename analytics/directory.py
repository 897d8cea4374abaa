"""List surfaces and providers: what there is, who is covered, what two share."""

from __future__ import annotations

import polars as pl

from analytics.question import Question
from analytics.scope import OTHER, UNATTRIBUTED
from analytics.snapshot import Snapshot


def provider_names(snapshot: Snapshot) -> dict[str, str]:
    """Map the slug of every provider to its name."""
    rows = snapshot.table("providers").select("provider", "name").iter_rows()
    return {slug: name or slug for slug, name in rows}


def surfaces(snapshot: Snapshot) -> list[str]:
    """List the surfaces any provider has, those most providers share first."""
    shared = (
        snapshot.table("components")
        .filter(pl.col("component_id") != UNATTRIBUTED)
        .group_by("surface")
        .agg(pl.col("provider").n_unique().alias("providers"))
        .sort(["providers", "surface"], descending=[True, False])
    )
    return shared["surface"].to_list()


def covered_providers(snapshot: Snapshot) -> list[str]:
    """List the providers with any coverage, the longest covered first."""
    spans = snapshot.table("coverage").with_columns(
        (pl.col("end_s") - pl.col("start_s")).alias("length")
    )
    ranked = spans.group_by("provider").agg(pl.col("length").max())
    return ranked.sort(["length", "provider"], descending=[True, False])["provider"].to_list()


def captured_providers(snapshot: Snapshot) -> set[str]:
    """Return the providers of whom anything was captured, whether or not it covers any time."""
    good = snapshot.table("captures").filter(pl.col("failure").is_null())
    return {*good["provider"], *covered_providers(snapshot)}


def shared_surface(snapshot: Snapshot, question: Question) -> str | None:
    """Return the surface asked for, else the one most providers share."""
    if question.surface is not None:
        return question.surface
    mine = snapshot.table("components").filter(
        pl.col("provider").is_in(question.providers), pl.col("surface") != OTHER
    )
    shared = mine.group_by("surface").agg(pl.col("provider").n_unique().alias("n"))
    ranked = shared.sort(["n", "surface"], descending=[True, False])
    return None if ranked.is_empty() else str(ranked["surface"][0])


def surfaces_of(snapshot: Snapshot, provider: str) -> list[str]:
    """List the surfaces covered of a provider, those most providers have first."""
    covered = snapshot.table("coverage").filter(pl.col("provider") == provider)
    return [name for name in surfaces(snapshot) if name in set(covered["surface"])]


def shared_surfaces(snapshot: Snapshot, one: str, other: str) -> list[str]:
    """List the surfaces both providers have, without the catch-all."""
    its = surfaces_of(snapshot, other)
    return [name for name in surfaces_of(snapshot, one) if name in its and name != OTHER]


def listing(snapshot: Snapshot, provider: str) -> tuple[list[str], str]:
    """Return the registry's statuses of a provider's pages, and its note."""
    mine = pl.col("provider") == provider
    statuses = snapshot.table("pages").filter(mine)["status"].unique().sort().to_list()
    notes = snapshot.table("providers").filter(mine)["note"].drop_nulls().to_list()
    return statuses, " ".join(notes)
