"""Trace a provider's numbers to their sources.

METHODOLOGY, "Sources" and "One basis".
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import narwhals as nw
import polars as pl

from analytics.answer import BREAK, INSTANT, SCOPE, framed
from analytics.basis import BY_POST
from analytics.incident_selection import (
    NO_IMPACT_WORD,
    POST,
    begun_inside,
    selected,
    unrated,
)
from analytics.memo import once
from analytics.metrics.frequency import begun
from analytics.question import Question, nothing, selection, subject
from analytics.scope import UNATTRIBUTED, Key, about, scopes, sizes, window_of
from analytics.snapshot import Snapshot, fetched

COMPONENT = ["page_key", "component_id"]
UNMAPPED = "unmapped"
PROVENANCE: Mapping[str, Any] = {
    **SCOPE,
    "source_class": pl.String,
    # What the states of its components are made of, of impacts, replay and incident; empty where
    # none was ever worse than operational.
    "bases": pl.List(pl.String),
    # Good captures of the provider's pages.
    "first_captured_at": INSTANT,
    "last_captured_at": INSTANT,
    # Incidents begun in covered time of the surface, as in the frequency, and of these those
    # without a word of how bad it was.
    "posts": pl.Int64,
    "without_impact": pl.Int64,
    # Incidents of the provider begun in the window, covered or not, and of these those that name
    # no component.
    "provider_posts": pl.Int64,
    "unattributed": pl.Int64,
    # Components of the provider, and of these those of no known surface.
    "components": pl.Int64,
    "unmapped": pl.Int64,
}
#: ``basis``: what component states are made of, joined by commas.
BASES: Mapping[str, Any] = {"provider": pl.String, "surface": pl.String, "basis": pl.String}
WHOLE_POSTS: Mapping[str, Any] = {"provider": pl.String, "surface": pl.String}
#: ``posts``: of the classes asked for, begun in covered time as in the frequency, whatever their
#: state; ``unrated``: of these, those without a word of how bad it was.
LEFT_UNRATED: Mapping[str, Any] = {
    "provider": pl.String,
    "posts": pl.Int64,
    "unrated": pl.Int64,
}
#: Breaks in what captures show of a provider.
BREAKS: Mapping[str, Any] = {"provider": pl.String, **BREAK}
#: Each pair both ways.
SHARING: Mapping[str, Any] = {"provider": pl.String, "other": pl.String}


@once(selection)
def provenance(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Tell where the numbers of each provider and surface come from.

    Returns:
        Columns of ``PROVENANCE``.
    """
    made, of_provider = _bases_of_components(snapshot), _of_providers(snapshot, question)
    counted = begun(snapshot, question)
    posts = sizes(counted)
    wordless = sizes(counted.filter(pl.col("max_impact") == NO_IMPACT_WORD))
    rows = [
        {
            "provider": scope.provider,
            "surface": scope.surface,
            "bases": sorted({basis for key in scope.coverage for basis in made.get(key, ())}),
            "posts": posts.get(scope.key, 0),
            "without_impact": wordless.get(scope.key, 0),
            **of_provider[scope.provider],
        }
        for scope in scopes(snapshot, question)
    ]
    return framed(rows, PROVENANCE)


