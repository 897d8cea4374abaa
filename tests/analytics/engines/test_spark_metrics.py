"""Metrics of a release on Spark are those of its snapshot on one machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from polars.testing import assert_frame_equal

from analytics import METRICS, QuestionError, Snapshot, ask
from analytics.engines.spark_metrics import NotOnSparkError, measure
from analytics.engines.spark_release import NotAReleaseError, Release, open_release
from tests.support.numbered_world import CAST
from tests.support.readme import release_line

pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")
EXACT = 1e-12
SINCE = "2026-01-02"


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("availability", {}),
        ("availability", {"minimum": "partial", "rule": "incident_open", "combine": "any"}),
        ("availability", {"combine": "all", "providers": ["360", "acme"]}),
        ("coverage", {"providers": ["acme", "302"]}),
        ("frequency", {"unit": "episodes", "minimum": "partial"}),
        ("durations", {}),
        ("stages", {"surface": "chat_web"}),
        ("budget", {"providers": "302"}),
        ("patterns", {"surface": "api_inference", "zone": "Asia/Kolkata"}),
        ("renewal", {"since": "2026-03-01"}),
    ],
)
def test_a_metric_is_the_same_as_on_one_machine(
    world: Snapshot, release: Release, name: str, asked: dict[str, Any]
) -> None:
    question = ask(**{"since": SINCE, **asked})
    ours, theirs = measure(release, name, question), METRICS[name](world, question)
    assert_frame_equal(ours, theirs, rel_tol=EXACT, abs_tol=EXACT)
    assert theirs["value"].is_not_null().any()


def test_what_was_rewritten_is_the_same_where_the_release_has_the_wording(
    world: Snapshot, release: Release, worded: Release
) -> None:
    question = ask(since=SINCE)
    ours, theirs = (
        measure(worded, "transparency", question),
        METRICS["transparency"](world, question),
    )
    assert_frame_equal(ours, theirs, rel_tol=EXACT, abs_tol=EXACT)
    assert theirs.filter(metric="updates_text_edited")["value"].max() > 0
    with pytest.raises(NotOnSparkError, match="compares wordings, which this release leaves out"):
        measure(release, "transparency", question)


def test_medians_and_their_intervals_are_there_to_compare(world: Snapshot) -> None:
    """So that the comparison above is not one of nulls."""
    found = METRICS["durations"](world, ask(since=SINCE)).filter(metric="open_median")
    assert found.select("value", "low", "high").null_count().row(0) == (0, 0, 0)
    assert set(found["provider"]) == CAST.keys()


def test_the_line_of_the_readme_reads_a_table(spark: Any, folder: Path, world: Snapshot) -> None:
    line = release_line("Spark").replace("release/", f"{folder}/")
    assert eval(line, {"spark": spark}).count() == world.table("incidents").height


def test_a_provider_or_surface_that_is_not_there_is_refused_as_on_one_machine(
    release: Release,
) -> None:
    for asked in ({"providers": "acm"}, {"surface": "voice"}):
        with pytest.raises(QuestionError, match=r"did you mean acme|no component has surface"):
            measure(release, "durations", ask(**asked))


@pytest.mark.parametrize("text", ["[]", "{", "null"])
def test_a_damaged_manifest_is_one_line(spark: Any, tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(NotAReleaseError, match=r"its manifest\.json is damaged: publish it again$"):
        open_release(tmp_path)


def test_an_address_without_a_release_is_one_line(spark: Any, tmp_path: Path) -> None:
    with pytest.raises(NotAReleaseError, match=r"^no release can be read at file://\S+: .+$"):
        open_release(f"file://{tmp_path}/nowhere")
