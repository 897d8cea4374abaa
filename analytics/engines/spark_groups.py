"""Work out a metric provider by provider, each in a group of Spark, by the code of one machine.

No metric named here looks from one provider at another. So a group is a provider with its rows of
the tables that the metric reads; a worker makes a snapshot of these and asks the very function
that is asked on one machine. Rows of the answer come back, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa

from analytics import METRICS
from analytics.answer import SCHEMA, framed
from analytics.engines.part_snapshot import snapshot_of_part
from analytics.engines.spark_differences import (
    GROUP,
    declared_answer,
    exchanged,
    packed,
    unpacked,
)
from analytics.patterns.rows import PATTERNS
from analytics.portfolio.renewal import RENEWAL
from analytics.question import Question
from analytics.snapshot import PART

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from analytics.engines.spark_release import Release

#: Tables that every metric reads, be it for what a row says beside its number.
ALWAYS = (
    *("providers", "pages", "components", "coverage", "component_states"),
    *("incidents", "incident_components", "warnings"),
)
#: Tables that a metric reads beside these.
BESIDE: Mapping[str, tuple[str, ...]] = {
    "availability": (),
    "frequency": (),
    "durations": (),
    "stages": ("updates",),
    "transparency": ("updates", "versions", "captures"),
    "budget": (),
    "patterns": ("breaks",),
    "renewal": (),
}
#: Columns of answers that have more than the others.
COLUMNS: Mapping[str, Mapping[str, Any]] = {"patterns": PATTERNS, "renewal": RENEWAL}
#: Place of a row among those of its provider.
PLACE = "place"


def by_provider(release: Release, name: str, question: Question) -> pl.DataFrame:
    """Work out a metric of each provider by itself, on the workers.

    Args:
        release: Where the tables are.
        name: Name of a metric of ``BESIDE``.
        question: What is asked; it can be asked of the release.

    Returns:
        Columns of the metric's answer, by provider and in the order of its rows.
    """
    columns = COLUMNS.get(name, SCHEMA)
    placed = {PLACE: pl.Int64, **columns}
    meta = dict(release.meta)

    def group(rows: pa.Table) -> pa.Table:
        found = _of_one(unpacked(rows), name, question, meta, columns)
        return exchanged(found.with_row_index(PLACE), placed)

    tables = {table: _whole(release, table, question) for table in (*ALWAYS, *BESIDE[name])}
    groups = packed(tables).groupBy(GROUP).applyInArrow(group, declared_answer(placed))
    found = pl.DataFrame(groups.toArrow(), schema=placed)
    return found.sort("provider", PLACE).drop(PLACE)


def _whole(release: Release, name: str, question: Question) -> DataFrame:
    """Return the rows of a table about the providers asked about, each with its provider."""
    rows = release.tables[name]
    if GROUP not in rows.columns:
        rows = rows.join(release.tables["pages"].select("page_key", GROUP), "page_key")
    return rows.where(rows[GROUP].isin([*question.providers])) if question.providers else rows


def _of_one(
    tables: Mapping[str, pa.Table],
    name: str,
    question: Question,
    meta: Mapping[str, str],
    columns: Mapping[str, Any],
) -> pl.DataFrame:
    """Ask a metric of one provider; one without components has rows only where it is named.

    Args:
        tables: Its rows of each table.
        name: Name of the metric.
        question: What is asked of every provider.
        meta: Of the snapshot.
        columns: Columns of the answer.
    """
    slugs = tables["providers"][GROUP].to_pylist()
    if not slugs or not (question.providers or tables["components"].num_rows):
        return framed((), columns)
    with snapshot_of_part(tables, {**meta, PART: "true"}) as snapshot:
        return METRICS[name](snapshot, replace(question, providers=tuple(slugs)))
