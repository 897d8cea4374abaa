"""Tell how much the choice of rule or of classes moves numbers and orders.

METHODOLOGY, "Availability rules" and "Ranking".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from analytics.answer import SCHEMA, blank
from analytics.comparison.sensitivity_grid import NOTICE
from analytics.memo import once
from analytics.metrics.availability import availability, under_rules
from analytics.metrics.frequency import frequency
from analytics.question import CLASSES, MAINTENANCE, MONITOR, Question, but_rule, everything
from analytics.rules import INCIDENT_OPEN, STATE_RULES
from analytics.snapshot import Snapshot

#: Every rule that needs no weights of the reader's, mildest first; the last is for contrast.
RULES = ("major_only", "statuspage", "incident_io", "strict", INCIDENT_OPEN)
assert set(RULES) - {INCIDENT_OPEN} | {"instatus"} == set(STATE_RULES)

#: How classes of posts may be chosen, beside as asked.
WITH_NOTICES = "with notices"
WITHOUT_NOTICES = "without notices"
EVERY_CLASS = "every class"
AS_ASKED = "as asked"
#: ``chosen``: one of these choices.
UNDER_CLASSES: Mapping[str, Any] = {"chosen": pl.String, **SCHEMA}
LEADERS: Mapping[str, Any] = {
    "surface": pl.String,
    "metric": pl.String,
    "provider": pl.String,
    # Cells in which it comes first, of all cells.
    "led": pl.Int64,
    "cells": pl.Int64,
    # Whether the providers stand in one order in every cell.
    "same_order": pl.Boolean,
}


@once(but_rule)
def by_rule(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Measure availability of each row of the question under every rule.

    ``instatus`` weighs like ``statuspage`` and is left out.

    Returns:
        Columns of ``answer.SCHEMA``, ``blank`` where nothing was covered.
    """
    plain = replace(question, rule=RULES[0], weights=None)
    return blank(under_rules(snapshot, plain, RULES))


def every_class(question: Question) -> tuple[str, ...]:
    """Return all classes of incidents; of maintenance and monitors only those asked for."""
    apart = {MAINTENANCE, MONITOR} - {*question.classes}
    return tuple(its for its in CLASSES if its not in apart)


@once(everything)
def under_classes(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Measure availability and frequency for other classes of incidents.

    Maintenances are no incidents and stay out of every class too, unless they are asked for.

    Returns:
        Columns of ``UNDER_CLASSES``, ``blank`` where nothing was covered.
    """
    plain = tuple(its for its in question.classes if its != NOTICE)
    chosen = {AS_ASKED: question.classes}
    if plain == question.classes:
        chosen[WITH_NOTICES] = (*plain, NOTICE)
    elif plain:
        chosen[WITHOUT_NOTICES] = plain
    chosen[EVERY_CLASS] = every_class(question)
    return pl.concat(
        blank(metric(snapshot, replace(question, classes=classes))).select(
            pl.lit(name).alias("chosen"), pl.all()
        )
        for name, classes in chosen.items()
        for metric in (availability, frequency)
    )


def leaders(grid: pl.DataFrame) -> pl.DataFrame:
    """Count the cells of ``ranking.grid`` in which each provider comes first.

    Providers of equal rank lead together; without ranks, no row.

    Returns:
        Columns of ``LEADERS``.
    """
    cell = ["surface", "metric", "rule", "counted", "notices"]
    placed = grid.filter(pl.col("rank").is_not_null())
    orders = (
        placed.sort("rank", "provider")
        .group_by(cell, maintain_order=True)
        .agg(pl.concat_str("rank", "provider", separator=" ").str.join(", ").alias("order"))
        .group_by("surface", "metric")
        .agg(pl.len().alias("cells"), (pl.col("order").n_unique() == 1).alias("same_order"))
    )
    return (
        placed.group_by("surface", "metric", "provider")
        .agg((pl.col("rank") == 1).sum().cast(pl.Int64).alias("led"))
        .join(orders, on=["surface", "metric"])
        .filter(pl.col("led") > 0)
        .sort(["surface", "metric", "led", "provider"], descending=[False, False, True, False])
        .select(
            "surface", "metric", "provider", "led", pl.col("cells").cast(pl.Int64), "same_order"
        )
    )
