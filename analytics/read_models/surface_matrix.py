"""Build the matrix of providers by surfaces (METHODOLOGY, "Profiles")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from analytics.answer import INSTANT, NO_COVERAGE, SCOPE, WINDOW, blank
from analytics.memo import once
from analytics.metrics.availability import availability
from analytics.metrics.frequency import MIN_COVERED_DAYS, PER_DAYS
from analytics.question import Question, as_weighed, everything, subject
from analytics.read_models.daily_states import NO_DATA
from analytics.scope import OTHER, UNATTRIBUTED, stand_ins
from analytics.snapshot import Snapshot

DAY_S = 86_400
#: What a cell is. Only the first holds a number.
NUMBER = "number"
TOO_LITTLE = "too little data"
NOT_REPORTED = "not reported"
MATRIX: Mapping[str, Any] = {
    "provider": pl.String,
    "name": pl.String,
    "surface": pl.String,
    # ``NUMBER``; ``NOT_REPORTED``: no component of the surface is known; ``NO_DATA``: nothing
    # covers it in the window, or nothing of the provider is known at all; ``TOO_LITTLE``: fewer
    # than 30 covered days.
    "cell": pl.String,
    # Of the component states.
    "basis": pl.String,
    # Weighted seconds down per 30 days observed; null unless cell is ``NUMBER``.
    "per_30d_s": pl.Float64,
    "down_s": pl.Float64,
    "availability": pl.Float64,
    "covered_s": pl.Int64,
    "unknown_s": pl.Int64,
    "coverage": pl.Float64,
    "n": pl.Int64,
    "components": pl.Int64,
    "rule": pl.String,
    "classes": pl.String,
    "minimum": pl.String,
    **WINDOW,
    "method_version": pl.String,
}
MAPPING: Mapping[str, Any] = {
    "provider": pl.String,
    "name": pl.String,
    "component": pl.String,
    "group_name": pl.String,
    "surface": pl.String,
    # Id, name, title or unmapped.
    "surface_basis": pl.String,
    "retired_at": INSTANT,
    # False for pseudo-components, except on a page that shows no other.
    "counted": pl.Boolean,
    "component_id": pl.String,
}


@once(everything)
def matrix(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Build one row per provider and surface, surfaces that most of them have first.

    Returns:
        Columns of ``MATRIX``.
    """
    rows = blank(availability(snapshot, replace(question, combine=None)))
    shown = mapping(snapshot, question).filter("counted")
    held = shown.group_by("provider", "surface").agg(pl.len().cast(pl.Int64).alias("components"))
    names = snapshot.table("providers").select("provider", "name")
    asked = list(question.providers) or shown["provider"].unique().sort().to_list()
    grid = pl.DataFrame({"provider": asked}, schema={"provider": pl.String}).join(
        _columns(held, question), how="cross"
    )
    start, end = question.window(snapshot.as_of)
    observed = pl.col("covered_s") - pl.col("unknown_s")
    for part in (held, rows):
        grid = grid.join(part, on=[*SCOPE], how="left", maintain_order="left")
    return (
        grid.join(names, on="provider", how="left", maintain_order="left")
        .with_columns(_cell(observed, held["provider"].to_list()).alias("cell"))
        .select(
            "provider",
            "name",
            "surface",
            "cell",
            "basis",
            pl.when(pl.col("cell") == NUMBER)
            .then(pl.col("down_s") / observed * PER_DAYS * DAY_S)
            .alias("per_30d_s"),
            "down_s",
            pl.col("value").alias("availability"),
            "covered_s",
            "unknown_s",
            "coverage",
            "n",
            pl.col("components").fill_null(0),
            pl.lit(question.named_rule).alias("rule"),
            pl.lit(",".join(question.classes)).alias("classes"),
            pl.lit(as_weighed(question).minimum, pl.String).alias("minimum"),
            pl.lit(start).alias("window_start"),
            pl.lit(end).alias("window_end"),
            pl.lit(snapshot.method_version).alias("method_version"),
        )
    )


def _cell(observed: pl.Expr, known: Sequence[str]) -> pl.Expr:
    """Tell what a cell is; ``known``: providers of which any component is known."""
    return (
        pl.when(~pl.col("provider").is_in(known))
        .then(pl.lit(NO_DATA))
        .when(pl.col("components").is_null())
        .then(pl.lit(NOT_REPORTED))
        .when(pl.col("status").is_null() | (pl.col("status") == NO_COVERAGE) | (observed <= 0))
        .then(pl.lit(NO_DATA))
        .when(observed < MIN_COVERED_DAYS * DAY_S)
        .then(pl.lit(TOO_LITTLE))
        .otherwise(pl.lit(NUMBER))
    )


def _columns(held: pl.DataFrame, question: Question) -> pl.DataFrame:
    """Return the surfaces of the matrix in order: surface."""
    if question.surface is not None:
        return pl.DataFrame({"surface": [question.surface]})
    return (
        held.group_by("surface")
        .len("providers")
        .sort(pl.col("surface") == OTHER, -pl.col("providers").cast(pl.Int64), "surface")
        .select("surface")
    )


@once(subject)
def mapping(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """List the surface each component counts under, and why.

    The unmapped come first, what is not counted comes last.

    Returns:
        Columns of ``MAPPING``.
    """
    counted = (pl.col("component_id") != UNATTRIBUTED) | pl.col("page_key").is_in(
        list(stand_ins(snapshot))
    )
    names = snapshot.table("providers").select("provider", pl.col("name").alias("its"))
    found = snapshot.table("components")
    if question.providers:
        found = found.filter(pl.col("provider").is_in(question.providers))
    return (
        found.join(names, on="provider", how="left")
        .with_columns(counted.alias("counted"))
        .sort(~counted, pl.col("surface_basis") != "unmapped", "provider", "surface", "name")
        .select(
            "provider",
            pl.col("its").alias("name"),
            pl.col("name").alias("component"),
            "group_name",
            "surface",
            "surface_basis",
            "retired_at",
            "counted",
            "component_id",
        )
    )
