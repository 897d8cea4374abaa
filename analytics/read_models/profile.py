"""Set a provider's figures beside its past and its peers.

METHODOLOGY, "Profiles".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from analytics.answer import INSTANT, METRIC, OK, RECONSTRUCTED, WINDOW, blank
from analytics.directory import surfaces
from analytics.evidence.freshness import covered_spans
from analytics.evidence.provenance import sharing
from analytics.metrics.availability import availability
from analytics.metrics.durations import durations
from analytics.metrics.frequency import frequency
from analytics.question import Question
from analytics.scope import OTHER
from analytics.snapshot import Snapshot

FIGURES = ("availability", "frequency", "impact_median", "open_median")
#: Shares of a window that differ by more than this are not compared.
COVERED_ALIKE = 0.05
KNOWN = (OK, RECONSTRUCTED)
#: Surfaces a profile speaks of first, where the provider has them.
FIRST = ("api_inference", "chat_web")
PROFILE: Mapping[str, Any] = {
    # One of ``FIGURES``.
    **METRIC,
    "down_s": pl.Float64,
    "unknown_s": pl.Int64,
    "coverage": pl.Float64,
    "status": pl.String,
    "rule": pl.String,
    **WINDOW,
    # In the period of the same length just before.
    "before": pl.Float64,
    "before_n": pl.Int64,
    "before_coverage": pl.Float64,
    # Peers that have the number and are covered alike, their median, and the lowest coverage
    # among them.
    "peers": pl.Int64,
    "peers_median": pl.Float64,
    "peers_coverage": pl.Float64,
    # Value less before; null where one is not known or they are not covered alike.
    "change": pl.Float64,
}
ORIGIN: Mapping[str, Any] = {
    "provider": pl.String,
    "page_key": pl.String,
    "platform": pl.String,
    "base_url": pl.String,
    "status": pl.String,
    "zone": pl.String,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "incidents": pl.Int64,
    "oldest_post": INSTANT,
    "covered_from": INSTANT,
    "covered_until": INSTANT,
    # Of the component states.
    "basis": pl.String,
    "source_class": pl.String,
    # Of the registry, on the provider.
    "note": pl.String,
}
BREAKS: Mapping[str, Any] = {
    "at": INSTANT,
    "ended_at": INSTANT,
    "page_key": pl.String,
    "kind": pl.String,
    "note": pl.String,
}


def name(snapshot: Snapshot, provider: str) -> str:
    """Return the provider's display name."""
    names = snapshot.table("providers").filter(pl.col("provider") == provider)["name"]
    return str(names.first()) if len(names) else provider


def main_surface(snapshot: Snapshot, question: Question, provider: str) -> str | None:
    """Return the surface the figures speak of; None without a component.

    The one asked for, else the first of ``FIRST`` that the provider has, else the one it shares
    with most others.
    """
    if question.surface is not None:
        return question.surface
    mine = snapshot.table("components").filter(pl.col("provider") == provider)
    its = set(mine["surface"].to_list())
    named = [surface for surface in (*FIRST, *surfaces(snapshot)) if surface in its]
    return next((s for s in named if s != OTHER), OTHER if its else None)


def peers(snapshot: Snapshot, question: Question, provider: str, on: str) -> list[str]:
    """List the other providers asked about whose incidents are posted in the same way.

    Counts of different source classes do not compare (METHODOLOGY, "Sources"), and of those that
    read the same components of one page ("Ranking") one is no peer of the other.

    Args:
        snapshot: Where the providers are.
        question: The providers asked about.
        provider: The one whose peers are looked for.
        on: The surface.
    """
    same = set(sharing(snapshot, on).filter(provider=provider)["other"])
    classes = dict(snapshot.table("providers").select("provider", "source_class").iter_rows())
    return [
        other
        for other in question.providers
        if other != provider and other not in same and classes.get(other) == classes.get(provider)
    ]


def figures(snapshot: Snapshot, question: Question, others: Sequence[str]) -> pl.DataFrame:
    """Measure the headline numbers of the one provider and surface asked about.

    Args:
        snapshot: Where the provider is.
        question: The provider, the surface and the window.
        others: Peers to compare with.

    Returns:
        Columns of ``PROFILE``; one row per metric of ``FIGURES``.
    """
    own = _figures(snapshot, question)
    before = _figures(snapshot, replace(question, previous=True)).select(
        "metric",
        pl.col("value").alias("before"),
        pl.col("n").alias("before_n"),
        pl.col("coverage").alias("before_coverage"),
    )
    theirs = _figures(snapshot, replace(question, providers=tuple(others))) if others else own[:0]
    alike = (pl.col("coverage") - pl.col("mine")).abs() <= COVERED_ALIKE
    among = (
        theirs.join(own.select("metric", pl.col("coverage").alias("mine")), on="metric")
        .filter(pl.col("status").is_in(KNOWN) & pl.col("value").is_not_null() & alike)
        .group_by("metric")
        .agg(
            pl.len().cast(pl.Int64).alias("peers"),
            pl.col("value").median().alias("peers_median"),
            pl.col("coverage").min().alias("peers_coverage"),
        )
    )
    steady = (pl.col("coverage") - pl.col("before_coverage")).abs() <= COVERED_ALIKE
    return (
        own.select(
            *("metric", "unit", "value", "low", "high", "n", "down_s", "unknown_s", "coverage"),
            "status",
            pl.lit(question.named_rule).alias("rule"),
            *("window_start", "window_end"),
        )
        .join(before, on="metric", how="left", maintain_order="left")
        .join(among, on="metric", how="left", maintain_order="left")
        .with_columns(
            pl.when(steady).then(pl.col("value") - pl.col("before")).alias("change"),
            pl.col("peers").fill_null(0),
        )
    )


def _figures(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    found = [metric(snapshot, question) for metric in (availability, frequency, durations)]
    return (
        blank(pl.concat(found))
        .filter(pl.col("metric").is_in(FIGURES))
        .sort(pl.col("metric").cast(pl.Enum(FIGURES)))
    )


def origin(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Tell where the numbers of the providers asked about come from, one row per page.

    A page that is not collected has neither incidents nor coverage.

    Returns:
        Columns of ``ORIGIN``.
    """
    posts = (
        snapshot.table("incidents")
        .filter(pl.col("kind") == "incident")
        .group_by("page_key")
        .agg(
            pl.len().cast(pl.Int64).alias("incidents"),
            pl.col("published_at").min().alias("oldest_post"),
        )
    )
    bases = (
        snapshot.table("component_states")
        .group_by("page_key")
        .agg(pl.col("basis").unique().sort().str.join(", "))
    )
    its = snapshot.table("providers").select("provider", "source_class", "note")
    found = snapshot.table("pages").filter(pl.col("provider").is_in(question.providers))
    for part in (posts, covered_spans(snapshot), bases):
        found = found.join(part, on="page_key", how="left")
    return (
        found.join(its, on="provider", how="left")
        .sort(
            "provider",
            pl.col("covered_until"),
            "page_key",
            descending=[False, True, False],
            nulls_last=True,
        )
        .with_columns(pl.col("incidents").fill_null(0))
        .select(list(ORIGIN))
    )


def breaks(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """List where a series must not be read straight through, the oldest first.

    Returns:
        Columns of ``BREAKS``.
    """
    mine = pl.col("provider").is_in(question.providers)
    return snapshot.table("breaks").filter(mine).sort("at").select(list(BREAKS))
