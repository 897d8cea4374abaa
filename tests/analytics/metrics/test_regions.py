"""Regions: one asked about, or the mean over them; never thirty of them as one."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics import Question, Snapshot, ask
from analytics.downtime.regions import in_region
from analytics.metrics.availability import availability
from analytics.question import QuestionError
from tests.support.snapshots import component, covered, made, state

DAY, NEXT = "2026-01-05", "2026-01-06"
US, EU, ALL = "us-east-1", "eu-west-1", "everywhere"
ASKED = {"since": DAY, "until": NEXT}
HOUR = 3600


def cloud(folder: Path, *more: dict[str, object]) -> Snapshot:
    """Make an API in two regions, of which one was down for six hours, and a part of none."""
    names = (US, EU, ALL)
    regions = (US, EU, None)
    return made(
        folder,
        as_of=NEXT,
        components=[
            component(name, region=region) for name, region in zip(names, regions, strict=True)
        ],
        states=[state("major", f"{DAY} 06:00", f"{DAY} 12:00", of=US), *more],
        coverage=[covered(DAY, NEXT, of=name) for name in names],
    )


def down_s(snapshot: Snapshot, question: Question) -> float:
    [row] = availability(snapshot, question).to_dicts()
    return float(row["down_s"])


def test_without_a_word_the_number_is_the_mean_over_regions_and_says_so(tmp_path: Path) -> None:
    [row] = availability(cloud(tmp_path), ask(**ASKED)).to_dicts()
    assert row["combine"] == "mean of 2 regions"
    assert (row["down_s"], row["value"]) == (3 * HOUR, 1 - 3 / 24)


def test_a_region_that_is_asked_for_is_measured_alone(tmp_path: Path) -> None:
    snapshot, question = cloud(tmp_path), ask(**ASKED)
    assert down_s(in_region(snapshot, US), question) == 6 * HOUR
    assert down_s(in_region(snapshot, EU), question) == 0


def test_a_component_without_a_region_belongs_to_every_region(tmp_path: Path) -> None:
    everywhere = state("major", f"{DAY} 11:00", f"{DAY} 14:00", of=ALL)
    snapshot, question = cloud(tmp_path, everywhere), ask(**ASKED)
    assert down_s(in_region(snapshot, US), question) == 8 * HOUR
    assert down_s(in_region(snapshot, EU), question) == 3 * HOUR
    assert down_s(snapshot, question) == 5.5 * HOUR


def test_who_asks_for_any_gets_any(tmp_path: Path) -> None:
    assert down_s(cloud(tmp_path), ask(**ASKED, combine="any")) == 6 * HOUR


def test_what_is_unknown_in_a_region_bounds_the_mean(tmp_path: Path) -> None:
    unknown = state("unknown", f"{DAY} 12:00", f"{DAY} 18:00", of=EU)
    [row] = availability(cloud(tmp_path, unknown), ask(**ASKED)).to_dicts()
    assert (row["low"], row["high"]) == (1 - 6 / 24, 1 - 3 / 24)


def test_a_region_that_nobody_is_in_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match=f"there are {EU}, {US}"):
        in_region(cloud(tmp_path), "the moon")


def test_one_region_is_no_mean(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=NEXT,
        components=[component(US, region=US)],
        coverage=[covered(DAY, NEXT, of=US)],
    )
    [row] = availability(snapshot, ask(**ASKED)).to_dicts()
    assert row["combine"] == "any"
