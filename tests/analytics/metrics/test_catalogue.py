"""Test that every metric stands in the catalogue, is measured, and is defined in METHODOLOGY."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict

import pytest

from analytics import METRICS, Snapshot, ask
from analytics.comparison.head_to_head import side_by_side
from analytics.metrics import catalogue
from analytics.metrics.stages import STAGES
from analytics.patterns.cost import HourlyCost
from analytics.patterns.rows import Habits, patterns
from tests.support.methodology_text import SECTIONS
from tests.support.paths import ROOT
from tests.support.snapshots import covered, made, post, state

QUESTION = ask(providers=["acme", "globex"], since="2026-01-01", surface="api_inference")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    hour = "2026-03-05 10:00", "2026-03-05 11:00"
    return made(
        tmp_path_factory.mktemp("two"),
        as_of="2026-06-30",
        coverage=[covered("2025-12-01", "2026-06-30", provider=p) for p in ("acme", "globex")],
        states=[state("partial", *hour, provider=p, post="p1") for p in ("acme", "globex")],
        posts=[post("p1", *hour, provider=p) for p in ("acme", "globex")],
    )


@pytest.mark.parametrize("name", catalogue.METRICS)
def test_a_metric_has_words_and_a_section_that_defines_it(name: str) -> None:
    metric = catalogue.METRICS[name]
    assert metric.section in SECTIONS
    assert metric.measured in catalogue.MEASUREMENTS
    assert all(text for part, text in asdict(metric).items() if part != "better")
    assert metric.line.endswith(".")


@pytest.mark.parametrize("name", catalogue.MEASUREMENTS)
def test_a_measurement_gives_metrics_of_the_catalogue_in_their_units(
    two: Snapshot, name: str
) -> None:
    rows = METRICS[name](two, QUESTION)
    units = dict(rows.select("metric", "unit").iter_rows())
    for metric, unit in units.items():
        said = catalogue.METRICS[metric].unit
        assert unit.endswith(said) or unit.startswith(said), metric
    described = {m for m, one in catalogue.METRICS.items() if one.measured == name}
    beside = {"downtime", "open_longest", "impact_longest", "downtime_cost"}
    assert described - beside <= units.keys()


def test_every_metric_is_measured_somewhere(two: Snapshot) -> None:
    rows = [metric(two, QUESTION)["metric"].to_list() for metric in METRICS.values()]
    rows.append(side_by_side(two, QUESTION)["metric"].to_list())
    rows.append(patterns(two, QUESTION, Habits(cost=HourlyCost(1000, 200)))["metric"].to_list())
    assert {metric for its in rows for metric in its} == set(catalogue.METRICS)


def test_the_steps_are_those_between_stages() -> None:
    named = [m.removesuffix("_median").split("_to_") for m in catalogue.METRICS if "_to_" in m]
    steps = [tuple(step) for step in named if len(step) == 2 and not step[1].endswith("_p90")]
    assert steps == [(a, b) for n, a in enumerate(STAGES) for b in STAGES[n + 1 :]]


def test_two_metrics_never_share_a_label() -> None:
    labels = [metric.label for metric in catalogue.METRICS.values()]
    assert len(labels) == len(set(labels))


def test_the_names_of_metrics_load_no_library() -> None:
    program = (
        "import sys, analytics, analytics.question, analytics.metrics.catalogue\n"
        "print(*sorted({'scipy', 'numpy', 'polars', 'duckdb', 'narwhals'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
