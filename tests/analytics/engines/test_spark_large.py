"""A million states and a quarter of a million incidents give the same on Spark: ``make soak``."""

from __future__ import annotations

from typing import Any

import pytest
from polars.testing import assert_frame_equal

from analytics import METRICS, Snapshot, ask, open_snapshot
from analytics.engines.spark_metrics import measure
from analytics.engines.spark_release import Release, open_release
from benchmarks.grown import Size, publish_large
from tests.support.numbered_world import released
from tests.support.soaking import SOAK

pytestmark = [
    pytest.mark.skipif(not SOAK, reason="takes minutes: `make soak` runs it"),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas"),
]
#: Fewer pages than usual, each with more: a release has a file for each page and month.
SIZE = Size(pages=20, incidents=12_500, states=50_000)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    place = tmp_path_factory.mktemp("large")
    publish_large(place, SIZE)
    return open_snapshot(place)


@pytest.fixture(scope="module")
def large_release(spark: Any, large: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Release:
    return open_release(released(tmp_path_factory.mktemp("large") / "release", large))


@pytest.mark.parametrize("name", ["availability", "coverage", "frequency", "durations", "stages"])
def test_a_million_states_are_the_same(large: Snapshot, large_release: Release, name: str) -> None:
    question = ask(since="2022-01-01", until="2025-12-31")
    ours, theirs = measure(large_release, name, question), METRICS[name](large, question)
    assert_frame_equal(ours, theirs, rel_tol=1e-12, abs_tol=1e-12)