@once(subject)
def bases(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """List what component states are made of, of what is asked for.

    Only where a component was ever worse than operational, or unknown.

    Returns:
        Columns of ``BASES``.
    """
    key = ["provider", "surface"]
    apart = replace(question, combine=None)
    with snapshot.related("component_states") as read:
        found = fetched(about(read["component_states"], apart).select(*key, "basis").unique())
    made = pl.col("basis").unique().sort().str.join(", ")
    return found.group_by(key).agg(made).sort(key)


def overridden(snapshot: Snapshot, question: Question) -> tuple[int, int]:
    """Count the posts and the components asked about that ``overrides.toml`` sets."""
    posts, components = snapshot.table("incidents"), snapshot.table("components")
    if question.providers:
        mine = pl.col("provider").is_in(question.providers)
        posts, components = posts.filter(mine), components.filter(mine)
    by_hand = pl.col("flags").list.contains("overridden")
    return posts.filter(by_hand).height, components.filter(surface_basis="override").height


@once(subject)
def whole_posts(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """List the providers whose component states are derived from whole incidents.

    Returns:
        Columns of ``WHOLE_POSTS``.
    """
    return bases(snapshot, question).filter(pl.col("basis").str.contains(BY_POST)).drop("basis")


@once(selection)
def left_unrated(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Count the incidents of which nobody knows whether they reached a least state.

    Only providers that have some, and none where no least state is asked for.

    Returns:
        Columns of ``LEFT_UNRATED``.
    """
    if question.minimum is None:
        return framed([], LEFT_UNRATED)
    every = replace(question, minimum=None)
    linked = nw.from_native(snapshot.table("incident_components"))
    found = begun(snapshot, every).unique(["provider", "page_key", "incident_id"])
    unknown = unrated(linked, nw.from_native(found)).to_native()
    return (
        found.group_by("provider")
        .agg(pl.len().cast(pl.Int64).alias("posts"))
        .join(
            unknown.group_by("provider").agg(pl.len().cast(pl.Int64).alias("unrated")),
            on="provider",
        )
        .sort("provider")
    )


def _on(surface: str | None, /) -> Hashable:
    return surface


@once(_on)
def sharing(snapshot: Snapshot, surface: str | None) -> pl.DataFrame:
    """List the pairs that share page components, on a surface; None: on any.

    The same incidents stand behind both there, so they are not compared (METHODOLOGY,
    "Ranking").

    Returns:
        Columns of ``SHARING``.
    """
    part = ["base_url", "component_id"]
    pages = snapshot.table("pages").select("page_key", "base_url")
    components = snapshot.table("components")
    if surface is not None:
        components = components.filter(surface=surface)
    read = components.join(pages, on="page_key").select("provider", *part)
    other = read.rename({"provider": "other"})
    both = read.join(other, on=part).filter(pl.col("provider") != pl.col("other"))
    key = ["provider", "other"]
    return both.select(key).unique().sort(key)


@once(subject)
def breaks(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """List where a series of the window must not be read straight through.

    A break that lasts into the window counts, whenever it began.

    Returns:
        Columns of ``BREAKS``.
    """
    start, end = question.window(snapshot.as_of)
    asked = [scope.provider for scope in scopes(snapshot, question)]
    reaches_in = pl.col("ended_at").is_null() | (pl.col("ended_at") >= start)
    return (
        snapshot.table("breaks")
        .filter(pl.col("provider").is_in(asked) & (pl.col("at") <= end) & reaches_in)
        .sort("at", "provider", "kind")
        .select(list(BREAKS))
    )


@once(nothing)
def _bases_of_components(snapshot: Snapshot) -> Mapping[Key, Sequence[str]]:
    """Return what the states of each component are made of."""
    states = snapshot.table("component_states")
    made = states.group_by(COMPONENT).agg(pl.col("basis").unique())
    return {(page, component): found for page, component, found in made.iter_rows()}


def _of_providers(snapshot: Snapshot, question: Question) -> Mapping[str, Mapping[str, Any]]:
    """Tell of each provider what ``provenance`` says of it, whatever the surface."""
    captures = snapshot.table("captures").filter(pl.col("failure").is_null())
    named = pl.col("component_id") != UNATTRIBUTED
    together = replace(question, surface=None, combine="any")
    nameless = snapshot.table("incident_components").filter(~named).select(*POST).unique()
    begun_then = begun_inside(selected(snapshot, together), window_of(snapshot, question))
    found = begun_then.join(nameless.with_columns(nameless=True), on=POST, how="left")
    told = snapshot.table("providers").select("provider", "source_class")
    for part in (
        captures.group_by("provider").agg(
            pl.col("first_at").min().alias("first_captured_at"),
            pl.col("last_at").max().alias("last_captured_at"),
        ),
        found.group_by("provider").agg(
            pl.len().alias("provider_posts"), pl.col("nameless").sum().alias("unattributed")
        ),
        snapshot.table("components")
        .filter(named)
        .group_by("provider")
        .agg(
            pl.len().alias("components"),
            (pl.col("surface_basis") == UNMAPPED).sum().alias("unmapped"),
        ),
    ):
        told = told.join(part, on="provider", how="left")
    counts = pl.col("provider_posts", "unattributed", "components", "unmapped").fill_null(0)
    return {row["provider"]: row for row in told.with_columns(counts).iter_rows(named=True)}
