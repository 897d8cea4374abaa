"""The relations under the metrics are the same on Polars, DuckDB and Spark."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from analytics import Question, Snapshot, ask
from analytics.downtime import relational
from analytics.downtime.relational import READ, covered_pieces, covered_spans, lasted, open_inside
from analytics.downtime.spans import seconds
from analytics.engines.spark_differences import packed, unpacked
from analytics.engines.spark_release import Release
from analytics.incident_selection import counted, on_surfaces, unrated
from analytics.metrics.frequency import EPISODE_GAP_S
from analytics.question import CLASSES
from analytics.scope import SCOPE, epoch
from analytics.snapshot import Frame, Tables
from tests.support.numbered_world import AS_OF
from tests.support.soaking import SOAK

pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")


def relations(read: Tables, question: Question) -> Mapping[str, Frame]:
    """Return every relation that metrics are made of, about a question."""
    start, end = question.window(AS_OF)
    window, as_of_s = (epoch(start), epoch(end)), epoch(AS_OF)
    found = relational.kept(counted(on_surfaces(read, question), question, as_of_s))
    coverage = covered_spans(read, question, window)
    begun = relational.begun(found, coverage)
    starts = begun.select(*SCOPE, "impact_start_s")
    hour = ((nw.col("impact_start_s") // 3600 + 72) % 168).alias("hour")
    lengths = begun.filter(~nw.col("open_seconds").is_null())
    return {
        "lasted": lasted(read, found, question, window, as_of_s),
        "opened": open_inside(found, coverage),
        "covered": covered_pieces(read, question, window),
        "covered_s": seconds(coverage, SCOPE),
        "starts": starts,
        "episodes": relational.episode_starts(found, coverage, as_of_s, EPISODE_GAP_S),
        "unrated": unrated(read["incident_components"], begun).select(*SCOPE, "incident_id"),
        "hours": starts.select(*SCOPE, hour).group_by(*SCOPE, "hour").agg(nw.len().alias("n")),
        "medians": lengths.group_by(*SCOPE).agg(nw.col("open_seconds").quantile(0.5, "linear")),
    }


def on_duckdb(folder: Path) -> Tables:
    """Return the tables of the release on DuckDB."""
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET disabled_optimizers = 'cte_inlining'")
    return {name: nw.from_native(con.read_parquet(f"{folder}/{name}/*.parquet")) for name in READ}


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """Return rows in one order, with whole numbers of one width."""
    return frame.cast({pl.selectors.integer(): pl.Int64}).sort(pl.all())


ASKED: list[dict[str, Any]] = [
    {"classes": CLASSES},
    *([{"combine": "any", "minimum": "partial"}] if SOAK else []),
]


@pytest.mark.parametrize("asked", ASKED, ids=", ".join)
def test_relations_are_the_same_on_three_engines(
    world: Snapshot, folder: Path, release: Release, asked: dict[str, Any]
) -> None:
    question = ask(since="2026-01-02", until="2026-04-15", **asked)
    here = relations(world.relations(*READ), question)
    duck = relations(on_duckdb(folder), question)
    native = {
        name: frame.to_native()
        for name, frame in relations(release.relations(*READ), question).items()
    }
    there = unpacked(packed(native).toArrow())
    for name, frame in here.items():
        ours = in_order(frame.collect().to_native())
        assert ours.is_empty() == (name == "unrated" and question.minimum is not None)
        for theirs in (duck[name].collect("polars").to_native(), pl.DataFrame(there[name])):
            assert_frame_equal(ours, in_order(theirs), rel_tol=1e-12, abs_tol=1e-12)
