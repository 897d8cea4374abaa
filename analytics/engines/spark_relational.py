"""Work out availability and coverage as plans of Spark, from the relations of one machine.

Only small frames come to the driver: seconds and counts of each scope, and as much of the tables
as a row says beside its number. The functions that make rows there are those of one machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from analytics.answer import answer, row
from analytics.basis import BY_POST
from analytics.downtime import relational
from analytics.downtime.relational import covered_spans, kept, lasted, open_inside
from analytics.downtime.spans import seconds
from analytics.engines.part_snapshot import snapshot_of_part
from analytics.engines.spark_differences import packed, unpacked
from analytics.engines.spark_release import Release
from analytics.incident_selection import POST, counted, lasting_during, on_surfaces
from analytics.metrics.availability import availability_row, whole_parts
from analytics.metrics.coverage import shares
from analytics.page_doubts import QUIET, REFUSED, ZOMBIE
from analytics.question import Question, as_weighed
from analytics.scope import SCOPE, Interval, epoch, named_scopes, with_covered
from analytics.snapshot import Frame, Snapshot

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

#: Stands in the columns that name a component, where only its scope matters.
ANY = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """Hold what came to the driver.

    ``snapshot``: what rows say beside their numbers, and no more of each table. ``frames``: seconds
    and counts by scope.
    """

    snapshot: Snapshot
    frames: Mapping[str, pl.DataFrame]


def availability(release: Release, question: Question) -> tuple[pl.DataFrame, Summary]:
    """Measure availability as ``metrics.availability`` does, where any component is enough.

    Returns:
        Columns of ``answer.SCHEMA``, of surfaces in several regions as if these were one; and the
        snapshot that tells which are.
    """
    window, as_of_s = moments(release, question)
    read, weighed = release.relations(*relational.READ), as_weighed(question)
    found = open_spans(release, question)
    begun = found if weighed == question else open_spans(release, weighed)
    told = brought(
        release,
        lengths=lasted(read, found, question, window, as_of_s),
        opened=open_inside(begun, covered_spans(read, question, window)),
    )
    named = named_scopes(told.snapshot, question)
    parts = whole_parts(named, told.frames["lengths"], told.frames["opened"], question)
    return answer(availability_row(told.snapshot, question, part) for part in parts), told


def coverage(release: Release, question: Question) -> pl.DataFrame:
    """Measure coverage as ``metrics.coverage`` does.

    Returns:
        Columns of ``answer.SCHEMA``.
    """
    window, _ = moments(release, question)
    opened = lasting_during(open_spans(release, question), window)
    told = brought(
        release,
        covered=seconds(covered_spans(release.relations("coverage"), question, window), SCOPE),
        opened=opened.group_by(*SCOPE).agg(nw.len().cast(nw.Int64).alias("n")),
    )
    covered_s = {(who, what): length for who, what, length in told.frames["covered"].iter_rows()}
    totals = with_covered(named_scopes(told.snapshot, question), covered_s)
    return answer(
        row(told.snapshot, question, scope, "coverage", "fraction", **numbers)
        for scope, numbers in shares(totals, told.frames["opened"])
    )


def moments(release: Release, question: Question) -> tuple[Interval, int]:
    """Return the question's window, and when the data end, in epoch seconds."""
    as_of = datetime.fromisoformat(release.meta["as_of"])
    start, end = question.window(as_of)
    return (epoch(start), epoch(end)), epoch(as_of)


def open_spans(release: Release, question: Question) -> Frame:
    """Relate the incidents asked for to when they were open, on each surface they touch."""
    _, as_of_s = moments(release, question)
    read = release.relations("incidents", "incident_components")
    found = counted(on_surfaces(read, question), question, as_of_s)
    return kept(found.select(*relational.POST, "published_s", "closed_s"))


def brought(release: Release, **relations: Frame) -> Summary:
    """Bring relations to the driver, with what rows say beside their numbers, in one run.

    Args:
        release: Where the tables are.
        relations: Small ones, by a name of their own.
    """
    beside = row_tables(release)
    natives = {name: one.to_native() for name, one in relations.items()}
    tables = unpacked(packed({**beside, **natives}).toArrow())
    frames = {name: pl.DataFrame(tables.pop(name)) for name in natives}
    return Summary(snapshot_of_part(tables, release.meta), frames)


def row_tables(release: Release) -> dict[str, DataFrame]:
    """Return as much of the tables as rows and scopes are made of, beside numbers."""
    from pyspark.sql import functions as spark

    tables = release.tables
    pages = tables["pages"]
    forgotten = tables["incidents"].where(spark.array_contains("flags", ZOMBIE))
    states = tables["component_states"].where(spark.col("basis") == BY_POST)
    warned = tables["warnings"].where(spark.col("kind").isin(QUIET, REFUSED))
    return {
        **scope_tables(release),
        "pages": pages,
        "component_states": states.select(*SCOPE, "basis").distinct(),
        "warnings": warned.join(pages.select("page_key", "provider"), "page_key"),
        "incidents": forgotten.select(*POST, "flags", "started_s"),
        "incident_components": tables["incident_components"]
        .join(forgotten.select(*POST), POST, "left_semi")
        .select(*POST, "surface")
        .distinct(),
    }


def scope_tables(release: Release) -> dict[str, DataFrame]:
    """Return providers, and components as far as they tell which scopes and regions there are."""
    from pyspark.sql import functions as spark

    nobody = {name: spark.lit(ANY) for name in ("page_key", "component_id")}
    places = release.tables["components"].select(*SCOPE, "region").distinct()
    return {"providers": release.tables["providers"], "components": places.withColumns(nobody)}
